//! The values of the root module's variables.

use super::*;
use crate::config::{VariableInputs, VariableOption, root_variables};

/// Loads the files, collects the values, and shows what is said and the values. In the options,
/// `-var-file` names files of the directory.
#[track_caller]
fn check_values(files: &str, environment: &[(&str, &str)], options: &[&str], expected: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    write(files, directory.path());
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let configuration =
        load(directory.path(), &sources, &mut diagnostics).expect("a configuration");
    let options = options.iter().map(|option| match option.strip_prefix("file:") {
        Some(name) => VariableOption::File(directory.path().join(name)),
        None => VariableOption::Value((*option).to_owned()),
    });
    let inputs = VariableInputs {
        environment: environment.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
        options: options.collect(),
        unset_is_unknown: false,
    };
    let values =
        root_variables(&configuration.root, directory.path(), &inputs, &sources, &mut diagnostics);
    let mut lines = vec![show(&diagnostics, &sources, directory.path())];
    for name in configuration.root.variables.keys() {
        let given = if values.given.contains(name) { "given" } else { "default" };
        lines.push(format!("{name} = {:?} {given}", values.values[name]));
    }
    compare(lines.join("\n").trim(), expected);
}

#[test]
fn precedence() {
    let files = r#"
--- main.tf
variable "a" { default = 0 }
variable "b" { default = 0 }
variable "c" { default = 0 }
variable "d" { default = 0 }
variable "e" { default = 0 }
variable "f" { default = 0 }
variable "g" { default = 0 }
--- terraform.tfvars
b = "tfvars"
c = "tfvars"
d = "tfvars"
e = "tfvars"
f = "tfvars"
--- terraform.tfvars.json
{"c": "json", "d": "json", "e": "json", "f": "json"}
--- a.auto.tfvars
d = "auto"
e = "auto"
f = "auto"
--- b.auto.tfvars.json
{"e": "auto json", "f": "auto json"}
--- other.tfvars
f = "file"
--- ignored.tfvars
g = "ignored"
"#;
    let environment = [("TF_VAR_a", "env"), ("TF_VAR_b", "env"), ("a", "no")];
    check_values(
        files,
        &environment,
        &["f=option", "file:other.tfvars"],
        r#"
        a = "env" given
        b = "tfvars" given
        c = "json" given
        d = "auto" given
        e = "auto json" given
        f = "file" given
        g = 0 default
        "#,
    );
    check_values("variable \"a\" {}", &[], &["a=1", "a=2"], "a = \"2\" given");
}

#[test]
fn text_or_expression() {
    let files = r#"
variable "none" {}
variable "string" { type = string }
variable "number" { type = number }
variable "bool" { type = bool }
variable "any" { type = any }
variable "list" { type = list(string) }
"#;
    check_values(
        files,
        &[("TF_VAR_list", "[\"a\", 1]"), ("TF_VAR_any", "{ a = 1 }")],
        &["none=[1]", "string=[1]", "number=12", "bool=true"],
        r#"
        none = "[1]" given
        string = "[1]" given
        number = 12 given
        bool = true given
        any = {"a": 1} given
        list = ["a", "1"] given
        "#,
    );
    check_values(
        "variable \"a\" { type = any }",
        &[],
        &["a=text"],
        "
        error: Variables not allowed @ <value for var.a>:1
        a = unknown(dynamic) given
        ",
    );
}

#[test]
fn undeclared() {
    check_values("variable \"a\" { default = 1 }", &[("TF_VAR_b", "x")], &[], "a = 1 default");
    check_values(
        "variable \"a\" { default = 1 }",
        &[],
        &["b=x"],
        "
        error: Value for undeclared variable
        a = 1 default
        ",
    );
    check_values(
        "--- main.tf\nvariable \"a\" { default = 1 }\n--- terraform.tfvars\nb = 1\nc = 1\nd = 1\ne = 1",
        &[],
        &[],
        "
        warning: Value for undeclared variable @ terraform.tfvars:1
        warning: Value for undeclared variable @ terraform.tfvars:2
        warning: Values for undeclared variables
        a = 1 default
        ",
    );
}

#[test]
fn files() {
    let with = |text: &str| {
        format!("--- main.tf\nvariable \"a\" {{ default = 1 }}\n--- terraform.tfvars\n{text}")
    };
    check_values(
        &with("a = max(1, 2)"),
        &[],
        &[],
        "error: Function calls not allowed @ terraform.tfvars:1\na = 1 default",
    );
    check_values(
        &with("a = var.b"),
        &[],
        &[],
        "error: Variables not allowed @ terraform.tfvars:1\na = 1 default",
    );
    check_values(
        &with("variable \"b\" {}"),
        &[],
        &[],
        "error: Variable declaration in .tfvars file @ terraform.tfvars:1\na = 1 default",
    );
    check_values(
        &with("a {}"),
        &[],
        &[],
        "error: Unexpected \"a\" block @ terraform.tfvars:1\na = 1 default",
    );
    check_values(
        "variable \"a\" { default = 1 }",
        &[],
        &["file:missing.tfvars"],
        "error: Failed to read variables file\na = 1 default",
    );
    check_values(
        "--- main.tf\nvariable \"a\" {}\n--- terraform.tfvars.json\n{\"a\": \"${x}\"}",
        &[],
        &[],
        "a = \"${x}\" given",
    );
}

#[test]
fn required() {
    check_values(
        "variable \"a\" { type = string }",
        &[],
        &[],
        "error: No value for required variable @ main.tf:1\na = unknown(string) default",
    );
    check_values(
        "--- main.tf\nvariable \"a\" {\n nullable = false\n}\n--- terraform.tfvars\na = null",
        &[],
        &[],
        "error: Required variable not set @ terraform.tfvars:1\na = unknown(dynamic) given",
    );
    check_values(
        "--- main.tf\nvariable \"a\" {\n nullable = false\n default = 1\n}\nvariable \"b\" {\n default \
         = 1\n}\n--- terraform.tfvars\na = null\nb = null",
        &[],
        &[],
        "a = 1 given\nb = null(dynamic) given",
    );
}

#[test]
fn conversion() {
    check_values(
        "--- main.tf\nvariable \"a\" { type = number }\n--- terraform.tfvars\na = \"x\"",
        &[],
        &[],
        "error: Invalid value for input variable @ terraform.tfvars:1\na = unknown(number) given",
    );
    check_values(
        "variable \"a\" { type = number }",
        &[("TF_VAR_a", "x")],
        &[],
        "error: Invalid value for input variable @ main.tf:1\na = unknown(number) given",
    );
    check_values(
        "--- main.tf\nvariable \"a\" {\n type = object({ x = optional(number, 1), y = string })\n \
         sensitive = true\n}\nvariable \"b\" {\n type = map(object({ x = optional(number, 1) \
         }))\n}\n--- terraform.tfvars\na = { y = 2, z = 3 }\nb = { k = {} }",
        &[],
        &[],
        "a = (sensitive value) given\nb = map{\"k\": {\"x\": 1}} given",
    );
}

#[test]
fn options() {
    for option in ["a", "a b"] {
        check_values(
            "variable \"a\" { default = 1 }",
            &[],
            &[option],
            "error: Invalid -var option\na = 1 default",
        );
    }
    check_values(
        "variable \"a\" { default = 1 }",
        &[],
        &["a = 2"],
        "error: Invalid variable name\na = 1 default",
    );
    check_values("variable \"a\" { default = 1 }", &[], &["a=x=y"], "a = \"x=y\" given");
}
