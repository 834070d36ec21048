//! Checks a pattern as RE2 would and writes it in the dialect of our engine.
//!
//! The differences that matter: `\d`, `\w`, `\s` and `\b` are ASCII only, a brace that begins no
//! repetition stands for itself, brackets and `&&` inside classes do too, and there are
//! `\Q..\E`, octal escapes and `\p{^..}`, but no `(?x)`, `\u` or doubled repetitions.

use std::fmt::Write as _;

use regex::Regex;

/// What is wrong with a pattern, and with which part of it.
#[derive(Debug)]
pub(super) struct PatternError {
    pub(super) message: &'static str,
    pub(super) part: String,
}

#[derive(Debug)]
pub(super) struct Translation {
    pub(super) pattern: String,
    /// The name of each group, empty where it has none.
    pub(super) group_names: Vec<String>,
}

const INVALID_ESCAPE: &str = "invalid escape sequence";
const INVALID_RANGE: &str = "invalid character class range";
const INVALID_CAPTURE: &str = "invalid named capture";
const INVALID_PERL: &str = "invalid or unsupported Perl syntax";
const MAXIMUM_REPEAT: u32 = 1000;
const POSIX_CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

pub(super) fn translate(pattern: &str) -> Result<Translation, PatternError> {
    let translator = Translator {
        whole: pattern,
        rest: pattern,
        output: String::with_capacity(pattern.len() + 8),
        group_names: Vec::new(),
    };
    translator.run()
}

fn error<T>(message: &'static str, part: &str) -> Result<T, PatternError> {
    Err(PatternError { message, part: part.to_owned() })
}

struct Translator<'p> {
    whole: &'p str,
    rest: &'p str,
    output: String,
    group_names: Vec<String>,
}

impl<'p> Translator<'p> {
    fn run(mut self) -> Result<Translation, PatternError> {
        let mut depth = 0usize;
        // Where the last repetition began, directly before what comes next.
        let mut last_repeat: Option<&str> = None;
        let mut has_operand = false;
        while let Some(character) = self.rest.chars().next() {
            let before = self.rest;
            let repeat_before = last_repeat.take();
            match character {
                '(' if before[1..].starts_with('?') => {
                    if self.perl_group()? {
                        depth += 1;
                        has_operand = false;
                    }
                }
                '(' => {
                    self.take(1);
                    self.output.push('(');
                    self.group_names.push(String::new());
                    depth += 1;
                    has_operand = false;
                }
                ')' if depth == 0 => return error("unexpected )", self.whole),
                ')' => {
                    self.take(1);
                    self.output.push(')');
                    depth -= 1;
                    has_operand = true;
                }
                '|' => {
                    self.take(1);
                    self.output.push('|');
                    has_operand = false;
                }
                '^' | '$' | '.' => {
                    self.take(1);
                    self.output.push(character);
                    has_operand = true;
                }
                '[' => {
                    self.class()?;
                    has_operand = true;
                }
                '*' | '+' | '?' | '{' => {
                    let Some((text, behind)) = repetition(before)? else {
                        self.take(1);
                        self.literal(character);
                        has_operand = true;
                        continue;
                    };
                    let lazy = behind.strip_prefix('?');
                    self.rest = lazy.unwrap_or(behind);
                    let consumed = |from: &'p str| &from[..from.len() - self.rest.len()];
                    if let Some(start) = repeat_before {
                        let start = &self.whole[self.whole.len() - start.len()..];
                        return error("invalid nested repetition operator", consumed(start));
                    }
                    if !has_operand {
                        let part = consumed(before);
                        return error("missing argument to repetition operator", part);
                    }
                    self.output.push_str(&text);
                    if lazy.is_some() {
                        self.output.push('?');
                    }
                    last_repeat = Some(before);
                }
                '\\' => {
                    self.backslash()?;
                    has_operand = true;
                }
                other => {
                    self.take(other.len_utf8());
                    self.literal(other);
                    has_operand = true;
                }
            }
        }
        if depth > 0 {
            return error("missing closing )", self.whole);
        }
        Ok(Translation { pattern: self.output, group_names: self.group_names })
    }

    fn take(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn literal(&mut self, character: char) {
        if character.is_ascii_alphanumeric() {
            self.output.push(character);
        } else {
            // Written as a number no character has a meaning of its own.
            let _ = write!(self.output, "\\x{{{:X}}}", u32::from(character));
        }
    }

    /// A group that begins with `(?`. False if it is only a change of flags.
    fn perl_group(&mut self) -> Result<bool, PatternError> {
        let start = self.rest;
        for opening in ["(?P<", "(?<"] {
            let Some(inner) = start.strip_prefix(opening) else { continue };
            let Some(end) = inner.find('>') else { return error(INVALID_CAPTURE, start) };
            let name = &inner[..end];
            let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if name.is_empty() || !name.bytes().all(valid) {
                return error(INVALID_CAPTURE, &start[..opening.len() + end + 1]);
            }
            self.group_names.push(name.to_owned());
            self.output.push('(');
            self.take(opening.len() + end + 1);
            return Ok(true);
        }
        let mut on = String::new();
        let mut off = String::new();
        let mut negative = false;
        let mut seen = false;
        for (at, character) in start.char_indices().skip(2) {
            let part = &start[..at + character.len_utf8()];
            match character {
                'i' | 'm' | 's' | 'U' => {
                    let (to, from) =
                        if negative { (&mut off, &mut on) } else { (&mut on, &mut off) };
                    from.retain(|it| it != character);
                    if !to.contains(character) {
                        to.push(character);
                    }
                    seen = true;
                }
                '-' if !negative => {
                    negative = true;
                    seen = false;
                }
                ':' | ')' if !negative || seen => {
                    self.take(part.len());
                    if character == ')' && on.is_empty() && off.is_empty() {
                        return Ok(false);
                    }
                    let minus = if off.is_empty() { "" } else { "-" };
                    let _ = write!(self.output, "(?{on}{minus}{off}{character}");
                    return Ok(character == ':');
                }
                _ => return error(INVALID_PERL, part),
            }
        }
        error(INVALID_PERL, start)
    }

    /// A backslash outside a class.
    fn backslash(&mut self) -> Result<(), PatternError> {
        let start = self.rest;
        let plain = match start.as_bytes().get(1) {
            Some(b'A') => Some("\\A"),
            Some(b'z') => Some("\\z"),
            Some(b'b') => Some("(?-u:\\b)"),
            Some(b'B') => Some("(?-u:\\B)"),
            Some(b'C') => return error(INVALID_ESCAPE, "\\C"),
            Some(b'Q') => {
                let quoted = &start[2..];
                let end = quoted.find("\\E");
                for character in quoted[..end.unwrap_or(quoted.len())].chars() {
                    self.literal(character);
                }
                self.rest = end.map_or("", |end| &quoted[end + 2..]);
                return Ok(());
            }
            _ => None,
        };
        if let Some(plain) = plain {
            self.output.push_str(plain);
            self.take(2);
            return Ok(());
        }
        if self.unicode_class()? {
            return Ok(());
        }
        if let Some((negated, members)) = perl_class(start) {
            let negation = if negated { "^" } else { "" };
            let _ = write!(self.output, "[{negation}{members}]");
            self.take(2);
            return Ok(());
        }
        let character = self.escape()?;
        self.literal(character);
        Ok(())
    }

    /// `\pL`, `\PL`, `\p{Greek}` and `\p{^Greek}`.
    fn unicode_class(&mut self) -> Result<bool, PatternError> {
        let start = self.rest;
        let (mut negated, inner) = match start.as_bytes() {
            [b'\\', b'p', ..] => (false, &start[2..]),
            [b'\\', b'P', ..] => (true, &start[2..]),
            _ => return Ok(false),
        };
        let (name, length) = match inner.strip_prefix('{') {
            Some(name) => match name.find('}') {
                Some(end) => (&name[..end], 2 + 1 + end + 1),
                None => return error(INVALID_RANGE, start),
            },
            None => match inner.chars().next() {
                Some(first) => (&inner[..first.len_utf8()], 2 + first.len_utf8()),
                None => return error(INVALID_ESCAPE, start),
            },
        };
        let part = &start[..length];
        let name = match name.strip_prefix('^') {
            Some(name) => {
                negated = !negated;
                name
            }
            None => name,
        };
        let word =
            !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphabetic() || it == b'_');
        if !word || Regex::new(&format!("\\p{{{name}}}")).is_err() {
            return error(INVALID_RANGE, part);
        }
        let letter = if negated { 'P' } else { 'p' };
        let _ = write!(self.output, "\\{letter}{{{name}}}");
        self.take(length);
        Ok(true)
    }

    /// A class in brackets.
    fn class(&mut self) -> Result<(), PatternError> {
        let whole = self.rest;
        self.take(1);
        self.output.push('[');
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.rest = rest;
            self.output.push('^');
        }
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            if let Some(inner) = self.rest.strip_prefix("[:")
                && let Some(end) = inner.find(":]")
            {
                let part = &self.rest[..2 + end + 2];
                let name = &inner[..end];
                if !POSIX_CLASSES.contains(&name.strip_prefix('^').unwrap_or(name)) {
                    return error(INVALID_RANGE, part);
                }
                self.output.push_str(part);
                self.take(part.len());
                continue;
            }
            if self.unicode_class()? {
                continue;
            }
            if let Some((negated, members)) = perl_class(self.rest) {
                match negated {
                    true => drop(write!(self.output, "[^{members}]")),
                    false => self.output.push_str(members),
                }
                self.take(2);
                continue;
            }
            let range = self.rest;
            let low = self.class_character(whole)?;
            self.literal(low);
            if let Some(behind) = self.rest.strip_prefix('-')
                && !behind.is_empty()
                && !behind.starts_with(']')
            {
                self.rest = behind;
                let high = self.class_character(whole)?;
                if high < low {
                    return error(INVALID_RANGE, &range[..range.len() - self.rest.len()]);
                }
                self.output.push('-');
                self.literal(high);
            }
        }
        self.take(1);
        self.output.push(']');
        Ok(())
    }

    fn class_character(&mut self, class: &str) -> Result<char, PatternError> {
        match self.rest.chars().next() {
            None => error("missing closing ]", class),
            Some('\\') => self.escape(),
            Some(other) => {
                self.take(other.len_utf8());
                Ok(other)
            }
        }
    }

    /// An escape that stands for one character.
    fn escape(&mut self) -> Result<char, PatternError> {
        let start = self.rest;
        let Some(letter) = start[1..].chars().next() else {
            return error("trailing backslash at end of expression", "");
        };
        let simple = &start[..1 + letter.len_utf8()];
        let octal = |text: &str| text.bytes().take_while(|it| matches!(it, b'0'..=b'7')).count();
        let (code, length) = match letter {
            '0'..='7' => {
                // A single digit other than zero would be a reference to a group.
                let digits = octal(&start[1..]).min(3);
                if letter != '0' && digits < 2 {
                    return error(INVALID_ESCAPE, simple);
                }
                (u32::from_str_radix(&start[1..1 + digits], 8).ok(), 1 + digits)
            }
            'x' => match start[2..].strip_prefix('{') {
                Some(inner) => {
                    let digits = inner.bytes().take_while(u8::is_ascii_hexdigit).count();
                    let closed = inner[digits..].starts_with('}');
                    let behind = inner[digits..].chars().next().map_or(0, char::len_utf8);
                    (hexadecimal(&inner[..digits]).filter(|_| closed), 3 + digits + behind)
                }
                None => {
                    let digits = start.get(2..4).unwrap_or_default();
                    (hexadecimal(digits), 4.min(start.len()))
                }
            },
            'a' => (Some(7), 2),
            'f' => (Some(12), 2),
            'n' => (Some(10), 2),
            'r' => (Some(13), 2),
            't' => (Some(9), 2),
            'v' => (Some(11), 2),
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => {
                (Some(u32::from(other)), 2)
            }
            _ => (None, simple.len()),
        };
        match code.and_then(char::from_u32) {
            Some(character) => {
                self.take(length);
                Ok(character)
            }
            None => error(INVALID_ESCAPE, start.get(..length).unwrap_or(start)),
        }
    }
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let valid = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| valid)
}

/// The members of `\d`, `\w`, `\s` and, with true, of their opposites.
fn perl_class(text: &str) -> Option<(bool, &'static str)> {
    let letter = *text.as_bytes().get(1).filter(|_| text.starts_with('\\'))?;
    let members = match letter.to_ascii_lowercase() {
        b'd' => "0-9",
        b'w' => "0-9A-Za-z_",
        b's' => "\\t\\n\\x0C\\r\\x20",
        _ => return None,
    };
    Some((letter.is_ascii_uppercase(), members))
}

/// A repetition at the start of the text and what is behind it. None for a brace that begins no
/// repetition.
fn repetition(text: &str) -> Result<Option<(String, &str)>, PatternError> {
    let Some(inner) = text.strip_prefix('{') else {
        return Ok(Some((text[..1].to_owned(), &text[1..])));
    };
    let Some(end) = inner.find('}') else { return Ok(None) };
    let (least, most) = match inner[..end].split_once(',') {
        Some((least, most)) => (least, Some(most)),
        None => (&inner[..end], None),
    };
    let is_number = |digits: &str| {
        let leading_zero = digits.len() > 1 && digits.starts_with('0');
        !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) && !leading_zero
    };
    if !is_number(least) || most.is_some_and(|most| !most.is_empty() && !is_number(most)) {
        return Ok(None);
    }
    let limited = |digits: &str| digits.parse().ok().filter(|it: &u32| *it <= MAXIMUM_REPEAT);
    let low = limited(least);
    let high = most.filter(|most| !most.is_empty()).map(limited);
    let valid = match (low, high) {
        (Some(_), None) => true,
        (Some(low), Some(Some(high))) => low <= high,
        _ => false,
    };
    let (repetition, behind) = text.split_at(end + 2);
    if !valid {
        return error("invalid repeat count", repetition);
    }
    Ok(Some((repetition.to_owned(), behind)))
}
