//! The canonical style of configuration files, as `tofu fmt` writes it.
//!
//! The work is done on tokens: [`rewrite`] replaces the few outdated spellings that have a modern
//! equivalent, [`layout`] decides the space before every token. Line breaks, literal text and
//! comments stay as they are.

use crate::scanner::{self, Token, TokenKind};

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

/// Formatting is repeated until nothing changes. The second round is known to find work only after
/// outdated spellings were replaced, so this bound is never met; it is there to end any cycle.
const MAXIMUM_ROUNDS: usize = 8;

/// Returns the canonical form, or the syntax error that prevents it.
///
/// Formatting the result again returns it unchanged.
pub fn format_source(source: &str) -> Result<String, FormatError> {
    let tokens = scanner::scan(source);
    check_syntax(source, &tokens)?;
    let mut formatted = layout::lay_out(rewrite::modernize(source, &tokens));
    for _ in 1..MAXIMUM_ROUNDS {
        let tokens = scanner::scan(&formatted);
        let again = layout::lay_out(rewrite::modernize(&formatted, &tokens));
        if again == formatted {
            break;
        }
        formatted = again;
    }
    Ok(formatted)
}

/// How deeply constructs may nest. The parser recurses, so this protects the stack.
const MAXIMUM_NESTING: usize = 200;

/// Refuses what does not parse: layout is guessed from tokens, and in a broken file the guesses
/// would make changes that are hard to undo.
fn check_syntax(source: &str, tokens: &[Token]) -> Result<(), FormatError> {
    let refuse = |message: &str, offset| Err(FormatError { message: message.to_owned(), offset });
    for token in tokens {
        match token.kind {
            TokenKind::QuotedNewline => {
                return refuse("a quoted string may not contain a line break", token.start);
            }
            TokenKind::Invalid => return refuse("unexpected character", token.start),
            _ => (),
        }
    }
    if let Some(offset) = too_deep(tokens) {
        return refuse("constructs are nested too deeply", offset);
    }
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let skipped = source.len() - text.len();
    match hcl_edit::parser::parse_body(text) {
        Ok(_) => Ok(()),
        Err(error) => refuse(error.message(), skipped + error.location().offset()),
    }
}

/// Where nesting exceeds [`MAXIMUM_NESTING`]. Operators whose right side nests count as well, until
/// the comma, line or bracket that ends the expression they are in.
fn too_deep(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut outer = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Question | TokenKind::Not | TokenKind::Minus => depth += 1,
            TokenKind::Comma => depth = outer.last().map_or(0, |outer| outer + 1),
            TokenKind::Newline if outer.is_empty() => depth = 0,
            TokenKind::OpenQuote | TokenKind::OpenHeredoc => {
                outer.push(depth);
                depth += 1;
            }
            TokenKind::CloseQuote | TokenKind::CloseHeredoc => depth = outer.pop().unwrap_or(0),
            kind => match kind.bracket_change() {
                1 => {
                    outer.push(depth);
                    depth += 1;
                }
                -1 => depth = outer.pop().unwrap_or(0),
                _ => (),
            },
        }
        if depth > MAXIMUM_NESTING {
            return Some(token.start);
        }
    }
    None
}
