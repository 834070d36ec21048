//! `terraform` blocks.

use provision_schema::Type;

use crate::ast::{Block, Expr, ExprKind};
use crate::config::blocks::{language, required_providers};
use crate::config::decode::{Cx, Shape};
use crate::config::drafts::FileDraft;
use crate::config::model::Backend;
use crate::config::walk;

const TERRAFORM: Shape = Shape {
    required: &[],
    optional: &["required_version", "experiments", "language", "access_safety"],
    blocks: &[
        ("backend", &["type"]),
        ("cloud", &[]),
        ("required_providers", &[]),
        ("provider_meta", &["provider"]),
        ("encryption", &[]),
    ],
};

pub(super) fn decode(block: &Block, file: &mut FileDraft, cx: &mut Cx<'_>) {
    let found = cx.content(&block.body, &TERRAFORM);
    if let Some(attribute) = found.attribute("required_version") {
        // In a file that both programs read, the constraint speaks of Terraform's versions.
        if cx.tofu {
            if let Some(version) = language::version_constraint(attribute, cx) {
                language::check_version(&version, cx);
                file.required_versions.push(version);
            }
        } else if let Some(value) = literal_string(&attribute.expr) {
            let span = attribute.expr.span;
            file.required_versions.push(crate::ast::Name { text: value, span });
        }
    }
    for block in &found.blocks {
        match &*block.kind.text {
            "backend" => {
                let Some(kind) = block.labels.first().cloned() else { continue };
                let body = block.body.clone();
                file.backends.push(Backend { kind, body, span: block.span });
            }
            "cloud" => file.clouds.push((block.body.clone(), block.span)),
            "required_providers" => {
                file.required_providers.push(required_providers::decode(block, cx));
            }
            "provider_meta" => decode_provider_meta(block, file, cx),
            _ => file.encryptions.push(block.span),
        }
    }
}

fn literal_string(expr: &Expr) -> Option<std::sync::Arc<str>> {
    match &expr.kind {
        ExprKind::Literal(value) if value.ty() == Type::String => value.as_arc_str().cloned(),
        _ => None,
    }
}

fn decode_provider_meta(block: &Block, file: &mut FileDraft, cx: &mut Cx<'_>) {
    let Some(name) = block.labels.first() else { return };
    if !cx.check_provider_name(&name.text, block.span) {
        return;
    }
    for attribute in cx.just_attributes(&block.body) {
        // What is passed to the provider is the same in every run.
        let uses = walk::uses(&attribute.expr);
        if !uses.references.is_empty() || !uses.calls.is_empty() {
            cx.error(
                "Variables not allowed",
                "Variables may not be used here.",
                attribute.expr.span,
            );
        }
    }
    file.provider_metas.push(name.clone());
}
