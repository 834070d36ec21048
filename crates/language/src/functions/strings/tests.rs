use provision_schema::{Refinement, Type, Value};

use crate::functions::testing::{check, number, sensitive};

fn strings(texts: &[&str]) -> Value {
    Value::list(Type::String, texts.iter().map(|text| (*text).into()).collect::<Vec<_>>())
}

#[test]
fn every_function_propagates() {
    let one = ["chomp", "lower", "strrev", "title", "trimspace", "upper"];
    for name in one {
        check(name, &[Value::unknown(Type::String)], "unknown(string, not null)");
        check(name, &[Value::null(Type::String)], "argument 0: argument must not be null");
        check(name, &[sensitive("")], r#"marked("")"#);
    }
    for name in ["trim", "trimprefix", "trimsuffix"] {
        check(name, &["a".into(), Value::unknown(Type::String)], "unknown(string, not null)");
        check(name, &["a".into(), sensitive("b")], r#"marked("a")"#);
    }
}

#[test]
fn ends() {
    check("chomp", &["a\r\n\n".into()], r#""a""#);
    check("trimspace", &["\u{a0} a\n".into()], r#""a""#);
    check("trim", &["?!a?!".into(), "!?".into()], r#""a""#);
    check("trimprefix", &["aab".into(), "a".into()], r#""ab""#);
    check("trimsuffix", &["abb".into(), "b".into()], r#""ab""#);
    check("startswith", &["hello".into(), "he".into()], "true");
    check("endswith", &["hello".into(), "he".into()], "false");
    check("strcontains", &["hello".into(), "ell".into()], "true");
    check("strcontains", &["hello".into(), Value::unknown(Type::String)], "unknown(bool)");
    check("endswith", &["hello".into(), Value::unknown(Type::String)], "unknown(bool, not null)");
    let arn = || Value::unknown_refined(Type::String, Refinement::prefix("arn:"));
    check("startswith", &[arn(), "arn".into()], "true");
    check("startswith", &[arn(), "x".into()], "false");
    check("startswith", &[arn(), "arn:aws".into()], "unknown(bool, not null)");
    check("startswith", &[Value::unknown(Type::String), "".into()], "true");
}

#[test]
fn letters() {
    check("upper", &["ß ǆ ŉ ᾳ".into()], r#""ß Ǆ ŉ ᾼ""#);
    check("lower", &["ÀΣ İ".into()], r#""àσ i""#);
    check(
        "title",
        &["hello wORLD foo_bar a-b it's ǆ".into()],
        r#""Hello WORLD Foo_bar A-B It'S ǅ""#,
    );
    check("strrev", &["noe\u{308}l".into()], r#""lëon""#);
    check("strrev", &["e\u{302}\u{323}a".into()], r#""aệ""#);
    check("strrev", &["🇨🇭a".into()], r#""a🇨🇭""#);
}

#[test]
fn parts() {
    check("substr", &["hello".into(), number("1"), number("2")], r#""el""#);
    check("substr", &["hello".into(), number("-3"), number("-1")], r#""llo""#);
    check("substr", &["hello".into(), number("-10"), number("2")], r#""he""#);
    check("substr", &["hello".into(), number("-2"), number("0")], r#""lo""#);
    check("substr", &["hello".into(), number("2"), number("0")], r#""""#);
    check("substr", &["hello".into(), number("9"), number("-1")], r#""""#);
    check("substr", &["🤷🏽‍♀️b".into(), number("1"), number("1")], r#""b""#);
    check("split", &[",".into(), "a,b,".into()], r#"["a", "b", ""]"#);
    check("split", &["".into(), "hé".into()], r#"["h", "é"]"#);
    check("split", &["".into(), "".into()], "[]");
    check("split", &[",".into(), "".into()], r#"[""]"#);
    check("split", &[",".into(), Value::unknown(Type::String)], "unknown(list(string), not null)");
    check("indent", &[number("2"), "a\nb\n".into()], r#""a\n  b\n  ""#);
    check("indent", &[number("99999999999"), "a".into()], r#""a""#);
    check("indent", &[number("99999999999"), "a\n".into()], "the result would be too long");
    check("indent", &[number("-1"), "a".into()], "the number of spaces must not be negative");
}

#[test]
fn join() {
    check("join", &["-".into(), strings(&["a", "b"]), strings(&["c"])], r#""a-b-c""#);
    check("join", &["-".into(), Value::tuple(vec![number("1"), true.into()])], r#""1-true""#);
    check("join", &["-".into()], "at least one list is required");
    let null = || Value::list(Type::String, vec!["a".into(), Value::null(Type::String)]);
    check(
        "join",
        &["-".into(), null()],
        "argument 1: element 1 is null; cannot concatenate null values",
    );
    check(
        "join",
        &["-".into(), strings(&[]), null()],
        "argument 2: element 1 of list 2 is null; cannot concatenate null values",
    );
    let unknown = Value::list(Type::String, vec![Value::unknown(Type::String)]);
    check("join", &["-".into(), unknown], "unknown(string, not null)");
    check("join", &["-".into(), Value::list(Type::String, vec![sensitive("a")])], r#"marked("a")"#);
}
