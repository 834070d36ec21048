//! Writing values as YAML: blocks rather than brackets, keys and one-line strings in quotes, longer
//! strings as literal blocks.

use provision_schema::{Kind, Value};

/// Longer keys are written behind a question mark.
const LONGEST_SIMPLE_KEY: usize = 128;
/// Lines are broken at the first space behind this column.
const WIDTH: usize = 80;

/// The value must be wholly known.
pub(super) fn encode(value: &Value) -> String {
    let mut writer = Writer {
        text: String::new(),
        column: 0,
        indent: -1,
        after_space: true,
        in_indentation: true,
    };
    writer.node(value, false, false);
    writer.line();
    let is_plain =
        matches!(value.kind(), Kind::Null(_) | Kind::Unknown(_) | Kind::Bool(_) | Kind::Number(_));
    if is_plain {
        // Nothing else tells that an unquoted word has ended.
        writer.text.push_str("...\n");
    }
    writer.text
}

struct Writer {
    text: String,
    column: usize,
    /// Of the present block, -1 outside of all.
    indent: isize,
    after_space: bool,
    /// Nothing but indentation and indicators stands in the line so far.
    in_indentation: bool,
}

impl Writer {
    fn node(&mut self, value: &Value, in_mapping: bool, is_simple_key: bool) {
        let outer = self.indent;
        match value.kind() {
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                if elements.is_empty() {
                    self.plain("[]");
                    return;
                }
                // In a mapping the dashes stand below the key.
                self.deepen(false, in_mapping && !self.in_indentation);
                for element in elements.iter() {
                    self.line();
                    self.indicator("-", true);
                    self.node(element, false, false);
                }
            }
            Kind::Map(_, fields) | Kind::Object(fields) => {
                if fields.is_empty() {
                    self.plain("{}");
                    return;
                }
                self.deepen(false, false);
                for (key, value) in fields {
                    self.line();
                    if key.len() <= LONGEST_SIMPLE_KEY && !key.contains(is_break) {
                        self.string(key, true);
                        self.put(':');
                        self.after_space = false;
                        self.in_indentation = false;
                    } else {
                        self.indicator("?", true);
                        self.string(key, false);
                        self.line();
                        self.indicator(":", true);
                    }
                    self.node(value, true, false);
                }
            }
            Kind::String(text) => self.string(text, is_simple_key),
            Kind::Null(_) | Kind::Unknown(_) => self.plain("null"),
            Kind::Bool(value) => self.plain(if *value { "true" } else { "false" }),
            Kind::Number(value) => self.plain(&value.to_string()),
        }
        self.indent = outer;
    }

    fn deepen(&mut self, is_scalar: bool, stay: bool) {
        match self.indent {
            ..0 => self.indent = if is_scalar { 2 } else { 0 },
            _ if stay => (),
            _ => self.indent += 2,
        }
    }

    fn put(&mut self, character: char) {
        self.text.push(character);
        self.column += 1;
    }

    fn put_break(&mut self, character: char) {
        self.text.push(character);
        self.column = 0;
    }

    /// Begins a line, unless we stand at the place where it would begin.
    fn line(&mut self) {
        let indent = usize::try_from(self.indent).unwrap_or(0);
        if !self.in_indentation
            || self.column > indent
            || (self.column == indent && !self.after_space)
        {
            self.put_break('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_space = true;
        self.in_indentation = true;
    }

    fn indicator(&mut self, text: &str, keeps_indentation: bool) {
        if !self.after_space {
            self.put(' ');
        }
        text.chars().for_each(|character| self.put(character));
        self.after_space = false;
        self.in_indentation &= keeps_indentation;
    }

    fn plain(&mut self, text: &str) {
        self.indicator(text, false);
    }

    fn string(&mut self, text: &str, is_simple_key: bool) {
        let outer = self.indent;
        self.deepen(true, false);
        match !is_simple_key && text.contains('\n') && allows_block(text) {
            true => self.literal(text),
            false => self.quoted(text, is_simple_key),
        }
        self.indent = outer;
    }

    fn literal(&mut self, text: &str) {
        self.indicator("|", false);
        if text.starts_with(|character| character == ' ' || is_break(character)) {
            self.put('2');
        }
        let mut backwards = text.chars().rev();
        match (backwards.next().is_some_and(is_break), backwards.next()) {
            (false, _) => self.put('-'),
            (true, before) if before.is_none_or(is_break) => self.put('+'),
            _ => (),
        }
        self.put_break('\n');
        self.in_indentation = true;
        self.after_space = true;
        let mut begins_line = true;
        for character in text.chars() {
            if is_break(character) {
                self.put_break(character);
                self.in_indentation = true;
                begins_line = true;
            } else {
                if begins_line {
                    self.line();
                }
                self.put(character);
                self.in_indentation = false;
                begins_line = false;
            }
        }
    }

    fn quoted(&mut self, text: &str, is_simple_key: bool) {
        self.indicator("\"", false);
        let last = text.chars().count().saturating_sub(1);
        // Readers may take a byte order mark for more than a character, so nothing stays as it is.
        let escapes_all = text.starts_with('\u{feff}');
        let mut after_space = false;
        let mut characters = text.chars().enumerate().peekable();
        while let Some((index, character)) = characters.next() {
            let is_space = character == ' ';
            if is_space
                && !is_simple_key
                && !after_space
                && self.column > WIDTH
                && (1..last).contains(&index)
            {
                // The line break stands for the space; a second space needs to be kept apart.
                self.line();
                if characters.peek().is_some_and(|(_, next)| *next == ' ') {
                    self.put('\\');
                }
            } else if !escapes_all
                && is_printable(character)
                && !is_break(character)
                && !matches!(character, '"' | '\\')
            {
                self.put(character);
            } else {
                self.escape(character);
            }
            after_space = is_space;
        }
        self.put('"');
        self.after_space = false;
        self.in_indentation = false;
    }

    fn escape(&mut self, character: char) {
        let short = match character {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let text = match u32::from(character) {
                    code @ 0..=0xff => format!("\\x{code:02X}"),
                    code @ 0..=0xffff => format!("\\u{code:04X}"),
                    code => format!("\\U{code:08X}"),
                };
                text.chars().for_each(|character| self.put(character));
                return;
            }
        };
        self.put('\\');
        self.put(short);
    }
}

fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}'
        | '\u{ff00}'..='\u{fffd}')
}

/// Whether a string can stand in a block as it is: no spaces at the end of a line, and nothing
/// that would have to be escaped.
fn allows_block(text: &str) -> bool {
    let mut after_space = false;
    for character in text.chars() {
        if !is_printable(character) || (after_space && is_break(character)) {
            return false;
        }
        after_space = character == ' ';
    }
    !after_space
}
