//! Type constraints and defaults.

use super::*;

/// A variable of the type; its type and default come back.
#[track_caller]
fn check_type(ty: &str, default: &str, expected: &str) {
    let default = match default {
        "" => String::new(),
        default => format!(" default = {default}\n"),
    };
    check_model(
        &format!("variable \"a\" {{\n type = {ty}\n{default}}}"),
        |it| {
            let variable = it.root.variables.values().next().expect("a variable");
            let default = variable.default.as_ref().map(|it| format!(" {it:?}"));
            format!("{}{}", variable.ty, default.unwrap_or_default())
        },
        expected,
    );
}

#[test]
fn constraints() {
    check_type("string", "1", "string \"1\"");
    check_type("any", "1", "dynamic 1");
    check_type("list", "[1]", "list(dynamic) [1]");
    check_type("map", "", "map(dynamic)");
    check_type("set(string)", "[\"b\", \"a\", \"b\"]", "set(string) set[\"a\", \"b\"]");
    check_type("tuple([string, bool])", "", "tuple([string,bool])");
    check_type(
        "object({a = string, b = optional(number)})",
        "",
        "object({a=string,b=optional(number)})",
    );
    check_type("map(list(object({})))", "", "map(list(object({})))");
}

#[test]
fn bad_constraints() {
    for ty in [
        "what",
        "list()",
        "list(1)",
        "list(string, string)",
        "set",
        "object",
        "tuple",
        "object([])",
        "tuple({})",
        "list(list)",
        "optional(string)",
        "string()",
        "what(string)",
        "1",
        "a.b",
        "object({a = optional()})",
        "object({a = optional(string, \"\", 1)})",
        "object({(a) = string})",
        "list(optional(string))",
    ] {
        check(
            &format!("variable \"a\" {{\n type = {ty}\n}}"),
            "error: Invalid type specification @ main.tf:2",
        );
    }
    for (ty, summary) in [
        ("\"string\"", "Invalid quoted type constraints"),
        ("\"list\"", "Invalid quoted type constraints"),
        ("\"number\"", "Invalid legacy variable type hint"),
    ] {
        check(
            &format!("variable \"a\" {{\n type = {ty}\n}}"),
            &format!("error: {summary} @ main.tf:2"),
        );
    }
}

#[test]
fn bad_defaults() {
    for (ty, default) in [
        ("number", "\"a\""),
        ("list(string)", "\"a\""),
        ("bool", "12"),
        ("object({a = string})", "{}"),
        ("map(object({a = number}))", "{ x = { a = \"y\" } }"),
    ] {
        check(
            &format!("variable \"a\" {{\n type = {ty}\n default = {default}\n}}"),
            "error: Invalid default value for variable @ main.tf:3",
        );
    }
    check(
        "variable \"a\" {\n default = null\n nullable = false\n}",
        "error: Invalid default value for variable @ main.tf:2",
    );
    check(
        "variable \"a\" {\n type = object({ b = optional(number, \"x\") })\n}",
        "error: Invalid default value for optional attribute @ main.tf:2",
    );
}

#[test]
fn optional_defaults() {
    check_type(
        "object({a = optional(string, \"x\")})",
        "{}",
        "object({a=optional(string)}) {\"a\": \"x\"}",
    );
    check_type(
        "object({a = optional(string, \"x\")})",
        "{ a = null }",
        "object({a=optional(string)}) {\"a\": \"x\"}",
    );
    check_type(
        "object({a = optional(string)})",
        "{}",
        "object({a=optional(string)}) {\"a\": null(string)}",
    );
    check_type(
        "map(object({a = optional(number, 1)}))",
        "{ k = {} }",
        "map(object({a=optional(number)})) map{\"k\": {\"a\": 1}}",
    );
    check_type(
        "list(object({a = optional(object({ b = optional(number, 2) }), {})}))",
        "[{}, { a = { b = 3 } }]",
        "list(object({a=optional(object({b=optional(number)}))})) [{\"a\": {\"b\": 2}}, {\"a\": {\"b\": 3}}]",
    );
    check_type(
        "object({a = optional(string, \"x\")})",
        "null",
        "object({a=optional(string)}) null(object({a=string}))",
    );
}
