//! Finding the one type that several types convert to.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::Type;
use crate::convertible::has_conversion;

/// The one type to which values of all these types convert without a chance of failure.
pub fn unify(types: &[Type]) -> Option<Type> {
    common_type(types.iter(), false)
}

/// Like `unify`, but conversions that depend on the value (string to number) count too.
pub fn unify_unsafe(types: &[Type]) -> Option<Type> {
    common_type(types.iter(), true)
}

pub(crate) fn common_type<'a>(
    types: impl Iterator<Item = &'a Type>,
    allow_unsafe: bool,
) -> Option<Type> {
    // Large collections have few different types, and only those matter.
    let mut seen = HashSet::new();
    let types: Vec<&Type> = types.filter(|ty| seen.insert(*ty)).collect();
    match types.as_slice() {
        [] => None,
        [only] => Some((*only).clone()),
        several => unify_different(several, allow_unsafe),
    }
}

#[derive(Default)]
struct Counts {
    lists: usize,
    sets: usize,
    maps: usize,
    objects: usize,
    tuples: usize,
    dynamic: usize,
}

fn unify_different(types: &[&Type], allow_unsafe: bool) -> Option<Type> {
    let mut counts = Counts::default();
    for ty in types {
        match ty {
            Type::List(_) => counts.lists += 1,
            Type::Set(_) => counts.sets += 1,
            Type::Map(_) => counts.maps += 1,
            Type::Object(_) => counts.objects += 1,
            Type::Tuple(_) => counts.tuples += 1,
            Type::Dynamic => counts.dynamic += 1,
            Type::Bool | Type::Number | Type::String => (),
        }
    }
    // A type of the same kind as all the given ones may suit them all without being one of them.
    let all = |count: usize| count > 0 && count + counts.dynamic == types.len();
    if all(counts.maps) || all(counts.lists) || all(counts.sets) {
        return unify_collections(types, counts.dynamic > 0, allow_unsafe);
    }
    if all(counts.objects) || all(counts.tuples) {
        // What a value of unknown type will turn out to be decides which way this goes.
        if counts.dynamic > 0 {
            return Some(Type::Dynamic);
        }
        return match counts.objects > 0 {
            true => unify_objects(types, allow_unsafe),
            false => unify_tuples(types, allow_unsafe),
        };
    }
    if counts.maps > 0 && all(counts.maps + counts.objects) {
        let common = unify_with_collections(types, objects_to_map, allow_unsafe);
        if let Some(Type::Map(_)) = common {
            return common;
        }
    } else if counts.lists > 0 && all(counts.lists + counts.tuples) {
        let common = unify_with_collections(types, tuples_to_list, allow_unsafe);
        if let Some(Type::List(_)) = common {
            return common;
        }
    } else if counts.objects > 0 && counts.tuples > 0 {
        return None;
    }
    let suits = |wanted: &Type| {
        types.iter().all(|ty| *ty == wanted || has_conversion(ty, wanted, allow_unsafe))
    };
    by_generality(types).into_iter().find(|wanted| suits(wanted)).cloned()
}

/// The common type if it suits all the given ones.
fn if_suitable(types: &[&Type], common: Type, allow_unsafe: bool) -> Option<Type> {
    types
        .iter()
        .all(|ty| **ty == common || has_conversion(ty, &common, allow_unsafe))
        .then_some(common)
}

fn unify_collections(types: &[&Type], dynamic: bool, allow_unsafe: bool) -> Option<Type> {
    if dynamic {
        return Some(Type::Dynamic);
    }
    let element = common_type(types.iter().filter_map(|ty| ty.element()), allow_unsafe)?;
    let common = match types.first()? {
        Type::List(_) => Type::list(element),
        Type::Set(_) => Type::set(element),
        _ => Type::map(element),
    };
    if_suitable(types, common, allow_unsafe)
}

/// Objects among maps count as maps, tuples among lists as lists.
fn unify_with_collections(
    types: &[&Type],
    as_collection: fn(&[&Type], bool) -> Option<Type>,
    allow_unsafe: bool,
) -> Option<Type> {
    let structural = |ty: &Type| matches!(ty, Type::Object(_) | Type::Tuple(_));
    let structures: Vec<&Type> = types.iter().copied().filter(|ty| structural(ty)).collect();
    let collection = as_collection(&structures, allow_unsafe)?;
    let replaced = types.iter().map(|ty| if structural(ty) { &collection } else { *ty });
    common_type(replaced, allow_unsafe)
}

fn unify_objects(types: &[&Type], allow_unsafe: bool) -> Option<Type> {
    let mut columns: BTreeMap<&Arc<str>, Vec<&Type>> = BTreeMap::new();
    let mut widths = HashSet::new();
    for ty in types {
        if let Type::Object(object) = ty {
            widths.insert(object.attributes.len());
            for (name, ty) in &object.attributes {
                columns.entry(name).or_default().push(ty);
            }
        }
    }
    let alike = widths.len() == 1 && columns.values().all(|column| column.len() == types.len());
    if !alike {
        return objects_to_map(types, allow_unsafe);
    }
    let mut attributes = Vec::with_capacity(columns.len());
    for (name, column) in columns {
        attributes.push((name.clone(), common_type(column.into_iter(), allow_unsafe)?));
    }
    if_suitable(types, Type::object(attributes), allow_unsafe)
        .or_else(|| objects_to_map(types, allow_unsafe))
}

fn objects_to_map(types: &[&Type], allow_unsafe: bool) -> Option<Type> {
    let attributes = types.iter().flat_map(|ty| match ty {
        Type::Object(object) => object.attributes.values().collect(),
        _ => Vec::new(),
    });
    let element = common_type(attributes, allow_unsafe)?;
    if_suitable(types, Type::map(element), allow_unsafe)
}

fn unify_tuples(types: &[&Type], allow_unsafe: bool) -> Option<Type> {
    let rows: Vec<&[Type]> = types
        .iter()
        .map(|ty| match ty {
            Type::Tuple(elements) => &**elements,
            _ => &[],
        })
        .collect();
    let width = rows.first()?.len();
    if rows.iter().any(|row| row.len() != width) {
        return tuples_to_list(types, allow_unsafe);
    }
    let mut elements = Vec::with_capacity(width);
    for index in 0..width {
        elements.push(common_type(rows.iter().map(|row| &row[index]), allow_unsafe)?);
    }
    if_suitable(types, Type::tuple(elements), allow_unsafe)
        .or_else(|| tuples_to_list(types, allow_unsafe))
}

fn tuples_to_list(types: &[&Type], allow_unsafe: bool) -> Option<Type> {
    let elements = types.iter().flat_map(|ty| match ty {
        Type::Tuple(elements) => elements.iter(),
        _ => [].iter(),
    });
    let element = common_type(elements, allow_unsafe)?;
    if_suitable(types, Type::list(element), allow_unsafe)
}

/// The types with more general ones first, otherwise in the given order.
fn by_generality<'a>(types: &[&'a Type]) -> Vec<&'a Type> {
    let mut narrower = vec![Vec::new(); types.len()];
    let mut wider_count = vec![0usize; types.len()];
    for first in 0..types.len() {
        for second in first + 1..types.len() {
            match compare_generality(types[first], types[second]) {
                Ordering::Less => {
                    narrower[first].push(second);
                    wider_count[second] += 1;
                }
                Ordering::Greater => {
                    narrower[second].push(first);
                    wider_count[first] += 1;
                }
                Ordering::Equal => (),
            }
        }
    }
    let mut queue: VecDeque<usize> =
        (0..types.len()).filter(|index| wider_count[*index] == 0).collect();
    let mut sorted = Vec::with_capacity(types.len());
    while let Some(index) = queue.pop_front() {
        sorted.push(types[index]);
        for &other in &narrower[index] {
            wider_count[other] -= 1;
            if wider_count[other] == 0 {
                queue.push_back(other);
            }
        }
    }
    sorted
}

/// `Less` when the first type is the more general one. The comparison is a guess from the outside
/// of the types; whoever uses it checks that the conversions exist.
fn compare_generality(a: &Type, b: &Type) -> Ordering {
    match (a, b) {
        // Whatever has no type yet will go along with the others.
        (Type::Dynamic, Type::Dynamic) => Ordering::Equal,
        (Type::Dynamic, _) => Ordering::Greater,
        (_, Type::Dynamic) => Ordering::Less,
        (Type::String, Type::Bool | Type::Number) => Ordering::Less,
        (Type::Bool | Type::Number, Type::String) => Ordering::Greater,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => compare_generality(a, b),
        (Type::Tuple(_) | Type::List(_), Type::Set(_)) => Ordering::Less,
        (Type::Set(_), Type::Tuple(_) | Type::List(_)) => Ordering::Greater,
        (Type::List(_), Type::Tuple(_)) | (Type::Map(_), Type::Object(_)) => Ordering::Less,
        (Type::Tuple(_), Type::List(_)) | (Type::Object(_), Type::Map(_)) => Ordering::Greater,
        (Type::Object(a), Type::Object(b)) => {
            if !a.attributes.keys().eq(b.attributes.keys()) {
                return Ordering::Equal;
            }
            compare_all(a.attributes.values().zip(b.attributes.values()))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            compare_all(a.iter().zip(b.iter()))
        }
        _ => Ordering::Equal,
    }
}

fn compare_all<'a>(pairs: impl Iterator<Item = (&'a Type, &'a Type)>) -> Ordering {
    let mut result = Ordering::Equal;
    for (a, b) in pairs {
        match (compare_generality(a, b), result) {
            (Ordering::Equal, _) => (),
            (order, Ordering::Equal) => result = order,
            (order, earlier) if order == earlier => (),
            _ => return Ordering::Equal,
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object<const N: usize>(attributes: [(&str, Type); N]) -> Type {
        Type::object(attributes)
    }

    #[track_caller]
    fn check<const N: usize>(types: [Type; N], expected: &str) {
        let show = |ty: Option<Type>| ty.map_or("none".to_owned(), |ty| ty.to_string());
        assert_eq!(show(unify_unsafe(&types)), expected, "{types:?}");
    }

    #[test]
    fn primitives() {
        check([], "none");
        check([Type::Number, Type::Number], "number");
        check([Type::Bool, Type::String, Type::Number], "string");
        check([Type::Bool, Type::Number], "none");
        check([Type::Dynamic, Type::Dynamic], "dynamic");
        check([Type::Dynamic, Type::Number, Type::String], "string");
        assert_eq!(unify(&[Type::Dynamic, Type::String]), Some(Type::Dynamic));
    }

    #[test]
    fn structures() {
        check([object([("a", Type::String)]), object([("a", Type::Number)])], "object({a=string})");
        check([object([("a", Type::String)]), object([("b", Type::Number)])], "map(string)");
        check([object([("a", Type::String)]), object([])], "map(string)");
        check([object([("a", Type::Bool)]), object([("b", Type::Number)])], "none");
        check([object([("a", Type::Bool)]), object([("a", Type::Number)])], "none");
        check([Type::tuple([Type::String]), Type::tuple([Type::Number])], "tuple([string])");
        check([Type::tuple([Type::String]), Type::empty_tuple()], "list(string)");
        check([Type::tuple([Type::Bool]), Type::tuple([Type::Number])], "none");
        check([Type::Dynamic, object([("a", Type::Number)])], "dynamic");
        check([Type::Dynamic, object([]), Type::empty_tuple()], "none");
    }

    #[test]
    fn collections() {
        check([Type::list(Type::Bool), Type::empty_tuple()], "list(bool)");
        check([Type::list(Type::Bool), Type::tuple([Type::String])], "list(string)");
        check([Type::list(Type::Number), Type::list(Type::String)], "list(string)");
        check([Type::set(Type::Number), Type::set(Type::String)], "set(string)");
        check([Type::map(Type::Number), object([("a", Type::String)])], "map(string)");
        check([Type::list(Type::Dynamic), Type::Dynamic], "dynamic");
        check([Type::list(Type::String), Type::map(Type::String)], "none");
        check([Type::list(Type::String), Type::set(Type::String)], "list(string)");
        check(
            [Type::list(object([("a", Type::Number)])), Type::list(object([("a", Type::String)]))],
            "list(object({a=string}))",
        );
    }

    #[test]
    fn many_different_objects_take_no_time() {
        let types: Vec<Type> =
            (0..2000).map(|index| Type::object([(format!("a{index}"), Type::Number)])).collect();
        assert_eq!(unify(&types), Some(Type::map(Type::Number)));
    }
}
