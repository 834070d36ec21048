//! Reading a format string and writing out its verbs.

use provision_schema::convert::convert;
use provision_schema::{Type, Value};
use unicode_segmentation::UnicodeSegmentation as _;

use super::super::FunctionError;
use super::super::encoding::json;
use super::super::text::{check_size, quoted, quoted_character};
use super::numbers;

/// Wider fields than this are a mistake, and would fill the memory.
const MAX_WIDTH: usize = 1_000_000;

/// One `%` sequence.
#[derive(Default)]
pub(super) struct Verb<'a> {
    /// As written, from the percent sign to the letter.
    raw: &'a str,
    offset: usize,
    pub(super) mode: char,
    pub(super) zero: bool,
    pub(super) sharp: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// Counted from one.
    argument: usize,
}

pub(super) fn format(format: &str, arguments: &[Value]) -> Result<String, FunctionError> {
    let mut result = String::new();
    let mut next_argument = 1;
    let mut highest_argument = 0;
    let mut position = 0;
    while let Some(found) = format[position..].find('%') {
        let start = position + found;
        result.push_str(&format[position..start]);
        if format[start + 1..].starts_with('%') {
            result.push('%');
            position = start + 2;
            continue;
        }
        let (verb, end) = read_verb(format, start, next_argument)?;
        write_verb(&verb, arguments, &mut result)?;
        check_size(result.len())?;
        highest_argument = highest_argument.max(verb.argument);
        next_argument = verb.argument.saturating_add(1);
        position = end;
    }
    result.push_str(&format[position..]);

    if highest_argument < arguments.len() {
        let message = match highest_argument {
            0 => "too many arguments; no verbs in format string".to_owned(),
            used => format!("too many arguments; only {used} used by format string"),
        };
        return Err(FunctionError::argument(highest_argument + 1, message));
    }
    Ok(result)
}

fn read_verb(
    format: &str,
    start: usize,
    next_argument: usize,
) -> Result<(Verb<'_>, usize), FunctionError> {
    let bytes = format.as_bytes();
    let mut verb = Verb { offset: start, argument: next_argument, ..Verb::default() };
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            Some(b'0') => verb.zero = true,
            Some(b'#') => verb.sharp = true,
            Some(b'-') => verb.minus = true,
            Some(b'+') => verb.plus = true,
            Some(b' ') => verb.space = true,
            _ => break,
        }
        at += 1;
    }
    if bytes.get(at).is_some_and(u8::is_ascii_digit) {
        verb.width = Some(read_number(bytes, &mut at));
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        verb.precision = Some(read_number(bytes, &mut at));
    }
    if bytes.get(at) == Some(&b'[') {
        at += 1;
        if !bytes.get(at).is_some_and(|byte| (b'1'..=b'9').contains(byte)) {
            return Err(unexpected(format, at));
        }
        verb.argument = read_number(bytes, &mut at);
        if bytes.get(at) != Some(&b']') {
            return Err(unexpected(format, at));
        }
        at += 1;
    }
    match bytes.get(at) {
        Some(letter) if letter.is_ascii_alphabetic() => {
            verb.mode = char::from(*letter);
            verb.raw = &format[start..=at];
            Ok((verb, at + 1))
        }
        _ => Err(unexpected(format, at)),
    }
}

fn read_number(bytes: &[u8], at: &mut usize) -> usize {
    let mut number = 0usize;
    while let Some(digit) = bytes.get(*at).filter(|byte| byte.is_ascii_digit()) {
        number = number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        *at += 1;
    }
    number
}

fn unexpected(format: &str, at: usize) -> FunctionError {
    FunctionError::new(match format.get(at..).and_then(|rest| rest.chars().next()) {
        Some(found) => {
            format!("unrecognized format character {} at offset {at}", quoted_character(found))
        }
        None => format!("invalid format string starting at offset {at}"),
    })
}

fn write_verb(verb: &Verb, arguments: &[Value], result: &mut String) -> Result<(), FunctionError> {
    let raw = quoted(verb.raw);
    let Some(argument) = arguments.get(verb.argument - 1) else {
        return Err(FunctionError::new(format!(
            "not enough arguments for {raw} at {}: need index {} but have {} total",
            verb.offset,
            verb.argument,
            arguments.len(),
        )));
    };
    let unsupported = |why: &str| {
        FunctionError::new(format!("unsupported value for {raw} at {}: {why}", verb.offset))
    };
    if verb.mode != 'v' && argument.is_null() {
        return Err(unsupported("null value cannot be formatted"));
    }
    if verb.width.max(verb.precision) > Some(MAX_WIDTH) {
        return Err(unsupported("width or precision is too large"));
    }
    let converted =
        |ty: &Type| convert(argument, ty).map_err(|error| unsupported(&error.to_string()));

    match verb.mode {
        'v' => {
            let text = match (argument.as_str(), argument.as_number()) {
                (Some(text), _) if !verb.sharp => text.to_owned(),
                (_, Some(number)) if !verb.sharp => numbers::shortest(number),
                _ => json::encode(argument).map_err(unsupported)?,
            };
            result.push_str(&padded(verb, text));
        }
        't' => {
            let text =
                if converted(&Type::Bool)?.as_bool() == Some(true) { "true" } else { "false" };
            result.push_str(text);
        }
        'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => {
            let value = converted(&Type::Number)?;
            let Some(number) = value.as_number() else {
                return Err(unsupported("a number is required"));
            };
            let text = match verb.mode {
                'e' | 'E' | 'f' | 'g' | 'G' => numbers::float(verb, number),
                _ => {
                    let whole = number.to_bigint();
                    let whole = whole.ok_or_else(|| unsupported("an integer is required"))?;
                    numbers::integer(verb, &whole)
                }
            };
            result.push_str(&text);
        }
        's' | 'q' => {
            let value = converted(&Type::String)?;
            let mut text = value.as_str().unwrap_or_default();
            // A precision of zero cuts nothing.
            if let Some(precision @ 1..) = verb.precision
                && let Some((end, _)) = text.grapheme_indices(true).nth(precision)
            {
                text = &text[..end];
            }
            let text = if verb.mode == 'q' { json::quoted(text) } else { text.to_owned() };
            result.push_str(&padded(verb, text));
        }
        mode => {
            return Err(FunctionError::new(format!(
                "unsupported format verb {} in {raw} at offset {}",
                quoted_character(mode),
                verb.offset,
            )));
        }
    }
    Ok(())
}

fn padded(verb: &Verb, text: String) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus { text + &padding } else { padding + &text }
}
