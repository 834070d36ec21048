//! The arguments of the command line. Long options take one dash or two.

use std::path::PathBuf;

use clap::{
    ArgAction, ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand,
};
use provision_language::config::VariableOption;

/// Apply OpenTofu/Terraform configurations straight to AWS, with no state file
#[derive(Parser, Debug)]
#[command(name = "provision", version, disable_help_subcommand = true)]
pub struct Arguments {
    /// Switch to this directory before anything else
    #[arg(long, value_name = "DIR", global = true)]
    pub chdir: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Check a configuration as far as that needs no AWS
    Validate(Validate),
    /// Evaluate expressions, one a line
    Console(Console),
    /// Bring configuration files into the canonical style
    Fmt(Fmt),
    /// Print the graph of all instances and what each depends on
    Graph(Graph),
    /// Print the version
    Version(Version),
}

/// Where the configuration is.
#[derive(Args, Debug)]
pub struct Directory {
    /// The directory of the configuration
    #[arg(value_name = "DIR", default_value = ".")]
    pub directory: PathBuf,
}

/// Values of the root module's variables.
#[derive(Args, Debug)]
pub struct Variables {
    /// Set a variable of the root module; may repeat
    #[arg(long = "var", value_name = "NAME=VALUE", action = ArgAction::Append)]
    pub values: Vec<String>,
    /// Read variables from a file; may repeat
    #[arg(long = "var-file", value_name = "FILE", action = ArgAction::Append)]
    pub files: Vec<String>,
    /// Both in the order of the command line, where a later one wins.
    #[arg(skip)]
    pub options: Vec<VariableOption>,
}

#[derive(Args, Debug)]
pub struct Output {
    /// Print without colour
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", value_name = "BOOL")]
    pub no_color: bool,
}

macro_rules! switch {
    ($(#[$meta:meta])* $name:ident, $field:ident, $default:literal) => {
        #[derive(Args, Debug)]
        pub struct $name {
            $(#[$meta])*
            #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = $default, value_name = "BOOL")]
            pub $field: bool,
        }
    };
}

switch!(
    /// Print JSON
    Json, json, "false"
);

#[derive(Args, Debug)]
pub struct Validate {
    #[command(flatten)]
    pub json: Json,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub directory: Directory,
}

#[derive(Args, Debug)]
pub struct Console {
    #[command(flatten)]
    pub json: Json,
    #[command(flatten)]
    pub variables: Variables,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub directory: Directory,
}

#[derive(Args, Debug)]
pub struct Fmt {
    /// Change nothing; exit with 3 if a file would change
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", value_name = "BOOL")]
    pub check: bool,
    /// Print what changes
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", value_name = "BOOL")]
    pub diff: bool,
    /// Print the names of files that change
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "true", value_name = "BOOL")]
    pub list: bool,
    /// Write the files
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "true", value_name = "BOOL")]
    pub write: bool,
    /// Go into subdirectories
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", value_name = "BOOL")]
    pub recursive: bool,
    #[command(flatten)]
    pub output: Output,
    /// Directories and files; "-" is standard input
    #[arg(value_name = "DIR|FILE|-", default_value = ".")]
    pub targets: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub struct Graph {
    #[command(flatten)]
    pub json: Json,
    #[command(flatten)]
    pub variables: Variables,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub directory: Directory,
}

#[derive(Args, Debug)]
pub struct Version {
    #[command(flatten)]
    pub json: Json,
}

impl Arguments {
    /// Reads a command line that `normalise` has been over.
    pub fn parse_from_normalised(given: &[String]) -> Result<Arguments, clap::Error> {
        let matches = Arguments::command().try_get_matches_from(given)?;
        let mut arguments = Arguments::from_arg_matches(&matches)?;
        let variables = match &mut arguments.command {
            Command::Console(it) => Some(&mut it.variables),
            Command::Graph(it) => Some(&mut it.variables),
            Command::Validate(_) | Command::Fmt(_) | Command::Version(_) => None,
        };
        if let (Some(variables), Some((_, matches))) = (variables, matches.subcommand()) {
            variables.options = in_order(matches);
        }
        Ok(arguments)
    }
}

fn in_order(matches: &ArgMatches) -> Vec<VariableOption> {
    let of = |id: &str| {
        let places = matches.indices_of(id).into_iter().flatten();
        let values = matches.get_many::<String>(id).into_iter().flatten().cloned();
        places.zip(values).collect::<Vec<_>>()
    };
    let values = of("values").into_iter().map(|(at, it)| (at, VariableOption::Value(it)));
    let files = of("files").into_iter().map(|(at, it)| (at, VariableOption::File(it.into())));
    let mut all: Vec<_> = values.chain(files).collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, it)| it).collect()
}

/// What is printed when no command is given.
pub fn usage() -> String {
    Arguments::command().render_help().to_string()
}

/// Gives long options written with one dash their second one.
pub fn normalise(given: &[String]) -> Vec<String> {
    let mut literal = false;
    given
        .iter()
        .enumerate()
        .map(|(index, argument)| {
            literal |= argument == "--";
            let is_long = index > 0
                && !literal
                && argument.len() > 2
                && argument.starts_with('-')
                && !argument.starts_with("--")
                && argument[1..].starts_with(|it: char| it.is_ascii_lowercase());
            if is_long { format!("-{argument}") } else { argument.clone() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[track_caller]
    fn check(given: &[&str], expected: &[&str]) {
        let given: Vec<String> = given.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(normalise(&given), expected);
    }

    #[test]
    fn one_dash_or_two() {
        check(&["p", "plan", "-var", "x=-1"], &["p", "plan", "--var", "x=-1"]);
        check(&["p", "fmt", "-check=false", "-"], &["p", "fmt", "--check=false", "-"]);
        check(&["p", "fmt", "--", "-odd"], &["p", "fmt", "--", "-odd"]);
        check(&["p", "-h"], &["p", "-h"]);
    }
}
