//! JSON as the language writes and reads it. Reading is a stream of tokens, and its errors speak of
//! the first character that cannot stand where it does.

use provision_schema::{Fields, Kind, Number, Type, Value};

use super::super::text::{quoted as quoted_message, quoted_character};

/// Deeper documents are refused rather than let loose on the stack.
const MAX_DEPTH: usize = 500;

/// The value must be wholly known.
pub(in super::super) fn encode(value: &Value) -> Result<String, &'static str> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

/// A string literal. Characters with a meaning in HTML are escaped.
pub(in super::super) fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    write_string(text, &mut result);
    result
}

fn write(value: &Value, text: &mut String) -> Result<(), &'static str> {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => text.push_str("null"),
        Kind::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Kind::Number(value) if value.is_infinite() => {
            return Err("cannot serialize infinity as JSON");
        }
        Kind::Number(value) => text.push_str(&value.to_string()),
        Kind::String(value) => write_string(value, text),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(element, text)?;
            }
            text.push(']');
        }
        Kind::Map(_, fields) | Kind::Object(fields) => {
            text.push('{');
            for (index, (key, value)) in fields.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(key, text);
                text.push(':');
                write(value, text)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

fn write_string(value: &str, text: &mut String) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}

pub(super) fn decode(text: &str) -> Result<Value, String> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0 };
    let value = reader.value(" looking for beginning of value", 0)?;
    // A bracket that closes nothing ends the reading like the end of the text.
    match reader.peek() {
        None | Some(b']' | b'}') => Ok(value),
        Some(_) => Err("extraneous data after JSON object".to_owned()),
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn invalid(&self, context: &str) -> String {
        match self.bytes.get(self.at) {
            // Bytes beyond ASCII are shown as what they would be alone.
            Some(&byte) => {
                format!("invalid character {}{context}", quoted_character(char::from(byte)))
            }
            None => "unexpected EOF".to_owned(),
        }
    }

    fn value(&mut self, context: &str, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err("exceeded max depth".to_owned());
        }
        match self.peek() {
            None => Err("EOF".to_owned()),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::from),
            Some(b't') => self.literal("true", Value::from(true)),
            Some(b'f') => self.literal("false", Value::from(false)),
            Some(b'n') => self.literal("null", Value::null(Type::Dynamic)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.invalid(context)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        self.at += 1;
        let mut fields: Vec<(String, Value)> = Vec::new();
        let mut types: std::collections::HashMap<String, Type> = std::collections::HashMap::new();
        loop {
            match self.peek() {
                None => return Err("EOF".to_owned()),
                Some(b'}') if fields.is_empty() => break,
                Some(b'"') => (),
                Some(_) if fields.is_empty() => return Err(self.invalid("")),
                Some(_) => {
                    return Err(self.invalid(" looking for beginning of object key string"));
                }
            }
            let key = self.string()?;
            match self.peek() {
                None => return Err("EOF".to_owned()),
                Some(b':') => self.at += 1,
                Some(_) => return Err(self.invalid(" after object key")),
            }
            let value = self.value(" looking for beginning of value", depth + 1)?;
            // A property may stand twice as long as that does not change its type.
            let ty = value.ty();
            if types.insert(key.clone(), ty.clone()).is_some_and(|before| before != ty) {
                let key = quoted_message(&key);
                return Err(format!("duplicate {key} property in JSON object"));
            }
            fields.push((key, value));
            match self.peek() {
                None => return Err("EOF".to_owned()),
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                Some(_) => return Err(self.invalid(" after object key:value pair")),
            }
        }
        self.at += 1;
        // Keys are strings of the language too, so they get its normalisation.
        let normal = |key: String| Value::from(key).as_arc_str().cloned().unwrap_or_default();
        let fields = fields.into_iter().map(|(key, value)| (normal(key), value));
        Ok(Value::object(fields.collect::<Fields>()))
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        self.at += 1;
        let mut elements = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::tuple(elements));
        }
        loop {
            elements.push(self.value(" looking for beginning of value", depth + 1)?);
            match self.peek() {
                None => return Err("EOF".to_owned()),
                Some(b',') => self.at += 1,
                Some(b']') => break,
                Some(_) => return Err(self.invalid(" after array element")),
            }
        }
        self.at += 1;
        Ok(Value::tuple(elements))
    }

    fn literal(&mut self, literal: &str, value: Value) -> Result<Value, String> {
        for (index, expected) in literal.bytes().enumerate() {
            match self.bytes.get(self.at) {
                Some(byte) if *byte == expected => self.at += 1,
                _ => {
                    let expected = char::from(literal.as_bytes()[index]);
                    let context = format!(" in literal {literal} (expecting '{expected}')");
                    return Err(self.invalid(&context));
                }
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.invalid(" in numeric literal")),
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            if !self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
                return Err(self.invalid(" after decimal point in numeric literal"));
            }
            self.digits();
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            if !self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
                return Err(self.invalid(" in exponent of numeric literal"));
            }
            self.digits();
        }
        let text = &self.text[start..self.at];
        Number::parse(text).map(Value::number).ok_or_else(|| "a number is required".to_owned())
    }

    fn digits(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut result = String::new();
        loop {
            match self.bytes.get(self.at) {
                None => return Err("unexpected EOF".to_owned()),
                Some(b'"') => break,
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut result)?;
                }
                Some(0..=0x1f) => return Err(self.invalid(" in string literal")),
                Some(_) => {
                    let start = self.at;
                    while !matches!(self.bytes.get(self.at), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                        self.at += 1;
                    }
                    result.push_str(&self.text[start..self.at]);
                }
            }
        }
        self.at += 1;
        Ok(result)
    }

    fn escape(&mut self, result: &mut String) -> Result<(), String> {
        let character = match self.bytes.get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let unit = self.hexadecimal()?;
                result.push(self.unit(unit)?);
                return Ok(());
            }
            _ => return Err(self.invalid(" in string escape code")),
        };
        self.at += 1;
        result.push(character);
        Ok(())
    }

    /// The character of a UTF-16 unit, together with a second one where it is half of a pair. Half a
    /// pair alone becomes the replacement character.
    fn unit(&mut self, unit: u32) -> Result<char, String> {
        if let Some(character) = char::from_u32(unit) {
            return Ok(character);
        }
        if (0xd800..0xdc00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hexadecimal()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hexadecimal(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.bytes.get(self.at).and_then(|&byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.invalid(" in \\u hexadecimal character escape"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}
