use provision_schema::{Type, Value};

use crate::functions::testing::{check, number, sensitive};

fn object(entries: &[(&'static str, Value)]) -> Value {
    Value::object_of(entries.iter().cloned())
}

fn map(entries: &[(&'static str, Value)]) -> Value {
    let element = entries.first().map_or(Type::String, |(_, value)| value.ty());
    Value::map(element, entries.iter().cloned().collect())
}

fn strings(texts: &[&str]) -> Value {
    Value::list(Type::String, texts.iter().map(|text| (*text).into()).collect::<Vec<_>>())
}

fn unknown(ty: Type) -> Value {
    Value::unknown(ty)
}

#[test]
fn keys_and_values() {
    let entries = [("b", number("1")), ("a", unknown(Type::Number))];
    check("keys", &[object(&entries)], r#"("a", "b")"#);
    check("keys", &[map(&entries)], r#"["a", "b"]"#);
    check("keys", &[unknown(object(&entries).ty())], r#"("a", "b")"#);
    check("keys", &[unknown(Type::map(Type::Bool))], "unknown(list(string), not null)");
    check("keys", &[map(&[("a", sensitive("x"))])], r#"["a"]"#);
    check("keys", &[map(&[("a", "x".into())]).sensitive()], r#"marked(["a"])"#);
    check("keys", &["a".into()], "argument 0: must have map or object type");
    check("values", &[object(&entries)], "(unknown(number), 1)");
    check("values", &[map(&entries)], "[unknown(number), 1]");
    check("values", &[map(&[("a", sensitive("x"))])], r#"[marked("x")]"#);
    check(
        "values",
        &[unknown(Type::map(Type::Bool)).sensitive()],
        "marked(unknown(list(bool), not null))",
    );
    check("values", &["a".into()], "values() requires a map as the first argument");
}

#[test]
fn lookup() {
    let one = || map(&[("a", sensitive("x")), ("b", "y".into())]);
    check("lookup", &[one(), "a".into()], r#"marked("x")"#);
    check("lookup", &[one(), "b".into()], r#""y""#);
    check("lookup", &[one(), "c".into(), number("1")], r#""1""#);
    check("lookup", &[one(), "c".into()], r#"lookup failed to find key "c""#);
    check("lookup", &[one(), sensitive("c")], "lookup failed to find key (sensitive value)");
    check("lookup", &[one(), sensitive("b")], r#"marked("y")"#);
    check("lookup", &[one(), "b".into(), unknown(Type::String)], r#""y""#);
    check("lookup", &[one(), "c".into(), unknown(Type::String)], "unknown(string)");
    check("lookup", &[one(), "c".into(), Value::null(Type::Dynamic)], "null(string)");
    check(
        "lookup",
        &[one(), "c".into(), Value::tuple(vec![])],
        "argument 2: the default value must have the same type as the map elements",
    );
    check(
        "lookup",
        &[object(&[("a", number("1"))]), "b".into()],
        r#"argument 0: the given object has no attribute "b""#,
    );
    check("lookup", &[object(&[("a", number("1"))]), "b".into(), true.into()], "true");
    let partly = map(&[("a", "x".into()), ("b", unknown(Type::String))]);
    check("lookup", &[partly.clone(), "a".into()], r#""x""#);
    check("lookup", &[partly, unknown(Type::String)], "unknown(string)");
    check("lookup", &[unknown(Type::map(Type::Bool)), "a".into(), true.into()], "unknown(bool)");
    check(
        "lookup",
        &[strings(&[]), "a".into()],
        "argument 0: lookup() requires a map as the first argument",
    );
    check(
        "lookup",
        &[one(), "a".into(), "b".into(), "c".into()],
        "lookup() takes two or three arguments, got 4",
    );
}

#[test]
fn merge() {
    let a = || map(&[("a", "1".into()), ("b", "2".into())]);
    check("merge", &[], "{}");
    check("merge", &[Value::null(Type::Dynamic)], "{}");
    check(
        "merge",
        &[a(), map(&[("b", "3".into())]), Value::null(Type::map(Type::String))],
        r#"{a: "1", b: "3"}"#,
    );
    check(
        "merge",
        &[a(), object(&[("c", unknown(Type::Bool))])],
        r#"{a: "1", b: "2", c: unknown(bool)}"#,
    );
    check("merge", &[a(), unknown(Type::map(Type::String))], "unknown(map(string), not null)");
    check(
        "merge",
        &[object(&[("c", true.into())]), unknown(Type::map(Type::String))],
        "unknown(dynamic)",
    );
    check("merge", &[a(), unknown(Type::Dynamic)], "unknown(dynamic)");
    check("merge", &[a().sensitive(), a()], r#"marked({a: "1", b: "2"})"#);
    check("merge", &[a(), map(&[("b", sensitive("3"))])], r#"{a: "1", b: marked("3")}"#);
    check("merge", &[a(), "x".into()], r#"arguments must be maps or objects, got "string""#);
}

#[test]
fn transpose() {
    let input = map(&[("b", strings(&["x", "y"])), ("a", strings(&["y"])), ("c", strings(&[]))]);
    check("transpose", &[input], r#"{x: ["b"], y: ["a", "b"]}"#);
    let partly = map(&[("a", Value::list(Type::String, vec![unknown(Type::String)]))]);
    check("transpose", &[partly], "unknown(map(list(string)), not null)");
    let null = map(&[("a", Value::null(Type::list(Type::String)))]);
    check("transpose", &[null], "input must be a map of lists of strings");
}

#[test]
fn zipmap() {
    let values = || Value::tuple(vec![number("1"), unknown(Type::Bool)]);
    check("zipmap", &[strings(&["a", "b"]), values()], "{a: 1, b: unknown(bool)}");
    check("zipmap", &[strings(&["a", "a"]), strings(&["1", "2"])], r#"{a: "2"}"#);
    check(
        "zipmap",
        &[strings(&["a"]), values()],
        "number of keys (1) does not match number of values (2)",
    );
    check(
        "zipmap",
        &[strings(&["a"]), strings(&[])],
        "number of keys (1) does not match number of values (0)",
    );
    let partly = || Value::list(Type::String, vec!["a".into(), unknown(Type::String)]);
    check("zipmap", &[partly(), values()], "unknown(dynamic)");
    check("zipmap", &[partly(), strings(&["1", "2"])], "unknown(map(string), not null)");
    let secret = Value::list(Type::String, vec![sensitive("a")]);
    check("zipmap", &[secret, strings(&["1"])], r#"marked({a: "1"})"#);
    let secret_value = Value::list(Type::String, vec![sensitive("1")]);
    check("zipmap", &[strings(&["a"]), secret_value], r#"{a: marked("1")}"#);
    let null = Value::list(Type::String, vec![Value::null(Type::String)]);
    check("zipmap", &[null, strings(&["1"])], "keys list has null value at index 0");
    check(
        "zipmap",
        &[strings(&["a"]), "1".into()],
        "values argument must be a list or tuple value",
    );
}
