//! The language's syntax as this module uses it.

use std::sync::Arc;

use super::decode::{Found, Shape};
use crate::ast::{Attribute, Body, Expr, Json, Reference};
use crate::diagnostics::Diagnostics;
use crate::source::{FileId, Sources, Span};
use crate::syntax;

pub(super) fn content(
    body: &Body,
    shape: &Shape,
    require: bool,
    diagnostics: &mut Diagnostics,
) -> Found {
    partial(body, shape, require, true, diagnostics).0
}

pub(super) fn partial_content(
    body: &Body,
    shape: &Shape,
    require: bool,
    diagnostics: &mut Diagnostics,
) -> (Found, Body) {
    partial(body, shape, require, false, diagnostics)
}

fn partial(body: &Body, shape: &Shape, require: bool, whole: bool, diagnostics: &mut Diagnostics) -> (Found, Body) {
    let Body::Native(native) = body else { return (Found::new(vec![], vec![]), body.clone()) };
    let mut rest = native.clone();
    let known = |n: &str| shape.required.contains(&n) || shape.optional.contains(&n);
    let (attrs, left): (Vec<_>, Vec<_>) = rest.attributes.into_iter().partition(|a| known(&a.name));
    let (blocks, leftb): (Vec<_>, Vec<_>) = rest.blocks.into_iter().partition(|b| shape.blocks.iter().any(|(k, _)| *k == &*b.kind.text));
    if whole {
        for a in &left { diagnostics.error("Unsupported argument", format!("An argument named {:?} is not expected here.", &*a.name), a.name.span); }
        for b in &leftb { diagnostics.error("Unsupported block type", format!("Blocks of type {:?} are not expected here.", &*b.kind), b.kind.span); }
    }
    if require { for r in shape.required { if !attrs.iter().any(|a| &*a.name.text == *r) {
        diagnostics.error("Missing required argument", format!("The argument {r:?} is required, but no definition was found."), body.missing_item_span()); } } }
    let blocks = blocks.into_iter().filter(|b| { let n = shape.blocks.iter().find(|(k, _)| *k == &*b.kind.text).unwrap().1.len();
        if b.labels.len() < n { diagnostics.error(format!("Missing name for {}", &*b.kind), "labels", b.kind.span); }
        if b.labels.len() > n { diagnostics.error(format!("Extraneous label for {}", &*b.kind), "labels", b.kind.span); }
        b.labels.len() == n }).collect();
    rest.attributes = left; rest.blocks = leftb;
    (Found::new(attrs, blocks), Body::Native(rest))
}

pub(super) fn just_attributes(body: &Body, diagnostics: &mut Diagnostics) -> Vec<Attribute> {
    let Body::Native(native) = body else { return vec![] };
    for b in &native.blocks { diagnostics.error(format!("Unexpected \"{}\" block", &*b.kind), "Blocks are not allowed here.", b.kind.span); }
    native.attributes.clone()
}

pub(super) fn json_expression(json: &Arc<Json>) -> Expr {
    syntax::json_expression(json, &mut Diagnostics::new())
}

/// Parses an expression that stands in quotes at `span`.
pub(super) fn parse_expression(
    text: &str,
    span: Span,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Expr> {
    let text = in_place(text, span, sources);
    syntax::parse_expression(span.file, &text, diagnostics)
}

/// Parses a reference that stands in quotes at `span`.
pub(super) fn parse_reference(
    text: &str,
    span: Span,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Reference> {
    let text = in_place(text, span, sources);
    syntax::parse_traversal(span.file, &text, diagnostics)
}

/// Parses a text that is a reference as a whole.
pub(super) fn parse_whole_reference(
    text: &str,
    file: FileId,
    diagnostics: &mut Diagnostics,
) -> Option<Reference> {
    syntax::parse_traversal(file, text, diagnostics)
}

/// The text behind as much white space as makes it stand where it stands in its file. Where that
/// is not possible the places are only near.
fn in_place(text: &str, span: Span, sources: &Sources) -> String {
    let file = sources.get(span.file);
    let start = span.start as usize;
    let quote = usize::from(file.text.get(start..).is_some_and(|rest| rest.starts_with('"')));
    format!("{}{text}", " ".repeat(start + quote))
}
