//! Tests of the language through its public surface: expression tables and whole configurations.

mod configurations;
mod exercise;
mod program;
mod robustness;
mod tables;
