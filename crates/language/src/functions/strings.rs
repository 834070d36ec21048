//! Functions on strings, apart from those with regular expressions.

use provision_schema::{Bound, Number, Refinement, Type, Value};
use unicode_segmentation::UnicodeSegmentation as _;

use super::parameter_types::{list_of_string, number, string};
use super::{
    Function, FunctionContext, FunctionError, Parameter, anything, not_null, whole_number,
};

/// How long a string these functions make at most.
pub(super) const MAXIMUM_LENGTH: usize = 1 << 28;

const STRING: Parameter = Parameter::new("str", string);

/// A function from one string to another.
macro_rules! on_text {
    ($name:literal, $description:literal, $convert:expr) => {
        Function {
            name: $name,
            description: $description,
            parameters: &[STRING],
            variadic: None,
            result_type: gives_string,
            implementation: |arguments, _, _| {
                let convert: fn(&str) -> String = $convert;
                Ok(Value::string(convert(text_at(arguments, 0))))
            },
            refinement: not_null,
        }
    };
}

pub(super) static TABLE: &[Function] = &[
    on_text!("chomp", "The string without the line breaks at its end.", |text| {
        text.trim_end_matches(['\r', '\n']).to_owned()
    }),
    Function {
        name: "endswith",
        description: "Whether a string ends with another one.",
        parameters: &[STRING, Parameter::new("suffix", string)],
        variadic: None,
        result_type: gives_bool,
        implementation: |arguments, _, _| {
            Ok(Value::bool(text_at(arguments, 0).ends_with(text_at(arguments, 1))))
        },
        refinement: not_null,
    },
    Function {
        name: "indent",
        description: "Puts spaces before all lines of a string but the first.",
        parameters: &[Parameter::new("spaces", number), STRING],
        variadic: None,
        result_type: gives_string,
        implementation: indent,
        refinement: not_null,
    },
    Function {
        name: "join",
        description: "Puts the strings of lists together with a separator between them.",
        parameters: &[Parameter::new("separator", string)],
        variadic: Some(Parameter::new("lists", list_of_string)),
        result_type: gives_string,
        implementation: join,
        refinement: not_null,
    },
    on_text!("lower", "The string with all letters in lower case.", |text| {
        text.chars().map(lower_case).collect()
    }),
    Function {
        name: "split",
        description: "Cuts a string apart at a separator.",
        parameters: &[Parameter::new("separator", string), STRING],
        variadic: None,
        result_type: |_| Ok(Type::list(Type::String)),
        implementation: |arguments, _, _| {
            let (separator, text) = (text_at(arguments, 0), text_at(arguments, 1));
            let parts: Vec<Value> = match separator {
                "" => text.chars().map(|character| character.to_string().into()).collect(),
                _ => text.split(separator).map(Value::from).collect(),
            };
            Ok(Value::list(Type::String, parts))
        },
        refinement: not_null,
    },
    Function {
        name: "startswith",
        description: "Whether a string starts with another one.",
        parameters: &[STRING.unknown(), Parameter::new("prefix", string)],
        variadic: None,
        result_type: gives_bool,
        implementation: startswith,
        refinement: not_null,
    },
    Function {
        name: "strcontains",
        description: "Whether a string contains another one.",
        parameters: &[STRING, Parameter::new("substr", string)],
        variadic: None,
        result_type: gives_bool,
        implementation: |arguments, _, _| {
            Ok(Value::bool(text_at(arguments, 0).contains(text_at(arguments, 1))))
        },
        refinement: anything,
    },
    on_text!("strrev", "The characters of a string in reverse order.", |text| {
        text.graphemes(true).rev().collect()
    }),
    Function {
        name: "substr",
        description: "A part of a string, by the number of its first character and its length.",
        parameters: &[STRING, Parameter::new("offset", number), Parameter::new("length", number)],
        variadic: None,
        result_type: gives_string,
        implementation: substr,
        refinement: not_null,
    },
    on_text!("title", "The string with the first letter of each word in title case.", title),
    Function {
        name: "trim",
        description: "Takes the given characters off both ends of a string.",
        parameters: &[STRING, Parameter::new("cutset", string)],
        variadic: None,
        result_type: gives_string,
        implementation: |arguments, _, _| {
            let cut = text_at(arguments, 1);
            let trimmed = text_at(arguments, 0).trim_matches(|it: char| cut.contains(it));
            Ok(Value::string(trimmed))
        },
        refinement: not_null,
    },
    Function {
        name: "trimprefix",
        description: "The string without the given beginning.",
        parameters: &[STRING, Parameter::new("prefix", string)],
        variadic: None,
        result_type: gives_string,
        implementation: |arguments, _, _| {
            let (text, prefix) = (text_at(arguments, 0), text_at(arguments, 1));
            Ok(Value::string(text.strip_prefix(prefix).unwrap_or(text)))
        },
        refinement: not_null,
    },
    on_text!("trimspace", "The string without white space at its ends.", |text| {
        text.trim().to_owned()
    }),
    Function {
        name: "trimsuffix",
        description: "The string without the given end.",
        parameters: &[STRING, Parameter::new("suffix", string)],
        variadic: None,
        result_type: gives_string,
        implementation: |arguments, _, _| {
            let (text, suffix) = (text_at(arguments, 0), text_at(arguments, 1));
            Ok(Value::string(text.strip_suffix(suffix).unwrap_or(text)))
        },
        refinement: not_null,
    },
    on_text!("upper", "The string with all letters in upper case.", |text| {
        text.chars().map(upper_case).collect()
    }),
];

fn gives_string(_: &[Value]) -> Result<Type, FunctionError> {
    Ok(Type::String)
}

fn gives_bool(_: &[Value]) -> Result<Type, FunctionError> {
    Ok(Type::Bool)
}

fn text_at(arguments: &[Value], index: usize) -> &str {
    arguments.get(index).and_then(Value::as_str).unwrap_or_default()
}

/// The number of characters as people count them.
pub(super) fn character_count(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') {
        return text.len();
    }
    text.graphemes(true).count()
}

/// `length` of an unknown string: at least as long as its known prefix.
pub(super) fn unknown_length(prefix: Option<&str>) -> Value {
    let least = Number::from(character_count(prefix.unwrap_or_default()));
    let minimum = Some(Bound { value: least, inclusive: true });
    Value::unknown_refined(Type::Number, Refinement { minimum, ..Refinement::not_null() })
}

fn indent(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let spaces = whole_number(&arguments[0]).map_err(FunctionError::new)?;
    let Ok(spaces) = usize::try_from(spaces) else {
        return Err(FunctionError::new("the number of spaces must not be negative"));
    };
    let text = text_at(arguments, 1);
    let added = text.matches('\n').count().checked_mul(spaces);
    match added.and_then(|added| added.checked_add(text.len())) {
        Some(0..=MAXIMUM_LENGTH) if added == Some(0) => Ok(arguments[1].clone()),
        Some(0..=MAXIMUM_LENGTH) => {
            Ok(Value::string(text.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
        }
        _ => Err(too_long()),
    }
}

pub(super) fn too_long() -> FunctionError {
    FunctionError::new("the result would be too long")
}

fn join(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let separator = text_at(arguments, 0);
    let lists = arguments.get(1..).unwrap_or_default();
    if lists.is_empty() {
        return Err(FunctionError::new("at least one list is required"));
    }
    let mut parts = Vec::new();
    for (list_index, list) in lists.iter().enumerate() {
        for (index, element) in list.as_elements().into_iter().flat_map(|it| it.iter()).enumerate()
        {
            let Some(text) = element.as_str() else {
                let which = match lists.len() {
                    1 => format!("element {index}"),
                    _ => format!("element {index} of list {}", list_index + 1),
                };
                return Err(FunctionError::argument(
                    list_index + 1,
                    format!("{which} is null; cannot concatenate null values"),
                ));
            };
            parts.push(text);
        }
    }
    let separators = parts.len().saturating_sub(1).saturating_mul(separator.len());
    let texts = parts.iter().map(|part| part.len());
    if texts.fold(separators, usize::saturating_add) > MAXIMUM_LENGTH {
        return Err(too_long());
    }
    Ok(Value::string(parts.join(separator)))
}

fn startswith(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let prefix = text_at(arguments, 1);
    let Some(unknown) = arguments[0].as_unknown() else {
        return Ok(Value::bool(text_at(arguments, 0).starts_with(prefix)));
    };
    let known = unknown.refinement.prefix.as_deref().unwrap_or_default();
    if known.starts_with(prefix) {
        return Ok(Value::bool(true));
    }
    if !known.is_empty() && known.len() >= prefix.len() {
        return Ok(Value::bool(false));
    }
    Ok(Value::unknown(Type::Bool))
}

fn substr(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let text = text_at(arguments, 0);
    let number = |index: usize| whole_number(&arguments[index]).map_err(FunctionError::new);
    let (offset, length) = (number(1)?, number(2)?);
    if offset >= 0 && length == 0 {
        return Ok(Value::string(""));
    }
    let clusters: Vec<&str> = text.graphemes(true).collect();
    // An offset before the start, counted from the end, means the start.
    let start = match usize::try_from(offset) {
        Ok(start) => start,
        Err(_) => usize::try_from(offset.unsigned_abs())
            .map_or(0, |back| clusters.len().saturating_sub(back)),
    };
    let rest = clusters.get(start..).unwrap_or_default();
    // A negative length means the rest, and so does zero behind an offset from the end.
    let taken = match usize::try_from(length) {
        Ok(0) | Err(_) => rest,
        Ok(length) => rest.get(..length).unwrap_or(rest),
    };
    Ok(Value::string(taken.concat()))
}

/// A word begins behind anything that is neither letter nor digit nor underscore; beyond ASCII
/// only white space separates.
fn title(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at_start = true;
    for character in text.chars() {
        result.push(if at_start { title_case(character) } else { character });
        at_start = match character.is_ascii() {
            true => !character.is_ascii_alphanumeric() && character != '_',
            false => !character.is_alphanumeric() && character.is_whitespace(),
        };
    }
    result
}

/// Case changes keep the number of characters: one without a counterpart of its own, like the
/// sharp s, stays as it is.
fn upper_case(character: char) -> char {
    let mut mapped = character.to_uppercase();
    if mapped.len() == 1 {
        return mapped.next().unwrap_or(character);
    }
    // Greek letters with iota below have capitals that only their full mapping avoids.
    let simple = match u32::from(character) {
        code @ (0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7) => code + 8,
        code @ (0x1fb3 | 0x1fc3 | 0x1ff3) => code + 9,
        code => code,
    };
    char::from_u32(simple).unwrap_or(character)
}

fn lower_case(character: char) -> char {
    // The first character is the simple mapping also of the one letter that has two.
    character.to_lowercase().next().unwrap_or(character)
}

fn title_case(character: char) -> char {
    match character {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        // Georgian has capitals, but no sentence begins with one.
        '\u{10d0}'..='\u{10ff}' => character,
        other => upper_case(other),
    }
}

#[cfg(test)]
mod tests;
