//! What holds for all commands.

use crate::check;

const EXPRESSION: &str = "\n--- -\n1 + 1\n";

#[test]
fn no_command() {
    check(
        "",
        "",
        "
exit 127
--- stderr
Apply OpenTofu/Terraform configurations straight to AWS, with no state file

Usage: provision [OPTIONS] <COMMAND>

Commands:
  validate  Check a configuration as far as that needs no AWS
  console   Evaluate expressions, one a line
  fmt       Bring configuration files into the canonical style
  graph     Print the graph of all instances and what each depends on
  version   Print the version

Options:
      --chdir <DIR>  Switch to this directory before anything else
  -h, --help         Print help
  -V, --version      Print version
",
    );
}

#[test]
fn unknown_commands_and_options() {
    check(
        "plann",
        "",
        "
exit 1
--- stderr
error: unrecognized subcommand 'plann'

Usage: provision [OPTIONS] <COMMAND>

For more information, try '--help'.
",
    );
    check(
        "validate -jsn",
        "",
        "
exit 1
--- stderr
error: unexpected argument '--jsn' found

  tip: a similar argument exists: '--json'

Usage: provision validate --json[=<BOOL>] [DIR]

For more information, try '--help'.
",
    );
    check(
        "validate -json=maybe",
        "",
        "
exit 1
--- stderr
error: invalid value 'maybe' for '--json[=<BOOL>]'
  [possible values: true, false]

For more information, try '--help'.
",
    );
    check(
        "validate one two",
        "",
        "
exit 1
--- stderr
error: unexpected argument 'two' found

Usage: provision validate [OPTIONS] [DIR]

For more information, try '--help'.
",
    );
}

#[test]
fn one_dash_or_two() {
    check(
        "console -json",
        EXPRESSION,
        r#"
exit 0
{"value":2,"type":"number","sensitive":false}
"#,
    );
    check(
        "console --json",
        EXPRESSION,
        r#"
exit 0
{"value":2,"type":"number","sensitive":false}
"#,
    );
    check(
        "console -json=true",
        EXPRESSION,
        r#"
exit 0
{"value":2,"type":"number","sensitive":false}
"#,
    );
    check(
        "console -json=false",
        EXPRESSION,
        "
exit 0
2
",
    );
    check(
        "console -var a=b -no-color",
        EXPRESSION,
        r#"
exit 1
--- stderr
Error: Value for undeclared variable

A variable named "a" was assigned on the command line, but the root module does not declare a variable of that name. To use this value, add a "variable" block to the configuration.
"#,
    );
}

#[test]
fn another_directory() {
    let files = "
--- sub/main.tf
output \"here\" {
  value = [path.root, path.module, file(\"text\")]
}
--- sub/text
hello
--- -
path.root
file(\"text\")
";
    check(
        "-chdir=sub console",
        files,
        r#"
exit 0
"."
<<EOT
hello

EOT
"#,
    );
    check(
        "-chdir sub validate",
        files,
        "
exit 0
Success! The configuration is valid.
",
    );
    check(
        "--chdir=sub validate",
        files,
        "
exit 0
Success! The configuration is valid.
",
    );
    check(
        "-chdir=missing validate",
        files,
        "
exit 1
--- stderr
Error: Cannot change directory

-chdir=missing: No such file or directory (os error 2).
",
    );
    check(
        "-chdir=sub validate -json",
        files,
        r#"
exit 0
{
  "format_version": "1.0",
  "valid": true,
  "error_count": 0,
  "warning_count": 0,
  "diagnostics": []
}
"#,
    );
}
