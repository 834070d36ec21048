//! The built-in functions of the language: what one is, and how a call to one is made.
//!
//! A function declares its parameters; `call` does for all of them what is the same everywhere:
//! it converts arguments, refuses nulls, answers unknown for unknown arguments and carries marks
//! over. A function sees only what it has said that it can deal with.

mod assumptions;
mod collections;
mod encoding;
mod files;
mod format;
mod hash;
mod mappings;
mod network;
mod numeric;
mod provider;
mod regular_expressions;
mod sequences;
mod sets;
mod strings;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod types;
mod yaml;

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, LazyLock};

use provision_schema::convert::convert;
use provision_schema::{Bound, Kind, Marks, Number, Refinement, Type, Value};

/// A built-in function.
pub struct Function {
    pub name: &'static str,
    pub description: &'static str,
    pub parameters: &'static [Parameter],
    /// Takes all further arguments.
    pub variadic: Option<Parameter>,
    /// The type of the result, from arguments that may be unknown (and are then of the type that
    /// is known). `Type::Dynamic` where only the values tell. Also the place for errors
    /// that types alone show.
    pub result_type: fn(&[Value]) -> Result<Type, FunctionError>,
    /// Called with arguments as the parameters promise. The second argument is the result type.
    pub implementation: fn(&[Value], &Type, &FunctionContext) -> Result<Value, FunctionError>,
    /// What is certain of every result, also while it is unknown.
    pub refinement: fn() -> Refinement,
}

/// A parameter. Unless it says otherwise, its argument reaches the function known, not null and
/// without marks.
#[derive(Clone, Copy)]
pub struct Parameter {
    pub name: &'static str,
    pub ty: fn() -> Type,
    pub allow_null: bool,
    /// Unknown arguments, and known ones that contain unknowns, are passed on. Without it a call
    /// with an unknown anywhere inside this argument is an unknown of the result type.
    pub allow_unknown: bool,
    /// Known arguments that contain unknowns are passed on, wholly unknown ones are not.
    pub allow_unknown_elements: bool,
    /// Arguments of unknown type are passed to `result_type`; without it the result type of such
    /// a call is dynamic.
    pub allow_dynamic: bool,
    /// Marks stay on the argument and the function puts them on its result; without it they are
    /// taken off deeply and all put on the result as a whole.
    pub allow_marked: bool,
}

impl Parameter {
    pub const fn new(name: &'static str, ty: fn() -> Type) -> Parameter {
        Parameter {
            name,
            ty,
            allow_null: false,
            allow_unknown: false,
            allow_unknown_elements: false,
            allow_dynamic: false,
            allow_marked: false,
        }
    }

    pub const fn nullable(self) -> Parameter {
        Parameter { allow_null: true, ..self }
    }

    pub const fn unknown(self) -> Parameter {
        Parameter { allow_unknown: true, ..self }
    }

    pub const fn unknown_elements(self) -> Parameter {
        Parameter { allow_unknown_elements: true, ..self }
    }

    pub const fn dynamic(self) -> Parameter {
        Parameter { allow_dynamic: true, ..self }
    }

    pub const fn marked(self) -> Parameter {
        Parameter { allow_marked: true, ..self }
    }
}

/// What functions need to know beyond their arguments.
#[derive(Clone, Debug)]
pub struct FunctionContext {
    /// Relative paths start here.
    pub base_directory: PathBuf,
    /// The time of this plan, RFC 3339; `plantimestamp()`.
    pub plan_time: Option<String>,
    /// The current time for `timestamp()`, and leave for `uuid()` and `bcrypt()` to answer; none
    /// while planning, where their results are unknown.
    pub apply_time: Option<String>,
    /// Whether this run changes things; `terraform.applying`.
    pub applying: bool,
    /// Whether `type` may be called: it belongs to the console.
    pub console: bool,
    /// How many `templatefile` calls this one stands in.
    pub template_depth: usize,
    /// How many templates the outermost of these has rendered.
    pub templates_rendered: Arc<AtomicUsize>,
}

impl FunctionContext {
    pub fn new(base_directory: impl Into<PathBuf>) -> FunctionContext {
        FunctionContext {
            base_directory: base_directory.into(),
            plan_time: None,
            apply_time: None,
            applying: false,
            console: false,
            template_depth: 0,
            templates_rendered: Arc::default(),
        }
    }
}

/// A point in time, counted in seconds from 1970, in RFC 3339.
pub fn rfc3339(seconds: i64) -> String {
    time::timestamp::Timestamp::from_unix(seconds).to_string()
}

/// Why a call failed, and through which argument.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct FunctionError {
    pub argument: Option<usize>,
    pub message: String,
}

impl FunctionError {
    pub fn new(message: impl Into<String>) -> FunctionError {
        FunctionError { argument: None, message: message.into() }
    }

    pub fn argument(argument: usize, message: impl Into<String>) -> FunctionError {
        FunctionError { argument: Some(argument), message: message.into() }
    }
}

impl Function {
    /// The parameter that the argument of that index belongs to.
    pub fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.variadic.as_ref())
    }

    /// Calls the function. The caller has checked the number of arguments.
    pub fn call(
        &self,
        arguments: &[Value],
        context: &FunctionContext,
    ) -> Result<Value, FunctionError> {
        let mut marks = Marks::NONE;
        let mut converted = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            let Some(parameter) = self.parameter(index) else {
                return Err(FunctionError::argument(index, "too many arguments"));
            };
            let argument = convert(argument, &(parameter.ty)())
                .map_err(|error| FunctionError::argument(index, error.to_string()))?;
            if argument.is_null() && !parameter.allow_null {
                return Err(FunctionError::argument(index, "argument must not be null"));
            }
            if parameter.allow_marked {
                converted.push(argument);
            } else {
                let (argument, inner) = argument.unmark_deep();
                marks |= inner;
                converted.push(argument);
            }
        }

        // Marks on arguments of other parameters must not be lost when we answer in their place.
        let all_marks = converted.iter().fold(marks, |marks, value| marks | value.marks_deep());
        let parameters = || (0..).map_while(|index| self.parameter(index)).zip(&converted);
        let has_dynamic = parameters().any(|(parameter, argument)| {
            !parameter.allow_dynamic
                && match argument.kind() {
                    Kind::Unknown(unknown) => unknown.ty.is_dynamic(),
                    Kind::Null(ty) => ty.is_dynamic(),
                    _ => false,
                }
        });
        if has_dynamic {
            return Ok(Value::dynamic().with_marks(all_marks));
        }

        let result_type = (self.result_type)(&converted)?;
        let has_unknown = parameters().any(|(parameter, argument)| {
            if parameter.allow_unknown {
                return false;
            }
            !argument.is_known() || !parameter.allow_unknown_elements && !argument.is_wholly_known()
        });
        if has_unknown {
            let refined = Value::unknown_refined(result_type, (self.refinement)());
            return Ok(refined.with_marks(all_marks));
        }
        let result = (self.implementation)(&converted, &result_type, context)?;
        Ok(refine(result, &(self.refinement)()).with_marks(marks))
    }
}

/// Checks the number of arguments. The error is the detail for the summaries "Not enough function
/// arguments" and "Too many function arguments".
pub fn check_arity(function: &Function, count: usize) -> Result<(), String> {
    let (name, expected) = (function.name, function.parameters.len());
    if let Some(missing) = function.parameters.get(count) {
        let least = if function.variadic.is_some() { " at least" } else { "" };
        return Err(format!(
            "Function {name:?} expects{least} {expected} argument(s). Missing value for {:?}.",
            missing.name
        ));
    }
    if count > expected && function.variadic.is_none() {
        return Err(format!("Function {name:?} expects only {expected} argument(s)."));
    }
    Ok(())
}

/// The function of that name; `core::` before it changes nothing.
pub fn find(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    let found = INDEX.binary_search_by(|function| function.name.cmp(name)).ok()?;
    Some(INDEX[found])
}

/// The names of all functions, in order.
pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
    INDEX.iter().map(|function| function.name)
}

/// All functions, ordered by name.
static INDEX: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
    let mut functions: Vec<&Function> = TABLES.iter().flat_map(|table| table.iter()).collect();
    functions.sort_by_key(|function| function.name);
    functions
});

/// Each file of functions has a table of its own, listed here.
static TABLES: &[&[Function]] = &[
    assumptions::TABLE,
    assumptions::LIST_LENGTHS,
    assumptions::MAP_LENGTHS,
    assumptions::SET_LENGTHS,
    collections::TABLE,
    encoding::TABLE,
    files::TABLE,
    format::TABLE,
    hash::TABLE,
    mappings::TABLE,
    network::TABLE,
    numeric::TABLE,
    provider::TABLE,
    regular_expressions::TABLE,
    sequences::TABLE,
    sets::TABLE,
    strings::TABLE,
    time::TABLE,
    types::TABLE,
    yaml::TABLE,
];

/// The value with what else is certain about it, if it is unknown.
pub(crate) fn refine(value: Value, more: &Refinement) -> Value {
    let Some(unknown) = value.as_unknown() else { return value };
    let Some(refinement) = combine(&unknown.refinement, more) else { return value };
    if refinement == unknown.refinement {
        return value;
    }
    Value::unknown_refined(unknown.ty.clone(), refinement).with_marks(value.marks())
}

/// What is certain when both are. None where they contradict each other.
pub(crate) fn combine(a: &Refinement, b: &Refinement) -> Option<Refinement> {
    let prefix = match (&a.prefix, &b.prefix) {
        (Some(a), Some(b)) => {
            let (long, short): (&Arc<str>, _) = if a.len() < b.len() { (b, a) } else { (a, b) };
            if !long.starts_with(&**short) {
                return None;
            }
            Some(long.clone())
        }
        (a, b) => a.clone().or_else(|| b.clone()),
    };
    let length_minimum = a.length_minimum.max(b.length_minimum);
    let length_maximum = match (a.length_maximum, b.length_maximum) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    if length_maximum.is_some_and(|maximum| maximum < length_minimum) {
        return None;
    }
    let minimum = tighter_bound(&a.minimum, &b.minimum, Number::gt);
    let maximum = tighter_bound(&a.maximum, &b.maximum, Number::lt);
    if let (Some(low), Some(high)) = (&minimum, &maximum)
        && low.value > high.value
    {
        return None;
    }
    Some(Refinement {
        not_null: a.not_null || b.not_null,
        prefix,
        minimum,
        maximum,
        length_minimum,
        length_maximum,
    })
}

fn tighter_bound(
    a: &Option<Bound>,
    b: &Option<Bound>,
    tighter: fn(&Number, &Number) -> bool,
) -> Option<Bound> {
    let (Some(first), Some(second)) = (a, b) else { return a.clone().or_else(|| b.clone()) };
    let second_wins = tighter(&second.value, &first.value)
        || second.value == first.value && first.inclusive && !second.inclusive;
    Some(if second_wins { second.clone() } else { first.clone() })
}

/// What functions have in common that never answer null.
pub(crate) fn not_null() -> Refinement {
    Refinement::not_null()
}

/// What functions have in common that promise nothing about unknown results.
pub(crate) fn anything() -> Refinement {
    Refinement::default()
}

/// Reads a whole number; the error has no subject and is for an argument's or call's message.
pub(crate) fn whole_number(value: &Value) -> Result<i64, String> {
    let number = value.as_number().ok_or("a number is required")?;
    let whole = || i64::try_from(number.to_bigint()?).ok();
    number.to_i64().or_else(whole).ok_or_else(|| {
        format!("value must be a whole number, between {} and {}", i64::MIN, i64::MAX)
    })
}

/// A text for an error message, unless its marks forbid to show it.
pub(crate) fn redact(text: String, marks: Marks) -> String {
    match (marks.is_ephemeral(), marks.is_sensitive()) {
        (true, true) => "(ephemeral sensitive value)".to_owned(),
        (true, false) => "(ephemeral value)".to_owned(),
        (false, true) => "(sensitive value)".to_owned(),
        (false, false) => text,
    }
}

/// Types for the parameter tables.
pub mod parameter_types {
    use provision_schema::Type;

    pub fn any() -> Type {
        Type::Dynamic
    }

    pub fn string() -> Type {
        Type::String
    }

    pub fn number() -> Type {
        Type::Number
    }

    pub fn bool() -> Type {
        Type::Bool
    }

    pub fn list_of_any() -> Type {
        Type::list(Type::Dynamic)
    }

    pub fn list_of_string() -> Type {
        Type::list(Type::String)
    }

    pub fn set_of_any() -> Type {
        Type::set(Type::Dynamic)
    }

    pub fn map_of_any() -> Type {
        Type::map(Type::Dynamic)
    }
}
