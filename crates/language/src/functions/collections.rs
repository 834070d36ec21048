//! Functions on collections of all kinds: `alltrue`, `anytrue`, `coalesce`, `contains`, `length`,
//! `matchkeys`, and `list` and `map`, which are gone.

use provision_schema::convert::{convert, unify_unsafe};
use provision_schema::{Bound, Kind, Number, Refinement, Type, Value};

use super::parameter_types::{any, list_of_any};
use super::strings::{character_count, unknown_length};
use super::{Function, FunctionContext, FunctionError, Parameter, anything, not_null};

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "alltrue",
        description: "Whether all elements of a list are true.",
        parameters: &[Parameter::new("list", list_of_bool).unknown_elements()],
        variadic: None,
        result_type: |_| Ok(Type::Bool),
        implementation: alltrue,
        refinement: not_null,
    },
    Function {
        name: "anytrue",
        description: "Whether any element of a list is true.",
        parameters: &[Parameter::new("list", list_of_bool).unknown_elements()],
        variadic: None,
        result_type: |_| Ok(Type::Bool),
        implementation: anytrue,
        refinement: not_null,
    },
    Function {
        name: "coalesce",
        description: "The first of the arguments that is neither null nor an empty string.",
        parameters: &[],
        variadic: Some(Parameter::new("vals", any).nullable().unknown().dynamic()),
        result_type: |arguments| {
            let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
            unify_unsafe(&types)
                .filter(|_| !types.is_empty())
                .ok_or_else(|| FunctionError::new("all arguments must have the same type"))
        },
        implementation: coalesce,
        refinement: not_null,
    },
    Function {
        name: "contains",
        description: "Whether a list, set or tuple has an element.",
        parameters: &[
            Parameter::new("list", any).unknown_elements(),
            Parameter::new("value", any).unknown_elements(),
        ],
        variadic: None,
        result_type: |_| Ok(Type::Bool),
        implementation: contains,
        refinement: not_null,
    },
    Function {
        name: "length",
        description: "The number of elements of a collection or of characters of a string.",
        parameters: &[Parameter::new("value", any).unknown().dynamic().marked()],
        variadic: None,
        result_type: |arguments| {
            // The type of a large tuple is large itself, so it is not asked for.
            let primitive = match arguments[0].kind() {
                Kind::Bool(_) | Kind::Number(_) => true,
                Kind::Unknown(unknown) => matches!(unknown.ty, Type::Bool | Type::Number),
                Kind::Null(ty) => matches!(ty, Type::Bool | Type::Number),
                _ => false,
            };
            match primitive {
                true => Err(FunctionError::new(
                    "argument must be a string, a collection type, or a structural type",
                )),
                false => Ok(Type::Number),
            }
        },
        implementation: length,
        refinement: not_null,
    },
    Function {
        name: "list",
        description: "Gone: write tolist([...]).",
        parameters: &[],
        variadic: Some(Parameter::new("vals", any).nullable().unknown().dynamic()),
        result_type: |_| gone("list", "tolist([ ... ])"),
        implementation: |_, _, _| gone("list", "tolist([ ... ])"),
        refinement: anything,
    },
    Function {
        name: "map",
        description: "Gone: write tomap({...}).",
        parameters: &[],
        variadic: Some(Parameter::new("vals", any).nullable().unknown().dynamic()),
        result_type: |_| gone("map", "tomap({ ... })"),
        implementation: |_, _, _| gone("map", "tomap({ ... })"),
        refinement: anything,
    },
    Function {
        name: "matchkeys",
        description: "The values whose keys are among those searched for.",
        parameters: &[
            Parameter::new("values", list_of_any).unknown_elements(),
            Parameter::new("keys", list_of_any).unknown_elements(),
            Parameter::new("searchset", list_of_any).unknown_elements(),
        ],
        variadic: None,
        result_type: |arguments| {
            common_key_type(arguments)?;
            Ok(arguments[0].ty())
        },
        implementation: matchkeys,
        refinement: not_null,
    },
];

fn list_of_bool() -> Type {
    Type::list(Type::Bool)
}

fn gone<T>(name: &str, instead: &str) -> Result<T, FunctionError> {
    Err(FunctionError::new(format!(
        "the {name:?} function was deprecated in Terraform v0.12 and is not available in \
         OpenTofu; use {instead} syntax to write a literal {name}"
    )))
}

/// The number of elements of a value that is not null, if it is certain: a set with unknown
/// elements may turn out to have fewer than it holds now.
pub(super) fn known_length(value: &Value) -> Option<usize> {
    let (least, most) = length_bounds(value);
    most.filter(|most| value.is_known() && *most == least)
}

/// The least and the greatest number of elements of a value that is not null.
pub(super) fn length_bounds(value: &Value) -> (usize, Option<usize>) {
    match value.kind() {
        Kind::Set(_, elements) if elements.len() > 1 && !value.is_wholly_known() => {
            (1, Some(elements.len()))
        }
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Tuple(types) => (types.len(), Some(types.len())),
            Type::Object(object) => (object.attributes.len(), Some(object.attributes.len())),
            _ => (unknown.refinement.length_minimum, unknown.refinement.length_maximum),
        },
        _ => {
            let count = value.element_count();
            (count.unwrap_or(0), count)
        }
    }
}

fn alltrue(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    for element in arguments[0].as_elements().into_iter().flat_map(|it| it.iter()) {
        if !element.is_known() {
            return Ok(Value::unknown(Type::Bool));
        }
        // Null counts as false.
        if element.as_bool() != Some(true) {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}

fn anytrue(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let mut has_unknown = false;
    for element in arguments[0].as_elements().into_iter().flat_map(|it| it.iter()) {
        if element.as_bool() == Some(true) {
            return Ok(Value::bool(true));
        }
        has_unknown |= !element.is_known();
    }
    Ok(if has_unknown { Value::unknown(Type::Bool) } else { Value::bool(false) })
}

fn coalesce(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    for (index, argument) in arguments.iter().enumerate() {
        let argument = convert(argument, ty)
            .map_err(|error| FunctionError::argument(index, error.to_string()))?;
        if !argument.is_known() {
            return Ok(Value::unknown(ty.clone()));
        }
        let empty = *ty == Type::String && argument.as_str() == Some("");
        if !argument.is_null() && !empty {
            return Ok(argument);
        }
    }
    Err(FunctionError::new("no non-null, non-empty-string arguments"))
}

fn contains(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let Some(elements) = arguments[0].as_elements() else {
        return Err(FunctionError::new("argument must be list, tuple, or set"));
    };
    let mut has_unknown = false;
    for element in elements.iter() {
        match arguments[1].equals(element).as_bool() {
            Some(true) => return Ok(Value::bool(true)),
            Some(false) => (),
            None => has_unknown = true,
        }
    }
    Ok(if has_unknown { Value::unknown(Type::Bool) } else { Value::bool(false) })
}

fn length(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let value = &arguments[0];
    if let Some(text) = value.as_str() {
        return Ok(Value::from(character_count(text)).with_marks(value.marks()));
    }
    let ty = match value.as_unknown() {
        Some(unknown) => unknown.ty.clone(),
        None => Type::empty_tuple(),
    };
    let result = match ty {
        Type::Dynamic => Value::unknown(Type::Number),
        Type::String => {
            let prefix = value.as_unknown().and_then(|it| it.refinement.prefix.as_deref());
            unknown_length(prefix)
        }
        _ => {
            let (least, most) = length_bounds(value);
            let most = most.map_or(Number::from(i64::MAX), Number::from);
            let bound = |value: Number| Some(Bound { value, inclusive: true });
            // Equal bounds make a known number of it.
            Value::unknown_refined(
                Type::Number,
                Refinement {
                    minimum: bound(Number::from(least)),
                    maximum: bound(most),
                    ..Refinement::not_null()
                },
            )
        }
    };
    Ok(result.with_marks(value.marks()))
}

fn common_key_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    unify_unsafe(&[arguments[1].ty(), arguments[2].ty()])
        .ok_or_else(|| FunctionError::new("keys and searchset must be of the same type"))
}

fn matchkeys(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let element = ty.element().cloned().unwrap_or(Type::Dynamic);
    let key_type = common_key_type(arguments)?;
    if arguments[0].element_count() != arguments[1].element_count() {
        return Err(FunctionError::new("length of keys and values should be equal"));
    }
    let converted = |index: usize| {
        convert(&arguments[index], &key_type)
            .map_err(|error| FunctionError::argument(index, error.to_string()))
    };
    let (keys, searched) = (converted(1)?, converted(2)?);
    if searched.element_count() == Some(0) {
        return Ok(Value::list(element, vec![]));
    }
    if !arguments[0].is_wholly_known() || !keys.is_wholly_known() {
        return Ok(Value::unknown(ty.clone()));
    }
    let (Some(values), Some(keys), Some(searched)) =
        (arguments[0].as_elements(), keys.as_elements(), searched.as_elements())
    else {
        return Ok(Value::unknown(ty.clone()));
    };
    let mut found = Vec::new();
    for (value, key) in values.iter().zip(keys.iter()) {
        let mut has_unknown = false;
        let mut matches = false;
        for candidate in searched.iter() {
            match key.equals(candidate).as_bool() {
                Some(true) => {
                    matches = true;
                    break;
                }
                Some(false) => (),
                None => has_unknown = true,
            }
        }
        if matches {
            found.push(value.clone());
        } else if has_unknown {
            // OpenTofu answers an empty list here, which may turn out to be wrong.
            return Ok(Value::unknown(ty.clone()));
        }
    }
    Ok(Value::list(element, found))
}

#[cfg(test)]
mod tests;
