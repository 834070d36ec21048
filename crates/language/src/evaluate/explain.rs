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
fn values(expr: &Expr, scope: &Scope<'_>) -> Box<[(String, String)]> {
    let mut values: Vec<(String, String)> = references::of_expression(expr)
        .into_iter()
        .filter_map(|reference| value_of(reference, scope))
        .filter_map(|(reference, value)| Some((name(&reference), statement(&value, scope)?)))
        .collect();
    values.sort();
    values.dedup_by(|a, b| a.0 == b.0);
    values.into()
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

#[cfg(test)]
mod tests {
    use provision_schema::{Fields, Type, Value};

    use crate::diagnostics::Diagnostics;
    use crate::evaluate::{Names, Scope, evaluate};
    use crate::functions::FunctionContext;
    use crate::source::Sources;
    use crate::syntax;

    /// What is told next to each error of the expression.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let object = |fields: &[(&str, Value)]| {
            Value::object_of(fields.iter().map(|(name, value)| (*name, value.clone())))
        };
        let strings = |texts: &[&str]| {
            let elements: Vec<Value> = texts.iter().map(|text| Value::from(*text)).collect();
            Value::list(Type::String, elements)
        };
        let variables = object(&[
            ("text", Value::from("abc")),
            ("quoted", Value::from("a\"b")),
            ("number", Value::number(3)),
            ("bool", Value::bool(true)),
            ("null", Value::null(Type::String)),
            ("secret", Value::from("hush").sensitive()),
            ("holder", object(&[("secret", Value::from("hush").sensitive())])),
            ("unknown", Value::unknown(Type::String)),
            ("dynamic", Value::dynamic()),
            ("strings", strings(&["a", "b"])),
            ("none", strings(&[])),
            ("map", Value::map(Type::String, Fields::default())),
            ("tuple", Value::tuple([Value::from("only")])),
            ("empty", object(&[])),
            ("pair", object(&[("a", Value::from("x")), ("b", Value::number(1))])),
        ]);
        let names = Names(vec![("var".into(), variables)]);
        let functions = FunctionContext::new(".");
        let mut found = Diagnostics::new();
        let file = Sources::default().add("test", text);
        let expr = syntax::parse_expression(file, text, &mut found);
        evaluate(&expr.expect("an expression"), &Scope::new(&names, &functions), &mut found);
        let told = found.iter().map(|it| {
            let values = it.values.as_ref().expect("an explanation");
            let values = values.iter().map(|(name, statement)| format!("{name} {statement}"));
            format!("{}: {}", it.summary, values.collect::<Vec<_>>().join(", "))
        });
        assert_eq!(told.collect::<Vec<_>>().join("\n"), expected, "in {text}");
    }

    #[test]
    fn statements() {
        let operand = |name: &str, statement: &str| {
            check(&format!("-[{name}]"), &format!("Invalid operand: {name} {statement}"));
        };
        operand("var.text", "is \"abc\"");
        operand("var.quoted", "is \"a\\\"b\"");
        operand("var.number", "is 3");
        operand("var.bool", "is true");
        operand("var.null", "is null");
        operand("var.secret", "has a sensitive value");
        operand("var.unknown", "is a string, known only after apply");
        operand("var.dynamic", "will be known only after apply");
        operand("var.strings", "is list of string with 2 elements");
        operand("var.none", "is empty list of string");
        operand("var.map", "is empty map of string");
        operand("var.tuple", "is tuple with 1 element");
        operand("var.empty", "is object with no attributes");
        operand("var.pair", "is object with 2 attributes");
        operand("var.pair.a", "is \"x\"");
        operand("var.strings[1]", "is \"b\"");
    }

    #[test]
    fn secrets_inside_other_values_stay_inside() {
        check("-var.holder", "Invalid operand: var.holder is object with 1 attribute \"secret\"");
        check("-[var.holder.secret]", "Invalid operand: var.holder.secret has a sensitive value");
    }

    #[test]
    fn as_much_of_a_reference_as_has_a_value() {
        check("var.pair.c", "Unsupported attribute: var.pair is object with 2 attributes");
        check("var.tuple[3]", "Invalid index: var.tuple is tuple with 1 element");
        check("var.nothing", "Unsupported attribute: ");
        check(
            "var.strings[var.number]",
            "Invalid index: var.number is 3, var.strings is list of string with 2 elements",
        );
        check("var.tuple[*].x", "Unsupported attribute: var.tuple is tuple with 1 element");
    }

    #[test]
    fn only_the_part_that_failed() {
        check("var.number + var.text", "Invalid operand: var.text is \"abc\"");
        check("var.text ? var.number : 1", "Incorrect condition type: var.text is \"abc\"");
        check(
            "upper([var.bool], var.text)",
            "Too many function arguments: var.bool is true, var.text is \"abc\"",
        );
        check("join(var.text, var.number)", "Invalid function argument: var.number is 3");
        check("[var.text, upper([])]", "Invalid function argument: ");
        check(
            "\"${var.text}${var.null}\"",
            "Invalid template interpolation value: var.null is null",
        );
        check("{ (var.null) = var.text }", "Null value as key: var.null is null");
    }

    #[test]
    fn names_are_sorted_and_told_once() {
        check(
            "var.pair ? [var.text, var.bool, var.text] : { a = var.text }",
            "Inconsistent conditional result types: var.bool is true, var.pair is object with 2 \
             attributes, var.text is \"abc\"",
        );
    }

    #[test]
    fn names_bound_inside() {
        check("[for v in var.pair : -v]", "Invalid operand: ");
        check("[for v in [var.pair] : -v.a]", "Invalid operand: v.a is \"x\"");
        check("[for v in [var.pair] : 1 if v.a]", "Invalid 'for' condition: v.a is \"x\"");
        check("{ for v in [var.holder] : v => 1 }", "Invalid object key: ");
        check(
            "\"%{ for v in [var.pair] }${[v.a]}%{ endfor }\"",
            "Invalid template interpolation value: v.a is \"x\"",
        );
        check("[for v in var.number : v]", "Iteration over non-iterable value: var.number is 3");
    }

    #[test]
    fn attempts_tell_nothing() {
        check("try(-var.text, 1)", "");
        check("can(-var.text)", "");
        check("try(-var.text)", "Error in function call: var.text is \"abc\"");
    }
}
