//! The tokens of a text with their brackets matched, and what is wrong with them already.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::MAXIMUM_DEPTH;
use crate::ast::Name;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::scanner::{self, Token, TokenKind};
use crate::source::{FileId, Span};

/// After so many bad characters the rest of them is not worth telling.
const MAXIMUM_BAD_CHARACTERS: usize = 20;

/// After so many errors a text is hardly a configuration, and the rest is not worth telling.
const MAXIMUM_ERRORS: usize = 100;

const UNPAIRED: u32 = u32::MAX;

/// What the tokens are taken for at the bottom.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    Body,
    Template,
}

/// Where in a file a text stands.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// At this offset.
    At(FileId, usize),
    /// Somewhere here, with escapes that hide where exactly.
    Within(Span),
}

pub(super) struct Parser<'s> {
    origin: Origin,
    pub(super) text: &'s str,
    /// The last one is the end of the file.
    pub(super) tokens: Vec<Token>,
    diagnostics: &'s mut Diagnostics,
    errors: usize,
    /// How many expressions, blocks and templates the current one stands in.
    pub(super) depth: usize,
    /// For each opening token the index of the one that closes it.
    pairs: Vec<u32>,
    /// Indices of tokens that something is wrong with, in order. It has been said.
    bad: Vec<usize>,
    names: HashSet<Arc<str>>,
}

impl<'s> Parser<'s> {
    pub(super) fn for_file(
        file: FileId,
        text: &'s str,
        diagnostics: &'s mut Diagnostics,
    ) -> Parser<'s> {
        let origin = Origin::At(file, 0);
        Parser::new(origin, text, scanner::scan(text), Ground::Body, diagnostics)
    }

    pub(super) fn for_template(
        origin: Origin,
        text: &'s str,
        diagnostics: &'s mut Diagnostics,
    ) -> Parser<'s> {
        Parser::new(origin, text, scanner::scan_template(text), Ground::Template, diagnostics)
    }

    fn new(
        origin: Origin,
        text: &'s str,
        tokens: Vec<Token>,
        ground: Ground,
        diagnostics: &'s mut Diagnostics,
    ) -> Parser<'s> {
        let pairs = vec![UNPAIRED; tokens.len()];
        let names = HashSet::new();
        let mut parser = Parser {
            origin,
            text,
            tokens,
            diagnostics,
            errors: 0,
            depth: 0,
            pairs,
            bad: Vec::new(),
            names,
        };
        parser.match_brackets(ground);
        parser
    }

    pub(super) fn kind(&self, index: usize) -> TokenKind {
        self.tokens.get(index).map_or(TokenKind::EndOfFile, |token| token.kind)
    }

    pub(super) fn token_text(&self, index: usize) -> &'s str {
        self.tokens.get(index).map_or("", |token| token.text(self.text))
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        match self.origin {
            Origin::At(file, base) => Span::new(file, range.start + base..range.end + base),
            Origin::Within(span) => span,
        }
    }

    pub(super) fn token_span(&self, index: usize) -> Span {
        self.tokens.get(index).or(self.tokens.last()).map_or_else(
            || self.span(self.text.len()..self.text.len()),
            |token| self.span(token.range()),
        )
    }

    /// The token that closes what this one opens.
    pub(super) fn pair(&self, open: usize) -> Option<usize> {
        self.pairs.get(open).filter(|pair| **pair != UNPAIRED).map(|pair| *pair as usize)
    }

    /// Whether something in the range was found wrong and said already.
    pub(super) fn is_broken(&self, range: Range<usize>) -> bool {
        let first = self.bad.partition_point(|index| *index < range.start);
        self.bad.get(first).is_some_and(|index| *index < range.end)
    }

    pub(super) fn ends_line(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.ends_line(self.text))
    }

    pub(super) fn is_trivia(&self, index: usize) -> bool {
        matches!(self.kind(index), TokenKind::Newline | TokenKind::Comment)
    }

    /// The first token from here that is neither a comment nor a line break.
    pub(super) fn skip_trivia(&self, mut index: usize) -> usize {
        while self.is_trivia(index) {
            index += 1;
        }
        index
    }

    /// The first token from here that is not a comment inside the line.
    pub(super) fn skip_comments(&self, mut index: usize) -> usize {
        while self.kind(index) == TokenKind::Comment && !self.ends_line(index) {
            index += 1;
        }
        index
    }

    /// The last token before this one that is neither a comment nor a line break.
    pub(super) fn previous(&self, index: usize, from: usize) -> Option<usize> {
        (from..index).rev().find(|index| !self.is_trivia(*index))
    }

    /// One shared text for each name of the file.
    pub(super) fn intern(&mut self, text: &str) -> Arc<str> {
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        let name: Arc<str> = text.into();
        self.names.insert(name.clone());
        name
    }

    pub(super) fn name(&mut self, range: Range<usize>) -> Name {
        let text = self.text.get(range.clone()).unwrap_or_default();
        Name { text: self.intern(text), span: self.span(range) }
    }

    pub(super) fn error(&mut self, summary: &str, detail: impl Into<String>, span: Span) {
        self.complain(Diagnostic::error(summary, detail).at(span));
    }

    pub(super) fn complain(&mut self, diagnostic: Diagnostic) {
        self.errors += 1;
        if self.errors <= MAXIMUM_ERRORS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Goes one level deeper. If that is too deep it says so and gives none; otherwise the caller
    /// must come up again.
    pub(super) fn descend(&mut self, span: Span) -> Option<()> {
        if self.depth >= MAXIMUM_DEPTH {
            self.too_deep(span);
            return None;
        }
        self.depth += 1;
        Some(())
    }

    pub(super) fn too_deep(&mut self, span: Span) {
        self.error(
            "Nesting too deep",
            "There are too many levels of blocks, brackets, operators or templates here. Split \
             the expression into several local values.",
            span,
        );
    }

    fn match_brackets(&mut self, ground: Ground) {
        // Each with whether it is the brace of a block.
        let mut open: Vec<(usize, bool)> = Vec::new();
        let mut complaints = 0;
        let mut last = TokenKind::Newline;
        for index in 0..self.tokens.len() {
            let kind = self.tokens[index].kind;
            match kind {
                TokenKind::OpenBrace
                | TokenKind::OpenBracket
                | TokenKind::OpenParen
                | TokenKind::OpenInterpolation
                | TokenKind::OpenDirective
                | TokenKind::OpenQuote
                | TokenKind::OpenHeredoc => {
                    let in_body = open.last().map_or(ground == Ground::Body, |(_, block)| *block);
                    let block = in_body
                        && kind == TokenKind::OpenBrace
                        && matches!(last, TokenKind::Identifier | TokenKind::CloseQuote);
                    open.push((index, block));
                    if open.len() > MAXIMUM_DEPTH {
                        self.too_deep(self.token_span(index));
                        break;
                    }
                }
                TokenKind::CloseBrace
                | TokenKind::CloseBracket
                | TokenKind::CloseParen
                | TokenKind::CloseSequence
                | TokenKind::CloseQuote
                | TokenKind::CloseHeredoc => match open.last() {
                    Some((opening, _)) if closes(self.kind(*opening), kind) => {
                        self.pairs[*opening] = u32::try_from(index).unwrap_or(UNPAIRED);
                        open.pop();
                    }
                    // What closes nothing is an unexpected token wherever it stands.
                    None | Some((_, true)) if kind != TokenKind::CloseSequence => {}
                    None | Some((_, true)) => {
                        self.bad.push(index);
                        self.explain_stray_closing(None, index);
                    }
                    Some((opening, _)) => {
                        self.bad.push(index);
                        self.explain_stray_closing(Some(*opening), index);
                        break;
                    }
                },
                TokenKind::QuotedNewline => {
                    self.bad.push(index);
                    self.explain_quoted_newline(&open, index);
                    break;
                }
                TokenKind::Invalid => {
                    self.bad.push(index);
                    complaints += 1;
                    if complaints <= MAXIMUM_BAD_CHARACTERS {
                        self.explain_character(index);
                    }
                }
                TokenKind::Comment => self.check_comment(index),
                TokenKind::EndOfFile => {
                    if let Some((opening, block)) = open.last() {
                        self.explain_unclosed(*opening, *block);
                    }
                }
                _ => {}
            }
            if kind != TokenKind::Comment || self.ends_line(index) {
                last = kind;
            }
        }
        self.bad.extend(open.iter().map(|(opening, _)| *opening));
        self.bad.sort_unstable();
    }

    fn check_comment(&mut self, index: usize) {
        let text = self.token_text(index);
        if text.starts_with("/*") && (text.len() < 4 || !text.ends_with("*/")) {
            self.bad.push(index);
            let start = self.tokens[index].start;
            self.error(
                "Unclosed comment",
                "There is no */ before the end of the file to end this comment.",
                self.span(start..start + 2),
            );
        }
    }
}

fn closes(open: TokenKind, close: TokenKind) -> bool {
    matches!(
        (open, close),
        (TokenKind::OpenBrace, TokenKind::CloseBrace)
            | (TokenKind::OpenBracket, TokenKind::CloseBracket)
            | (TokenKind::OpenParen, TokenKind::CloseParen)
            | (TokenKind::OpenInterpolation | TokenKind::OpenDirective, TokenKind::CloseSequence)
            | (TokenKind::OpenQuote, TokenKind::CloseQuote)
            | (TokenKind::OpenHeredoc, TokenKind::CloseHeredoc)
    )
}
