//! What the tests of functions share: one check from arguments to the result as text.

use std::path::PathBuf;

use provision_schema::{Kind, Number, Type, Value};

use super::{FunctionContext, find};

pub(crate) fn number(text: &str) -> Value {
    Value::number(Number::parse(text).expect("a number"))
}

pub(crate) fn sensitive(text: &str) -> Value {
    Value::from(text).sensitive()
}

/// Calls a function and compares its result, or its error, written out.
#[track_caller]
pub(crate) fn check(name: &str, arguments: &[Value], expected: &str) {
    check_in(&FunctionContext::new(PathBuf::from("/")), name, arguments, expected);
}

#[track_caller]
pub(crate) fn check_in(context: &FunctionContext, name: &str, arguments: &[Value], expected: &str) {
    let function = find(name).expect("a function of that name");
    let actual = match function.call(arguments, context) {
        Ok(value) => described(&value),
        Err(error) => match error.argument {
            Some(argument) => format!("argument {argument}: {}", error.message),
            None => error.message,
        },
    };
    assert_eq!(actual, expected);
}

fn described(value: &Value) -> String {
    if value.is_marked() {
        return format!("marked({})", described(&value.clone().unmark().0));
    }
    let list = |items: Vec<String>| items.join(", ");
    match value.kind() {
        Kind::Null(Type::Dynamic) => "null".to_owned(),
        Kind::Null(ty) => format!("null({ty})"),
        Kind::Unknown(unknown) => {
            let mut text = format!("unknown({}", unknown.ty);
            if unknown.refinement.not_null {
                text.push_str(", not null");
            }
            if let Some(prefix) = &unknown.refinement.prefix {
                text.push_str(&format!(", prefix {prefix:?}"));
            }
            text + ")"
        }
        Kind::Bool(value) => value.to_string(),
        Kind::Number(value) => value.to_string(),
        Kind::String(value) => format!("{value:?}"),
        Kind::List(_, items) => format!("[{}]", list(items.iter().map(described).collect())),
        Kind::Set(_, items) => format!("set[{}]", list(items.iter().map(described).collect())),
        Kind::Tuple(items) => format!("({})", list(items.iter().map(described).collect())),
        Kind::Map(_, fields) | Kind::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{key}: {}", described(value)));
            format!("{{{}}}", list(fields.collect()))
        }
    }
}
