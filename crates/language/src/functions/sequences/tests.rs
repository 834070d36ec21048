use provision_schema::{Type, Value};

use crate::functions::testing::{check, number, sensitive};

fn list(elements: &[Value]) -> Value {
    Value::list(elements.first().map_or(Type::String, Value::ty), elements.to_vec())
}

fn tuple(elements: &[Value]) -> Value {
    Value::tuple(elements.to_vec())
}

fn set(elements: &[Value]) -> Value {
    Value::set(elements.first().map_or(Type::String, Value::ty), elements.to_vec())
}

fn unknown(ty: Type) -> Value {
    Value::unknown(ty)
}

fn unknown_list() -> Value {
    unknown(Type::list(Type::String))
}

fn abc() -> Value {
    list(&["a".into(), "b".into(), "c".into()])
}

fn partly() -> Value {
    list(&["a".into(), unknown(Type::String)])
}

#[test]
fn chunklist() {
    check("chunklist", &[abc(), number("2")], r#"[["a", "b"], ["c"]]"#);
    check("chunklist", &[abc(), number("0")], r#"[["a", "b", "c"]]"#);
    check("chunklist", &[list(&[]), number("2")], "[]");
    check("chunklist", &[abc(), number("-1")], "the size argument must be positive");
    check(
        "chunklist",
        &[abc(), number("1.5")],
        "invalid size: value must be a whole number, between -9223372036854775808 and \
         9223372036854775807",
    );
    check("chunklist", &[partly(), number("1")], r#"[["a"], [unknown(string)]]"#);
    check("chunklist", &[unknown_list(), number("1")], "unknown(list(list(string)), not null)");
    check("chunklist", &[list(&[sensitive("a")]), number("1")], r#"[[marked("a")]]"#);
    check("chunklist", &[abc().sensitive(), number("3")], r#"marked([["a", "b", "c"]])"#);
}

#[test]
fn first_lists() {
    check("coalescelist", &[list(&[]), abc()], r#"["a", "b", "c"]"#);
    check("coalescelist", &[Value::null(Type::list(Type::String)), tuple(&[number("1")])], "(1)");
    check("coalescelist", &[list(&[])], "no non-null arguments");
    check("coalescelist", &[], "at least one argument is required");
    check("coalescelist", &["a".into()], "coalescelist arguments must be lists or tuples");
    check("coalescelist", &[abc(), unknown_list()], r#"["a", "b", "c"]"#);
    check("coalescelist", &[list(&[]), unknown_list()], "unknown(dynamic)");
    check("coalescelist", &[abc(), list(&[]).sensitive()], r#"marked(["a", "b", "c"])"#);
    check("compact", &[list(&["".into(), "a".into(), Value::null(Type::String)])], r#"["a"]"#);
    check("compact", &[partly()], "unknown(list(string), not null)");
}

#[test]
fn concat() {
    check("concat", &[abc(), list(&[number("1")])], r#"["a", "b", "c", "1"]"#);
    check("concat", &[abc(), tuple(&[number("1")])], r#"("a", "b", "c", 1)"#);
    check(
        "concat",
        &[partly(), list(&["b".into()]).sensitive()],
        r#"marked(["a", unknown(string), "b"])"#,
    );
    check("concat", &[abc(), list(&[sensitive("d")])], r#"["a", "b", "c", marked("d")]"#);
    check("concat", &[abc(), unknown_list()], "unknown(list(string), not null)");
    check("concat", &[tuple(&[]), unknown_list()], "unknown(dynamic)");
    check(
        "concat",
        &[tuple(&[]), unknown(Type::tuple(vec![Type::Bool]))],
        "unknown(tuple([bool]), not null)",
    );
    check("concat", &[], "at least one argument is required");
    check(
        "concat",
        &[abc(), "b".into()],
        "argument 1: all arguments must be lists or tuples; got string",
    );
}

#[test]
fn distinct_and_sort() {
    check("distinct", &[list(&["a".into(), "b".into(), "a".into()])], r#"["a", "b"]"#);
    check("distinct", &[partly()], "unknown(list(string), not null)");
    check("distinct", &[tuple(&[number("1"), "1".into()])], r#"["1"]"#);
    check("distinct", &[list(&["a".into(), sensitive("a")])], r#"marked(["a"])"#);
    check("sort", &[list(&["b".into(), "é".into(), "B".into()])], r#"["B", "b", "é"]"#);
    check("sort", &[partly()], "[unknown(string), unknown(string)]");
    check(
        "sort",
        &[list(&["b".into(), Value::null(Type::String)])],
        "given list element 1 is null; a null string cannot be sorted",
    );
}

#[test]
fn element() {
    check("element", &[abc(), number("4")], r#""b""#);
    check("element", &[abc(), number("-1")], r#""c""#);
    check("element", &[tuple(&[true.into(), number("1")]), number("-3")], "1");
    check("element", &[partly(), number("0")], r#""a""#);
    check("element", &[list(&[sensitive("a"), "b".into()]), number("1")], r#""b""#);
    check("element", &[list(&[sensitive("a"), "b".into()]), number("0")], r#"marked("a")"#);
    check("element", &[abc(), unknown(Type::Number)], "unknown(string)");
    check("element", &[unknown_list(), number("1")], "unknown(string)");
    check("element", &[tuple(&[true.into()]), unknown(Type::Number)], "unknown(dynamic)");
    check("element", &[tuple(&[]), number("0")], "cannot use element function with an empty list");
    check("element", &[list(&[]), number("0")], "cannot use element function with an empty list");
    check("element", &["a".into(), number("0")], "cannot read elements from string");
    check(
        "element",
        &[abc(), number("1.5")],
        "invalid index: value must be a whole number, between -9223372036854775808 and \
         9223372036854775807",
    );
}

#[test]
fn flatten() {
    check(
        "flatten",
        &[tuple(&[abc(), tuple(&[set(&[number("1")]), true.into()])])],
        r#"("a", "b", "c", 1, true)"#,
    );
    check("flatten", &[tuple(&[])], "()");
    check("flatten", &[tuple(&[partly()])], r#"("a", unknown(string))"#);
    check("flatten", &[tuple(&[unknown_list()])], "unknown(dynamic)");
    check("flatten", &[tuple(&[unknown(Type::Dynamic)])], "unknown(dynamic)");
    check("flatten", &[tuple(&[Value::null(Type::list(Type::Bool))])], "(null(list(bool)))");
    check("flatten", &[tuple(&[abc().sensitive(), "d".into()])], r#"marked(("a", "b", "c", "d"))"#);
    check("flatten", &[tuple(&[tuple(&[sensitive("a")])])], r#"(marked("a"))"#);
    check("flatten", &["a".into()], "can only flatten lists, sets and tuples");
}

#[test]
fn index() {
    check("index", &[abc(), "b".into()], "1");
    check("index", &[tuple(&[number("1"), "1".into()]), "1".into()], "1");
    check("index", &[abc(), "d".into()], "item not found");
    check("index", &[list(&[]), "d".into()], "cannot search an empty list");
    check("index", &["d".into(), "d".into()], "argument must be a list or tuple");
    check("index", &[partly(), "a".into()], "0");
    check("index", &[partly(), "b".into()], "unknown(number, not null)");
}

#[test]
fn one() {
    let refused =
        "argument 0: must be a list, set, or tuple value with either zero or one elements";
    check("one", &[list(&["a".into()])], r#""a""#);
    check("one", &[list(&[])], "null(string)");
    check("one", &[tuple(&[])], "null");
    check("one", &[set(&[unknown(Type::String)])], "unknown(string)");
    check("one", &[set(&["a".into(), unknown(Type::String)])], "unknown(string)");
    check("one", &[abc()], refused);
    check("one", &["a".into()], refused);
    check("one", &[unknown(Type::tuple(vec![Type::Bool; 2]))], refused);
    check("one", &[unknown(Type::empty_tuple())], "unknown(dynamic)");
    check("one", &[unknown(Type::Dynamic)], "unknown(dynamic)");
    check("one", &[list(&[sensitive("a")])], r#"marked("a")"#);
    check("one", &[Value::null(Type::Dynamic)], "argument 0: argument must not be null");
}

#[test]
fn range() {
    check("range", &[number("3")], "[0, 1, 2]");
    check("range", &[number("-2")], "[0, -1]");
    check("range", &[number("0")], "[]");
    check("range", &[number("5"), number("3")], "[5, 4]");
    check("range", &[number("0"), number("1"), number("0.4")], "[0, 0.4, 0.8]");
    check("range", &[], "must have one, two, or three arguments");
    check("range", &[number("0"), number("5"), number("0")], "argument 2: step must not be zero");
    check(
        "range",
        &[number("0"), number("5"), number("-1")],
        "argument 1: end must be less than start when step is negative",
    );
    check(
        "range",
        &[number("5"), number("0"), number("1")],
        "argument 1: end must be greater than start when step is positive",
    );
    check(
        "range",
        &[number("1025")],
        "more than 1024 values were generated; either decrease the difference between start and \
         end or use a smaller step",
    );
    check("range", &[unknown(Type::Number)], "unknown(list(number), not null)");
}

#[test]
fn reverse() {
    check("reverse", &[abc()], r#"["c", "b", "a"]"#);
    check("reverse", &[tuple(&[true.into(), "a".into()])], r#"("a", true)"#);
    check("reverse", &[set(&["a".into(), "b".into()])], r#"["b", "a"]"#);
    check("reverse", &[partly()], r#"[unknown(string), "a"]"#);
    check("reverse", &[list(&[sensitive("a"), "b".into()])], r#"["b", marked("a")]"#);
    check("reverse", &[unknown(Type::set(Type::Bool))], "unknown(list(bool), not null)");
    check(
        "reverse",
        &["a".into()],
        "argument 0: can only reverse list or tuple values, not string",
    );
}

#[test]
fn slice() {
    check("slice", &[abc(), number("1"), number("3")], r#"["b", "c"]"#);
    check("slice", &[abc(), number("1"), number("1")], "[]");
    check("slice", &[tuple(&[true.into(), "a".into()]), number("0"), number("1")], "(true)");
    check("slice", &[partly(), number("0"), number("2")], r#"["a", unknown(string)]"#);
    check("slice", &[list(&[sensitive("a"), "b".into()]), number("1"), number("2")], r#"["b"]"#);
    check(
        "slice",
        &[unknown_list(), number("1"), number("3")],
        "[unknown(string), unknown(string)]",
    );
    check("slice", &[unknown_list(), number("1"), number("1")], "[]");
    check(
        "slice",
        &[unknown_list().sensitive(), number("0"), number("1")],
        "marked([unknown(string)])",
    );
    check(
        "slice",
        &[unknown_list(), unknown(Type::Number), number("3")],
        "unknown(list(string), not null)",
    );
    check("slice", &[tuple(&[]), unknown(Type::Number), number("0")], "unknown(dynamic)");
    check(
        "slice",
        &[abc(), number("0"), number("4")],
        "argument 2: end index must not be greater than the length of the list",
    );
    check(
        "slice",
        &[abc(), number("-1"), number("2")],
        "argument 1: start index must not be less than zero",
    );
    check(
        "slice",
        &[abc(), number("2"), number("1")],
        "argument 1: start index must not be greater than end index",
    );
    check(
        "slice",
        &[unknown_list(), number("2"), number("1")],
        "argument 1: start index must not be greater than end index",
    );
    check(
        "slice",
        &["a".into(), number("0"), number("1")],
        "argument 0: must be a list or tuple value",
    );
    check(
        "slice",
        &[set(&["a".into()]), number("0"), number("1")],
        "argument 0: cannot slice a set, because its elements do not have indices; explicitly \
         convert to a list if the ordering of the result is not important",
    );
}
