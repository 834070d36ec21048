//! Splitting YAML 1.1 into tokens.
//!
//! This follows the rules of libyaml, whose leniencies existing documents rely on and whose
//! messages people search for, rather than the letter of a later standard.

mod scalars;

use std::collections::VecDeque;

/// Collections within collections beyond this are refused rather than let loose on the stack.
pub(super) const MAX_DEPTH: usize = 500;

/// A place in the text; both from zero.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Mark {
    index: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Mark {
    /// So many characters later on the same line.
    pub(super) fn after(self, count: usize) -> Mark {
        Mark { index: self.index + count, column: self.column + count, ..self }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    StreamEnd,
    VersionDirective(u32, u32),
    TagDirective { handle: String, prefix: String },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag { handle: String, suffix: String },
    Scalar(String, Style),
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: Mark,
}

/// What is wrong, as the message says it.
pub(super) fn scan_error(mark: Mark, problem: &str) -> String {
    // The scanner's places name the line alone.
    match mark.line {
        0 => problem.to_owned(),
        line => format!("on line {}, column 1: {problem}", line + 1),
    }
}

/// A place where a key may turn out to have begun.
#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    token_number: usize,
    mark: Mark,
}

pub(super) struct Scanner {
    text: Vec<char>,
    mark: Mark,
    tokens: VecDeque<Token>,
    /// How many tokens have been taken.
    taken: usize,
    flow_level: usize,
    simple_key_allowed: bool,
    /// One for each flow level, and one for the blocks.
    simple_keys: Vec<SimpleKey>,
    /// The column of the block, -1 outside of all.
    indent: isize,
    indents: Vec<isize>,
    ended: bool,
}

type Result<T> = std::result::Result<T, String>;

fn is_name(character: Option<char>) -> bool {
    character.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn is_break_character(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

impl Scanner {
    pub(super) fn new(text: &str) -> Result<Scanner> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_allowed = |character| {
            matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
                | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
        };
        if !text.chars().all(is_allowed) {
            return Err("control characters are not allowed".to_owned());
        }
        // An empty text counts as an empty line.
        let text = if text.is_empty() { "\n" } else { text };
        Ok(Scanner {
            text: text.chars().collect(),
            mark: Mark::default(),
            tokens: VecDeque::new(),
            taken: 0,
            flow_level: 0,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            indent: -1,
            indents: Vec::new(),
            ended: false,
        })
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Token> {
        while self.needs_more()? {
            self.fetch()?;
        }
        let end = Token { kind: Kind::StreamEnd, start: self.mark };
        if self.tokens.is_empty() {
            self.tokens.push_back(end);
        }
        self.tokens.front().ok_or_else(|| "expected a token".to_owned())
    }

    /// Takes the token that `peek` showed.
    pub(super) fn skip_token(&mut self) {
        if self.tokens.pop_front().is_some() {
            self.taken += 1;
        }
    }

    fn needs_more(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.tokens.is_empty() {
            return Ok(true);
        }
        self.drop_stale_keys()?;
        Ok(self.simple_keys.iter().any(|key| key.possible && key.token_number == self.taken))
    }

    fn at(&self, offset: usize) -> Option<char> {
        self.text.get(self.mark.index + offset).copied()
    }

    fn current(&self) -> Option<char> {
        self.at(0)
    }

    fn is_blank(&self, offset: usize) -> bool {
        matches!(self.at(offset), Some(' ' | '\t'))
    }

    fn is_break(&self, offset: usize) -> bool {
        self.at(offset).is_some_and(is_break_character)
    }

    fn is_break_or_end(&self, offset: usize) -> bool {
        self.at(offset).is_none_or(is_break_character)
    }

    fn is_blank_or_end(&self, offset: usize) -> bool {
        self.is_blank(offset) || self.is_break_or_end(offset)
    }

    fn column(&self) -> isize {
        isize::try_from(self.mark.column).unwrap_or(isize::MAX)
    }

    fn skip(&mut self) {
        self.mark.index += 1;
        self.mark.column += 1;
    }

    fn skip_line(&mut self) {
        if self.is_break(0) {
            let two = self.current() == Some('\r') && self.at(1) == Some('\n');
            self.mark.index += if two { 2 } else { 1 };
            self.mark.column = 0;
            self.mark.line += 1;
        }
    }

    fn read(&mut self, text: &mut String) {
        text.extend(self.current());
        self.skip();
    }

    fn read_line(&mut self, text: &mut String) {
        match self.current() {
            Some(kept @ ('\u{2028}' | '\u{2029}')) => text.push(kept),
            _ => text.push('\n'),
        }
        self.skip_line();
    }

    fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.skip();
        }
    }

    fn error<T>(&self, problem: &str) -> Result<T> {
        Err(scan_error(self.mark, problem))
    }

    fn push(&mut self, kind: Kind, start: Mark) {
        self.tokens.push_back(Token { kind, start });
    }

    /// Pushes a token of so many characters.
    fn push_indicator(&mut self, kind: Kind, length: usize) {
        let start = self.mark;
        (0..length).for_each(|_| self.skip());
        self.push(kind, start);
    }

    /// A key must begin and end on one line, and not be very long.
    fn drop_stale_keys(&mut self) -> Result<()> {
        let mark = self.mark;
        for key in &mut self.simple_keys {
            if key.possible && (key.mark.line < mark.line || key.mark.index + 1024 < mark.index) {
                if key.required {
                    return Err(scan_error(mark, "could not find expected ':'"));
                }
                key.possible = false;
            }
        }
        Ok(())
    }

    fn save_key(&mut self) -> Result<()> {
        if self.simple_key_allowed {
            let key = SimpleKey {
                possible: true,
                required: self.flow_level == 0 && self.indent == self.column(),
                token_number: self.taken + self.tokens.len(),
                mark: self.mark,
            };
            self.remove_key()?;
            if let Some(last) = self.simple_keys.last_mut() {
                *last = key;
            }
        }
        Ok(())
    }

    fn remove_key(&mut self) -> Result<()> {
        let mark = self.mark;
        if let Some(key) = self.simple_keys.last_mut() {
            if key.possible && key.required {
                return Err(scan_error(mark, "could not find expected ':'"));
            }
            key.possible = false;
        }
        Ok(())
    }

    /// Begins a block when the column is further right than the present one.
    fn roll_indent(
        &mut self,
        column: isize,
        number: Option<usize>,
        kind: Kind,
        mark: Mark,
    ) -> Result<()> {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        if self.indents.len() >= MAX_DEPTH {
            return self.error("exceeded max depth");
        }
        self.indents.push(self.indent);
        self.indent = column;
        let token = Token { kind, start: mark };
        match number {
            Some(number) => self.insert(number, token),
            None => self.tokens.push_back(token),
        }
        Ok(())
    }

    fn insert(&mut self, number: usize, token: Token) {
        let position = number.saturating_sub(self.taken).min(self.tokens.len());
        self.tokens.insert(position, token);
    }

    /// Ends the blocks that are further right than the column.
    fn unroll_indent(&mut self, column: isize) {
        while self.flow_level == 0 && self.indent > column {
            self.push(Kind::BlockEnd, self.mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch(&mut self) -> Result<()> {
        self.skip_to_token();
        self.drop_stale_keys()?;
        self.unroll_indent(self.column());
        let Some(character) = self.current() else { return self.fetch_stream_end() };
        if self.mark.column == 0 && character == '%' {
            self.unroll_indent(-1);
            self.remove_key()?;
            self.simple_key_allowed = false;
            return self.scan_directive();
        }
        if self.is_document_indicator() {
            self.unroll_indent(-1);
            self.remove_key()?;
            self.simple_key_allowed = false;
            let kind = if character == '-' { Kind::DocumentStart } else { Kind::DocumentEnd };
            self.push_indicator(kind, 3);
            return Ok(());
        }
        let in_flow = self.flow_level > 0;
        match character {
            '[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            '{' => self.fetch_flow_start(Kind::FlowMappingStart),
            ']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            '}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            ',' => {
                self.remove_key()?;
                self.simple_key_allowed = true;
                self.push_indicator(Kind::FlowEntry, 1);
                Ok(())
            }
            '-' if self.is_blank_or_end(1) => self.fetch_block_entry(),
            '?' if in_flow || self.is_blank_or_end(1) => self.fetch_key(),
            ':' if in_flow || self.is_blank_or_end(1) => self.fetch_value(),
            '*' | '&' => {
                self.save_key()?;
                self.simple_key_allowed = false;
                self.scan_anchor(character == '*')
            }
            '!' => {
                self.save_key()?;
                self.simple_key_allowed = false;
                self.scan_tag()
            }
            '|' | '>' if !in_flow => {
                self.remove_key()?;
                self.simple_key_allowed = true;
                self.scan_block_scalar(character == '|')
            }
            '\'' | '"' => {
                self.save_key()?;
                self.simple_key_allowed = false;
                self.scan_quoted(character)
            }
            '-' if !self.is_blank(1) => self.fetch_plain(),
            '?' | ':' if !in_flow && !self.is_blank_or_end(1) => self.fetch_plain(),
            ' ' | '\t' | '-' | '?' | ':' | '#' | '|' | '>' | '%' | '@' | '`' => {
                self.error("found character that cannot start any token")
            }
            _ => self.fetch_plain(),
        }
    }

    fn is_document_indicator(&self) -> bool {
        let three = [self.at(0), self.at(1), self.at(2)];
        self.mark.column == 0
            && (three == [Some('-'); 3] || three == [Some('.'); 3])
            && self.is_blank_or_end(3)
    }

    fn skip_to_token(&mut self) {
        loop {
            while self.current() == Some(' ')
                || (self.current() == Some('\t')
                    && (self.flow_level > 0 || !self.simple_key_allowed))
            {
                self.skip();
            }
            if self.current() == Some('#') {
                while !self.is_break_or_end(0) {
                    self.skip();
                }
            }
            if !self.is_break(0) {
                return;
            }
            self.skip_line();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn fetch_stream_end(&mut self) -> Result<()> {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.unroll_indent(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.push(Kind::StreamEnd, self.mark);
        self.ended = true;
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind) -> Result<()> {
        self.save_key()?;
        if self.flow_level >= MAX_DEPTH {
            return self.error("exceeded max depth");
        }
        self.simple_keys.push(SimpleKey::default());
        self.flow_level += 1;
        self.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind) -> Result<()> {
        self.remove_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.simple_keys.pop();
        }
        self.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.error("block sequence entries are not allowed in this context");
            }
            self.roll_indent(self.column(), None, Kind::BlockSequenceStart, self.mark)?;
        }
        self.remove_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(Kind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.error("mapping keys are not allowed in this context");
            }
            self.roll_indent(self.column(), None, Kind::BlockMappingStart, self.mark)?;
        }
        self.remove_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_indicator(Kind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<()> {
        let key = self.simple_keys.last().copied().unwrap_or_default();
        if key.possible {
            self.insert(key.token_number, Token { kind: Kind::Key, start: key.mark });
            let column = isize::try_from(key.mark.column).unwrap_or(isize::MAX);
            self.roll_indent(column, Some(key.token_number), Kind::BlockMappingStart, key.mark)?;
            if let Some(last) = self.simple_keys.last_mut() {
                last.possible = false;
            }
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.error("mapping values are not allowed in this context");
                }
                self.roll_indent(self.column(), None, Kind::BlockMappingStart, self.mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_indicator(Kind::Value, 1);
        Ok(())
    }

    fn scan_directive(&mut self) -> Result<()> {
        let start = self.mark;
        self.skip();
        let mut name = String::new();
        while is_name(self.current()) {
            self.read(&mut name);
        }
        if name.is_empty() {
            return self.error("could not find expected directive name");
        }
        if !self.is_blank_or_end(0) {
            return self.error("found unexpected non-alphabetical character");
        }
        let kind = match name.as_str() {
            "YAML" => {
                self.skip_blanks();
                let major = self.version_number()?;
                if self.current() != Some('.') {
                    return self.error("did not find expected digit or '.' character");
                }
                self.skip();
                Kind::VersionDirective(major, self.version_number()?)
            }
            "TAG" => {
                self.skip_blanks();
                let handle = self.tag_handle(true)?;
                if !self.is_blank(0) {
                    return self.error("did not find expected whitespace");
                }
                self.skip_blanks();
                let prefix = self.tag_uri("")?;
                if !self.is_blank_or_end(0) {
                    return self.error("did not find expected whitespace or line break");
                }
                Kind::TagDirective { handle, prefix }
            }
            _ => return self.error("found unknown directive name"),
        };
        self.push(kind, start);
        self.skip_rest_of_line()
    }

    fn skip_rest_of_line(&mut self) -> Result<()> {
        self.skip_blanks();
        if self.current() == Some('#') {
            while !self.is_break_or_end(0) {
                self.skip();
            }
        }
        if !self.is_break_or_end(0) {
            return self.error("did not find expected comment or line break");
        }
        self.skip_line();
        Ok(())
    }

    fn version_number(&mut self) -> Result<u32> {
        let mut value = 0;
        let mut length = 0;
        while let Some(digit) = self.current().and_then(|c| c.to_digit(10)) {
            length += 1;
            if length > 2 {
                return self.error("found extremely long version number");
            }
            value = value * 10 + digit;
            self.skip();
        }
        if length == 0 { self.error("did not find expected version number") } else { Ok(value) }
    }

    fn scan_anchor(&mut self, is_alias: bool) -> Result<()> {
        let start = self.mark;
        self.skip();
        let mut name = String::new();
        while is_name(self.current()) {
            self.read(&mut name);
        }
        let ends = self.is_blank_or_end(0)
            || matches!(self.current(), Some('?' | ':' | ',' | ']' | '}' | '%' | '@' | '`'));
        if name.is_empty() || !ends {
            return self.error("did not find expected alphabetic or numeric character");
        }
        self.push(if is_alias { Kind::Alias(name) } else { Kind::Anchor(name) }, start);
        Ok(())
    }

    fn scan_tag(&mut self) -> Result<()> {
        let start = self.mark;
        let (handle, suffix) = if self.at(1) == Some('<') {
            self.skip();
            self.skip();
            let suffix = self.tag_uri("")?;
            if self.current() != Some('>') {
                return self.error("did not find the expected '>'");
            }
            self.skip();
            (String::new(), suffix)
        } else {
            let handle = self.tag_handle(false)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.tag_uri("")?;
                (handle, suffix)
            } else {
                match self.tag_uri(&handle)? {
                    // The tag "!" alone.
                    suffix if suffix.is_empty() => (suffix, "!".to_owned()),
                    suffix => ("!".to_owned(), suffix),
                }
            }
        };
        if !self.is_blank_or_end(0) {
            return self.error("did not find expected whitespace or line break");
        }
        self.push(Kind::Tag { handle, suffix }, start);
        Ok(())
    }

    fn tag_handle(&mut self, in_directive: bool) -> Result<String> {
        if self.current() != Some('!') {
            return self.error("did not find expected '!'");
        }
        let mut handle = String::new();
        self.read(&mut handle);
        while is_name(self.current()) {
            self.read(&mut handle);
        }
        if self.current() == Some('!') {
            self.read(&mut handle);
        } else if in_directive && handle != "!" {
            return self.error("did not find expected '!'");
        }
        Ok(handle)
    }

    /// The rest of a tag, of which `head` has been read already.
    fn tag_uri(&mut self, head: &str) -> Result<String> {
        let mut uri = head.get(1..).unwrap_or_default().to_owned();
        let mut has_any = !head.is_empty();
        loop {
            match self.current() {
                Some('%') => {
                    self.uri_escapes(&mut uri)?;
                }
                character
                    if is_name(character)
                        || character.is_some_and(|c| ";/?:@&=+$,.!~*'()[]".contains(c)) =>
                {
                    self.read(&mut uri);
                }
                _ => break,
            }
            has_any = true;
        }
        if has_any { Ok(uri) } else { self.error("did not find expected tag URI") }
    }

    fn uri_escapes(&mut self, uri: &mut String) -> Result<()> {
        let mut bytes = Vec::new();
        while self.current() == Some('%') {
            let digit = |offset| self.at(offset).and_then(|c: char| c.to_digit(16));
            let (Some(high), Some(low)) = (digit(1), digit(2)) else {
                return self.error("did not find URI escaped octet");
            };
            bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
            (0..3).for_each(|_| self.skip());
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => uri.push_str(text),
            Err(_) => return self.error("found an incorrect leading UTF-8 octet"),
        }
        Ok(())
    }
}
