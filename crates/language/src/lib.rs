//! Reads a directory of OpenTofu/Terraform configuration into evaluated instances.
//!
//! Architecture invariant: this crate reads files and nothing else. It never talks to AWS, never
//! awaits, and never prints: what it has to say comes back as values and diagnostics.

pub mod ast;
pub mod check;
pub mod config;
pub mod decode;
pub mod diagnostics;
pub mod evaluate;
pub mod format;
pub mod functions;
pub mod program;
pub mod references;
pub mod scanner;
pub mod source;
pub mod syntax;
pub mod validate_facts;
