//! Runs the expression tables: one case a line, as their README says.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provision_language::ast::{Expr, ExprKind, Name, Reference, Step, StepKind, TemplatePart};
use provision_language::config::{self, Local, Module, Variable};
use provision_language::diagnostics::{Diagnostic, Diagnostics};
use provision_language::evaluate::{Resolver, Scope, evaluate};
use provision_language::functions::FunctionContext;
use provision_language::program::{Site, Target, check_reference};
use provision_language::references;
use provision_language::source::{Sources, Span};
use provision_language::syntax;
use provision_schema::json::value_to_json;
use provision_schema::{Type, Value};

fn tables() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tables")
}

/// The names bound so far in a table, and a module that declares them.
#[derive(Default)]
struct Bindings {
    locals: HashMap<Arc<str>, Value>,
    variables: HashMap<Arc<str>, Value>,
    module: Module,
}

/// What is not bound is missing from the module, and that is an error like in any other.
impl Resolver for Bindings {
    fn resolve(
        &self,
        reference: &Reference,
        _scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> (Value, usize) {
        let value = match check_reference(reference, &self.module, Site::default()) {
            Ok(Target::Local(name)) => self.locals.get(&name).cloned(),
            Ok(Target::Variable(name)) => self.variables.get(&name).cloned(),
            Ok(Target::Path(_)) => Some(Value::from(".")),
            Ok(Target::Workspace(_)) => Some(Value::from("default")),
            Ok(_) => None,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                None
            }
        };
        (value.unwrap_or_else(Value::dynamic), 1)
    }
}

fn run(table: &Path) -> (usize, Vec<String>) {
    let text = std::fs::read_to_string(table).expect("a table is readable");
    let mut bindings = Bindings::default();
    let mut cases = 0;
    let mut failures = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let line = match line.strip_prefix("~ ") {
            Some(folded) => folded.replace('⏎', "\n"),
            None => line.to_owned(),
        };
        let name = table.file_name().unwrap_or_default().to_string_lossy();
        let at = |what: String| format!("{name}:{}: {what}", index + 1);
        if line == "@reset" {
            bindings = Bindings::default();
        } else if let Some(binding) = line.strip_prefix("@ ") {
            match bind_local(binding, &mut bindings) {
                Ok(()) => (),
                Err(why) => failures.push(at(why)),
            }
        } else if let Some(declaration) = line.strip_prefix("@var") {
            let (nullable, declaration) = match declaration.strip_prefix('!') {
                Some(rest) => (false, rest),
                None => (true, declaration),
            };
            let expects_error = declaration.contains(" ==> error");
            cases += usize::from(expects_error);
            if let Err(why) = bind_variable(declaration.trim(), nullable, &mut bindings) {
                failures.push(at(why));
            }
        } else if let Some((expression, expected)) = line.rsplit_once(" ==> ") {
            cases += 1;
            if let Err(why) = check_case(expression, expected, &bindings) {
                failures.push(at(format!("{expression}\n    {why}")));
            }
        } else {
            failures.push(at("neither a binding nor a case".to_owned()));
        }
    }
    (cases, failures)
}

fn evaluate_text(text: &str, bindings: &Bindings) -> (Option<Value>, Diagnostics) {
    let sources = Sources::default();
    let file = sources.add("<table>", text);
    let mut diagnostics = Diagnostics::new();
    let Some(mut expr) = syntax::parse_expression(file, text, &mut diagnostics) else {
        return (None, diagnostics);
    };
    replace_unknowns(&mut expr);
    references::visit_expression(&expr, &mut |reference| {
        diagnostics.extend(check_reference(reference, &bindings.module, Site::default()).err());
    });
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let functions = FunctionContext::new(tables());
    let value = evaluate(&expr, &Scope::new(bindings, &functions), &mut diagnostics);
    (Some(value), diagnostics)
}

fn bind_local(binding: &str, bindings: &mut Bindings) -> Result<(), String> {
    let (name, expression) = binding.split_once('=').ok_or("no equals sign")?;
    let (value, diagnostics) = evaluate_text(expression.trim(), bindings);
    if diagnostics.has_errors() {
        return Err(format!("{binding}: {}", describe(&diagnostics)));
    }
    let value = value.ok_or("no value")?;
    let name: Arc<str> = name.trim().into();
    let span = Span::new(Sources::default().add("<table>", binding), 0..0);
    let declared = Local {
        name: Name { text: name.clone(), span },
        expr: Expr::literal(Value::null(Type::Dynamic), span),
    };
    bindings.module.locals.insert(name.clone(), declared);
    bindings.locals.insert(name, value);
    Ok(())
}

fn bind_variable(text: &str, nullable: bool, bindings: &mut Bindings) -> Result<(), String> {
    let (declaration, expected) = match text.rsplit_once(" ==> ") {
        Some((declaration, expected)) => (declaration, Some(expected)),
        None => (text, None),
    };
    let (name, rest) = declaration.split_once(' ').ok_or("no type")?;
    // The type ends at the first equals sign outside of brackets.
    let mut depth = 0;
    let end = rest.char_indices().find(|(_, character)| {
        match character {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            _ => (),
        }
        depth == 0 && *character == '='
    });
    let (end, _) = end.ok_or("no equals sign")?;
    let (ty, expression) = (rest[..end].trim(), rest[end + 1..].trim());
    let result = prepare_variable(name, ty, nullable, expression, bindings);
    match (result, expected) {
        (Ok((variable, value)), None) => {
            bindings.module.variables.insert(name.into(), variable);
            bindings.variables.insert(name.into(), value);
            Ok(())
        }
        (Ok((_, value)), Some(expected)) => Err(format!("{declaration}: {value:?} for {expected}")),
        (Err(why), None) => Err(format!("{declaration}: {why}")),
        (Err(why), Some(expected)) => {
            // The tables name OpenTofu's summary; only what stands behind it is ours to match.
            let detail = expected.strip_prefix("error: ").unwrap_or(expected);
            let detail = detail.split_once(": ").map_or("", |(_, detail)| detail);
            let detail = detail.trim_end_matches('.');
            match fold(&why).contains(&fold(detail)) {
                true => Ok(()),
                false => Err(format!("{declaration}\n    {why}\n    instead of {expected}")),
            }
        }
    }
}

fn prepare_variable(
    name: &str,
    ty: &str,
    nullable: bool,
    expression: &str,
    bindings: &Bindings,
) -> Result<(Variable, Value), String> {
    let (value, diagnostics) = evaluate_text(expression, bindings);
    if diagnostics.has_errors() {
        return Err(describe(&diagnostics));
    }
    let text = format!("variable {name:?} {{\n  type = {ty}\n  nullable = {nullable}\n}}\n");
    let variable = declared_variable(&text)?;
    let value = variable.prepare(value.as_ref())?;
    Ok((variable, value))
}

fn declared_variable(text: &str) -> Result<Variable, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    std::fs::write(directory.path().join("main.tf"), text).map_err(|error| error.to_string())?;
    let mut diagnostics = Diagnostics::new();
    let loaded = config::load(directory.path(), &Sources::default(), &mut diagnostics);
    match loaded {
        Some(loaded) if !diagnostics.has_errors() => {
            loaded.root.variables.values().next().cloned().ok_or_else(|| "no variable".to_owned())
        }
        _ => Err(describe(&diagnostics)),
    }
}

/// `unknown(TYPE)` is a helper of the tables alone.
fn replace_unknowns(expr: &mut Expr) {
    let replacement = match &expr.kind {
        ExprKind::Call(call) if &*call.name == "unknown" => {
            let mut ignored = Diagnostics::new();
            let ty = call.arguments.first();
            ty.and_then(|ty| config::type_constraint(ty, &mut ignored)).map(Value::unknown)
        }
        _ => None,
    };
    if let Some(value) = replacement {
        expr.kind = ExprKind::Literal(value);
        return;
    }
    match &mut expr.kind {
        ExprKind::Literal(_) => (),
        ExprKind::Template(parts) => parts.iter_mut().for_each(replace_in_part),
        ExprKind::TemplateWrap(inner)
        | ExprKind::Parentheses(inner)
        | ExprKind::Unary(_, inner) => replace_unknowns(inner),
        ExprKind::Tuple(items) => items.iter_mut().for_each(replace_unknowns),
        ExprKind::Object(items) => items.iter_mut().for_each(|item| {
            replace_unknowns(&mut item.key);
            replace_unknowns(&mut item.value);
        }),
        ExprKind::Reference(reference) => {
            let Reference { steps, .. } = &mut **reference;
            steps.iter_mut().for_each(replace_in_step);
        }
        ExprKind::Access(inner, steps) => {
            replace_unknowns(inner);
            steps.iter_mut().for_each(replace_in_step);
        }
        ExprKind::Call(call) => call.arguments.iter_mut().for_each(replace_unknowns),
        ExprKind::Conditional(parts) => parts.iter_mut().for_each(replace_unknowns),
        ExprKind::Binary(_, operands) => operands.iter_mut().for_each(replace_unknowns),
        ExprKind::For(it) => {
            replace_unknowns(&mut it.collection);
            it.key.iter_mut().for_each(replace_unknowns);
            replace_unknowns(&mut it.value);
            it.condition.iter_mut().for_each(replace_unknowns);
        }
    }
}

fn replace_in_step(step: &mut Step) {
    match &mut step.kind {
        StepKind::Attribute(_) => (),
        StepKind::Index(key) => replace_unknowns(key),
        StepKind::Splat(each) => each.iter_mut().for_each(replace_in_step),
    }
}

fn replace_in_part(part: &mut TemplatePart) {
    match part {
        TemplatePart::Literal(_) => (),
        TemplatePart::Interpolation(expr) => replace_unknowns(expr),
        TemplatePart::If { condition, then, otherwise, .. } => {
            replace_unknowns(condition);
            then.iter_mut().chain(otherwise).for_each(replace_in_part);
        }
        TemplatePart::For(it) => {
            replace_unknowns(&mut it.collection);
            it.body.iter_mut().for_each(replace_in_part);
        }
    }
}

fn check_case(expression: &str, expected: &str, bindings: &Bindings) -> Result<(), String> {
    let (value, diagnostics) = evaluate_text(expression, bindings);
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|it| it.is_error()).collect();
    if let Some(expected) = expected.strip_prefix("error: ") {
        let (summary, detail) = expected.split_once(": ").unwrap_or((expected, ""));
        let detail = detail.trim_end_matches('.');
        let matches = |it: &&Diagnostic| {
            (summary == "*" || fold(&it.summary) == fold(summary))
                && fold(&relative(&it.detail)).contains(&fold(detail))
        };
        return match errors.iter().any(matches) {
            true => Ok(()),
            false => Err(format!(
                "gives {}\n    instead of error: {expected}",
                match errors.is_empty() {
                    true => value.map_or("nothing".to_owned(), |value| show(&value)),
                    false => describe(&diagnostics),
                }
            )),
        };
    }
    if !errors.is_empty() {
        return Err(format!("gives {}\n    instead of {expected}", describe(&diagnostics)));
    }
    let shown = show(&value.ok_or("no value")?);
    if shown == normalise(expected) {
        return Ok(());
    }
    Err(format!("gives {shown}\n    instead of {expected}"))
}

/// File functions speak of whole paths; the tables count from their own directory.
fn relative(text: &str) -> String {
    let directory = tables().display().to_string();
    text.replace(&format!("{directory}/"), "").replace(&directory, ".")
}

fn describe(diagnostics: &Diagnostics) -> String {
    let texts = diagnostics.iter().map(|it| format!("error: {}: {}", it.summary, it.detail));
    texts.collect::<Vec<_>>().join(" / ")
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value as the tables write it.
fn show(value: &Value) -> String {
    let sensitive = if value.marks().is_sensitive() { "sensitive " } else { "" };
    let ty = show_type(&value.ty());
    match value.is_known() {
        false => format!("{sensitive}unknown {ty}"),
        true => {
            let mut json = value_to_json(value);
            strip_types(&mut json);
            format!("{sensitive}{ty} {json}")
        }
    }
}

/// Inside a value the tables write an unknown without its type.
fn strip_types(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(fields) => {
            if fields.get("unknown") == Some(&serde_json::Value::Bool(true)) {
                fields.shift_remove("type");
            }
            fields.values_mut().for_each(strip_types);
            let mut entries: Vec<_> = std::mem::take(fields).into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            *fields = entries.into_iter().collect();
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip_types),
        _ => (),
    }
}

fn show_type(ty: &Type) -> String {
    let quoted = |name: &str| {
        let identifier = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-');
        if identifier { name.to_owned() } else { serde_json::Value::from(name).to_string() }
    };
    match ty {
        Type::List(element) => format!("list({})", show_type(element)),
        Type::Set(element) => format!("set({})", show_type(element)),
        Type::Map(element) => format!("map({})", show_type(element)),
        Type::Tuple(elements) => {
            let elements: Vec<_> = elements.iter().map(show_type).collect();
            format!("tuple([{}])", elements.join(","))
        }
        Type::Object(object) => {
            let attributes = object.attributes.iter();
            let attributes: Vec<_> = attributes
                .map(|(name, ty)| format!("{}={}", quoted(name), show_type(ty)))
                .collect();
            format!("object({{{}}})", attributes.join(","))
        }
        other => other.to_string(),
    }
}

/// The expectation with its JSON written as ours is.
fn normalise(expected: &str) -> String {
    let (prefix, rest) = match expected.strip_prefix("sensitive ") {
        Some(rest) => ("sensitive ", rest),
        None => ("", expected),
    };
    // A type has no spaces outside of quoted attribute names.
    let mut in_quotes = false;
    let split = rest.char_indices().find(|(_, character)| {
        in_quotes ^= *character == '"';
        *character == ' ' && !in_quotes
    });
    let Some((at, _)) = split else { return expected.to_owned() };
    let (ty, value) = (&rest[..at], &rest[at + 1..]);
    match serde_json::from_str::<serde_json::Value>(value) {
        Ok(mut json) => {
            strip_types(&mut json);
            format!("{prefix}{ty} {json}")
        }
        Err(_) => expected.to_owned(),
    }
}

#[test]
fn every_case_of_every_table() {
    let mut names: Vec<PathBuf> = std::fs::read_dir(tables())
        .expect("the tables are there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "txt"))
        .collect();
    names.sort();
    let mut total = 0;
    let mut failures = Vec::new();
    for name in names {
        let (cases, wrong) = run(&name);
        total += cases;
        failures.extend(wrong);
    }
    assert!(total > 1000, "only {total} cases were found");
    assert!(
        failures.is_empty(),
        "{} of {total} cases failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
