//! What the references in a failing expression are, told next to the error.

use provision_schema::{Kind, Type, Value};

use super::{Scope, evaluate};
use crate::ast::{Expr, ExprKind, Reference, StepKind, TemplatePart};
use crate::diagnostics::Diagnostics;
use crate::references;
use crate::source::Span;

/// Adds the values to all that was said since `before` and has none yet. Where the subject is
/// exactly a part of the expression, it is the part that failed.
pub fn explain(expr: &Expr, scope: &Scope<'_>, before: usize, diagnostics: &mut Diagnostics) {
    if !scope.explains {
        return;
    }
    for diagnostic in diagnostics.since(before) {
        if diagnostic.values.is_none() {
            let part = diagnostic.subject.and_then(|subject| part_at(expr, subject));
            diagnostic.values = Some(values(part.unwrap_or(expr), scope));
        }
    }
}

/// The same for what is wrong with the expression as a whole, in a scope that is gone when the
/// expression around it is done.
pub(super) fn explain_subject(
    expr: &Expr,
    scope: &Scope<'_>,
    before: usize,
    diagnostics: &mut Diagnostics,
) {
    if !scope.explains {
        return;
    }
    for diagnostic in diagnostics.since(before) {
        if diagnostic.values.is_none() && diagnostic.subject == Some(expr.span) {
            diagnostic.values = Some(values(expr, scope));
        }
    }
}

/// The direct part of an expression that stands exactly there.
fn part_at(expr: &Expr, span: Span) -> Option<&Expr> {
    let is_there = |part: &&Expr| part.span == span;
    match &expr.kind {
        ExprKind::Template(parts) => parts.iter().find_map(|part| match part {
            TemplatePart::Interpolation(inner) => Some(inner).filter(is_there),
            TemplatePart::If { condition, .. } => Some(condition).filter(is_there),
            TemplatePart::For(it) => Some(&it.collection).filter(is_there),
            TemplatePart::Literal(_) => None,
        }),
        ExprKind::TemplateWrap(inner)
        | ExprKind::Parentheses(inner)
        | ExprKind::Unary(_, inner)
        | ExprKind::Access(inner, _) => Some(&**inner).filter(is_there),
        ExprKind::Tuple(items) => items.iter().find(is_there),
        ExprKind::Object(items) => items.iter().map(|item| &item.key).find(is_there),
        ExprKind::Call(call) => call.arguments.iter().find(is_there),
        ExprKind::Conditional(parts) => parts.iter().find(is_there),
        ExprKind::Binary(_, operands) => operands.iter().find(is_there),
        ExprKind::For(it) => {
            [&it.collection].into_iter().chain(&it.condition).chain(&it.key).find(is_there)
        }
        ExprKind::Literal(_) | ExprKind::Reference(_) => None,
    }
}

/// The references of an expression with a statement about the value of each, by name.
fn values(expr: &Expr, scope: &Scope<'_>) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = references::of_expression(expr)
        .into_iter()
        .filter_map(|reference| value_of(reference, scope))
        .filter_map(|(reference, value)| Some((name(&reference), statement(&value, scope)?)))
        .collect();
    values.sort();
    values.dedup_by(|a, b| a.0 == b.0);
    values
}

/// The value of as much of the reference as has one. The root alone is a mere namespace.
fn value_of(reference: &Reference, scope: &Scope<'_>) -> Option<(Reference, Value)> {
    let is_fixed = |kind: &StepKind| match kind {
        StepKind::Attribute(_) => true,
        StepKind::Index(key) => matches!(key.kind, ExprKind::Literal(_)),
        StepKind::Splat(_) => false,
    };
    let fixed = reference.steps.iter().take_while(|step| is_fixed(&step.kind));
    let mut part = Reference { root: reference.root.clone(), steps: fixed.cloned().collect() };
    let silent = scope.without_explanations();
    while let Some(last) = part.steps.last() {
        let span = part.root.span.to(last.span);
        let expr = Expr::new(ExprKind::Reference(Box::new(part.clone())), span);
        let mut found = Diagnostics::new();
        let value = evaluate(&expr, &silent, &mut found);
        if !found.has_errors() {
            return Some((part, value));
        }
        part.steps.pop();
    }
    None
}

fn name(reference: &Reference) -> String {
    let mut text = reference.root.to_string();
    for step in &reference.steps {
        match &step.kind {
            StepKind::Attribute(name) => text.push_str(&format!(".{name}")),
            StepKind::Index(Expr { kind: ExprKind::Literal(key), .. }) => {
                text.push_str(&format!("[{}]", known(key)));
            }
            StepKind::Index(_) | StepKind::Splat(_) => text.push_str("[...]"),
        }
    }
    text
}

/// What can be told of a value; nothing of one that merely has not been given yet.
fn statement(value: &Value, scope: &Scope<'_>) -> Option<String> {
    if value.marks().is_sensitive() {
        return Some("has a sensitive value".to_owned());
    }
    let Some(unknown) = value.as_unknown() else { return Some(format!("is {}", known(value))) };
    match (unknown.ty.is_dynamic(), scope.resolver.applying_tells()) {
        (true, true) => Some("will be known only after apply".to_owned()),
        (true, false) => None,
        (false, true) => {
            Some(format!("is a {}, known only after apply", unknown.ty.friendly_name()))
        }
        (false, false) => Some(format!("is a {}", unknown.ty.friendly_name())),
    }
}

/// A value in a few words. Only the value itself is certain not to be a secret, so nothing that is
/// inside a collection is shown; names of attributes are never secret.
fn known(value: &Value) -> String {
    let ty = value.ty();
    match value.kind() {
        Kind::Null(_) => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{text:?}"),
        Kind::Object(fields) => match (fields.keys().len(), fields.keys().next()) {
            (1, Some(name)) => format!("object with 1 attribute {:?}", &**name),
            (0, _) => "object with no attributes".to_owned(),
            (count, _) => format!("object with {count} attributes"),
        },
        _ => match (value.element_count(), ty) {
            (None, Type::Dynamic) => "not yet known".to_owned(),
            (None, ty) => ty.friendly_name(),
            (Some(0), ty) => format!("empty {}", ty.friendly_name()),
            (Some(1), ty) => format!("{} with 1 element", ty.friendly_name()),
            (Some(count), ty) => format!("{} with {count} elements", ty.friendly_name()),
        },
    }
}
