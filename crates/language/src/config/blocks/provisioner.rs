//! `provisioner` blocks.

use crate::ast::{Block, Body};
use crate::config::decode::{Cx, Shape};
use crate::config::merge::join_bodies;
use crate::config::model::Provisioner;
use crate::config::subjects::{Subject, subject};
use crate::config::walk;
use crate::diagnostics::Diagnostics;

const PROVISIONER: Shape = Shape {
    required: &[],
    optional: &["when", "on_failure"],
    blocks: &[("_", &[]), ("connection", &[]), ("lifecycle", &[])],
};

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> Option<Provisioner> {
    let kind = block.labels.first()?.clone();
    let (found, mut body) = cx.partial_content(&block.body, &PROVISIONER);
    match &*kind.text {
        "local-exec" | "remote-exec" | "file" => (),
        "chef" | "habitat" | "puppet" | "salt-masterless" => {
            let summary = format!("The \"{}\" provisioner has been removed", &*kind.text);
            let detail = format!(
                "The \"{}\" provisioner was deprecated and has been removed from OpenTofu.",
                &*kind.text
            );
            cx.error(summary, detail, kind.span);
            return None;
        }
        other => {
            let detail = format!(
                "There is no provisioner {other:?}. The provisioners are \"local-exec\", \
                 \"remote-exec\" and \"file\"."
            );
            cx.error("Unsupported provisioner type", detail, kind.span);
        }
    }
    let mut when_destroy = false;
    if let Some(attribute) = found.attribute("when") {
        match cx.keyword_or_quoted(attribute.into()).as_deref() {
            Some("create") => (),
            Some("destroy") => when_destroy = true,
            _ => {
                let detail = "The \"when\" argument requires one of the following keywords: \
                              create or destroy.";
                cx.error("Invalid \"when\" keyword", detail, attribute.expr.span);
            }
        }
    }
    if when_destroy {
        check_destroy_references(&body, cx);
    }
    let mut continue_on_failure = false;
    if let Some(attribute) = found.attribute("on_failure") {
        match cx.keyword_or_quoted(attribute.into()).as_deref() {
            Some("fail") => (),
            Some("continue") => continue_on_failure = true,
            _ => {
                let detail = "The \"on_failure\" argument requires one of the following \
                              keywords: continue or fail.";
                cx.error("Invalid \"on_failure\" keyword", detail, attribute.expr.span);
            }
        }
    }
    let mut connection = None;
    let mut escape = None;
    for block in &found.blocks {
        match &*block.kind.text {
            "_" => match escape {
                Some(first) => cx.duplicate_escape("provisioner", first, block.span),
                None => {
                    escape = Some(block.span);
                    body = join_bodies(body, &block.body, cx);
                }
            },
            "connection" => match &connection {
                Some((_, first)) => {
                    cx.duplicate_block("connection", "This provisioner", *first, block.span);
                }
                None => {
                    if when_destroy {
                        check_destroy_references(&block.body, cx);
                    }
                    connection = Some((block.body.clone(), block.span));
                }
            },
            _ => cx.reserved_block("provisioner", block),
        }
    }
    let span = block.span;
    Some(Provisioner { kind, when_destroy, continue_on_failure, connection, body, span })
}

/// When a resource is destroyed, what it refers to may be gone already.
pub(super) fn check_destroy_references(body: &Body, cx: &mut Cx<'_>) {
    // Blocks inside are the schema's business and reported there.
    let mut ignored = Diagnostics::new();
    for attribute in body.just_attributes(&mut ignored) {
        let allowed =
            walk::references(&attribute.expr).into_iter().all(|reference| {
                match subject(reference) {
                    Ok((Subject::Myself | Subject::Fixed, _)) => true,
                    Ok((Subject::Count(name), used)) => {
                        &*name == "index" && reference.steps.len() == used
                    }
                    Ok((Subject::Each(name), used)) => {
                        &*name == "key" && reference.steps.len() == used
                    }
                    _ => matches!(&*reference.root.text, "path" | "terraform" | "tofu"),
                }
            });
        if !allowed {
            let detail = "Destroy-time provisioners and their connection configurations may only \
                          reference attributes of the related resource, via 'self', \
                          'count.index', or 'each.key'.\n\nReferences to other resources during \
                          the destroy phase can cause dependency cycles and interact poorly with \
                          create_before_destroy.";
            let summary = "Invalid reference from destroy provisioner";
            cx.error(summary, detail, attribute.expr.span);
        }
    }
}
