//! Says what is wrong with the syntax, in the words that users know.

use std::ops::Range;

use super::concessions::Prepared;
use super::tokens::Parser;
use crate::diagnostics::Diagnostic;
use crate::scanner::TokenKind;

/// What an expression is for, which decides what may follow it.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// The value of an argument.
    Argument,
    /// The value of the argument of a block on one line.
    OneLineBlock,
    /// All of a text.
    Whole,
    /// An item of an object, key and value.
    Item,
    /// Between `${`, the token given, and its brace.
    Interpolation { open: usize },
    /// Behind the keyword in `%{`, the token given.
    Directive { open: usize, keyword: &'static str },
}

const BALANCE: &str = "Perhaps brackets, braces or quotes before it are not balanced.";

const EXPRESSION_EXPECTED: &str =
    "A value must stand here, like a literal, a reference, a call or an expression in parentheses.";

/// What the innermost bracket around an unexpected token is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Parentheses,
    Call,
    Tuple,
    Index,
    Object { has_value: bool },
    For,
}

impl Parser<'_> {
    pub(super) fn explain_missing_expression(&mut self, at: usize, place: Place) {
        let detail = match place {
            Place::Interpolation { .. } => {
                "Between ${ and the brace there must be an expression. For a literal ${ write $${."
            }
            _ => EXPRESSION_EXPECTED,
        };
        let mut span = self.token_span(at);
        if self.is_trivia(at) || self.kind(at) == TokenKind::EndOfFile {
            span.end = span.start;
        }
        let summary = match self.kind(at) {
            TokenKind::EndOfFile => "Missing expression",
            _ => "Invalid expression",
        };
        self.error(summary, detail, span);
    }

    /// Says what the parser stumbled over in these tokens.
    pub(super) fn explain_parser_error(
        &mut self,
        prepared: &Prepared,
        error: &hcl_edit::parser::Error,
        range: Range<usize>,
        place: Place,
    ) {
        let message = error.message();
        if message.contains("nested levels") || message.contains("chained binary operators") {
            let span = self.span(self.tokens[range.start].start..self.tokens[range.end - 1].end);
            self.too_deep(span);
            return;
        }
        let mut offset = error.location().offset() + prepared.base;
        let at_end = is_at_end(&prepared.text, error);
        if message.contains("object value assignment") {
            // It has passed the character that it does not like.
            offset = offset.saturating_sub(usize::from(!at_end));
            let token = self.tokens.partition_point(|token| token.end <= offset);
            self.explain_missing_separator(token);
            return;
        }
        let mut token = range.end;
        if !at_end {
            let first = self.tokens.partition_point(|token| token.end <= offset);
            token = self.skip_trivia(first).min(range.end);
        }
        self.explain(range, token, place, false);
    }

    /// Says that this token cannot stand where it does. It may be the one behind the range.
    pub(super) fn explain(
        &mut self,
        range: Range<usize>,
        mut at: usize,
        place: Place,
        in_for: bool,
    ) {
        let behind_operand = self.previous(at, range.start).is_some_and(|it| self.ends_operand(it));
        if !in_for && behind_operand && is_infix(self.kind(at)) {
            // The parser goes back before an operator that lacks its operand.
            at = self.skip_comments(at + 1).min(range.end);
        }
        let previous = self.previous(at, range.start);
        let bracket = if in_for { Some(Bracket::For) } else { self.innermost(range.clone(), at) };
        if let (Some(previous), Some(Bracket::Object { .. })) = (previous, bracket)
            && !self.ends_operand(previous)
            && !matches!(self.kind(previous), TokenKind::OpenBrace | TokenKind::Comma)
        {
            // In an object the line must not end before the value does.
            at = (previous + 1..at).find(|index| self.ends_line(*index)).unwrap_or(at);
        }
        let span = match self.kind(at) {
            TokenKind::Newline | TokenKind::Comment | TokenKind::EndOfFile => {
                let start = self.tokens[at].start;
                self.span(start..start)
            }
            _ => self.token_span(at),
        };
        let previous_kind = previous.map(|index| self.kind(index));
        let (summary, detail): (&str, &str) = match (previous_kind, bracket) {
            (_, Some(Bracket::For)) if in_for => (
                "Invalid 'for' expression",
                "After for there must be one or two names, the keyword in and a collection, as in \
                 [for key, value in var.tags : value].",
            ),
            (Some(TokenKind::Dot), _) if self.kind(at) == TokenKind::Number => (
                "Invalid legacy index syntax",
                "After a dot there can be a single whole number. Write indices in brackets, as in \
                 [0][1].",
            ),
            (Some(TokenKind::Dot), _) => {
                ("Invalid attribute name", "After a dot there must be the name of an attribute.")
            }
            (Some(TokenKind::Star), _)
                if self.kind(at) == TokenKind::Star && previous == at.checked_sub(1) =>
            {
                ("Invalid expression", "There is no operator **. Use the function pow.")
            }
            (Some(TokenKind::Ellipsis), Some(Bracket::Call)) => (
                "Missing closing parenthesis",
                "After an argument with \"...\" the closing parenthesis must stand.",
            ),
            (Some(TokenKind::DoubleColon), _) => (
                "Missing function name",
                "After :: there must be the name of a function, as in provider::aws::arn_parse.",
            ),
            _ if !previous.is_some_and(|index| self.ends_operand(index))
                && previous_kind != Some(TokenKind::Ellipsis) =>
            {
                match self.kind(at) {
                    TokenKind::EndOfFile => ("Missing expression", EXPRESSION_EXPECTED),
                    _ => ("Invalid expression", EXPRESSION_EXPECTED),
                }
            }
            _ if self.is_namespaced_name(previous, range.start) => (
                "Missing open parenthesis",
                "The name of a function must be followed by its arguments in parentheses.",
            ),
            (_, Some(Bracket::Object { has_value: false })) if self.is_first_on_line(at) => {
                ("Invalid expression", EXPRESSION_EXPECTED)
            }
            _ if self.misses_colon(range.clone(), at) => (
                "Missing false expression in conditional",
                "After ? and the value for true there must be a colon and the value for false.",
            ),
            (_, Some(Bracket::Parentheses)) => {
                ("Unbalanced parentheses", "A closing parenthesis must stand here.")
            }
            (_, Some(Bracket::Call)) => (
                "Missing argument separator",
                "Between the arguments of a function there must be commas.",
            ),
            (_, Some(Bracket::Tuple)) => {
                ("Missing item separator", "Between the items of a list there must be commas.")
            }
            (_, Some(Bracket::Index)) => {
                ("Missing close bracket on index", "A closing bracket must stand here.")
            }
            (_, Some(Bracket::Object { has_value: true })) => (
                "Missing attribute separator",
                "Between the items of an object there must be commas or new lines.",
            ),
            (_, Some(Bracket::Object { has_value: false })) => (
                "Missing key/value separator",
                "After the key of an object's item there must be an equals sign. A key with dots \
                 or spaces in it is written in quotes.",
            ),
            (_, Some(Bracket::For)) => (
                "Invalid 'for' expression",
                "This cannot follow here. Behind the colon there is the value, or in braces key \
                 => value, perhaps with \"...\", and perhaps an if with a condition.",
            ),
            (_, None) => match place {
                Place::Argument if self.kind(at) == TokenKind::Comma => (
                    "Unexpected comma after argument",
                    "Arguments are not separated by commas. After an argument a new line must \
                     begin.",
                ),
                Place::OneLineBlock => (
                    "Invalid single-argument block definition",
                    "A block on one line can hold one argument. Give each argument a line of its \
                     own.",
                ),
                Place::Argument => {
                    ("Missing newline after argument", "After an argument a new line must begin.")
                }
                Place::Whole => {
                    ("Extra characters after expression", "The expression ends before this.")
                }
                Place::Item => (
                    "Missing attribute separator",
                    "Between the items of an object there must be commas or new lines.",
                ),
                Place::Interpolation { .. } => (
                    "Extra characters after interpolation expression",
                    "A closing brace must stand here. If this ${ is meant for another language, \
                     like a shell, write $${ to have it literally.",
                ),
                Place::Directive { keyword: "if", .. } => (
                    "Extra characters in if marker",
                    "A closing brace must stand here. If this %{ is meant for another language, \
                     write %%{ to have it literally.",
                ),
                Place::Directive { .. } => {
                    ("Extra characters in for marker", "A closing brace must stand here.")
                }
            },
        };
        let mut diagnostic = Diagnostic::error(summary, detail).at(span);
        if let Place::Interpolation { open } | Place::Directive { open, .. } = place {
            diagnostic = diagnostic.within(self.token_span(open).to(span));
        }
        self.complain(diagnostic);
    }

    /// Says that the key of an object's item ends here without a value.
    fn explain_missing_separator(&mut self, at: usize) {
        let mut span = self.token_span(at);
        let (summary, detail) = if self.ends_line(at) {
            span.end = span.start;
            (
                "Missing attribute value",
                "After the key of an object's item there must be an equals sign and a value, on \
                 the same line.",
            )
        } else {
            (
                "Missing key/value separator",
                "After the key of an object's item there must be an equals sign. A key with dots \
                 or spaces in it is written in quotes.",
            )
        };
        self.error(summary, detail, span);
    }

    /// Whether this is the last part of `a::b`.
    fn is_namespaced_name(&self, index: Option<usize>, from: usize) -> bool {
        let Some(index) = index.filter(|index| self.kind(*index) == TokenKind::Identifier) else {
            return false;
        };
        self.previous(index, from).is_some_and(|it| self.kind(it) == TokenKind::DoubleColon)
    }

    /// Whether nothing but comments stands before it on its line.
    fn is_first_on_line(&self, at: usize) -> bool {
        let before = (0..at).rev().find(|index| !self.is_trivia(*index) || self.ends_line(*index));
        before.is_some_and(|index| self.ends_line(index))
    }

    /// Says that a string in quotes does not end on its line, or that the sequence before it does
    /// not, so that the end of the string was taken for the beginning of another.
    pub(super) fn explain_quoted_newline(&mut self, open: &[(usize, bool)], at: usize) {
        let quote = open.last().map_or(at, |(quote, _)| *quote);
        if let [.., (sequence, _), _] = open
            && self.kind(*sequence) == TokenKind::OpenInterpolation
            && self.previous(quote, *sequence).is_some_and(|it| self.ends_operand(it))
        {
            self.error(
                "Unclosed template interpolation sequence",
                format!("There is no closing brace before the end of the string. {BALANCE}"),
                self.token_span(*sequence),
            );
            return;
        }
        let span = self.span(self.tokens[quote].start..self.tokens[at].start);
        self.error(
            "Invalid multi-line string",
            "A string in quotes must end on the line where it begins. For a line break in it \
             write \\n, or use a heredoc, which begins with <<EOT.",
            span,
        );
    }

    pub(super) fn explain_extra_in_for(&mut self, at: usize) {
        let span = self.token_span(at);
        self.error(
            "Invalid 'for' expression",
            "Behind the value only an if with a condition can follow.",
            span,
        );
    }

    /// What bracket a token of the range is in.
    fn innermost(&self, range: Range<usize>, at: usize) -> Option<Bracket> {
        let mut index = range.start;
        let mut innermost = None;
        while index < at {
            let next = match self.pair(index) {
                // The bracket was closed before.
                Some(close) if close < at => close + 1,
                _ => {
                    if let Some(bracket) = self.bracket(index, range.start, at) {
                        innermost = Some(bracket);
                    }
                    index + 1
                }
            };
            index = next;
        }
        innermost
    }

    fn bracket(&self, open: usize, from: usize, at: usize) -> Option<Bracket> {
        let kind = self.kind(open);
        let behind_operand =
            self.previous(open, from).is_some_and(|previous| self.ends_operand(previous));
        let next = self.skip_trivia(open + 1);
        let is_for = self.kind(next) == TokenKind::Identifier && self.token_text(next) == "for";
        match kind {
            TokenKind::OpenParen if behind_operand => Some(Bracket::Call),
            TokenKind::OpenParen => Some(Bracket::Parentheses),
            TokenKind::OpenBracket | TokenKind::OpenBrace if is_for => Some(Bracket::For),
            TokenKind::OpenBracket if behind_operand => Some(Bracket::Index),
            TokenKind::OpenBracket => Some(Bracket::Tuple),
            TokenKind::OpenBrace => {
                let mut has_value = false;
                let mut index = open + 1;
                while index < at {
                    match self.kind(index) {
                        TokenKind::Assign | TokenKind::Colon => has_value = true,
                        TokenKind::Comma => has_value = false,
                        _ if self.ends_line(index) => has_value = false,
                        _ => {}
                    }
                    index = self.pair(index).filter(|close| *close < at).unwrap_or(index) + 1;
                }
                Some(Bracket::Object { has_value })
            }
            _ => None,
        }
    }

    /// Whether there is a question mark before the token whose colon is still to come.
    fn misses_colon(&self, range: Range<usize>, at: usize) -> bool {
        let mut open = Vec::new();
        for index in range.start..at.min(range.end) {
            match self.kind(index) {
                TokenKind::OpenParen
                | TokenKind::OpenBracket
                | TokenKind::OpenBrace
                | TokenKind::OpenInterpolation
                | TokenKind::OpenDirective => open.push(0),
                TokenKind::CloseParen
                | TokenKind::CloseBracket
                | TokenKind::CloseBrace
                | TokenKind::CloseSequence => _ = open.pop(),
                TokenKind::Question => match open.last_mut() {
                    Some(count) => *count += 1,
                    None => open.push(1),
                },
                TokenKind::Colon => {
                    if let Some(count) = open.last_mut() {
                        *count -= 1;
                    }
                }
                _ => {}
            }
        }
        open.last().is_some_and(|count: &i32| *count > 0)
    }

    pub(super) fn explain_block_header(&mut self, at: usize, end: usize) {
        let detail = match self.kind(at) {
            TokenKind::Assign => {
                "An equals sign makes an argument, and that has no labels. A block has none \
                 before its opening brace."
            }
            _ if at >= end || self.ends_line(at) => {
                "The opening brace of a block must be on the line where the block begins."
            }
            _ => "A label in quotes or the opening brace of the block must stand here.",
        };
        let mut span = self.token_span(at);
        if self.ends_line(at) {
            span.end = span.start;
        }
        self.error("Invalid block definition", detail, span);
    }

    /// Says that a closing token does not belong to what is open.
    pub(super) fn explain_stray_closing(&mut self, opening: Option<usize>, at: usize) {
        let span = self.token_span(at);
        let Some(open) = opening else {
            self.error(
                "Argument or block definition required",
                "Nothing is open here that this could close.",
                span,
            );
            return;
        };
        let bracket = self.bracket(open, 0, at);
        let (summary, expected) = match bracket {
            Some(Bracket::Parentheses) => ("Unbalanced parentheses", ")"),
            Some(Bracket::Call) => ("Missing argument separator", ")"),
            Some(Bracket::Tuple) => ("Missing item separator", "]"),
            Some(Bracket::Index) => ("Missing close bracket on index", "]"),
            Some(Bracket::Object { .. }) => ("Missing attribute separator", "}"),
            Some(Bracket::For) if self.kind(open) == TokenKind::OpenBracket => {
                ("Invalid 'for' expression", "]")
            }
            Some(Bracket::For) => ("Invalid 'for' expression", "}"),
            None => ("Extra characters after interpolation expression", "}"),
        };
        let line = self.line_number(self.tokens[open].start);
        let detail = format!(
            "This does not close the {} of line {line}, for which a {expected} is missing.",
            self.token_text(open).trim()
        );
        let diagnostic = Diagnostic::error(summary, detail).at(span);
        let diagnostic = diagnostic.within(self.token_span(open).to(span));
        self.complain(diagnostic);
    }

    /// Says that something is still open at the end of the file.
    pub(super) fn explain_unclosed(&mut self, open: usize, is_block: bool) {
        let end = self.tokens.len() - 1;
        let (summary, what) = match (self.kind(open), self.bracket(open, 0, end)) {
            (TokenKind::OpenBrace, _) if is_block => {
                ("Unclosed configuration block", "closing brace for this block")
            }
            (TokenKind::OpenInterpolation | TokenKind::OpenDirective, _) => (
                "Unclosed template interpolation sequence",
                "closing brace for this template sequence",
            ),
            (_, Some(Bracket::Parentheses)) => {
                ("Unbalanced parentheses", "closing parenthesis for this one")
            }
            (_, Some(Bracket::Call)) => {
                ("Unterminated function call", "closing parenthesis for this call")
            }
            (_, Some(Bracket::Tuple)) => {
                ("Unterminated tuple constructor expression", "closing bracket for this one")
            }
            (_, Some(Bracket::Index)) => {
                ("Missing close bracket on index", "closing bracket for this one")
            }
            (_, Some(Bracket::Object { .. })) => {
                ("Unterminated object constructor expression", "closing brace for this one")
            }
            (_, Some(Bracket::For)) => {
                ("Invalid 'for' expression", "closing bracket or brace for this one")
            }
            (_, None) => ("Unterminated template string", "end of this string"),
        };
        let detail = format!("There is no {what} before the end of the file. {BALANCE}");
        let text = self.token_text(open).trim_end();
        let start = self.tokens[open].start;
        let span = self.span(start..start + text.len());
        self.error(summary, detail, span);
    }

    /// Says what is wrong with a character that begins no token.
    pub(super) fn explain_character(&mut self, at: usize) {
        let text = self.token_text(at);
        let (summary, detail): (_, String) = match text {
            "&" => (
                "Unsupported operator",
                "There are no operators on bits. The logical and is written &&.".into(),
            ),
            "|" => (
                "Unsupported operator",
                "There are no operators on bits. The logical or is written ||.".into(),
            ),
            "^" | "~" => ("Unsupported operator", "There are no operators on bits.".into()),
            "'" => (
                "Invalid character",
                "Single quotes do not enclose strings. Use double quotes (\").".into(),
            ),
            "`" => (
                "Invalid character",
                "Backquotes do not enclose strings. For several lines use a heredoc, which begins \
                 with <<EOT."
                    .into(),
            ),
            ";" => (
                "Invalid character",
                "Nothing is separated by semicolons. Arguments and blocks stand on lines of their \
                 own, and between the items of lists there are commas."
                    .into(),
            ),
            "\u{feff}" => (
                "Invalid character",
                "A byte order mark can stand only at the very beginning of a file.".into(),
            ),
            _ => ("Invalid character", format!("The language has no use for {text:?} here.")),
        };
        let span = self.token_span(at);
        self.error(summary, detail, span);
    }
}

/// Whether an operand must follow, if one stands before.
fn is_infix(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Equal
            | TokenKind::NotEqual
            | TokenKind::Less
            | TokenKind::LessEqual
            | TokenKind::Greater
            | TokenKind::GreaterEqual
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::Percent
            | TokenKind::Question
            | TokenKind::Dot
            | TokenKind::DoubleColon
    )
}

/// Whether the parser wanted more text, of which its location only gives the last character.
fn is_at_end(text: &str, error: &hcl_edit::parser::Error) -> bool {
    let offset = error.location().offset();
    if offset + 1 < text.len() {
        return false;
    }
    let line = text[..text.floor_char_boundary(offset)].rfind('\n').map_or(0, |at| at + 1);
    let bytes = &text.as_bytes()[line..=offset.min(text.len() - 1)];
    let column = std::str::from_utf8(bytes).map_or(bytes.len(), |text| text.chars().count());
    error.location().column() > column
}
