//! Filling in the defaults of optional object attributes, and saying why a value has not the
//! declared type.

use std::sync::Arc;

use provision_schema::convert::{ConvertError, convert};
use provision_schema::{Kind, Marks, Value};

use super::model::{Defaults, Variable};

impl Defaults {
    /// The value with every attribute that is missing or null given its default, the outermost
    /// first. What is null or unknown as a whole stays so.
    #[must_use]
    pub fn apply(&self, value: &Value) -> Value {
        let marks = value.marks();
        let filled = match value.kind() {
            Kind::Object(fields) | Kind::Map(_, fields) => {
                if let Some(element) = self.children.get("") {
                    let entries = fields.iter().map(|(key, it)| (key.clone(), element.apply(it)));
                    Value::object_of(entries)
                } else {
                    self.apply_to_attributes(fields)
                }
            }
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                let filled = elements.iter().enumerate().map(|(index, it)| {
                    let inner = self.children.get("");
                    let inner = inner.or_else(|| self.children.get(index.to_string().as_str()));
                    inner.map_or_else(|| it.clone(), |inner| inner.apply(it))
                });
                Value::tuple(filled.collect::<Vec<_>>())
            }
            _ => return value.clone(),
        };
        filled.with_marks(marks)
    }

    fn apply_to_attributes(&self, fields: &[(Arc<str>, Value)]) -> Value {
        let missing = self.attributes.iter().filter(|(name, _)| {
            !fields.iter().any(|(key, value)| key == *name && !value.is_null())
        });
        let missing: Vec<(Arc<str>, Value)> =
            missing.map(|(name, default)| (name.clone(), default.clone())).collect();
        // Of two entries with one key the later one stays, so a default replaces a null.
        let entries = fields.iter().cloned().chain(missing).map(|(name, value)| {
            let value = self.children.get(&name).map_or(value.clone(), |it| it.apply(&value));
            (name, value)
        });
        Value::object_of(entries)
    }
}

impl Variable {
    /// The value of the variable while it is not known, with its marks.
    pub fn unknown(&self) -> Value {
        let mut marks = Marks::NONE;
        if self.sensitive {
            marks |= Marks::SENSITIVE;
        }
        if self.ephemeral {
            marks |= Marks::EPHEMERAL;
        }
        let ty = self.ty.without_optional();
        let value = match self.nullable {
            true => Value::unknown(ty),
            false => Value::unknown_not_null(ty),
        };
        value.with_marks(marks)
    }

    /// Whether a caller must give a value.
    pub fn is_required(&self) -> bool {
        self.default.is_none()
    }

    /// The value of the variable as the module sees it: defaults filled in, converted, nulls
    /// replaced where the variable takes none, marked. The error is the end of a sentence.
    pub fn prepare(&self, given: Option<&Value>) -> Result<Value, String> {
        let given = match (given, &self.default) {
            (Some(value), _) => value,
            (None, Some(default)) => return Ok(self.mark(default.clone())),
            (None, None) => return Err("a value is required".to_owned()),
        };
        if given.is_null() && !self.nullable {
            return match &self.default {
                Some(default) => Ok(self.mark(default.clone())),
                None => Err("required variable may not be set to null".to_owned()),
            };
        }
        convert_with_defaults(given, &self.ty, self.defaults.as_deref())
            .map(|value| self.mark(value))
            .map_err(|error| explain(&error))
    }

    fn mark(&self, value: Value) -> Value {
        let mut marks = Marks::NONE;
        if self.sensitive {
            marks |= Marks::SENSITIVE;
        }
        if self.ephemeral {
            marks |= Marks::EPHEMERAL;
        }
        value.with_marks(marks)
    }
}

/// The value with optional attributes filled in, as the type.
pub(super) fn convert_with_defaults(
    value: &Value,
    ty: &provision_schema::Type,
    defaults: Option<&Defaults>,
) -> Result<Value, ConvertError> {
    match defaults {
        Some(defaults) if value.is_present() => convert(&defaults.apply(value), ty),
        _ => convert(value, ty),
    }
}

/// The reason of a failed conversion with the place inside the value: `["k"].size: a number is
/// required`.
pub(super) fn explain(error: &ConvertError) -> String {
    error.with_path()
}
