//! `yamldecode` and `yamlencode`.

mod decode;
mod encode;
mod resolve;
mod scanner;

use provision_schema::{Refinement, Type, Value};

use super::parameter_types::{any, string};
use super::text::string_argument;
use super::{Function, FunctionContext, FunctionError, Parameter};

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "yamldecode",
        description: "Reads a string as YAML.",
        parameters: &[Parameter::new("src", string)],
        variadic: None,
        result_type: yamldecode_type,
        implementation: |arguments, _, _| {
            decode::decode(string_argument(arguments, 0)).map_err(FunctionError::new)
        },
        refinement: Refinement::default,
    },
    Function {
        name: "yamlencode",
        description: "Writes a value as YAML.",
        parameters: &[Parameter::new("value", any).nullable().unknown().dynamic()],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: yamlencode,
        refinement: Refinement::not_null,
    },
];

fn yamldecode_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments.first().and_then(Value::as_str) {
        Some(text) => decode::type_of(text).map_err(FunctionError::new),
        None => Ok(Type::Dynamic),
    }
}

fn yamlencode(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    Ok(match arguments.first() {
        Some(value) if value.is_wholly_known() => encode::encode(value).into(),
        _ => Value::unknown_not_null(Type::String),
    })
}

#[cfg(test)]
mod tests;
