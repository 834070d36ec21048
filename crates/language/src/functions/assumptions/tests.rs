use provision_schema::{Marks, Refinement, Type, Value};

use crate::functions::testing::{check, number, sensitive};

fn unknown(ty: Type) -> Value {
    Value::unknown(ty)
}

const NOT_UPHELD: &str = "argument 0: assumption was not upheld";

#[test]
fn equal() {
    check("assumeequal", &[unknown(Type::String), "a".into()], r#""a""#);
    check("assumeequal", &["a".into(), "a".into()], r#""a""#);
    check("assumeequal", &["1".into(), number("1")], "1");
    check("assumeequal", &[sensitive("a"), "a".into()], r#""a""#);
    check("assumeequal", &["a".into(), sensitive("a")], r#"marked("a")"#);
    let deprecated = Value::from("a").with_marks(Marks::DEPRECATED);
    check("assumeequal", &[deprecated.clone(), "a".into()], r#"marked("a")"#);
    check(
        "assumeequal",
        &[Value::tuple(vec![deprecated]), Value::tuple(vec!["a".into()])],
        r#"(marked("a"))"#,
    );
    check(
        "assumeequal",
        &["b".into(), "a".into()],
        "argument 0: the actual value does not match the assumed value",
    );
    check(
        "assumeequal",
        &[Value::tuple(vec![]), "a".into()],
        "argument 0: actual value type tuple does not match assumed value type string",
    );
    check(
        "assumeequal",
        &[Value::null(Type::String), "a".into()],
        "argument 0: the actual value does not match the assumed value",
    );
}

#[test]
fn not_null() {
    check("assumenotnull", &[unknown(Type::String)], "unknown(string, not null)");
    check("assumenotnull", &["a".into()], r#""a""#);
    check("assumenotnull", &[Value::null(Type::String)], NOT_UPHELD);
    let unknown_type = "argument 0: given value must have a known type; consider using the \
                        \\\"convert\\\" function to specify a type to assume";
    check("assumenotnull", &[Value::dynamic()], unknown_type);
    check("assumenotnull", &[Value::null(Type::Dynamic)], unknown_type);
    check("assumenotnull", &[unknown(Type::Bool).sensitive()], "marked(unknown(bool, not null))");
}

#[test]
fn prefix() {
    let check_prefix = |value: Value, prefix: Value, expected: &str| {
        check("assumestringprefix", &[value, prefix], expected);
    };
    check_prefix(unknown(Type::String), "foo-".into(), r#"unknown(string, prefix "foo-")"#);
    check_prefix(unknown(Type::String), "foo".into(), r#"unknown(string, prefix "fo")"#);
    check_prefix("foo-1".into(), "foo-".into(), r#""foo-1""#);
    check_prefix("x".into(), "foo-".into(), NOT_UPHELD);
    check_prefix(Value::null(Type::String), "foo-".into(), "null(string)");
    check_prefix("foo-1".into(), unknown(Type::String), "unknown(string)");
    let arn = Value::unknown_refined(Type::String, Refinement::prefix("arn:"));
    check_prefix(arn.clone(), "arn:aws:".into(), r#"unknown(string, not null, prefix "arn:aws:")"#);
    check_prefix(arn, "x-".into(), NOT_UPHELD);
}

#[test]
fn lengths() {
    let strings = || unknown(Type::list(Type::String));
    let known = || Value::list(Type::String, vec!["a".into()]);
    let two = || number("2");
    check(
        "assumelistlength",
        &[strings(), two(), two()],
        "unknown(list(string), length >= 2, length <= 2)",
    );
    let never_null = Value::unknown_not_null(Type::list(Type::String));
    check("assumelistlength", &[never_null, two(), two()], "[unknown(string), unknown(string)]");
    check("assumelistlengthmin", &[strings(), two()], "unknown(list(string), length >= 2)");
    check("assumelistlengthmax", &[strings(), two()], "unknown(list(string), length <= 2)");
    check("assumelistlength", &[known(), number("0"), two()], r#"["a"]"#);
    check("assumelistlengthmin", &[known(), two()], NOT_UPHELD);
    check("assumelistlengthmax", &[known(), number("0")], NOT_UPHELD);
    check("assumelistlength", &[strings(), two(), number("1")], NOT_UPHELD);
    check(
        "assumelistlength",
        &[strings(), two(), number("1.5")],
        "argument 2: must be a whole number between 0 and 9223372036854775807",
    );
    check(
        "assumesetlengthmin",
        &[unknown(Type::set(Type::Bool)), number("-1")],
        "argument 0: must be a whole number between 0 and 9223372036854775807",
    );
    check(
        "assumesetlengthmax",
        &[unknown(Type::set(Type::Bool)), two()],
        "unknown(set(bool), length <= 2)",
    );
    check(
        "assumesetlength",
        &[unknown(Type::set(Type::Bool)), number("1"), two()],
        "unknown(set(bool), length >= 1, length <= 2)",
    );
    check(
        "assumemaplength",
        &[unknown(Type::map(Type::Bool)), number("1"), two()],
        "unknown(map(bool), length >= 1, length <= 2)",
    );
    check(
        "assumemaplengthmin",
        &[unknown(Type::map(Type::Bool)), two()],
        "unknown(map(bool), length >= 2)",
    );
    check("assumemaplengthmax", &[Value::object_of([("a", true.into())]), two()], "{a: true}");
    check("assumelistlengthmin", &[strings(), unknown(Type::Number)], "unknown(list(dynamic))");
}
