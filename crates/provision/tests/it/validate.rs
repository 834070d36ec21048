//! `provision validate`

use crate::check;

const GOOD: &str = r#"
--- main.tf
variable "block" {
  type = string
}
resource "aws_vpc" "main" {
  cidr_block = var.block
}
"#;

const BAD: &str = r#"
--- main.tf
variable "name" {
  type = string
}

resource "aws_vpc" "main" {
  cidr_block = upper([var.name])
}
"#;

const WARNING: &str = r#"
--- main.tf
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"

  provisioner "local-exec" {
    when    = "destroy"
    command = "true"
  }
}
"#;

#[test]
fn a_valid_configuration() {
    check(
        "validate",
        GOOD,
        "
exit 0
Success! The configuration is valid.
",
    );
    check(
        "validate -json",
        GOOD,
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
    check(
        "validate .",
        GOOD,
        "
exit 0
Success! The configuration is valid.
",
    );
    check(
        "validate -no-color",
        GOOD,
        "
exit 0
Success! The configuration is valid.
",
    );
}

#[test]
fn errors() {
    check(
        "validate",
        BAD,
        r#"
exit 1
--- stderr
Error: Invalid function argument

  on main.tf line 6, in resource "aws_vpc" "main":
   6:   cidr_block = upper([var.name])
    ├────────────────
    │ var.name is a string

Invalid value for "str" parameter: string required.
"#,
    );
    check(
        "validate -json",
        BAD,
        r#"
exit 1
{
  "format_version": "1.0",
  "valid": false,
  "error_count": 1,
  "warning_count": 0,
  "diagnostics": [
    {
      "severity": "error",
      "summary": "Invalid function argument",
      "detail": "Invalid value for \"str\" parameter: string required.",
      "range": {
        "filename": "main.tf",
        "start": {
          "line": 6,
          "column": 22,
          "byte": 86
        },
        "end": {
          "line": 6,
          "column": 32,
          "byte": 96
        }
      },
      "snippet": {
        "context": "resource \"aws_vpc\" \"main\"",
        "code": "  cidr_block = upper([var.name])",
        "start_line": 6,
        "highlight_start_offset": 21,
        "highlight_end_offset": 31,
        "values": [
          {
            "traversal": "var.name",
            "statement": "is a string"
          }
        ]
      }
    }
  ]
}
"#,
    );
}

#[test]
fn warnings() {
    check(
        "validate",
        WARNING,
        r#"
exit 0
Success! The configuration is valid, but there were some validation warnings as shown above.
--- stderr
Warning: Quoted keywords are deprecated

  on main.tf line 5, in resource "aws_vpc" "main":
   5:     when    = "destroy"

Keywords here are expected bare, without quotes. Remove the quotes to silence this warning.
"#,
    );
    check(
        "validate -json",
        WARNING,
        r#"
exit 0
{
  "format_version": "1.0",
  "valid": true,
  "error_count": 0,
  "warning_count": 1,
  "diagnostics": [
    {
      "severity": "warning",
      "summary": "Quoted keywords are deprecated",
      "detail": "Keywords here are expected bare, without quotes. Remove the quotes to silence this warning.",
      "range": {
        "filename": "main.tf",
        "start": {
          "line": 5,
          "column": 15,
          "byte": 101
        },
        "end": {
          "line": 5,
          "column": 24,
          "byte": 110
        }
      },
      "snippet": {
        "context": "resource \"aws_vpc\" \"main\"",
        "code": "    when    = \"destroy\"",
        "start_line": 5,
        "highlight_start_offset": 14,
        "highlight_end_offset": 23,
        "values": []
      }
    }
  ]
}
"#,
    );
}

#[test]
fn another_directory() {
    check(
        "validate sub",
        &BAD.replace("main.tf", "sub/main.tf"),
        r#"
exit 1
--- stderr
Error: Invalid function argument

  on sub/main.tf line 6, in resource "aws_vpc" "main":
   6:   cidr_block = upper([var.name])
    ├────────────────
    │ var.name is a string

Invalid value for "str" parameter: string required.
"#,
    );
    check(
        "validate missing",
        GOOD,
        "
exit 1
--- stderr
Error: No such directory

There is no directory missing.
",
    );
    check(
        "validate -json missing",
        GOOD,
        r#"
exit 1
{
  "format_version": "1.0",
  "valid": false,
  "error_count": 1,
  "warning_count": 0,
  "diagnostics": [
    {
      "severity": "error",
      "summary": "No such directory",
      "detail": "There is no directory missing."
    }
  ]
}
"#,
    );
    check(
        "validate main.tf",
        GOOD,
        "
exit 1
--- stderr
Error: No such directory

There is no directory main.tf.
",
    );
}

#[test]
fn no_configuration() {
    check(
        "validate",
        "",
        "
exit 0
Success! The configuration is valid.
",
    );
}

#[test]
fn several_lines() {
    let files = r#"
--- main.tf
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags = [
    "a",
    "é",
  ]
}
"#;
    check(
        "validate",
        files,
        r#"
exit 1
--- stderr
Error: Incorrect attribute value type

  on main.tf line 3, in resource "aws_vpc" "main":
   3:   tags = [
   4:     "a",
   5:     "é",
   6:   ]

Inappropriate value for attribute "tags": map of string required.
"#,
    );
    check(
        "validate -json",
        files,
        r#"
exit 1
{
  "format_version": "1.0",
  "valid": false,
  "error_count": 1,
  "warning_count": 0,
  "diagnostics": [
    {
      "severity": "error",
      "summary": "Incorrect attribute value type",
      "detail": "Inappropriate value for attribute \"tags\": map of string required.",
      "range": {
        "filename": "main.tf",
        "start": {
          "line": 3,
          "column": 10,
          "byte": 66
        },
        "end": {
          "line": 6,
          "column": 4,
          "byte": 90
        }
      },
      "snippet": {
        "context": "resource \"aws_vpc\" \"main\"",
        "code": "  tags = [\n    \"a\",\n    \"é\",\n  ]",
        "start_line": 3,
        "highlight_start_offset": 9,
        "highlight_end_offset": 33,
        "values": []
      }
    }
  ]
}
"#,
    );
}

#[test]
fn what_does_not_parse() {
    let files = "\n--- main.tf\nresource \"aws_vpc\" \"main\" {\n  cidr_block = \n}\n";
    check(
        "validate",
        files,
        r#"
exit 1
--- stderr
Error: Invalid expression

  on main.tf line 2, in resource "aws_vpc" "main":
   2:   cidr_block = 

A value must stand here, like a literal, a reference, a call or an expression in parentheses.
"#,
    );
    check("validate", "\n--- main.tf\nlocals {\n  a = 1\n", "
exit 1
--- stderr
Error: Unclosed configuration block

  on main.tf line 1, in locals:
   1: locals {

There is no closing brace for this block before the end of the file. Perhaps brackets, braces or quotes before it are not balanced.
");
}

#[test]
fn json_syntax() {
    let files = r#"
--- main.tf.json
{
  "resource": {
    "aws_vpc": {
      "main": {
        "cidr_block": "${upper([])}"
      }
    }
  }
}
"#;
    check(
        "validate",
        files,
        r#"
exit 1
--- stderr
Error: Invalid function argument

  on main.tf.json line 5, in resource.aws_vpc.main.cidr_block:
   5:         "cidr_block": "${upper([])}"

Invalid value for "str" parameter: string required.
"#,
    );
}

#[test]
fn conditions_tell_their_values() {
    let files = r#"
--- main.tf
locals {
  size = 3
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  lifecycle {
    precondition {
      condition     = local.size > 5
      error_message = "It is too small."
    }
  }
}
"#;
    check(
        "validate",
        files,
        r#"
exit 1
--- stderr
Error: Resource precondition failed

  on main.tf line 8, in resource "aws_vpc" "main":
   8:       condition     = local.size > 5
    ├────────────────
    │ local.size is 3

It is too small.
"#,
    );
}
