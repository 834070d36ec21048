//! The language's `==`: three-valued, without conversion.

use crate::convert::value_has_type;
use crate::{Bound, Kind, Number, Type, Unknown, Value};

impl Value {
    /// Whether both have the same type and value: true, false, or unknown as long as that
    /// depends on what is not known yet. Nulls of any types are equal.
    ///
    /// The result carries the marks of both sides, those inside too. But a comparison with null
    /// says nothing about what is inside, so it takes only the outer marks.
    #[must_use]
    pub fn equals(&self, other: &Value) -> Value {
        let marks = match self.is_null() || other.is_null() {
            true => self.marks() | other.marks(),
            false => self.marks_deep() | other.marks_deep(),
        };
        let result = match compare(self, other) {
            Some(equal) => Value::bool(equal),
            None => Value::unknown_not_null(Type::Bool),
        };
        result.with_marks(marks)
    }
}

/// Whether both are equal, if that is certain.
fn compare(a: &Value, b: &Value) -> Option<bool> {
    if let Some(result) = compare_uncertain(a, b) {
        return result;
    }
    if has_unknown_type(a) || has_unknown_type(b) {
        return if may_match(&a.ty(), &b.ty()) { None } else { Some(false) };
    }
    if !same_type(a, b) {
        return Some(false);
    }
    compare_known(a, b)
}

/// The result if one of the two is null or unknown.
fn compare_uncertain(a: &Value, b: &Value) -> Option<Option<bool>> {
    match (a.kind(), b.kind()) {
        (Kind::Null(_), Kind::Null(_)) => Some(Some(true)),
        (Kind::Unknown(_), Kind::Unknown(_)) => Some(None),
        (Kind::Unknown(unknown), _) => Some(compare_with_unknown(b, unknown)),
        (_, Kind::Unknown(unknown)) => Some(compare_with_unknown(a, unknown)),
        (Kind::Null(_), _) | (_, Kind::Null(_)) => Some(Some(false)),
        _ => None,
    }
}

/// A known value, or null, against an unknown one: they may differ for certain, never be equal.
fn compare_with_unknown(known: &Value, unknown: &Unknown) -> Option<bool> {
    let refinement = &unknown.refinement;
    if known.is_null() {
        return if refinement.not_null { Some(false) } else { None };
    }
    if !may_match(&known.ty(), &unknown.ty) {
        return Some(false);
    }
    let possible = match known.kind() {
        Kind::String(text) => {
            refinement.prefix.as_deref().is_none_or(|prefix| text.starts_with(prefix))
        }
        Kind::Number(number) => {
            let above = |bound: &Bound| at_least(number, &bound.value, bound.inclusive);
            let below = |bound: &Bound| at_least(&bound.value, number, bound.inclusive);
            refinement.minimum.as_ref().is_none_or(above)
                && refinement.maximum.as_ref().is_none_or(below)
        }
        Kind::List(_, elements) | Kind::Set(_, elements) => {
            // Unknown elements of a set may turn out to be one.
            let certain = matches!(known.kind(), Kind::List(..)) || known.is_wholly_known();
            let least = if certain { elements.len() } else { elements.len().min(1) };
            length_possible(least, elements.len(), unknown)
        }
        Kind::Map(_, fields) => length_possible(fields.len(), fields.len(), unknown),
        _ => true,
    };
    if possible { None } else { Some(false) }
}

fn at_least(a: &Number, b: &Number, inclusive: bool) -> bool {
    a > b || inclusive && a == b
}

/// Whether a length between the two is one that the unknown collection can have.
fn length_possible(least: usize, most: usize, unknown: &Unknown) -> bool {
    let refinement = &unknown.refinement;
    most >= refinement.length_minimum
        && refinement.length_maximum.is_none_or(|maximum| least <= maximum)
}

/// Compares values of the same type.
fn compare_known(a: &Value, b: &Value) -> Option<bool> {
    if let Some(result) = compare_uncertain(a, b) {
        return result;
    }
    match (a.kind(), b.kind()) {
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a == b),
        (Kind::String(a), Kind::String(b)) => Some(a == b),
        (Kind::List(_, a), Kind::List(_, b)) | (Kind::Tuple(a), Kind::Tuple(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            // The first element that is not certainly equal decides.
            let mut results = a.iter().zip(b.iter()).map(|(a, b)| compare_known(a, b));
            results.find(|result| *result != Some(true)).unwrap_or(Some(true))
        }
        (Kind::Set(_, own), Kind::Set(_, others)) => {
            if !a.is_wholly_known() || !b.is_wholly_known() {
                return None;
            }
            Some(own == others)
        }
        (Kind::Map(_, a), Kind::Map(_, b)) | (Kind::Object(a), Kind::Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return Some(false);
            }
            let mut equal = Some(true);
            for (a, b) in a.values().zip(b.values()) {
                match compare_known(a, b) {
                    Some(true) => (),
                    Some(false) => return Some(false),
                    None => equal = None,
                }
            }
            equal
        }
        _ => Some(false),
    }
}

/// Whether there is something inside of which not even the type is known.
fn has_unknown_type(value: &Value) -> bool {
    match value.kind() {
        Kind::Unknown(unknown) => unknown.ty.has_dynamic(),
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => false,
        Kind::List(element, elements) | Kind::Set(element, elements) => {
            element.has_dynamic() && elements.iter().any(has_unknown_type)
        }
        Kind::Map(element, fields) => {
            element.has_dynamic() && fields.values().any(has_unknown_type)
        }
        Kind::Tuple(elements) => elements.iter().any(has_unknown_type),
        Kind::Object(fields) => fields.values().any(has_unknown_type),
    }
}

/// Whether the types can become the same once the dynamic parts are known.
fn may_match(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => may_match(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| may_match(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.attributes.keys().eq(b.attributes.keys())
                && a.attributes.values().zip(b.attributes.values()).all(|(a, b)| may_match(a, b))
        }
        _ => a == b,
    }
}

fn same_type(a: &Value, b: &Value) -> bool {
    match (a.kind(), b.kind()) {
        (Kind::Null(ty), _) => value_has_type(b, ty),
        (Kind::Unknown(unknown), _) => value_has_type(b, &unknown.ty),
        (_, Kind::Null(ty)) => value_has_type(a, ty),
        (_, Kind::Unknown(unknown)) => value_has_type(a, &unknown.ty),
        (Kind::Bool(_), Kind::Bool(_))
        | (Kind::Number(_), Kind::Number(_))
        | (Kind::String(_), Kind::String(_)) => true,
        (Kind::List(a, _), Kind::List(b, _))
        | (Kind::Set(a, _), Kind::Set(b, _))
        | (Kind::Map(a, _), Kind::Map(b, _)) => a.same(b),
        (Kind::Tuple(a), Kind::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same_type(a, b))
        }
        (Kind::Object(a), Kind::Object(b)) => {
            a.keys().eq(b.keys()) && a.values().zip(b.values()).all(|(a, b)| same_type(a, b))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Marks, Refinement};

    #[track_caller]
    fn check(a: &Value, b: &Value, expected: Option<bool>) {
        let result = |a: &Value, b: &Value| a.equals(b).as_bool();
        assert_eq!(result(a, b), expected, "{a:?} == {b:?}");
        assert_eq!(result(b, a), expected, "{b:?} == {a:?}");
    }

    fn number(value: i64) -> Value {
        Value::number(value)
    }

    fn tuple<const N: usize>(elements: [Value; N]) -> Value {
        Value::tuple(Vec::from(elements))
    }

    fn list<const N: usize>(elements: [Value; N]) -> Value {
        Value::list(Type::Number, Vec::from(elements))
    }

    #[test]
    fn known() {
        let (yes, no) = (Some(true), Some(false));
        check(&number(1), &number(1), yes);
        check(&number(1), &Value::string("1"), no);
        check(&Value::null(Type::String), &Value::null(Type::Bool), yes);
        check(&Value::null(Type::Dynamic), &number(1), no);
        check(&list([]), &tuple([]), no);
        check(&list([number(1)]), &list([number(1)]), yes);
        check(&list([number(1)]), &list([number(1), number(2)]), no);
        check(&tuple([number(1)]), &tuple([Value::string("1")]), no);
        check(&Value::list(Type::String, []), &list([]), no);
        let set = |elements: Vec<Value>| Value::set(Type::Number, elements);
        check(&set(vec![number(2), number(1)]), &set(vec![number(1), number(2)]), yes);
        let object = |value: Value| Value::object_of([("a", value)]);
        check(&object(number(1)), &object(number(1)), yes);
        check(&object(number(1)), &object(number(2)), no);
        check(&object(Value::null(Type::Dynamic)), &object(Value::null(Type::String)), no);
        check(&object(number(1)), &Value::object_of([("b", number(1))]), no);
    }

    #[test]
    fn unknown() {
        let no = Some(false);
        let any = Value::dynamic();
        check(&any, &any, None);
        check(&any, &number(1), None);
        check(&any, &Value::null(Type::Dynamic), None);
        check(&Value::unknown_not_null(Type::String), &Value::null(Type::Dynamic), no);
        check(&Value::unknown(Type::String), &Value::null(Type::Dynamic), None);
        check(&Value::unknown(Type::String), &number(1), no);
        let arn = Value::unknown_refined(Type::String, Refinement::prefix("arn:"));
        check(&arn, &Value::string("arn:x"), None);
        check(&arn, &Value::string("x"), no);
        let bound = Some(Bound { value: Number::from(1), inclusive: false });
        let refinement = Refinement { minimum: bound, ..Refinement::not_null() };
        let positive = Value::unknown_refined(Type::Number, refinement);
        check(&positive, &number(1), no);
        check(&positive, &number(2), None);
        let long = Value::unknown_refined(Type::list(Type::Number), Refinement::length(2, None));
        check(&long, &list([number(1)]), no);
        check(&long, &list([number(1), number(2)]), None);
        let unknown = || Value::unknown(Type::Number);
        check(&list([number(1), unknown()]), &list([number(2), unknown()]), no);
        check(&list([unknown(), number(1)]), &list([number(1), number(1)]), None);
        check(&list([unknown()]), &list([]), no);
        check(&tuple([any.clone()]), &tuple([number(1)]), None);
        check(&tuple([any.clone(), number(1)]), &tuple([number(1)]), no);
        let set = |elements: Vec<Value>| Value::set(Type::Number, elements);
        check(&set(vec![unknown()]), &set(vec![number(1)]), None);
        let object = |a: Value, b: Value| Value::object_of([("a", a), ("b", b)]);
        check(&object(unknown(), number(1)), &object(number(1), number(2)), no);
    }

    #[test]
    fn marks() {
        let secret = || number(1).sensitive();
        let object = Value::object_of([("a", secret())]);
        assert_eq!(secret().equals(&number(1)), Value::bool(true).sensitive());
        assert_eq!(object.equals(&object), Value::bool(true).sensitive());
        assert_eq!(object.equals(&Value::null(Type::Dynamic)), Value::bool(false));
        let null = Value::null(Type::Dynamic).with_marks(Marks::EPHEMERAL);
        assert_eq!(object.equals(&null).marks(), Marks::EPHEMERAL);
        let unknown = Value::dynamic().sensitive().equals(&number(1));
        assert_eq!(unknown, Value::unknown_not_null(Type::Bool).sensitive());
    }
}
