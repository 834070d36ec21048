//! The canonical style of configuration files, as `tofu fmt` writes it.
//!
//! The work is done on tokens: [`rewrite`] replaces the few outdated spellings that have a modern
//! equivalent, [`layout`] decides the space before every token. Line breaks, literal text and
//! comments stay as they are.

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::scanner::{self, Token};
use crate::source::Sources;
use crate::syntax::parse_body;

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
    check_syntax(source)?;
    let tokens = scanner::scan(source);
    Ok(format_tokens(source, &tokens))
}

fn format_tokens(source: &str, tokens: &[Token]) -> String {
    layout::lay_out(rewrite::modernize(source, tokens))
}

/// Refuses what does not parse: layout is guessed from tokens, and in a broken file the guesses
/// would make changes that are hard to undo.
fn check_syntax(source: &str) -> Result<(), FormatError> {
    let mut diagnostics = Diagnostics::new();
    let file = Sources::default().add("", "");
    parse_body(file, source, &mut diagnostics);
    let error = diagnostics.into_iter().find(Diagnostic::is_error);
    match error {
        None => Ok(()),
        Some(error) => Err(FormatError {
            offset: error.subject.map_or(0, |place| place.start as usize),
            message: error.detail,
        }),
    }
}
