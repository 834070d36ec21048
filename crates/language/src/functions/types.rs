//! Conversions, `tostring` and its siblings, and functions on marks.

use provision_schema::convert::{Convertibility, can_convert, convert};
use provision_schema::{Fields, Kind, Marks, Type, Value};

use super::parameter_types::any;
use super::text::quoted;
use super::{Function, FunctionError, Parameter, anything, not_null};

const VALUE: Parameter = Parameter::new("value", any).nullable().unknown().dynamic().marked();

macro_rules! conversion {
    ($name:literal, $description:literal, $wanted:expr) => {
        Function {
            name: $name,
            description: $description,
            parameters: &[Parameter::new("v", any)
                .nullable()
                .unknown_elements()
                .dynamic()
                .marked()],
            variadic: None,
            result_type: |arguments| conversion_type(&arguments[0], $wanted),
            implementation: |arguments, ty, _| convert_explicitly(&arguments[0], ty),
            refinement: anything,
        }
    };
}

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "ephemeralasnull",
        description: "The value with null in place of everything ephemeral.",
        parameters: &[VALUE],
        variadic: None,
        result_type: same_type,
        implementation: |arguments, _, _| Ok(ephemeral_as_null(&arguments[0])),
        refinement: anything,
    },
    Function {
        name: "issensitive",
        description: "Whether the value is sensitive.",
        parameters: &[VALUE],
        variadic: None,
        result_type: |_| Ok(Type::Bool),
        implementation: |arguments, _, _| Ok(Value::bool(arguments[0].marks().is_sensitive())),
        refinement: not_null,
    },
    Function {
        name: "nonsensitive",
        description: "The value without its mark as sensitive.",
        parameters: &[VALUE],
        variadic: None,
        result_type: same_type,
        implementation: |arguments, _, _| Ok(arguments[0].clone().without_marks(Marks::SENSITIVE)),
        refinement: anything,
    },
    Function {
        name: "sensitive",
        description: "The value marked as sensitive.",
        parameters: &[VALUE],
        variadic: None,
        result_type: same_type,
        implementation: |arguments, _, _| Ok(arguments[0].clone().sensitive()),
        refinement: anything,
    },
    conversion!("tobool", "Converts a value to a bool.", Type::Bool),
    conversion!("tolist", "Converts a value to a list.", Type::list(Type::Dynamic)),
    conversion!("tomap", "Converts a value to a map.", Type::map(Type::Dynamic)),
    conversion!("tonumber", "Converts a value to a number.", Type::Number),
    conversion!("toset", "Converts a value to a set.", Type::set(Type::Dynamic)),
    conversion!("tostring", "Converts a value to a string.", Type::String),
];

fn same_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    Ok(arguments[0].ty())
}

fn conversion_type(value: &Value, wanted: Type) -> Result<Type, FunctionError> {
    match can_convert(&value.ty(), &wanted) {
        Convertibility::Never => Err(cannot_convert(value, &wanted)),
        _ => Ok(wanted),
    }
}

fn cannot_convert(value: &Value, wanted: &Type) -> FunctionError {
    let what = value.ty().friendly_name();
    let wanted = wanted.constraint_name();
    FunctionError::argument(0, format!("cannot convert {what} to {wanted}"))
}

fn convert_explicitly(value: &Value, wanted: &Type) -> Result<Value, FunctionError> {
    convert(value, wanted).map_err(|_| {
        let marks = value.marks_deep();
        let message = match (value.as_str(), wanted) {
            _ if marks.is_ephemeral() => marked_message("ephemeral", value, wanted),
            _ if marks.is_sensitive() => marked_message("sensitive", value, wanted),
            (Some(text), Type::Bool) => format!(
                "cannot convert {} to bool; only the strings \"true\" or \"false\" are allowed",
                quoted(text)
            ),
            (Some(text), Type::Number) => format!(
                "cannot convert {} to number; given string must be a decimal representation of a \
                 number",
                quoted(text)
            ),
            _ => return cannot_convert(value, wanted),
        };
        FunctionError::argument(0, message)
    })
}

fn marked_message(mark: &str, value: &Value, wanted: &Type) -> String {
    let (what, wanted) = (value.ty().friendly_name(), wanted.constraint_name());
    format!("cannot convert this {mark} {what} to {wanted}")
}

fn ephemeral_as_null(value: &Value) -> Value {
    let marks = value.marks();
    let kept = marks.without(Marks::EPHEMERAL);
    let all = |elements: &[Value]| elements.iter().map(ephemeral_as_null).collect::<Vec<_>>();
    let entries = |fields: &Fields| -> Fields {
        fields.iter().map(|(key, value)| (key.clone(), ephemeral_as_null(value))).collect()
    };
    let result = match value.kind() {
        // Whether an unknown value is ephemeral is not certain either.
        Kind::Unknown(unknown) => Value::unknown(unknown.ty.clone()),
        _ if marks.is_ephemeral() => Value::null(value.ty()),
        Kind::List(ty, elements) => Value::list(ty.clone(), all(elements)),
        Kind::Set(ty, elements) => Value::set(ty.clone(), all(elements)),
        Kind::Tuple(elements) => Value::tuple(all(elements)),
        Kind::Map(ty, fields) => Value::map(ty.clone(), entries(fields)),
        Kind::Object(fields) => Value::object(entries(fields)),
        _ => value.clone().unmark().0,
    };
    result.with_marks(kept)
}

#[cfg(test)]
mod tests;
