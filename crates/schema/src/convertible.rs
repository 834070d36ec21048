//! Which types convert to which, and why others do not.

use crate::Type;
use crate::address::quote;
use crate::unify::common_type;

/// Whether values of one type convert to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convertibility {
    Never,
    /// It depends on the value: text may or may not be a number.
    Maybe,
    Always,
}

/// Whether values of type `from` convert to `to`, as far as the types tell.
pub fn can_convert(from: &Type, to: &Type) -> Convertibility {
    if has_conversion(from, to, false) {
        Convertibility::Always
    } else if has_conversion(from, to, true) {
        Convertibility::Maybe
    } else {
        Convertibility::Never
    }
}

/// Whether there is a conversion; `allow_unsafe` also counts those that fail for some values or
/// lose something, such as the order of a list.
pub(crate) fn has_conversion(from: &Type, to: &Type, allow_unsafe: bool) -> bool {
    let converts = |from: &Type, to: &Type| has_conversion(from, to, allow_unsafe);
    match (from, to) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => allow_unsafe,
        _ if from.is_primitive() && to.is_primitive() => match (from, to) {
            (Type::String, Type::Number | Type::Bool) => allow_unsafe,
            (Type::Number | Type::Bool, Type::String) => true,
            _ => from == to,
        },
        (Type::Object(own), Type::Object(wanted)) => {
            wanted.attributes.iter().all(|(name, ty)| match own.attributes.get(name) {
                Some(own) => converts(own, ty),
                None => wanted.optional.contains(name),
            })
        }
        (Type::Tuple(own), Type::Tuple(wanted)) => {
            own.len() == wanted.len()
                && own.iter().zip(wanted.iter()).all(|(own, wanted)| converts(own, wanted))
        }
        (Type::List(own) | Type::Set(own), Type::List(wanted))
        | (Type::Set(own), Type::Set(wanted))
        | (Type::Map(own), Type::Map(wanted)) => own.same(wanted) || converts(own, wanted),
        (Type::List(own), Type::Set(wanted)) => {
            allow_unsafe && (own.same(wanted) || converts(own, wanted))
        }
        (Type::Tuple(own), Type::List(wanted) | Type::Set(wanted)) => {
            elements_convert(own.iter(), wanted, allow_unsafe, true)
        }
        (Type::Object(own), Type::Map(wanted)) => {
            elements_convert(own.attributes.values(), wanted, allow_unsafe, false)
        }
        (Type::Map(own), Type::Object(wanted)) => {
            allow_unsafe
                && wanted.attributes.iter().all(|(name, wanted_ty)| {
                    wanted.optional.contains(name) || converts(own, wanted_ty)
                })
        }
        _ => false,
    }
}

/// Whether elements of these types can become those of one collection.
fn elements_convert<'a>(
    own: impl ExactSizeIterator<Item = &'a Type> + Clone,
    wanted: &Type,
    allow_unsafe: bool,
    one_type: bool,
) -> bool {
    if own.len() == 0 {
        return true;
    }
    if !wanted.is_dynamic() {
        return own
            .into_iter()
            .all(|ty| ty.same(wanted) || has_conversion(ty, wanted, allow_unsafe));
    }
    match common_type(own.clone(), allow_unsafe) {
        // Elements of no certain type make a list or set only among themselves.
        Some(Type::Dynamic) => !one_type || own.into_iter().all(Type::is_dynamic),
        Some(common) => {
            own.into_iter().all(|ty| ty.same(&common) || has_conversion(ty, &common, allow_unsafe))
        }
        None => false,
    }
}

/// Why no value of type `from` converts to `to`.
pub(crate) fn mismatch(from: &Type, to: &Type) -> String {
    let required = || format!("{} required", to.constraint_name());
    match (from, to) {
        (Type::Object(_), Type::Object(_)) => mismatch_of_objects(from, to),
        (Type::Tuple(_), Type::List(wanted)) if wanted.is_dynamic() => {
            "all list elements must have the same type".to_owned()
        }
        (Type::Tuple(_), Type::Set(wanted)) if wanted.is_dynamic() => {
            "all set elements must have the same type".to_owned()
        }
        (Type::Object(_), Type::Map(wanted)) if wanted.is_dynamic() => {
            "all map elements must have the same type".to_owned()
        }
        (Type::Tuple(own), Type::List(wanted) | Type::Set(wanted)) => {
            let keyed = own.iter().enumerate().map(|(index, ty)| (index.to_string(), ty));
            mismatch_of_elements(keyed, wanted)
        }
        (Type::Object(own), Type::Map(wanted)) => {
            let keyed = own.attributes.iter().map(|(name, ty)| (quote(name), ty));
            mismatch_of_elements(keyed, wanted)
        }
        (Type::List(own) | Type::Set(own), Type::List(wanted)) => {
            format!("incorrect list element type: {}", mismatch(own, wanted))
        }
        (Type::List(own) | Type::Set(own), Type::Set(wanted)) => {
            format!("incorrect set element type: {}", mismatch(own, wanted))
        }
        (Type::Map(own), Type::Map(wanted)) => {
            format!("incorrect map element type: {}", mismatch(own, wanted))
        }
        _ => required(),
    }
}

fn mismatch_of_elements<'a>(
    own: impl Iterator<Item = (String, &'a Type)>,
    wanted: &Type,
) -> String {
    for (key, ty) in own {
        if !ty.same(wanted) && !has_conversion(ty, wanted, true) {
            return format!("element {key}: {}", mismatch(ty, wanted));
        }
    }
    format!("all elements must be {}", wanted.constraint_name())
}

fn mismatch_of_objects(from: &Type, to: &Type) -> String {
    let (Type::Object(own), Type::Object(wanted)) = (from, to) else {
        return format!("{} required", to.constraint_name());
    };
    let missing: Vec<String> = wanted
        .attributes
        .keys()
        .filter(|name| !own.attributes.contains_key(*name) && !wanted.optional.contains(*name))
        .map(|name| quote(name))
        .collect();
    match missing.as_slice() {
        [] => (),
        [one] => return format!("attribute {one} is required"),
        [one, two] => return format!("attributes {one} and {two} are required"),
        [first @ .., last] => {
            return format!("attributes {}, and {last} are required", first.join(", "));
        }
    }
    for allow_unsafe in [true, false] {
        for (name, ty) in &wanted.attributes {
            if let Some(own) = own.attributes.get(name)
                && !has_conversion(own, ty, allow_unsafe)
            {
                return format!("attribute {}: {}", quote(name), mismatch(own, ty));
            }
        }
    }
    "incorrect object attributes".to_owned()
}
