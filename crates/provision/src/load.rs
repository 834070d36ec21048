//! From a directory on the command line to a program.

use std::path::Path;
use std::sync::Arc;

use provision_language::config::{
    self, Configuration, Module, VariableInputs, check_refactoring, load_with, root_variables,
};
use provision_language::diagnostics::{Diagnostic, Diagnostics};
use provision_language::functions::FunctionContext;
use provision_language::program::{Program, Purpose, Schemas, unknown_variables};
use provision_language::source::Sources;
use provision_schema::Catalogue;
use provision_schema::address::Mode;
use provision_schema::schema::Schema;

use crate::arguments::Variables;

/// File functions start where the command runs; this is where `-chdir` leads.
const HERE: &str = ".";

/// What became of a directory. Without a program the diagnostics say why.
pub struct Loaded {
    pub program: Option<Program>,
    pub diagnostics: Diagnostics,
    pub sources: Sources,
}

/// The schemas of the catalogue.
struct Facts;

impl Schemas for Facts {
    fn schema(&self, mode: Mode, kind: &str) -> Option<&'static Schema> {
        let facts = match mode {
            Mode::Managed => Catalogue::resource(kind),
            Mode::Data => Catalogue::data(kind),
            Mode::Ephemeral => None,
        };
        facts.map(|facts| &facts.schema)
    }
}

fn inputs(variables: &Variables) -> VariableInputs {
    let environment = std::env::vars_os()
        .map(|(name, value)| {
            (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
        })
        .collect();
    VariableInputs { environment, options: variables.options.clone() }
}

/// Loads a configuration with the values of its variables.
pub fn program(directory: &Path, variables: &Variables, purpose: Purpose) -> Loaded {
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    if !config::require_configuration(directory, &mut diagnostics) {
        return Loaded { program: None, diagnostics, sources };
    }
    let configuration = configuration(directory, variables, &sources, &mut diagnostics);
    let program = configuration.map(|configuration| {
        with_variables(configuration, directory, variables, &sources, purpose, &mut diagnostics)
    });
    let program = program.filter(|_| !diagnostics.has_errors());
    Loaded { program, diagnostics, sources }
}

/// Like `program`, but a directory without configuration is an empty one, and variables without a
/// value are unknown.
pub fn console_program(directory: &Path, variables: &Variables) -> Loaded {
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let configuration = configuration(directory, variables, &sources, &mut diagnostics);
    let configuration = configuration.unwrap_or_else(|| Configuration {
        sources: sources.clone(),
        root: Arc::new(Module::default()),
    });
    let program = with_variables(
        configuration,
        directory,
        variables,
        &sources,
        Purpose::Plan,
        &mut diagnostics,
    );
    let program = (!diagnostics.has_errors()).then_some(program);
    Loaded { program, diagnostics, sources }
}

fn configuration(
    directory: &Path,
    variables: &Variables,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Configuration> {
    if !directory.is_dir() {
        let detail = format!("There is no directory {}.", directory.display());
        diagnostics.push(Diagnostic::error("No such directory", detail));
        return None;
    }
    load_with(directory, sources, &inputs(variables), "default", diagnostics)
}

fn with_variables(
    configuration: Configuration,
    directory: &Path,
    variables: &Variables,
    sources: &Sources,
    purpose: Purpose,
    diagnostics: &mut Diagnostics,
) -> Program {
    let root = configuration.root.clone();
    let values = root_variables(&root, directory, &inputs(variables), sources, diagnostics).values;
    Program::new(configuration, values, Box::new(Facts), FunctionContext::new(HERE), purpose)
}

/// Checks a configuration: every block with variables unknown, and then, with the defaults,
/// whether an instance of an unsupported type would exist.
pub fn check(directory: &Path) -> (Diagnostics, Sources) {
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let none = Variables { values: Vec::new(), files: Vec::new(), options: Vec::new() };
    let Some(configuration) = configuration(directory, &none, &sources, &mut diagnostics) else {
        return (diagnostics, sources);
    };
    diagnostics.extend(check_refactoring(&configuration));
    let unknown = unknown_variables(&configuration.root);
    let functions = FunctionContext::new(HERE);
    let checked = Program::new(
        configuration.clone(),
        unknown.clone(),
        Box::new(Facts),
        functions.clone(),
        Purpose::Check,
    );
    checked.evaluate();
    diagnostics.extend(checked.diagnostics());
    if !diagnostics.has_errors() {
        // What is wrong with the values is not for this command to say: they may be others when
        // the configuration is planned.
        let mut ignored = Diagnostics::new();
        let mut values = unknown;
        let root = configuration.root.clone();
        let given = root_variables(&root, directory, &inputs(&none), &sources, &mut ignored);
        values.extend(given.values);
        let planned =
            Program::new(configuration, values, Box::new(Facts), functions, Purpose::Plan);
        planned.evaluate();
        diagnostics.extend(planned.unsupported());
    }
    (diagnostics, sources)
}
