//! Replaces outdated spellings by their modern equivalents, which is all that formatting changes
//! besides space: `"${x}"` as a whole value, bare block labels, and the types of variables in the
//! notation of old versions.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::scanner::{Token, TokenKind, ends_line};

/// A token on its way to the output.
#[derive(Clone, Debug)]
pub(super) struct Piece<'s> {
    pub(super) kind: TokenKind,
    pub(super) text: Cow<'s, str>,
    /// How many spaces stand before it.
    pub(super) spaces: usize,
}

impl Piece<'_> {
    fn new(kind: TokenKind, text: &'static str) -> Self {
        Self { kind, text: Cow::Borrowed(text), spaces: 0 }
    }

    pub(super) fn ends_line(&self) -> bool {
        ends_line(self.kind, &self.text)
    }
}

pub(super) fn modernize<'s>(source: &'s str, tokens: &[Token]) -> Vec<Piece<'s>> {
    let byte_order_mark = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut previous_end = byte_order_mark;
    let pieces = tokens.iter().map(|token| {
        let spaces = token.start.saturating_sub(previous_end);
        previous_end = token.end;
        Piece { kind: token.kind, text: Cow::Borrowed(token.text(source)), spaces }
    });
    let mut rewriter =
        Rewriter { input: pieces.collect(), position: 0, output: Vec::new(), blocks: Vec::new() };
    rewriter.run();
    rewriter.output
}

struct Rewriter<'s> {
    input: Vec<Piece<'s>>,
    position: usize,
    output: Vec<Piece<'s>>,
    /// The types of the blocks around, outermost first.
    blocks: Vec<Cow<'s, str>>,
}

impl<'s> Rewriter<'s> {
    /// Each round handles one attribute, one block header, or one token between them.
    fn run(&mut self) {
        while let Some(piece) = self.input.get(self.position) {
            if piece.kind == TokenKind::Identifier {
                let after_name = self.skip_comments(self.position + 1);
                match self.kind(after_name) {
                    TokenKind::Assign => {
                        self.attribute(after_name);
                        continue;
                    }
                    _ => {
                        if self.block_header(after_name) {
                            continue;
                        }
                    }
                }
            } else if piece.kind == TokenKind::CloseBrace {
                self.blocks.pop();
            }
            self.copy_until(self.position + 1);
        }
    }

    fn kind(&self, index: usize) -> TokenKind {
        self.input.get(index).map_or(TokenKind::EndOfFile, |piece| piece.kind)
    }

    /// The first index from here on that is no comment within the line.
    fn skip_comments(&self, mut index: usize) -> usize {
        while self.kind(index) == TokenKind::Comment && !self.input[index].ends_line() {
            index += 1;
        }
        index
    }

    fn copy_until(&mut self, end: usize) {
        let end = end.min(self.input.len());
        self.output.extend(self.input[self.position..end].iter().cloned());
        self.position = end;
    }

    fn attribute(&mut self, assign: usize) {
        let is_variable_type = self.input[self.position].text == "type"
            && matches!(self.blocks.as_slice(), [block] if block == "variable");
        let start = self.skip_comments(assign + 1);
        self.copy_until(start);

        let mut end = self.expression_end(start);
        while end > start && self.kind(end - 1) == TokenKind::Comment {
            end -= 1;
        }
        let value = &self.input[start..end];
        if is_variable_type {
            self.output.extend(modern_type(value));
        } else {
            let after = After {
                line_break: self.kind(end) == TokenKind::Newline,
                closing_brace: self.kind(self.skip_comments(end)) == TokenKind::CloseBrace,
            };
            self.output.extend(unwrapped(value, after));
        }
        self.position = end;
    }

    /// The index of the line break or closing brace that ends the expression.
    fn expression_end(&self, start: usize) -> usize {
        let mut depth = 0;
        for (index, piece) in self.input.iter().enumerate().skip(start) {
            let change = piece.kind.nesting_change();
            let ends = piece.ends_line() || change < 0 || piece.kind == TokenKind::EndOfFile;
            if depth == 0 && ends {
                return index;
            }
            depth += change;
        }
        self.input.len()
    }

    /// Handles everything up to the opening brace, if this is a block.
    fn block_header(&mut self, mut index: usize) -> bool {
        let mut labels = Vec::new();
        let mut labels_end = self.position + 1;
        loop {
            let start = index;
            match self.kind(index) {
                TokenKind::OpenBrace => break,
                TokenKind::Identifier => index += 1,
                TokenKind::OpenQuote => {
                    while !matches!(self.kind(index), TokenKind::CloseQuote | TokenKind::EndOfFile)
                    {
                        index += 1;
                    }
                    index += 1;
                }
                _ => return false,
            }
            let end = index.min(self.input.len());
            labels.extend(modern_label(&self.input[start..end]));
            labels_end = end;
            index = self.skip_comments(end);
        }
        self.blocks.push(self.input[self.position].text.clone());
        self.copy_until(self.position + 1);
        // Comments between labels are dropped with the old spelling, as `tofu fmt` does.
        self.output.extend(labels);
        self.position = labels_end;
        self.copy_until(index + 1);
        true
    }
}

/// What follows a value in its line.
#[derive(Clone, Copy)]
struct After {
    /// Nothing, not even a comment.
    line_break: bool,
    /// The end of a block that stands in one line.
    closing_brace: bool,
}

/// Takes a value out of templates that hold nothing else.
fn unwrapped<'s>(value: &[Piece<'s>], mut after: After) -> Vec<Piece<'s>> {
    let mut inner = value;
    // Comments around an inner template do not keep it from being unwrapped as well.
    let (mut comments_before, mut comments_after) = (Vec::new(), Vec::new());
    while let Some(unwrapped) = unwrapped_once(inner) {
        let parenthesized = needs_parentheses(unwrapped, after);
        let ends_with_heredoc =
            unwrapped.last().is_some_and(|piece| piece.kind == TokenKind::CloseHeredoc);
        if ends_with_heredoc && (parenthesized || !after.line_break) {
            // The end marker of a heredoc needs a line for itself.
            break;
        }
        inner = unwrapped;
        if parenthesized {
            comments_before.push(Piece::new(TokenKind::OpenParen, "("));
            comments_after.push(Piece::new(TokenKind::CloseParen, ")"));
            break;
        }
        while let [comment, rest @ ..] = inner
            && comment.kind == TokenKind::Comment
        {
            comments_before.push(comment.clone());
            inner = rest;
        }
        while let [rest @ .., comment] = inner
            && comment.kind == TokenKind::Comment
        {
            comments_after.push(comment.clone());
            inner = rest;
            after.line_break = false;
        }
    }
    comments_after.reverse();
    [&comments_before, inner, &comments_after].concat()
}

fn unwrapped_once<'p, 's>(value: &'p [Piece<'s>]) -> Option<&'p [Piece<'s>]> {
    let [first, second, inside @ .., before_last, last] = value else { return None };
    let kinds = [first.kind, second.kind, before_last.kind, last.kind];
    let is_template = kinds
        == [
            TokenKind::OpenQuote,
            TokenKind::OpenInterpolation,
            TokenKind::CloseSequence,
            TokenKind::CloseQuote,
        ];
    if !is_template || inside.is_empty() {
        return None;
    }
    // The outer quotes hold one interpolation alone if no other sequence and no literal text is
    // found outside of inner quotes.
    let mut quotes = 0;
    for piece in inside {
        match piece.kind {
            TokenKind::OpenQuote => quotes += 1,
            TokenKind::CloseQuote => quotes -= 1,
            TokenKind::OpenInterpolation | TokenKind::CloseSequence | TokenKind::QuotedLiteral
                if quotes <= 0 =>
            {
                return None;
            }
            _ => (),
        }
    }
    let is_newline = |piece: &Piece<'_>| piece.kind == TokenKind::Newline;
    let start = inside.iter().position(|piece| !is_newline(piece))?;
    let end = inside.iter().rposition(|piece| !is_newline(piece))? + 1;
    Some(&inside[start..end])
}

/// Whether a value may not stand outside of its template without parentheses, because its first
/// line break would end it.
fn needs_parentheses(value: &[Piece<'_>], after: After) -> bool {
    let kind_at = |piece: Option<&Piece<'_>>| piece.map(|piece| piece.kind);
    let looks_parenthesized = kind_at(value.first()) == Some(TokenKind::OpenParen)
        && kind_at(value.last()) == Some(TokenKind::CloseParen);
    let has_newline = value.iter().any(|piece| piece.kind == TokenKind::Newline);
    if has_newline && !looks_parenthesized {
        return true;
    }
    let mut depth = 0;
    value.iter().enumerate().any(|(index, piece)| {
        depth += piece.kind.nesting_change();
        depth == 0 && piece.ends_line() && (after.closing_brace || index + 1 < value.len())
    })
}

/// The type of a variable: quoted types were text, and collections lacked their element type.
fn modern_type<'s>(value: &[Piece<'s>]) -> Vec<Piece<'s>> {
    let collection = |name: Piece<'s>, element: &'static str| {
        let open = Piece::new(TokenKind::OpenParen, "(");
        let element = Piece::new(TokenKind::Identifier, element);
        vec![name, open, element, Piece::new(TokenKind::CloseParen, ")")]
    };
    let is_quoted = |open: &Piece<'_>, text: &Piece<'_>| {
        open.kind == TokenKind::OpenQuote && text.kind == TokenKind::QuotedLiteral
    };
    match value {
        [name] if name.kind == TokenKind::Identifier => match name.text.as_ref() {
            "list" | "map" | "set" => collection(name.clone(), "any"),
            _ => value.to_vec(),
        },
        [open, text, _] if is_quoted(open, text) => match text.text.as_ref() {
            "string" => vec![Piece::new(TokenKind::Identifier, "string")],
            "list" => collection(Piece::new(TokenKind::Identifier, "list"), "string"),
            "map" => collection(Piece::new(TokenKind::Identifier, "map"), "string"),
            _ => value.to_vec(),
        },
        _ => value.to_vec(),
    }
}

/// A block label in quotes, with the shortest escapes.
fn modern_label<'s>(label: &[Piece<'s>]) -> Vec<Piece<'s>> {
    let text = match label {
        [name] => name.text.clone(),
        [_, literal, _] => match unescaped(&literal.text) {
            Some(text) => Cow::Owned(escaped(&text)),
            None => return label.to_vec(),
        },
        _ => return label.to_vec(),
    };
    vec![
        Piece::new(TokenKind::OpenQuote, "\""),
        Piece { kind: TokenKind::QuotedLiteral, text, spaces: 0 },
        Piece::new(TokenKind::CloseQuote, "\""),
    ]
}

/// The characters that a literal stands for. None if an escape is unknown.
fn unescaped(literal: &str) -> Option<String> {
    let mut text = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '\\' => {
                let escape = rest.chars().next()?;
                rest = &rest[escape.len_utf8()..];
                let digits = match escape {
                    'n' => {
                        text.push('\n');
                        continue;
                    }
                    'r' => {
                        text.push('\r');
                        continue;
                    }
                    't' => {
                        text.push('\t');
                        continue;
                    }
                    '"' | '\\' => {
                        text.push(escape);
                        continue;
                    }
                    'u' => 4,
                    'U' => 8,
                    _ => return None,
                };
                let (code, after) = rest.split_at_checked(digits)?;
                text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                rest = after;
            }
            '$' | '%' => {
                text.push(character);
                // A doubled sign before a brace stands for one.
                let doubled = rest.strip_prefix(character).filter(|after| after.starts_with('{'));
                rest = doubled.unwrap_or(rest);
            }
            _ => text.push(character),
        }
    }
    Some(text)
}

/// Characters that can be seen, besides the plain space.
static PRINTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\A[ \p{L}\p{M}\p{N}\p{P}\p{S}]\z").ok());

fn is_printed(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    PRINTED.as_ref().is_none_or(|printed| printed.is_match(text))
}

fn escaped(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '$' | '%' => {
                literal.push(character);
                if characters.peek() == Some(&'{') {
                    literal.push(character);
                }
            }
            _ if is_printed(character) => literal.push(character),
            _ => match u32::from(character) {
                code @ ..=0xffff => literal.push_str(&format!("\\u{code:04x}")),
                code => literal.push_str(&format!("\\U{code:08x}")),
            },
        }
    }
    literal
}
