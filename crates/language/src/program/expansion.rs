//! How many instances a `count`, `for_each` or `enabled` asks for.

use provision_schema::address::InstanceKey;
use provision_schema::convert::{ConvertError, convert};
use provision_schema::{Kind, Number, Type, Value};

use crate::ast::Expr;
use crate::config::Repetition;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{Iteration, Scope, evaluate, explain, iterate};

/// The largest `count`.
const MAX_COUNT: usize = 2_147_483_647;
/// More instances than this of one block are a mistake rather than a wish.
const MAX_INSTANCES: usize = 300_000;

/// The instances of a resource or module call.
#[derive(Clone, Debug, PartialEq)]
pub enum Expansion {
    /// The keys with what `each.value` is for them.
    Known(Vec<(InstanceKey, Value)>),
    /// Which instances there are is not known before something else has been applied.
    Deferred,
    /// While configurations are only checked, one instance stands for all.
    Sample,
    /// There was an error.
    Failed,
}

impl Expansion {
    pub fn of(
        repetition: &Repetition,
        sampled: bool,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Expansion {
        let before = diagnostics.len();
        let (expansion, expr) = match repetition {
            Repetition::Single => {
                return Expansion::Known(vec![(InstanceKey::None, Value::dynamic())]);
            }
            Repetition::Count(expr) => (count(expr, scope, diagnostics), expr),
            Repetition::ForEach(expr) => (for_each(expr, scope, diagnostics), expr),
            Repetition::Enabled(expr) => (enabled(expr, scope, diagnostics), expr),
        };
        explain(expr, scope, before, diagnostics);
        match expansion {
            Expansion::Failed => Expansion::Failed,
            Expansion::Known(keys) if keys.len() > MAX_INSTANCES => {
                let detail = format!(
                    "There would be {} instances, more than the {MAX_INSTANCES} that provision \
                     can handle.",
                    keys.len()
                );
                let span = repetition.expression().map(|expr| expr.span);
                let error = Diagnostic::error("Too many instances", detail);
                diagnostics.push(Diagnostic { subject: span, ..error });
                Expansion::Failed
            }
            _ if sampled => Expansion::Sample,
            other => other,
        }
    }
}

fn count(expr: &Expr, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Expansion {
    let before = diagnostics.len();
    let value = evaluate(expr, scope, diagnostics);
    if diagnostics.iter().skip(before).any(|it| it.is_error()) {
        return Expansion::Failed;
    }
    let fail = |detail: String, diagnostics: &mut Diagnostics| {
        diagnostics.error("Invalid count argument", detail, expr.span);
        Expansion::Failed
    };
    if value.marks().is_ephemeral() {
        return fail(
            "The given \"count\" is derived from an ephemeral value, so it cannot be remembered \
             between plan and apply."
                .to_owned(),
            diagnostics,
        );
    }
    let (value, _) = value.unmark();
    let value = match convert(&value, &Type::Number) {
        Ok(value) => value,
        Err(error) => return wrong_type(&error, expr, diagnostics),
    };
    if value.is_null() {
        return fail(
            "The given \"count\" argument value is null. An integer is required.".to_owned(),
            diagnostics,
        );
    }
    let Some(number) = value.as_number() else { return Expansion::Deferred };
    if number.is_negative() {
        return fail(
            "The given \"count\" argument value is unsuitable: must be greater than or equal to \
             zero."
                .to_owned(),
            diagnostics,
        );
    }
    if !number.is_integer() {
        return fail(
            "The given \"count\" argument value is unsuitable: value must be a whole number, \
             between 0 and 2147483647 inclusive."
                .to_owned(),
            diagnostics,
        );
    }
    match number.to_usize().filter(|count| *count <= MAX_COUNT) {
        None => fail(
            "The given \"count\" argument value is unsuitable: value must be a whole number, \
             between 0 and 2147483647 inclusive."
                .to_owned(),
            diagnostics,
        ),
        Some(count) if count > MAX_INSTANCES => fail(
            format!(
                "The given \"count\" asks for {count} instances, more than the {MAX_INSTANCES} that \
             provision can handle."
            ),
            diagnostics,
        ),
        Some(count) => Expansion::Known(
            (0..count as u64).map(|index| (InstanceKey::Int(index), Value::dynamic())).collect(),
        ),
    }
}

fn wrong_type(error: &ConvertError, expr: &Expr, diagnostics: &mut Diagnostics) -> Expansion {
    let detail = format!("Invalid expression value: {error}.");
    diagnostics.error("Incorrect value type", detail, expr.span);
    Expansion::Failed
}

fn for_each(expr: &Expr, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Expansion {
    const NEEDED: &str = "The \"for_each\" argument must be a map, or set of strings";
    let before = diagnostics.len();
    let value = evaluate(expr, scope, diagnostics);
    if diagnostics.iter().skip(before).any(|it| it.is_error()) {
        return Expansion::Failed;
    }
    let fail = |detail: String, diagnostics: &mut Diagnostics| {
        diagnostics.error("Invalid for_each argument", detail, expr.span);
        Expansion::Failed
    };
    if value.marks().is_sensitive() {
        return fail(
            "Sensitive values, or values derived from sensitive values, cannot be used as \
             for_each arguments. If used, the sensitive value could be exposed as a resource \
             instance key."
                .to_owned(),
            diagnostics,
        );
    }
    if value.marks().is_ephemeral() {
        return fail(
            "Ephemeral values, or values derived from ephemeral values, cannot be used as \
             for_each arguments, because instance keys are remembered between plan and apply."
                .to_owned(),
            diagnostics,
        );
    }
    let (value, _) = value.unmark();
    if value.is_null() {
        return fail(
            format!(
                "The given \"for_each\" argument value is unsuitable: the given \"for_each\" argument \
             value is null. {NEEDED} is allowed."
            ),
            diagnostics,
        );
    }
    let unsuitable = |ty: &Type| {
        format!(
            "The given \"for_each\" argument value is unsuitable: the \"for_each\" argument must \
             be a map, or set of strings, and you have provided a value of type {}.",
            ty.friendly_name()
        )
    };
    match value.kind() {
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Dynamic | Type::Map(_) | Type::Object(_) => Expansion::Deferred,
            Type::Set(element) if matches!(**element, Type::String | Type::Dynamic) => {
                Expansion::Deferred
            }
            Type::Set(_) => wrong_set(set_of_others(&unknown.ty), expr, diagnostics),
            other => fail(unsuitable(other), diagnostics),
        },
        Kind::Set(element, elements) => {
            if elements.is_empty() {
                return Expansion::Known(Vec::new());
            }
            if *element != Type::String {
                return wrong_set(set_of_others(&value.ty()), expr, diagnostics);
            }
            if elements.iter().any(Value::is_null) {
                let detail = "The given \"for_each\" argument value is unsuitable: \"for_each\" \
                              sets must not contain null values.";
                return wrong_set(detail.to_owned(), expr, diagnostics);
            }
            // Elements that are unknown may turn out to be the same, so not even their number is
            // known.
            match iterate(&value) {
                Iteration::Elements(elements) if value.is_wholly_known() => known_each(elements),
                _ => Expansion::Deferred,
            }
        }
        Kind::Map(..) | Kind::Object(_) => match iterate(&value) {
            Iteration::Elements(elements) => known_each(elements),
            _ => Expansion::Deferred,
        },
        _ => fail(unsuitable(&value.ty()), diagnostics),
    }
}

fn wrong_set(detail: String, expr: &Expr, diagnostics: &mut Diagnostics) -> Expansion {
    diagnostics.error("Invalid for_each set argument", detail, expr.span);
    Expansion::Failed
}

fn set_of_others(ty: &Type) -> String {
    format!(
        "The given \"for_each\" argument value is unsuitable: \"for_each\" supports maps and sets \
         of strings, but you have provided a {}.",
        match ty {
            Type::Set(element) => format!("set containing type {}", element.friendly_name()),
            other => other.friendly_name(),
        }
    )
}

fn known_each(elements: Vec<(Value, Value)>) -> Expansion {
    let entries = elements
        .into_iter()
        .filter_map(|(key, value)| Some((InstanceKey::String(key.as_arc_str()?.clone()), value)));
    Expansion::Known(entries.collect())
}

fn enabled(expr: &Expr, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Expansion {
    let before = diagnostics.len();
    let value = evaluate(expr, scope, diagnostics);
    if diagnostics.iter().skip(before).any(|it| it.is_error()) {
        return Expansion::Failed;
    }
    let (value, marks) = value.unmark();
    let mut fail = |detail: String| {
        diagnostics.error("Invalid enabled argument", detail, expr.span);
        Expansion::Failed
    };
    if marks.is_ephemeral() || marks.is_sensitive() {
        return fail(
            "The given \"enabled\" is derived from a sensitive or ephemeral value, which whether \
             an object exists would disclose."
                .to_owned(),
        );
    }
    match convert(&value, &Type::Bool) {
        Err(error) => fail(format!("The given \"enabled\" value is unsuitable: {error}.")),
        Ok(value) if value.is_null() => {
            fail("The given \"enabled\" value is null. A bool is required.".to_owned())
        }
        Ok(value) => match value.as_bool() {
            Some(true) => Expansion::Known(vec![(InstanceKey::None, Value::dynamic())]),
            Some(false) => Expansion::Known(Vec::new()),
            None => Expansion::Deferred,
        },
    }
}

/// What `count.index` or `each.key` is in the instance with that key.
pub fn key_value(key: &InstanceKey) -> Value {
    match key {
        InstanceKey::None => Value::dynamic(),
        InstanceKey::Int(index) => Value::number(Number::from(*index)),
        InstanceKey::String(key) => Value::from(Kind::String(key.clone())),
    }
}
