//! Values that are needed while modules are still being read: the `source` and `version` of a
//! module call may use variables, local values and functions, as long as these lead to constants.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use provision_schema::{Type, Value};

use super::build::ParsedModule;
use super::drafts::CallDraft;
use crate::ast::{Expr, ExprKind, Reference, StepKind};
use crate::diagnostics::Diagnostics;
use crate::evaluate::{Resolver, Scope, evaluate};
use crate::functions::FunctionContext;

/// How many local values and variables may stand behind each other.
const MAXIMUM_DEPTH: usize = 64;

/// What is known of a module while it is being read.
pub(super) struct StaticScope<'a> {
    pub(super) parsed: &'a ParsedModule,
    pub(super) inputs: Inputs<'a>,
    /// `path.module`.
    pub(super) directory: String,
    pub(super) workspace: &'a str,
    /// How deep the evaluation of names behind names is.
    pub(super) depth: &'a Cell<usize>,
}

/// Where the values of variables come from.
pub(super) enum Inputs<'a> {
    /// The values given to the root module.
    Root(&'a HashMap<Arc<str>, Value>),
    /// The arguments of the call, in the scope of the caller.
    Call(&'a StaticScope<'a>, &'a CallDraft),
}

impl StaticScope<'_> {
    /// The value of an expression, or none after an error.
    pub(super) fn value(&self, expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Value> {
        if let ExprKind::Literal(value) = &expr.kind {
            return Some(value.clone());
        }
        let functions = FunctionContext::new("");
        let mut problems = Diagnostics::new();
        let value = evaluate(expr, &Scope::new(self, &functions), &mut problems);
        let failed = problems.has_errors();
        diagnostics.extend(problems);
        (!failed).then_some(value)
    }

    fn variable(&self, name: &Arc<str>, at: &Reference, diagnostics: &mut Diagnostics) -> Value {
        let Some(variable) = self.parsed.module.variables.get(name) else {
            let detail = format!("An input variable with the name {name:?} has not been declared.");
            let summary = "Reference to undeclared input variable";
            diagnostics.error(summary, detail, at.root.span);
            return Value::dynamic();
        };
        let given = match self.inputs {
            Inputs::Root(values) => values.get(name).cloned(),
            Inputs::Call(caller, call) => {
                let attributes = call.body.just_attributes(&mut Diagnostics::new());
                let argument = attributes.into_iter().find(|it| it.name.text == *name);
                argument.and_then(|it| caller.value(&it.expr, diagnostics))
            }
        };
        match variable.prepare(given.as_ref()) {
            Ok(value) => value,
            Err(_) => {
                let detail = format!(
                    "The value of var.{name} is needed before anything is evaluated, but it has \
                     none yet."
                );
                let summary = "Variable not provided via -var, tfvars files, or env";
                diagnostics.error(summary, detail, at.root.span);
                Value::dynamic()
            }
        }
    }

    fn named(&self, reference: &Reference, diagnostics: &mut Diagnostics) -> (Value, usize) {
        let first = match reference.steps.first().map(|step| &step.kind) {
            Some(StepKind::Attribute(name)) => Some(name),
            _ => None,
        };
        let text = |value: &str| (Value::from(value), 1);
        match (&*reference.root.text, first) {
            ("var", Some(name)) => return (self.variable(name, reference, diagnostics), 1),
            ("local", Some(name)) => {
                if let Some(local) = self.parsed.module.locals.get(name) {
                    let value = self.value(&local.expr, diagnostics);
                    return (value.unwrap_or_else(Value::dynamic), 1);
                }
                let detail = format!("A local value with the name {name:?} has not been declared.");
                let summary = "Reference to undeclared local value";
                diagnostics.error(summary, detail, reference.root.span);
                return (Value::dynamic(), reference.steps.len());
            }
            ("path", Some(name)) => match &**name {
                "module" => return text(&self.directory),
                "root" | "cwd" => return text("."),
                _ => (),
            },
            ("terraform" | "tofu", Some(name)) if &**name == "workspace" => {
                return text(self.workspace);
            }
            _ => (),
        }
        let detail = "Only variables, local values, paths and the workspace can be used where a \
                      value is needed before anything is evaluated.";
        diagnostics.error("Dynamic value in static context", detail, reference.root.span);
        (Value::dynamic(), reference.steps.len())
    }
}

impl Resolver for StaticScope<'_> {
    fn resolve(
        &self,
        reference: &Reference,
        _scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> (Value, usize) {
        let depth = self.depth.get();
        if depth >= MAXIMUM_DEPTH {
            let detail = "Local values and variables refer to each other in a circle, or through \
                          too many others.";
            diagnostics.error("Circular reference", detail, reference.root.span);
            return (Value::dynamic(), reference.steps.len());
        }
        self.depth.set(depth + 1);
        let found = self.named(reference, diagnostics);
        self.depth.set(depth);
        found
    }
}

/// The text of a static value, or what is wrong with it.
pub(super) fn text(value: &Value) -> Result<Option<Arc<str>>, &'static str> {
    if value.marks_deep().is_sensitive() {
        return Err("A sensitive value cannot be used here, because it would be shown.");
    }
    if value.is_null() {
        return Ok(None);
    }
    match provision_schema::convert::convert(value, &Type::String) {
        Ok(value) => match value.as_arc_str() {
            Some(text) => Ok(Some(text.clone())),
            None => Err("The value must be known."),
        },
        Err(_) => Err("A string is required."),
    }
}
