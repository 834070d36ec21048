//! The scalars: blocks, quoted ones and plain ones, with their rules of folding.

use super::{Kind, Result, Scanner, Style};

impl Scanner {
    pub(super) fn scan_block_scalar(&mut self, literal: bool) -> Result<()> {
        let start = self.mark;
        self.skip();
        let mut chomping = None;
        let mut increment = 0;
        for _ in 0..2 {
            match self.current() {
                Some(sign @ ('+' | '-')) if chomping.is_none() => chomping = Some(sign),
                Some('0') if increment == 0 => {
                    return self.error("found an indentation indicator equal to 0");
                }
                Some(digit @ '1'..='9') if increment == 0 => {
                    increment = digit.to_digit(10).map_or(0, |digit| digit as isize);
                }
                _ => break,
            }
            self.skip();
        }
        self.skip_rest_of_line()?;

        let mut indent = if increment > 0 { self.indent.max(0) + increment } else { 0 };
        let mut text = String::new();
        let mut leading_break = String::new();
        let mut trailing_breaks = String::new();
        self.block_breaks(&mut indent, &mut trailing_breaks)?;
        let mut leading_blank = false;
        while self.column() == indent && self.current().is_some() {
            let trailing_blank = self.is_blank(0);
            let folds = !literal && !leading_blank && !trailing_blank;
            if folds && leading_break.starts_with('\n') {
                if trailing_breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&leading_break);
            }
            leading_break.clear();
            text.push_str(&trailing_breaks);
            trailing_breaks.clear();
            leading_blank = self.is_blank(0);
            while !self.is_break_or_end(0) {
                self.read(&mut text);
            }
            if self.is_break(0) {
                self.read_line(&mut leading_break);
            }
            self.block_breaks(&mut indent, &mut trailing_breaks)?;
        }
        if chomping != Some('-') {
            text.push_str(&leading_break);
        }
        if chomping == Some('+') {
            text.push_str(&trailing_breaks);
        }
        let style = if literal { Style::Literal } else { Style::Folded };
        self.push(Kind::Scalar(text, style), start);
        Ok(())
    }

    /// Reads empty lines, and finds the indentation where it is not given.
    fn block_breaks(&mut self, indent: &mut isize, breaks: &mut String) -> Result<()> {
        let mut widest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && self.current() == Some(' ') {
                self.skip();
            }
            widest = widest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && self.current() == Some('\t') {
                return self.error("found a tab character where an indentation space is expected");
            }
            if !self.is_break(0) {
                break;
            }
            self.read_line(breaks);
        }
        if *indent == 0 {
            *indent = widest.max(self.indent + 1).max(1);
        }
        Ok(())
    }

    pub(super) fn scan_quoted(&mut self, quote: char) -> Result<()> {
        let start = self.mark;
        let single = quote == '\'';
        self.skip();
        let mut text = String::new();
        loop {
            if self.is_document_indicator() {
                return self.error("found unexpected document indicator");
            }
            if self.current().is_none() {
                return self.error("found unexpected end of stream");
            }
            let mut leading_blanks = false;
            while !self.is_blank_or_end(0) {
                match self.current() {
                    Some('\'') if single && self.at(1) == Some('\'') => {
                        self.skip();
                        self.read(&mut text);
                    }
                    Some(character) if character == quote => break,
                    Some('\\') if !single && self.is_break(1) => {
                        self.skip();
                        self.skip_line();
                        leading_blanks = true;
                        break;
                    }
                    Some('\\') if !single => self.escape(&mut text)?,
                    _ => self.read(&mut text),
                }
            }
            if self.current() == Some(quote) {
                break;
            }
            self.fold(leading_blanks, &mut text);
        }
        self.skip();
        let style = if single { Style::SingleQuoted } else { Style::DoubleQuoted };
        self.push(Kind::Scalar(text, style), start);
        Ok(())
    }

    /// Reads white space in quotes: a line break is a space, further ones stay.
    fn fold(&mut self, mut leading_blanks: bool, text: &mut String) {
        let mut blanks = String::new();
        let mut leading_break = String::new();
        let mut trailing_breaks = String::new();
        while self.is_blank(0) || self.is_break(0) {
            match (self.is_blank(0), leading_blanks) {
                (true, false) => self.read(&mut blanks),
                (true, true) => self.skip(),
                (false, false) => {
                    blanks.clear();
                    self.read_line(&mut leading_break);
                    leading_blanks = true;
                }
                (false, true) => self.read_line(&mut trailing_breaks),
            }
        }
        text.push_str(&joined(leading_blanks, &blanks, &leading_break, &trailing_breaks));
    }

    fn escape(&mut self, text: &mut String) -> Result<()> {
        let length = match self.at(1) {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            other => {
                text.push(match other {
                    Some('0') => '\0',
                    Some('a') => '\u{7}',
                    Some('b') => '\u{8}',
                    Some('t' | '\t') => '\t',
                    Some('n') => '\n',
                    Some('v') => '\u{b}',
                    Some('f') => '\u{c}',
                    Some('r') => '\r',
                    Some('e') => '\u{1b}',
                    Some(same @ (' ' | '"' | '\'' | '\\')) => same,
                    Some('N') => '\u{85}',
                    Some('_') => '\u{a0}',
                    Some('L') => '\u{2028}',
                    Some('P') => '\u{2029}',
                    _ => return self.error("found unknown escape character"),
                });
                self.skip();
                self.skip();
                return Ok(());
            }
        };
        self.skip();
        self.skip();
        let mut code: u32 = 0;
        for offset in 0..length {
            let Some(digit) = self.at(offset).and_then(|c| c.to_digit(16)) else {
                return self.error("did not find expected hexdecimal number");
            };
            code = code.saturating_mul(16).saturating_add(digit);
        }
        let Some(character) = char::from_u32(code) else {
            return self.error("found invalid Unicode character escape code");
        };
        text.push(character);
        (0..length).for_each(|_| self.skip());
        Ok(())
    }

    pub(super) fn fetch_plain(&mut self) -> Result<()> {
        self.save_key()?;
        self.simple_key_allowed = false;
        let start = self.mark;
        let indent = self.indent + 1;
        let mut text = String::new();
        let mut blanks = String::new();
        let mut leading_break = String::new();
        let mut trailing_breaks = String::new();
        let mut leading_blanks = false;
        loop {
            if self.is_document_indicator() || self.current() == Some('#') {
                break;
            }
            while !self.is_blank_or_end(0) {
                let ends = match self.current() {
                    Some(':') => self.is_blank_or_end(1),
                    Some(',' | '?' | '[' | ']' | '{' | '}') => self.flow_level > 0,
                    _ => false,
                };
                if ends {
                    break;
                }
                text.push_str(&joined(leading_blanks, &blanks, &leading_break, &trailing_breaks));
                blanks.clear();
                leading_break.clear();
                trailing_breaks.clear();
                leading_blanks = false;
                self.read(&mut text);
            }
            if !(self.is_blank(0) || self.is_break(0)) {
                break;
            }
            while self.is_blank(0) || self.is_break(0) {
                match (self.is_blank(0), leading_blanks) {
                    (true, true) if self.column() < indent && self.current() == Some('\t') => {
                        return self.error("found a tab character that violates indentation");
                    }
                    (true, false) => self.read(&mut blanks),
                    (true, true) => self.skip(),
                    (false, false) => {
                        blanks.clear();
                        self.read_line(&mut leading_break);
                        leading_blanks = true;
                    }
                    (false, true) => self.read_line(&mut trailing_breaks),
                }
            }
            if self.flow_level == 0 && self.column() < indent {
                break;
            }
        }
        self.push(Kind::Scalar(text, Style::Plain), start);
        if leading_blanks {
            self.simple_key_allowed = true;
        }
        Ok(())
    }
}

/// What white space within a scalar stands for.
fn joined(leading_blanks: bool, blanks: &str, leading_break: &str, trailing: &str) -> String {
    if !leading_blanks {
        return blanks.to_owned();
    }
    match leading_break.starts_with('\n') {
        true if trailing.is_empty() => " ".to_owned(),
        true => trailing.to_owned(),
        false => format!("{leading_break}{trailing}"),
    }
}
