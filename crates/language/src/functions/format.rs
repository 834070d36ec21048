//! `format` and `formatlist`.
//!
//! The verbs are those of C's `printf` with explicit argument numbers, `%v` and `%q` added. Width
//! and precision count what a reader sees as one character.

mod numbers;
mod verbs;

use provision_schema::{Refinement, Type, Value};

use super::parameter_types::{any, string};
use super::strings::{MAXIMUM_LENGTH, too_long};
use super::text::{certain_prefix, string_argument};
use super::{Function, FunctionContext, FunctionError, Parameter};

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "format",
        description: "Produces a string by formatting values according to a specification string.",
        parameters: &[Parameter::new("format", string)],
        variadic: Some(Parameter::new("args", any).nullable().unknown()),
        result_type: |_| Ok(Type::String),
        implementation: format_function,
        refinement: Refinement::not_null,
    },
    Function {
        name: "formatlist",
        description: "Formats each element of lists according to a specification string.",
        parameters: &[Parameter::new("format", string)],
        variadic: Some(Parameter::new("args", any).nullable().unknown()),
        result_type: |_| Ok(Type::list(Type::String)),
        implementation: formatlist_function,
        refinement: Refinement::not_null,
    },
];

fn format_function(
    arguments: &[Value],
    _: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let format = string_argument(arguments, 0);
    let values = arguments.get(1..).unwrap_or_default();
    if values.iter().all(Value::is_wholly_known) {
        return verbs::format(format, values).map(Value::from);
    }
    // What stands before the first verb is certain already.
    let refinement = match format.find('%') {
        Some(end) => Refinement::prefix(certain_prefix(&format[..end])),
        None => Refinement::not_null(),
    };
    Ok(Value::unknown_refined(Type::String, refinement))
}

fn formatlist_function(
    arguments: &[Value],
    result_type: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let format = string_argument(arguments, 0);
    let values = arguments.get(1..).unwrap_or_default();

    // The argument that decided how many results there are, and that number.
    let mut length: Option<(usize, usize)> = None;
    let mut has_unknown = false;
    let mut sequences = vec![None; values.len()];
    for (index, value) in values.iter().enumerate() {
        let ty = value.ty();
        let count = match (&ty, value.as_elements()) {
            (Type::List(_) | Type::Set(_) | Type::Tuple(_), _) if value.is_null() => continue,
            // The elements of such a set may turn out to be fewer.
            (Type::Set(_), Some(_)) if !value.is_wholly_known() => {
                has_unknown = true;
                continue;
            }
            (Type::List(_) | Type::Set(_) | Type::Tuple(_), Some(elements)) => {
                sequences[index] = Some(elements);
                elements.len()
            }
            (Type::Tuple(types), None) => {
                has_unknown = true;
                types.len()
            }
            (Type::List(_) | Type::Set(_), None) => {
                has_unknown = true;
                continue;
            }
            _ => continue,
        };
        match length {
            None => length = Some((index, count)),
            Some((first, expected)) if expected != count => {
                let message = format!(
                    "argument {} has length {count}, which is inconsistent with argument {} of \
                     length {expected}",
                    index + 1,
                    first + 1,
                );
                return Err(FunctionError::argument(index + 1, message));
            }
            Some(_) => (),
        }
    }
    if has_unknown {
        return Ok(Value::unknown_not_null(result_type.clone()));
    }

    let count = length.map_or(1, |(_, count)| count);
    let mut results = Vec::with_capacity(count);
    let mut length = 0usize;
    for index in 0..count {
        let row: Vec<Value> = values
            .iter()
            .zip(&sequences)
            .map(|(value, sequence)| match sequence {
                Some(elements) => elements.get(index).cloned().unwrap_or_else(|| value.clone()),
                None => value.clone(),
            })
            .collect();
        if !row.iter().all(Value::is_wholly_known) {
            results.push(Value::unknown_not_null(Type::String));
            continue;
        }
        let text = verbs::format(format, &row).map_err(|error| {
            FunctionError::new(format!("error on format iteration {index}: {error}"))
        })?;
        length = length.saturating_add(text.len());
        if length > MAXIMUM_LENGTH {
            return Err(too_long());
        }
        results.push(Value::from(text));
    }
    Ok(Value::list(Type::String, results))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, number, sensitive};
    use super::*;

    #[track_caller]
    fn format(arguments: &[Value], expected: &str) {
        check("format", arguments, expected);
    }

    #[test]
    fn strings() {
        format(&["hello".into()], r#""hello""#);
        format(&["é%%".into()], r#""é%""#);
        format(&["%s".into(), "a".into()], r#""a""#);
        format(
            &["%5s|%-5s|%05s|%-05s".into(), "a".into(), "b".into(), "c".into(), "d".into()],
            r#""    a|b    |0000c|d0000""#,
        );
        format(
            &["%.2s|%.0s|%.s".into(), "héllo".into(), "abc".into(), "abc".into()],
            r#""hé|abc|abc""#,
        );
        format(&["%5s".into(), "🇩🇪".into()], r#""    🇩🇪""#);
        format(
            &["%q|%5q|%#q".into(), "a<b".into(), "x".into(), "y".into()],
            r#""\"a\\u003cb\"|  \"x\"|\"y\"""#,
        );
        format(&["%s %s".into(), true.into(), number("1.5")], r#""true 1.5""#);
        format(
            &["%s".into(), Value::tuple(vec![])],
            r#"unsupported value for "%s" at 0: string required"#,
        );
    }

    #[test]
    fn integers() {
        let n = |text: &str| number(text);
        format(
            &[
                "%#x %#o %#b %X %+d % d %.5d %-5d| %08d".into(),
                n("255"),
                n("8"),
                n("5"),
                n("255"),
                n("3"),
                n("3"),
                n("3"),
                n("3"),
                n("-3"),
            ],
            r#""0xff 010 0b101 FF +3  3 00003 3    | -0000003""#,
        );
        format(&["%.0d|".into(), n("0")], r#""|""#);
        format(&["%0+5d".into(), n("5")], r#""+0005""#);
        format(
            &["%d".into(), n("123456789012345678901234567890")],
            r#""123456789012345678901234567890""#,
        );
        format(
            &["%d".into(), n("1.5")],
            r#"unsupported value for "%d" at 0: an integer is required"#,
        );
        format(
            &["%9999999999d".into(), n("1")],
            r#"unsupported value for "%9999999999d" at 0: width or precision is too large"#,
        );
    }

    #[test]
    fn floats() {
        let n = |text: &str| number(text);
        format(
            &[
                "%v %v %v %v %v".into(),
                n("1000000"),
                n("123456"),
                n("1234567"),
                n("0.00001"),
                n("12345678901234567890"),
            ],
            r#""1e+06 123456 1.234567e+06 1e-05 1.234567890123456789e+19""#,
        );
        format(
            &[
                "%g|%G|%.3g|%e|%E|%.2f|%f".into(),
                n("1000000"),
                n("0.00001"),
                n("1234.5"),
                n("1234.5"),
                n("1234.5"),
                n("2.675"),
                n("0.5"),
            ],
            r#""1e+06|1E-05|1.23e+03|1.234500e+03|1.234500E+03|2.67|0.500000""#,
        );
        format(
            &["%08.2f|%-8.2f|%+.1f|% f".into(), n("-1.5"), n("1.5"), n("2"), n("3")],
            r#""-0001.50|1.50    |+2.0| 3.000000""#,
        );
        format(&["%.0f %.0f %.0f".into(), n("0.5"), n("1.5"), n("0.4")], r#""0 2 0""#);
        format(&["%5.[2]f".into(), n("5"), n("3")], r#""    3""#);
    }

    #[test]
    fn other_values() {
        let object = Value::object_of([
            ("a", number("1")),
            ("b", Value::tuple(vec![true.into(), Value::null(Type::Dynamic)])),
        ]);
        format(
            &["%#v %v".into(), object.clone(), object],
            r#""{\"a\":1,\"b\":[true,null]} {\"a\":1,\"b\":[true,null]}""#,
        );
        format(&["%v".into(), Value::null(Type::String)], r#""null""#);
        format(
            &["%d".into(), Value::null(Type::Number)],
            r#"unsupported value for "%d" at 0: null value cannot be formatted"#,
        );
        format(&["%#v".into(), "a&b".into()], r#""\"a\\u0026b\"""#);
        format(
            &["%5v|%05v|%-5v|%.1v".into(), number("1"), number("2"), number("3"), number("1.55")],
            r#""    1|00002|3    |1.55""#,
        );
        format(&["%t".into(), "true".into()], r#""true""#);
    }

    #[test]
    fn wrong_formats() {
        format(&["%".into()], "invalid format string starting at offset 1");
        format(&["%é".into()], "unrecognized format character 'é' at offset 1");
        format(&["%*d".into(), number("1")], "unrecognized format character '*' at offset 1");
        format(&["%[0]s".into(), "a".into()], "unrecognized format character '0' at offset 2");
        format(&["%[2]5d".into(), "a".into()], "unrecognized format character '5' at offset 4");
        format(&["%a".into(), number("1")], r#"unsupported format verb 'a' in "%a" at offset 0"#);
        format(
            &["%s".into()],
            r#"not enough arguments for "%s" at 0: need index 1 but have 0 total"#,
        );
        format(
            &["a".into(), "b".into()],
            "argument 1: too many arguments; no verbs in format string",
        );
        format(
            &["%s%[1]s".into(), "a".into(), "b".into()],
            "argument 2: too many arguments; only 1 used by format string",
        );
    }

    #[test]
    fn unknowns_and_marks() {
        format(
            &["ami-%s".into(), Value::unknown(Type::String)],
            r#"unknown(string, not null, prefix "ami-")"#,
        );
        format(
            &["héllo%s".into(), Value::unknown(Type::String)],
            r#"unknown(string, not null, prefix "héll")"#,
        );
        format(&[Value::unknown(Type::String), "a".into()], "unknown(string, not null)");
        format(
            &["%v".into(), Value::tuple(vec![Value::unknown(Type::Bool)])],
            "unknown(string, not null)",
        );
        format(&["%s".into(), sensitive("a")], r#"marked("a")"#);
        format(&[Value::null(Type::String)], "argument 0: argument must not be null");
    }

    #[test]
    fn lists() {
        let list = |items: &[&str]| {
            Value::list(Type::String, items.iter().map(|&item| item.into()).collect::<Vec<_>>())
        };
        check("formatlist", &["%s-%s".into(), list(&["a", "b"]), "c".into()], r#"["a-c", "b-c"]"#);
        check("formatlist", &["a".into()], r#"["a"]"#);
        check("formatlist", &["%s".into(), Value::tuple(vec![])], "[]");
        check(
            "formatlist",
            &["%s%s".into(), list(&["a", "b"]), list(&["c"])],
            "argument 2: argument 2 has length 1, which is inconsistent with argument 1 of length 2",
        );
        check(
            "formatlist",
            &["%d".into(), list(&["a"])],
            "error on format iteration 0: unsupported value for \"%d\" at 0: a number is required",
        );
        let partly = Value::list(Type::String, vec!["a".into(), Value::unknown(Type::String)]);
        check("formatlist", &["%s".into(), partly], r#"["a", unknown(string, not null)]"#);
        check(
            "formatlist",
            &["%s".into(), Value::unknown(Type::list(Type::String))],
            "unknown(list(string), not null)",
        );
    }
}
