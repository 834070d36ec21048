//! From text to syntax tree: native syntax, JSON syntax, templates and single expressions.
//!
//! The parser of expressions is `hcl-edit`. It knows no recovery and speaks only of the first
//! thing it did not expect, so a file is first split into tokens and from these into arguments and
//! blocks; each expression goes to the parser by itself, as `concessions` prepares it.

mod concessions;
mod content;
mod explain;
mod expression;
mod json;
mod native;
mod suggest;
mod template;
mod tokens;

#[cfg(test)]
mod tests;

pub use content::{AttributeShape, BlockShape, BodyShape, Content};
pub use json::{json_expression, json_literal, parse_json};
pub use suggest::did_you_mean;

use crate::ast::{Body, Expr, NativeBody, Reference};
use crate::diagnostics::Diagnostics;
use crate::source::FileId;
use explain::Place;
use tokens::{Origin, Parser};

/// How deep blocks, brackets and templates may stand in each other, and how deep the tree of one
/// expression may be. Whatever walks the tree may count on it not to be deeper.
pub const MAXIMUM_DEPTH: usize = 192;

/// Reads the native syntax of a whole file. After errors the body has what could be read.
pub fn parse_body(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> NativeBody {
    Parser::for_file(file, text, diagnostics).file_body()
}

/// Reads a text that is one expression as a whole. Line breaks mean nothing in it.
pub fn parse_expression(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Expr> {
    let mut parser = Parser::for_file(file, text, diagnostics);
    let whole = 0..parser.tokens.len() - 1;
    if parser.is_broken(whole.clone()) {
        return None;
    }
    parser.expression(whole, Place::Whole)
}

/// Reads a text that is the inside of a template.
pub fn parse_template(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Expr> {
    Parser::for_template(Origin::At(file, 0), text, diagnostics).whole_template()
}

/// Reads a reference like `aws_vpc.main[0].id`, in which every index is a literal.
pub fn parse_traversal(
    file: FileId,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Reference> {
    let expr = parse_expression(file, text, diagnostics)?;
    expression::into_traversal(expr, diagnostics)
}

impl From<NativeBody> for Body {
    fn from(body: NativeBody) -> Body {
        Body::Native(body)
    }
}
