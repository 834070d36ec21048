use provision_schema::{Marks, Type, Value};

use crate::functions::testing::{check, number, sensitive};

fn ephemeral(value: Value) -> Value {
    value.with_marks(Marks::EPHEMERAL)
}

#[test]
fn conversions() {
    check("tobool", &["true".into()], "true");
    check("tobool", &[Value::null(Type::Dynamic)], "null(bool)");
    check("tobool", &[number("1")], "argument 0: cannot convert number to bool");
    check(
        "tobool",
        &["maybe".into()],
        r#"argument 0: cannot convert "maybe" to bool; only the strings "true" or "false" are allowed"#,
    );
    check(
        "tobool",
        &[sensitive("maybe")],
        "argument 0: cannot convert this sensitive string to bool",
    );
    check(
        "tobool",
        &[ephemeral(sensitive("maybe"))],
        "argument 0: cannot convert this ephemeral string to bool",
    );
    check("tonumber", &["1e3".into()], "1000");
    check(
        "tonumber",
        &["x".into()],
        r#"argument 0: cannot convert "x" to number; given string must be a decimal representation of a number"#,
    );
    check("tonumber", &[Value::tuple(vec![])], "argument 0: cannot convert tuple to number");
    check("tonumber", &[Value::unknown(Type::Bool)], "argument 0: cannot convert bool to number");
    check("tostring", &[number("1.5")], r#""1.5""#);
    check("tostring", &[Value::unknown(Type::Number)], "unknown(string)");
    check("tostring", &[number("1").sensitive()], r#"marked("1")"#);
    check("tolist", &[Value::tuple(vec!["a".into(), number("1")])], r#"["a", "1"]"#);
    check("tolist", &["x".into()], "argument 0: cannot convert string to list of any single type");
    check(
        "tolist",
        &[Value::tuple(vec![sensitive("a"), Value::unknown(Type::String)])],
        r#"[marked("a"), unknown(string)]"#,
    );
    check("toset", &[Value::tuple(vec!["b".into(), "a".into(), "b".into()])], r#"set["a", "b"]"#);
    check("toset", &[Value::tuple(vec![sensitive("a")])], r#"marked(set["a"])"#);
    check(
        "toset",
        &[Value::object_of::<&str>([])],
        "argument 0: cannot convert object to set of any single type",
    );
    check(
        "tomap",
        &[Value::object_of([("a", number("1")), ("b", true.into())])],
        "argument 0: cannot convert object to map of any single type",
    );
    check(
        "tomap",
        &[Value::object_of([("a", number("1")), ("b", "x".into())])],
        r#"{a: "1", b: "x"}"#,
    );
    check("tomap", &[Value::dynamic()], "unknown(map(dynamic))");
}

#[test]
fn marks() {
    check("sensitive", &["a".into()], r#"marked("a")"#);
    check("sensitive", &[Value::null(Type::Dynamic)], "marked(null)");
    check("nonsensitive", &[sensitive("a")], r#""a""#);
    check("nonsensitive", &["a".into()], r#""a""#);
    check("nonsensitive", &[ephemeral(sensitive("a"))], r#"marked("a")"#);
    check("nonsensitive", &[Value::tuple(vec![sensitive("a")]).sensitive()], r#"(marked("a"))"#);
    check("issensitive", &[sensitive("a")], "true");
    check("issensitive", &[Value::tuple(vec![sensitive("a")])], "false");
    check("issensitive", &[Value::unknown(Type::Bool).sensitive()], "true");
    check("issensitive", &[Value::unknown(Type::Bool)], "false");
}

#[test]
fn ephemeral_as_null() {
    let inside = Value::object_of([
        ("a", ephemeral("x".into())),
        ("b", sensitive("y")),
        ("c", ephemeral(sensitive("z"))),
        ("d", ephemeral(Value::unknown_not_null(Type::Bool))),
        ("e", Value::list(Type::String, vec![ephemeral("x".into())])),
    ]);
    check(
        "ephemeralasnull",
        &[inside],
        r#"{a: null(string), b: marked("y"), c: marked(null(string)), d: unknown(bool), e: [null(string)]}"#,
    );
    check(
        "ephemeralasnull",
        &[ephemeral(Value::list(Type::Bool, vec![true.into()]))],
        "null(list(bool))",
    );
    check("ephemeralasnull", &[ephemeral(Value::null(Type::Bool))], "null(bool)");
}
