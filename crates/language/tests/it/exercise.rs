//! Puts a text through everything that reads texts. The robustness tests and the fuzz targets share
//! these functions, so what a fuzz target finds is reproduced by an ordinary test.

use std::path::Path;

use provision_language::ast::{Body, Expr};
use provision_language::check::{check, prepare};
use provision_language::config::{self, Constraints, VariableInputs, Version};
use provision_language::diagnostics::Diagnostics;
use provision_language::evaluate::evaluate as evaluate_expression;
use provision_language::format::format_source;
use provision_language::functions::FunctionContext;
use provision_language::program::{ModuleScope, Program, Site, check_reference};
use provision_language::references;
use provision_language::scanner;
use provision_language::source::{Sources, Span};
use provision_language::syntax;
use provision_schema::display::display;
use provision_schema::json::{type_from_json, type_to_json, value_from_json, value_to_json};
use provision_schema::{Type, Value};

/// What expressions without a configuration of their own find in scope: names of every type whose
/// values are known, unknown, sensitive and ephemeral.
const SCOPE: &str = include_str!("exercise.tf");

/// The section of a configuration that holds expressions, one a line, instead of a file.
const CONSOLE: &str = "console";

/// Reads the text in every way that a text can be read.
pub fn parse(text: &str) {
    let mut diagnostics = Diagnostics::new();
    let sources = Sources::default();
    let file = sources.add("text", text);
    for token in scanner::scan(text) {
        assert!(token.start <= text.len());
    }
    let body = syntax::parse_body(file, text, &mut diagnostics);
    drop(references::of_body(&Body::Native(body)));
    if let Some(expr) = syntax::parse_expression(file, text, &mut diagnostics) {
        walk(&expr, &mut diagnostics);
    }
    if let Some(expr) = syntax::parse_template(file, text, &mut diagnostics) {
        walk(&expr, &mut diagnostics);
    }
    syntax::parse_traversal(file, text, &mut diagnostics);
    if let Some(body) = syntax::parse_json(file, text, &mut diagnostics) {
        drop(references::of_body(&body));
        if let Body::Json(body) = &body {
            walk(&syntax::json_expression(&body.value, &mut diagnostics), &mut diagnostics);
            check_value(&syntax::json_literal(&body.value));
        }
    }
    for diagnostic in diagnostics {
        let place = diagnostic.subject.expect("a mistake in a text has a place");
        check_place(place, text);
    }
    let _ = config::addresses::parse(text, &sources);
    let _ = config::addresses::parse_instance(text, &sources);
    let _ = Version::parse(text);
    let _ = Constraints::parse(text);
    if let Ok(json) = serde_json::from_str(text) {
        let _ = type_from_json(&json);
        let _ = value_from_json(&json, &Type::Dynamic).inspect(check_value);
    }
}

fn walk(expr: &Expr, diagnostics: &mut Diagnostics) {
    references::visit_expression(expr, &mut |_| ());
    config::type_constraint(expr, diagnostics);
}

fn check_place(place: Span, text: &str) {
    let (start, end) = (place.start as usize, place.end as usize);
    assert!(start <= end && end <= text.len(), "{start}..{end} is no place of the text");
}

/// Formats the text. A formatted text is formatted, and can still be read.
pub fn format(text: &str) {
    let Ok(formatted) = format_source(text) else { return };
    match format_source(&formatted) {
        Ok(again) => assert_eq!(again, formatted, "formatted twice, from {text:?}"),
        Err(error) => panic!("{text:?} becomes {formatted:?}, which is refused: {error}"),
    }
}

/// Evaluates a configuration in the directory, which must exist and be empty; what is written
/// there is removed again.
///
/// A line `--- PATH` begins each file, as in `configurations`; `--- console` begins expressions,
/// one a line. A text without such lines is an expression.
pub fn evaluate(text: &[u8], directory: &Path) {
    let mut files = sections(text);
    if files.is_empty() {
        files = vec![("main.tf", SCOPE.as_bytes().to_vec()), (CONSOLE, text.to_vec())];
    }
    for (name, content) in files.iter().filter(|(name, _)| is_file_name(name)) {
        let file = directory.join(name);
        if let Some(parent) = file.parent() {
            // What cannot be written, as below a file, is not part of the configuration.
            let _ = std::fs::create_dir_all(parent);
        }
        let _ = std::fs::write(file, content);
    }
    let expressions = files.iter().filter(|(name, _)| *name == CONSOLE);
    let expressions: String =
        expressions.map(|(_, content)| String::from_utf8_lossy(content)).collect();
    evaluate_directory(directory, &expressions);
    for (name, _) in files.iter().filter(|(name, _)| is_file_name(name)) {
        let top = name.split('/').next().unwrap_or(name);
        let _ = std::fs::remove_file(directory.join(top));
        let _ = std::fs::remove_dir_all(directory.join(top));
    }
}

/// File functions and module calls could read the machine at large, which is slow, depends on the
/// machine, and never ends for some devices: texts that have one of these and a path that may be
/// absolute or go up are left out, as are those with an escape that could hide such a path.
pub fn leaves_directory(text: &[u8]) -> bool {
    let contains = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    let reads = [&b"file"[..], b"source"].into_iter().any(contains);
    // Three dots are an expansion.
    let goes_up = text.split(|byte| *byte != b'.').any(|dots| dots.len() == 2) || contains(b"../");
    let absolute = text.windows(2).any(|window| {
        window[1] == b'/' && !window[0].is_ascii_alphanumeric() && !b".*}".contains(&window[0])
    });
    let hidden = [&b"\\"[..], b"~", b"%", b"dirname", b"cwd"].into_iter().any(contains);
    reads && (goes_up || absolute || hidden)
}

fn sections(text: &[u8]) -> Vec<(&str, Vec<u8>)> {
    let mut files: Vec<(&str, Vec<u8>)> = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let path = line.strip_prefix(b"--- ").and_then(|path| std::str::from_utf8(path).ok());
        match (path, files.last_mut()) {
            (Some(path), _) => files.push((path.trim(), Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => (),
        }
    }
    files
}

/// Whether the name stays below the directory it is joined to.
fn is_file_name(name: &str) -> bool {
    let plain = |part: &str| {
        part.starts_with(|it: char| it.is_ascii_alphanumeric())
            && part.len() < 64
            && part.chars().all(|it| it.is_ascii_alphanumeric() || "._-".contains(it))
    };
    name != CONSOLE && name.split('/').count() < 5 && name.split('/').all(plain)
}

fn evaluate_directory(directory: &Path, expressions: &str) {
    let inputs = VariableInputs {
        environment: vec![("TF_VAR_environment".to_owned(), "[1]".to_owned())],
        options: Vec::new(),
        ..VariableInputs::default()
    };
    let functions = FunctionContext::new(directory);
    let sources = Sources::default();
    check_diagnostics(check(directory, &inputs, &functions, &sources), &sources);

    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let program = prepare(directory, &inputs, functions, &sources, &mut diagnostics);
    check_diagnostics(diagnostics, &sources);
    let Some(program) = program else { return };
    program.evaluate();
    for expression in expressions.lines() {
        check_expression(&program, expression);
    }
    program.unsupported();
    program.deferred();
    // The commands go no further when something is wrong.
    if !program.diagnostics().has_errors() {
        program.dependencies();
        apply(&program);
    }
    check_outputs(&program);
    check_diagnostics(program.diagnostics(), &sources);
}

/// What applying does to `terraform_data`, after which more is known.
fn apply(program: &Program) {
    for instance in program.instances() {
        check_value(&instance.object);
        if &*instance.address.resource.kind == "terraform_data"
            && let Some(input) = instance.configured.get("input")
        {
            let object = Value::object_of([
                ("id", Value::from("0")),
                ("input", input.clone()),
                ("output", input.clone()),
                ("triggers_replace", Value::null(Type::Dynamic)),
            ]);
            program.publish(&instance.address, object);
        }
    }
    program.evaluate();
}

fn check_outputs(program: &Program) {
    for name in program.configuration().root.outputs.keys() {
        program.output(name).iter().for_each(check_value);
    }
}

/// Evaluates an expression as the console does.
fn check_expression(program: &Program, text: &str) {
    let sources = Sources::default();
    let file = sources.add("expression", text);
    let mut diagnostics = Diagnostics::new();
    if let Some(expr) = syntax::parse_expression(file, text, &mut diagnostics) {
        let root = &program.configuration().root;
        references::visit_expression(&expr, &mut |reference| {
            diagnostics.extend(check_reference(reference, root, Site::default()).err());
        });
        if !diagnostics.has_errors() {
            let names = ModuleScope::new(program, program.root());
            let value = evaluate_expression(&expr, &program.scope(&names), &mut diagnostics);
            check_value(&value);
        }
    }
}

/// Everything that is shown has a place in the texts.
fn check_diagnostics(diagnostics: Diagnostics, sources: &Sources) {
    for diagnostic in diagnostics {
        if let Some(place) = diagnostic.subject {
            let file = sources.get(place.file);
            check_place(place, &file.text);
            file.position(place.start);
            file.position(place.end);
        }
    }
}

/// A value can be shown, and its type survives JSON.
fn check_value(value: &Value) {
    display(value);
    value_to_json(value);
    let ty = value.ty();
    assert_eq!(type_from_json(&type_to_json(&ty)).as_ref(), Ok(&ty));
}
