//! Small things about text that the functions share: their arguments, quoting in messages, and
//! how much of a known beginning stays certain whatever follows it.

use provision_schema::Value;
use unicode_segmentation::UnicodeSegmentation as _;

use super::FunctionError;

/// The string argument of that index. The driver has converted it, so it is there.
pub(super) fn string_argument(arguments: &[Value], index: usize) -> &str {
    arguments.get(index).and_then(Value::as_str).unwrap_or_default()
}

/// A whole number that fits a machine integer.
pub(super) fn integer_argument(arguments: &[Value], index: usize) -> Result<i64, String> {
    let number = arguments.get(index).and_then(Value::as_number);
    number.and_then(provision_schema::Number::to_i64).ok_or_else(|| {
        format!("value must be a whole number, between {} and {}", i64::MIN, i64::MAX)
    })
}

/// How a message shows a piece of a value: not at all when it is sensitive.
pub(super) fn shown(text: &str, sensitive: bool) -> String {
    if sensitive { "(sensitive value)".to_owned() } else { quoted(text) }
}

/// The text in double quotes with escapes.
pub(super) fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        escape(character, '"', &mut result);
    }
    result.push('"');
    result
}

/// The character in single quotes with escapes.
pub(super) fn quoted_character(character: char) -> String {
    let mut result = String::from("'");
    escape(character, '\'', &mut result);
    result.push('\'');
    result
}

fn escape(character: char, quote: char, result: &mut String) {
    match character {
        '\\' => result.push_str("\\\\"),
        '\u{7}' => result.push_str("\\a"),
        '\u{8}' => result.push_str("\\b"),
        '\u{c}' => result.push_str("\\f"),
        '\n' => result.push_str("\\n"),
        '\r' => result.push_str("\\r"),
        '\t' => result.push_str("\\t"),
        '\u{b}' => result.push_str("\\v"),
        _ if character == quote => {
            result.push('\\');
            result.push(character);
        }
        _ if character.is_ascii_control() => {
            result.push_str(&format!("\\x{:02x}", u32::from(character)));
        }
        ' ' => result.push(' '),
        _ if character.is_control() || character.is_whitespace() || is_invisible(character) => {
            match u32::from(character) {
                code @ 0..=0xffff => result.push_str(&format!("\\u{code:04x}")),
                code => result.push_str(&format!("\\U{code:08x}")),
            }
        }
        _ => result.push(character),
    }
}

/// Format characters and code points that stand for no character.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// The part of a known beginning that stays as it is whatever text follows: a last letter may
/// still merge with an accent after it. Delimiters cannot, in practice.
pub(super) fn certain_prefix(prefix: &str) -> String {
    let normalised = Value::string(prefix);
    let normalised = normalised.as_str().unwrap_or_default();
    let Some((start, last)) = normalised.grapheme_indices(true).next_back() else {
        return String::new();
    };
    const DELIMITERS: &str = "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'";
    let mut characters = last.chars();
    let stays = match (characters.next(), characters.next()) {
        (Some(only), None) => DELIMITERS.contains(only),
        _ => false,
    };
    if stays { normalised.to_owned() } else { normalised[..start].to_owned() }
}

/// Stops a result from filling the memory.
pub(super) fn check_size(size: usize) -> Result<(), FunctionError> {
    match size <= 1 << 28 {
        true => Ok(()),
        false => Err(FunctionError::new("the result would be too long")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(prefix: &str, expected: &str) {
        assert_eq!(certain_prefix(prefix), expected);
    }

    #[test]
    fn prefixes() {
        check("", "");
        check("a", "");
        check("boo", "bo");
        check("boop\r", "boop");
        check("hello 가", "hello ");
        check("hello 🤷", "hello ");
        check("hello 🤷 ", "hello 🤷 ");
        check("ami-", "ami-");
        check("{\"foo\":", "{\"foo\":");
        check("a\t", "a\t");
    }

    #[test]
    fn quotes() {
        assert_eq!(quoted("a\"b\n\u{1}\u{a0}é"), r#""a\"b\n\x01\u00a0é""#);
        assert_eq!(quoted_character('\''), r"'\''");
    }
}
