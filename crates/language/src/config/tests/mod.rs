//! Tests: files as text, what is said of them as text.

mod addresses;
mod blocks;
mod conditions;
mod files;
mod json;
mod modules;
mod overrides;
mod providers;
mod refactoring;
mod resources;
mod settings;
mod types;
mod variables;

use std::path::Path;

use super::{Configuration, load};
use crate::diagnostics::{Diagnostics, Severity};
use crate::source::Sources;

/// Writes files from a text in which a line `--- name` starts a file; without one, all of it is
/// main.tf.
fn write(files: &str, directory: &Path) {
    let files = match files.trim_start().starts_with("--- ") {
        true => files.trim_start().to_owned(),
        false => format!("--- main.tf\n{files}"),
    };
    for file in files.split("--- ").skip(1) {
        let (name, text) = file.split_once('\n').unwrap_or((file, ""));
        let path = directory.join(name.trim());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).expect("a directory");
        }
        if !name.ends_with('/') {
            std::fs::write(path, text).expect("a file");
        }
    }
}

/// One line for each diagnostic: `error: Summary @ main.tf:3`.
fn show(diagnostics: &Diagnostics, sources: &Sources, directory: &Path) -> String {
    let prefix = format!("{}/", directory.display());
    let lines = diagnostics.iter().map(|diagnostic| {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = diagnostic.subject.map_or(String::new(), |span| {
            let file = sources.get(span.file);
            let line = file.position(span.start).line;
            format!(" @ {}:{line}", file.name.strip_prefix(&prefix).unwrap_or(&file.name))
        });
        format!("{severity}: {}{place}", diagnostic.summary)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn compare(found: &str, expected: &str) {
    let expected: Vec<&str> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let expected = expected.join("\n");
    assert!(found == expected, "found:\n{found}\n\nexpected:\n{expected}");
}

/// Loads the files as a root module and compares what is said of them.
#[track_caller]
fn check(files: &str, expected: &str) {
    check_model(files, |_| String::new(), expected);
}

/// Loads the files and compares what is said of them, followed by what `describe` says of the
/// configuration.
#[track_caller]
fn check_model(files: &str, describe: fn(&Configuration) -> String, expected: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    write(files, directory.path());
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let configuration = load(directory.path(), &sources, &mut diagnostics);
    let mut found = show(&diagnostics, &sources, directory.path());
    if let Some(configuration) = configuration {
        let described = describe(&configuration);
        let described: Vec<&str> =
            described.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if !found.is_empty() && !described.is_empty() {
            found.push('\n');
        }
        found.push_str(&described.join("\n"));
    }
    compare(&found, expected);
}
