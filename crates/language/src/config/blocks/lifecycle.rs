//! `lifecycle` blocks of resources and data sources.

use provision_schema::address::Resource as ResourceAddress;

use crate::ast::{Attribute, Block, Expr, ExprKind, Reference, StepKind};
use crate::config::blocks::conditions;
use crate::config::decode::{Cx, Found, Shape, Written, keyword, quoted_text};
use crate::config::drafts::LifecycleDraft;
use crate::config::model::{IgnoreChanges, Repetition};
use crate::config::subjects::{Subject, subject};
use crate::config::{text, walk};

/// Everything that any kind of resource knows, so that the others can say more than that the
/// argument is unknown.
const LIFECYCLE: Shape = Shape {
    required: &[],
    optional: &[
        "create_before_destroy",
        "prevent_destroy",
        "destroy",
        "ignore_changes",
        "replace_triggered_by",
        "enabled",
    ],
    blocks: &[("precondition", &[]), ("postcondition", &[])],
};

pub(super) fn decode(block: &Block, address: &ResourceAddress, cx: &mut Cx<'_>) -> LifecycleDraft {
    let found = cx.content(&block.body, &LIFECYCLE);
    let mut lifecycle = common(&found, address, cx);
    let bool_of = |name: &str, cx: &mut Cx<'_>| {
        found.attribute(name).and_then(|attribute| cx.bool_constant(attribute))
    };
    lifecycle.create_before_destroy = bool_of("create_before_destroy", cx);
    lifecycle.destroy = bool_of("destroy", cx);
    if let Some(attribute) = found.attribute("prevent_destroy") {
        check_prevent_destroy(attribute, cx);
        lifecycle.prevent_destroy = Some(attribute.expr.clone());
    }
    if let Some(attribute) = found.attribute("ignore_changes") {
        lifecycle.ignore_changes = Some(decode_ignore_changes(attribute, cx));
    }
    if let Some(attribute) = found.attribute("replace_triggered_by") {
        lifecycle.replace_triggered_by = Some(decode_triggers(attribute, cx));
    }
    lifecycle
}

/// The lifecycle of a data source or an ephemeral resource (`what`), which only has conditions
/// and `enabled`.
pub(super) fn decode_restricted(
    block: &Block,
    what: &str,
    address: &ResourceAddress,
    cx: &mut Cx<'_>,
) -> LifecycleDraft {
    let found = cx.content(&block.body, &LIFECYCLE);
    for attribute in found.attributes() {
        if &*attribute.name.text != "enabled" {
            let detail = format!(
                "The lifecycle argument {:?} is defined only for managed resources (\"resource\" \
                 blocks), and is not valid for {what} resources.",
                &*attribute.name.text
            );
            let summary = format!("Invalid {what} resource lifecycle argument");
            cx.error(summary, detail, attribute.name.span);
        }
    }
    common(&found, address, cx)
}

fn common(found: &Found, address: &ResourceAddress, cx: &mut Cx<'_>) -> LifecycleDraft {
    let enabled = found.attribute("enabled").cloned();
    let mut lifecycle = LifecycleDraft { enabled, ..LifecycleDraft::default() };
    for block in &found.blocks {
        let Some(condition) = conditions::decode(block, cx) else { continue };
        let kind = &*block.kind.text;
        conditions::check_self_reference(kind, &condition, address, cx);
        match kind {
            "precondition" => lifecycle.preconditions.push(condition),
            _ => lifecycle.postconditions.push(condition),
        }
    }
    lifecycle
}

/// How often the object is there. Of `count`, `for_each` and `enabled` one may be given.
pub(super) fn repetition(
    found: &Found,
    enabled: Option<&Attribute>,
    cx: &mut Cx<'_>,
) -> Repetition {
    let arguments = [
        ("count", found.attribute("count")),
        ("for_each", found.attribute("for_each")),
        ("enabled", enabled),
    ];
    let given = arguments.iter().filter_map(|(name, attribute)| Some((*name, (*attribute)?)));
    let given: Vec<(&str, &Attribute)> = given.collect();
    for pair in given.windows(2) {
        let [(first, _), (second, attribute)] = pair else { continue };
        let summary = format!("Invalid combination of {first:?} and {second:?}");
        let detail = format!(
            "The {first:?} and {second:?} meta-arguments are mutually-exclusive, only one should \
             be used to be explicit about the number of resources to be created."
        );
        cx.error(summary, detail, attribute.name.span);
    }
    match given.first() {
        None => Repetition::Single,
        Some(("count", attribute)) => Repetition::Count(attribute.expr.clone()),
        Some(("for_each", attribute)) => Repetition::ForEach(attribute.expr.clone()),
        Some((_, attribute)) => Repetition::Enabled(attribute.expr.clone()),
    }
}

/// The guard holds for the resource as a whole, so it cannot look at single instances.
fn check_prevent_destroy(attribute: &Attribute, cx: &mut Cx<'_>) {
    let uses = walk::uses(&attribute.expr);
    if uses.references.is_empty() && uses.calls.is_empty() {
        // Without any names it can only be a constant, and is checked as one.
        cx.bool_constant(attribute);
    }
    for reference in uses.references {
        let root = &*reference.root.text;
        if matches!(root, "each" | "count" | "self") {
            let detail = format!(
                "The prevent_destroy argument applies to all instances of the resource at once, \
                 so it cannot refer to {root:?}."
            );
            cx.error("Invalid reference", detail, reference.root.span);
        }
    }
}

fn decode_ignore_changes(attribute: &Attribute, cx: &mut Cx<'_>) -> IgnoreChanges {
    let written = Written::from(attribute);
    if keyword(written).as_deref() == Some("all") {
        return IgnoreChanges::All;
    }
    let mut paths = Vec::new();
    let mut star = None;
    for item in cx.list(written) {
        if quoted_text(item).is_some_and(|(text, _)| &*text == "*") {
            let detail = "The [\"*\"] form of ignore_changes wildcard was deprecated and is now \
                          invalid. Use \"ignore_changes = all\" to ignore changes to all \
                          attributes.";
            cx.error("Invalid ignore_changes wildcard", detail, attribute.expr.span);
            star = Some(item.span());
            continue;
        }
        paths.extend(cx.static_reference(item));
    }
    match star {
        None => IgnoreChanges::Paths(paths),
        Some(span) => {
            if !paths.is_empty() {
                let detail = "Cannot mix wildcard string \"*\" with non-wildcard references.";
                cx.error("Invalid ignore_changes ruleset", detail, span);
            }
            IgnoreChanges::All
        }
    }
}

fn decode_triggers(attribute: &Attribute, cx: &mut Cx<'_>) -> Vec<Expr> {
    let items = cx.list(attribute.into());
    let mut triggers = Vec::with_capacity(items.len());
    for item in items {
        let expr = match (item.json.is_some(), quoted_text(item)) {
            (true, Some((source, span))) => {
                text::parse_expression(&source, span, cx.sources, cx.diagnostics)
            }
            (true, None) => {
                let detail = "Missing resource reference in replace_triggered_by expression.";
                cx.error("Invalid replace_triggered_by expression", detail, item.span());
                None
            }
            _ => Some(item.expr.clone()),
        };
        if let Some(expr) = expr
            && check_trigger(&expr, item, cx)
        {
            triggers.push(expr);
        }
    }
    triggers
}

/// A trigger is one reference to a resource, whose index may be `count.index` or `each.key`.
fn check_trigger(expr: &Expr, item: Written<'_>, cx: &mut Cx<'_>) -> bool {
    let at = item.span();
    let mut resources = 0;
    let before = cx.diagnostics.len();
    for reference in walk::references(expr) {
        let (summary, detail) = match subject(reference) {
            Ok((Subject::Resource(_), _)) => {
                resources += 1;
                continue;
            }
            Ok((Subject::Each(name), _)) if &*name == "key" => continue,
            Ok((Subject::Count(name), _)) if &*name == "index" => continue,
            Ok((Subject::Each(_), _)) => (
                "Invalid each reference in replace_triggered_by expression",
                "Only each.key may be used in replace_triggered_by.".to_owned(),
            ),
            Ok((Subject::Count(_), _)) => (
                "Invalid count reference in replace_triggered_by expression",
                "Only count.index may be used in replace_triggered_by.".to_owned(),
            ),
            Ok(_) => (
                "Invalid reference in replace_triggered_by expression",
                "Only resources, count.index, and each.key may be used in replace_triggered_by."
                    .to_owned(),
            ),
            Err(problem) => ("Invalid reference", problem),
        };
        cx.error(summary, detail, at);
    }
    let summary = "Invalid replace_triggered_by expression";
    match resources {
        1 => {
            let plain = matches!(&expr.kind, ExprKind::Reference(it) if is_trigger_path(it));
            if !plain {
                let detail = "A replace_triggered_by expression is a reference to a resource, \
                              an instance or an attribute, without calculations, function calls \
                              or splats.";
                cx.error(summary, detail, at);
            }
        }
        0 => {
            let detail = "Missing resource reference in replace_triggered_by expression.";
            cx.error(summary, detail, at);
        }
        _ => {
            let detail = "Multiple resource references in replace_triggered_by expression.";
            cx.error(summary, detail, at);
        }
    }
    cx.diagnostics.len() == before
}

fn is_trigger_path(reference: &Reference) -> bool {
    reference.steps.iter().all(|step| !matches!(step.kind, StepKind::Splat(_)))
}
