//! What the two functions make of documents.

use provision_schema::{Type, Value};

use super::super::testing::{check, number, sensitive};

#[track_caller]
fn decode(text: &str, expected: &str) {
    check("yamldecode", &[text.into()], expected);
}

#[track_caller]
fn encode(value: Value, expected: &str) {
    check("yamlencode", &[value], &format!("{expected:?}"));
}

#[test]
fn x() {
    decode("a: 1", "{a: 1}");
    encode(number("1"), "1\n...\n");
    check("yamldecode", &[sensitive("a")], "marked(\"a\")");
    check("yamldecode", &[Value::unknown(Type::String)], "unknown(dynamic)");
}
