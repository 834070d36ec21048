//! Steps behind a value: attributes, indexes and splats.

use std::sync::Arc;

use provision_schema::convert::convert;
use provision_schema::{Kind, Refinement, Type, Value};

use super::expression::length_bounds;
use super::{Scope, evaluate};
use crate::ast::{Step, StepKind};
use crate::diagnostics::Diagnostics;
use crate::source::Span;

/// The value reached from `value` by the steps.
pub fn access(
    mut value: Value,
    steps: &[Step],
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    for step in steps {
        let before = diagnostics.len();
        value = match &step.kind {
            StepKind::Attribute(name) => get_attribute(&value, name, step.span, diagnostics),
            StepKind::Index(key) => {
                let key = evaluate(key, scope, diagnostics);
                get_index(&value, &key, step.span, diagnostics)
            }
            StepKind::Splat(each) => splat(value, each, step.span, scope, diagnostics),
        };
        if diagnostics.iter().skip(before).any(|it| it.is_error()) {
            return Value::dynamic();
        }
    }
    value
}

/// `value.name`
pub fn get_attribute(
    value: &Value,
    name: &Arc<str>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Value {
    let marks = value.marks();
    let mut fail = |detail: String| {
        diagnostics.error("Unsupported attribute", detail, span);
        Value::dynamic()
    };
    let result = match value.kind() {
        Kind::Null(_) => {
            let detail = "This value is null, so it does not have any attributes.";
            diagnostics.error("Attempt to get attribute from null value", detail, span);
            return Value::dynamic();
        }
        Kind::Object(fields) => match fields.get(name) {
            Some(value) => value.clone(),
            None => fail(format!("This object does not have an attribute named {:?}.", &**name)),
        },
        Kind::Map(_, fields) => match fields.get(name) {
            Some(value) => value.clone(),
            None => {
                let detail =
                    format!("This map does not have an element with the key {:?}.", &**name);
                diagnostics.error("Missing map element", detail, span);
                return Value::dynamic();
            }
        },
        kind => {
            let ty = match kind {
                Kind::Unknown(unknown) => unknown.ty.clone(),
                _ => value.ty(),
            };
            match &ty {
                Type::Dynamic => Value::dynamic(),
                Type::Map(element) => Value::unknown((**element).clone()),
                Type::Object(object) => match object.attributes.get(name) {
                    Some(ty) => Value::unknown(ty.clone()),
                    None => {
                        fail(format!("This object does not have an attribute named {:?}.", &**name))
                    }
                },
                Type::List(element) if matches!(**element, Type::Object(_)) => fail(format!(
                    "Can't access attributes on a list of objects. Did you mean to access {} for a \
                     specific element of the list, or across all elements of the list?",
                    described_attribute(element, name)
                )),
                Type::Set(element) if matches!(**element, Type::Object(_)) => fail(format!(
                    "Can't access attributes on a set of objects. Did you mean to access {} across \
                     all elements of the set?",
                    described_attribute(element, name)
                )),
                ty if ty.is_primitive() => fail(format!(
                    "Can't access attributes on a primitive-typed value ({}).",
                    ty.friendly_name()
                )),
                _ => fail("This value does not have any attributes.".to_owned()),
            }
        }
    };
    result.with_marks(marks)
}

fn described_attribute(element: &Type, name: &str) -> String {
    match element {
        Type::Object(object) if object.attributes.contains_key(name) => {
            format!("attribute {name:?}")
        }
        _ => "an attribute".to_owned(),
    }
}

/// `value[key]`
pub fn get_index(value: &Value, key: &Value, span: Span, diagnostics: &mut Diagnostics) -> Value {
    const WRONG_KEY: &str = "The given key does not identify an element in this collection value";
    let marks = value.marks() | key.marks();
    if value.is_null() {
        let detail = "This value is null, so it does not have any indices.";
        diagnostics.error("Attempt to index null value", detail, span);
        return Value::dynamic();
    }
    if key.is_null() {
        let detail = "Can't use a null value as an indexing key.";
        diagnostics.error("Invalid index", detail, span);
        return Value::dynamic();
    }
    let mut fail = |detail: String| {
        diagnostics.error("Invalid index", detail, span);
        Value::dynamic()
    };
    let dynamic = |value: &Value| value.as_unknown().is_some_and(|it| it.ty.is_dynamic());
    if dynamic(value) || dynamic(key) {
        return Value::dynamic().with_marks(marks);
    }

    let result = match value.kind() {
        Kind::List(_, elements) | Kind::Tuple(elements) => {
            let key = match convert(key, &Type::Number) {
                Ok(key) => key,
                Err(error) => return fail(format!("{WRONG_KEY}: {error}.")),
            };
            let Some(number) = key.as_number() else {
                return match value.kind() {
                    Kind::List(element, _) => Value::unknown(element.clone()),
                    _ => Value::dynamic(),
                }
                .with_marks(marks);
            };
            match number.to_usize().and_then(|index| elements.get(index)) {
                Some(element) => element.clone(),
                None => {
                    let reason = if number.is_negative() {
                        "a negative number is not a valid index for a sequence".to_owned()
                    } else if !number.is_integer() {
                        format!(
                            "indexing a sequence requires a whole number, but the given index \
                             ({number}) has a fractional part"
                        )
                    } else if elements.is_empty() {
                        "the collection has no elements".to_owned()
                    } else {
                        "the given index is greater than or equal to the length of the collection"
                            .to_owned()
                    };
                    return fail(format!("{WRONG_KEY}: {reason}."));
                }
            }
        }
        Kind::Map(_, fields) | Kind::Object(fields) => {
            let key = match convert(key, &Type::String) {
                Ok(key) => key,
                Err(error) => return fail(format!("{WRONG_KEY}: {error}.")),
            };
            let Some(name) = key.as_str() else {
                return match value.kind() {
                    Kind::Map(element, _) => Value::unknown(element.clone()),
                    _ => Value::dynamic(),
                }
                .with_marks(marks);
            };
            match fields.get(name) {
                Some(element) => element.clone(),
                None => return fail(format!("{WRONG_KEY}.")),
            }
        }
        Kind::Unknown(unknown) => {
            let wanted = match &unknown.ty {
                Type::List(_) | Type::Tuple(_) => Type::Number,
                Type::Map(_) | Type::Object(_) => Type::String,
                Type::Set(_) => return fail(SET_INDEX.to_owned()),
                _ => return fail("This value does not have any indices.".to_owned()),
            };
            let key = match convert(key, &wanted) {
                Ok(key) => key,
                Err(error) => return fail(format!("{WRONG_KEY}: {error}.")),
            };
            match &unknown.ty {
                Type::List(element) | Type::Map(element) => Value::unknown((**element).clone()),
                Type::Tuple(elements) => match key.as_number() {
                    None => Value::dynamic(),
                    Some(number) => match number.to_usize().and_then(|index| elements.get(index)) {
                        Some(ty) => Value::unknown(ty.clone()),
                        None => return fail(format!("{WRONG_KEY}.")),
                    },
                },
                // An attribute has a type of its own, but an index into an object could be any.
                _ => Value::dynamic(),
            }
        }
        Kind::Set(..) => return fail(SET_INDEX.to_owned()),
        _ => return fail("This value does not have any indices.".to_owned()),
    };
    result.with_marks(marks)
}

const SET_INDEX: &str = "Elements of a set are identified only by their value and don't have any \
    separate index or key to select with, so it's only possible to perform operations across all \
    elements of the set.";

const UNEVEN_SPLAT: &str = "The second level of nested splat expressions gives elements of \
    different types, so they cannot form a list.\n\nA for expression gives a tuple instead, whose \
    elements may be of different types.";

/// `value[*].each`: a sequence is taken element by element; anything else counts as a sequence of
/// itself, and null as an empty one.
fn splat(
    value: Value,
    each: &[Step],
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let ty = match value.kind() {
        Kind::Null(ty) => ty.clone(),
        Kind::Unknown(unknown) => unknown.ty.clone(),
        Kind::List(element, _) => Type::list(element.clone()),
        Kind::Set(element, _) => Type::set(element.clone()),
        Kind::Tuple(_) => Type::empty_tuple(),
        // Only whether it is a sequence matters from here on.
        _ => Type::empty_object(),
    };
    let is_sequence = matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_));
    let marks = value.marks();
    if value.is_null() {
        if !is_sequence {
            return Value::tuple([]).with_marks(marks);
        }
        let detail = "Splat expressions (with the * symbol) cannot be applied to null sequences.";
        diagnostics.error("Splat of null value", detail, span);
        return Value::dynamic();
    }
    if ty.is_dynamic() {
        return Value::dynamic().with_marks(marks);
    }
    if !is_sequence {
        let certain = value.is_known() || value.is_never_null();
        // The element keeps its marks, and so does the tuple that stands for it.
        let element = access(value, each, scope, diagnostics);
        return match certain {
            true => Value::tuple([element]).with_marks(marks),
            // Null would make it an empty tuple, so not even the type is certain.
            false => Value::dynamic().with_marks(marks),
        };
    }

    let (value, _) = value.unmark();
    let Some(elements) = value.as_elements() else {
        let result = match &ty {
            Type::List(element) | Type::Set(element) => {
                let sample = Value::unknown((**element).clone());
                let sample = access(sample, each, scope, diagnostics);
                let (minimum, maximum) = length_bounds(&value);
                let (minimum, maximum) =
                    if matches!(ty, Type::List(_)) { (minimum, maximum) } else { (0, None) };
                let refinement = Refinement::length(minimum, maximum);
                match sample.ty() {
                    Type::Dynamic => Value::unknown_refined(Type::list(Type::Dynamic), refinement),
                    element => Value::unknown_refined(Type::list(element), refinement),
                }
            }
            Type::Tuple(elements) => {
                let samples = elements
                    .iter()
                    .map(|ty| access(Value::unknown(ty.clone()), each, scope, diagnostics).ty());
                let samples = Type::tuple(samples.collect::<Vec<_>>());
                Value::unknown_refined(samples, Refinement::not_null())
            }
            _ => Value::dynamic(),
        };
        return result.with_marks(marks);
    };

    let before = diagnostics.len();
    let items: Vec<Value> =
        elements.iter().map(|item| access(item.clone(), each, scope, diagnostics)).collect();
    if diagnostics.iter().skip(before).any(|it| it.is_error()) {
        return Value::dynamic().with_marks(marks);
    }
    let result = match &ty {
        Type::List(element) | Type::Set(element) => {
            let element_type = match items.first() {
                Some(first) => first.ty(),
                None => access(Value::unknown((**element).clone()), each, scope, diagnostics).ty(),
            };
            match items.iter().all(|item| item.ty() == element_type) {
                true => Value::list(element_type, items),
                // Elements of a type that is not known yet need not agree.
                false if items.iter().any(|item| item.ty().is_dynamic()) => Value::tuple(items),
                false => {
                    diagnostics.error("Invalid nested splat expressions", UNEVEN_SPLAT, span);
                    Value::dynamic()
                }
            }
        }
        _ => Value::tuple(items),
    };
    result.with_marks(marks)
}
