use super::*;
use crate::{Bound, Marks};

fn text(value: &str) -> Value {
    Value::string(value)
}

fn number(value: i64) -> Value {
    Value::number(value)
}

fn tuple<const N: usize>(elements: [Value; N]) -> Value {
    Value::tuple(Vec::from(elements))
}

fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::object_of(attributes)
}

fn list<const N: usize>(element: Type, elements: [Value; N]) -> Value {
    Value::list(element, Vec::from(elements))
}

fn null() -> Value {
    Value::null(Type::Dynamic)
}

fn any_list() -> Type {
    Type::list(Type::Dynamic)
}

fn optional<const N: usize>(attributes: [(&str, Type); N], names: &[&str]) -> Type {
    let Type::Object(object) = Type::object(attributes) else { return Type::Dynamic };
    let mut object = (*object).clone();
    object.optional = names.iter().map(|name| Arc::from(*name)).collect();
    Type::Object(Arc::new(object))
}

#[track_caller]
fn check(value: Value, ty: Type, expected: &str) {
    let result = match convert(&value, &ty) {
        Ok(converted) => {
            assert!(value_has_type(&converted, &converted.ty()));
            assert_eq!(
                convert(&converted, &ty).as_ref(),
                Ok(&converted),
                "converting twice changes {converted:?}"
            );
            format!("{converted:?}: {}", converted.ty())
        }
        Err(error) => error.with_path(),
    };
    assert_eq!(result, expected, "{value:?} as {ty}");
}

#[test]
fn primitives() {
    check(text("x"), Type::String, r#""x": string"#);
    check(number(5), Type::String, r#""5": string"#);
    check(Value::bool(true), Type::String, r#""true": string"#);
    check(text("1.5"), Type::Number, "1.5: number");
    check(text("hello"), Type::Number, "a number is required");
    check(text("1"), Type::Bool, "true: bool");
    check(text("false"), Type::Bool, "false: bool");
    check(text("yes"), Type::Bool, "a bool is required");
    check(number(1), Type::Bool, "bool required");
    check(Value::bool(true), Type::Number, "number required");
    check(tuple([]), Type::String, "string required");
    check(text("x"), any_list(), "list of any single type required");
    check(text("x"), Type::list(Type::String), "list of string required");
}

#[test]
fn nulls_and_unknowns() {
    check(null(), Type::String, "null(string): string");
    check(null(), any_list(), "null(list(dynamic)): list(dynamic)");
    check(Value::null(Type::Number), Type::Bool, "bool required");
    check(Value::dynamic(), Type::String, "unknown(string): string");
    check(Value::unknown(Type::Bool), Type::Number, "number required");
    let prefixed = Value::unknown_refined(Type::String, Refinement::prefix("a"));
    assert_eq!(convert(&prefixed, &Type::String).as_ref(), Ok(&prefixed));
    check(
        object([("a", Value::unknown(Type::Bool))]),
        Type::object([("a", Type::Number)]),
        r#"attribute "a": number required"#,
    );
    check(
        Value::unknown(Type::tuple([Type::Number, Type::String])),
        any_list(),
        "unknown(list(string), Refinement { not_null: false, prefix: None, minimum: None, \
         maximum: None, length_minimum: 2, length_maximum: Some(2) }): list(string)",
    );
    check(
        Value::unknown_not_null(Type::tuple([Type::Number, Type::String])),
        any_list(),
        "[unknown(string), unknown(string)]: list(string)",
    );
    let long = Value::unknown_refined(Type::list(Type::Number), Refinement::length(2, Some(9)));
    let set = convert(&long, &Type::set(Type::String));
    let expected = Value::unknown_refined(Type::set(Type::String), Refinement::length(1, Some(9)));
    assert_eq!(set, Ok(expected));
    let bound = Some(Bound { value: Number::ONE, inclusive: true });
    let at_least_one = Refinement { minimum: bound, ..Refinement::not_null() };
    check(
        Value::unknown_refined(Type::Number, at_least_one),
        Type::String,
        "unknown(string, Refinement { not_null: true, prefix: None, minimum: None, \
         maximum: None, length_minimum: 0, length_maximum: None }): string",
    );
}

#[test]
fn tuples() {
    check(tuple([number(1), text("a")]), any_list(), r#"["1", "a"]: list(string)"#);
    check(tuple([null(), text("a")]), any_list(), r#"[null(string), "a"]: list(string)"#);
    check(tuple([]), any_list(), "[]: list(dynamic)");
    check(tuple([]), Type::list(Type::String), "[]: list(string)");
    check(tuple([null()]), any_list(), "[null(dynamic)]: list(dynamic)");
    let same = "all list elements must have the same type";
    check(tuple([null(), object([])]), any_list(), same);
    check(tuple([number(1), Value::bool(true)]), any_list(), same);
    check(tuple([object([]), tuple([])]), any_list(), same);
    check(tuple([tuple([]), tuple([text("a")])]), any_list(), r#"[[], ["a"]]: list(list(string))"#);
    check(
        tuple([tuple([null()]), tuple([text("a")])]),
        any_list(),
        r#"[tuple[null(string)], tuple["a"]]: list(tuple([string]))"#,
    );
    check(tuple([list(Type::Bool, []), tuple([])]), any_list(), "[[], []]: list(list(bool))");
    check(
        tuple([object([("a", null())]), object([("a", number(1))])]),
        any_list(),
        r#"[{"a": null(number)}, {"a": 1}]: list(object({a=number}))"#,
    );
    check(
        tuple([tuple([number(1)]), tuple([text("a"), text("b")])]),
        Type::list(any_list()),
        r#"[["1"], ["a", "b"]]: list(list(string))"#,
    );
    check(
        tuple([number(2), number(1), number(2)]),
        Type::set(Type::String),
        r#"set["1", "2"]: set(string)"#,
    );
    check(
        tuple([number(1), Value::bool(true)]),
        Type::set(Type::Dynamic),
        "all set elements must have the same type",
    );
    check(tuple([number(1)]), Type::tuple([Type::String]), r#"tuple["1"]: tuple([string])"#);
    check(tuple([number(1)]), Type::empty_tuple(), "tuple required");
    check(list(Type::Number, [number(1)]), Type::tuple([Type::Number]), "tuple required");
    check(
        tuple([object([])]),
        Type::list(Type::object([("foo", Type::String)])),
        r#"element 0: attribute "foo" is required"#,
    );
    check(tuple([text("1"), text("x")]), Type::list(Type::Number), "[1]: a number is required");
}

#[test]
fn collections() {
    check(
        list(Type::Number, [number(5), number(10)]),
        Type::list(Type::String),
        r#"["5", "10"]: list(string)"#,
    );
    check(list(Type::Number, [number(5)]), any_list(), "[5]: list(number)");
    check(list(Type::String, []), Type::set(Type::Dynamic), "set[]: set(string)");
    let set = |elements: Vec<Value>| Value::set(Type::Number, elements);
    check(set(vec![number(10), number(5)]), any_list(), "[5, 10]: list(number)");
    check(
        set(vec![number(5), Value::unknown(Type::Number)]),
        any_list(),
        "unknown(list(number)): list(number)",
    );
    check(set(vec![Value::unknown(Type::Number)]), any_list(), "[unknown(number)]: list(number)");
    check(
        list(Type::empty_object(), []),
        Type::set(Type::object([("foo", Type::String)])),
        r#"incorrect set element type: attribute "foo" is required"#,
    );
    check(
        list(Type::String, []),
        Type::list(Type::empty_object()),
        "incorrect list element type: object required",
    );
    check(
        Value::map(Type::String, Fields::default()),
        Type::map(Type::list(Type::String)),
        "incorrect map element type: list of string required",
    );
}

#[test]
fn objects_and_maps() {
    let any_map = || Type::map(Type::Dynamic);
    check(
        object([("num", number(5)), ("str", text("hello"))]),
        any_map(),
        r#"map{"num": "5", "str": "hello"}: map(string)"#,
    );
    check(
        object([("num", number(5)), ("bool", Value::bool(true))]),
        any_map(),
        "all map elements must have the same type",
    );
    check(
        object([("a", null()), ("b", object([("c", number(1))]))]),
        any_map(),
        r#"map{"a": null(object({c=number})), "b": {"c": 1}}: map(object({c=number}))"#,
    );
    check(
        object([
            ("a", object([("x", tuple([text("foo")]))])),
            ("c", object([("x", tuple([text("foo"), text("bar")]))])),
        ]),
        Type::map(any_map()),
        r#"map{"a": map{"x": ["foo"]}, "c": map{"x": ["foo", "bar"]}}: map(map(list(string)))"#,
    );
    check(
        object([("foo", number(1)), ("bar", number(2))]),
        Type::object([("foo", Type::String)]),
        r#"{"foo": "1"}: object({foo=string})"#,
    );
    let three = [("foo", Type::String), ("bar", Type::String), ("baz", Type::String)];
    check(
        object([]),
        Type::object(three.clone()),
        r#"attributes "bar", "baz", and "foo" are required"#,
    );
    check(
        object([("foo", text("x"))]),
        Type::object(three),
        r#"attributes "bar" and "baz" are required"#,
    );
    check(
        object([("a", number(1))]),
        optional([("a", Type::String), ("b", Type::list(Type::Bool))], &["b"]),
        r#"{"a": "1", "b": null(list(bool))}: object({a=string,b=list(bool)})"#,
    );
    check(
        object([("mykey", object([("field", text("x"))]))]),
        Type::map(Type::object([("field", Type::Bool)])),
        r#"["mykey"].field: a bool is required"#,
    );
    check(object([]), Type::list(Type::empty_object()), "list of object required");
    let map = |value: Value| Value::map(Type::String, [("a", value)].into_iter().collect());
    check(map(text("5")), Type::object([("a", Type::Number)]), r#"{"a": 5}: object({a=number})"#);
    check(
        map(text("5")),
        Type::object([("a", Type::Number), ("b", Type::Number)]),
        r#"map has no element for required attribute "b""#,
    );
    check(
        map(text("5")),
        optional([("a", Type::String), ("b", any_list())], &["b"]),
        r#"{"a": "5", "b": null(list(dynamic))}: object({a=string,b=list(dynamic)})"#,
    );
    check(
        map(text("5")),
        optional([("a", any_list())], &["a"]),
        r#"map element type is incompatible with attribute "a": list of any single type required"#,
    );
    check(map(text("x")), Type::map(Type::Number), r#"["a"]: a number is required"#);
    check(map(text("x")), Type::object([("a", any_list())]), "object required");
}

#[test]
fn marks_stay() {
    let secret = text("5").sensitive();
    let converted = convert(&secret, &Type::Number);
    assert_eq!(converted, Ok(number(5).sensitive()));
    let converted = convert(&tuple([secret.clone(), text("6")]), &any_list());
    assert_eq!(converted, Ok(list(Type::String, [secret.clone(), text("6")])));
    let converted = convert(&tuple([secret.clone()]), &Type::set(Type::Number));
    assert_eq!(converted.map(|set| set.marks()), Ok(Marks::SENSITIVE));
    let converted = convert(&tuple([null().sensitive(), text("6")]), &any_list());
    assert_eq!(
        converted,
        Ok(list(Type::String, [Value::null(Type::String).sensitive(), text("6")]))
    );
}

#[test]
fn errors_in_words() {
    let value = object([("mykey", object([("field", text("x"))]))]);
    let ty = Type::map(Type::object([("field", Type::Bool)]));
    let words = convert(&value, &ty).map_err(|error| error.with_path_in_words());
    let expected = r#"element "mykey": attribute "field": a bool is required"#;
    assert_eq!(words, Err(expected.to_owned()));
}

#[test]
fn from_types_alone() {
    use Convertibility::{Always, Maybe, Never};
    let cases = [
        (Type::String, Type::String, Always),
        (Type::Number, Type::String, Always),
        (Type::String, Type::Number, Maybe),
        (Type::Bool, Type::Number, Never),
        (Type::Dynamic, Type::Number, Maybe),
        (Type::Number, Type::Dynamic, Always),
        (Type::list(Type::String), Type::set(Type::String), Maybe),
        (Type::set(Type::String), Type::list(Type::String), Always),
        (Type::empty_tuple(), any_list(), Always),
        (Type::map(Type::String), Type::object([("a", Type::String)]), Maybe),
        (any_list(), Type::map(Type::Dynamic), Never),
    ];
    for (from, to, expected) in cases {
        assert_eq!(can_convert(&from, &to), expected, "{from} to {to}");
    }
}

#[test]
fn large_values_take_no_time() {
    let item = |index: usize| object([("a", Value::from(index)), ("b", tuple([text("x")]))]);
    let tuple = Value::tuple((0..20_000).map(item).collect::<Vec<_>>());
    let list = convert(&tuple, &any_list());
    let expected =
        Type::list(Type::object([("a", Type::Number), ("b", Type::tuple([Type::String]))]));
    assert_eq!(list.map(|list| list.ty()), Ok(expected));
    let texts = Value::list(Type::String, vec![text("1"); 100_000]);
    assert_eq!(
        convert(&texts, &Type::list(Type::Number)).map(|list| list.element_count()),
        Ok(Some(100_000))
    );
}

#[test]
fn deep_values_take_no_time() {
    let nested = |leaf: Value| (0..200).fold(leaf, |inner, _| tuple([inner]));
    let chained = |leaf: Value| (0..200).fold(leaf, |inner, _| object([("a", inner)]));
    // None of these pairs has a type in common, which takes the longest to find out.
    let leaves = [(number(1), Value::bool(true)), (tuple([]), object([]))];
    for (one, other) in leaves {
        check(
            tuple([nested(one.clone()), nested(other.clone())]),
            any_list(),
            "all list elements must have the same type",
        );
        check(
            tuple([chained(one), chained(other)]),
            any_list(),
            "all list elements must have the same type",
        );
    }
    let any = (0..200).fold(any_list(), |inner, _| Type::list(inner));
    let mixed = nested(tuple([number(1), text("x")]));
    let converted = convert(&mixed, &any).map(|list| list.ty());
    let expected = (0..200).fold(Type::list(Type::String), |inner, _| Type::list(inner));
    assert_eq!(converted, Ok(expected));
}
