//! Language.
pub mod format;
pub mod scanner;
