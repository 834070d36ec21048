//! The references in a body, found without evaluating anything: what the body depends on.

use std::sync::Arc;

use provision_schema::schema::BlockSchema;

use super::dynamic::Dynamic;
use super::form::Form;
use crate::ast::{Body, Expr, ExprKind, Reference, Step, StepKind, TemplatePart};
use crate::diagnostics::Diagnostics;

/// Every reference in the arguments and blocks of the body that leads out of it: names bound by
/// `for`, by templates and by `dynamic` blocks do not.
pub fn references(body: &Body, schema: &BlockSchema) -> Vec<Reference> {
    let mut found = Vec::new();
    walk_body(body, schema, &mut Vec::new(), &mut found);
    found
}

/// Every reference in the expression that leads out of it.
pub fn expression_references(expr: &Expr) -> Vec<Reference> {
    let mut found = Vec::new();
    walk(expr, &mut Vec::new(), &mut found);
    found
}

type Bound = Vec<Arc<str>>;

fn walk_body(body: &Body, schema: &BlockSchema, bound: &mut Bound, found: &mut Vec<Reference>) {
    // Decoding says what is wrong; here it would be said twice.
    let mut ignored = Diagnostics::new();
    let form = Form::of(body, schema);
    let content = body.content(&form.shape(), &mut ignored);
    for attribute in content.attributes.values() {
        walk(&attribute.expr, bound, found);
    }
    for block in &content.blocks {
        if !form.is_dynamic(block) {
            if let Some(nested) = form.nested(&block.kind) {
                walk_body(&block.body, &nested.block, bound, found);
            }
            continue;
        }
        let Some(nested) = block.labels.first().and_then(|kind| form.nested(kind)) else {
            continue;
        };
        let Some(dynamic) = Dynamic::read(block, nested, &mut ignored) else { continue };
        walk(&dynamic.for_each.expr, bound, found);
        bound.push(dynamic.iterator.clone());
        if let Some(labels) = &dynamic.labels {
            walk(labels, bound, found);
        }
        walk_body(&dynamic.content, &nested.block, bound, found);
        bound.pop();
    }
}

fn walk(expr: &Expr, bound: &mut Bound, found: &mut Vec<Reference>) {
    match &expr.kind {
        ExprKind::Literal(_) => (),
        ExprKind::Template(parts) => walk_parts(parts, bound, found),
        ExprKind::TemplateWrap(inner)
        | ExprKind::Unary(_, inner)
        | ExprKind::Parentheses(inner) => walk(inner, bound, found),
        ExprKind::Tuple(items) => items.iter().for_each(|item| walk(item, bound, found)),
        ExprKind::Object(items) => {
            for item in items {
                walk(&item.key, bound, found);
                walk(&item.value, bound, found);
            }
        }
        ExprKind::Reference(reference) => {
            if !bound.contains(&reference.root.text) {
                found.push((**reference).clone());
            }
            walk_steps(&reference.steps, bound, found);
        }
        ExprKind::Access(inner, steps) => {
            walk(inner, bound, found);
            walk_steps(steps, bound, found);
        }
        ExprKind::Call(call) => {
            call.arguments.iter().for_each(|argument| walk(argument, bound, found));
        }
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| walk(part, bound, found)),
        ExprKind::Binary(_, operands) => {
            operands.iter().for_each(|operand| walk(operand, bound, found));
        }
        ExprKind::For(it) => {
            walk(&it.collection, bound, found);
            let outer = bound.len();
            bound.extend(it.key_variable.iter().map(|name| name.text.clone()));
            bound.push(it.value_variable.text.clone());
            for part in it.key.iter().chain([&it.value]).chain(&it.condition) {
                walk(part, bound, found);
            }
            bound.truncate(outer);
        }
    }
}

fn walk_steps(steps: &[Step], bound: &mut Bound, found: &mut Vec<Reference>) {
    for step in steps {
        match &step.kind {
            StepKind::Attribute(_) => (),
            StepKind::Index(key) => walk(key, bound, found),
            StepKind::Splat(inner) => walk_steps(inner, bound, found),
        }
    }
}

fn walk_parts(parts: &[TemplatePart], bound: &mut Bound, found: &mut Vec<Reference>) {
    for part in parts {
        match part {
            TemplatePart::Literal(_) => (),
            TemplatePart::Interpolation(expr) => walk(expr, bound, found),
            TemplatePart::If { condition, then, otherwise, .. } => {
                walk(condition, bound, found);
                walk_parts(then, bound, found);
                walk_parts(otherwise, bound, found);
            }
            TemplatePart::For(it) => {
                walk(&it.collection, bound, found);
                let outer = bound.len();
                bound.extend(it.key_variable.iter().map(|name| name.text.clone()));
                bound.push(it.value_variable.text.clone());
                walk_parts(&it.body, bound, found);
                bound.truncate(outer);
            }
        }
    }
}
