//! Functions by which an author says what is certain about a value before it is known:
//! `assumeequal`, `assumenotnull`, `assumestringprefix` and those for lengths of collections.

use std::sync::Arc;

use provision_schema::convert::convert;
use provision_schema::{Fields, Kind, Marks, Refinement, Type, Value};

use super::collections::length_bounds;
use super::parameter_types::{any, list_of_any, map_of_any, number, set_of_any, string};
use super::text::certain_prefix;
use super::{Function, FunctionError, Parameter, anything, combine};

const MINIMUM: Parameter = Parameter::new("min_length", number);
const MAXIMUM: Parameter = Parameter::new("max_length", number);

const fn value(ty: fn() -> Type) -> Parameter {
    Parameter::new("value", ty).nullable().unknown().dynamic()
}

macro_rules! length_assumptions {
    ($both:literal, $minimum:literal, $maximum:literal, $ty:ident) => {
        [
            Function {
                name: $both,
                description: "Assumes that the length of a collection is between two bounds.",
                parameters: &[value($ty), MINIMUM, MAXIMUM],
                variadic: None,
                result_type: |_| Ok($ty()),
                implementation: |arguments, _, _| {
                    let low = length_at(arguments, 1, 1)?;
                    let high = length_at(arguments, 2, 2)?;
                    assume_length(&arguments[0], low, Some(high))
                },
                refinement: anything,
            },
            Function {
                name: $minimum,
                description: "Assumes that a collection has at least so many elements.",
                parameters: &[value($ty), MINIMUM],
                variadic: None,
                result_type: |_| Ok($ty()),
                implementation: |arguments, _, _| {
                    assume_length(&arguments[0], length_at(arguments, 1, 0)?, None)
                },
                refinement: anything,
            },
            Function {
                name: $maximum,
                description: "Assumes that a collection has at most so many elements.",
                parameters: &[value($ty), MAXIMUM],
                variadic: None,
                result_type: |_| Ok($ty()),
                implementation: |arguments, _, _| {
                    assume_length(&arguments[0], 0, Some(length_at(arguments, 1, 0)?))
                },
                refinement: anything,
            },
        ]
    };
}

pub(super) static LIST_LENGTHS: &[Function] = &length_assumptions!(
    "assumelistlength",
    "assumelistlengthmin",
    "assumelistlengthmax",
    list_of_any
);
pub(super) static SET_LENGTHS: &[Function] =
    &length_assumptions!("assumesetlength", "assumesetlengthmin", "assumesetlengthmax", set_of_any);
pub(super) static MAP_LENGTHS: &[Function] =
    &length_assumptions!("assumemaplength", "assumemaplengthmin", "assumemaplengthmax", map_of_any);

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "assumeequal",
        description: "Assumes that a value turns out to equal another one.",
        parameters: &[
            Parameter::new("actual_value", any).nullable().unknown().dynamic().marked(),
            Parameter::new("expected_value", any).nullable().unknown().dynamic().marked(),
        ],
        variadic: None,
        result_type: |arguments| Ok(arguments[1].ty()),
        implementation: |arguments, _, _| assume_equal(&arguments[0], &arguments[1]),
        refinement: anything,
    },
    Function {
        name: "assumenotnull",
        description: "Assumes that a value is not null.",
        parameters: &[value(any)],
        variadic: None,
        result_type: |_| Ok(Type::Dynamic),
        implementation: |arguments, _, _| {
            if arguments[0].ty().is_dynamic() {
                // The backslashes are OpenTofu's.
                return Err(FunctionError::argument(
                    0,
                    "given value must have a known type; consider using the \\\"convert\\\" \
                     function to specify a type to assume",
                ));
            }
            if arguments[0].is_null() {
                return Err(not_upheld());
            }
            assume(&arguments[0], &Refinement::not_null())
        },
        refinement: anything,
    },
    Function {
        name: "assumestringprefix",
        description: "Assumes that a string starts with a prefix.",
        parameters: &[value(string), Parameter::new("prefix", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |arguments, _, _| assume_prefix(&arguments[0], &arguments[1]),
        refinement: anything,
    },
];

fn not_upheld() -> FunctionError {
    FunctionError::argument(0, "assumption was not upheld")
}

fn assume(value: &Value, refinement: &Refinement) -> Result<Value, FunctionError> {
    let Some(unknown) = value.as_unknown() else { return Ok(value.clone()) };
    let refinement = combine(&unknown.refinement, refinement).ok_or_else(not_upheld)?;
    Ok(Value::unknown_refined(unknown.ty.clone(), refinement))
}

/// Reads a length. `blamed` is the argument that OpenTofu names in the error.
fn length_at(arguments: &[Value], index: usize, blamed: usize) -> Result<usize, FunctionError> {
    let length = arguments[index].as_number().and_then(|number| number.to_usize());
    length.filter(|length| i64::try_from(*length).is_ok_and(|it| it < i64::MAX)).ok_or_else(|| {
        let message = format!("must be a whole number between 0 and {}", i64::MAX);
        FunctionError::argument(blamed, message)
    })
}

fn assume_length(
    value: &Value,
    minimum: usize,
    maximum: Option<usize>,
) -> Result<Value, FunctionError> {
    if maximum.is_some_and(|maximum| maximum < minimum) || value.is_null() {
        return Err(not_upheld());
    }
    if value.is_known() {
        let (least, most) = length_bounds(value);
        let possible = most.is_none_or(|most| most >= minimum)
            && maximum.is_none_or(|maximum| least <= maximum);
        return if possible { Ok(value.clone()) } else { Err(not_upheld()) };
    }
    let refinement =
        Refinement { length_minimum: minimum, length_maximum: maximum, ..Refinement::default() };
    assume(value, &refinement)
}

fn assume_prefix(value: &Value, prefix: &Value) -> Result<Value, FunctionError> {
    let prefix = prefix.as_str().unwrap_or_default();
    if let Some(text) = value.as_str() {
        return if text.starts_with(prefix) { Ok(value.clone()) } else { Err(not_upheld()) };
    }
    let prefix = certain_prefix(prefix);
    let prefix = (!prefix.is_empty()).then(|| Arc::from(prefix));
    assume(value, &Refinement { prefix, ..Refinement::default() })
}

fn assume_equal(actual: &Value, expected: &Value) -> Result<Value, FunctionError> {
    let wanted = expected.ty();
    let actual = convert(actual, &wanted).map_err(|_| {
        let (given, wanted) = (actual.ty().friendly_name(), wanted.friendly_name());
        let message =
            format!("actual value type {given} does not match assumed value type {wanted}");
        FunctionError::argument(0, message)
    })?;
    if actual.equals(expected).as_bool() == Some(false) {
        let message = "the actual value does not match the assumed value";
        return Err(FunctionError::argument(0, message));
    }
    Ok(keep_provenance(&actual, expected))
}

/// Adds the marks of one value to another of the same shape, except those that a value which is
/// known to be equal does not need.
fn keep_provenance(from: &Value, to: &Value) -> Value {
    let dropped = Marks::SENSITIVE | Marks::EPHEMERAL;
    if from.marks_deep().without(dropped).is_empty() {
        return to.clone();
    }
    let both = |from: &[Value], to: &[Value]| {
        let pairs = to.iter().enumerate();
        pairs
            .map(|(index, to)| from.get(index).map_or(to.clone(), |from| keep_provenance(from, to)))
            .collect::<Vec<_>>()
    };
    let fields = |from: &Fields, to: &Fields| -> Fields {
        let one = |(key, to): &(Arc<str>, Value)| {
            let value = from.get(key).map_or(to.clone(), |from| keep_provenance(from, to));
            (key.clone(), value)
        };
        to.iter().map(one).collect()
    };
    let result = match (from.kind(), to.kind()) {
        (Kind::List(_, from), Kind::List(ty, to)) => Value::list(ty.clone(), both(from, to)),
        (Kind::Tuple(from), Kind::Tuple(to)) => Value::tuple(both(from, to)),
        (Kind::Map(_, from), Kind::Map(ty, to)) => Value::map(ty.clone(), fields(from, to)),
        (Kind::Object(from), Kind::Object(to)) => Value::object(fields(from, to)),
        _ => to.clone(),
    };
    result.with_marks(to.marks() | from.marks().without(dropped))
}

#[cfg(test)]
mod tests;
