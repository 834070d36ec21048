//! `module` blocks.

use indexmap::IndexMap;

use crate::ast::{Attribute, Block, ExprKind};
use crate::config::blocks::lifecycle;
use crate::config::decode::{Cx, Key, Shape};
use crate::config::drafts::CallDraft;
use crate::config::merge::join_bodies;
use crate::config::model::ProviderReference;
use crate::config::text;
use crate::source::Span;

const MODULE: Shape = Shape {
    required: &["source"],
    optional: &["version", "count", "for_each", "depends_on", "providers"],
    blocks: &[("_", &[]), ("lifecycle", &[]), ("locals", &[]), ("provider", &["type"])],
};

const LIFECYCLE: Shape = Shape { required: &[], optional: &["enabled"], blocks: &[] };

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> Option<CallDraft> {
    let name = block.labels.first()?.clone();
    let (found, mut body) = cx.partial_content(&block.body, &MODULE);
    cx.check_name(&name, "Invalid module instance name");
    let depends_on = found.attribute("depends_on").map(|it| cx.depends_on(it));
    let providers = found.attribute("providers").map(|it| decode_providers(it, cx));
    let mut escape = None;
    let mut lifecycle_seen = None;
    let mut enabled = None;
    for block in &found.blocks {
        match &*block.kind.text {
            "_" => match escape {
                Some(first) => cx.duplicate_escape("module", first, block.span),
                None => {
                    escape = Some(block.span);
                    body = join_bodies(body, &block.body, cx);
                }
            },
            "lifecycle" => match lifecycle_seen {
                Some(first) => cx.duplicate_block("lifecycle", "This module", first, block.span),
                None => {
                    lifecycle_seen = Some(block.span);
                    let found = cx.content(&block.body, &LIFECYCLE);
                    enabled = found.attribute("enabled").cloned();
                }
            },
            _ => cx.reserved_block("module", block),
        }
    }
    let repetition = lifecycle::repetition(&found, enabled.as_ref(), cx);
    Some(CallDraft {
        name,
        source: found.expr("source"),
        version: found.expr("version"),
        repetition,
        providers: providers.unwrap_or_default(),
        depends_on: depends_on.unwrap_or_default(),
        body,
        span: block.span,
    })
}

fn decode_providers(
    attribute: &Attribute,
    cx: &mut Cx<'_>,
) -> Vec<(ProviderReference, ProviderReference)> {
    let mut seen: IndexMap<_, Span> = IndexMap::new();
    let mut passed = Vec::new();
    for (key, value) in cx.map(attribute.into()) {
        let child = match key {
            Key::Text(name) => {
                let sources = cx.sources;
                let reference =
                    text::parse_reference(&name.text, name.span, sources, cx.diagnostics);
                cx.provider_reference(reference, name.span, "providers")
            }
            Key::Expr(expr) => provider_key(expr, cx),
        };
        let parent = cx.provider(value, "providers");
        let (Some(child), Some(parent)) = (child, parent) else { continue };
        if child.instance.is_some() {
            let detail = "The name that a provider configuration gets in the child module has no \
                          instance key.";
            cx.error("Invalid provider configuration reference", detail, child.span);
            continue;
        }
        if let Some(first) = seen.get(&child.key) {
            let detail = format!(
                "A provider configuration was already passed to {} at {}. Each child provider \
                 configuration can be assigned only once.",
                child.key,
                cx.place(*first)
            );
            cx.error("Duplicate provider address", detail, parent.span);
            continue;
        }
        seen.insert(child.key.clone(), child.span);
        passed.push((child, parent));
    }
    passed
}

/// A key in native syntax: `aws` is kept as a string and `aws.west` as a reference.
fn provider_key(expr: &crate::ast::Expr, cx: &mut Cx<'_>) -> Option<ProviderReference> {
    if let ExprKind::Literal(value) = &expr.kind
        && let Some(source) = value.as_arc_str()
    {
        let reference = text::parse_reference(source, expr.span, cx.sources, cx.diagnostics);
        return cx.provider_reference(reference, expr.span, "providers");
    }
    cx.provider(expr.into(), "providers")
}
