//! Which crates know which.

use std::process::Command;

use crate::repository;

/// All that a crate is built from, itself included.
#[track_caller]
fn dependencies(name: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", name, "--edges", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}", "--locked", "--offline"])
        .current_dir(repository())
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// What the name, or for a name that ends with a star its beginning, must not be found in.
#[track_caller]
fn check(name: &str, forbidden: &[&str]) {
    let dependencies = dependencies(name);
    assert!(dependencies.iter().any(|it| it == name), "{name} is not in its own tree");
    for forbidden in forbidden {
        let found = dependencies.iter().find(|it| match forbidden.strip_suffix('*') {
            Some(beginning) => it.starts_with(beginning),
            None => it == forbidden,
        });
        assert_eq!(found, None, "{name} must not know it");
    }
}

#[test]
fn schema_knows_nobody() {
    check("provision-schema", &["provision", "provision-language", "tokio", "aws-*", "hcl-edit"]);
}

#[test]
fn language_never_awaits_and_never_calls() {
    check("provision-language", &["provision", "provision-aws", "tokio", "aws-*", "hyper", "clap"]);
}
