//! `provision validate`: everything that can be checked without AWS.

use std::process::ExitCode;

use serde_json::json;

use crate::arguments::Validate;
use crate::load;
use crate::report::{self, Style};

pub fn run(arguments: &Validate) -> ExitCode {
    let (diagnostics, sources) = load::check(&arguments.directory.directory);
    let errors = diagnostics.iter().filter(|it| it.is_error()).count();
    let warnings = diagnostics.len() - errors;
    let valid = errors == 0;
    if arguments.json.json {
        let all: Vec<_> = diagnostics.iter().map(|it| report::json(it, &sources)).collect();
        let output = json!({
            "format_version": "1.0",
            "valid": valid,
            "error_count": errors,
            "warning_count": warnings,
            "diagnostics": all,
        });
        report::result(&format!("{output:#}\n"));
    } else {
        report::print(&diagnostics, &sources, Style::for_messages(arguments.output.no_color));
        match (valid, warnings) {
            (true, 0) => report::result("Success! The configuration is valid.\n"),
            (true, _) => report::result(
                "Success! The configuration is valid, but there were some validation warnings as \
                 shown above.\n",
            ),
            (false, _) => (),
        }
    }
    if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
