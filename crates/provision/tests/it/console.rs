//! `provision console`

use crate::check;

const FILES: &str = r#"
--- main.tf
variable "name" {
  type    = string
  default = "from the default"
}
variable "secret" {
  type      = string
  default   = "hush"
  sensitive = true
}
locals {
  broken = "${var.name}" + 1
  list   = [var.name, 1, true, null]
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "each" {
  for_each   = { a = 1, b = 2 }
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, each.value)
}
"#;

#[track_caller]
fn check_lines(options: &str, files: &str, lines: &str, expected: &str) {
    check(&format!("console {options}"), &format!("{files}\n--- -\n{lines}"), expected);
}

#[test]
fn values() {
    let lines = r#"
1 + 2
"text"
"two\nlines"
null
true
0.1
[]
{}
[1, "a", [true]]
{ a = 1, "b c" = { d = [] } }
tolist(["a"])
toset(["b", "a"])
tomap({ a = 1 })
sensitive("x")
{ a = sensitive(1) }
type([1])
(core::type(""))
"#;
    check_lines(
        "",
        "",
        lines,
        r#"
exit 0
3
"text"
<<EOT
two
lines
EOT
null
true
0.1
[]
{}
[
  1,
  "a",
  [
    true,
  ],
]
{
  "a" = 1
  "b c" = {
    "d" = []
  }
}
tolist([
  "a",
])
toset([
  "a",
  "b",
])
tomap({
  "a" = 1
})
(sensitive value)
{
  "a" = (sensitive value)
}
tuple([
    number,
])
string
"#,
    );
}

#[test]
fn the_configuration() {
    let lines = "
var.name
var.secret
local.list
aws_vpc.main.id
aws_vpc.main.cidr_block
[for it in aws_subnet.each : it.cidr_block]
aws_subnet.each[\"a\"].vpc_id
path.module
";
    check_lines(
        "",
        FILES,
        lines,
        r#"
exit 0
"from the default"
(sensitive value)
[
  "from the default",
  1,
  true,
  null,
]
(known after apply)
"10.0.0.0/16"
[
  "10.0.1.0/24",
  "10.0.2.0/24",
]
(known after apply)
"."
"#,
    );
    check_lines(
        "-json",
        FILES,
        lines,
        r#"
exit 0
{"value":"from the default","type":"string","sensitive":false}
{"value":"hush","type":"string","sensitive":true}
{"value":["from the default",1,true,null],"type":["tuple",["string","number","bool","dynamic"]],"sensitive":false}
{"value":{"unknown":true,"type":"string"},"type":"string","sensitive":false,"unknown":true}
{"value":"10.0.0.0/16","type":"string","sensitive":false}
{"value":["10.0.1.0/24","10.0.2.0/24"],"type":["tuple",["string","string"]],"sensitive":false}
{"value":{"unknown":true,"type":"string"},"type":"string","sensitive":false,"unknown":true}
{"value":".","type":"string","sensitive":false}
"#,
    );
}

#[test]
fn errors() {
    let lines = "
1 +
local.broken
var.nope
upper(var.name, 1)
-var.name
-[var.secret]
nope(1)
2
";
    check_lines(
        "",
        FILES,
        lines,
        r#"
exit 1
2
--- stderr
Error: Missing expression

  on <console-input> line 1:
   1: 1 +

A value must stand here, like a literal, a reference, a call or an expression in parentheses.

Error: Invalid operand

  on main.tf line 11, in locals:
  11:   broken = "${var.name}" + 1
    ├────────────────
    │ var.name is "from the default"

Unsuitable value for left operand: a number is required.

Error: Reference to undeclared input variable

  on <console-input> line 1:
   1: var.nope

An input variable with the name "nope" has not been declared. Did you mean "name"?

Error: Too many function arguments

  on <console-input> line 1:
   1: upper(var.name, 1)
    ├────────────────
    │ var.name is "from the default"

Function "upper" expects only 1 argument(s).

Error: Invalid operand

  on <console-input> line 1:
   1: -var.name
    ├────────────────
    │ var.name is "from the default"

Unsuitable value for unary operand: a number is required.

Error: Invalid operand

  on <console-input> line 1:
   1: -[var.secret]
    ├────────────────
    │ var.secret has a sensitive value

Unsuitable value for unary operand: number required.

Error: Call to unknown function

  on <console-input> line 1:
   1: nope(1)

There is no function named "nope". Did you mean "one"?
"#,
    );
    check_lines(
        "-json",
        FILES,
        lines,
        r#"
exit 0
{"error":"Missing expression: A value must stand here, like a literal, a reference, a call or an expression in parentheses."}
{"error":"Invalid operand: Unsuitable value for left operand: a number is required."}
{"error":"Reference to undeclared input variable: An input variable with the name \"nope\" has not been declared. Did you mean \"name\"?"}
{"error":"Too many function arguments: Function \"upper\" expects only 1 argument(s)."}
{"error":"Invalid operand: Unsuitable value for unary operand: a number is required."}
{"error":"Invalid operand: Unsuitable value for unary operand: number required."}
{"error":"Call to unknown function: There is no function named \"nope\". Did you mean \"one\"?"}
{"value":2,"type":"number","sensitive":false}
"#,
    );
}

#[test]
fn it_ends() {
    check_lines(
        "",
        "",
        "1\nexit\n2\n",
        "
exit 0
1
",
    );
    check_lines("", "", "", "exit 0");
    check_lines(
        "",
        "",
        "  \n\n1\r\n",
        "
exit 0
1
",
    );
}

#[test]
fn variables() {
    let files = format!("{FILES}\n--- a.tfvars\nname = \"a\"\n--- b.tfvars\nname = \"b\"\n");
    let name = "var.name\n";
    check_lines(
        "",
        &files,
        name,
        r#"
exit 0
"from the default"
"#,
    );
    check_lines(
        "-var name=x",
        &files,
        name,
        r#"
exit 0
"x"
"#,
    );
    check_lines(
        "-var 'name=x y'",
        &files,
        name,
        r#"
exit 0
"x y"
"#,
    );
    check_lines(
        "-var=name=x",
        &files,
        name,
        r#"
exit 0
"x"
"#,
    );
    check_lines(
        "-var-file=a.tfvars",
        &files,
        name,
        r#"
exit 0
"a"
"#,
    );
    check_lines(
        "-var-file=a.tfvars -var-file b.tfvars",
        &files,
        name,
        r#"
exit 0
"b"
"#,
    );
    check_lines(
        "-var name=x -var-file=a.tfvars",
        &files,
        name,
        r#"
exit 0
"a"
"#,
    );
    check_lines(
        "-var-file=a.tfvars -var name=x",
        &files,
        name,
        r#"
exit 0
"x"
"#,
    );
    let defaults =
        format!("{files}--- terraform.tfvars\nname = \"t\"\n--- z.auto.tfvars\nname = \"z\"\n");
    check_lines(
        "",
        &defaults,
        name,
        r#"
exit 0
"z"
"#,
    );
    check_lines(
        "-var name=x",
        &defaults,
        name,
        r#"
exit 0
"x"
"#,
    );
    check_lines(
        "-var nope=x",
        &files,
        name,
        r#"
exit 1
--- stderr
Error: Value for undeclared variable

A variable named "nope" was assigned on the command line, but the root module does not declare a variable of that name. To use this value, add a "variable" block to the configuration.
"#,
    );
    check_lines(
        "-var name",
        &files,
        name,
        r#"
exit 1
--- stderr
Error: Invalid -var option

The given -var option "name" is not correctly specified. Must be a variable name and value separated by an equals sign, like -var="key=value".
"#,
    );
    check_lines(
        "-var-file=missing.tfvars",
        &files,
        name,
        "
exit 1
--- stderr
Error: Failed to read variables file

Given variables file missing.tfvars does not exist.
",
    );
}

#[test]
fn a_variable_without_value() {
    let files = "\n--- main.tf\nvariable \"needed\" {\n  type = string\n}\n";
    check_lines(
        "",
        files,
        "var.needed\n",
        "
exit 0
(known after apply)
",
    );
}

#[test]
fn a_broken_configuration() {
    check_lines("", "\n--- main.tf\nresource {\n", "1\n", "
exit 1
--- stderr
Error: Unclosed configuration block

  on main.tf line 1, in resource:
   1: resource {

There is no closing brace for this block before the end of the file. Perhaps brackets, braces or quotes before it are not balanced.

Error: Missing type for resource

  on main.tf line 1, in resource:
   1: resource {

All resource blocks must have 2 labels (type, name).
");
    check_lines("-json", "\n--- main.tf\nresource {\n", "1\n", "
exit 1
--- stderr
Error: Unclosed configuration block

  on main.tf line 1, in resource:
   1: resource {

There is no closing brace for this block before the end of the file. Perhaps brackets, braces or quotes before it are not balanced.

Error: Missing type for resource

  on main.tf line 1, in resource:
   1: resource {

All resource blocks must have 2 labels (type, name).
");
    check(
        "console missing",
        "",
        "
exit 1
--- stderr
Error: No such directory

There is no directory missing.
",
    );
}
