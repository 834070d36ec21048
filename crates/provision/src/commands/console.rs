//! `provision console`: expressions in, values out.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use provision_language::ast::{Call, Expr, ExprKind};
use provision_language::diagnostics::{Diagnostic, Diagnostics};
use provision_language::program::{Program, Site, check_reference};
use provision_language::references;
use provision_language::source::Sources;
use provision_language::syntax;
use provision_schema::Value;
use provision_schema::display::display;
use provision_schema::json::{type_to_json, value_to_json};
use rustyline::error::ReadlineError;
use serde_json::json;

use crate::arguments::Console;
use crate::load;
use crate::report::{self, Style};

pub fn run(arguments: &Console) -> ExitCode {
    let style = Style::for_messages(arguments.output.no_color);
    let directory = &arguments.directory.directory;
    let loaded = load::console_program(directory, &arguments.variables);
    report::print(&loaded.diagnostics, &loaded.sources, style);
    let Some(program) = loaded.program else { return ExitCode::FAILURE };
    let console = Session { program, sources: loaded.sources, json: arguments.json.json, style };
    match std::io::stdin().is_terminal() {
        true => console.interactive(),
        false => console.batch(),
    }
}

struct Session {
    program: Program,
    sources: Sources,
    json: bool,
    style: Style,
}

impl Session {
    /// Evaluates each line of standard input.
    fn batch(&self) -> ExitCode {
        let mut failed = false;
        for line in std::io::stdin().lock().split(b'\n') {
            let line = match line {
                Ok(line) => String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned(),
                Err(error) => {
                    report::message(&format!("Error: Cannot read standard input\n\n{error}."));
                    return ExitCode::FAILURE;
                }
            };
            if line.trim().is_empty() {
                continue;
            }
            if line.trim() == "exit" {
                break;
            }
            failed |= !self.answer(&line);
        }
        // With JSON every answer says itself whether it is an error.
        if failed && !self.json { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    /// Prompts for expressions; one goes on over several lines while a bracket is open.
    fn interactive(&self) -> ExitCode {
        let mut editor = match rustyline::DefaultEditor::new() {
            Ok(editor) => editor,
            Err(error) => {
                report::message(&format!("Error: Cannot use the terminal\n\n{error}."));
                return ExitCode::FAILURE;
            }
        };
        let history = history_file();
        if let Some(history) = &history {
            // There is none before the first time.
            let _ = editor.load_history(history);
        }
        let mut pending = String::new();
        loop {
            let prompt = if pending.is_empty() { "> " } else { ": " };
            match editor.readline(prompt) {
                Ok(line) => {
                    pending.push_str(&line);
                    if is_open(&pending) {
                        pending.push('\n');
                        continue;
                    }
                    let expression = std::mem::take(&mut pending);
                    if expression.trim() == "exit" {
                        break;
                    }
                    if !expression.trim().is_empty() {
                        // A history that cannot be kept is no reason to stop.
                        let _ = editor.add_history_entry(&expression);
                        self.answer(&expression);
                    }
                }
                Err(ReadlineError::Interrupted) if !pending.is_empty() => pending.clear(),
                Err(ReadlineError::Interrupted | ReadlineError::Eof) => break,
                Err(error) => {
                    report::message(&format!("Error: Cannot read from the terminal\n\n{error}."));
                    return ExitCode::FAILURE;
                }
            }
        }
        if let Some(history) = &history {
            if let Some(parent) = history.parent() {
                let _ = std::fs::create_dir_all(parent);
            }
            let _ = editor.save_history(history);
        }
        ExitCode::SUCCESS
    }

    /// Prints the value of the expression, or why it has none.
    fn answer(&self, expression: &str) -> bool {
        let (value, diagnostics) = self.evaluate(expression);
        match value {
            Some(value) if self.json => {
                let sensitive = value.marks_deep().is_sensitive();
                let mut line = json!({
                    "value": value_to_json(&value),
                    "type": type_to_json(&value.ty()),
                    "sensitive": sensitive,
                });
                if !value.is_known() {
                    line["unknown"] = json!(true);
                }
                report::result(&format!("{line}\n"));
                true
            }
            Some(value) => {
                report::print(&diagnostics, &self.sources, self.style);
                let text = match value.as_str() {
                    // A type is written as a type, without the quotes of a string.
                    Some(text) if asks_for_type(expression) => text.to_owned(),
                    _ => display(&value),
                };
                report::result(&format!("{text}\n"));
                true
            }
            None if self.json => {
                let errors = diagnostics.iter().filter(|it| it.is_error());
                let text = errors.map(summary_and_detail).next().unwrap_or_default();
                report::result(&format!("{}\n", json!({ "error": text })));
                false
            }
            None => {
                report::print(&diagnostics, &self.sources, self.style);
                false
            }
        }
    }

    fn evaluate(&self, text: &str) -> (Option<Value>, Diagnostics) {
        let file = self.sources.add("<console-input>", text);
        let mut diagnostics = Diagnostics::new();
        let Some(expr) = syntax::parse_expression(file, text, &mut diagnostics) else {
            return (None, diagnostics);
        };
        let root = &self.program.configuration().root;
        references::visit_expression(&expr, &mut |reference| {
            if let Err(diagnostic) = check_reference(reference, root, Site::default()) {
                diagnostics.push(diagnostic);
            }
        });
        check_type_calls(&expr, &mut diagnostics);
        if diagnostics.has_errors() {
            return (None, diagnostics);
        }
        if called_type(&expr).is_some_and(|argument| called_type(argument).is_some()) {
            return (Some(Value::from("type")), diagnostics);
        }
        let value = self.program.evaluate_expression(&expr, &mut diagnostics);
        if diagnostics.has_errors() { (None, diagnostics) } else { (Some(value), diagnostics) }
    }
}

fn summary_and_detail(diagnostic: &Diagnostic) -> String {
    match diagnostic.detail.is_empty() {
        true => diagnostic.summary.clone(),
        false => format!("{}: {}", diagnostic.summary, diagnostic.detail),
    }
}

/// The argument of `type` if the expression as a whole is a call of it.
fn called_type(expr: &Expr) -> Option<&Expr> {
    match &expr.without_parentheses().kind {
        ExprKind::Call(call) if is_type(call) => call.arguments.first(),
        _ => None,
    }
}

fn is_type(call: &Call) -> bool {
    matches!(&*call.name, "type" | "core::type")
}

/// A type is no value: nothing can be done with it but to look at it.
fn check_type_calls(expr: &Expr, diagnostics: &mut Diagnostics) {
    let mut outer = expr;
    let mut allowed = 0;
    while let Some(argument) = called_type(outer) {
        (outer, allowed) = (argument, allowed + 1);
    }
    let mut calls = Vec::new();
    references::visit_calls(expr, &mut |call| calls.extend(is_type(call).then_some(call)));
    let Some(misused) = calls.get(allowed) else { return };
    match &expr.kind {
        ExprKind::Template(_) => diagnostics.error(
            "Invalid template interpolation value",
            "Cannot include the given value in a string template: string required.",
            misused.name.span,
        ),
        _ => diagnostics.error(
            "Invalid use of type function",
            "The \"type\" function cannot be used as part of an expression.",
            misused.name.span,
        ),
    }
}

/// Whether the expression as a whole is a call of `type`.
fn asks_for_type(text: &str) -> bool {
    let file = Sources::default().add("<console-input>", text);
    let expr = syntax::parse_expression(file, text, &mut Diagnostics::new());
    expr.is_some_and(|expr| called_type(&expr).is_some())
}

/// Whether a bracket or heredoc waits for its end.
fn is_open(text: &str) -> bool {
    use provision_language::scanner::{TokenKind, scan};
    let mut depth = 0;
    for token in scan(text) {
        depth += match token.kind {
            TokenKind::OpenHeredoc => 1,
            TokenKind::CloseHeredoc => -1,
            kind => kind.bracket_change(),
        };
    }
    depth > 0
}

fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.or_else(|| {
        std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local").join("state"))
    })?;
    Some(state.join("provision").join("console_history"))
}
