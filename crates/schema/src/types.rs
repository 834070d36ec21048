//! The types of values, as written in type constraints.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The type of a value. `Dynamic` is the type of a bare `null`, of a value whose type is not
/// known yet, and the placeholder `any` in a constraint.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    Dynamic,
    Bool,
    Number,
    String,
    List(Arc<Type>),
    Set(Arc<Type>),
    Map(Arc<Type>),
    Tuple(Arc<[Type]>),
    Object(Arc<ObjectType>),
}

/// The attributes of an object type. `optional` names those that a conversion may leave out;
/// it is empty in the type of a value.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectType {
    pub attributes: BTreeMap<Arc<str>, Type>,
    pub optional: BTreeSet<Arc<str>>,
}

impl Type {
    pub fn list(element: Type) -> Type {
        Type::List(Arc::new(element))
    }

    pub fn set(element: Type) -> Type {
        Type::Set(Arc::new(element))
    }

    pub fn map(element: Type) -> Type {
        Type::Map(Arc::new(element))
    }

    pub fn tuple(elements: impl Into<Arc<[Type]>>) -> Type {
        Type::Tuple(elements.into())
    }

    pub fn object<K: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (K, Type)>) -> Type {
        let attributes = attributes.into_iter().map(|(name, ty)| (name.into(), ty)).collect();
        Type::Object(Arc::new(ObjectType { attributes, optional: BTreeSet::new() }))
    }

    pub fn empty_object() -> Type {
        Type::Object(Arc::default())
    }

    pub fn empty_tuple() -> Type {
        Type::Tuple(Arc::from([]))
    }

    pub fn is_dynamic(&self) -> bool {
        matches!(self, Type::Dynamic)
    }

    pub fn is_primitive(&self) -> bool {
        matches!(self, Type::Bool | Type::Number | Type::String)
    }

    /// List, set or map.
    pub fn is_collection(&self) -> bool {
        matches!(self, Type::List(_) | Type::Set(_) | Type::Map(_))
    }

    /// The element type of a list, set or map.
    pub fn element(&self) -> Option<&Type> {
        match self {
            Type::List(element) | Type::Set(element) | Type::Map(element) => Some(element),
            _ => None,
        }
    }

    /// Whether `Dynamic` stands anywhere inside.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Type::Dynamic => true,
            Type::Bool | Type::Number | Type::String => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_dynamic(),
            Type::Tuple(elements) => elements.iter().any(Type::has_dynamic),
            Type::Object(object) => object.attributes.values().any(Type::has_dynamic),
        }
    }

    /// The same type with no attribute marked optional, as the types of values are.
    pub fn without_optional(&self) -> Type {
        match self {
            Type::Dynamic | Type::Bool | Type::Number | Type::String => self.clone(),
            Type::List(element) => Type::list(element.without_optional()),
            Type::Set(element) => Type::set(element.without_optional()),
            Type::Map(element) => Type::map(element.without_optional()),
            Type::Tuple(elements) => {
                Type::Tuple(elements.iter().map(Type::without_optional).collect())
            }
            Type::Object(object) => Type::object(
                object.attributes.iter().map(|(name, ty)| (name.clone(), ty.without_optional())),
            ),
        }
    }

    /// Whether both are the same type, attributes being optional or not aside.
    pub fn same(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::List(a), Type::List(b))
            | (Type::Set(a), Type::Set(b))
            | (Type::Map(a), Type::Map(b)) => Arc::ptr_eq(a, b) || a.same(b),
            (Type::Tuple(a), Type::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same(b))
            }
            (Type::Object(a), Type::Object(b)) => {
                Arc::ptr_eq(a, b)
                    || a.attributes.len() == b.attributes.len()
                        && a.attributes.iter().zip(&b.attributes).all(
                            |((a_name, a_type), (b_name, b_type))| {
                                a_name == b_name && a_type.same(b_type)
                            },
                        )
            }
            _ => self == other,
        }
    }

    /// The name that error messages use for the type of a value: "string", "list of string",
    /// "object", "tuple", …
    pub fn friendly_name(&self) -> String {
        self.name("dynamic", "dynamic")
    }

    /// The name that error messages use for a type that is asked for. It differs from
    /// `friendly_name` where any type will do.
    pub fn constraint_name(&self) -> String {
        self.name("any type", "any single type")
    }

    fn name(&self, dynamic: &str, dynamic_element: &str) -> String {
        let of = |kind: &str, element: &Type| {
            format!("{kind} of {}", element.name(dynamic_element, dynamic_element))
        };
        match self {
            Type::Dynamic => dynamic.to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Number => "number".to_owned(),
            Type::String => "string".to_owned(),
            Type::List(element) => of("list", element),
            Type::Set(element) => of("set", element),
            Type::Map(element) => of("map", element),
            Type::Tuple(_) => "tuple".to_owned(),
            Type::Object(_) => "object".to_owned(),
        }
    }
}

/// Prints the type as a type constraint: `list(string)`, `object({a=number})`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dynamic => f.write_str("dynamic"),
            Type::Bool => f.write_str("bool"),
            Type::Number => f.write_str("number"),
            Type::String => f.write_str("string"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Set(element) => write!(f, "set({element})"),
            Type::Map(element) => write!(f, "map({element})"),
            Type::Tuple(elements) => {
                f.write_str("tuple([")?;
                for (index, element) in elements.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma}{element}")?;
                }
                f.write_str("])")
            }
            Type::Object(object) => {
                f.write_str("object({")?;
                for (index, (name, ty)) in object.attributes.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    match object.optional.contains(name) {
                        true => write!(f, "{comma}{name}=optional({ty})")?,
                        false => write!(f, "{comma}{name}={ty}")?,
                    }
                }
                f.write_str("})")
            }
        }
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
