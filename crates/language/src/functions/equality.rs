//! Equality as the language's `==` and the functions that compare have it: without conversion,
//! blind to marks, and undecided where unknowns could go either way.

use provision_schema::{Kind, Refinement, Type, Value};

/// Whether two values are equal; none if that is not certain yet.
pub(crate) fn equal(a: &Value, b: &Value) -> Option<bool> {
    if a.is_null() && b.is_never_null() || b.is_null() && a.is_never_null() {
        return Some(false);
    }
    match (a.as_unknown(), b.as_unknown()) {
        (Some(_), Some(_)) => return None,
        (Some(unknown), None) => {
            return excludes(&unknown.ty, &unknown.refinement, b).then_some(false);
        }
        (None, Some(unknown)) => {
            return excludes(&unknown.ty, &unknown.refinement, a).then_some(false);
        }
        (None, None) => (),
    }
    match (a.kind(), b.kind()) {
        // Nulls of all types are the same.
        (Kind::Null(_), Kind::Null(_)) => return Some(true),
        (Kind::Null(_), _) | (_, Kind::Null(_)) => return Some(false),
        (Kind::Bool(a), Kind::Bool(b)) => return Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => return Some(a == b),
        (Kind::String(a), Kind::String(b)) => return Some(a == b),
        _ => (),
    }
    let (a_type, b_type) = (a.ty(), b.ty());
    if has_unknown_type(a) || has_unknown_type(b) {
        let possible = conforms(&a_type, &b_type) || conforms(&b_type, &a_type);
        return if possible { None } else { Some(false) };
    }
    if a_type != b_type {
        return Some(false);
    }
    match (a.kind(), b.kind()) {
        (Kind::List(_, a), Kind::List(_, b)) | (Kind::Tuple(a), Kind::Tuple(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            // The first pair that differs or cannot be told decides.
            a.iter()
                .zip(b.iter())
                .map(|(a, b)| equal(a, b))
                .find(|it| *it != Some(true))
                .unwrap_or(Some(true))
        }
        (Kind::Set(_, _), Kind::Set(_, _)) => {
            if !a.is_wholly_known() || !b.is_wholly_known() {
                return None;
            }
            // Elements of sets are in order, without marks and of one type.
            Some(a.as_elements() == b.as_elements())
        }
        (Kind::Map(_, a), Kind::Map(_, b)) | (Kind::Object(a), Kind::Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return Some(false);
            }
            let mut result = Some(true);
            for (a, b) in a.values().zip(b.values()) {
                match equal(a, b) {
                    Some(true) => (),
                    Some(false) => return Some(false),
                    None => result = None,
                }
            }
            result
        }
        _ => Some(false),
    }
}

/// Whether an unknown can never turn out to be that known value.
fn excludes(ty: &Type, refinement: &Refinement, known: &Value) -> bool {
    if known.is_null() {
        return refinement.not_null;
    }
    let known_type = known.ty();
    if !conforms(&known_type, ty) && !conforms(ty, &known_type) {
        return true;
    }
    if let Some(text) = known.as_str()
        && let Some(prefix) = &refinement.prefix
    {
        return !text.starts_with(&**prefix);
    }
    if let Some(number) = known.as_number() {
        let below = refinement.minimum.as_ref().is_some_and(|bound| {
            *number < bound.value || *number == bound.value && !bound.inclusive
        });
        let above = refinement.maximum.as_ref().is_some_and(|bound| {
            *number > bound.value || *number == bound.value && !bound.inclusive
        });
        return below || above;
    }
    if ty.is_collection()
        && let Some(most) = known.element_count()
    {
        let exact = known.is_wholly_known() || !matches!(known.kind(), Kind::Set(_, _));
        let least = if exact { most } else { most.min(1) };
        return most < refinement.length_minimum
            || refinement.length_maximum.is_some_and(|maximum| least > maximum);
    }
    false
}

/// Whether an unknown of unknown type stands anywhere inside.
fn has_unknown_type(value: &Value) -> bool {
    match value.kind() {
        Kind::Unknown(unknown) => unknown.ty.is_dynamic(),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            elements.iter().any(has_unknown_type)
        }
        Kind::Map(_, fields) | Kind::Object(fields) => fields.values().any(has_unknown_type),
        _ => false,
    }
}

/// Whether a type is what another one asks for, where `Dynamic` asks for nothing.
fn conforms(given: &Type, wanted: &Type) -> bool {
    match (given, wanted) {
        (_, Type::Dynamic) => true,
        (Type::List(given), Type::List(wanted))
        | (Type::Set(given), Type::Set(wanted))
        | (Type::Map(given), Type::Map(wanted)) => conforms(given, wanted),
        (Type::Tuple(given), Type::Tuple(wanted)) => {
            given.len() == wanted.len()
                && given.iter().zip(wanted.iter()).all(|(given, wanted)| conforms(given, wanted))
        }
        (Type::Object(given), Type::Object(wanted)) => {
            given.attributes.len() == wanted.attributes.len()
                && given.attributes.iter().zip(&wanted.attributes).all(
                    |((given_name, given), (wanted_name, wanted))| {
                        given_name == wanted_name && conforms(given, wanted)
                    },
                )
        }
        _ => given == wanted,
    }
}
