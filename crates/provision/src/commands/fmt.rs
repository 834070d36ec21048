//! `provision fmt`: the canonical style.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use provision_language::diagnostics::Diagnostics;
use provision_language::format::format_source;
use provision_language::source::{Sources, Span};
use provision_language::syntax::parse_body;
use similar::TextDiff;

use crate::arguments::Fmt;
use crate::report::{self, Style};

const WOULD_CHANGE: u8 = 3;
const DOES_NOT_PARSE: u8 = 2;

/// Files whose names end like this are written in the native syntax.
const ENDINGS: [&str; 5] = [".tf", ".tofu", ".tfvars", ".tftest.hcl", ".tofutest.hcl"];

struct Outcome {
    changed: bool,
    failed: bool,
}

pub fn run(arguments: &Fmt) -> ExitCode {
    let mut outcome = Outcome { changed: false, failed: false };
    for target in &arguments.targets {
        if target.as_os_str() == "-" {
            format_standard_input(arguments, &mut outcome);
            continue;
        }
        match files(target, arguments.recursive) {
            Ok(files) => {
                for file in files {
                    format_file(&file, arguments, &mut outcome);
                }
            }
            Err(why) => {
                report::message(&format!("Error: Cannot format {}\n\n{why}", target.display()));
                outcome.failed = true;
            }
        }
    }
    match outcome {
        Outcome { failed: true, .. } => ExitCode::from(DOES_NOT_PARSE),
        Outcome { changed: true, .. } if arguments.check => ExitCode::from(WOULD_CHANGE),
        _ => ExitCode::SUCCESS,
    }
}

/// The files that a target stands for, in order.
fn files(target: &Path, recursive: bool) -> Result<Vec<PathBuf>, String> {
    let metadata = std::fs::metadata(target).map_err(|error| format!("{error}."))?;
    if metadata.is_file() {
        return match is_native(target) {
            true => Ok(vec![target.to_owned()]),
            false => Err("Only .tf, .tofu, .tfvars, .tftest.hcl and .tofutest.hcl files can be \
                          formatted."
                .to_owned()),
        };
    }
    let mut entries = std::fs::read_dir(target)
        .and_then(|entries| entries.collect::<Result<Vec<_>, _>>())
        .map_err(|error| format!("{error}."))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        let path = match target == Path::new(".") {
            true => PathBuf::from(&*name),
            false => target.join(&*name),
        };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && recursive => found.extend(files(&path, recursive)?),
            Ok(kind) if !kind.is_dir() && is_native(&path) => found.push(path),
            _ => (),
        }
    }
    Ok(found)
}

fn is_native(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn format_standard_input(arguments: &Fmt, outcome: &mut Outcome) {
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
        report::message(&format!("Error: Cannot read standard input\n\n{error}."));
        outcome.failed = true;
        return;
    }
    let Some((source, formatted)) = format_bytes("<stdin>", bytes, arguments, outcome) else {
        return;
    };
    let mut formatted = formatted;
    if !formatted.is_empty() && !formatted.ends_with('\n') {
        formatted.push('\n');
    }
    outcome.changed |= source != formatted;
    if arguments.diff {
        report::result(&unified(&source, &formatted, "<stdin>"));
    } else if !arguments.check {
        report::result(&formatted);
    }
}

fn format_file(path: &Path, arguments: &Fmt, outcome: &mut Outcome) {
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            report::message(&format!("Error: Cannot read {name}\n\n{error}."));
            outcome.failed = true;
            return;
        }
    };
    let Some((source, formatted)) = format_bytes(&name, bytes, arguments, outcome) else { return };
    if source == formatted {
        return;
    }
    outcome.changed = true;
    if arguments.list {
        report::result(&format!("{name}\n"));
    }
    if arguments.diff {
        report::result(&unified(&source, &formatted, &name));
    }
    if arguments.write
        && !arguments.check
        && let Err(error) = std::fs::write(path, formatted)
    {
        report::message(&format!("Error: Cannot write {name}\n\n{error}."));
        outcome.failed = true;
    }
}

/// The text and its canonical form; what prevents that is told.
fn format_bytes(
    name: &str,
    bytes: Vec<u8>,
    arguments: &Fmt,
    outcome: &mut Outcome,
) -> Option<(String, String)> {
    let source = match String::from_utf8(bytes) {
        Ok(source) => source,
        Err(error) => {
            report::message(&format!("Error: Invalid character encoding\n\n{name}: {error}."));
            outcome.failed = true;
            return None;
        }
    };
    match format_source(&source) {
        Ok(formatted) => Some((source, formatted)),
        Err(error) => {
            let sources = Sources::default();
            let file = sources.add(name, source);
            let mut diagnostics = Diagnostics::new();
            // The other reader knows more to say, and says it the same way as other commands.
            parse_body(file, &sources.get(file).text, &mut diagnostics);
            if !diagnostics.has_errors() {
                let span = Span::new(file, error.offset..error.offset);
                diagnostics.error("Invalid syntax", error.message, span);
            }
            let style = Style::for_messages(arguments.output.no_color);
            report::print(&diagnostics, &sources, style);
            outcome.failed = true;
            None
        }
    }
}

fn unified(old: &str, new: &str, name: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    diff.unified_diff().header(&format!("old/{name}"), &format!("new/{name}")).to_string()
}
