//! `provision version`

use std::process::ExitCode;

use serde_json::json;

use crate::arguments::Version;
use crate::report;

/// The release of the language that configurations may require.
pub const LANGUAGE_VERSION: &str = provision_language::config::COMPATIBLE_VERSION;

pub fn run(arguments: &Version) -> ExitCode {
    let version = env!("CARGO_PKG_VERSION");
    let platform = platform();
    if arguments.json.json {
        let output = json!({
            "provision_version": version,
            "terraform_version": LANGUAGE_VERSION,
            "platform": platform,
            "provider_selections": {},
        });
        report::result(&format!("{output:#}\n"));
    } else {
        report::result(&format!("provision {version}\non {platform}\n"));
    }
    ExitCode::SUCCESS
}

/// System and architecture by the names that provider packages go by.
fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        system => system,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        architecture => architecture,
    };
    format!("{system}_{architecture}")
}
