//! `locals`, `variable`, `output`, `module` and what all blocks have in common.

use super::*;

#[test]
fn duplicates() {
    check(
        r#"
--- a.tf
variable "a" {}
locals {
  b = 1
}
output "c" { value = 1 }
module "d" { source = "./d" }
resource "aws_e" "e" {}
data "aws_e" "e" {}
ephemeral "aws_e" "e" {}
check "f" {
  assert {
    condition     = local.b == 1
    error_message = "x"
  }
}
provider "aws" {}
provider "aws" { alias = "west" }
--- b.tf
variable "a" {}
locals {
  b = 1
}
output "c" { value = 1 }
module "d" { source = "./d" }
resource "aws_e" "e" {}
data "aws_e" "e" {}
ephemeral "aws_e" "e" {}
check "f" {
  assert {
    condition     = local.b == 1
    error_message = "x"
  }
}
provider "aws" {}
provider "aws" { alias = "west" }
--- d/main.tf
"#,
        r#"
        error: Duplicate provider configuration @ b.tf:16
        error: Duplicate provider configuration @ b.tf:17
        error: Duplicate variable declaration @ b.tf:1
        error: Duplicate local value definition @ b.tf:3
        error: Duplicate output definition @ b.tf:5
        error: Duplicate module call @ b.tf:6
        error: Duplicate resource "aws_e" configuration @ b.tf:7
        error: Duplicate data "aws_e" configuration @ b.tf:8
        error: Duplicate ephemeral "aws_e" configuration @ b.tf:9
        error: Duplicate check "f" configuration @ b.tf:10
        "#,
    );
}

#[test]
fn names() {
    check("variable \"1a\" {}", "error: Invalid variable name @ main.tf:1");
    check("variable \"π\" {}", "");
    check("variable \"a-b\" {}", "");
    check("output \"a.b\" { value = 1 }", "error: Invalid output name @ main.tf:1");
    check("resource \"aws_a\" \"0\" {}", "error: Invalid resource name @ main.tf:1");
    check("resource \"aws_a b\" \"a\" {}", "error: Invalid resource type name @ main.tf:1");
    check("data \"aws_a\" \"0\" {}", "error: Invalid data resource name @ main.tf:1");
    check("data \"0\" \"a\" {}", "error: Invalid data source name @ main.tf:1");
    check("ephemeral \"aws_a\" \"0\" {}", "error: Invalid ephemeral resource name @ main.tf:1");
    check(
        "module \"0\" { source = \"./a\" }\n--- a/main.tf\n"
            .replace("module", "--- main.tf\nmodule")
            .as_str(),
        "error: Invalid module instance name @ main.tf:1",
    );
    check(
        "check \"0\" {\n assert {\n condition = local.a\n error_message = \"\"\n }\n}",
        "error: Invalid check block name @ main.tf:1",
    );
    check("resource aws_instance a {}", "");
}

#[test]
fn reserved_variable_names() {
    for name in [
        "source",
        "version",
        "providers",
        "provider",
        "count",
        "for_each",
        "lifecycle",
        "depends_on",
        "locals",
    ] {
        check(&format!("variable {name:?} {{}}"), "error: Invalid variable name @ main.tf:1");
    }
}

#[test]
fn labels() {
    check("resource \"a\" {}", "error: Missing name for resource @ main.tf:1");
    check("resource {}", "error: Missing type for resource @ main.tf:1");
    check("locals \"a\" {}", "error: Extraneous label for locals @ main.tf:1");
    check("variable \"a\" \"b\" {}", "error: Extraneous label for variable @ main.tf:1");
    check("a = 1", "error: Unsupported argument @ main.tf:1");
    check("resources \"a\" \"b\" {}", "error: Unsupported block type @ main.tf:1");
}

#[test]
fn variables() {
    check(
        r#"
variable "a" {
  type        = string
  description = "A"
  default     = "a"
  sensitive   = true
  ephemeral   = true
  nullable    = false
  deprecated  = "Use b."
}
variable "b" {
  const = true
}
"#,
        "",
    );
    check("variable \"a\" {\n sensitive = \"123\"\n}", "error: Unsuitable value type @ main.tf:2");
    check("variable \"a\" {\n sensitive = null\n}", "error: Unsuitable value type @ main.tf:2");
    check("variable \"a\" {\n sensitive = \"true\"\n}", "");
    check(
        "variable \"a\" {\n deprecated = \" \"\n}",
        "error: Invalid `deprecated` value @ main.tf:1",
    );
    check("variable \"a\" {\n default = var.b\n}", "error: Variables not allowed @ main.tf:2");
    check(
        "variable \"a\" {\n default = file(\"x\")\n}",
        "error: Function calls not allowed @ main.tf:2",
    );
    check("variable \"a\" {\n default = [for x in [1] : x + 1]\n}", "");
    check("variable \"a\" {\n what = 1\n}", "error: Unsupported argument @ main.tf:2");
    check(
        "variable \"a\" {\n description = \"${var.b}\"\n}",
        "error: Variables not allowed @ main.tf:2",
    );
}

#[test]
fn locals() {
    check("locals {\n a = 1\n b = local.a\n}\nlocals {\n c = 2\n}", "");
    check("locals {\n a {}\n}", "error: Unexpected \"a\" block @ main.tf:2");
}

#[test]
fn outputs() {
    check("output \"a\" {\n value = 1\n type = list(string)\n depends_on = [pizza.cheese]\n}", "");
    check("output \"a\" {}", "error: Missing required argument @ main.tf:1");
    check(
        "output \"a\" {\n value = 1\n deprecated = \"\"\n}",
        "error: Invalid `deprecated` value @ main.tf:1",
    );
    check(
        "output \"a\" {\n value = 1\n type = what\n}",
        "error: Invalid type specification @ main.tf:3",
    );
    check(
        "output \"a\" {\n value = 1\n postcondition {\n condition = true\n error_message = \"\"\n \
         }\n}",
        "error: Postconditions are not allowed @ main.tf:3",
    );
    check(
        "output \"a\" {\n value = 1\n sensitive = 7\n}",
        "error: Unsuitable value type @ main.tf:3",
    );
}

#[test]
fn checks() {
    check("check \"a\" {}", "error: Zero assert blocks @ main.tf:1");
    check(
        r#"
check "a" {
  data "aws_a" "x" {
    count = 1
    for_each = {}
    lifecycle {}
  }
  data "aws_a" "y" {}
  assert {
    condition     = data.aws_a.x.id != ""
    error_message = "No."
  }
}
"#,
        r#"
        error: Invalid lifecycle block @ main.tf:6
        error: Invalid "count" attribute @ main.tf:4
        error: Invalid "for_each" attribute @ main.tf:5
        error: Multiple data resource blocks @ main.tf:8
        "#,
    );
    // The nested data source is one of the module's.
    check(
        "data \"aws_a\" \"x\" {}\ncheck \"a\" {\n data \"aws_a\" \"x\" {}\n assert {\n condition \
         = data.aws_a.x.id != \"\"\n error_message = \"\"\n }\n}",
        "error: Duplicate data \"aws_a\" configuration @ main.tf:3",
    );
    check(
        "check \"a\" {\n assert {\n condition = true\n error_message = \"\"\n }\n}",
        "error: Invalid assert expression @ main.tf:3",
    );
}
