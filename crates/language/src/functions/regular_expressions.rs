//! `regex`, `regexall` and `replace`, with the RE2 dialect of regular expressions.
//!
//! Our engine matches as RE2 does but reads a dialect of its own, so patterns are checked and
//! rewritten first. Groups lose their names on the way, because RE2 allows names that our
//! engine does not; we keep them beside it.

use std::borrow::Cow;

use provision_schema::{Fields, Type, Value};
use regex::{Captures, Regex, RegexBuilder};

use super::parameter_types::string;
use super::strings::{MAXIMUM_LENGTH, too_long};
use super::{Function, FunctionContext, FunctionError, Parameter, not_null};
use translation::PatternError;

mod translation;

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "regex",
        description: "What the first match of a regular expression captures.",
        parameters: &[Parameter::new("pattern", string), Parameter::new("string", string)],
        variadic: None,
        result_type: |arguments| result_type(&arguments[0]),
        implementation: regex,
        refinement: not_null,
    },
    Function {
        name: "regexall",
        description: "What all matches of a regular expression capture.",
        parameters: &[Parameter::new("pattern", string), Parameter::new("string", string)],
        variadic: None,
        result_type: |arguments| Ok(Type::list(result_type(&arguments[0])?)),
        implementation: regexall,
        refinement: not_null,
    },
    Function {
        name: "replace",
        description: "Replaces a text, or matches of a regular expression between slashes.",
        parameters: &[
            Parameter::new("str", string),
            Parameter::new("substr", string),
            Parameter::new("replace", string),
        ],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: replace,
        refinement: not_null,
    },
];

struct Pattern {
    regex: Regex,
    /// The name of each group, empty where it has none.
    names: Vec<String>,
}

fn compile(pattern: &str) -> Result<Pattern, PatternError> {
    let translated = translation::translate(pattern)?;
    let regex = RegexBuilder::new(&translated.pattern)
        .unicode(true)
        .size_limit(1 << 26)
        .nest_limit(300)
        .build()
        .map_err(|error| PatternError {
            message: match error {
                regex::Error::CompiledTooBig(_) => "expression too large",
                _ => "invalid regular expression",
            },
            part: pattern.to_owned(),
        })?;
    Ok(Pattern { regex, names: translated.group_names })
}

fn compile_argument(pattern: &Value) -> Result<Pattern, FunctionError> {
    compile(pattern.as_str().unwrap_or_default()).map_err(|error| {
        let message = format!("invalid regexp pattern: {} in {}", error.message, error.part);
        FunctionError::argument(0, message)
    })
}

/// A string without groups, a tuple for groups without names, an object for groups with names.
fn result_type(pattern: &Value) -> Result<Type, FunctionError> {
    if !pattern.is_known() {
        return Ok(Type::Dynamic);
    }
    let names = compile_argument(pattern)?.names;
    let unnamed = names.iter().filter(|name| name.is_empty()).count();
    match (unnamed, names.len() - unnamed) {
        (0, 0) => Ok(Type::String),
        (0, _) => Ok(Type::object(names.into_iter().map(|name| (name, Type::String)))),
        (_, 0) => Ok(Type::tuple(vec![Type::String; unnamed])),
        _ => Err(FunctionError::argument(
            0,
            "invalid regexp pattern: cannot mix both named and unnamed capture groups",
        )),
    }
}

fn captured(pattern: &Pattern, captures: &Captures<'_>) -> Value {
    let group = |index: usize| match captures.get(index) {
        Some(text) => Value::string(text.as_str()),
        // A group that the match did not go through.
        None => Value::null(Type::String),
    };
    match pattern.names.first() {
        None => group(0),
        Some(name) if name.is_empty() => {
            Value::tuple((1..=pattern.names.len()).map(group).collect::<Vec<_>>())
        }
        Some(_) => {
            let groups = pattern.names.iter().enumerate();
            Value::object(
                groups.map(|(index, name)| (name.as_str(), group(index + 1))).collect::<Fields>(),
            )
        }
    }
}

fn regex(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let pattern = compile_argument(&arguments[0])?;
    let text = arguments[1].as_str().unwrap_or_default();
    let captures = pattern
        .regex
        .captures(text)
        .ok_or_else(|| FunctionError::new("pattern did not match any part of the given string"))?;
    Ok(captured(&pattern, &captures))
}

fn regexall(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let pattern = compile_argument(&arguments[0])?;
    let text = arguments[1].as_str().unwrap_or_default();
    let matches: Vec<Value> =
        pattern.regex.captures_iter(text).map(|captures| captured(&pattern, &captures)).collect();
    Ok(Value::list(ty.element().cloned().unwrap_or(Type::Dynamic), matches))
}

fn replace(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let [text, wanted, replacement] =
        [0, 1, 2].map(|index: usize| arguments[index].as_str().unwrap_or_default());
    let pattern = wanted.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let Some(pattern) = pattern else {
        let added = text.matches(wanted).count().saturating_mul(replacement.len());
        if added.saturating_add(text.len()) > MAXIMUM_LENGTH {
            return Err(too_long());
        }
        return Ok(Value::string(text.replace(wanted, replacement)));
    };
    let pattern = compile(pattern).map_err(|error| {
        let PatternError { message, part } = error;
        FunctionError::new(format!("error parsing regexp: {message}: `{part}`"))
    })?;
    let mut length = text.len();
    let replaced = pattern.regex.replace_all(text, |captures: &Captures<'_>| {
        let mut result = String::new();
        if length <= MAXIMUM_LENGTH {
            expand(replacement, &pattern.names, captures, &mut result);
            length = length.saturating_add(result.len());
        }
        result
    });
    if length > MAXIMUM_LENGTH {
        return Err(too_long());
    }
    Ok(match replaced {
        Cow::Borrowed(_) => arguments[0].clone(),
        Cow::Owned(replaced) => Value::string(replaced),
    })
}

/// Puts captured text for `$1`, `$name`, `${1}` and `${name}`; `$$` is a dollar sign. Names are
/// as long as they can be, and a group that does not exist is empty. What is too long
/// already does not grow any further.
fn expand(template: &str, names: &[String], captures: &Captures<'_>, result: &mut String) {
    let is_name = |character: char| character == '_' || character.is_alphanumeric();
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        if result.len() > MAXIMUM_LENGTH {
            return;
        }
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('$') {
            result.push('$');
            rest = behind;
            continue;
        }
        let (name, behind) = match rest.strip_prefix('{') {
            Some(inner) => inner.split_once('}').unwrap_or_default(),
            None => rest.split_at(rest.find(|it| !is_name(it)).unwrap_or(rest.len())),
        };
        if name.is_empty() || !name.chars().all(is_name) {
            result.push('$');
            continue;
        }
        rest = behind;
        let group = match name.bytes().all(|byte| byte.is_ascii_digit()) {
            true => name.parse().ok().and_then(|index| captures.get(index)),
            // Several groups may have the name; the first that took part counts.
            false => names
                .iter()
                .enumerate()
                .filter(|(_, own)| *own == name)
                .find_map(|(index, _)| captures.get(index + 1)),
        };
        result.push_str(group.map_or("", |group| group.as_str()));
    }
    result.push_str(rest);
}

#[cfg(test)]
mod tests;
