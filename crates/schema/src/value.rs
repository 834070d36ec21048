//! Values of the configuration language: known, null or unknown, each with its marks.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::{Marks, Number, Refinement, Type, Unknown};

/// A value with its marks. Cloning is cheap: everything large is shared.
///
/// Equality and order are structural: marks, types and refinements count, and an unknown equals
/// an unknown that says the same. The language's `==` is another thing and lives with the
/// language's operators.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value {
    kind: Kind,
    marks: Marks,
    /// Follows from `kind` and is kept because large values are asked for it again and again.
    inside: Inside,
}

/// What is true of a value or of anything in it.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Inside {
    /// The marks of everything in it, without its own.
    marks: Marks,
    unknown: bool,
    depth: u16,
    weight: u32,
}

impl Inside {
    fn of(kind: &Kind) -> Inside {
        let mut inside = Inside { weight: 1, ..Inside::default() };
        let mut add = |value: &Value| {
            let within = value.inside;
            inside.marks |= value.marks | within.marks;
            inside.unknown |= within.unknown;
            inside.weight = inside.weight.saturating_add(within.weight);
            inside.depth = inside.depth.max(within.depth.saturating_add(1));
        };
        match kind {
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                elements.iter().for_each(&mut add);
            }
            Kind::Map(_, fields) | Kind::Object(fields) => fields.values().for_each(&mut add),
            Kind::String(text) => inside.weight = text_weight(text.len()),
            Kind::Unknown(_) => inside.unknown = true,
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => (),
        }
        inside
    }
}

/// What a value is, apart from its marks. In this order the elements of sets come: what is not
/// known yet after what is known, nulls last.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Bool(bool),
    Number(Number),
    /// Always in Unicode normalisation form C.
    String(Arc<str>),
    /// The element type, then the elements.
    List(Type, Arc<[Value]>),
    /// The element type, then the elements, in order and without duplicates. There are no marks
    /// on or in them: a set as a whole takes the marks of its elements.
    Set(Type, Arc<[Value]>),
    /// The element type, then the elements.
    Map(Type, Fields),
    Tuple(Arc<[Value]>),
    Object(Fields),
    Unknown(Arc<Unknown>),
    Null(Type),
}

/// The attributes of an object or the elements of a map, ordered by key.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fields(Arc<[(Arc<str>, Value)]>);

impl Fields {
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.binary_search_by(|(key, _)| (**key).cmp(name)).ok()?;
        Some(&self.0[found].1)
    }

    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Arc<str>> {
        self.0.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl Deref for Fields {
    type Target = [(Arc<str>, Value)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Collects in any order; of two entries with one key the later one stays.
impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Fields {
        let mut entries: Vec<(Arc<str>, Value)> =
            entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        let sorted = entries.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !sorted {
            // The sort is stable, so the last of equal keys is the one given last.
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    std::mem::swap(later, earlier);
                }
                same
            });
        }
        Fields(entries.into())
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = &'a (Arc<str>, Value);
    type IntoIter = std::slice::Iter<'a, (Arc<str>, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Value {
        Value { inside: Inside::of(&kind), kind, marks: Marks::NONE }
    }
}

/// The weight of a string of so many bytes.
fn text_weight(length: usize) -> u32 {
    u32::try_from(length / 16).unwrap_or(u32::MAX).saturating_add(1)
}

/// Making values.
impl Value {
    pub fn null(ty: Type) -> Value {
        Kind::Null(ty).into()
    }

    /// An unknown about which nothing but the type is certain.
    pub fn unknown(ty: Type) -> Value {
        Value::unknown_refined(ty, Refinement::default())
    }

    /// An unknown of unknown type.
    pub fn dynamic() -> Value {
        Value::unknown(Type::Dynamic)
    }

    pub fn unknown_not_null(ty: Type) -> Value {
        Value::unknown_refined(ty, Refinement::not_null())
    }

    /// An unknown about which something is certain. Where that is enough to know the value, or
    /// the number of its elements, the result is the known value; what does not apply to the
    /// type is left out.
    pub fn unknown_refined(ty: Type, mut refinement: Refinement) -> Value {
        if ty.is_dynamic() {
            // Nothing can be said of a value of unknown type, not even "not null".
            refinement = Refinement::default();
        }
        if ty != Type::String || refinement.prefix.as_deref() == Some("") {
            refinement.prefix = None;
        }
        if ty != Type::Number {
            (refinement.minimum, refinement.maximum) = (None, None);
        }
        if !ty.is_collection() {
            (refinement.length_minimum, refinement.length_maximum) = (0, None);
        }
        if refinement.not_null {
            match (&ty, refinement.length_maximum) {
                (Type::List(element), Some(0)) => return Value::list((**element).clone(), vec![]),
                (Type::Set(element), Some(0)) => return Value::set((**element).clone(), vec![]),
                (Type::Map(element), Some(0)) => {
                    return Value::map((**element).clone(), Fields::default());
                }
                // The bound keeps a wild refinement from filling the memory.
                (Type::List(element), Some(length))
                    if length == refinement.length_minimum && length <= 1 << 16 =>
                {
                    let item = Value::unknown((**element).clone());
                    return Value::list((**element).clone(), vec![item; length]);
                }
                _ => (),
            }
            if let (Some(low), Some(high)) = (&refinement.minimum, &refinement.maximum)
                && low.inclusive
                && high.inclusive
                && low.value == high.value
            {
                return Value::number(low.value.clone());
            }
        }
        Kind::Unknown(Arc::new(Unknown { ty, refinement })).into()
    }

    pub fn bool(value: bool) -> Value {
        Kind::Bool(value).into()
    }

    pub fn number(value: impl Into<Number>) -> Value {
        Kind::Number(value.into()).into()
    }

    /// A string, brought into normalisation form C.
    pub fn string(value: impl Into<Arc<str>>) -> Value {
        let value: Arc<str> = value.into();
        if value.is_ascii() || is_nfc_quick(value.chars()) == IsNormalized::Yes {
            return Kind::String(value).into();
        }
        Kind::String(value.nfc().collect::<String>().into()).into()
    }

    /// The elements must have the element type.
    pub fn list(element: Type, elements: impl Into<Arc<[Value]>>) -> Value {
        Kind::List(element, elements.into()).into()
    }

    /// The elements must have the element type; they may come in any order, doubled and marked.
    pub fn set(element: Type, elements: impl IntoIterator<Item = Value>) -> Value {
        let mut marks = Marks::NONE;
        let mut elements: Vec<Value> = elements
            .into_iter()
            .map(|element| {
                let (element, inner) = element.unmark_deep();
                marks |= inner;
                element
            })
            .collect();
        elements.sort();
        // Two unknowns may turn out to differ, so only what is wholly known can be a double.
        elements.dedup_by(|later, earlier| later == earlier && later.is_wholly_known());
        Value::from(Kind::Set(element, elements.into())).with_marks(marks)
    }

    /// The elements must have the element type.
    pub fn map(element: Type, elements: Fields) -> Value {
        Kind::Map(element, elements).into()
    }

    pub fn tuple(elements: impl Into<Arc<[Value]>>) -> Value {
        Kind::Tuple(elements.into()).into()
    }

    pub fn object(attributes: Fields) -> Value {
        Kind::Object(attributes).into()
    }

    pub fn object_of<K: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::object(attributes.into_iter().collect())
    }
}

/// Looking at values. None of these looks at marks except where it says so: whoever computes with
/// what they return carries the marks over.
impl Value {
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Null(ty) => ty.clone(),
            Kind::Unknown(unknown) => unknown.ty.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(element, _) => Type::list(element.clone()),
            Kind::Set(element, _) => Type::set(element.clone()),
            Kind::Map(element, _) => Type::map(element.clone()),
            Kind::Tuple(elements) => Type::Tuple(elements.iter().map(Value::ty).collect()),
            Kind::Object(attributes) => {
                Type::object(attributes.iter().map(|(name, value)| (name.clone(), value.ty())))
            }
        }
    }

    /// How much there is to see for whoever looks at everything inside: one for each value and for
    /// every sixteen bytes of text. What is shared counts wherever it stands, so the weight can be
    /// much more than the memory that the value takes.
    pub fn weight(&self) -> u32 {
        self.inside.weight
    }

    /// How many collections and structures stand in each other, this one included.
    pub fn depth(&self) -> u16 {
        self.inside.depth
    }

    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Whether the value itself is known; its elements need not be.
    pub fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Unknown(_))
    }

    pub fn is_wholly_known(&self) -> bool {
        !self.inside.unknown
    }

    /// Known and not null.
    pub fn is_present(&self) -> bool {
        !matches!(self.kind, Kind::Unknown(_) | Kind::Null(_))
    }

    /// Whether the value is known to be something other than null.
    pub fn is_never_null(&self) -> bool {
        match &self.kind {
            Kind::Null(_) => false,
            Kind::Unknown(unknown) => unknown.refinement.not_null,
            _ => true,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_arc_str(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::String(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The elements of a known list, set or tuple.
    pub fn as_elements(&self) -> Option<&Arc<[Value]>> {
        match &self.kind {
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                Some(elements)
            }
            _ => None,
        }
    }

    /// The entries of a known map or object.
    pub fn as_fields(&self) -> Option<&Fields> {
        match &self.kind {
            Kind::Map(_, fields) | Kind::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// An attribute of a known object, or an element of a known map.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_fields()?.get(name)
    }

    /// The number of elements or attributes that a known value holds; for a set with unknown
    /// elements that is the most it can have.
    pub fn element_count(&self) -> Option<usize> {
        match &self.kind {
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                Some(elements.len())
            }
            Kind::Map(_, fields) | Kind::Object(fields) => Some(fields.len()),
            _ => None,
        }
    }
}

/// Marks.
impl Value {
    /// The marks of the value itself, not those inside it.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    pub fn is_marked(&self) -> bool {
        !self.marks.is_empty()
    }

    /// The marks of the value and of everything inside.
    pub fn marks_deep(&self) -> Marks {
        self.marks | self.inside.marks
    }

    /// Adds marks to those the value has.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Value {
        self.marks |= marks;
        self
    }

    #[must_use]
    pub fn without_marks(mut self, marks: Marks) -> Value {
        self.marks = self.marks.without(marks);
        self
    }

    #[must_use]
    pub fn sensitive(self) -> Value {
        self.with_marks(Marks::SENSITIVE)
    }

    /// Takes off the marks of the value itself; those inside stay.
    pub fn unmark(mut self) -> (Value, Marks) {
        let marks = std::mem::take(&mut self.marks);
        (self, marks)
    }

    /// Takes off all marks and returns them together.
    pub fn unmark_deep(self) -> (Value, Marks) {
        let marks = self.marks_deep();
        if marks.is_empty() {
            return (self, marks);
        }
        (self.without_any_marks().unwrap_or(self), marks)
    }

    /// The value without marks, or None if there are none, so that unmarked parts stay shared.
    fn without_any_marks(&self) -> Option<Value> {
        if self.marks_deep().is_empty() {
            return None;
        }
        let kind = match &self.kind {
            Kind::List(ty, elements) => {
                unmark_elements(elements).map(|elements| Kind::List(ty.clone(), elements))
            }
            Kind::Tuple(elements) => unmark_elements(elements).map(Kind::Tuple),
            Kind::Map(ty, fields) => {
                unmark_fields(fields).map(|fields| Kind::Map(ty.clone(), fields))
            }
            Kind::Object(fields) => unmark_fields(fields).map(Kind::Object),
            _ => None,
        };
        match kind {
            None if self.marks.is_empty() => None,
            None => Some(self.kind.clone().into()),
            Some(kind) => Some(kind.into()),
        }
    }
}

/// None if nothing is marked.
fn unmark_elements(elements: &[Value]) -> Option<Arc<[Value]>> {
    let (first, changed) = elements
        .iter()
        .enumerate()
        .find_map(|(index, element)| Some((index, element.without_any_marks()?)))?;
    let rest = elements[first + 1..]
        .iter()
        .map(|element| element.without_any_marks().unwrap_or_else(|| element.clone()));
    Some(elements[..first].iter().cloned().chain([changed]).chain(rest).collect())
}

/// None if nothing is marked.
fn unmark_fields(fields: &Fields) -> Option<Fields> {
    let (first, changed) = fields
        .iter()
        .enumerate()
        .find_map(|(index, (_, value))| Some((index, value.without_any_marks()?)))?;
    let before = fields[..first].iter().cloned();
    let changed = (fields[first].0.clone(), changed);
    let rest = fields[first + 1..].iter().map(|(key, value)| {
        (key.clone(), value.without_any_marks().unwrap_or_else(|| value.clone()))
    });
    Some(before.chain([changed]).chain(rest).collect())
}

/// Sensitive values are never printed, not even by `Debug`.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.marks.is_sensitive() {
            return f.write_str("(sensitive value)");
        }
        match &self.kind {
            Kind::Null(ty) => write!(f, "null({ty})"),
            Kind::Unknown(unknown) if unknown.refinement.is_default() => {
                write!(f, "unknown({})", unknown.ty)
            }
            Kind::Unknown(unknown) => {
                write!(f, "unknown({}, {:?})", unknown.ty, unknown.refinement)
            }
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Number(value) => write!(f, "{value}"),
            Kind::String(value) => write!(f, "{value:?}"),
            Kind::List(_, elements) => f.debug_list().entries(elements.iter()).finish(),
            Kind::Tuple(elements) => {
                f.write_str("tuple")?;
                f.debug_list().entries(elements.iter()).finish()
            }
            Kind::Set(_, elements) => {
                f.write_str("set")?;
                f.debug_list().entries(elements.iter()).finish()
            }
            Kind::Map(_, fields) => {
                f.write_str("map")?;
                f.debug_map().entries(fields.iter().map(|(key, value)| (key, value))).finish()
            }
            Kind::Object(fields) => {
                f.debug_map().entries(fields.iter().map(|(key, value)| (key, value))).finish()
            }
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::number(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::string(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::string(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bound;

    fn number(value: i64) -> Value {
        Value::number(value)
    }

    #[test]
    fn the_later_of_two_entries_with_one_key_stays() {
        let entries = [("b", number(1)), ("a", number(2)), ("b", number(3)), ("a", number(4))];
        let fields: Fields = entries.into_iter().collect();
        assert_eq!(format!("{:?}", Value::object(fields)), r#"{"a": 4, "b": 3}"#);
        let sorted: Fields = [("a", number(1)), ("a", number(2))].into_iter().collect();
        assert_eq!(sorted.get("a"), Some(&number(2)));
        assert_eq!(sorted.len(), 1);
    }

    #[test]
    fn strings_are_normalised() {
        assert_eq!(Value::string("e\u{301}"), Value::string("é"));
    }

    #[test]
    fn sets_are_sorted_without_duplicates_or_marks() {
        let elements = vec![
            Value::null(Type::Number),
            Value::unknown(Type::Number),
            number(10),
            Value::unknown(Type::Number),
            number(9).sensitive(),
            number(10),
        ];
        let set = Value::set(Type::Number, elements);
        assert_eq!(set.marks(), Marks::SENSITIVE);
        let shown = format!("{:?}", set.unmark().0);
        assert_eq!(shown, "set[9, 10, unknown(number), unknown(number), null(number)]");
    }

    #[test]
    fn unmarking_reaches_everything_and_shares_the_rest() {
        let plain = Value::tuple(vec![number(1)]);
        let marked = Value::object_of([
            ("a", plain.clone()),
            ("b", Value::tuple(vec![number(2), number(3).with_marks(Marks::EPHEMERAL)])),
        ])
        .sensitive();
        let (unmarked, marks) = marked.unmark_deep();
        assert_eq!(marks, Marks::SENSITIVE | Marks::EPHEMERAL);
        assert!(unmarked.marks_deep().is_empty());
        assert_eq!(format!("{unmarked:?}"), r#"{"a": tuple[1], "b": tuple[2, 3]}"#);
        let shared = unmarked.get("a").and_then(Value::as_elements).zip(plain.as_elements());
        assert!(shared.is_some_and(|(a, b)| Arc::ptr_eq(a, b)));
    }

    #[track_caller]
    fn check_refined(ty: Type, refinement: Refinement, expected: &str) {
        assert_eq!(format!("{:?}", Value::unknown_refined(ty, refinement)), expected);
    }

    #[test]
    fn refinements_that_leave_one_value_give_it() {
        let bound = |value: i64| Some(Bound { value: Number::from(value), inclusive: true });
        let exactly = Refinement { minimum: bound(5), maximum: bound(5), ..Refinement::not_null() };
        check_refined(Type::Number, exactly, "5");
        let empty = || Refinement::length(0, Some(0));
        check_refined(Type::list(Type::String), empty(), "[]");
        check_refined(Type::set(Type::String), empty(), "set[]");
        check_refined(Type::map(Type::String), empty(), "map{}");
        let two = Refinement::length(2, Some(2));
        check_refined(Type::list(Type::Bool), two, "[unknown(bool), unknown(bool)]");
        check_refined(Type::Dynamic, Refinement::not_null(), "unknown(dynamic)");
        let prefix = Refinement { not_null: false, ..Refinement::prefix("a") };
        check_refined(Type::Number, prefix, "unknown(number)");
    }

    #[test]
    fn secrets_do_not_show() {
        let value = Value::object_of([("a", number(1).sensitive())]);
        assert_eq!(format!("{value:?}"), r#"{"a": (sensitive value)}"#);
    }
}
