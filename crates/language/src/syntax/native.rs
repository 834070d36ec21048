//! Arguments and blocks of the native syntax.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::explain::Place;
use super::tokens::Parser;
use crate::ast::{Attribute, Block, Body, Name, NativeBody};
use crate::scanner::TokenKind;
use crate::source::Span;

/// How deep blocks may stand in each other.
const MAXIMUM_BLOCKS: usize = 64;

const TO_SET_AN_ARGUMENT: &str = "Only an argument or a block can stand here. An argument is its name, an equals sign and a \
     value; a block is its type, its labels and a body in braces.";

/// What a body has so far.
#[derive(Default)]
struct Items {
    attributes: Vec<Attribute>,
    blocks: Vec<Block>,
    seen: HashMap<Arc<str>, Span>,
}

impl Parser<'_> {
    pub(super) fn file_body(&mut self) -> NativeBody {
        let end = self.tokens.len().saturating_sub(1);
        let items = self.items(0..end, 0);
        let span = self.span(0..self.text.len());
        NativeBody { attributes: items.attributes, blocks: items.blocks, span }
    }

    /// The arguments and blocks between these tokens, each on lines of its own. At depth zero the
    /// end of the file also ends a line.
    fn items(&mut self, range: Range<usize>, depth: usize) -> Items {
        let mut items = Items::default();
        let mut at = range.start;
        while at < range.end {
            at = match self.kind(at) {
                TokenKind::Newline | TokenKind::Comment => at + 1,
                TokenKind::Identifier => self.item(at, range.end, depth, &mut items),
                kind => {
                    if !self.is_broken(at..at + 1) {
                        let (summary, detail) = match kind {
                            TokenKind::OpenQuote => (
                                "Invalid argument name",
                                "The name of an argument is written without quotes.",
                            ),
                            _ => ("Argument or block definition required", TO_SET_AN_ARGUMENT),
                        };
                        self.error(summary, detail, self.token_span(at));
                    }
                    self.line_end(at, range.end)
                }
            };
        }
        items
    }

    /// Reads one argument or block and gives the index of what follows.
    fn item(&mut self, at: usize, end: usize, depth: usize, items: &mut Items) -> usize {
        let next = self.skip_comments(at + 1);
        match self.kind(next) {
            TokenKind::Assign => self.argument(at, next, end, depth, items),
            TokenKind::OpenQuote | TokenKind::Identifier | TokenKind::OpenBrace => {
                self.block(at, next, end, depth, items)
            }
            _ => {
                let line_end = self.line_end(at, end);
                if !self.is_broken(at..line_end) {
                    let span = self.token_span(at);
                    self.error("Argument or block definition required", TO_SET_AN_ARGUMENT, span);
                }
                line_end
            }
        }
    }

    fn argument(
        &mut self,
        at: usize,
        equals: usize,
        end: usize,
        depth: usize,
        items: &mut Items,
    ) -> usize {
        let line_end = self.line_end(equals + 1, end);
        let name = self.name(self.tokens[at].range());
        if line_end == end && depth > 0 && !self.is_broken(at..end + 1) {
            self.error(
                "Missing newline after argument",
                "After an argument a new line must begin.",
                self.token_span(end),
            );
        }
        self.set_argument(name, equals + 1..line_end, Place::Argument, items);
        line_end
    }

    fn set_argument(&mut self, name: Name, value: Range<usize>, place: Place, items: &mut Items) {
        if self.is_broken(value.clone()) {
            return;
        }
        let Some(expr) = self.expression(value, place) else { return };
        if let Some(earlier) = items.seen.insert(name.text.clone(), name.span) {
            let line = self.line_number(earlier.start as usize);
            self.error(
                "Attribute redefined",
                format!(
                    "The argument \"{}\" is set on line {line} already. An argument can be set \
                     only once in a body.",
                    &*name
                ),
                name.span,
            );
            return;
        }
        let span = name.span.to(expr.span);
        items.attributes.push(Attribute { name, expr, span, json: None });
    }

    fn block(
        &mut self,
        at: usize,
        mut next: usize,
        end: usize,
        depth: usize,
        items: &mut Items,
    ) -> usize {
        let kind = self.name(self.tokens[at].range());
        let mut labels = Vec::new();
        let mut usable = true;
        loop {
            match self.kind(next) {
                TokenKind::OpenBrace => break,
                TokenKind::Identifier => labels.push(self.name(self.tokens[next].range())),
                TokenKind::OpenQuote if self.pair(next).is_some_and(|close| close < end) => {
                    match self.label(next) {
                        Some(label) => labels.push(label),
                        None => usable = false,
                    }
                    next = self.pair(next).unwrap_or(next);
                }
                _ => {
                    let line_end = self.line_end(at, end);
                    if !self.is_broken(at..line_end.max(next + 1)) {
                        self.explain_block_header(next, end);
                    }
                    return line_end;
                }
            }
            next = self.skip_comments(next + 1);
        }
        let open = next;
        let header_end = self.previous(open, at).unwrap_or(at);
        let span = self.span(self.tokens[at].start..self.tokens[header_end].end);
        let close = self.pair(open).unwrap_or(end).min(end);
        if depth >= MAXIMUM_BLOCKS {
            self.too_deep(span);
            return self.line_end(close, end);
        }
        let body = self.block_body(open, close, depth);
        if usable {
            items.blocks.push(Block { kind, labels, body: Body::Native(body), span });
        }
        if close == end {
            return end;
        }
        let after = self.skip_comments(close + 1);
        let at_end = after >= end && depth == 0;
        if !at_end && !self.ends_line(after) {
            if !self.is_broken(after..after + 1) {
                self.error(
                    "Missing newline after block definition",
                    "After the closing brace of a block a new line must begin.",
                    self.token_span(after),
                );
            }
            return self.line_end(after, end);
        }
        after
    }

    fn block_body(&mut self, open: usize, close: usize, depth: usize) -> NativeBody {
        let first = self.skip_comments(open + 1);
        let items = if first >= close || self.ends_line(first) || self.pair(open).is_none() {
            self.items(first..close, depth + 1)
        } else {
            self.one_line_body(first, close)
        };
        let end = self.tokens[close].end;
        let span = self.span(self.tokens[open].start..end);
        NativeBody { attributes: items.attributes, blocks: items.blocks, span }
    }

    /// `{ name = value }`
    fn one_line_body(&mut self, at: usize, close: usize) -> Items {
        let mut items = Items::default();
        let next = self.skip_comments(at + 1);
        if self.kind(at) != TokenKind::Identifier {
            if !self.is_broken(at..close) {
                let span = self.token_span(at);
                self.error("Argument or block definition required", TO_SET_AN_ARGUMENT, span);
            }
            return items;
        }
        if self.kind(next) != TokenKind::Assign {
            let (summary, detail) = match self.kind(next) {
                TokenKind::Identifier | TokenKind::OpenQuote | TokenKind::OpenBrace => (
                    "Argument definition required",
                    "A block on one line can hold one argument and no block. Give each argument \
                     and block in it a line of its own.",
                ),
                _ => ("Argument or block definition required", TO_SET_AN_ARGUMENT),
            };
            if !self.is_broken(at..close) {
                self.error(summary, detail, self.token_span(next));
            }
            return items;
        }
        let end = self.argument_end(next + 1, close);
        if end < close {
            if !self.is_broken(at..close) {
                self.error(
                    "Invalid single-argument block definition",
                    "A block that has an argument on the line of its opening brace must also \
                     close on that line, and can hold no other argument. Give each argument a line \
                     of its own.",
                    self.token_span(end),
                );
            }
            return items;
        }
        let name = self.name(self.tokens[at].range());
        self.set_argument(name, next + 1..close, Place::OneLineBlock, &mut items);
        items
    }

    /// The first comma or line end outside of brackets.
    fn argument_end(&self, mut at: usize, close: usize) -> usize {
        while at < close && self.kind(at) != TokenKind::Comma && !self.ends_line(at) {
            at = self.pair(at).unwrap_or(at) + 1;
        }
        at.min(close)
    }

    /// A label in quotes, in which nothing is interpolated.
    fn label(&mut self, open: usize) -> Option<Name> {
        let close = self.pair(open)?;
        if self.is_broken(open..close) {
            return None;
        }
        let span = self.span(self.tokens[open].start..self.tokens[close].end);
        let mut text = String::new();
        for index in open + 1..close {
            if self.kind(index) != TokenKind::QuotedLiteral {
                self.error(
                    "Invalid string literal",
                    "A label cannot contain a template sequence. For a literal ${ write $${.",
                    self.token_span(index),
                );
                return None;
            }
            text.push_str(&self.unescape(index)?);
        }
        Some(Name { text: self.intern(&text), span })
    }

    /// The index of the token that ends the line here, brackets and templates passed over.
    fn line_end(&self, mut at: usize, end: usize) -> usize {
        while at < end && !self.ends_line(at) {
            at = match self.pair(at) {
                Some(close) => close + 1,
                None if self.is_opening(at) => return end,
                None => at + 1,
            };
        }
        at.min(end)
    }

    fn is_opening(&self, index: usize) -> bool {
        matches!(
            self.kind(index),
            TokenKind::OpenBrace
                | TokenKind::OpenBracket
                | TokenKind::OpenParen
                | TokenKind::OpenInterpolation
                | TokenKind::OpenDirective
                | TokenKind::OpenQuote
                | TokenKind::OpenHeredoc
        )
    }

    pub(super) fn line_number(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }
}
