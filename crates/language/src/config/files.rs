//! Which files of a directory make up a module, and their texts.

use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};

/// A configuration file that was read.
#[derive(Clone, Debug)]
pub(super) struct ConfigurationFile {
    pub(super) id: FileId,
    pub(super) json: bool,
    /// Whether it only counts for OpenTofu: `.tofu` and `.tofu.json`.
    pub(super) tofu: bool,
    pub(super) overrides: bool,
}

/// Suffix, JSON, OpenTofu's own.
const SUFFIXES: [(&str, bool, bool); 4] = [
    (".tofu.json", true, true),
    (".tf.json", true, false),
    (".tofu", false, true),
    (".tf", false, false),
];

/// Reads the configuration files of a directory: the primary ones in lexical order, then the
/// override files in lexical order. The names in diagnostics are `shown` with the file's name.
pub(super) fn read(
    directory: &Path,
    shown: &Path,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<ConfigurationFile> {
    let mut names = match names_in(directory) {
        Ok(names) => names,
        Err(error) => {
            let detail = match error.kind() {
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                    format!(
                        "Module directory {} does not exist or is not a directory.",
                        show(shown)
                    )
                }
                _ => format!("Module directory {} cannot be read: {error}.", show(shown)),
            };
            diagnostics.push(Diagnostic::error("Failed to read module directory", detail));
            return Vec::new();
        }
    };
    names.sort();
    let chosen = choose(&names);
    let mut files: Vec<ConfigurationFile> = chosen
        .into_iter()
        .filter_map(|(name, json, tofu, overrides)| {
            let path = directory.join(name);
            let id = read_file(&path, &shown_name(shown, name), sources, diagnostics)?;
            Some(ConfigurationFile { id, json, tofu, overrides })
        })
        .collect();
    files.sort_by_key(|file| file.overrides);
    files
}

/// Whether the directory holds a configuration file.
pub(super) fn has_configuration(directory: &Path) -> bool {
    names_in(directory).is_ok_and(|names| !choose(&names).is_empty())
}

fn names_in(directory: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        // A link counts as what it points to; one that points nowhere is reported on reading.
        let is_directory = std::fs::metadata(entry.path()).is_ok_and(|it| it.is_dir());
        if !is_directory && let Ok(name) = entry.file_name().into_string() {
            names.push(name);
        }
    }
    Ok(names)
}

/// The names that are configuration files, with what their suffix and stem say of them: JSON,
/// OpenTofu's own, an override.
fn choose(names: &[String]) -> Vec<(&str, bool, bool, bool)> {
    let kept = names.iter().filter_map(|name| {
        if is_ignored(name) {
            return None;
        }
        let (suffix, json, tofu) = SUFFIXES.into_iter().find(|it| name.ends_with(it.0))?;
        let stem = &name[..name.len() - suffix.len()];
        if !tofu {
            let hidden_by = format!("{stem}{}", if json { ".tofu.json" } else { ".tofu" });
            if names.contains(&hidden_by) {
                return None;
            }
        }
        let overrides = stem == "override" || stem.ends_with("_override");
        Some((name.as_str(), json, tofu, overrides))
    });
    kept.collect()
}

/// Hidden files and what editors leave behind.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || (name.len() > 1 && name.starts_with('#') && name.ends_with('#'))
}

/// Reads one file, whose name in diagnostics is `shown`. Nothing is returned, and something said,
/// when it cannot be read or is not UTF-8.
pub(super) fn read_file(
    path: &Path,
    shown: &str,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let detail = format!("The file {shown:?} could not be read: {error}.");
            diagnostics.push(Diagnostic::error("Failed to read file", detail));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => {
            let text = match text.strip_prefix('\u{feff}') {
                Some(rest) => rest.to_owned(),
                None => text,
            };
            Some(sources.add(shown, text))
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(&error.into_bytes()).into_owned();
            let id = sources.add(shown, text);
            let detail = "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is \
                          selected in your editor.";
            diagnostics.error("Invalid character encoding", detail, Span::new(id, valid..valid));
            None
        }
    }
}

/// The path of a file as the user would type it: without a leading `./`.
pub(super) fn shown_name(directory: &Path, name: &str) -> String {
    let path = match directory.as_os_str().is_empty() || directory == Path::new(".") {
        true => PathBuf::from(name),
        false => directory.join(name),
    };
    path.to_string_lossy().into_owned()
}

pub(super) fn show(directory: &Path) -> String {
    match directory.as_os_str().is_empty() {
        true => ".".to_owned(),
        false => directory.to_string_lossy().into_owned(),
    }
}
