use super::*;

#[test]
fn index_is_ordered_and_without_doubles() {
    let names: Vec<&str> = names().collect();
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    assert!(find("core::length").is_some_and(|function| function.name == "length"));
    assert!(find("lengths").is_none());
}

#[track_caller]
fn check_arity_of(name: &str, count: usize, expected: &str) {
    let function = find(name).expect("a function of that name");
    assert_eq!(check_arity(function, count).err().unwrap_or_default(), expected);
}

#[test]
fn arity() {
    check_arity_of("length", 1, "");
    check_arity_of("coalesce", 0, "");
    check_arity_of("coalesce", 9, "");
    check_arity_of(
        "length",
        0,
        r#"Function "length" expects 1 argument(s). Missing value for "value"."#,
    );
    check_arity_of("length", 2, r#"Function "length" expects only 1 argument(s)."#);
    check_arity_of(
        "lookup",
        1,
        r#"Function "lookup" expects at least 2 argument(s). Missing value for "key"."#,
    );
}

/// Mixtures of types as the language's literals make them.
#[test]
fn literals() {
    use testing::{check, number};
    let null = || Value::null(Type::Dynamic);
    let tuple = |elements: &[Value]| Value::tuple(elements.to_vec());
    let object = |name: &str, value: Value| Value::object_of([(name, value)]);
    check("coalesce", &[null(), number("1")], "1");
    check("coalesce", &[object("a", number("1")), null()], "{a: 1}");
    check("flatten", &[tuple(&[tuple(&[]), object("a", number("1")), null()])], "({a: 1}, null)");
    check("merge", &[object("a", number("1")), object("a", "b".into())], r#"{a: "b"}"#);
    check("setunion", &[tuple(&[]), tuple(&["a".into()])], r#"set["a"]"#);
    check(
        "concat",
        &[tuple(&[number("1")]), Value::list(Type::String, vec!["a".into()])],
        r#"(1, "a")"#,
    );
    check("contains", &[tuple(&[tuple(&[number("1")])]), tuple(&[number("1")])], "true");
    check("contains", &[tuple(&[object("a", number("1"))]), object("a", "1".into())], "false");
    check("index", &[tuple(&[null()]), number("1")], "item not found");
    check("sort", &[tuple(&["b".into(), number("1"), true.into()])], r#"["1", "b", "true"]"#);
    check("compact", &[tuple(&["".into(), null(), number("1")])], r#"["1"]"#);
    check("lookup", &[object("a", number("1")), "a".into(), "x".into()], "1");
    check(
        "distinct",
        &[tuple(&[object("a", true.into()), object("a", true.into())])],
        "[{a: true}]",
    );
    check("matchkeys", &[tuple(&[number("1")]), tuple(&["b".into()]), tuple(&["b".into()])], "[1]");
    let uneven = [("a", tuple(&[number("1")])), ("b", tuple(&["x".into(), "y".into()]))];
    check("tomap", &[Value::object_of(uneven)], r#"{a: ["1"], b: ["x", "y"]}"#);
}

/// No mixture of arguments may do worse than an error, and marks never get lost.
#[test]
fn wild_arguments() {
    let number = |text: &str| Value::number(Number::parse(text).expect("a number"));
    let pool = [
        Value::null(Type::Dynamic),
        Value::null(Type::list(Type::String)),
        Value::dynamic(),
        Value::unknown(Type::String),
        Value::unknown(Type::list(Type::Dynamic)),
        Value::unknown(Type::tuple(vec![Type::Bool])),
        number("-1"),
        number("99999999999999999999.5"),
        "é{".into(),
        Value::tuple(vec![]),
        Value::tuple(vec!["a".into(), Value::dynamic(), Value::null(Type::Dynamic)]),
        Value::list(Type::String, vec!["b".into(), Value::unknown(Type::String)]),
        Value::set(Type::Number, vec![number("1"), Value::unknown(Type::Number)]),
        Value::object_of([("a", true.into()), ("b", Value::null(Type::Bool))]),
        Value::map(Type::Dynamic, Default::default()),
    ];
    let tables = [
        assumptions::TABLE,
        assumptions::LIST_LENGTHS,
        assumptions::MAP_LENGTHS,
        assumptions::SET_LENGTHS,
        collections::TABLE,
        mappings::TABLE,
        numeric::TABLE,
        regular_expressions::TABLE,
        sequences::TABLE,
        sets::TABLE,
        strings::TABLE,
        types::TABLE,
    ];
    let context = FunctionContext::new("/");
    let mut calls = 0;
    for function in tables.iter().flat_map(|table| table.iter()) {
        for count in 0..=3u32 {
            if check_arity(function, count as usize).is_err() {
                continue;
            }
            for choice in 0..pool.len().pow(count) {
                let pick = |place: u32| pool[choice / pool.len().pow(place) % pool.len()].clone();
                let mut arguments: Vec<Value> = (0..count).map(pick).collect();
                let _ = function.call(&arguments, &context);
                if let Some(first) = arguments.first_mut() {
                    *first = first.clone().sensitive();
                }
                let result = function.call(&arguments, &context);
                calls += 1;
                let sheds = ["nonsensitive", "issensitive", "assumeequal"];
                if let Ok(result) = result
                    && count > 0
                    && !sheds.contains(&function.name)
                {
                    let name = function.name;
                    assert!(
                        result.marks_deep().is_sensitive() || first_is_unused(name, &arguments),
                        "{name}({arguments:?}) = {result:?}"
                    );
                }
            }
        }
    }
    assert!(calls > 20_000, "{calls}");
}

/// `merge` and `lookup` leave the marks of what is not there: a null map says nothing.
fn first_is_unused(name: &str, arguments: &[Value]) -> bool {
    name == "merge" && arguments[0].is_null()
}
