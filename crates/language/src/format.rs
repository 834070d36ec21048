//! The canonical style of configuration files, as `tofu fmt` writes it.
//!
//! The work is done on tokens: [`rewrite`] replaces the few outdated spellings that have a modern
//! equivalent, [`layout`] decides the space before every token. Line breaks, literal text and
//! comments stay as they are.

use crate::diagnostics::Diagnostics;
use crate::scanner::{self, Token, TokenKind};
use crate::source::Sources;
use crate::syntax;

mod layout;
mod rewrite;
#[cfg(test)]
mod tests;

/// The mistake that keeps a source from being formatted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormatError {
    pub message: String,
    /// The byte where it was noticed.
    pub offset: usize,
}

/// Returns the canonical form, or the syntax error that prevents it.
///
/// Formatting the result again returns it unchanged.
pub fn format_source(source: &str) -> Result<String, FormatError> {
    let tokens = scanner::scan(source);
    check_syntax(source, &tokens)?;
    Ok(format_tokens(source, &tokens))
}

fn format_tokens(source: &str, tokens: &[Token]) -> String {
    layout::lay_out(rewrite::modernize(source, tokens))
}

/// Refuses what does not parse: layout is guessed from tokens, and in a broken file the guesses
/// would make changes that are hard to undo.
fn check_syntax(source: &str, tokens: &[Token]) -> Result<(), FormatError> {
    check_tokens(tokens)?;
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let skipped = source.len() - text.len();
    let mut diagnostics = Diagnostics::new();
    let file = Sources::default().add(String::new(), text);
    syntax::parse_body(file, text, &mut diagnostics);
    match diagnostics.iter().find(|it| it.is_error()) {
        None => Ok(()),
        Some(error) => {
            let offset = error.subject.map_or(0, |span| span.start as usize);
            Err(refusal(&error.detail, skipped + offset))
        }
    }
}

fn refusal(message: &str, offset: usize) -> FormatError {
    FormatError { message: message.to_owned(), offset }
}

/// Refuses what the parser is too kind to: characters that begin no token, and templates and
/// brackets without end, heredocs with something after their end marker among them.
fn check_tokens(tokens: &[Token]) -> Result<(), FormatError> {
    let mut open = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::QuotedNewline => {
                return Err(refusal("a quoted string may not contain a line break", token.start));
            }
            TokenKind::Invalid => return Err(refusal("unexpected character", token.start)),
            _ => match token.kind.nesting_change() {
                1 => open.push(token),
                -1 => _ = open.pop(),
                _ => (),
            },
        }
    }
    match open.last() {
        Some(token) => Err(refusal("this is never closed", token.start)),
        None => Ok(()),
    }
}
