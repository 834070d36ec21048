//! Whole runs over a directory: checking it as far as that needs no values, and evaluating it with
//! the values it is given.

use std::path::Path;

use provision_schema::Catalogue;
use provision_schema::address::Mode;
use provision_schema::facts::ResourceFacts;

use crate::config::{
    Configuration, VariableInputs, check_refactoring, load_with, require_configuration,
    root_variables,
};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::functions::FunctionContext;
use crate::program::{Program, Purpose, Schemas, unknown_variables};
use crate::source::Sources;

/// The workspace that configurations are told they are in; there are no others.
const WORKSPACE: &str = "default";

/// The schemas of the catalogue.
pub struct CatalogueSchemas;

impl Schemas for CatalogueSchemas {
    fn facts(&self, mode: Mode, kind: &str) -> Option<&'static ResourceFacts> {
        match mode {
            Mode::Managed => Catalogue::resource(kind),
            Mode::Data => Catalogue::data(kind),
            Mode::Ephemeral => None,
        }
    }

    fn provider(&self, source: &str) -> Option<&'static ResourceFacts> {
        Catalogue::provider(source.strip_prefix("hashicorp/")?)
    }
}

/// Reads the configuration of a directory; none if there is no such directory.
pub fn load(
    directory: &Path,
    inputs: &VariableInputs,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Configuration> {
    if !directory.is_dir() {
        let detail = format!("There is no directory {}.", directory.display());
        diagnostics.push(Diagnostic::error("No such directory", detail));
        return None;
    }
    load_with(directory, sources, inputs, WORKSPACE, diagnostics)
}

/// Everything that can be said of a configuration whatever its variables are: each block is
/// evaluated once, with variables unknown. Only whether an instance of an unsupported type would
/// exist is judged by the values that there are.
pub fn check(
    directory: &Path,
    inputs: &VariableInputs,
    functions: &FunctionContext,
    sources: &Sources,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let Some(configuration) = load(directory, inputs, sources, &mut diagnostics) else {
        return diagnostics;
    };
    let unknown = unknown_variables(&configuration.root);
    let program = |configuration, variables, purpose| {
        let schemas = Box::new(CatalogueSchemas);
        let program = Program::new(configuration, variables, schemas, functions.clone(), purpose);
        program.evaluate();
        program
    };
    let checked = program(configuration.clone(), unknown.clone(), Purpose::Check);
    diagnostics.extend(checked.diagnostics());
    if !diagnostics.has_errors() {
        // What is wrong with the values is not for a check to say: they may be others when the
        // configuration is planned.
        let mut ignored = Diagnostics::new();
        let root = configuration.root.clone();
        let given = root_variables(&root, directory, inputs, sources, &mut ignored);
        let mut values = unknown;
        values.extend(given.values);
        diagnostics.extend(program(configuration, values, Purpose::Plan).unsupported());
    }
    diagnostics
}

/// Prepares a configuration with the values of its variables, for a plan.
pub fn prepare(
    directory: &Path,
    inputs: &VariableInputs,
    functions: FunctionContext,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Program> {
    if directory.is_dir() && !require_configuration(directory, diagnostics) {
        return None;
    }
    let configuration = load(directory, inputs, sources, diagnostics)?;
    // Moves that contradict each other matter only to a plan.
    diagnostics.extend(check_refactoring(&configuration));
    Some(with_values(configuration, directory, inputs, functions, sources, diagnostics))
}

/// A program for a plan of a configuration that is loaded already.
pub fn with_values(
    configuration: Configuration,
    directory: &Path,
    inputs: &VariableInputs,
    functions: FunctionContext,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Program {
    let root = configuration.root.clone();
    let values = root_variables(&root, directory, inputs, sources, diagnostics).values;
    let schemas = Box::new(CatalogueSchemas);
    Program::new(configuration, values, schemas, functions, Purpose::Plan)
}
