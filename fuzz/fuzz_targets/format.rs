//! Any text, formatted: the result is stable and can be read again.
#![no_main]

#[path = "../../crates/language/tests/it/exercise.rs"]
#[allow(dead_code, reason = "other targets use the rest")]
mod exercise;

libfuzzer_sys::fuzz_target!(|text: &str| exercise::format(text));
