//! Addresses.

use crate::config::addresses::{parse, parse_instance};
use crate::source::Sources;

#[track_caller]
fn check(address: &str, expected: &str) {
    let found = match parse(address, &Sources::default()) {
        Ok(endpoint) => endpoint.to_string(),
        Err(diagnostic) => format!("{}: {}", diagnostic.summary, diagnostic.detail),
    };
    assert_eq!(found, expected, "{address}");
}

#[test]
fn good() {
    for address in [
        "aws_a.b",
        "aws_a.b[0]",
        "aws_a.b[\"x\"]",
        "aws_a.b[\"a \\\"quoted\\\" $${key}\"]",
        "data.aws_a.b",
        "ephemeral.aws_a.b[1]",
        "module.a",
        "module.a[0]",
        "module.a[\"x\"].module.b",
        "module.a[\"x\"].module.b[2].data.aws_c.d[\"e\"]",
        "module.module.module.b",
        "aws_a.data",
    ] {
        check(address, address);
    }
    check("resource.aws_a.b", "aws_a.b");
    check("module.a[0].resource.aws_a.b", "module.a[0].aws_a.b");
}

#[test]
fn bad() {
    let incomplete =
        "Invalid address: Resource specification must include a resource type and name.";
    check("aws_a", incomplete);
    check("data.aws_a", incomplete);
    check("module.a.aws_b", incomplete);
    check("data", incomplete);
    check(
        "module",
        "Invalid address operator: Prefix \"module.\" must be followed by a module name.",
    );
    check(
        "module[0]",
        "Invalid address operator: Module address prefix must be followed by dot and then a name.",
    );
    check("aws_a[0].b", "Invalid address: A resource name is required.");
    check("aws_a.b.c", "Invalid address: Resource instance key must be given in square brackets.");
    check("aws_a.b[0].c", "Invalid address: Unexpected extra operators after address.");
    check(
        "aws_a.b[true]",
        "Invalid address operator: Invalid resource key: must be either a string or an integer.",
    );
    check(
        "aws_a.b[1.5]",
        "Invalid address operator: Invalid resource key: it must be a whole number from zero.",
    );
    for address in ["", "aws_a.b[", "aws_a.b[*]", "aws_a.b[var.x]", "\"aws_a.b\"", "aws_a.b c", "1"]
    {
        assert!(parse(address, &Sources::default()).is_err(), "{address}");
    }
    assert!(parse_instance("module.a", &Sources::default()).is_err());
    assert!(parse_instance("module.a.aws_b.c[0]", &Sources::default()).is_ok());
}
