//! Any configuration and any expression, checked, and evaluated for a plan and after it.
#![no_main]

#[path = "../../crates/language/tests/it/exercise.rs"]
#[allow(dead_code, reason = "other targets use the rest")]
mod exercise;

use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use tempfile::TempDir;

static DIRECTORY: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a directory can be made"));

fuzz_target!(|text: &[u8]| -> Corpus {
    if exercise::leaves_directory(text) {
        return Corpus::Reject;
    }
    exercise::evaluate(text, DIRECTORY.path());
    Corpus::Keep
});
