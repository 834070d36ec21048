//! `provider` blocks.

use crate::ast::Block;
use crate::config::decode::{BAD_NAME, Cx, Shape, is_identifier};
use crate::config::drafts::ProviderDraft;
use crate::config::merge::join_bodies;
use crate::config::model::ProviderKey;
use crate::config::versions::Constraints;

const PROVIDER: Shape = Shape {
    required: &[],
    optional: &["alias", "version", "for_each", "count", "depends_on", "source"],
    blocks: &[("_", &[]), ("lifecycle", &[]), ("locals", &[])],
};

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> Option<ProviderDraft> {
    let name = block.labels.first()?.clone();
    let (found, mut body) = cx.partial_content(&block.body, &PROVIDER);
    if !cx.check_provider_name(&name.text, block.span) {
        return None;
    }
    let mut alias = None;
    if let Some(attribute) = found.attribute("alias")
        && let Some(text) = cx.string_constant(attribute)
    {
        if !is_identifier(&text) {
            let detail = format!("An alias must be a valid name. {BAD_NAME}");
            cx.error("Invalid provider configuration alias", detail, text.span);
        }
        alias = Some(text.text);
    }
    let mut version = None;
    if let Some(attribute) = found.attribute("version") {
        let detail = "A version constraint inside a provider configuration is deprecated. To \
                      silence this warning, move it into the required_providers block.";
        let summary = "Version constraints inside provider configuration blocks are deprecated";
        cx.warning(summary, detail, attribute.expr.span);
        version = cx.string_constant(attribute);
        if let Some(text) = &version
            && Constraints::parse(text).is_none()
        {
            let detail = "This string does not use correct version constraint syntax.";
            cx.error("Invalid version constraint", detail, text.span);
        }
    }
    for reserved in ["count", "depends_on", "source"] {
        if let Some(attribute) = found.attribute(reserved) {
            let detail = format!(
                "The provider argument name {reserved:?} is reserved for a future version."
            );
            cx.error("Reserved argument name in provider block", detail, attribute.name.span);
        }
    }
    if let Some(attribute) = found.attribute("for_each")
        && alias.is_none()
        && found.attribute("alias").is_none()
        && !cx.overrides
    {
        let detail = "A provider configuration that uses for_each must have an alias, by which \
                      its instances are referred to.";
        cx.error("Alias required when using \"for_each\"", detail, attribute.name.span);
    }
    let mut escape = None;
    for block in &found.blocks {
        match &*block.kind.text {
            "_" => match escape {
                Some(first) => cx.duplicate_escape("provider", first, block.span),
                None => {
                    escape = Some(block.span);
                    body = join_bodies(body, &block.body, cx);
                }
            },
            _ => cx.reserved_block("provider", block),
        }
    }
    Some(ProviderDraft {
        key: ProviderKey { local_name: name.text, alias },
        for_each: found.expr("for_each"),
        version,
        body,
        span: block.span,
    })
}
