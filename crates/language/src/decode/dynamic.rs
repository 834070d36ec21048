//! `dynamic` blocks: a collection, and a body for each of its elements.

use std::sync::Arc;

use provision_schema::convert::convert;
use provision_schema::schema::{NestedBlock, Nesting};
use provision_schema::{Marks, Type, Value};

use crate::ast::{Attribute, Block, Body, Expr, ExprKind, JsonKind};
use crate::diagnostics::Diagnostics;
use crate::evaluate::{Iteration, Scope, evaluate, explain, iterate};
use crate::syntax::BodyShape;

/// The parts of a `dynamic` block.
pub(super) struct Dynamic {
    pub(super) for_each: Attribute,
    /// The name that stands for the current element in `content`.
    pub(super) iterator: Arc<str>,
    /// The labels of each block, for a block that has labels.
    pub(super) labels: Option<Expr>,
    pub(super) content: Body,
}

/// What a `dynamic` block iterates over.
pub(super) struct Iterations {
    /// Keys and values.
    pub(super) items: Vec<(Value, Value)>,
    /// Whether the collection is not known yet; there is one item then, which is not known
    /// either.
    pub(super) unknown: bool,
    pub(super) marks: Marks,
}

impl Dynamic {
    /// Takes the block apart. After errors that leave nothing to work with it is none.
    pub(super) fn read(
        block: &Block,
        nested: &NestedBlock,
        diagnostics: &mut Diagnostics,
    ) -> Option<Dynamic> {
        let mut shape =
            BodyShape::new().required("for_each").optional("iterator").block("content", &[]);
        let has_label = nested.nesting == Nesting::Map;
        if has_label {
            shape = shape.required("labels");
        }
        let mut content = block.body.content(&shape, diagnostics);
        let kind = block.labels.first()?;
        let for_each = content.attributes.shift_remove("for_each")?;
        let iterator = match content.attributes.get("iterator") {
            Some(attribute) => iterator_name(attribute, diagnostics)?,
            None => kind.text.clone(),
        };
        let labels = content.attributes.shift_remove("labels").map(|attribute| attribute.expr);
        let mut bodies = content.blocks.into_iter();
        let Some(body) = bodies.next() else {
            let detail = "A dynamic block must have a nested block of type \"content\" to describe \
                          the body of each generated block.";
            let at = block.body.missing_item_span();
            diagnostics.error("Missing dynamic content block", detail, at);
            return None;
        };
        if let Some(second) = bodies.next() {
            let detail = "Only one nested content block is allowed for each dynamic block.";
            diagnostics.error("Extraneous dynamic content block", detail, second.span);
            return None;
        }
        if has_label && labels.is_none() {
            return None;
        }
        Some(Dynamic { for_each, iterator, labels, content: body.body })
    }

    /// The elements to make blocks of; none after an error.
    pub(super) fn iterations(
        &self,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Iterations> {
        let expr = &self.for_each.expr;
        let before = diagnostics.len();
        let (collection, marks) = evaluate(expr, scope, diagnostics).unmark();
        let failed = diagnostics.iter().skip(before).any(|diagnostic| diagnostic.is_error());
        let mut wrong = |detail: String| {
            if !failed {
                diagnostics.error("Invalid dynamic for_each value", detail, expr.span);
                explain(expr, scope, before, diagnostics);
            }
            None
        };
        if collection.is_null() {
            return wrong("Cannot use a null value in for_each.".to_owned());
        }
        let (items, unknown) = match iterate(&collection) {
            Iteration::Elements(items) => (items, false),
            Iteration::Unknown => (vec![(Value::dynamic(), Value::dynamic())], true),
            Iteration::Impossible => {
                let ty = collection.ty().friendly_name();
                return wrong(format!(
                    "Cannot use a {ty} value in for_each. An iterable collection is required."
                ));
            }
        };
        Some(Iterations { items, unknown, marks })
    }

    /// The iterator with its value for one element.
    pub(super) fn bind(&self, key: Value, value: Value) -> (Arc<str>, Value) {
        (self.iterator.clone(), Value::object_of([("key", key), ("value", value)]))
    }

    /// The label of the block for one element; none after an error.
    pub(super) fn label(
        &self,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<str>> {
        let labels = self.labels.as_ref()?;
        let ExprKind::Tuple(labels_given) = &labels.without_parentheses().kind else {
            let detail = "The labels of a dynamic block must be a list of expressions.";
            diagnostics.error("Invalid dynamic block labels", detail, labels.span);
            return None;
        };
        let expr = match labels_given.as_slice() {
            [label] => label,
            given => {
                let which = if given.is_empty() { "Insufficient" } else { "Extraneous" };
                let noun = if given.is_empty() { "labels" } else { "label" };
                let summary = format!("{which} dynamic block {noun}");
                diagnostics.error(summary, "Blocks of this type have one label.", labels.span);
                return None;
            }
        };
        let before = diagnostics.len();
        let value = evaluate(expr, scope, diagnostics);
        let problem = if value.is_marked() {
            "Cannot use a sensitive or ephemeral value as a dynamic block label.".to_owned()
        } else if !value.is_known() {
            "This value is not yet known. Dynamic block labels must be immediately-known values."
                .to_owned()
        } else if value.is_null() {
            "Cannot use a null value as a dynamic block label.".to_owned()
        } else {
            match convert(&value, &Type::String) {
                Ok(label) => return label.as_arc_str().cloned(),
                Err(error) => format!("Cannot use this value as a dynamic block label: {error}."),
            }
        };
        diagnostics.error("Invalid dynamic block label", problem, expr.span);
        explain(expr, scope, before, diagnostics);
        None
    }
}

/// The iterator's name, a bare word or in JSON a string.
fn iterator_name(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<Arc<str>> {
    if let Some(json) = &attribute.json {
        if let JsonKind::String(name) = &json.kind
            && is_identifier(name)
        {
            return Some(name.clone());
        }
    } else if let ExprKind::Reference(reference) = &attribute.expr.kind
        && reference.steps.is_empty()
    {
        return Some(reference.root.text.clone());
    }
    let detail = "Dynamic iterator must be a single variable name.";
    diagnostics.error("Invalid dynamic iterator name", detail, attribute.expr.span);
    None
}

fn is_identifier(text: &str) -> bool {
    let first = |character: char| character.is_alphabetic() || character == '_';
    text.starts_with(first) && text.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '-')
}
