//! From a directory on the command line to a program.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use provision_language::check;
use provision_language::config::{Configuration, Module, VariableInputs, VariableOption};
use provision_language::diagnostics::Diagnostics;
use provision_language::functions::{FunctionContext, rfc3339};
use provision_language::program::Program;
use provision_language::source::Sources;

use crate::arguments::Variables;

/// File functions start where the command runs; this is where `-chdir` leads.
const HERE: &str = ".";

/// What became of a directory. Without a program the diagnostics say why.
pub struct Loaded {
    pub program: Option<Program>,
    pub diagnostics: Diagnostics,
    pub sources: Sources,
}

fn inputs(options: &[VariableOption]) -> VariableInputs {
    let environment = std::env::vars_os()
        .map(|(name, value)| {
            (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
        })
        .collect();
    VariableInputs { environment, options: options.to_vec(), ..VariableInputs::default() }
}

/// Checks the configuration of a directory.
pub fn check(directory: &Path) -> (Diagnostics, Sources) {
    let sources = Sources::default();
    let functions = FunctionContext::new(HERE);
    let diagnostics = check::check(directory, &inputs(&[]), &functions, &sources);
    (diagnostics, sources)
}

/// Loads a configuration with the values of its variables. Those without a value are unknown.
pub fn program(directory: &Path, variables: &Variables) -> Loaded {
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let inputs = VariableInputs { unset_is_unknown: true, ..inputs(&variables.options) };
    let functions = FunctionContext::new(HERE);
    let program = check::prepare(directory, &inputs, functions, &sources, &mut diagnostics);
    let program = program.filter(|_| !diagnostics.has_errors());
    Loaded { program, diagnostics, sources }
}

/// Like `program`, but a directory without configuration is an empty one.
pub fn console_program(directory: &Path, variables: &Variables) -> Loaded {
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let inputs = VariableInputs { unset_is_unknown: true, ..inputs(&variables.options) };
    let configuration = check::load(directory, &inputs, &sources, &mut diagnostics);
    let configuration = configuration.unwrap_or_else(|| Configuration {
        sources: sources.clone(),
        root: Arc::new(Module::default()),
    });
    // Nothing is kept of what is evaluated here, so even what changes every time has a value.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = rfc3339(i64::try_from(now).unwrap_or_default());
    let functions = FunctionContext {
        plan_time: Some(now.clone()),
        apply_time: Some(now),
        console: true,
        ..FunctionContext::new(HERE)
    };
    let program = check::with_values(
        configuration,
        directory,
        &inputs,
        functions,
        &sources,
        &mut diagnostics,
    );
    let program = (!diagnostics.has_errors()).then_some(program);
    Loaded { program, diagnostics, sources }
}
