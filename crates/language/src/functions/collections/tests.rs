use provision_schema::{Refinement, Type, Value};

use crate::functions::testing::{check, number, sensitive};

fn list(elements: &[Value]) -> Value {
    Value::list(elements.first().map_or(Type::String, Value::ty), elements.to_vec())
}

fn unknown(ty: Type) -> Value {
    Value::unknown(ty)
}

#[test]
fn truth() {
    let bools = |values: &[Value]| Value::list(Type::Bool, values.to_vec());
    let (yes, no) = (Value::bool(true), Value::bool(false));
    let maybe = unknown(Type::Bool);
    check("alltrue", &[bools(&[])], "true");
    check("alltrue", &[bools(&[yes.clone(), no.clone()])], "false");
    check("alltrue", &[bools(&[yes.clone(), Value::null(Type::Bool)])], "false");
    check("alltrue", &[bools(&[yes.clone(), maybe.clone()])], "unknown(bool, not null)");
    check("alltrue", &[bools(&[no.clone(), maybe.clone()])], "false");
    check("alltrue", &[Value::tuple(vec!["true".into()])], "true");
    check("anytrue", &[bools(&[])], "false");
    check("anytrue", &[bools(&[maybe.clone(), yes.clone()])], "true");
    check("anytrue", &[bools(&[maybe, no.clone()])], "unknown(bool, not null)");
    check("anytrue", &[bools(&[Value::null(Type::Bool), no])], "false");
    check("anytrue", &[bools(&[yes.sensitive()])], "marked(true)");
    check(
        "anytrue",
        &[Value::null(Type::list(Type::Bool))],
        "argument 0: argument must not be null",
    );
}

#[test]
fn coalesce() {
    check("coalesce", &["".into(), Value::null(Type::Dynamic), "a".into()], r#""a""#);
    check("coalesce", &[number("1"), "a".into()], r#""1""#);
    check(
        "coalesce",
        &[Value::null(Type::String), unknown(Type::String)],
        "unknown(string, not null)",
    );
    check("coalesce", &["a".into(), unknown(Type::String)], r#""a""#);
    check("coalesce", &["a".into(), sensitive("b")], r#"marked("a")"#);
    check("coalesce", &[], "all arguments must have the same type");
    check("coalesce", &[true.into(), number("1")], "all arguments must have the same type");
    check(
        "coalesce",
        &["".into(), Value::null(Type::String)],
        "no non-null, non-empty-string arguments",
    );
}

#[test]
fn contains() {
    check("contains", &[list(&["a".into(), "b".into()]), "b".into()], "true");
    check("contains", &[list(&[number("1")]), "1".into()], "false");
    check("contains", &["a".into(), "a".into()], "argument must be list, tuple, or set");
    let partly = || list(&["a".into(), unknown(Type::String)]);
    check("contains", &[partly(), "a".into()], "true");
    check("contains", &[partly(), "b".into()], "unknown(bool, not null)");
    check("contains", &[partly(), number("1")], "false");
    let prefixed = Value::unknown_refined(Type::String, Refinement::prefix("x"));
    check("contains", &[list(&[prefixed]), "b".into()], "false");
    check("contains", &[list(&["a".into()]), unknown(Type::String)], "unknown(bool, not null)");
    check(
        "contains",
        &[list(&["a".into()]), Value::null(Type::String)],
        "argument 1: argument must not be null",
    );
    check("contains", &[list(&["a".into()]), sensitive("a")], "marked(true)");
}

#[test]
fn length() {
    check("length", &["né👩‍❤️‍👩".into()], "3");
    check("length", &[Value::tuple(vec![unknown(Type::Dynamic)])], "1");
    check("length", &[unknown(Type::tuple(vec![Type::Bool]))], "1");
    check("length", &[Value::object_of([("a", number("1"))])], "1");
    check("length", &[list(&["a".into(), unknown(Type::String)])], "2");
    check("length", &[unknown(Type::String)], "unknown(number, not null, >= 0)");
    check(
        "length",
        &[Value::unknown_refined(Type::String, Refinement::prefix("ab"))],
        "unknown(number, not null, >= 2)",
    );
    check(
        "length",
        &[unknown(Type::list(Type::String))],
        "unknown(number, not null, >= 0, <= 9223372036854775807)",
    );
    let bounded = Value::unknown_refined(Type::set(Type::String), Refinement::length(2, Some(2)));
    check("length", &[bounded], "2");
    let set = Value::set(Type::String, vec!["a".into(), unknown(Type::String)]);
    check("length", &[set], "unknown(number, not null, >= 1, <= 2)");
    let single = Value::set(Type::String, vec![unknown(Type::String)]);
    check("length", &[single], "1");
    check("length", &[unknown(Type::Dynamic)], "unknown(number, not null)");
    check("length", &[list(&[sensitive("a")])], "1");
    check("length", &[list(&["a".into()]).sensitive()], "marked(1)");
    check(
        "length",
        &[number("1")],
        "argument must be a string, a collection type, or a structural type",
    );
    check("length", &[Value::null(Type::String)], "argument 0: argument must not be null");
}

#[test]
fn gone() {
    check(
        "list",
        &["a".into()],
        "the \"list\" function was deprecated in Terraform v0.12 and is not available in OpenTofu; \
         use tolist([ ... ]) syntax to write a literal list",
    );
    check(
        "map",
        &[],
        "the \"map\" function was deprecated in Terraform v0.12 and is not available in OpenTofu; \
         use tomap({ ... }) syntax to write a literal map",
    );
}

#[test]
fn matchkeys() {
    let values = || list(&["a".into(), "b".into(), "c".into()]);
    let keys = || list(&["1".into(), "2".into(), "3".into()]);
    check("matchkeys", &[values(), keys(), list(&["3".into(), "1".into()])], r#"["a", "c"]"#);
    check("matchkeys", &[values(), keys(), list(&[number("2")])], r#"["b"]"#);
    check("matchkeys", &[values(), keys(), list(&[])], "[]");
    check(
        "matchkeys",
        &[values(), list(&[]), list(&["1".into()])],
        "length of keys and values should be equal",
    );
    let searched = list(&["1".into(), unknown(Type::String)]);
    check("matchkeys", &[values(), keys(), searched], "unknown(list(string), not null)");
    let partly = list(&["1".into(), "2".into(), unknown(Type::String)]);
    check("matchkeys", &[values(), partly, list(&["1".into()])], "unknown(list(string), not null)");
    let lists = list(&[list(&["a".into()]), list(&["a".into()]), list(&["a".into()])]);
    check(
        "matchkeys",
        &[values(), lists, list(&["1".into()])],
        "keys and searchset must be of the same type",
    );
}
