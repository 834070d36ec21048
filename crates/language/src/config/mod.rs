//! From files to modules: blocks, meta-arguments, overrides, variables and module calls.

mod model;

pub use model::*;
