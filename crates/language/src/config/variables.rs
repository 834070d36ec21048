//! The values of the root module's variables: from the environment, from files and from the
//! command line, later ones replacing earlier ones.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provision_schema::{Type, Value};

use super::decode::{constant, is_identifier, place};
use super::files;
use super::model::{Module, Variable};
use crate::ast::Body;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{Sources, Span};
use crate::syntax;

/// Where values come from beside the files of the directory.
#[derive(Clone, Debug, Default)]
pub struct VariableInputs {
    /// The environment of the process, whole; only `TF_VAR_` names count.
    pub environment: Vec<(String, String)>,
    /// `-var` and `-var-file` in the order of the command line.
    pub options: Vec<VariableOption>,
    /// Whether a variable without a value is unknown, where nothing depends on having all; it is
    /// an error otherwise.
    pub unset_is_unknown: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableOption {
    /// `-var 'name=value'`, as written.
    Value(String),
    /// `-var-file path`
    File(PathBuf),
}

/// The values of all variables of the root module.
#[derive(Clone, Debug, Default)]
pub struct RootVariables {
    /// Converted, checked for null, and marked. What has no value, after an error, is unknown.
    pub values: HashMap<Arc<str>, Value>,
    /// Those that do not have their default.
    pub given: BTreeSet<Arc<str>>,
}

impl VariableInputs {
    /// Whether nothing is given beside the files of the directory.
    pub fn is_empty(&self) -> bool {
        self.options.is_empty()
            && !self.environment.iter().any(|(name, _)| name.starts_with("TF_VAR_"))
    }
}

const PREFIX: &str = "TF_VAR_";

/// A value before it is known what the variable wants.
struct Given {
    value: GivenValue,
    origin: Origin,
}

enum GivenValue {
    /// Text, which the type of the variable says how to read.
    Text(String),
    Value(Value),
}

#[derive(Clone)]
enum Origin {
    Environment,
    CommandLine,
    File { name: String, span: Span },
}

/// Collects the values of the variables of a root module that was read from `directory`.
pub fn collect(
    module: &Module,
    directory: &Path,
    inputs: &VariableInputs,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> RootVariables {
    let mut collector = Collector {
        module,
        sources,
        diagnostics,
        unset_is_unknown: inputs.unset_is_unknown,
        given: HashMap::new(),
        undeclared: Vec::new(),
    };
    collector.environment(&inputs.environment);
    collector.automatic_files(directory);
    for option in &inputs.options {
        match option {
            VariableOption::Value(text) => collector.command_line(text),
            VariableOption::File(path) => collector.file(path, &path.to_string_lossy(), true),
        }
    }
    collector.warn_of_undeclared();
    collector.finish()
}

struct Collector<'a> {
    module: &'a Module,
    sources: &'a Sources,
    diagnostics: &'a mut Diagnostics,
    unset_is_unknown: bool,
    given: HashMap<Arc<str>, Given>,
    /// Values in files for variables that are not declared.
    undeclared: Vec<(String, String, Span)>,
}

impl Collector<'_> {
    fn environment(&mut self, environment: &[(String, String)]) {
        for (name, text) in environment {
            let Some(name) = name.strip_prefix(PREFIX) else { continue };
            // The environment serves many configurations, so what this one lacks is no mistake.
            if let Some((name, _)) = self.module.variables.get_key_value(name) {
                let value = GivenValue::Text(text.clone());
                self.given.insert(name.clone(), Given { value, origin: Origin::Environment });
            }
        }
    }

    fn automatic_files(&mut self, directory: &Path) {
        let mut automatic: Vec<String> = Vec::new();
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            if let Ok(name) = entry.file_name().into_string()
                && !name.starts_with('.')
                && (name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"))
            {
                automatic.push(name);
            }
        }
        automatic.sort();
        for name in ["terraform.tfvars", "terraform.tfvars.json"] {
            self.file_in(directory, name, false);
        }
        for name in automatic {
            self.file_in(directory, &name, true);
        }
    }

    fn file_in(&mut self, directory: &Path, name: &str, must_exist: bool) {
        self.file(&directory.join(name), &files::shown_name(directory, name), must_exist);
    }

    fn file(&mut self, path: &Path, shown: &str, must_exist: bool) {
        if !path.exists() {
            if must_exist {
                let detail = format!("Given variables file {shown} does not exist.");
                self.diagnostics.push(Diagnostic::error("Failed to read variables file", detail));
            }
            return;
        }
        let Some(id) = files::read_file(path, shown, self.sources, self.diagnostics) else {
            return;
        };
        let source = self.sources.get(id);
        let body = match shown.ends_with(".json") {
            true => syntax::parse_json(id, &source.text, self.diagnostics),
            false => Some(Body::Native(syntax::parse_body(id, &source.text, self.diagnostics))),
        };
        let Some(body) = body else { return };
        if let Body::Native(native) = &body
            && let Some(block) = native.blocks.iter().find(|block| &*block.kind.text == "variable")
        {
            let name = block.labels.first().map_or("example", |label| &label.text);
            let detail = format!(
                "A variables file gives values to variables that are declared elsewhere, with \
                 arguments like\n    {name} = \"value\"\nTo declare a variable, use a \
                 configuration file (.tf)."
            );
            let summary = "Variable declaration in .tfvars file";
            self.diagnostics.error(summary, detail, block.kind.span);
            return;
        }
        for attribute in body.just_attributes(self.diagnostics) {
            let value = match &attribute.json {
                Some(json) => Some(syntax::json_literal(json)),
                None => constant(&attribute.expr, self.diagnostics),
            };
            let name = &attribute.name.text;
            if !self.module.variables.contains_key(name) {
                let span = attribute.name.span;
                self.undeclared.push((name.to_string(), shown.to_owned(), span));
                continue;
            }
            let Some(value) = value else { continue };
            let origin = Origin::File { name: shown.to_owned(), span: attribute.expr.span };
            let value = GivenValue::Value(value);
            self.given.insert(name.clone(), Given { value, origin });
        }
    }

    fn command_line(&mut self, option: &str) {
        let Some((name, text)) = option.split_once('=') else {
            let detail = format!(
                "The given -var option {option:?} is not correctly specified. Must be a variable \
                 name and value separated by an equals sign, like -var=\"key=value\"."
            );
            self.diagnostics.push(Diagnostic::error("Invalid -var option", detail));
            return;
        };
        if name.ends_with(' ') || text.starts_with(' ') && !is_identifier(name) {
            let detail = format!(
                "Variable name {name:?} is invalid due to trailing space. Did you mean \
                 -var=\"{}={}\"?",
                name.trim(),
                text.trim_start()
            );
            self.diagnostics.push(Diagnostic::error("Invalid variable name", detail));
            return;
        }
        let Some((name, _)) = self.module.variables.get_key_value(name) else {
            let detail = format!(
                "A variable named {name:?} was assigned on the command line, but the root module \
                 does not declare a variable of that name. To use this value, add a \"variable\" \
                 block to the configuration."
            );
            let summary = "Value for undeclared variable";
            self.diagnostics.push(Diagnostic::error(summary, detail));
            return;
        };
        let value = GivenValue::Text(text.to_owned());
        let origin = Origin::CommandLine;
        self.given.insert(name.clone(), Given { value, origin });
    }

    /// The first few in full and the others in one sentence.
    fn warn_of_undeclared(&mut self) {
        const SHOWN: usize = 2;
        for (name, file, span) in self.undeclared.iter().take(SHOWN) {
            let detail = format!(
                "The root module does not declare a variable named {name:?} but a value was \
                 found in file {file:?}. If you meant to use this value, add a \"variable\" \
                 block to the configuration.\n\nTo silence these warnings, use TF_VAR_... \
                 environment variables to provide certain \"global\" settings to all \
                 configurations in your organization."
            );
            self.diagnostics.warning("Value for undeclared variable", detail, *span);
        }
        if self.undeclared.len() > SHOWN {
            let detail = format!(
                "In addition to the other similar warnings shown, {} other variable(s) defined \
                 without being declared.",
                self.undeclared.len() - SHOWN
            );
            self.diagnostics.push(Diagnostic::warning("Values for undeclared variables", detail));
        }
    }

    fn finish(mut self) -> RootVariables {
        let mut result = RootVariables::default();
        for (name, variable) in &self.module.variables {
            let given = self.given.remove(name);
            if given.is_some() {
                result.given.insert(name.clone());
            }
            let value = self.value(variable, given);
            let value = value.unwrap_or_else(|| variable.unknown());
            result.values.insert(name.clone(), value);
        }
        result
    }

    fn value(&mut self, variable: &Variable, given: Option<Given>) -> Option<Value> {
        let name = &variable.name.text;
        let Some(given) = given else {
            let value = variable.prepare(None).ok();
            if value.is_none() && !self.unset_is_unknown {
                let detail = format!(
                    "The root module input variable {name:?} is not set, and has no default \
                     value. Use a -var or -var-file command line argument to provide a value for \
                     this variable."
                );
                let summary = "No value for required variable";
                self.diagnostics.error(summary, detail, variable.span);
            }
            return value;
        };
        let value = match given.value {
            GivenValue::Value(value) => value,
            GivenValue::Text(text) => self.read(variable, text)?,
        };
        let problem = match variable.prepare(Some(&value)) {
            Ok(value) => return Some(value),
            Err(problem) => problem,
        };
        let summary = match value.is_null() && !variable.nullable {
            true => "Required variable not set",
            false => "Invalid value for input variable",
        };
        let declared = place(self.sources, variable.span);
        let (detail, span) = match given.origin {
            Origin::Environment => (
                format!(
                    "Unsuitable value for var.{name} set using the TF_VAR_{name} environment \
                     variable: {problem}."
                ),
                variable.span,
            ),
            Origin::CommandLine => (
                format!(
                    "Unsuitable value for var.{name} set using -var=\"{name}=...\": {problem}."
                ),
                variable.span,
            ),
            Origin::File { name: file, span } => (
                format!(
                    "The value given in {file} is not suitable for var.{name} declared at \
                     {declared}: {problem}."
                ),
                span,
            ),
        };
        self.diagnostics.error(summary, detail, span);
        None
    }

    /// Text is itself for primitive types and where no type is declared; else it is an expression.
    fn read(&mut self, variable: &Variable, text: String) -> Option<Value> {
        let literal = !variable.type_declared
            || matches!(variable.ty, Type::String | Type::Number | Type::Bool);
        if literal {
            return Some(Value::string(text));
        }
        let name = format!("<value for var.{}>", variable.name.text);
        let id = self.sources.add(name, text.as_str());
        let expr = syntax::parse_expression(id, &text, self.diagnostics)?;
        constant(&expr, self.diagnostics)
    }
}
