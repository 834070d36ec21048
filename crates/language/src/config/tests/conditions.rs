//! Validations, preconditions and postconditions.

use super::*;

#[test]
fn validations() {
    let with = |condition: &str| {
        format!(
            "locals {{\n a = 1\n}}\nvariable \"a\" {{\n validation {{\n  condition = \
             {condition}\n  error_message = \"No.\"\n }}\n}}"
        )
    };
    check(&with("var.a != \"\""), "");
    check(&with("var.a != local.a"), "");
    check(&with("length(var.a) > 0 && can(regex(\"a\", var.a))"), "");
    check(
        &with("true"),
        "
        error: Invalid validation expression @ main.tf:6
        error: Invalid variable validation condition @ main.tf:6
        ",
    );
    check(&with("local.a == 1"), "error: Invalid variable validation condition @ main.tf:6");
    check(
        &with("[for a in [1] : a] == var.b"),
        "error: Invalid variable validation condition @ main.tf:6",
    );
    check(
        "variable \"a\" {\n validation {\n condition = var.a\n }\n}",
        "error: Missing required argument @ main.tf:2",
    );
    check(
        "variable \"a\" {\n validation {}\n}",
        "
        error: Missing required argument @ main.tf:2
        error: Missing required argument @ main.tf:2
        ",
    );
}

#[test]
fn self_reference() {
    let with = |kind: &str, block: &str, condition: &str| {
        format!(
            "{kind} \"aws_a\" \"a\" {{\n lifecycle {{\n  {block} {{\n   condition = \
             {condition}\n   error_message = \"No.\"\n  }}\n }}\n}}"
        )
    };
    check(&with("resource", "precondition", "aws_a.b.id != \"\""), "");
    check(&with("resource", "postcondition", "self.id != \"\""), "");
    check(
        &with("resource", "precondition", "aws_a.a.id != \"\""),
        "error: Invalid reference in precondition @ main.tf:4",
    );
    check(
        &with("resource", "postcondition", "aws_a.a[0].id != \"\""),
        "error: Invalid reference in postcondition @ main.tf:4",
    );
    check(
        &with("data", "postcondition", "data.aws_a.a.id != \"\""),
        "error: Invalid reference in postcondition @ main.tf:4",
    );
    check(&with("data", "postcondition", "aws_a.a.id != \"\""), "");
    check(
        &with("resource", "precondition", "1 == 1"),
        "error: Invalid precondition expression @ main.tf:4",
    );
}
