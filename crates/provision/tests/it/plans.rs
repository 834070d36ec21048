//! The configurations in `plans/`.

use std::path::PathBuf;

use crate::{provision, repository, words};

fn plans() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(repository().join("plans")).expect("there are plans");
    let mut plans: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    plans.retain(|path| path.is_dir());
    plans.sort();
    plans
}

#[track_caller]
fn check(command: &str) {
    for plan in plans() {
        let output = provision(&plan, &words(command), "");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "$ provision {command} in {}\n{}{}",
            plan.display(),
            text(&output.stdout),
            text(&output.stderr)
        );
    }
}

#[test]
fn they_are_valid() {
    check("validate");
}

#[test]
fn they_are_in_the_canonical_style() {
    check("fmt -check -recursive");
}

#[test]
fn they_can_be_evaluated() {
    check("graph");
}
