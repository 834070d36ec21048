//! Override files.

use super::*;
use crate::config::{IgnoreChanges, Repetition};

#[test]
fn variables() {
    check_model(
        r#"
--- main.tf
variable "a" {
  default     = "1"
  description = "base"
}
variable "b" {
  type = number
}
--- a_override.tf
variable "a" {
  type = string
}
--- b_override.tf
variable "a" {
  type      = number
  sensitive = true
}
variable "b" {
  default = "7"
}
"#,
        |it| {
            let lines = it.root.variables.values().map(|it| {
                format!(
                    "{} {} {:?} {} {:?}",
                    &*it.name.text, it.ty, it.default, it.sensitive, it.description
                )
            });
            lines.collect::<Vec<_>>().join("\n")
        },
        "
        a number Some(1) true Some(\"base\")
        b number Some(7) false None
        ",
    );
    check(
        "--- main.tf\nvariable \"a\" {\n default = \"x\"\n}\n--- override.tf\nvariable \"a\" {\n type = number\n}",
        "error: Invalid default value for variable @ override.tf:1",
    );
    check(
        "--- main.tf\nvariable \"a\" {\n default = null\n}\n--- override.tf\nvariable \"a\" {\n nullable = false\n}",
        "error: Invalid default value for variable @ override.tf:1",
    );
    check(
        "--- main.tf\nvariable \"a\" {}\n--- override.tf\nvariable \"a\" {\n validation {}\n}",
        "error: Can't override validation blocks @ override.tf:2",
    );
}

#[test]
fn order() {
    check_model(
        r#"
--- override.tf
locals {
  a = "override"
}
--- b_override.tf
locals {
  a = "b"
}
--- z_override.tofu
locals {
  a = "z"
}
--- main.tf
locals {
  a = "main"
}
"#,
        |it| format!("{:?}", it.root.locals.values().next().map(|it| &it.expr.kind)),
        "Some(Literal(\"z\"))",
    );
}

#[test]
fn missing_base() {
    for (block, summary) in [
        ("variable \"a\" {}", "Missing base variable declaration to override"),
        ("locals {\n a = 1\n}", "Missing base local value definition to override"),
        ("output \"a\" {}", "Missing base output definition to override"),
        ("module \"a\" {}", "Missing module call to override"),
        ("resource \"aws_a\" \"a\" {}", "Missing resource to override"),
        ("data \"aws_a\" \"a\" {}", "Missing data resource to override"),
        ("provider \"aws\" {}", "Missing base provider configuration for override"),
    ] {
        let line = if block.starts_with("locals") { 2 } else { 1 };
        check(
            &format!("--- main.tf\n--- override.tf\n{block}"),
            &format!("error: {summary} @ override.tf:{line}"),
        );
    }
}

#[test]
fn refused() {
    check(
        "--- main.tf\nresource \"aws_a\" \"a\" {}\n--- override.tf\nresource \"aws_a\" \"a\" {\n \
         depends_on = [aws_b.b]\n}",
        "error: Unsupported override @ override.tf:2",
    );
    check(
        "--- main.tf\n--- override.tf\nmoved {\n from = aws_a.a\n to = aws_a.b\n}",
        "error: Cannot override 'moved' blocks @ override.tf:1",
    );
    check(
        "--- main.tf\n--- override.tf\nimport {\n to = aws_a.a\n id = 1\n}",
        "error: Cannot override 'import' blocks @ override.tf:1",
    );
    check(
        "--- main.tf\n--- override.tf\ncheck \"a\" {}",
        "error: Can't override check blocks @ override.tf:1",
    );
    check(
        "--- main.tf\n--- override.tf\nlanguage {}",
        "error: Language selections in override file @ override.tf:1",
    );
}

#[test]
fn resources() {
    check_model(
        r#"
--- main.tf
resource "aws_a" "a" {
  count = 1
  kept  = 1
  set   = 1
  block {
    a = 1
  }
  block {
    a = 2
  }
  other {}
  dynamic "made" {
    for_each = []
    content {}
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [kept]
  }
  provisioner "local-exec" {}
  provisioner "local-exec" {}
}
--- override.tf
resource "aws_a" "a" {
  for_each = {}
  set      = 2
  block {
    a = 3
  }
  made {}
  lifecycle {
    ignore_changes = all
  }
  provisioner "file" {}
}
"#,
        |it| {
            let resource = it.root.resources.values().next().expect("a resource");
            let crate::ast::Body::Native(body) = &resource.body else { return String::new() };
            let attributes = body.attributes.iter().map(|it| it.name.text.to_string());
            let blocks = body.blocks.iter().map(|it| it.kind.text.to_string());
            format!(
                "{}\n{}\nfor_each {}\nall {}\ncreate first {:?}\nprovisioners {}",
                attributes.collect::<Vec<_>>().join(" "),
                blocks.collect::<Vec<_>>().join(" "),
                matches!(resource.repetition, Repetition::ForEach(_)),
                matches!(resource.lifecycle.ignore_changes, IgnoreChanges::All),
                resource.lifecycle.create_before_destroy,
                resource.provisioners.len()
            )
        },
        "
        kept set
        other block made
        for_each true
        all true
        create first Some(true)
        provisioners 1
        ",
    );
}

#[test]
fn json_over_native() {
    check_model(
        r#"
--- main.tf
resource "aws_a" "a" {
  tags = {}
  block {
    a = 1
  }
}
--- override.tf.json
{"resource": {"aws_a": {"a": {"tags": {"x": "y"}, "block": [{"a": 2}, {"a": 3}]}}}}
"#,
        |it| {
            let resource = it.root.resources.values().next().expect("a resource");
            let crate::ast::Body::Native(body) = &resource.body else { return String::new() };
            format!("{} {}", body.attributes.len(), body.blocks.len())
        },
        "1 2",
    );
}

#[test]
fn settings() {
    check_model(
        r#"
--- main.tf
terraform {
  required_providers {
    aws = "~> 4.0"
    null = "~> 3.0"
  }
  cloud {}
}
--- override.tf
terraform {
  required_providers {
    aws = "~> 5.0"
  }
  backend "s3" {}
}
"#,
        |it| {
            let terraform = &it.root.terraform;
            let versions = terraform.required_providers.values();
            let versions =
                versions.filter_map(|it| it.version.as_ref().map(|it| it.text.to_string()));
            format!(
                "{} {} {}",
                versions.collect::<Vec<_>>().join(" "),
                terraform.backend.is_some(),
                terraform.cloud.is_some()
            )
        },
        "~> 5.0 ~> 3.0 true false",
    );
    check(
        "--- main.tf\n--- override.tf\nterraform {\n cloud {}\n cloud {}\n}",
        "error: Duplicate cloud configurations @ override.tf:3",
    );
}

#[test]
fn modules() {
    check_model(
        r#"
--- main.tf
module "a" {
  source = "./missing"
  x      = 1
}
--- override.tf
module "a" {
  source = "./a"
  x      = 2
  y      = 3
}
--- a/main.tf
variable "x" {}
variable "y" {}
"#,
        |it| it.root.children.len().to_string(),
        "1",
    );
}
