//! `check` blocks.

use crate::ast::Block;
use crate::config::blocks::{conditions, data};
use crate::config::decode::{Cx, Shape};
use crate::config::drafts::FileDraft;
use crate::config::model::Check;

const CHECK: Shape =
    Shape { required: &[], optional: &[], blocks: &[("data", &["type", "name"]), ("assert", &[])] };

pub(super) fn decode(block: &Block, file: &mut FileDraft, cx: &mut Cx<'_>) {
    let Some(name) = block.labels.first().cloned() else { return };
    if cx.overrides {
        let detail = "Override files cannot override check blocks.";
        cx.error("Can't override check blocks", detail, block.span);
        return;
    }
    let found = cx.content(&block.body, &CHECK);
    cx.check_name(&name, "Invalid check block name");
    let mut nested = None;
    let mut asserts = Vec::new();
    let mut has_assert = false;
    for inner in &found.blocks {
        if &*inner.kind.text == "assert" {
            has_assert = true;
            asserts.extend(conditions::decode(inner, cx));
            continue;
        }
        if let Some((_, first)) = nested {
            let detail = format!(
                "This check block already has a data resource defined at {}.",
                cx.place(first)
            );
            cx.error("Multiple data resource blocks", detail, inner.span);
            continue;
        }
        if let Some(resource) = data::decode(inner, Some(name.text.clone()), cx) {
            nested = Some((resource.address.clone(), inner.span));
            file.resources.push(resource);
        }
    }
    if !has_assert {
        let detail = "Check blocks must have at least one assert block.";
        cx.error("Zero assert blocks", detail, block.span);
    }
    let data = nested.map(|(address, _)| address);
    file.checks.push(Check { name, data, asserts, span: block.span });
}
