//! Any text, read in every way: body, JSON, expression, template, traversal, address, version.
#![no_main]

#[path = "../../crates/language/tests/it/exercise.rs"]
#[allow(dead_code, reason = "other targets use the rest")]
mod exercise;

libfuzzer_sys::fuzz_target!(|text: &str| exercise::parse(text));
