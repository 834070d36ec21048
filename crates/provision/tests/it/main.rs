//! The command line from outside: files and arguments in, streams and exit code out.

mod boundaries;
mod console;
mod documents;
mod fmt;
mod graph;
mod plans;
mod usage;
mod validate;
mod version;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where the repository is.
fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.expect("the crate stands in crates/").to_owned()
}

/// Runs a command in a directory that has the files, with nothing in the environment, and
/// compares everything that comes of it.
///
/// A line `--- NAME` begins a file; the name `-` is standard input. What is expected begins with
/// the exit code and the standard output; then come, each only where there is something,
/// `--- stderr` and `--- NAME` for every file that is new or changed.
#[track_caller]
fn check(command: &str, files: &str, expected: &str) {
    let found = run(command, files);
    assert!(
        found.trim_end() == expected.trim(),
        "$ provision {command}\n{found}\n=== instead of\n{}",
        expected.trim()
    );
}

#[must_use]
fn run(command: &str, files: &str) -> String {
    let mut files = sections(files);
    let input = files.remove("-").unwrap_or_default();
    let temporary = tempfile::tempdir().expect("there is room for files");
    let directory = temporary.path();
    for (name, content) in &files {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(directory)).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }

    let output = provision(directory, &words(command), &input);
    let text = |bytes: &[u8]| {
        let text =
            String::from_utf8_lossy(bytes).replace(&directory.display().to_string(), "[dir]");
        text.trim_end().to_owned()
    };
    let mut found =
        format!("exit {}\n{}", output.status.code().unwrap_or(-1), text(&output.stdout));
    let mut section = |name: &str, content: &str| {
        found.truncate(found.trim_end().len());
        found.push_str(&format!("\n--- {name}\n{content}"));
    };
    if !output.stderr.is_empty() {
        section("stderr", &text(&output.stderr));
    }
    for (name, content) in contents(directory, "") {
        if files.get(&name) != Some(&content) {
            section(&name, &content);
        }
    }
    found
}

/// Runs the command with nothing in the environment.
#[must_use]
fn provision(directory: &Path, arguments: &[String], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_provision"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    // A command that does not read its input may be gone by now.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    child.wait_with_output().expect("the command ends")
}

fn sections(text: &str) -> BTreeMap<String, String> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in text.trim_start().split_inclusive('\n') {
        match (line.strip_prefix("--- "), sections.last_mut()) {
            (Some(name), _) => sections.push((name.trim().to_owned(), String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => panic!("{line:?} stands in no file"),
        }
    }
    sections.into_iter().collect()
}

/// The words of a command; quotes keep spaces in one.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in command.split('\'').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

fn contents(directory: &Path, prefix: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => found.extend(contents(&entry.path(), &format!("{name}/"))),
            false => {
                let content = std::fs::read(entry.path()).expect("a file");
                found.insert(name, String::from_utf8_lossy(&content).into_owned());
            }
        }
    }
    found
}

#[test]
fn no_file_is_left_out() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = include_str!("main.rs");
    for name in contents(&directory, "").keys() {
        let module = name.trim_end_matches(".rs");
        let is_there = module == "main" || main.contains(&format!("\nmod {module};\n"));
        assert!(is_there, "{name} is not a module of main.rs");
    }
}
