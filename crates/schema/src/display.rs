//! Values and types as the console prints them.

use std::fmt::Write as _;

use crate::{Fields, Kind, Marks, Type, Value};

/// The value as an expression over as many lines as it needs. Secrets and what is not known yet
/// have a note in their place.
pub fn display(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value, 0);
    text
}

/// The type as an expression over as many lines as it needs.
pub fn type_expression(ty: &Type) -> String {
    let mut text = String::new();
    write_type(&mut text, ty, 0);
    text
}

fn write_value(out: &mut String, value: &Value, indent: usize) {
    if value.marks().is_sensitive() {
        out.push_str("(sensitive value)");
        return;
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        out.push_str("(ephemeral value)");
        return;
    }
    match value.kind() {
        Kind::Unknown(_) => out.push_str("(known after apply)"),
        Kind::Null(ty) => out.push_str(&null_text(ty)),
        Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::String(text) => write_string(out, text, indent),
        Kind::Tuple(elements) => write_elements(out, elements, indent),
        Kind::List(_, elements) => {
            out.push_str("tolist(");
            write_elements(out, elements, indent);
            out.push(')');
        }
        Kind::Set(_, elements) => {
            out.push_str("toset(");
            write_elements(out, elements, indent);
            out.push(')');
        }
        Kind::Object(fields) => write_fields(out, fields, indent),
        Kind::Map(_, fields) => {
            out.push_str("tomap(");
            write_fields(out, fields, indent);
            out.push(')');
        }
    }
}

fn null_text(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".to_owned(),
        Type::Bool => "tobool(null)".to_owned(),
        Type::Number => "tonumber(null)".to_owned(),
        Type::String => "tostring(null)".to_owned(),
        Type::List(element) => format!("tolist(null) /* of {} */", element.friendly_name()),
        Type::Set(element) => format!("toset(null) /* of {} */", element.friendly_name()),
        Type::Map(element) => format!("tomap(null) /* of {} */", element.friendly_name()),
        Type::Tuple(_) | Type::Object(_) => format!("null /* {} */", ty.friendly_name()),
    }
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_elements(out: &mut String, elements: &[Value], indent: usize) {
    out.push('[');
    for element in elements {
        new_line(out, indent + 2);
        write_value(out, element, indent + 2);
        out.push(',');
    }
    if !elements.is_empty() {
        new_line(out, indent);
    }
    out.push(']');
}

fn write_fields(out: &mut String, fields: &Fields, indent: usize) {
    out.push('{');
    for (key, value) in fields {
        new_line(out, indent + 2);
        write_string(out, key, indent + 2);
        out.push_str(" = ");
        write_value(out, value, indent + 2);
    }
    if !fields.is_empty() {
        new_line(out, indent);
    }
    out.push('}');
}

/// Text of one line in quotes, text of several as a heredoc.
fn write_string(out: &mut String, text: &str, indent: usize) {
    if !text.contains('\n') {
        write_quoted(out, text);
        return;
    }
    let mut delimiter = "EOT".to_owned();
    while text.split('\n').any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    out.push_str(if indent > 0 { "<<-" } else { "<<" });
    out.push_str(&delimiter);
    for line in text.split('\n').chain([delimiter.as_str()]) {
        new_line(out, indent);
        out.push_str(line);
    }
}

/// In quotes, with escapes for whatever does not show. A `${` stays as it is: this is for the eye.
fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            shown if is_shown(shown) => out.push(shown),
            hidden => {
                let code = u32::from(hidden);
                // Writing to a string cannot fail.
                let _ = match code {
                    0..0x20 | 0x7f => write!(out, "\\x{code:02x}"),
                    0x10000.. => write!(out, "\\U{code:08x}"),
                    _ => write!(out, "\\u{code:04x}"),
                };
            }
        }
    }
    out.push('"');
}

fn is_shown(character: char) -> bool {
    if character.is_ascii() || character.is_alphanumeric() {
        return !character.is_control();
    }
    // Behind a letter, so that it is not escaped only because it combines with one.
    let mut pair = String::from("a");
    pair.push(character);
    pair.escape_debug().nth(1) == Some(character)
}

fn write_type(out: &mut String, ty: &Type, indent: usize) {
    match ty {
        Type::Dynamic | Type::Bool | Type::Number | Type::String => out.push_str(&ty.to_string()),
        Type::List(element) => write_collection_type(out, "list", element, indent),
        Type::Set(element) => write_collection_type(out, "set", element, indent),
        Type::Map(element) => write_collection_type(out, "map", element, indent),
        Type::Tuple(elements) => {
            out.push_str("tuple([");
            for element in elements.iter() {
                new_line(out, indent + 4);
                write_type(out, element, indent + 4);
                out.push(',');
            }
            if !elements.is_empty() {
                new_line(out, indent);
            }
            out.push_str("])");
        }
        Type::Object(object) => {
            out.push_str("object({");
            for (name, ty) in &object.attributes {
                new_line(out, indent + 4);
                let optional = object.optional.contains(name);
                out.push_str(name);
                out.push_str(if optional { ": optional(" } else { ": " });
                write_type(out, ty, indent + 4);
                out.push_str(if optional { ")," } else { "," });
            }
            if !object.attributes.is_empty() {
                new_line(out, indent);
            }
            out.push_str("})");
        }
    }
}

fn write_collection_type(out: &mut String, kind: &str, element: &Type, indent: usize) {
    out.push_str(kind);
    out.push('(');
    if matches!(element, Type::Object(_) | Type::Tuple(_)) {
        new_line(out, indent + 4);
        write_type(out, element, indent + 4);
        out.push(',');
        new_line(out, indent);
    } else {
        write_type(out, element, indent);
    }
    out.push(')');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Value, expected: &str) {
        assert_eq!(display(&value), expected);
    }

    #[track_caller]
    fn check_type(ty: Type, expected: &str) {
        assert_eq!(type_expression(&ty), expected);
    }

    #[test]
    fn scalars() {
        check(Value::bool(true), "true");
        check(Value::number(15), "15");
        check(Value::string("a\"b\\c\t${x} é \u{1} %{z}"), r#""a\"b\\c\t${x} é \x01 %{z}""#);
        check(Value::string("a\u{a0}c\u{200b}\u{2028}\u{7f}"), r#""a\u00a0c\u200b\u2028\x7f""#);
        check(
            Value::string("\u{301}x\u{301}\u{85}😀\u{e000}\u{f0000}"),
            "\"\u{301}x\u{301}\\u0085😀\\ue000\\U000f0000\"",
        );
        check(Value::dynamic(), "(known after apply)");
        check(Value::number(1).sensitive(), "(sensitive value)");
        check(Value::number(1).with_marks(Marks::EPHEMERAL), "(ephemeral value)");
        check(Value::number(1).with_marks(Marks::DEPRECATED), "1");
    }

    #[test]
    fn nulls() {
        check(Value::null(Type::Dynamic), "null");
        check(Value::null(Type::String), "tostring(null)");
        check(Value::null(Type::list(Type::Dynamic)), "tolist(null) /* of dynamic */");
        check(Value::null(Type::map(Type::String)), "tomap(null) /* of string */");
        check(Value::null(Type::empty_object()), "null /* object */");
    }

    #[test]
    fn lines() {
        check(Value::string("l1\nl2\n"), "<<EOT\nl1\nl2\n\nEOT");
        check(Value::string("EOT\nx"), "<<EOT_\nEOT\nx\nEOT_");
        check(
            Value::object_of([("a", Value::tuple(vec![Value::string("x\n  y\n")]))]),
            "{\n  \"a\" = [\n    <<-EOT\n    x\n      y\n    \n    EOT,\n  ]\n}",
        );
        check(
            Value::object_of([("a\nb", Value::number(1))]),
            "{\n  <<-EOT\n  a\n  b\n  EOT = 1\n}",
        );
    }

    #[test]
    fn collections() {
        check(Value::list(Type::String, []), "tolist([])");
        check(Value::set(Type::String, []), "toset([])");
        check(Value::map(Type::String, Fields::default()), "tomap({})");
        check(Value::tuple([]), "[]");
        check(Value::object(Fields::default()), "{}");
        check(
            Value::list(Type::Number, vec![Value::number(1), Value::null(Type::Number)]),
            "tolist([\n  1,\n  tonumber(null),\n])",
        );
        check(
            Value::object_of([("b c", Value::number(1)), ("a", Value::string("x").sensitive())]),
            "{\n  \"a\" = (sensitive value)\n  \"b c\" = 1\n}",
        );
        let texts =
            vec![Value::null(Type::String), "b".into(), Value::unknown(Type::String), "a".into()];
        check(
            Value::set(Type::String, texts),
            "toset([\n  \"a\",\n  \"b\",\n  (known after apply),\n  tostring(null),\n])",
        );
    }

    #[test]
    fn types() {
        check_type(Type::list(Type::list(Type::String)), "list(list(string))");
        check_type(Type::empty_tuple(), "tuple([])");
        check_type(Type::list(Type::empty_object()), "list(\n    object({}),\n)");
        check_type(
            Type::object([("a", Type::Number), ("b", Type::tuple([Type::String]))]),
            "object({\n    a: number,\n    b: tuple([\n        string,\n    ]),\n})",
        );
        check_type(
            Type::object([("x", Type::list(Type::map(Type::object([("a", Type::Dynamic)]))))]),
            "object({\n    x: list(map(\n        object({\n            a: dynamic,\n        }),\n    )),\n})",
        );
    }
}
