//! `resource` blocks.

use provision_schema::address::{Mode, Resource as ResourceAddress};

use crate::ast::Block;
use crate::config::blocks::{lifecycle, provisioner};
use crate::config::decode::{Cx, Shape};
use crate::config::drafts::{LifecycleDraft, ResourceDraft};
use crate::config::merge::join_bodies;

const RESOURCE: Shape = Shape {
    required: &[],
    optional: &["count", "for_each", "provider", "depends_on"],
    blocks: &[
        ("locals", &[]),
        ("lifecycle", &[]),
        ("connection", &[]),
        ("provisioner", &["type"]),
        ("_", &[]),
    ],
};

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> Option<ResourceDraft> {
    let [kind, name] = &block.labels[..] else { return None };
    let (found, mut body) = cx.partial_content(&block.body, &RESOURCE);
    cx.check_name(kind, "Invalid resource type name");
    cx.check_name(name, "Invalid resource name");
    let address =
        ResourceAddress { mode: Mode::Managed, kind: kind.text.clone(), name: name.text.clone() };
    let provider = found.attribute("provider").and_then(|it| cx.provider(it.into(), "provider"));
    let depends_on = found.attribute("depends_on").map(|it| cx.depends_on(it));
    let mut lifecycle_seen = None;
    let mut lifecycle = LifecycleDraft::default();
    let mut connection = None;
    let mut provisioners = Vec::new();
    let mut escape = None;
    for block in &found.blocks {
        match &*block.kind.text {
            "lifecycle" => match lifecycle_seen {
                Some(first) => cx.duplicate_block("lifecycle", "This resource", first, block.span),
                None => {
                    lifecycle_seen = Some(block.span);
                    lifecycle = lifecycle::decode(block, &address, cx);
                }
            },
            "connection" => match &connection {
                Some((_, first)) => {
                    cx.duplicate_block("connection", "This resource", *first, block.span);
                }
                None => connection = Some((block.body.clone(), block.span)),
            },
            "provisioner" => provisioners.extend(provisioner::decode(block, cx)),
            "_" => match escape {
                Some(first) => cx.duplicate_escape("resource", first, block.span),
                None => {
                    escape = Some(block.span);
                    body = join_bodies(body, &block.body, cx);
                }
            },
            _ => cx.reserved_block("resource", block),
        }
    }
    if let Some((connection, _)) = &connection
        && provisioners.iter().any(|it| it.when_destroy)
    {
        provisioner::check_destroy_references(connection, cx);
    }
    let repetition = lifecycle::repetition(&found, lifecycle.enabled.as_ref(), cx);
    Some(ResourceDraft {
        address,
        kind: kind.clone(),
        name: name.clone(),
        repetition,
        provider,
        depends_on: depends_on.unwrap_or_default(),
        lifecycle,
        connection,
        provisioners,
        body,
        check: None,
        span: block.span,
    })
}
