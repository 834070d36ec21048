//! Which files count.

use std::path::Path;

use super::*;

const OUTPUTS: fn(&Configuration) -> String =
    |it| it.root.outputs.keys().map(|name| &**name).collect::<Vec<_>>().join(" ");

#[test]
fn suffixes() {
    check_model(
        r#"
--- a.tf
output "a" { value = 1 }
--- b.tofu
output "b" { value = 1 }
--- c.tf.json
{"output": {"c": {"value": 1}}}
--- d.tofu.json
{"output": {"d": {"value": 1}}}
--- e.tf.bak
garbage
--- f.tftest.hcl
garbage
--- sub/g.tf
garbage
"#,
        OUTPUTS,
        "a b c d",
    );
}

#[test]
fn tofu_hides_tf() {
    check_model(
        r#"
--- a.tf
output "hidden" { value = 1 }
--- a.tofu
output "a" { value = 1 }
--- a.tf.json
{"output": {"j": {"value": 1}}}
--- b.tf.json
{"output": {"hidden": {"value": 1}}}
--- b.tofu.json
{"output": {"b": {"value": 1}}}
"#,
        OUTPUTS,
        "j a b",
    );
}

#[test]
fn ignored_names() {
    check_model(
        r##"
--- .hidden.tf
garbage
--- a.tf~
garbage
--- #a.tf#
garbage
--- a.tf
output "a" { value = 1 }
"##,
        OUTPUTS,
        "a",
    );
}

#[test]
fn byte_order_mark_and_line_ends() {
    check_model("--- a.tf\n\u{feff}output \"a\" {\r\n  value = 1\r\n}\r\n", OUTPUTS, "a");
}

#[test]
fn errors_of_all_files() {
    check(
        r#"
--- a.tf
resource "x" {}
--- b.tf
what {}
--- c.tf
variable "source" {}
"#,
        "
        error: Missing name for resource @ a.tf:1
        error: Unsupported block type @ b.tf:1
        error: Invalid variable name @ c.tf:1
        ",
    );
}

#[test]
fn not_utf8() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("a.tf"), b"locals {\n a = \"\xff\"\n}\n").expect("a file");
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    load(directory.path(), &sources, &mut diagnostics);
    let found = show(&diagnostics, &sources, directory.path());
    compare(&found, "error: Invalid character encoding @ a.tf:2");
}

#[test]
fn missing_directory() {
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let found = load(Path::new("/nonexistent/directory"), &sources, &mut diagnostics);
    assert!(found.is_none());
    compare(
        &show(&diagnostics, &sources, Path::new("/")),
        "error: Failed to read module directory",
    );
}

#[test]
fn empty_directory() {
    check("--- README\nnothing", "");
    let directory = tempfile::tempdir().expect("a directory");
    let mut diagnostics = Diagnostics::new();
    assert!(!super::super::require_configuration(directory.path(), &mut diagnostics));
    let found = show(&diagnostics, &Sources::default(), directory.path());
    compare(&found, "error: No configuration files");
}
