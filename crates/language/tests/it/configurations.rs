//! Runs the whole configurations: one a file, as their README says.

use std::path::{Path, PathBuf};

use provision_language::check::{check, prepare};
use provision_language::config::{VariableInputs, VariableOption};
use provision_language::diagnostics::{Diagnostic, Diagnostics, Severity};
use provision_language::functions::FunctionContext;
use provision_language::program::Program;
use provision_language::source::Sources;
use provision_schema::json::value_to_json;
use provision_schema::{Type, Value};

/// A file and a line.
type Place = (String, usize);

/// What the head of a file says must come of it.
#[derive(Default)]
struct Expected {
    diagnostics: Vec<(Severity, String, Option<Place>)>,
    plan: bool,
    outputs: Vec<(String, String)>,
    inputs: VariableInputs,
}

fn read(text: &str) -> Result<(Expected, Vec<(String, String)>), String> {
    let mut expected = Expected::default();
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("--- ") {
            files.push((path.trim().to_owned(), String::new()));
        } else if let Some((_, content)) = files.last_mut() {
            content.push_str(line);
        } else if let Some(directive) = line.trim().strip_prefix("# ") {
            read_directive(directive, &mut expected)?;
        }
    }
    Ok((expected, files))
}

fn read_directive(directive: &str, expected: &mut Expected) -> Result<(), String> {
    let (name, rest) = directive.split_once(": ").unwrap_or((directive, ""));
    match name {
        "expect" if rest == "ok" => (),
        "expect" => {
            let (severity, rest) = match rest.split_once(' ') {
                Some(("error", rest)) => (Severity::Error, rest),
                Some(("warning", rest)) => (Severity::Warning, rest),
                _ => return Err(format!("no such expectation: {rest}")),
            };
            let (summary, place) = match rest.rsplit_once(" @ ") {
                Some((summary, place)) => {
                    let (file, line) = place.rsplit_once(':').ok_or("no line")?;
                    let line = line.parse().map_err(|_| format!("no line in {place}"))?;
                    (summary, Some((file.to_owned(), line)))
                }
                None => (rest, None),
            };
            expected.diagnostics.push((severity, summary.to_owned(), place));
        }
        "phase" => expected.plan = rest == "plan",
        "output" => {
            let (name, json) = rest.split_once(" = ").ok_or("no value")?;
            expected.outputs.push((name.to_owned(), json.to_owned()));
            expected.plan = true;
        }
        "env" => {
            let (name, value) = rest.split_once('=').ok_or("no value")?;
            expected.inputs.environment.push((name.to_owned(), value.to_owned()));
        }
        "var" => expected.inputs.options.push(VariableOption::Value(rest.to_owned())),
        _ => (),
    }
    Ok(())
}

fn run(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let (expected, files) = read(&text)?;
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (name, content) in &files {
        let file = directory.path().join(name);
        let parent = file.parent().ok_or("no directory")?;
        std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
        std::fs::write(&file, content).map_err(|error| error.to_string())?;
    }
    let sources = Sources::default();
    let functions = FunctionContext::new(directory.path());
    let (diagnostics, outputs) = match expected.plan {
        false => {
            let found = check(directory.path(), &expected.inputs, &functions, &sources);
            (found, Vec::new())
        }
        true => plan(directory.path(), &expected, functions, &sources),
    };
    compare(&expected, &diagnostics, &sources, directory.path())?;
    for ((name, wanted), shown) in expected.outputs.iter().zip(outputs) {
        let wanted: serde_json::Value =
            serde_json::from_str(wanted).map_err(|error| format!("{name}: {error}"))?;
        let mut shown = shown.ok_or(format!("there is no output {name}"))?;
        let mut wanted = wanted;
        relative(&mut shown, directory.path());
        sort_keys(&mut shown);
        sort_keys(&mut wanted);
        // As text, because 1 and 1.0 are different numbers to the JSON library.
        let (shown, wanted) = (shown.to_string(), wanted.to_string());
        if shown != wanted {
            return Err(format!("output {name} is {shown} instead of {wanted}"));
        }
    }
    Ok(())
}

/// Paths count from the directory of the root module.
fn relative(json: &mut serde_json::Value, directory: &Path) {
    let directory = directory.display().to_string();
    match json {
        serde_json::Value::String(text) => {
            *text = text.replace(&format!("{directory}/"), "").replace(&directory, ".");
        }
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(|it| relative(it, Path::new(&directory)));
        }
        serde_json::Value::Array(items) => {
            items.iter_mut().for_each(|it| relative(it, Path::new(&directory)));
        }
        _ => (),
    }
}

fn sort_keys(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(sort_keys);
            let mut entries: Vec<_> = std::mem::take(fields).into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            *fields = entries.into_iter().collect();
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(sort_keys),
        _ => (),
    }
}

fn plan(
    directory: &Path,
    expected: &Expected,
    functions: FunctionContext,
    sources: &Sources,
) -> (Diagnostics, Vec<Option<serde_json::Value>>) {
    let mut diagnostics = Diagnostics::new();
    let inputs = &expected.inputs;
    let program = prepare(directory, inputs, functions, sources, &mut diagnostics);
    let Some(program) = program else { return (diagnostics, Vec::new()) };
    program.evaluate();
    if !expected.outputs.is_empty() {
        apply_data(&program);
    }
    diagnostics.extend(program.diagnostics());
    let outputs = expected.outputs.iter();
    let outputs = outputs.map(|(name, _)| program.output(name).map(|it| value_to_json(&it)));
    (diagnostics, outputs.collect())
}

/// Does what applying does to `terraform_data`: the output is the input. Each round makes more
/// known.
fn apply_data(program: &Program) {
    for _ in 0..10 {
        for instance in program.instances() {
            let input = instance.configured.get("input").cloned();
            let Some(input) =
                input.filter(|_| &*instance.address.resource.kind == "terraform_data")
            else {
                continue;
            };
            let null = Value::null(Type::Dynamic);
            let triggers = instance.configured.get("triggers_replace").cloned().unwrap_or(null);
            let object = Value::object_of([
                ("id", Value::from("0")),
                ("input", input.clone()),
                ("output", input),
                ("triggers_replace", triggers),
            ]);
            program.publish(&instance.address, object);
        }
        program.evaluate();
    }
}

fn compare(
    expected: &Expected,
    diagnostics: &Diagnostics,
    sources: &Sources,
    directory: &Path,
) -> Result<(), String> {
    let place = |it: &Diagnostic| {
        let subject = it.subject?;
        let file = sources.get(subject.file);
        let name = Path::new(&file.name).strip_prefix(directory).unwrap_or(Path::new(&file.name));
        Some((name.display().to_string(), file.position(subject.start).line))
    };
    let told = || {
        let lines = diagnostics.iter().map(|it| {
            let place = place(it).map(|(file, line)| format!(" @ {file}:{line}"));
            let place = place.unwrap_or_default();
            format!("\n    {:?} {}{place}: {}", it.severity, it.summary, it.detail)
        });
        lines.collect::<String>()
    };
    for (severity, summary, at) in &expected.diagnostics {
        let met = diagnostics.iter().any(|it| {
            it.severity == *severity
                && (summary == "*" || it.summary.starts_with(summary.as_str()))
                && (at.is_none() || place(it) == *at)
        });
        if !met {
            return Err(format!("no {severity:?} {summary:?} at {at:?} among:{}", told()));
        }
    }
    let expects = |severity| expected.diagnostics.iter().any(|(it, ..)| *it == severity);
    if diagnostics.has_errors() && !expects(Severity::Error) {
        return Err(format!("unexpected:{}", told()));
    }
    Ok(())
}

#[test]
fn every_configuration() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/configurations");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("the configurations are there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "txt"))
        .collect();
    paths.sort();
    assert!(paths.len() > 150, "only {} configurations were found", paths.len());
    let failures: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            run(path).err().map(|why| format!("{name}: {why}"))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} configurations failed:\n{}",
        failures.len(),
        paths.len(),
        failures.join("\n")
    );
}
