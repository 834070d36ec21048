use provision_schema::{Refinement, Type, Value};

use crate::functions::testing::{check, number, sensitive};

fn set(elements: &[Value]) -> Value {
    Value::set(elements.first().map_or(Type::String, Value::ty), elements.to_vec())
}

fn unknown(ty: Type) -> Value {
    Value::unknown(ty)
}

#[test]
fn operations() {
    let (a, b) = (|| set(&["a".into(), "b".into()]), || set(&["b".into(), "c".into()]));
    check("setunion", &[a(), b()], r#"set["a", "b", "c"]"#);
    check("setintersection", &[a(), b()], r#"set["b"]"#);
    check("setsubtract", &[a(), b()], r#"set["a"]"#);
    check("setunion", &[a(), set(&[number("1")])], r#"set["1", "a", "b"]"#);
    check("setunion", &[a(), Value::tuple(vec![])], r#"set["a", "b"]"#);
    check("setunion", &[Value::tuple(vec![])], "set[]");
    check(
        "setunion",
        &[a(), Value::tuple(vec![Value::object_of::<&str>([])])],
        "given sets must all have compatible element types",
    );
    let partly = || set(&["a".into(), unknown(Type::String)]);
    check("setunion", &[partly(), b()], r#"set["a", "b", "c", unknown(string)]"#);
    check("setintersection", &[partly(), b()], "unknown(set(string), not null)");
    check(
        "setsubtract",
        &[a(), unknown(Type::set(Type::String))],
        "unknown(set(string), not null)",
    );
    check("setsubtract", &[a(), set(&[sensitive("a")])], r#"marked(set["b"])"#);
    check(
        "setunion",
        &[a(), Value::null(Type::set(Type::String))],
        "argument 1: argument must not be null",
    );
}

#[test]
fn product() {
    let list = |elements: &[Value]| Value::list(Type::String, elements.to_vec());
    let pair = || list(&["a".into(), "b".into()]);
    check(
        "setproduct",
        &[pair(), list(&["x".into(), "y".into()])],
        r#"[("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]"#,
    );
    check("setproduct", &[pair(), set(&[number("1")])], r#"set[("a", 1), ("b", 1)]"#);
    check(
        "setproduct",
        &[Value::tuple(vec!["a".into(), number("1")]), pair()],
        r#"[("a", "a"), ("a", "b"), ("1", "a"), ("1", "b")]"#,
    );
    check("setproduct", &[pair(), Value::tuple(vec![])], "[]");
    check("setproduct", &[pair()], "at least two arguments are required");
    check("setproduct", &[pair(), "a".into()], "argument 1: a set or a list is required");
    check(
        "setproduct",
        &[pair(), list(&[unknown(Type::String)])],
        r#"[("a", unknown(string)), ("b", unknown(string))]"#,
    );
    check("setproduct", &[list(&["a".into()]), list(&[sensitive("x")])], r#"[("a", marked("x"))]"#);
    check(
        "setproduct",
        &[list(&["a".into()]).sensitive(), list(&["x".into()])],
        r#"marked([("a", "x")])"#,
    );
    check(
        "setproduct",
        &[pair(), unknown(Type::list(Type::String))],
        "unknown(list(tuple([string,string])), not null)",
    );
    let most = Value::unknown_refined(Type::set(Type::String), Refinement::length(0, Some(3)));
    check(
        "setproduct",
        &[pair(), most],
        "unknown(set(tuple([string,string])), not null, length >= 1, length <= 6)",
    );
    let many = Value::list(Type::Bool, vec![true.into(); 2000]);
    check(
        "setproduct",
        &[many.clone(), many],
        "the product would have more than 1048576 elements or more than 8388608 values in them",
    );
}
