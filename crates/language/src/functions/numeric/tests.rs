use provision_schema::{Type, Value};

use crate::functions::testing::{check, number, sensitive};

fn list(numbers: &[&str]) -> Value {
    Value::list(Type::Number, numbers.iter().map(|text| number(text)).collect::<Vec<_>>())
}

#[test]
fn rounding_and_sign() {
    check("abs", &[number("-1.5")], "1.5");
    check("abs", &["-3".into()], "3");
    check("abs", &["x".into()], "argument 0: a number is required");
    check("abs", &[Value::null(Type::Number)], "argument 0: argument must not be null");
    check("abs", &[Value::unknown(Type::Number)], "unknown(number, not null)");
    check("abs", &[Value::dynamic()], "unknown(number, not null)");
    check("abs", &[number("-1").sensitive()], "marked(1)");
    check("ceil", &[number("1.1")], "2");
    check("ceil", &[number("-1.1")], "-1");
    check("floor", &[number("-1.1")], "-2");
    check("signum", &[number("-7")], "-1");
    check("signum", &[number("0")], "0");
    check("signum", &[number("7")], "1");
    let not_whole = "value must be a whole number, between -9223372036854775808 and \
                     9223372036854775807";
    check("signum", &[number("0.5")], not_whole);
}

#[test]
fn powers() {
    check("log", &[number("100"), number("10")], "2");
    check("log", &[number("0"), number("10")], "-Inf");
    check("log", &[number("-1"), number("10")], "the result is not a real number");
    check("pow", &[number("2"), number("0.5")], "1.4142135623730951");
    check("pow", &[number("10"), number("400")], "+Inf");
    check("pow", &[number("3"), number("-1")], "0.3333333333333333");
    check("pow", &[number("0"), number("0")], "1");
}

#[test]
fn extremes_and_sums() {
    check("max", &[number("3"), number("5"), number("-1")], "5");
    check("min", &[number("3"), "-5".into()], "-5");
    check("min", &[], "must pass at least one number");
    check("max", &[number("1"), Value::unknown(Type::Number)], "unknown(number, not null)");
    check("sum", &[list(&["1", "2", "3.5"])], "6.5");
    check("sum", &[list(&["1e500", "1e500"])], &format!("2{}", "0".repeat(500)));
    check("sum", &[Value::tuple(vec!["1".into(), number("2")])], "3");
    check("sum", &[list(&[])], "argument 0: cannot sum an empty list");
    check("sum", &[number("1")], "argument 0: cannot sum noniterable");
    check(
        "sum",
        &[Value::object_of([("a", number("1"))])],
        "argument 0: argument must be list, set, or tuple. Received object",
    );
    check(
        "sum",
        &[Value::tuple(vec![number("1"), "a".into()])],
        "argument 0: argument must be list, set, or tuple of number values",
    );
    check(
        "sum",
        &[Value::list(Type::Number, vec![Value::unknown(Type::Number)])],
        "unknown(number, not null)",
    );
    check("sum", &[Value::list(Type::Number, vec![number("1").sensitive()])], "marked(1)");
}

#[test]
fn parseint() {
    check("parseint", &["-1f".into(), number("16")], "-31");
    check("parseint", &["FF".into(), number("16")], "255");
    check("parseint", &["Zz".into(), number("62")], "3817");
    check("parseint", &["+10".into(), number("2")], "2");
    check(
        "parseint",
        &["12".into(), number("2")],
        r#"argument 0: cannot parse "12" as a base 2 integer"#,
    );
    check(
        "parseint",
        &["".into(), number("10")],
        r#"argument 0: cannot parse "" as a base 10 integer"#,
    );
    check(
        "parseint",
        &["1_0".into(), number("10")],
        r#"argument 0: cannot parse "1_0" as a base 10 integer"#,
    );
    check(
        "parseint",
        &[sensitive("x"), number("10")],
        "argument 0: cannot parse (sensitive value) as a base 10 integer",
    );
    check("parseint", &[sensitive("1"), number("10")], "marked(1)");
    check(
        "parseint",
        &["1".into(), number("1")],
        "argument 1: base must be a whole number between 2 and 62 inclusive",
    );
    check(
        "parseint",
        &[number("1"), number("10")],
        "argument 0: first argument must be a string, not number",
    );
    check("parseint", &[Value::unknown(Type::String), number("10")], "unknown(number, not null)");
}
