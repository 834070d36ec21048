//! Quoted templates, heredocs and bare templates.
//!
//! As in HCL white space is stripped and indentation removed from single literals before these
//! are joined, where a literal ends with its line. So `~` strips at most the rest of a line with
//! its line break, or the indentation of a line, unless the line break is an escape.

use unicode_segmentation::UnicodeSegmentation as _;

use provision_schema::Value;

use super::explain::Place;
use super::tokens::Parser;
use crate::ast::{Expr, ExprKind, Name, TemplateFor, TemplatePart};
use crate::scanner::TokenKind;
use crate::source::Span;

/// A template before its directives are nested.
enum Flat {
    Literal(String),
    Interpolation(Expr),
    If(Expr),
    Else,
    EndIf,
    For { key_variable: Option<Name>, value_variable: Name, collection: Expr },
    EndFor,
}

struct FlatPart {
    flat: Flat,
    span: Span,
}

/// What ends a list of parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Template,
    /// Either arm of the `if` here.
    If(Span),
    Else(Span),
    For(Span),
}

impl Parser<'_> {
    /// The template that begins with this quote or heredoc.
    pub(super) fn template_at(&mut self, open: usize) -> Option<Expr> {
        let close = self.pair(open)?;
        let mut range = self.tokens[open].start..self.tokens[close].end;
        let is_heredoc = self.kind(open) == TokenKind::OpenHeredoc;
        if !is_heredoc && close == open + 1 {
            return Some(Expr::literal(Value::string(""), self.span(range)));
        }
        if is_heredoc {
            self.check_heredoc_end(close)?;
            // The white space before and behind the marker is in its token.
            let text = self.token_text(close);
            range.end -= text.len() - text.trim_end().len();
        }
        let span = self.span(range);
        let dedent = is_heredoc && self.token_text(open).starts_with("<<-");
        self.template(open + 1, close, dedent, span)
    }

    pub(super) fn whole_template(&mut self) -> Option<Expr> {
        let end = self.tokens.len() - 1;
        if self.is_broken(0..end) {
            return None;
        }
        let span = self.span(0..self.text.len());
        self.template(0, end, false, span)
    }

    fn template(&mut self, from: usize, to: usize, dedent: bool, span: Span) -> Option<Expr> {
        let mut parts = self.flat_parts(from, to)?;
        if dedent {
            remove_indentation(&mut parts);
        }
        if let [FlatPart { flat: Flat::Interpolation(_), .. }] = &parts[..] {
            let Some(FlatPart { flat: Flat::Interpolation(expr), .. }) = parts.pop() else {
                return None;
            };
            return Some(Expr::new(ExprKind::TemplateWrap(Box::new(expr)), span));
        }
        if parts.iter().all(|part| matches!(part.flat, Flat::Literal(_))) {
            let mut text = String::new();
            for part in &parts {
                if let Flat::Literal(literal) = &part.flat {
                    text.push_str(literal);
                }
            }
            return Some(Expr::literal(Value::string(text), span));
        }
        let mut parts = parts.into_iter();
        let parts = self.nested_parts(&mut parts, Within::Template, span)?;
        Some(Expr::new(ExprKind::Template(parts), span))
    }

    fn flat_parts(&mut self, from: usize, to: usize) -> Option<Vec<FlatPart>> {
        let mut parts: Vec<FlatPart> = Vec::new();
        let mut strip_next = false;
        let mut complete = true;
        let mut index = from;
        while index < to {
            let span = self.token_span(index);
            let strip = std::mem::take(&mut strip_next);
            match self.kind(index) {
                TokenKind::QuotedLiteral => {
                    match self.unescape(index) {
                        Some(text) => push_literal(&mut parts, text, strip, span),
                        None => complete = false,
                    }
                    index += 1;
                }
                TokenKind::HeredocLiteral => {
                    let mut strip = strip;
                    for line in self.token_text(index).split_inclusive('\n') {
                        let text = unescape_markers(line);
                        push_literal(&mut parts, text, std::mem::take(&mut strip), span);
                    }
                    index += 1;
                }
                TokenKind::OpenInterpolation | TokenKind::OpenDirective => {
                    let close = self.pair(index)?;
                    if self.token_text(index).ends_with('~')
                        && let Some(FlatPart { flat: Flat::Literal(text), .. }) = parts.last_mut()
                    {
                        text.truncate(text.trim_end().len());
                    }
                    strip_next = self.token_text(close).starts_with('~');
                    let span = self.span(self.tokens[index].start..self.tokens[close].end);
                    let flat = if self.kind(index) == TokenKind::OpenInterpolation {
                        let place = Place::Interpolation { open: index };
                        self.expression(index + 1..close, place).map(Flat::Interpolation)
                    } else {
                        self.directive(index, close)
                    };
                    match flat {
                        Some(flat) => parts.push(FlatPart { flat, span }),
                        None => complete = false,
                    }
                    index = close + 1;
                }
                _ => return None,
            }
        }
        complete.then_some(parts)
    }

    fn directive(&mut self, open: usize, close: usize) -> Option<Flat> {
        let keyword = self.skip_trivia(open + 1);
        let mut next = self.skip_trivia(keyword + 1);
        let keyword_span = self.token_span(keyword);
        if self.kind(keyword) != TokenKind::Identifier {
            self.error(
                "Invalid template directive",
                "After %{ one of the keywords if, else, endif, for and endfor must stand. For a \
                 literal %{ write %%{.",
                keyword_span,
            );
            return None;
        }
        let text = self.token_text(keyword);
        let flat = match text {
            "if" => {
                let place = Place::Directive { open, keyword: "if" };
                return self.expression(next..close, place).map(Flat::If);
            }
            "else" => Flat::Else,
            "endif" => Flat::EndIf,
            "endfor" => Flat::EndFor,
            "for" => {
                let mut names = Vec::new();
                loop {
                    if self.kind(next) != TokenKind::Identifier {
                        return self.invalid_for_directive(next);
                    }
                    names.push(self.name(self.tokens[next].range()));
                    next = self.skip_trivia(next + 1);
                    if names.len() > 1 || self.kind(next) != TokenKind::Comma {
                        break;
                    }
                    next = self.skip_trivia(next + 1);
                }
                if self.kind(next) != TokenKind::Identifier || self.token_text(next) != "in" {
                    return self.invalid_for_directive(next);
                }
                let value_variable = names.pop()?;
                let collection =
                    self.expression(next + 1..close, Place::Directive { open, keyword: "for" })?;
                let key_variable = names.pop();
                return Some(Flat::For { key_variable, value_variable, collection });
            }
            _ => {
                let detail = format!(
                    "\"{text}\" is no directive. There are if, else, endif, for and endfor."
                );
                self.error("Invalid template control keyword", detail, keyword_span);
                return None;
            }
        };
        if next != close {
            let summary = format!("Extra characters in {text} marker");
            let span = self.token_span(next);
            self.error(&summary, "A closing brace must follow the keyword.", span);
            return None;
        }
        Some(flat)
    }

    fn invalid_for_directive(&mut self, at: usize) -> Option<Flat> {
        self.error(
            "Invalid 'for' directive",
            "After %{ for there must be one or two names, the keyword in and a collection, as in \
             %{ for key, value in var.tags }.",
            self.token_span(at),
        );
        None
    }

    /// Nests the parts up to what ends them, which is consumed.
    fn nested_parts(
        &mut self,
        flat: &mut std::vec::IntoIter<FlatPart>,
        within: Within,
        whole: Span,
    ) -> Option<Vec<TemplatePart>> {
        self.nested_parts_and_end(flat, within, whole).map(|(parts, _, _)| parts)
    }

    fn nested_parts_and_end(
        &mut self,
        flat: &mut std::vec::IntoIter<FlatPart>,
        within: Within,
        whole: Span,
    ) -> Option<(Vec<TemplatePart>, Span, bool)> {
        self.descend(whole)?;
        let result = self.nested_parts_inner(flat, within, whole);
        self.depth -= 1;
        result
    }

    /// The parts, the directive that ended them, and whether it is an `else`.
    fn nested_parts_inner(
        &mut self,
        flat: &mut std::vec::IntoIter<FlatPart>,
        within: Within,
        whole: Span,
    ) -> Option<(Vec<TemplatePart>, Span, bool)> {
        let mut parts: Vec<TemplatePart> = Vec::new();
        let mut literal = String::new();
        while let Some(FlatPart { flat: part, span }) = flat.next() {
            if let Flat::Literal(text) = &part {
                literal.push_str(text);
                continue;
            }
            flush(&mut literal, &mut parts);
            match (part, within) {
                (Flat::Literal(_), _) => {}
                (Flat::Interpolation(expr), _) => parts.push(TemplatePart::Interpolation(expr)),
                (Flat::If(condition), _) => {
                    let (then, mut end, has_else) =
                        self.nested_parts_and_end(flat, Within::If(span), whole)?;
                    let mut otherwise = Vec::new();
                    if has_else {
                        (otherwise, end, _) =
                            self.nested_parts_and_end(flat, Within::Else(span), whole)?;
                    }
                    let span = span.to(end);
                    parts.push(TemplatePart::If { condition, then, otherwise, span });
                }
                (Flat::For { key_variable, value_variable, collection }, _) => {
                    let (body, end, _) =
                        self.nested_parts_and_end(flat, Within::For(span), whole)?;
                    let span = span.to(end);
                    let directive =
                        TemplateFor { key_variable, value_variable, collection, body, span };
                    parts.push(TemplatePart::For(Box::new(directive)));
                }
                (Flat::Else, Within::If(_)) => return Some((parts, span, true)),
                (Flat::EndIf, Within::If(_) | Within::Else(_)) => {
                    return Some((parts, span, false));
                }
                (Flat::EndFor, Within::For(_)) => return Some((parts, span, false)),
                (part @ (Flat::Else | Flat::EndIf | Flat::EndFor), _) => {
                    let name = match part {
                        Flat::Else => "else",
                        Flat::EndIf => "endif",
                        _ => "endfor",
                    };
                    let detail = match within {
                        Within::Template => "No directive is open here that it could belong to.",
                        Within::If(_) => "The if directive before it needs an endif.",
                        Within::Else(_) => "The else directive before it needs an endif.",
                        Within::For(_) => "The for directive before it needs an endfor.",
                    };
                    self.error(&format!("Unexpected {name} directive"), detail, span);
                    return None;
                }
            }
        }
        flush(&mut literal, &mut parts);
        let (name, end, opening) = match within {
            Within::Template => return Some((parts, whole.end_point(), false)),
            Within::If(opening) | Within::Else(opening) => ("if", "endif", opening),
            Within::For(opening) => ("for", "endfor", opening),
        };
        self.error(
            "Unexpected end of template",
            format!("This {name} directive has no {end}."),
            opening,
        );
        None
    }

    /// The text of a literal in quotes, escapes undone.
    pub(super) fn unescape(&mut self, index: usize) -> Option<String> {
        let source = self.token_text(index);
        let start = self.tokens[index].start;
        if !source.contains('\\') {
            return Some(unescape_markers(source));
        }
        let mut text = String::with_capacity(source.len());
        let mut rest = source;
        while let Some(at) = rest.find('\\') {
            text.push_str(&unescape_markers(&rest[..at]));
            let offset = start + source.len() - rest.len() + at;
            let selector = rest[at + 1..].chars().next();
            let after = at + 1 + selector.map_or(0, char::len_utf8);
            let digits = match selector {
                Some('u') => 4,
                Some('U') => 8,
                _ => 0,
            };
            let plain = match selector {
                Some('n') => Some('\n'),
                Some('r') => Some('\r'),
                Some('t') => Some('\t'),
                Some('"') => Some('"'),
                Some('\\') => Some('\\'),
                _ if digits > 0 => {
                    let code = rest.get(after..after + digits);
                    let code = code.filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
                    let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
                    code.and_then(char::from_u32)
                }
                _ => None,
            };
            let Some(character) = plain else {
                let detail = match selector {
                    Some(letter) if digits > 0 => {
                        format!(
                            "After \\{letter} there must be the {digits} hexadecimal digits of a character."
                        )
                    }
                    Some(selector) => format!(
                        "There is no escape \\{selector}. A backslash in a string in quotes is \
                         written \\\\, and the escapes are \\n, \\r, \\t, \\\", \\u and \\U."
                    ),
                    None => "A backslash in a string in quotes is written \\\\.".to_owned(),
                };
                let span = self.span(offset..offset + after - at);
                self.error("Invalid escape sequence", detail, span);
                return None;
            };
            text.push(character);
            rest = &rest[after + digits..];
        }
        text.push_str(&unescape_markers(rest));
        Some(text)
    }

    /// The end marker must have a line of its own, which ends.
    fn check_heredoc_end(&mut self, close: usize) -> Option<()> {
        if self.tokens[close].end < self.text.len() {
            return Some(());
        }
        self.error(
            "Unterminated template string",
            "After the marker that ends a heredoc a new line must begin.",
            self.token_span(close),
        );
        None
    }
}

fn push_literal(parts: &mut Vec<FlatPart>, mut text: String, strip: bool, span: Span) {
    if strip {
        text.drain(..text.len() - text.trim_start().len());
    }
    parts.push(FlatPart { flat: Flat::Literal(text), span });
}

fn flush(literal: &mut String, parts: &mut Vec<TemplatePart>) {
    if !literal.is_empty() {
        parts.push(TemplatePart::Literal(std::mem::take(literal).into()));
    }
}

/// `$${` is a literal `${`, and `%%{` a literal `%{`.
fn unescape_markers(text: &str) -> String {
    if text.contains("$${") || text.contains("%%{") {
        text.replace("$${", "${").replace("%%{", "%{")
    } else {
        text.to_owned()
    }
}

/// Removes from each line as many characters as the least indented line begins with. Lines that
/// are blank do not count; one that begins with a sequence counts as not indented.
fn remove_indentation(parts: &mut [FlatPart]) {
    let mut least = usize::MAX;
    let mut indented = Vec::new();
    let mut at_line_start = true;
    for (index, part) in parts.iter().enumerate() {
        let Flat::Literal(text) = &part.flat else {
            if at_line_start {
                least = 0;
            }
            at_line_start = false;
            continue;
        };
        if at_line_start {
            let trimmed = text.trim_start();
            if !trimmed.is_empty() || !text.ends_with('\n') {
                let spaces = &text[..text.len() - trimmed.len()];
                least = least.min(spaces.graphemes(true).count());
                indented.push(index);
            }
        }
        at_line_start = text.ends_with('\n');
    }
    for index in indented {
        if let Flat::Literal(text) = &mut parts[index].flat {
            let bytes: usize = text.graphemes(true).take(least).map(str::len).sum();
            text.drain(..bytes);
        }
    }
}
