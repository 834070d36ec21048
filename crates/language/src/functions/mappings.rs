//! Functions on maps and objects: `keys`, `lookup`, `merge`, `transpose`, `values` and `zipmap`.

use std::collections::BTreeMap;
use std::sync::Arc;

use provision_schema::convert::convert;
use provision_schema::{Fields, Kind, Marks, Type, Value};

use super::parameter_types::{any, list_of_string, string};
use super::text::quoted;
use super::{Function, FunctionContext, FunctionError, Parameter, anything, not_null, redact};

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "keys",
        description: "The keys of a map or the names of an object's attributes, in order.",
        parameters: &[Parameter::new("inputMap", any).unknown().marked()],
        variadic: None,
        result_type: |arguments| match arguments[0].ty() {
            Type::Map(_) => Ok(Type::list(Type::String)),
            Type::Object(object) => Ok(Type::tuple(vec![Type::String; object.attributes.len()])),
            _ => Err(FunctionError::argument(0, "must have map or object type")),
        },
        implementation: keys,
        refinement: not_null,
    },
    Function {
        name: "lookup",
        description: "The element of a map with a key, or else a default.",
        parameters: &[
            Parameter::new("inputMap", any).unknown_elements().marked(),
            Parameter::new("key", string).marked(),
        ],
        variadic: Some(Parameter::new("default", any).nullable().unknown().dynamic().marked()),
        result_type: lookup_type,
        implementation: lookup,
        refinement: anything,
    },
    Function {
        name: "merge",
        description: "One map or object with the entries of all; of equal keys the last wins.",
        parameters: &[],
        variadic: Some(
            Parameter::new("maps", any).nullable().unknown_elements().dynamic().marked(),
        ),
        result_type: merge_type,
        implementation: merge,
        refinement: not_null,
    },
    Function {
        name: "transpose",
        description: "Swaps the keys and the elements of a map of lists of strings.",
        parameters: &[Parameter::new("values", map_of_lists)],
        variadic: None,
        result_type: |_| Ok(map_of_lists()),
        implementation: transpose,
        refinement: not_null,
    },
    Function {
        name: "values",
        description: "The elements of a map or object, in the order of their keys.",
        parameters: &[Parameter::new("mapping", any).unknown_elements().marked()],
        variadic: None,
        result_type: |arguments| match arguments[0].ty() {
            Type::Map(element) => Ok(Type::List(element)),
            Type::Object(object) => {
                Ok(Type::tuple(object.attributes.values().cloned().collect::<Vec<_>>()))
            }
            _ => Err(FunctionError::new("values() requires a map as the first argument")),
        },
        implementation: values,
        refinement: not_null,
    },
    Function {
        name: "zipmap",
        description: "A map of a list of keys and a list of as many values.",
        parameters: &[
            Parameter::new("keys", list_of_string).unknown_elements().marked(),
            Parameter::new("values", any).unknown_elements().marked(),
        ],
        variadic: None,
        result_type: zipmap_type,
        implementation: zipmap,
        refinement: not_null,
    },
];

fn map_of_lists() -> Type {
    Type::map(Type::list(Type::String))
}

fn keys(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let map = &arguments[0];
    let result = match map.kind() {
        // An object's attributes are part of its type, so they are always known.
        _ if let Type::Object(object) = map.ty() => {
            let names = object.attributes.keys();
            Value::tuple(names.map(|name| Value::string(name.clone())).collect::<Vec<_>>())
        }
        Kind::Map(_, fields) => {
            let keys = fields.keys().map(|key| Value::string(key.clone()));
            Value::list(Type::String, keys.collect::<Vec<_>>())
        }
        _ => Value::unknown(ty.clone()),
    };
    Ok(result.with_marks(map.marks()))
}

fn lookup_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.len() > 3 {
        return Err(FunctionError::new(format!(
            "lookup() takes two or three arguments, got {}",
            arguments.len()
        )));
    }
    let default = arguments.get(2);
    match arguments[0].ty() {
        Type::Object(object) => {
            let Some(key) = arguments[1].as_str() else { return Ok(Type::Dynamic) };
            match (object.attributes.get(key), default) {
                (Some(ty), _) => Ok(ty.clone()),
                (None, Some(default)) => Ok(default.ty()),
                (None, None) => {
                    let key = redact(quoted(key), arguments[1].marks());
                    let message = format!("the given object has no attribute {key}");
                    Err(FunctionError::argument(0, message))
                }
            }
        }
        Type::Map(element) => {
            if default.is_some_and(|default| convert(default, &element).is_err()) {
                return Err(FunctionError::argument(
                    2,
                    "the default value must have the same type as the map elements",
                ));
            }
            Ok((*element).clone())
        }
        _ => Err(FunctionError::argument(0, "lookup() requires a map as the first argument")),
    }
}

fn lookup(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let (map, key) = (&arguments[0], &arguments[1]);
    let marks = map.marks() | key.marks();
    let name = key.as_str().unwrap_or_default();
    if let Some(found) = map.get(name) {
        return Ok(found.clone().with_marks(marks));
    }
    if let Some(default) = arguments.get(2) {
        let default =
            convert(default, ty).map_err(|error| FunctionError::new(error.to_string()))?;
        return Ok(default.with_marks(marks));
    }
    let name = redact(quoted(name), key.marks());
    Err(FunctionError::new(format!("lookup failed to find key {name}")))
}

fn merge_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let Some(first) = arguments.first() else { return Ok(Type::empty_object()) };
    let first = first.ty();
    let mut attributes: BTreeMap<Arc<str>, Type> = BTreeMap::new();
    let mut all_alike = true;
    let mut all_known = true;
    for argument in arguments {
        let ty = argument.ty();
        match &ty {
            // Where one type is unknown we can say nothing of the result.
            Type::Dynamic => return Ok(Type::Dynamic),
            Type::Object(object) if !argument.is_null() => {
                attributes.extend(object.attributes.clone());
            }
            Type::Map(element) => match argument.as_fields() {
                Some(fields) => {
                    let element = |key: &Arc<str>| (key.clone(), (**element).clone());
                    attributes.extend(fields.keys().map(element));
                }
                None => all_known &= argument.is_null(),
            },
            Type::Object(_) => (),
            other => {
                return Err(FunctionError::new(format!(
                    "arguments must be maps or objects, got {:?}",
                    other.friendly_name()
                )));
            }
        }
        all_alike &= ty == first;
    }
    if all_alike {
        return Ok(first);
    }
    Ok(if all_known { Type::object(attributes) } else { Type::Dynamic })
}

fn merge(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let mut marks = Marks::NONE;
    let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
    for argument in arguments.iter().filter(|argument| !argument.is_null()) {
        marks |= argument.marks();
        entries.extend(argument.as_fields().into_iter().flat_map(|it| it.iter()).cloned());
    }
    let fields: Fields = entries.into_iter().collect();
    let merged = match ty {
        Type::Map(element) => Value::map((**element).clone(), fields),
        _ => Value::object(fields),
    };
    Ok(merged.with_marks(marks))
}

fn transpose(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let mut transposed: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, list) in arguments[0].as_fields().into_iter().flat_map(|it| it.iter()) {
        let refuse = || FunctionError::new("input must be a map of lists of strings");
        for element in list.as_elements().ok_or_else(refuse)?.iter() {
            let name = element.as_arc_str().ok_or_else(refuse)?;
            // Keys come in order, so the lists are in order, too.
            transposed.entry(name.clone()).or_default().push(Value::string(key.clone()));
        }
    }
    let fields: Fields = transposed
        .into_iter()
        .map(|(key, names)| (key, Value::list(Type::String, names)))
        .collect();
    Ok(Value::map(Type::list(Type::String), fields))
}

fn values(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let map = &arguments[0];
    let elements: Vec<Value> =
        map.as_fields().into_iter().flat_map(Fields::values).cloned().collect();
    let result = match ty {
        Type::List(element) => Value::list((**element).clone(), elements),
        _ => Value::tuple(elements),
    };
    Ok(result.with_marks(map.marks()))
}

fn count_mismatch(keys: usize, values: usize) -> FunctionError {
    FunctionError::new(format!(
        "number of keys ({keys}) does not match number of values ({values})"
    ))
}

fn null_key(index: usize) -> FunctionError {
    FunctionError::new(format!("keys list has null value at index {index}"))
}

fn zipmap_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let types = match arguments[1].ty() {
        Type::List(element) => return Ok(Type::Map(element)),
        Type::Tuple(types) => types,
        _ => return Err(FunctionError::new("values argument must be a list or tuple value")),
    };
    // The keys become attributes, so the type is known only when all of them are.
    let Some(keys) = arguments[0].as_elements().filter(|_| arguments[0].is_wholly_known()) else {
        return Ok(Type::Dynamic);
    };
    if keys.len() != types.len() {
        return Err(count_mismatch(keys.len(), types.len()));
    }
    let mut attributes = BTreeMap::new();
    for (index, (key, ty)) in keys.iter().zip(types.iter()).enumerate() {
        let key = key.as_arc_str().ok_or_else(|| null_key(index))?;
        attributes.insert(key.clone(), ty.clone());
    }
    Ok(Type::object(attributes))
}

fn zipmap(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let (keys, values) = (&arguments[0], &arguments[1]);
    let mut marks = keys.marks() | values.marks();
    let (Some(names), Some(elements), true) =
        (keys.as_elements(), values.as_elements(), keys.is_wholly_known())
    else {
        return Ok(Value::unknown(ty.clone()).with_marks(marks));
    };
    if names.len() != elements.len() {
        return Err(count_mismatch(names.len(), elements.len()));
    }
    let mut entries = Vec::with_capacity(names.len());
    for (index, (name, element)) in names.iter().zip(elements.iter()).enumerate() {
        // Keys cannot carry marks, so the map does it for them.
        marks |= name.marks();
        let name = name.as_arc_str().ok_or_else(|| null_key(index))?;
        entries.push((name.clone(), element.clone()));
    }
    let fields: Fields = entries.into_iter().collect();
    let zipped = match ty {
        Type::Map(element) => Value::map((**element).clone(), fields),
        _ => Value::object(fields),
    };
    Ok(zipped.with_marks(marks))
}

#[cfg(test)]
mod tests;
