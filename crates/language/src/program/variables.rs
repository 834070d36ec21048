//! The values that go into and come out of modules, and the conditions on them.

use std::collections::HashMap;
use std::sync::Arc;

use provision_schema::convert::convert;
use provision_schema::{Marks, Type, Value};

use super::{ModuleId, ModuleScope, Program, Purpose};
use crate::ast::Attribute;
use crate::config::{Condition, Module};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{evaluate, explain};
use crate::source::Span;

impl Program {
    pub(super) fn compute_variable(
        &self,
        module: ModuleId,
        position: u32,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let config = self.module(module);
        let variable = &config.variables[position as usize];
        let Some((caller, call)) = self.module_state(module).caller else {
            let given = self.variables.get(&variable.name.text);
            return given.cloned().unwrap_or_else(|| variable.unknown());
        };
        let arguments = self.call_arguments(caller, call);
        let Some(argument) = arguments.get(&variable.name.text) else {
            return match variable.prepare(None) {
                Ok(value) if self.purpose == Purpose::Plan => value,
                // A check speaks of every value that there may be, not of the one given.
                Ok(_) => variable.unknown(),
                // That a required argument is missing has been said of the call.
                Err(_) => variable.unknown(),
            };
        };
        let before = diagnostics.len();
        let scope = ModuleScope::in_call(self, caller, call, module);
        let given = evaluate(&argument.expr, &self.scope(&scope), diagnostics);
        if diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            return variable.unknown();
        }
        match variable.prepare(Some(&given)) {
            Ok(value) if self.purpose == Purpose::Plan => value,
            Ok(_) => variable.unknown(),
            Err(why) => {
                let summary = match given.is_null() && !variable.nullable {
                    true => "Required variable not set",
                    false => "Invalid value for input variable",
                };
                let detail = format!(
                    "The given value is not suitable for {}var.{} declared at {}: {why}.",
                    match self.module_state(module).address.is_root() {
                        true => String::new(),
                        false => format!("{}.", self.module_state(module).address.path()),
                    },
                    variable.name.text,
                    self.place(variable.span),
                );
                diagnostics.error(summary, detail, argument.expr.span);
                variable.unknown()
            }
        }
    }

    pub(super) fn place(&self, span: Span) -> String {
        let file = self.configuration.sources.get(span.file);
        let start = file.position(span.start);
        format!("{}:{},{}", file.name, start.line, start.column)
    }

    pub(super) fn call_arguments(
        &self,
        module: ModuleId,
        call: u32,
    ) -> Arc<HashMap<Arc<str>, Attribute>> {
        if let Some(arguments) = &self.module_state(module).calls[call as usize].arguments {
            return arguments.clone();
        }
        let config = self.module(module);
        let attributes = config.calls[call as usize].body.just_attributes(&mut Diagnostics::new());
        let arguments: HashMap<_, _> =
            attributes.into_iter().map(|it| (it.name.text.clone(), it)).collect();
        let arguments = Arc::new(arguments);
        let mut state = self.state.borrow_mut();
        state.modules[module.0 as usize].calls[call as usize].arguments = Some(arguments.clone());
        arguments
    }

    pub(super) fn validate_variable(
        &self,
        module: ModuleId,
        position: u32,
        diagnostics: &mut Diagnostics,
    ) {
        let config = self.module(module);
        let variable = &config.variables[position as usize];
        let scope = ModuleScope::new(self, module);
        for validation in &variable.validations {
            let invalid = "Invalid variable validation result";
            let before = diagnostics.len();
            let outcome = self.condition(validation, &scope, invalid, diagnostics);
            if let Outcome::Failed(message) = outcome {
                let declared = self.place(validation.condition.span);
                let detail =
                    format!("{message}\n\nThis was checked by the validation rule at {declared}.");
                let subject = match self.module_state(module).caller {
                    Some((caller, call)) => self
                        .call_arguments(caller, call)
                        .get(&variable.name.text)
                        .map_or(variable.span, |it| it.expr.span),
                    None => variable.span,
                };
                diagnostics.error("Invalid value for variable", detail, subject);
            }
            explain(&validation.condition, &self.scope(&scope), before, diagnostics);
        }
    }

    pub(super) fn compute_output(
        &self,
        module: ModuleId,
        position: u32,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let config = self.module(module);
        let output = &config.outputs[position as usize];
        let scope = ModuleScope::new(self, module);
        for precondition in &output.preconditions {
            let invalid = "Invalid condition result";
            let before = diagnostics.len();
            if let Outcome::Failed(message) =
                self.condition(precondition, &scope, invalid, diagnostics)
            {
                let summary = "Module output value precondition failed";
                diagnostics.error(summary, message, precondition.condition.span);
            }
            explain(&precondition.condition, &self.scope(&scope), before, diagnostics);
        }
        let before = diagnostics.len();
        let value = evaluate(&output.value, &self.scope(&scope), diagnostics);
        let failed = diagnostics.iter().skip(before).any(Diagnostic::is_error);
        let marks = value.marks_deep();
        let is_root = self.module_state(module).address.is_root();
        if is_root && !failed && marks.is_sensitive() && !output.sensitive {
            diagnostics.error(
                "Output refers to sensitive values",
                "To reduce the risk of accidentally exporting sensitive data that was intended to \
                 be only internal, any root module output containing sensitive data must be \
                 explicitly marked as sensitive, to confirm your intent.\n\nIf you do intend to \
                 export this data, annotate the output value as sensitive by adding the following \
                 argument:\n    sensitive = true",
                output.span,
            );
        }
        if is_root && output.ephemeral {
            diagnostics.error(
                "Ephemeral output not allowed",
                "What a root module returns outlives the run, so its outputs cannot be ephemeral.",
                output.span,
            );
        }
        if !failed && marks.is_ephemeral() && !output.ephemeral {
            diagnostics.error(
                "Ephemeral value not allowed",
                "This output value is not declared as returning an ephemeral value, so it cannot \
                 be set to a result derived from an ephemeral value.",
                output.value.span,
            );
        }
        let value = match &output.ty {
            Some((ty, defaults)) if !failed => {
                let filled = match defaults {
                    Some(defaults) => defaults.apply(&value),
                    None => value,
                };
                convert(&filled, ty).unwrap_or_else(|error| {
                    let detail = format!(
                        "The value of the output does not have its declared type: {}.",
                        error.with_path()
                    );
                    diagnostics.error("Invalid output value", detail, output.value.span);
                    Value::unknown(ty.without_optional())
                })
            }
            _ => value,
        };
        let mut marks = Marks::NONE;
        if output.sensitive {
            marks |= Marks::SENSITIVE;
        }
        if output.ephemeral {
            marks |= Marks::EPHEMERAL;
        }
        value.with_marks(marks)
    }

    /// Evaluates a condition; an error message that shows a secret is not shown itself.
    /// `invalid` is the summary of a complaint about a result that is no bool.
    pub fn condition(
        &self,
        it: &Condition,
        scope: &ModuleScope<'_>,
        invalid: &str,
        diagnostics: &mut Diagnostics,
    ) -> Outcome {
        let before = diagnostics.len();
        let value = evaluate(&it.condition, &self.scope(scope), diagnostics);
        if diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            return Outcome::Unknown;
        }
        let (value, _) = value.unmark_deep();
        let value = match convert(&value, &Type::Bool) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("Invalid condition result value: {error}.");
                diagnostics.error(invalid, detail, it.condition.span);
                return Outcome::Unknown;
            }
        };
        if value.is_null() {
            let detail = "Condition expression must return either true or false, not null.";
            diagnostics.error(invalid, detail, it.condition.span);
            return Outcome::Unknown;
        }
        match value.as_bool() {
            None => return Outcome::Unknown,
            Some(true) => return Outcome::Passed,
            Some(false) => (),
        }
        let before = diagnostics.len();
        let message = evaluate(&it.error_message, &self.scope(scope), diagnostics);
        let failed = diagnostics.iter().skip(before).any(Diagnostic::is_error);
        let marks = message.marks_deep();
        let message = convert(&message, &Type::String).ok();
        Outcome::Failed(match message.as_ref().and_then(Value::as_str) {
            Some(_) if marks.is_sensitive() || marks.is_ephemeral() => {
                "This check failed, but its error message is derived from sensitive or ephemeral \
                 values and so cannot be shown."
                    .to_owned()
            }
            Some(text) if !failed => text.trim().to_owned(),
            _ => "This check failed, but its error message could not be evaluated.".to_owned(),
        })
    }
}

/// What became of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// With the error message.
    Failed(String),
    /// It cannot be told yet, or there was an error.
    Unknown,
}

/// The values of the root module's variables when none are given: unknown.
pub fn unknown_variables(module: &Module) -> HashMap<Arc<str>, Value> {
    let values = module.variables.iter();
    values.map(|(name, variable)| (name.clone(), variable.unknown())).collect()
}
