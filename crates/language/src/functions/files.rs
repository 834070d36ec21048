//! Functions that look at files and at paths. Relative paths start at the base directory of the
//! context; `~` is the home directory.

mod glob;
pub(super) mod paths;

use std::fs;
use std::io;
use std::path::Path;

use provision_schema::{Marks, Refinement, Type, Value};

use super::encoding::base64;
use super::parameter_types::string;
use super::text::{shown, string_argument};
use super::{Function, FunctionContext, FunctionError, Parameter};

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "abspath",
        description: "Makes a path absolute.",
        parameters: &[Parameter::new("path", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: abspath,
        refinement: Refinement::not_null,
    },
    Function {
        name: "basename",
        description: "The last part of a path.",
        parameters: &[Parameter::new("path", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |arguments, _, _| Ok(paths::base(string_argument(arguments, 0)).into()),
        refinement: Refinement::not_null,
    },
    Function {
        name: "dirname",
        description: "A path without its last part.",
        parameters: &[Parameter::new("path", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |arguments, _, _| Ok(paths::directory(string_argument(arguments, 0)).into()),
        refinement: Refinement::not_null,
    },
    Function {
        name: "file",
        description: "The content of a text file.",
        parameters: &[Parameter::new("path", string).marked()],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: file,
        refinement: Refinement::not_null,
    },
    Function {
        name: "filebase64",
        description: "The content of a file in Base64.",
        parameters: &[Parameter::new("path", string).marked()],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: filebase64,
        refinement: Refinement::not_null,
    },
    Function {
        name: "fileexists",
        description: "Tells whether there is a regular file at a path.",
        parameters: &[Parameter::new("path", string).marked()],
        variadic: None,
        result_type: |_| Ok(Type::Bool),
        implementation: fileexists,
        refinement: Refinement::not_null,
    },
    Function {
        name: "fileset",
        description: "The regular files in a directory that match a pattern.",
        parameters: &[
            Parameter::new("path", string).marked(),
            Parameter::new("pattern", string).marked(),
        ],
        variadic: None,
        result_type: |_| Ok(Type::set(Type::String)),
        implementation: fileset,
        refinement: Refinement::not_null,
    },
    Function {
        name: "pathexpand",
        description: "Replaces a leading ~ by the home directory.",
        parameters: &[Parameter::new("path", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |arguments, _, _| {
            let expanded = paths::expand_home(string_argument(arguments, 0));
            expanded.map(Value::from).map_err(FunctionError::new)
        },
        refinement: Refinement::not_null,
    },
];

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("failed to expand ~: {0}")]
    Home(String),
    #[error("open {path}: {}", reason(.source))]
    Open { path: String, source: io::Error },
    #[error("read {path}: {}", reason(.source))]
    Read { path: String, source: io::Error },
}

/// What the operating system says, without the number of the error.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        io::ErrorKind::NotADirectory => "not a directory".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
    }
}

/// The path that an argument means.
fn resolve(context: &FunctionContext, path: &str) -> Result<String, String> {
    let path = paths::expand_home(path).map_err(|error| format!("failed to expand ~: {error}"))?;
    Ok(join_base(context, &path))
}

fn join_base(context: &FunctionContext, path: &str) -> String {
    if path.starts_with('/') {
        return paths::clean(path);
    }
    let base = context.base_directory.to_string_lossy();
    paths::clean(&format!("{base}/{path}"))
}

/// The content of a file; also for `templatefile`.
pub(super) fn read_bytes(context: &FunctionContext, path: &str) -> Result<Vec<u8>, ReadError> {
    let path = paths::expand_home(path).map_err(ReadError::Home)?;
    let path = join_base(context, &path);
    let mut file = match fs::File::open(&path) {
        Ok(file) => file,
        Err(source) => return Err(ReadError::Open { path, source }),
    };
    let mut bytes = Vec::new();
    match io::Read::read_to_end(&mut file, &mut bytes) {
        Ok(_) => Ok(bytes),
        Err(source) => Err(ReadError::Read { path, source }),
    }
}

/// The content of a file for the argument of that index, which may be marked.
fn read_argument(
    arguments: &[Value],
    context: &FunctionContext,
) -> Result<(Vec<u8>, Marks), FunctionError> {
    let marks = arguments.first().map(Value::marks).unwrap_or_default();
    let path = string_argument(arguments, 0);
    let bytes = read_bytes(context, path).map_err(|error| {
        let path = shown(path, marks.is_sensitive());
        let message = match error {
            ReadError::Open { source, .. } if source.kind() == io::ErrorKind::NotFound => format!(
                "no file exists at {path}; this function works only with files that are \
                 distributed as part of the configuration source code, so if this file will be \
                 created by a resource in this configuration you must instead obtain this result \
                 from an attribute of that resource"
            ),
            ReadError::Open { source, .. } if marks.is_sensitive() => {
                format!("open {path}: {}", reason(&source))
            }
            ReadError::Read { source, .. } if marks.is_sensitive() => {
                format!("failed to read file: {}", reason(&source))
            }
            error @ ReadError::Read { .. } => format!("failed to read file: {error}"),
            error => error.to_string(),
        };
        FunctionError::argument(0, message)
    })?;
    Ok((bytes, marks))
}

/// The text of a file, with the marks of its path; also for `templatefile`.
pub(super) fn read_text(
    arguments: &[Value],
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    let (bytes, marks) = read_argument(arguments, context)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let path = shown(string_argument(arguments, 0), marks.is_sensitive());
        FunctionError::new(format!(
            "contents of {path} are not valid UTF-8; use the filebase64 function to obtain the \
             Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to \
             obtain file hashing results instead"
        ))
    })?;
    Ok(Value::from(text).with_marks(marks))
}

fn file(arguments: &[Value], _: &Type, context: &FunctionContext) -> Result<Value, FunctionError> {
    read_text(arguments, context)
}

fn filebase64(
    arguments: &[Value],
    _: &Type,
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    let (bytes, marks) = read_argument(arguments, context)?;
    Ok(Value::from(base64::encode(&bytes)).with_marks(marks))
}

fn abspath(
    arguments: &[Value],
    _: &Type,
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    let path = join_base(context, string_argument(arguments, 0));
    if path.starts_with('/') {
        return Ok(path.into());
    }
    let current = std::env::current_dir()
        .map_err(|error| FunctionError::new(format!("getwd: {}", reason(&error))))?;
    Ok(paths::clean(&format!("{}/{path}", current.to_string_lossy())).into())
}

fn fileexists(
    arguments: &[Value],
    _: &Type,
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    let marks = arguments.first().map(Value::marks).unwrap_or_default();
    let path = resolve(context, string_argument(arguments, 0)).map_err(FunctionError::new)?;
    let shown = shown(&path, marks.is_sensitive());
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Value::from(false).with_marks(marks));
        }
        Err(_) => return Err(FunctionError::new(format!("failed to stat {shown}"))),
    };
    if metadata.is_file() {
        return Ok(Value::from(true).with_marks(marks));
    }
    let what = match kind(&metadata) {
        Some(what) => what,
        None if metadata.is_dir() => "a directory, not a file",
        None => "not a regular file",
    };
    Err(FunctionError::new(format!("{shown} is {what}")))
}

#[cfg(unix)]
fn kind(metadata: &fs::Metadata) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = metadata.file_type();
    if kind.is_block_device() || kind.is_char_device() {
        Some("a device node, not a regular file")
    } else if kind.is_fifo() {
        Some("a named pipe, not a regular file")
    } else if kind.is_socket() {
        Some("a unix domain socket, not a regular file")
    } else {
        None
    }
}

#[cfg(not(unix))]
fn kind(_: &fs::Metadata) -> Option<&'static str> {
    None
}

fn fileset(
    arguments: &[Value],
    _: &Type,
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    let marks = arguments.iter().fold(Marks::NONE, |marks, value| marks | value.marks());
    let shown = |text: &str| shown(text, marks.is_sensitive());
    let directory = join_base(context, string_argument(arguments, 0));
    let pattern = paths::clean(&format!("{directory}/{}", string_argument(arguments, 1)));
    let matches = glob::glob(&pattern).map_err(|error| {
        FunctionError::new(format!("failed to glob pattern {}: {error}", shown(&pattern)))
    })?;
    let mut names = Vec::with_capacity(matches.len());
    for found in matches {
        let metadata = fs::metadata(Path::new(&found)).map_err(|error| {
            let path = shown(&found);
            let error = reason(&error);
            FunctionError::new(format!("failed to stat {path}: stat {path}: {error}"))
        })?;
        if metadata.is_file() {
            names.push(Value::from(paths::relative(&directory, &found)));
        }
    }
    Ok(Value::set(Type::String, names).with_marks(marks))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_in, sensitive};
    use super::*;

    #[test]
    fn parts_of_paths() {
        check("basename", &["/a/b/".into()], r#""b""#);
        check("basename", &["".into()], r#"".""#);
        check("basename", &["/".into()], r#""/""#);
        check("dirname", &["/a/b/".into()], r#""/a/b""#);
        check("dirname", &["a".into()], r#"".""#);
        check("dirname", &["".into()], r#"".""#);
        check("dirname", &["/a//b/../c".into()], r#""/a""#);
        check("dirname", &[Value::unknown(Type::String)], "unknown(string, not null)");
        check("abspath", &["x/../y".into()], r#""/y""#);
        check("pathexpand", &["~x".into()], "cannot expand user-specific home dir");
        check("pathexpand", &["/x".into()], r#""/x""#);
    }

    #[test]
    fn content() {
        let directory = tempfile::tempdir().expect("a directory");
        let context = FunctionContext::new(directory.path());
        let write = |name: &str, content: &[u8]| {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, content).expect("a file");
        };
        write("a.txt", "é".as_bytes());
        write("b.bin", &[0xff]);
        write("sub/c.txt", b"c");
        write("sub/deep/d.txt", b"d");
        write("sub/deep/e.md", b"e");
        write("sub/.hidden", b"h");
        write("we[ird].txt", b"w");

        check_in(&context, "file", &["a.txt".into()], r#""é""#);
        check_in(&context, "file", &[sensitive("sub/../a.txt")], r#"marked("é")"#);
        check_in(&context, "filebase64", &["b.bin".into()], r#""/w==""#);
        check_in(
            &context,
            "file",
            &["b.bin".into()],
            "contents of \"b.bin\" are not valid UTF-8; use the filebase64 function to obtain the \
             Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to \
             obtain file hashing results instead",
        );
        check_in(
            &context,
            "file",
            &["nope".into()],
            "argument 0: no file exists at \"nope\"; this function works only with files that are \
             distributed as part of the configuration source code, so if this file will be \
             created by a resource in this configuration you must instead obtain this result \
             from an attribute of that resource",
        );
        check_in(
            &context,
            "file",
            &["~foo/x".into()],
            "argument 0: failed to expand ~: cannot expand user-specific home dir",
        );
        check_in(
            &context,
            "filesha1",
            &["sub/c.txt".into()],
            r#""84a516841ba77a5b4648de2cd0dfcb30ea46dbb4""#,
        );
        check_in(&context, "fileexists", &["a.txt".into()], "true");
        check_in(&context, "fileexists", &[sensitive("nope")], "marked(false)");
        check_in(
            &context,
            "fileexists",
            &[sensitive("sub")],
            "(sensitive value) is a directory, not a file",
        );

        let set = |pattern: &str, expected: &str| {
            check_in(&context, "fileset", &[".".into(), pattern.into()], expected);
        };
        set("*.txt", r#"set["a.txt", "we[ird].txt"]"#);
        set("**/*.txt", r#"set["a.txt", "sub/c.txt", "sub/deep/d.txt", "we[ird].txt"]"#);
        set("sub/**", r#"set["sub/.hidden", "sub/c.txt", "sub/deep/d.txt", "sub/deep/e.md"]"#);
        set("{a,b}.*", r#"set["a.txt", "b.bin"]"#);
        set("{sub/deep,nope}/{d,e}.*", r#"set["sub/deep/d.txt", "sub/deep/e.md"]"#);
        set("[a-b].???", r#"set["a.txt", "b.bin"]"#);
        set("[^a].???", r#"set["b.bin"]"#);
        set("we\\[ird\\].txt", r#"set["we[ird].txt"]"#);
        set("**/deep/**/d.txt", r#"set["sub/deep/d.txt"]"#);
        set("a.txt", r#"set["a.txt"]"#);
        set("sub", "set[]");
        set("nope/*", "set[]");
        check_in(&context, "fileset", &["sub".into(), "../*.bin".into()], r#"set["../b.bin"]"#);
        check_in(
            &context,
            "fileset",
            &[sensitive("sub"), "[".into()],
            "failed to glob pattern (sensitive value): syntax error in pattern",
        );
        check_in(
            &context,
            "fileset",
            &[sensitive("sub"), "*.txt".into()],
            r#"marked(set["c.txt"])"#,
        );
    }
}
