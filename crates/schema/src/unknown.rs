//! Values that only AWS can tell, with what is already certain about them.

use std::sync::Arc;

use crate::{Number, Type};

/// A value that is not known yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unknown {
    pub ty: Type,
    pub refinement: Refinement,
}

/// What is certain about a value that is not known yet. The default says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Refinement {
    pub not_null: bool,
    /// Only for strings.
    pub prefix: Option<Arc<str>>,
    /// Only for numbers.
    pub minimum: Option<Bound>,
    /// Only for numbers.
    pub maximum: Option<Bound>,
    /// Only for lists, sets and maps; zero says nothing.
    pub length_minimum: usize,
    /// Only for lists, sets and maps.
    pub length_maximum: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bound {
    pub value: Number,
    pub inclusive: bool,
}

impl Refinement {
    pub fn not_null() -> Refinement {
        Refinement { not_null: true, ..Refinement::default() }
    }

    pub fn is_default(&self) -> bool {
        *self == Refinement::default()
    }

    /// A string that is not null and starts with `prefix`.
    pub fn prefix(prefix: impl Into<Arc<str>>) -> Refinement {
        let prefix = Some(prefix.into()).filter(|prefix: &Arc<str>| !prefix.is_empty());
        Refinement { prefix, ..Refinement::not_null() }
    }

    /// A collection that is not null with that many elements.
    pub fn length(minimum: usize, maximum: Option<usize>) -> Refinement {
        Refinement { length_minimum: minimum, length_maximum: maximum, ..Refinement::not_null() }
    }
}
