//! Expressions: literals, collections, references, conditionals and `for`.

use std::collections::BTreeMap;
use std::sync::Arc;

use provision_schema::convert::{convert, unify_unsafe};
use provision_schema::{Fields, Kind, Marks, Refinement, Type, Value};

use super::access::access;
use super::call::evaluate_call;
use super::explain::{explain, explain_subject};
use super::limits::{Weight, limited, too_large};
use super::operators::{evaluate_binary, evaluate_unary};
use super::templates::evaluate_template;
use super::{Iteration, Scope, iterate};
use crate::ast::{Expr, ExprKind, For, ObjectItem, Reference};
use crate::diagnostics::Diagnostics;
use crate::source::Span;

/// The value of an expression. After an error it is unknown, and `diagnostics` says why.
pub fn evaluate(expr: &Expr, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Value {
    let before = diagnostics.len();
    let value = evaluate_kind(expr, scope, diagnostics);
    if diagnostics.len() > before {
        explain(expr, scope, before, diagnostics);
    }
    value
}

fn evaluate_kind(expr: &Expr, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Value {
    match &expr.kind {
        ExprKind::Literal(value) => value.clone(),
        ExprKind::Template(parts) => {
            let value = evaluate_template(parts, scope, diagnostics);
            limited(value, expr.span, diagnostics)
        }
        ExprKind::TemplateWrap(inner) | ExprKind::Parentheses(inner) => {
            evaluate(inner, scope, diagnostics)
        }
        ExprKind::Tuple(items) => {
            let mut values = Vec::with_capacity(items.len());
            let mut weight = Weight::default();
            for item in items {
                let value = evaluate(item, scope, diagnostics);
                if !weight.takes(&value) {
                    return too_large(expr.span, diagnostics);
                }
                values.push(value);
            }
            limited(Value::tuple(values), expr.span, diagnostics)
        }
        ExprKind::Object(items) => evaluate_object(items, expr.span, scope, diagnostics),
        ExprKind::Reference(reference) => evaluate_reference(reference, scope, diagnostics),
        ExprKind::Access(inner, steps) => {
            let value = evaluate(inner, scope, diagnostics);
            access(value, steps, scope, diagnostics)
        }
        ExprKind::Call(call) => {
            let value = evaluate_call(call, expr.span, scope, diagnostics);
            limited(value, expr.span, diagnostics)
        }
        ExprKind::Conditional(parts) => evaluate_conditional(parts, expr, scope, diagnostics),
        ExprKind::Unary(operator, operand) => {
            evaluate_unary(*operator, operand, expr.span, scope, diagnostics)
        }
        ExprKind::Binary(operator, operands) => {
            evaluate_binary(*operator, operands, expr.span, scope, diagnostics)
        }
        ExprKind::For(for_expr) => {
            let value = evaluate_for(for_expr, expr.span, scope, diagnostics);
            limited(value, expr.span, diagnostics)
        }
    }
}

fn evaluate_reference(
    reference: &Reference,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let (value, used) = match scope.variable(&reference.root) {
        Some(value) => (value.clone(), 0),
        None => scope.resolver.resolve(reference, scope, diagnostics),
    };
    access(value, &reference.steps[used.min(reference.steps.len())..], scope, diagnostics)
}

fn evaluate_object(
    items: &[ObjectItem],
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let mut entries = Vec::with_capacity(items.len());
    let mut marks = Marks::NONE;
    let mut known = true;
    let mut weight = Weight::default();
    for ObjectItem { key: key_expr, value } in items {
        let failures = diagnostics.len();
        let key = match &key_expr.kind {
            // `{a.b = 1}` looks like a nested key and is none.
            ExprKind::Reference(reference) if !reference.steps.is_empty() => {
                diagnostics.error(
                    "Ambiguous attribute key",
                    "If this expression is intended to be a reference, wrap it in parentheses. \
                     If it's instead intended as a literal name containing periods, wrap it in \
                     quotes to create a string literal.",
                    key_expr.span,
                );
                Value::dynamic()
            }
            _ => evaluate(key_expr, scope, diagnostics),
        };
        let value = evaluate(value, scope, diagnostics);
        if !weight.takes(&value) {
            return too_large(span, diagnostics);
        }
        if diagnostics.iter().skip(failures).any(|it| it.is_error()) && !key.is_known() {
            known = false;
            continue;
        }
        let (key, key_marks) = key.unmark();
        marks |= key_marks;
        if key.is_null() {
            diagnostics.error(
                "Null value as key",
                "Can't use a null value as a key.",
                key_expr.span,
            );
            known = false;
            continue;
        }
        match convert(&key, &Type::String) {
            Ok(key) => match key.as_arc_str() {
                Some(key) => entries.push((key.clone(), value)),
                None => known = false,
            },
            Err(error) => {
                let detail = format!("Can't use this value as a key: {error}.");
                diagnostics.error("Incorrect key type", detail, key_expr.span);
                known = false;
            }
        }
    }
    if !known {
        return Value::dynamic().with_marks(marks);
    }
    limited(Value::object_of(entries).with_marks(marks), span, diagnostics)
}

fn evaluate_conditional(
    [condition_expr, true_expr, false_expr]: &[Expr; 3],
    whole: &Expr,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    // Both arms are evaluated for their types; what is wrong counts only in the chosen one.
    let mut true_diagnostics = Diagnostics::new();
    let mut false_diagnostics = Diagnostics::new();
    let true_value = evaluate(true_expr, scope, &mut true_diagnostics);
    let false_value = evaluate(false_expr, scope, &mut false_diagnostics);
    let (true_type, false_type) = (true_value.ty(), false_value.ty());

    let is_bare_null = |value: &Value| matches!(value.kind(), Kind::Null(Type::Dynamic));
    let result_type = if is_bare_null(&true_value) {
        Some(false_type.clone())
    } else if is_bare_null(&false_value) || true_type == false_type {
        Some(true_type.clone())
    } else if true_type.is_dynamic() || false_type.is_dynamic() {
        Some(Type::Dynamic)
    } else {
        unify_unsafe(&[true_type.clone(), false_type.clone()])
    };
    let Some(result_type) = result_type else {
        let detail = format!(
            "The true and false result expressions must have consistent types. {}.",
            describe_mismatch(&true_type, &false_type)
        );
        let subject = true_expr.span.to(false_expr.span);
        diagnostics.error("Inconsistent conditional result types", detail, subject);
        return Value::dynamic();
    };

    let condition = evaluate(condition_expr, scope, diagnostics);
    if condition.is_null() {
        let detail = "The condition value is null. Conditions must either be true or false.";
        diagnostics.error("Null condition", detail, condition_expr.span);
        return Value::unknown(result_type);
    }
    let (condition, condition_marks) = condition.unmark_deep();
    let marks = condition_marks | true_value.marks() | false_value.marks();
    if !condition.is_known() {
        return undecided(&true_value, &false_value, result_type).with_marks(marks);
    }
    let Ok(condition) = convert(&condition, &Type::Bool) else {
        let detail = "The condition expression must be of type bool.";
        diagnostics.error("Incorrect condition type", detail, condition_expr.span);
        return Value::unknown(result_type);
    };
    let Some(chosen) = condition.as_bool() else {
        return undecided(&true_value, &false_value, result_type).with_marks(marks);
    };

    let (word, value, arm, arm_diagnostics) = match chosen {
        true => ("true", true_value, true_expr, true_diagnostics),
        false => ("false", false_value, false_expr, false_diagnostics),
    };
    diagnostics.extend(arm_diagnostics);
    match convert(&value, &result_type) {
        Ok(value) => value.with_marks(marks),
        Err(error) => {
            let detail = format!("The {word} result value has the wrong type: {error}.");
            diagnostics.push(
                crate::diagnostics::Diagnostic::error(
                    "Inconsistent conditional result types",
                    detail,
                )
                .at(arm.span)
                .within(whole.span),
            );
            Value::unknown(result_type).with_marks(marks)
        }
    }
}

/// What is certain of a conditional whose condition is unknown: what both arms share.
fn undecided(true_value: &Value, false_value: &Value, result_type: Type) -> Value {
    if true_value.is_null() && false_value.is_null() {
        return Value::null(result_type);
    }
    let mut shared = Refinement {
        not_null: true_value.is_never_null() && false_value.is_never_null(),
        ..Refinement::default()
    };
    if shared.not_null {
        if let (Some(a), Some(b)) = (true_value.as_number(), false_value.as_number()) {
            let bound = |value: &provision_schema::Number| {
                Some(provision_schema::Bound { value: value.clone(), inclusive: true })
            };
            shared.minimum = bound(a.min(b));
            shared.maximum = bound(a.max(b));
        }
        if result_type.is_collection() && true_value.ty() == false_value.ty() {
            let (a, b) = (length_bounds(true_value), length_bounds(false_value));
            shared.length_minimum = a.0.min(b.0);
            shared.length_maximum = a.1.zip(b.1).map(|(a, b)| a.max(b));
        }
    }
    Value::unknown_refined(result_type, shared)
}

/// The least and the greatest number of elements that a collection can have.
pub(super) fn length_bounds(value: &Value) -> (usize, Option<usize>) {
    match value.kind() {
        Kind::Unknown(unknown) => {
            (unknown.refinement.length_minimum, unknown.refinement.length_maximum)
        }
        Kind::Set(_, elements) if !value.is_wholly_known() => {
            (usize::from(!elements.is_empty()), Some(elements.len()))
        }
        _ => {
            let count = value.element_count();
            (count.unwrap_or(0), count)
        }
    }
}

/// Says why two types have no common type.
fn describe_mismatch(true_type: &Type, false_type: &Type) -> String {
    match (true_type, false_type) {
        (Type::Object(a), Type::Object(b)) => {
            for (name, a_type) in &a.attributes {
                match b.attributes.get(name) {
                    None => {
                        return format!(
                            "The 'true' value includes object attribute \"{name}\", which is \
                             absent in the 'false' value"
                        );
                    }
                    Some(b_type) if a_type != b_type => {
                        return format!(
                            "Type mismatch for object attribute \"{name}\": {}",
                            describe_mismatch(a_type, b_type)
                        );
                    }
                    Some(_) => (),
                }
            }
            if let Some(name) = b.attributes.keys().find(|name| !a.attributes.contains_key(*name)) {
                return format!(
                    "The 'false' value includes object attribute \"{name}\", which is absent in \
                     the 'true' value"
                );
            }
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            if a.len() != b.len() {
                return format!(
                    "The 'true' tuple has length {}, but the 'false' tuple has length {}",
                    a.len(),
                    b.len()
                );
            }
            if let Some((index, (a, b))) =
                a.iter().zip(b.iter()).enumerate().find(|(_, (a, b))| a != b)
            {
                return format!(
                    "Type mismatch for tuple element {index}: {}",
                    describe_mismatch(a, b)
                );
            }
        }
        (Type::List(a), Type::List(b)) if is_structural_pair(a, b) => {
            return format!("Mismatched list element types: {}", describe_mismatch(a, b));
        }
        (Type::Set(a), Type::Set(b)) if is_structural_pair(a, b) => {
            return format!("Mismatched set element types: {}", describe_mismatch(a, b));
        }
        (Type::Map(a), Type::Map(b)) if is_structural_pair(a, b) => {
            return format!("Mismatched map element types: {}", describe_mismatch(a, b));
        }
        _ => (),
    }
    let (a, b) = (true_type.friendly_name(), false_type.friendly_name());
    match a == b {
        true => "At least one deeply-nested attribute or element is not compatible across both \
                 the 'true' and the 'false' value"
            .to_owned(),
        false => format!("The 'true' value is {a}, but the 'false' value is {b}"),
    }
}

fn is_structural_pair(a: &Type, b: &Type) -> bool {
    matches!((a, b), (Type::Object(_), Type::Object(_)) | (Type::Tuple(_), Type::Tuple(_)))
}

/// What a `for` collects.
struct Collected {
    tuple: Vec<Value>,
    object: BTreeMap<Arc<str>, Vec<Value>>,
    /// Marks of the collection, of conditions and of keys: they mark the result as a whole.
    marks: Marks,
    known: bool,
    weight: Weight,
    /// There is no room for more.
    full: bool,
}

fn evaluate_for(it: &For, span: Span, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Value {
    let before = diagnostics.len();
    let collection = evaluate(&it.collection, scope, diagnostics);
    if collection.is_null() {
        let detail = "A null value cannot be used as the collection in a 'for' expression.";
        diagnostics.error("Iteration over null value", detail, it.collection.span);
        return Value::dynamic();
    }
    let (collection, marks) = collection.unmark();
    let elements = match iterate(&collection) {
        Iteration::Elements(elements) => elements,
        Iteration::Unknown => {
            if !diagnostics.iter().skip(before).any(|it| it.is_error()) {
                check_condition(it, scope, diagnostics);
            }
            return Value::dynamic().with_marks(marks);
        }
        Iteration::Impossible => {
            let detail = format!(
                "A value of type {} cannot be used as the collection in a 'for' expression.",
                collection.ty().friendly_name()
            );
            diagnostics.error("Iteration over non-iterable value", detail, it.collection.span);
            return Value::dynamic();
        }
    };

    if !check_condition(it, scope, diagnostics) {
        return Value::dynamic();
    }
    let mut collected = Collected {
        tuple: Vec::new(),
        object: BTreeMap::new(),
        marks,
        known: true,
        weight: Weight::default(),
        full: false,
    };
    for (key, value) in elements {
        let inner = scope.with(bind(it, key, value));
        let before = diagnostics.len();
        collect_one(it, &inner, &mut collected, diagnostics);
        explain_parts(it, &inner, before, diagnostics);
        if collected.full {
            return too_large(span, diagnostics);
        }
    }
    let Collected { tuple, object, marks, known, .. } = collected;
    let result = match &it.key {
        _ if !known => Value::dynamic(),
        None => Value::tuple(tuple),
        Some(_) if it.group => {
            Value::object_of(object.into_iter().map(|(key, values)| (key, Value::tuple(values))))
        }
        Some(_) => Value::object(
            object
                .into_iter()
                .filter_map(|(key, mut values)| Some((key, values.pop()?)))
                .collect::<Fields>(),
        ),
    };
    result.with_marks(marks)
}

fn bind(it: &For, key: Value, value: Value) -> impl Iterator<Item = (Arc<str>, Value)> {
    let key = it.key_variable.as_ref().map(|name| (name.text.clone(), key));
    key.into_iter().chain([(it.value_variable.text.clone(), value)])
}

/// Tells the values behind what is wrong with a condition or key, the bound names among them.
fn explain_parts(it: &For, scope: &Scope<'_>, before: usize, diagnostics: &mut Diagnostics) {
    if diagnostics.len() > before {
        let parts = it.key.iter().chain(&it.condition);
        parts.for_each(|part| explain_subject(part, scope, before, diagnostics));
    }
}

/// Evaluates condition, key and value for one element.
fn collect_one(
    it: &For,
    scope: &Scope<'_>,
    collected: &mut Collected,
    diagnostics: &mut Diagnostics,
) {
    if let Some(condition_expr) = &it.condition {
        let before = diagnostics.len();
        let condition = evaluate(condition_expr, scope, diagnostics);
        let span = condition_expr.span;
        if condition.is_null() {
            let detail = "The value of the 'if' clause must not be null.";
            diagnostics.error("Invalid 'for' condition", detail, span);
            collected.known = false;
            return;
        }
        let (condition, condition_marks) = condition.unmark_deep();
        collected.marks |= condition_marks;
        match convert(&condition, &Type::Bool) {
            Ok(condition) => match condition.as_bool() {
                Some(true) => (),
                Some(false) => return,
                None => {
                    collected.known = false;
                    return;
                }
            },
            Err(error) => {
                if diagnostics.len() == before {
                    let detail = format!("The 'if' clause value is invalid: {error}.");
                    diagnostics.error("Invalid 'for' condition", detail, span);
                }
                collected.known = false;
                return;
            }
        }
    }
    let Some(key_expr) = &it.key else {
        let value = evaluate(&it.value, scope, diagnostics);
        collected.full = !collected.weight.takes(&value);
        collected.tuple.push(value);
        return;
    };
    let key = evaluate(key_expr, scope, diagnostics);
    let (key, key_marks) = key.unmark_deep();
    collected.marks |= key_marks;
    let value = evaluate(&it.value, scope, diagnostics);
    collected.full = !collected.weight.takes(&key) || !collected.weight.takes(&value);
    if key.is_null() {
        let detail = "Key expression in 'for' expression must not produce a null value.";
        diagnostics.error("Invalid object key", detail, key_expr.span);
        collected.known = false;
        return;
    }
    let key = match convert(&key, &Type::String) {
        Ok(key) => key,
        Err(error) => {
            let detail = format!("The key expression produced an invalid result: {error}.");
            diagnostics.error("Invalid object key", detail, key_expr.span);
            collected.known = false;
            return;
        }
    };
    let Some(key) = key.as_arc_str() else {
        collected.known = false;
        return;
    };
    let values = collected.object.entry(key.clone()).or_default();
    if !it.group && !values.is_empty() {
        let detail = format!(
            "Two different items produced the key {:?} in this 'for' expression. If duplicates \
             are expected, use the ellipsis (...) after the value expression to enable grouping \
             by key.",
            &**key
        );
        diagnostics.error("Duplicate object key", detail, key_expr.span);
        collected.known = false;
        return;
    }
    values.push(value);
}

/// Says what is wrong with a condition whatever the elements are.
fn check_condition(it: &For, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> bool {
    let Some(condition_expr) = &it.condition else { return true };
    let inner = scope.with(bind(it, Value::dynamic(), Value::dynamic()));
    let before = diagnostics.len();
    let condition = evaluate(condition_expr, &inner, diagnostics).unmark_deep().0;
    if condition.is_null() {
        let detail = "The value of the 'if' clause must not be null.";
        diagnostics.error("Condition is null", detail, condition_expr.span);
    } else if let Err(error) = convert(&condition, &Type::Bool) {
        let detail = format!("The 'if' clause value is invalid: {error}.");
        diagnostics.error("Invalid 'for' condition", detail, condition_expr.span);
    }
    !diagnostics.iter().skip(before).any(|it| it.is_error())
}
