//! Function calls, and the functions that need more than the values of their arguments.

use std::sync::atomic::Ordering;

use provision_schema::convert::convert;
use provision_schema::{Kind, Type, Value};

use super::{Names, Scope, evaluate};
use crate::ast::{Call, Expr, ExprKind, Step, StepKind};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::functions::{self, FunctionContext, FunctionError};
use crate::references;
use crate::source::{Sources, Span};
use crate::syntax;

/// Templates may call `templatefile` in turn, but not without end.
const MAX_TEMPLATE_DEPTH: usize = 64;
/// A template that calls itself twice at each level would be rendered more often than anybody has
/// the time for.
const MAX_TEMPLATES: usize = 10_000;

pub(super) fn evaluate_call(
    call: &Call,
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
    if let Some((_, parameters, _)) = SPECIAL.iter().find(|(special, ..)| *special == name)
        && name != "templatefile"
        && (name != "type" || scope.functions.console)
        && !call.expand_last
    {
        return special(name, parameters, call, span, scope, diagnostics);
    }
    let Some(arguments) = evaluate_arguments(call, scope, diagnostics) else {
        return match name == "templatefile" || functions::find(name).is_some() {
            true => Value::dynamic(),
            false => unknown_function(call, diagnostics),
        };
    };
    if name == "templatefile" {
        let result = template_file(&arguments, scope.functions);
        return finish(call, span, result, diagnostics, |index| match index {
            0 => "path",
            _ => "vars",
        });
    }
    let Some(function) = functions::find(name) else {
        return unknown_function(call, diagnostics);
    };
    if let Err(detail) = functions::check_arity(function, arguments.len()) {
        let summary = match arguments.len() < function.parameters.len() {
            true => "Not enough function arguments",
            false => "Too many function arguments",
        };
        diagnostics.push(Diagnostic::error(summary, detail).at(call.name.span).within(span));
        return Value::dynamic();
    }
    let result = function.call(&arguments, scope.functions);
    finish(call, span, result, diagnostics, |index| {
        function.parameter(index).map_or("argument", |parameter| parameter.name)
    })
}

fn unknown_function(call: &Call, diagnostics: &mut Diagnostics) -> Value {
    let name = &*call.name;
    let mut detail = format!("There is no function named {name:?}.");
    let names = functions::names();
    if let Some(similar) = crate::diagnostics::suggestion(name, names.into_iter()) {
        detail.push_str(&format!(" Did you mean {similar:?}?"));
    }
    diagnostics.error("Call to unknown function", detail, call.name.span);
    Value::dynamic()
}

/// The values of the arguments, a last one with `...` taken apart. None if one of them failed or
/// is not known well enough to say how many there are.
fn evaluate_arguments(
    call: &Call,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Value>> {
    let before = diagnostics.len();
    let mut values: Vec<Value> =
        call.arguments.iter().map(|argument| evaluate(argument, scope, diagnostics)).collect();
    let failed =
        |diagnostics: &Diagnostics| diagnostics.iter().skip(before).any(Diagnostic::is_error);
    if call.expand_last
        && !failed(diagnostics)
        && let (Some(last), Some(expr)) = (values.pop(), call.arguments.last())
    {
        let (last, marks) = last.unmark();
        let mut fail = |detail: &str| {
            diagnostics.error("Invalid expanding argument value", detail, expr.span);
        };
        match last.kind() {
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                values.extend(elements.iter().map(|it| it.clone().with_marks(marks)));
            }
            Kind::Null(_) => {
                fail("The expanding argument (indicated by ...) must not be null.");
            }
            Kind::Unknown(unknown)
                if unknown.ty.is_dynamic()
                    || matches!(unknown.ty, Type::List(_) | Type::Set(_) | Type::Tuple(_)) =>
            {
                return None;
            }
            _ => fail(
                "The expanding argument (indicated by ...) must be of a tuple, list, or \
                       set type.",
            ),
        }
    }
    (!failed(diagnostics)).then_some(values)
}

/// Turns what a function said into a value or a diagnostic.
fn finish<'n>(
    call: &Call,
    span: Span,
    result: Result<Value, FunctionError>,
    diagnostics: &mut Diagnostics,
    parameter: impl Fn(usize) -> &'n str,
) -> Value {
    let error = match result {
        Ok(value) => return value,
        Err(error) => error,
    };
    let message = error.message.trim_end_matches('.');
    let diagnostic = match error.argument {
        Some(index) => {
            let subject = call.arguments.get(index).or(call.arguments.last());
            let name = parameter(index);
            let detail = format!("Invalid value for {name:?} parameter: {message}.");
            Diagnostic::error("Invalid function argument", detail)
                .at(subject.map_or(span, |argument| argument.span))
        }
        None => {
            let detail = format!("Call to function {:?} failed: {message}.", &*call.name);
            Diagnostic::error("Error in function call", detail).at(call.name.span)
        }
    };
    diagnostics.push(diagnostic.within(span));
    Value::dynamic()
}

/// Functions that look at their arguments as expressions or evaluate what they are given: name,
/// parameters and description. `try` takes any number of arguments.
pub const SPECIAL: &[(&str, &[&str], &str)] = &[
    ("can", &["expression"], "Tells whether an expression can be evaluated without an error."),
    ("convert", &["value", "type"], "Converts a value to a type, written as in a variable block."),
    ("templatefile", &["path", "vars"], "Reads a file and renders it as a template."),
    ("templatestring", &["data", "vars"], "Renders a string as a template."),
    ("try", &[], "The value of the first argument that can be evaluated without an error."),
    ("type", &["value"], "The type of a value, as a string."),
];

fn special(
    name: &str,
    parameters: &[&str],
    call: &Call,
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let arguments = call.arguments.as_slice();
    let expected = parameters.len();
    let arity = match (parameters.get(arguments.len()), arguments.len() > expected) {
        (Some(missing), _) => Some((
            "Not enough function arguments",
            format!(
                "Function {name:?} expects {expected} argument(s). Missing value for {missing:?}."
            ),
        )),
        (None, true) if name != "try" => Some((
            "Too many function arguments",
            format!("Function {name:?} expects only {expected} argument(s)."),
        )),
        _ => None,
    };
    if let Some((summary, detail)) = arity {
        diagnostics.push(Diagnostic::error(summary, detail).at(call.name.span).within(span));
        return Value::dynamic();
    }
    let result = match (name, arguments) {
        ("can", [expr]) => {
            let mut found = Diagnostics::new();
            let value = evaluate(expr, &scope.without_explanations(), &mut found);
            Ok(match (found.has_errors(), value.is_wholly_known()) {
                (true, _) => Value::bool(false),
                (false, true) => Value::bool(true),
                // It may still fail once it is known.
                (false, false) => Value::unknown(Type::Bool),
            })
        }
        ("convert", [expr, ty]) => {
            let value = evaluate(expr, scope, diagnostics);
            let Some(ty) = crate::config::type_constraint(ty, diagnostics) else {
                return Value::dynamic();
            };
            convert(&value, &ty).map_err(|error| FunctionError::argument(0, error.to_string()))
        }
        ("type", [expr]) => {
            let value = evaluate(expr, scope, diagnostics);
            Ok(Value::string(provision_schema::display::type_expression(&value.ty())))
        }
        ("templatestring", [template, names]) => {
            let before = diagnostics.len();
            let template = evaluate(template, scope, diagnostics);
            let names = evaluate(names, scope, diagnostics);
            if diagnostics.iter().skip(before).any(Diagnostic::is_error) {
                return Value::dynamic();
            }
            template_string(template, &names, scope.functions)
        }
        _ => attempt(arguments, scope),
    };
    finish(call, span, result, diagnostics, |index| parameters.get(index).unwrap_or(&"argument"))
}

/// Whether an argument of `try` only goes down into something to a value that is there already,
/// unknown as its parts may be. No step of it can fail any more, so the value is the result.
fn is_sure_reference(argument: &Expr, value: &Value) -> bool {
    let ExprKind::Reference(reference) = &argument.without_parentheses().kind else { return false };
    let plain = |step: &Step| match &step.kind {
        StepKind::Attribute(_) => true,
        StepKind::Index(key) => matches!(key.kind, ExprKind::Literal(_)),
        StepKind::Splat(_) => false,
    };
    value.as_unknown().is_none() && !reference.steps.is_empty() && reference.steps.iter().all(plain)
}

/// `try`: the first argument that can be evaluated.
fn attempt(arguments: &[Expr], scope: &Scope<'_>) -> Result<Value, FunctionError> {
    if arguments.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    let mut reasons = String::new();
    let scope = scope.without_explanations();
    for argument in arguments {
        let mut found = Diagnostics::new();
        let value = evaluate(argument, &scope, &mut found);
        if !found.has_errors() {
            // What is partly unknown may yet fail, and then another argument gives the result.
            return Ok(match value.is_wholly_known() || is_sure_reference(argument, &value) {
                true => value,
                false => Value::dynamic().with_marks(value.marks_deep()),
            });
        }
        for error in found.iter().filter(|it| it.is_error()) {
            reasons.push_str(&format!("\n- {}: {}", error.summary, error.detail));
        }
    }
    Err(FunctionError::new(format!(
        "no expression succeeded:{reasons}\n\nAt least one expression must produce a successful \
         result"
    )))
}

/// `templatestring(template, names)`
fn template_string(
    template: Value,
    names: &Value,
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    let (template, marks) = template.unmark();
    let template = convert(&template, &Type::String)
        .map_err(|error| FunctionError::argument(0, error.to_string()))?;
    if template.is_null() {
        return Err(FunctionError::argument(0, "argument must not be null"));
    }
    let Some(text) = template.as_str() else { return Ok(Value::dynamic().with_marks(marks)) };
    render_template("<templatestring argument>", text, names, context)
        .map(|value| value.with_marks(marks))
}

/// `templatefile(path, names)`: what `file` reads, rendered.
fn template_file(arguments: &[Value], context: &FunctionContext) -> Result<Value, FunctionError> {
    let ([path, names], Some(file)) = (arguments, functions::find("file")) else {
        return Err(FunctionError::new("it takes a path and an object of variables"));
    };
    let (text, marks) = file.call(std::slice::from_ref(path), context)?.unmark();
    let Some(text) = text.as_str() else {
        return Ok(Value::dynamic().with_marks(marks | names.marks_deep()));
    };
    let name = path.as_str().unwrap_or_default();
    render_template(name, text, names, context).map(|value| value.with_marks(marks))
}

/// Renders a template with the names of an object or map and nothing else in scope.
fn render_template(
    file_name: &str,
    text: &str,
    names: &Value,
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    if context.template_depth >= MAX_TEMPLATE_DEPTH {
        return Err(FunctionError::new(format!(
            "maximum recursion depth {MAX_TEMPLATE_DEPTH} reached while rendering {file_name}"
        )));
    }
    if context.template_depth == 0 {
        context.templates_rendered.store(0, Ordering::Relaxed);
    }
    if context.templates_rendered.fetch_add(1, Ordering::Relaxed) >= MAX_TEMPLATES {
        return Err(FunctionError::new(format!(
            "more than {MAX_TEMPLATES} templates rendered for one call, the last of them {file_name}"
        )));
    }
    // The template may use any of the names, so their marks are on the whole result.
    let (names, marks) = names.clone().unmark_deep();
    if names.is_null() {
        return Err(FunctionError::argument(1, "argument must not be null"));
    }
    if !names.is_known() {
        return Ok(Value::dynamic().with_marks(marks));
    }
    let Some(fields) = names.as_fields() else {
        return Err(FunctionError::argument(1, "invalid vars value: must be a map"));
    };
    if let Some(name) = fields.keys().find(|name| !crate::config::is_identifier(name)) {
        return Err(FunctionError::argument(
            1,
            format!(
                "invalid template variable name {:?}: must start with a letter, followed by zero \
                 or more letters, digits, and underscores",
                &**name
            ),
        ));
    }

    let sources = Sources::default();
    let mut found = Diagnostics::new();
    let file = sources.add(file_name, text);
    let template = syntax::parse_template(file, text, &mut found);
    let mut missing = None;
    if let Some(template) = &template {
        references::visit_expression(template, &mut |reference| {
            let name = &reference.root;
            if missing.is_none() && !fields.contains_key(name) {
                missing = Some((name.text.clone(), place(name.span, &sources)));
            }
        });
    }
    if let Some((name, place)) = missing {
        return Err(FunctionError::argument(
            1,
            format!("vars map does not contain key {:?}, referenced at {place}", &*name),
        ));
    }
    let value = template.map(|template| {
        let resolver =
            Names(fields.iter().map(|(key, value)| (key.clone(), value.clone())).collect());
        let inner =
            FunctionContext { template_depth: context.template_depth + 1, ..context.clone() };
        let value = evaluate(&template, &Scope::new(&resolver, &inner), &mut found);
        value.with_marks(marks)
    });
    let errors: Vec<String> =
        found.iter().filter(|it| it.is_error()).map(|it| describe(it, &sources)).collect();
    match (errors.is_empty(), value) {
        (true, Some(value)) => Ok(value),
        _ => Err(FunctionError::new(errors.join("; "))),
    }
}

fn describe(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let Diagnostic { summary, detail, subject, .. } = diagnostic;
    match subject {
        Some(subject) => format!("{}: {summary}; {detail}", place(*subject, sources)),
        None => format!("{summary}; {detail}"),
    }
}

fn place(span: Span, sources: &Sources) -> String {
    let file = sources.get(span.file);
    let (start, end) = (file.position(span.start), file.position(span.end));
    let end = match start.line == end.line {
        true => end.column.to_string(),
        false => format!("{},{}", end.line, end.column),
    };
    format!("{}:{},{}-{end}", file.name, start.line, start.column)
}
