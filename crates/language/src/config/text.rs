//! The language's syntax as this module uses it.

use std::sync::Arc;

use super::decode::{Found, Shape};
use crate::ast::{Body, Expr, Json, Reference};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{self, BodyShape, Content};

pub(super) fn content(
    body: &Body,
    shape: &Shape,
    require: bool,
    diagnostics: &mut Diagnostics,
) -> Found {
    let shape = body_shape(shape, require);
    let mut problems = Diagnostics::new();
    let content = body.content(&shape, &mut problems);
    diagnostics.extend(without_templates_in_literals(problems, &content));
    found(content)
}

pub(super) fn partial_content(
    body: &Body,
    shape: &Shape,
    require: bool,
    diagnostics: &mut Diagnostics,
) -> (Found, Body) {
    let shape = body_shape(shape, require);
    let mut problems = Diagnostics::new();
    let (content, rest) = body.partial_content(&shape, &mut problems);
    diagnostics.extend(without_templates_in_literals(problems, &content));
    (found(content), rest)
}

fn body_shape(shape: &Shape, require: bool) -> BodyShape {
    let mut result = BodyShape::new();
    for name in shape.required {
        result = if require { result.required(*name) } else { result.optional(*name) };
    }
    for name in shape.optional {
        result = result.optional(*name);
    }
    shape.blocks.iter().fold(result, |result, (kind, labels)| result.block(*kind, labels))
}

/// The arguments whose strings are templates in JSON. Those of all others are taken as they are, so
/// a template in them cannot be wrong.
const TEMPLATES: [&str; 11] = [
    "count",
    "for_each",
    "condition",
    "error_message",
    "value",
    "source",
    "version",
    "enabled",
    "prevent_destroy",
    "id",
    "identity",
];

fn without_templates_in_literals(
    problems: Diagnostics,
    content: &Content,
) -> impl Iterator<Item = Diagnostic> {
    let literals = content.attributes.values().filter_map(|attribute| {
        let json = attribute.json.as_ref()?;
        (!TEMPLATES.contains(&&*attribute.name.text)).then_some(json.span)
    });
    let literals: Vec<Span> = literals.collect();
    problems.into_iter().filter(move |diagnostic| {
        !diagnostic.subject.is_some_and(|subject| {
            let inside = |it: &Span| {
                it.file == subject.file && it.start <= subject.start && subject.end <= it.end
            };
            literals.iter().any(inside)
        })
    })
}

fn found(content: Content) -> Found {
    Found::new(content.attributes.into_values().collect(), content.blocks)
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
