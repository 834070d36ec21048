//! Converting values from type to type.

use std::fmt;
use std::sync::Arc;

use crate::address::quote;
use crate::convertible::{has_conversion, mismatch};
use crate::{Fields, Kind, Number, Refinement, Type, Unknown, Value};

pub use crate::convertible::{Convertibility, can_convert};
pub use crate::unify::{unify, unify_unsafe};

/// Why a value has no such type. Displays as the message alone, which is what the errors of
/// arguments and functions quote; `with_path` also says where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct ConvertError {
    /// Where inside the value, outermost first. Empty when the types alone rule the conversion
    /// out: then the message itself says where.
    pub path: Vec<PathStep>,
    pub message: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PathStep {
    Attribute(Arc<str>),
    /// The key of a map or the number of a list element.
    Index(Value),
}

impl ConvertError {
    fn new(message: impl Into<String>) -> ConvertError {
        ConvertError { path: Vec::new(), message: message.into() }
    }

    /// The same error seen from one level further out.
    #[must_use]
    pub fn inside(mut self, step: PathStep) -> ConvertError {
        self.path.insert(0, step);
        self
    }

    /// The path as in `["mykey"].field`; empty for the value itself.
    pub fn path_text(&self) -> String {
        self.path.iter().map(PathStep::to_string).collect()
    }

    /// The path and the message: `["mykey"].field: a bool is required`.
    pub fn with_path(&self) -> String {
        match self.path.is_empty() {
            true => self.message.clone(),
            false => format!("{}: {}", self.path_text(), self.message),
        }
    }

    /// The path in words and the message: `element "mykey": attribute "field": a bool is
    /// required`.
    pub fn with_path_in_words(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            text.push_str(&match step {
                PathStep::Attribute(name) => format!("attribute {}: ", quote(name)),
                PathStep::Index(key) => format!("element {}: ", key_text(key)),
            });
        }
        text + &self.message
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for PathStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathStep::Attribute(name) => write!(f, ".{name}"),
            PathStep::Index(key) => write!(f, "[{}]", key_text(key)),
        }
    }
}

fn key_text(key: &Value) -> String {
    match key.kind() {
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => quote(text),
        _ => "...".to_owned(),
    }
}

/// The value as `ty`; `Dynamic` inside `ty` stands for any type, resolved once per collection.
/// Marks stay where they are.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    if ty.is_dynamic() || value_has_type(value, ty) {
        return Ok(value.clone());
    }
    let from = value.ty();
    if !has_conversion(&from, ty, true) {
        return Err(ConvertError::new(mismatch(&from, ty)));
    }
    apply(value, ty)
}

/// Whether the value is of exactly that type, where the type may call attributes optional. Much
/// cheaper than comparing with `Value::ty`.
pub fn value_has_type(value: &Value, ty: &Type) -> bool {
    match (value.kind(), ty) {
        (Kind::Null(own), _) => own.same(ty),
        (Kind::Unknown(unknown), _) => unknown.ty.same(ty),
        (Kind::Bool(_), Type::Bool)
        | (Kind::Number(_), Type::Number)
        | (Kind::String(_), Type::String) => true,
        (Kind::List(own, _), Type::List(element))
        | (Kind::Set(own, _), Type::Set(element))
        | (Kind::Map(own, _), Type::Map(element)) => own.same(element),
        (Kind::Tuple(elements), Type::Tuple(types)) => {
            elements.len() == types.len()
                && elements.iter().zip(types.iter()).all(|(value, ty)| value_has_type(value, ty))
        }
        (Kind::Object(attributes), Type::Object(object)) => {
            attributes.len() == object.attributes.len()
                && attributes.iter().zip(&object.attributes).all(
                    |((own_name, value), (name, ty))| own_name == name && value_has_type(value, ty),
                )
        }
        _ => false,
    }
}

/// Converts a value of whose type it is known that it can be converted.
fn apply(value: &Value, to: &Type) -> Result<Value, ConvertError> {
    if to.is_dynamic() {
        return Ok(value.clone());
    }
    let converted = match value.kind() {
        Kind::Unknown(unknown) if unknown.ty.same(to) => return Ok(value.clone()),
        Kind::Unknown(unknown) => convert_unknown(unknown, to),
        Kind::Null(ty) => Value::null(resolve_dynamic(ty, &to.without_optional())),
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => convert_primitive(value, to)?,
        Kind::List(own, elements) => match to {
            Type::List(element) if own.same(element) => return Ok(value.clone()),
            Type::List(element) => list_of(element, own, convert_elements(elements, element)?)?,
            Type::Set(element) => set_of(element, own, convert_elements(elements, element)?)?,
            _ => return Err(unsuitable(value, to)),
        },
        Kind::Set(own, elements) => match to {
            Type::Set(element) if own.same(element) => return Ok(value.clone()),
            Type::Set(element) => set_of(element, own, convert_elements(elements, element)?)?,
            // Elements that are not known yet may turn out to be one and the same.
            Type::List(element) if elements.len() > 1 && !value.is_wholly_known() => {
                let element = resolve_dynamic(own, &element.without_optional());
                Value::unknown(Type::list(element))
            }
            Type::List(element) => list_of(element, own, convert_elements(elements, element)?)?,
            _ => return Err(unsuitable(value, to)),
        },
        Kind::Tuple(elements) => tuple_to(value, elements, to)?,
        Kind::Map(own, fields) => match to {
            Type::Map(element) if own.same(element) => return Ok(value.clone()),
            Type::Map(element) => {
                map_of(element, own, convert_fields(fields, element)?, "element", false)?
            }
            Type::Object(_) => map_to_object(fields, to)?,
            _ => return Err(unsuitable(value, to)),
        },
        Kind::Object(fields) => object_to(value, fields, to)?,
    };
    Ok(converted.with_marks(value.marks()))
}

/// For pairs of types that `has_conversion` turns down, so that nothing gets this far.
fn unsuitable(value: &Value, to: &Type) -> ConvertError {
    ConvertError::new(mismatch(&value.ty(), to))
}

fn convert_primitive(value: &Value, to: &Type) -> Result<Value, ConvertError> {
    match (value.kind(), to) {
        (Kind::Bool(_), Type::Bool)
        | (Kind::Number(_), Type::Number)
        | (Kind::String(_), Type::String) => Ok(value.clone()),
        (Kind::Bool(value), Type::String) => Ok(Value::string(value.to_string())),
        (Kind::Number(value), Type::String) => Ok(Value::string(value.to_string())),
        (Kind::String(text), Type::Number) => match Number::parse(text) {
            Some(number) => Ok(Value::number(number)),
            None => Err(ConvertError::new("a number is required")),
        },
        (Kind::String(text), Type::Bool) => match &**text {
            "true" | "1" => Ok(Value::bool(true)),
            "false" | "0" => Ok(Value::bool(false)),
            _ => Err(ConvertError::new("a bool is required")),
        },
        _ => Err(unsuitable(value, to)),
    }
}

fn convert_elements(elements: &[Value], to: &Type) -> Result<Vec<Value>, ConvertError> {
    convert_each(elements, |_| to)
}

fn convert_each<'a>(
    elements: &[Value],
    to: impl Fn(usize) -> &'a Type,
) -> Result<Vec<Value>, ConvertError> {
    elements
        .iter()
        .enumerate()
        .map(|(index, element)| {
            apply(element, to(index))
                .map_err(|error| error.inside(PathStep::Index(Value::number(index))))
        })
        .collect()
}

fn convert_fields(fields: &Fields, to: &Type) -> Result<Vec<(Arc<str>, Value)>, ConvertError> {
    fields.iter().map(|(key, value)| Ok((key.clone(), convert_at_key(key, value, to)?))).collect()
}

fn convert_at_key(key: &Arc<str>, value: &Value, to: &Type) -> Result<Value, ConvertError> {
    apply(value, to).map_err(|error| error.inside(PathStep::Index(Value::string(key.clone()))))
}

fn tuple_to(value: &Value, elements: &[Value], to: &Type) -> Result<Value, ConvertError> {
    match to {
        Type::Tuple(types) if types.len() == elements.len() => {
            Ok(Value::tuple(convert_each(elements, |index| &types[index])?))
        }
        Type::List(element) => {
            let element = resolve_elements(value, elements.iter(), element, to)?;
            let mut converted = convert_elements(elements, &element)?;
            if element.has_dynamic() {
                let common = common_type(converted.iter())?;
                converted = convert_elements(&converted, &common)?;
            }
            list_of(&element, &Type::Dynamic, converted)
        }
        Type::Set(element) => {
            let element = resolve_elements(value, elements.iter(), element, to)?;
            set_of(&element, &Type::Dynamic, convert_elements(elements, &element)?)
        }
        _ => Err(unsuitable(value, to)),
    }
}

fn object_to(value: &Value, fields: &Fields, to: &Type) -> Result<Value, ConvertError> {
    match to {
        Type::Object(object) => {
            let mut attributes = Vec::with_capacity(object.attributes.len());
            for (name, ty) in &object.attributes {
                let converted = match fields.get(name) {
                    Some(value) => apply(value, ty)
                        .map_err(|error| error.inside(PathStep::Attribute(name.clone())))?,
                    None if object.optional.contains(name) => Value::null(ty.without_optional()),
                    None => return Err(unsuitable(value, to)),
                };
                attributes.push((name.clone(), converted));
            }
            Ok(Value::object_of(attributes))
        }
        Type::Map(element) => {
            let element = resolve_elements(value, fields.values(), element, to)?;
            let converted = convert_fields(fields, &element)?;
            map_of(&element, &Type::Dynamic, converted, "attribute", true)
        }
        _ => Err(unsuitable(value, to)),
    }
}

/// The element type for converting a tuple or object to a collection: where any type will do, the
/// one that all elements convert to.
fn resolve_elements<'a>(
    value: &Value,
    elements: impl ExactSizeIterator<Item = &'a Value>,
    element: &Arc<Type>,
    to: &Type,
) -> Result<Type, ConvertError> {
    if !element.is_dynamic() || elements.len() == 0 {
        return Ok((**element).clone());
    }
    let types: Vec<Type> = elements.map(Value::ty).collect();
    unify_unsafe(&types).ok_or_else(|| unsuitable(value, to))
}

fn common_type<'a>(elements: impl Iterator<Item = &'a Value>) -> Result<Type, ConvertError> {
    let types: Vec<Type> = elements.map(Value::ty).collect();
    match types.is_empty() {
        true => Ok(Type::Dynamic),
        false => unify_unsafe(&types).ok_or_else(no_common_type),
    }
}

fn no_common_type() -> ConvertError {
    ConvertError::new("cannot find a common base type for all elements")
}

fn map_to_object(fields: &Fields, to: &Type) -> Result<Value, ConvertError> {
    let Type::Object(object) = to else { return Err(no_common_type()) };
    let mut attributes = Vec::with_capacity(object.attributes.len());
    for (name, ty) in &object.attributes {
        let converted = match fields.get(name) {
            // An optional attribute may be of a type that the elements do not convert to, as long
            // as the map has no such element.
            Some(value) if !value_has_type(value, ty) && !has_conversion(&value.ty(), ty, true) => {
                return Err(ConvertError::new(format!(
                    "map element type is incompatible with attribute {}: {}",
                    quote(name),
                    mismatch(&value.ty(), ty)
                )));
            }
            Some(value) => convert_at_key(name, value, ty)?,
            None if object.optional.contains(name) => Value::null(ty.without_optional()),
            None => {
                return Err(ConvertError::new(format!(
                    "map has no element for required attribute {}",
                    quote(name)
                )));
            }
        };
        attributes.push((name.clone(), converted));
    }
    Ok(Value::object_of(attributes))
}

/// What an empty collection has for elements: a certain type rather than none.
fn empty_element(wanted: &Type, own: &Type) -> Type {
    if wanted.is_dynamic() { own.clone() } else { wanted.without_optional() }
}

fn list_of(wanted: &Type, own: &Type, elements: Vec<Value>) -> Result<Value, ConvertError> {
    if elements.is_empty() {
        return Ok(Value::list(empty_element(wanted, own), elements));
    }
    let (ty, elements) = same_type(wanted, elements, "element types must all match", "list")?;
    Ok(Value::list(ty, elements))
}

fn set_of(wanted: &Type, own: &Type, elements: Vec<Value>) -> Result<Value, ConvertError> {
    if elements.is_empty() {
        return Ok(Value::set(empty_element(wanted, own), elements));
    }
    let (ty, elements) = same_type(wanted, elements, "element types must all match", "set")?;
    Ok(Value::set(ty, elements))
}

fn map_of(
    wanted: &Type,
    own: &Type,
    entries: Vec<(Arc<str>, Value)>,
    noun: &str,
    allow_unsafe: bool,
) -> Result<Value, ConvertError> {
    if entries.is_empty() {
        return Ok(Value::map(empty_element(wanted, own), Fields::default()));
    }
    let (keys, mut elements): (Vec<Arc<str>>, Vec<Value>) = entries.into_iter().unzip();
    if wanted.has_dynamic() && (wanted.is_collection() || matches!(wanted, Type::Object(_))) {
        let types: Vec<Type> = elements.iter().map(Value::ty).collect();
        let common = if allow_unsafe { unify_unsafe(&types) } else { unify(&types) };
        let common = common.ok_or_else(no_common_type)?;
        elements = keys
            .iter()
            .zip(&elements)
            .map(|(key, element)| convert_at_key(key, element, &common))
            .collect::<Result<_, _>>()?;
    }
    let message = format!("{noun} types must all match");
    let (ty, elements) = same_type(wanted, elements, &message, "map")?;
    Ok(Value::map(ty, keys.into_iter().zip(elements).collect()))
}

/// The one type of all elements. Those whose type is not known take the type of the others.
fn same_type(
    wanted: &Type,
    elements: Vec<Value>,
    message: &str,
    kind: &str,
) -> Result<(Type, Vec<Value>), ConvertError> {
    if !wanted.has_dynamic() {
        return Ok((wanted.without_optional(), elements));
    }
    let untyped = |value: &Value| value_has_type(value, &Type::Dynamic);
    let Some(ty) = elements.iter().find(|element| !untyped(element)).map(Value::ty) else {
        return Ok((Type::Dynamic, elements));
    };
    let retyped = |value: Value| {
        let marks = value.marks();
        match value.kind() {
            Kind::Null(Type::Dynamic) => Some(Value::null(ty.clone()).with_marks(marks)),
            Kind::Unknown(_) if untyped(&value) => {
                Some(Value::unknown(ty.clone()).with_marks(marks))
            }
            _ => value_has_type(&value, &ty).then_some(value),
        }
    };
    let elements: Option<Vec<Value>> = elements.into_iter().map(retyped).collect();
    match elements {
        Some(elements) => Ok((ty, elements)),
        None => Err(ConvertError::new(format!("{message} for conversion to {kind}"))),
    }
}

/// An unknown of another type, with what stays certain about it.
fn convert_unknown(unknown: &Unknown, to: &Type) -> Value {
    let own = &unknown.refinement;
    let target = resolve_dynamic(&unknown.ty, &to.without_optional());
    let mut refinement = Refinement { not_null: own.not_null, ..Refinement::default() };
    let (minimum, maximum) = match (&unknown.ty, &target) {
        (Type::Object(object), Type::Map(_)) => {
            (object.attributes.len(), Some(object.attributes.len()))
        }
        (Type::Tuple(elements), Type::List(_)) => (elements.len(), Some(elements.len())),
        // Elements of a set may turn out to be equal, but never all disappear.
        (Type::Tuple(elements), Type::Set(_)) => (elements.len().min(1), Some(elements.len())),
        (from, Type::Set(_)) if from.is_collection() => {
            (own.length_minimum.min(1), own.length_maximum)
        }
        (from, to) if from.is_collection() && to.is_collection() => {
            (own.length_minimum, own.length_maximum)
        }
        _ => (0, None),
    };
    (refinement.length_minimum, refinement.length_maximum) = (minimum, maximum);
    Value::unknown_refined(target, refinement)
}

/// The type `to` with each `Dynamic` in it replaced by what `from` has in that place.
fn resolve_dynamic(from: &Type, to: &Type) -> Type {
    if from.is_dynamic() || !to.has_dynamic() {
        return to.clone();
    }
    let element = |wanted: &Type| match from {
        Type::List(own) | Type::Set(own) | Type::Map(own) => resolve_dynamic(own, wanted),
        Type::Tuple(elements) => match unify_unsafe(elements) {
            Some(common) => resolve_dynamic(&common, wanted),
            None => wanted.clone(),
        },
        Type::Object(object) => {
            let types: Vec<Type> = object.attributes.values().cloned().collect();
            match unify_unsafe(&types) {
                Some(common) => resolve_dynamic(&common, wanted),
                None => wanted.clone(),
            }
        }
        _ => wanted.clone(),
    };
    match to {
        Type::Dynamic => from.clone(),
        Type::Bool | Type::Number | Type::String => to.clone(),
        Type::List(wanted) => Type::list(element(wanted)),
        Type::Set(wanted) => Type::set(element(wanted)),
        Type::Map(wanted) => Type::map(element(wanted)),
        Type::Tuple(types) => match from {
            Type::Tuple(own) if own.len() == types.len() => {
                let resolved = own.iter().zip(types.iter());
                Type::Tuple(resolved.map(|(own, wanted)| resolve_dynamic(own, wanted)).collect())
            }
            _ => to.clone(),
        },
        Type::Object(object) => Type::object(object.attributes.iter().map(|(name, wanted)| {
            let own = match from {
                Type::Map(element) => Some(&**element),
                Type::Object(own) => own.attributes.get(name),
                _ => None,
            };
            let resolved = own.map(|own| resolve_dynamic(own, wanted));
            (name.clone(), resolved.unwrap_or_else(|| wanted.clone()))
        })),
    }
}

#[cfg(test)]
mod tests;
