//! Values and types as JSON.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::convert::{ConvertError, PathStep};
use crate::{Fields, Kind, Number, ObjectType, Type, Value};

/// The type in JSON notation: `"string"`, `["list","string"]`, `["object",{"a":"number"}]`, with
/// the names of optional attributes as a third item.
pub fn type_to_json(ty: &Type) -> Json {
    match ty {
        Type::Dynamic | Type::Bool | Type::Number | Type::String => Json::String(ty.to_string()),
        Type::List(element) => json!(["list", type_to_json(element)]),
        Type::Set(element) => json!(["set", type_to_json(element)]),
        Type::Map(element) => json!(["map", type_to_json(element)]),
        Type::Tuple(elements) => {
            json!(["tuple", elements.iter().map(type_to_json).collect::<Vec<_>>()])
        }
        Type::Object(object) => {
            let attributes: Map<String, Json> = object
                .attributes
                .iter()
                .map(|(name, ty)| (name.to_string(), type_to_json(ty)))
                .collect();
            if object.optional.is_empty() {
                return json!(["object", attributes]);
            }
            let optional: Vec<&str> = object.optional.iter().map(|name| &**name).collect();
            json!(["object", attributes, optional])
        }
    }
}

/// Not a type in JSON notation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a type")]
pub struct NotAType(String);

pub fn type_from_json(json: &Json) -> Result<Type, NotAType> {
    let wrong = || NotAType(json.to_string());
    match json {
        Json::String(name) => match name.as_str() {
            "dynamic" => Ok(Type::Dynamic),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            _ => Err(wrong()),
        },
        Json::Array(items) => match items.as_slice() {
            [Json::String(kind), element] if kind == "list" => {
                Ok(Type::list(type_from_json(element)?))
            }
            [Json::String(kind), element] if kind == "set" => {
                Ok(Type::set(type_from_json(element)?))
            }
            [Json::String(kind), element] if kind == "map" => {
                Ok(Type::map(type_from_json(element)?))
            }
            [Json::String(kind), Json::Array(elements)] if kind == "tuple" => {
                Ok(Type::tuple(elements.iter().map(type_from_json).collect::<Result<Vec<_>, _>>()?))
            }
            [Json::String(kind), Json::Object(attributes), rest @ ..] if kind == "object" => {
                let mut object = ObjectType::default();
                for (name, ty) in attributes {
                    object.attributes.insert(name.as_str().into(), type_from_json(ty)?);
                }
                let optional: &[Json] = match rest {
                    [] => &[],
                    [Json::Array(names)] => names,
                    _ => return Err(wrong()),
                };
                for name in optional {
                    let name: Arc<str> = name.as_str().ok_or_else(wrong)?.into();
                    if !object.attributes.contains_key(&name) {
                        return Err(wrong());
                    }
                    object.optional.insert(name);
                }
                Ok(Type::Object(Arc::new(object)))
            }
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// The value as JSON, without its marks. What is not known yet becomes an object that says so and
/// names the type; an infinite number becomes text.
pub fn value_to_json(value: &Value) -> Json {
    match value.kind() {
        Kind::Null(_) => Json::Null,
        Kind::Unknown(unknown) => json!({ "unknown": true, "type": type_to_json(&unknown.ty) }),
        Kind::Bool(value) => Json::Bool(*value),
        Kind::Number(number) => number_to_json(number),
        Kind::String(text) => Json::String(text.to_string()),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            Json::Array(elements.iter().map(value_to_json).collect())
        }
        Kind::Map(_, fields) | Kind::Object(fields) => {
            let entries = fields.iter().map(|(key, value)| (key.to_string(), value_to_json(value)));
            Json::Object(entries.collect())
        }
    }
}

fn number_to_json(number: &Number) -> Json {
    let text = number.to_string();
    match text.parse::<serde_json::Number>() {
        Ok(number) => Json::Number(number),
        Err(_) => Json::String(text),
    }
}

/// Reads a value of a known type, in the form in which `value_to_json` writes it. For `Dynamic`
/// the value has the type that it would have if it stood in a configuration.
pub fn value_from_json(json: &Json, ty: &Type) -> Result<Value, ConvertError> {
    let wrong = || {
        let message = format!("{} required", ty.constraint_name());
        ConvertError { path: Vec::new(), message }
    };
    match (json, ty) {
        (Json::Null, _) => Ok(Value::null(ty.without_optional())),
        (Json::Bool(value), Type::Bool | Type::Dynamic) => Ok(Value::bool(*value)),
        (Json::Number(number), Type::Number | Type::Dynamic) => {
            Number::parse(&number.to_string()).map(Value::number).ok_or_else(wrong)
        }
        (Json::String(text), Type::Number) => {
            Number::parse(text).map(Value::number).ok_or_else(wrong)
        }
        (Json::String(text), Type::String | Type::Dynamic) => Ok(Value::string(text.as_str())),
        (Json::Array(items), Type::List(element)) => {
            Ok(Value::list(element.without_optional(), read_items(items, |_| element)?))
        }
        (Json::Array(items), Type::Set(element)) => {
            Ok(Value::set(element.without_optional(), read_items(items, |_| element)?))
        }
        (Json::Array(items), Type::Tuple(types)) if types.len() == items.len() => {
            Ok(Value::tuple(read_items(items, |index| &types[index])?))
        }
        (Json::Array(items), Type::Dynamic) => Ok(Value::tuple(read_items(items, |_| ty)?)),
        (Json::Object(entries), Type::Map(element)) => {
            let mut fields = Vec::with_capacity(entries.len());
            for (key, item) in entries {
                let key = normal(key);
                let value = value_from_json(item, element)
                    .map_err(|error| error.inside(PathStep::Index(key.clone())))?;
                fields.push((text_of(&key), value));
            }
            Ok(Value::map(element.without_optional(), fields.into_iter().collect::<Fields>()))
        }
        (Json::Object(entries), Type::Object(object)) => {
            let mut fields = Vec::with_capacity(object.attributes.len());
            for (name, ty) in &object.attributes {
                let value = match entries.get(&**name) {
                    Some(item) => read_attribute(name, item, ty)?,
                    None => Value::null(ty.without_optional()),
                };
                fields.push((name.clone(), value));
            }
            for name in entries.keys() {
                if !object.attributes.contains_key(name.as_str()) {
                    let message = format!("unsupported attribute {name:?}");
                    return Err(ConvertError { path: Vec::new(), message });
                }
            }
            Ok(Value::object_of(fields))
        }
        (Json::Object(entries), Type::Dynamic) => {
            let mut fields = Vec::with_capacity(entries.len());
            for (name, item) in entries {
                let name = text_of(&normal(name));
                fields.push((name.clone(), read_attribute(&name, item, ty)?));
            }
            Ok(Value::object_of(fields))
        }
        _ => Err(wrong()),
    }
}

/// The key as a string value, which brings it into normalisation form C.
fn normal(key: &str) -> Value {
    Value::string(key)
}

fn text_of(key: &Value) -> Arc<str> {
    key.as_arc_str().cloned().unwrap_or_default()
}

fn read_attribute(name: &Arc<str>, json: &Json, ty: &Type) -> Result<Value, ConvertError> {
    value_from_json(json, ty).map_err(|error| error.inside(PathStep::Attribute(name.clone())))
}

fn read_items<'a>(
    items: &[Json],
    ty: impl Fn(usize) -> &'a Type,
) -> Result<Vec<Value>, ConvertError> {
    items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            value_from_json(item, ty(index))
                .map_err(|error| error.inside(PathStep::Index(Value::number(index))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Json {
        serde_json::from_str(text).unwrap_or(Json::Null)
    }

    #[test]
    fn types_both_ways() {
        for text in [
            r#""dynamic""#,
            r#""bool""#,
            r#"["list","string"]"#,
            r#"["set",["map","number"]]"#,
            r#"["tuple",[]]"#,
            r#"["tuple",["string",["list","dynamic"]]]"#,
            r#"["object",{}]"#,
            r#"["object",{"a":"bool","b":["set","string"]}]"#,
            r#"["object",{"a":"bool","b":"string"},["b"]]"#,
        ] {
            let ty = type_from_json(&read(text));
            assert_eq!(ty.map(|ty| type_to_json(&ty).to_string()), Ok(text.to_owned()));
        }
        for text in [
            r#""text""#,
            "1",
            "[]",
            r#"["list"]"#,
            r#"["list","string","string"]"#,
            r#"["object",{},["a"]]"#,
            r#"["object",{"a":"bool"},[1]]"#,
            r#"["tuple",{}]"#,
        ] {
            assert!(type_from_json(&read(text)).is_err(), "{text}");
        }
    }

    #[track_caller]
    fn check(ty: &str, text: &str) {
        let result = type_from_json(&read(ty))
            .map_err(|error| error.to_string())
            .and_then(|ty| value_from_json(&read(text), &ty).map_err(|error| error.with_path()))
            .map(|value| value_to_json(&value).to_string());
        assert_eq!(result, Ok(text.to_owned()));
    }

    #[test]
    fn values_both_ways() {
        check(r#""number""#, "123456789012345678901234567890.5");
        check(r#""number""#, r#""-Inf""#);
        check(r#""string""#, r#""é""#);
        check(r#"["list","bool"]"#, "[true,null]");
        check(r#"["set","number"]"#, "[1,2]");
        check(r#"["map",["list","string"]]"#, r#"{"a":["x"],"b":null}"#);
        check(r#"["object",{"a":"bool","b":["tuple",["number"]]}]"#, r#"{"a":true,"b":[1]}"#);
        check(r#""dynamic""#, r#"{"a":[1,"x",null,{}]}"#);
    }

    #[track_caller]
    fn check_wrong(ty: &str, text: &str, expected: &str) {
        let ty = type_from_json(&read(ty)).unwrap_or(Type::Dynamic);
        let result = value_from_json(&read(text), &ty).map_err(|error| error.with_path());
        assert_eq!(result, Err(expected.to_owned()));
    }

    #[test]
    fn wrong_values() {
        check_wrong(r#""bool""#, "1", "bool required");
        check_wrong(r#"["list","number"]"#, r#"[1,"x"]"#, "[1]: number required");
        check_wrong(
            r#"["map",["object",{"a":"bool"}]]"#,
            r#"{"k":{"a":2}}"#,
            r#"["k"].a: bool required"#,
        );
        check_wrong(r#"["tuple",[]]"#, "[1]", "tuple required");
        check_wrong(r#"["object",{}]"#, r#"{"a":1}"#, r#"unsupported attribute "a""#);
    }

    #[test]
    fn unknown_and_marked() {
        let value = Value::object_of([
            ("b", Value::unknown(Type::list(Type::String))),
            ("a", Value::string("secret").sensitive()),
        ]);
        let expected = r#"{"a":"secret","b":{"unknown":true,"type":["list","string"]}}"#;
        assert_eq!(value_to_json(&value).to_string(), expected);
    }
}
