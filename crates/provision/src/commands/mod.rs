//! One file for each command.

pub mod console;
pub mod fmt;
pub mod graph;
pub mod validate;
pub mod version;
