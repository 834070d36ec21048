//! The command line of provision.
//!
//! Architecture invariant: this is the only crate that prints or exits, and the only one with
//! serializable output. It makes no AWS calls and plans nothing itself.

mod arguments;
mod commands;
mod load;
mod report;
mod snippet;

use std::process::ExitCode;

use arguments::{Arguments, Command};

/// Configurations nest, and what walks them recurses: a stack this large is never used up by
/// the depth that the parser allows. It costs only what is touched.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(run);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The panic has printed what happened.
        Ok(Err(_)) => ExitCode::from(101),
        Err(error) => {
            report::message(&format!("Error: Cannot start\n\nNo thread could be made: {error}."));
            ExitCode::FAILURE
        }
    }
}

fn run() -> ExitCode {
    let given: Vec<String> =
        std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    if given.len() == 1 {
        report::message(&arguments::usage());
        return ExitCode::from(127);
    }
    let arguments = match Arguments::parse_from_normalised(&arguments::normalise(&given)) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and the version are results, everything else is a mistake.
            let code = if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            // Nothing is left to do when even this cannot be printed.
            let _ = error.print();
            return code;
        }
    };
    if let Some(directory) = &arguments.chdir
        && let Err(error) = std::env::set_current_dir(directory)
    {
        report::message(&format!(
            "Error: Cannot change directory\n\n-chdir={}: {error}.",
            directory.display()
        ));
        return ExitCode::FAILURE;
    }
    match arguments.command {
        Command::Validate(it) => commands::validate::run(&it),
        Command::Console(it) => commands::console::run(&it),
        Command::Fmt(it) => commands::fmt::run(&it),
        Command::Graph(it) => commands::graph::run(&it),
        Command::Version(it) => commands::version::run(&it),
    }
}
