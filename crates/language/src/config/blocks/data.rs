//! `data` and `ephemeral` blocks.

use std::sync::Arc;

use provision_schema::address::{Mode, Resource as ResourceAddress};

use crate::ast::Block;
use crate::config::blocks::lifecycle;
use crate::config::decode::{Cx, Shape};
use crate::config::drafts::{LifecycleDraft, ResourceDraft};
use crate::config::merge::join_bodies;
use crate::config::model::Repetition;

const DATA: Shape = Shape {
    required: &[],
    optional: &["count", "for_each", "provider", "depends_on"],
    blocks: &[("lifecycle", &[]), ("locals", &[]), ("_", &[])],
};

/// Provisioners and connections are listed for the sake of a better error.
const EPHEMERAL: Shape = Shape {
    required: &[],
    optional: &["count", "for_each", "provider", "depends_on"],
    blocks: &[
        ("lifecycle", &[]),
        ("locals", &[]),
        ("connection", &[]),
        ("provisioner", &["type"]),
        ("_", &[]),
    ],
};

/// A data source, which may stand in a check.
pub(super) fn decode(
    block: &Block,
    check: Option<Arc<str>>,
    cx: &mut Cx<'_>,
) -> Option<ResourceDraft> {
    let names = ("Invalid data source name", "Invalid data resource name");
    decode_any(block, Mode::Data, "data", names, check, cx)
}

pub(super) fn decode_ephemeral(block: &Block, cx: &mut Cx<'_>) -> Option<ResourceDraft> {
    let names = ("Invalid ephemeral resource type", "Invalid ephemeral resource name");
    decode_any(block, Mode::Ephemeral, "ephemeral", names, None, cx)
}

fn decode_any(
    block: &Block,
    mode: Mode,
    what: &str,
    bad_names: (&str, &str),
    check: Option<Arc<str>>,
    cx: &mut Cx<'_>,
) -> Option<ResourceDraft> {
    let [kind, name] = &block.labels[..] else { return None };
    let shape = if mode == Mode::Data { &DATA } else { &EPHEMERAL };
    let (found, mut body) = cx.partial_content(&block.body, shape);
    cx.check_name(kind, bad_names.0);
    cx.check_name(name, bad_names.1);
    let address = ResourceAddress { mode, kind: kind.text.clone(), name: name.text.clone() };
    let provider = found.attribute("provider").and_then(|it| cx.provider(it.into(), "provider"));
    let depends_on = found.attribute("depends_on").map(|it| cx.depends_on(it));
    let mut lifecycle_seen = None;
    let mut lifecycle = LifecycleDraft::default();
    let mut escape = None;
    for block in &found.blocks {
        match &*block.kind.text {
            "lifecycle" => {
                if check.is_some() {
                    let detail = "Nested data blocks do not support \"lifecycle\" blocks as the \
                                  lifecycle is managed by the containing block.";
                    cx.error("Invalid lifecycle block", detail, block.span);
                }
                match lifecycle_seen {
                    Some(first) => {
                        cx.duplicate_block("lifecycle", "This resource", first, block.span);
                    }
                    None => {
                        lifecycle_seen = Some(block.span);
                        lifecycle = lifecycle::decode_restricted(block, what, &address, cx);
                    }
                }
            }
            "_" => match escape {
                Some(first) => cx.duplicate_escape(what, first, block.span),
                None => {
                    escape = Some(block.span);
                    body = join_bodies(body, &block.body, cx);
                }
            },
            _ => cx.reserved_block(what, block),
        }
    }
    let repetition = if check.is_some() {
        for argument in ["count", "for_each"] {
            if let Some(attribute) = found.attribute(argument) {
                let detail = "The \"count\" and \"for_each\" meta-arguments are not supported \
                              within nested data blocks.";
                let summary = format!("Invalid {argument:?} attribute");
                cx.error(summary, detail, attribute.name.span);
            }
        }
        Repetition::Single
    } else {
        lifecycle::repetition(&found, lifecycle.enabled.as_ref(), cx)
    };
    Some(ResourceDraft {
        address,
        kind: kind.clone(),
        name: name.clone(),
        repetition,
        provider,
        depends_on: depends_on.unwrap_or_default(),
        lifecycle,
        connection: None,
        provisioners: Vec::new(),
        body,
        check,
        span: block.span,
    })
}
