//! What a scalar means: the text, the tag and the quotes decide.

use num_bigint::BigInt;
use provision_schema::{Number, Type, Value};

use super::super::encoding::base64;
use super::super::text::quoted;
use super::super::time::timestamp::{Timestamp, days_in_month};
use super::scanner::Style;

const STRING: &str = "tag:yaml.org,2002:str";
const BOOL: &str = "tag:yaml.org,2002:bool";
const INTEGER: &str = "tag:yaml.org,2002:int";
const FLOAT: &str = "tag:yaml.org,2002:float";
const NULL: &str = "tag:yaml.org,2002:null";
const TIMESTAMP: &str = "tag:yaml.org,2002:timestamp";
const BINARY: &str = "tag:yaml.org,2002:binary";
const MERGE: &str = "tag:yaml.org,2002:merge";

pub(super) enum Resolved {
    Value(Value),
    /// The key that merges a mapping into the one it stands in.
    Merge,
}

pub(super) fn resolve(tag: &str, text: &str, style: Style) -> Result<Resolved, String> {
    if tag == MERGE {
        return Ok(Resolved::Merge);
    }
    if !matches!(tag, "" | STRING | BOOL | INTEGER | FLOAT | NULL | TIMESTAMP | BINARY) {
        return Err(format!("unsupported tag {}", quoted(tag)));
    }
    // Only what begins like one of these can be anything but a string.
    let first = text.chars().next();
    let may_be_special = match first {
        None => true,
        Some(first) => "+-0123456789yYnNtTfFoO~.".contains(first),
    };
    if may_be_special && tag != STRING && tag != BINARY {
        if matches!(style, Style::SingleQuoted | Style::DoubleQuoted) {
            return Ok(Resolved::Value(text.into()));
        }
        if let Some(value) = named(text) {
            return Ok(Resolved::Value(value));
        }
        if tag.is_empty() && matches!(text, ".nan" | ".NaN" | ".NAN") {
            return Err("floating point NaN is not supported".to_owned());
        }
        if let Some('+' | '-' | '.' | '0'..='9') = first {
            if matches!(tag, "" | TIMESTAMP)
                && let Some(time) = timestamp(text)
            {
                return Ok(Resolved::Value(time.into()));
            }
            if let Some(number) = decimal(text) {
                return Ok(Resolved::Value(Value::number(number)));
            }
            if tag.is_empty() && is_octal_or_hexadecimal(text) {
                return resolve(INTEGER, text, style);
            }
        }
    }
    if tag.is_empty() && text == "<<" {
        return Ok(Resolved::Merge);
    }
    let cannot = || format!("cannot parse {} as {tag}", quoted(text));
    let value = match tag {
        BINARY => match base64::decode(text) {
            Ok(_) => text.into(),
            Err(_) => return Err(format!("{}: not valid base64", cannot())),
        },
        BOOL => match named(text) {
            Some(value) if value.as_bool().is_some() => value,
            _ => return Err(cannot()),
        },
        INTEGER | FLOAT => {
            let number = tagged_number(&text.replace('_', "")).ok_or_else(cannot)?;
            Value::number(number)
        }
        TIMESTAMP => timestamp(text).ok_or_else(cannot)?.into(),
        NULL => Value::null(Type::Dynamic),
        _ => text.into(),
    };
    Ok(Resolved::Value(value))
}

fn named(text: &str) -> Option<Value> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            true.into()
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            false.into()
        }
        "" | "~" | "null" | "Null" | "NULL" => Value::null(Type::Dynamic),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::number(Number::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::number(Number::NEGATIVE_INFINITY),
        _ => return None,
    })
}

/// Whether the text is a whole number in octal or hexadecimal digits.
fn is_octal_or_hexadecimal(text: &str) -> bool {
    let all = |digits: &str, radix| {
        !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix))
    };
    text.strip_prefix("0o").is_some_and(|digits| all(digits, 8))
        || text.strip_prefix("0x").is_some_and(|digits| all(digits, 16))
}

fn decimal(text: &str) -> Option<Number> {
    let is_decimal =
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    if is_decimal { Number::parse(text) } else { None }
}

/// Numbers that a tag says are numbers may be written in more ways.
fn tagged_number(text: &str) -> Option<Number> {
    if let Some(number) = decimal(text) {
        return Some(number);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        _ => return None,
    };
    let value = u64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))?;
    let value = BigInt::from(value);
    Some(Number::from_bigint(&if negative { -value } else { value }))
}

/// A date, or a date and time in one of three forms, as RFC 3339 writes it.
fn timestamp(text: &str) -> Option<String> {
    let mut reader = Digits { rest: text };
    let year = reader.exactly_four()?;
    reader.literal("-")?;
    let month = reader.one_or_two(1..=12)?;
    reader.literal("-")?;
    let day = reader.one_or_two(1..=days_in_month(year, month))?;
    let mut time = (0, 0, 0);
    let mut nanos = 0;
    let mut offset = 0;
    if !reader.rest.is_empty() {
        let has_zone = !reader.rest.starts_with(' ');
        reader.literal(" ").or_else(|| reader.literal("T")).or_else(|| reader.literal("t"))?;
        time.0 = reader.one_or_two(0..=23)?;
        reader.literal(":")?;
        time.1 = reader.one_or_two(0..=59)?;
        reader.literal(":")?;
        time.2 = reader.one_or_two(0..=59)?;
        nanos = reader.fraction();
        if has_zone {
            offset = reader.zone()?;
        }
    }
    let is_complete = reader.rest.is_empty();
    is_complete.then(|| Timestamp::from_civil((year, month, day), time, nanos, offset).to_string())
}

struct Digits<'a> {
    rest: &'a str,
}

impl Digits<'_> {
    fn literal(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn digit(&self, index: usize) -> Option<i64> {
        let byte = *self.rest.as_bytes().get(index)?;
        byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
    }

    fn exactly_four(&mut self) -> Option<i64> {
        let mut value = 0;
        for index in 0..4 {
            value = value * 10 + self.digit(index)?;
        }
        self.rest = &self.rest[4..];
        Some(value)
    }

    fn one_or_two(&mut self, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let first = self.digit(0)?;
        let (value, length) = match self.digit(1) {
            Some(second) => (first * 10 + second, 2),
            None => (first, 1),
        };
        self.rest = &self.rest[length..];
        range.contains(&value).then_some(value)
    }

    fn fraction(&mut self) -> i64 {
        if !self.rest.starts_with(['.', ',']) || self.digit(1).is_none() {
            return 0;
        }
        let mut at = 1;
        let mut nanos = 0;
        let mut unit = 100_000_000;
        while let Some(digit) = self.digit(at) {
            nanos += digit * unit;
            unit /= 10;
            at += 1;
        }
        self.rest = &self.rest[at..];
        nanos
    }

    /// Seconds east of UTC.
    fn zone(&mut self) -> Option<i64> {
        if self.literal("Z").is_some() {
            return Some(0);
        }
        let sign = match self.rest.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.rest = &self.rest[1..];
        let two = |reader: &Self, at: usize| Some(reader.digit(at)? * 10 + reader.digit(at + 1)?);
        let hours = two(self, 0).filter(|hours| *hours <= 24)?;
        if self.rest.as_bytes().get(2) != Some(&b':') {
            return None;
        }
        let minutes = two(self, 3).filter(|minutes| *minutes <= 60)?;
        self.rest = &self.rest[5..];
        Some(sign * (hours * 3600 + minutes * 60))
    }
}
