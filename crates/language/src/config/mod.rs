//! From files to modules: blocks, meta-arguments, overrides, variables and module calls.
//!
//! `files` says which files count, `blocks` decodes each into drafts, `build` and `merge` put the
//! drafts of a directory together, and `modules` follows the calls from directory to directory.

pub mod addresses;
mod arguments;
mod blocks;
mod build;
mod decode;
mod defaults;
mod drafts;
mod files;
mod merge;
mod model;
mod modules;
mod providers;
mod refactoring;
mod static_values;
mod subjects;
mod text;
mod types;
mod variables;
mod versions;
mod walk;

#[cfg(test)]
mod tests;

use provision_schema::Type;

pub use decode::is_identifier;
pub use model::*;
pub use modules::{load, load_with, require_configuration};
pub use refactoring::check_refactoring;
pub use variables::{RootVariables, VariableInputs, VariableOption, collect as root_variables};
pub use versions::{COMPATIBLE_VERSION, Constraints, Version};

use crate::ast::Expr;
use crate::diagnostics::Diagnostics;

/// The type that a type constraint stands for; nothing, after an error was reported, when it
/// stands for none.
pub fn type_constraint(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Type> {
    types::type_constraint(expr, diagnostics).map(|constraint| constraint.ty)
}
