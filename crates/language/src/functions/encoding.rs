//! Functions that write values as text and read them back: JSON, CSV, Base64, character
//! encodings and URLs.

pub(super) mod base64;
mod charset;
mod csv;
pub(super) mod json;

use std::io::{Read as _, Write as _};

use provision_schema::{Refinement, Type, Value};

use super::parameter_types::{any, string};
use super::text::{quoted, quoted_character, shown, string_argument};
use super::{Function, FunctionContext, FunctionError, Parameter};

/// The most that a compressed text may unpack to.
const MAX_UNPACKED: u64 = 1 << 28;

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "base64decode",
        description: "Decodes a Base64 string to the text that it contains.",
        parameters: &[Parameter::new("str", string).marked()],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: base64decode,
        refinement: Refinement::not_null,
    },
    Function {
        name: "base64encode",
        description: "Encodes a string in Base64.",
        parameters: &[Parameter::new("str", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |arguments, _, _| {
            Ok(base64::encode(string_argument(arguments, 0).as_bytes()).into())
        },
        refinement: Refinement::not_null,
    },
    Function {
        name: "base64gunzip",
        description: "Decodes a Base64 string and unpacks the result with gunzip.",
        parameters: &[Parameter::new("str", string).marked()],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: base64gunzip,
        refinement: Refinement::not_null,
    },
    Function {
        name: "base64gzip",
        description: "Packs a string with gzip and encodes the result in Base64.",
        parameters: &[Parameter::new("str", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: base64gzip,
        refinement: Refinement::not_null,
    },
    Function {
        name: "csvdecode",
        description: "Reads a table of comma-separated values as a list of objects.",
        parameters: &[Parameter::new("str", string)],
        variadic: None,
        result_type: csvdecode_type,
        implementation: csvdecode,
        refinement: Refinement::default,
    },
    Function {
        name: "jsondecode",
        description: "Reads a string as JSON.",
        parameters: &[Parameter::new("str", string)],
        variadic: None,
        result_type: jsondecode_type,
        implementation: |arguments, _, _| {
            json::decode(string_argument(arguments, 0)).map_err(FunctionError::new)
        },
        refinement: Refinement::default,
    },
    Function {
        name: "jsonencode",
        description: "Writes a value as JSON.",
        parameters: &[Parameter::new("val", any).nullable().unknown().dynamic()],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: jsonencode,
        refinement: Refinement::not_null,
    },
    Function {
        name: "textdecodebase64",
        description: "Decodes a Base64 string as text in a character encoding.",
        parameters: &[Parameter::new("source", string), Parameter::new("encoding", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: textdecodebase64,
        refinement: Refinement::not_null,
    },
    Function {
        name: "textencodebase64",
        description: "Writes text in a character encoding, and the result in Base64.",
        parameters: &[Parameter::new("string", string), Parameter::new("encoding", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: textencodebase64,
        refinement: Refinement::not_null,
    },
    Function {
        name: "urldecode",
        description: "Decodes percent escapes and plus signs.",
        parameters: &[Parameter::new("str", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: urldecode,
        refinement: Refinement::not_null,
    },
    Function {
        name: "urlencode",
        description: "Escapes a string for the query of a URL.",
        parameters: &[Parameter::new("str", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |arguments, _, _| Ok(urlencode(string_argument(arguments, 0)).into()),
        refinement: Refinement::not_null,
    },
];

/// The bytes of a Base64 argument that may carry marks.
fn base64_argument(arguments: &[Value]) -> Result<Vec<u8>, FunctionError> {
    let text = string_argument(arguments, 0);
    base64::decode(text).map_err(|_| {
        let shown = shown(text, marks(arguments).is_sensitive());
        FunctionError::new(format!("failed to decode base64 data {shown}"))
    })
}

fn marks(arguments: &[Value]) -> provision_schema::Marks {
    arguments.first().map(Value::marks).unwrap_or_default()
}

fn base64decode(
    arguments: &[Value],
    _: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let text = String::from_utf8(base64_argument(arguments)?).map_err(|_| {
        FunctionError::new("the result of decoding the provided string is not valid UTF-8")
    })?;
    Ok(Value::from(text).with_marks(marks(arguments)))
}

fn base64gunzip(
    arguments: &[Value],
    _: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let bytes = base64_argument(arguments)?;
    let failed = |stage: &str, why: &str| FunctionError::new(format!("failed to {stage}: {why}"));
    match bytes.as_slice() {
        [] => return Err(failed("gunzip bytestream", "EOF")),
        [0x1f, 0x8b, 8, ..] if bytes.len() >= 10 => (),
        _ if bytes.len() < 10 => return Err(failed("gunzip bytestream", "unexpected EOF")),
        _ => return Err(failed("gunzip bytestream", "gzip: invalid header")),
    }
    let mut unpacked = Vec::new();
    let decoder = flate2::read::MultiGzDecoder::new(bytes.as_slice());
    let read = decoder.take(MAX_UNPACKED + 1).read_to_end(&mut unpacked);
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Err(failed("read gunzip raw data", "unexpected EOF"));
        }
        Err(error) => return Err(failed("read gunzip raw data", &error.to_string())),
        Ok(length) if length as u64 > MAX_UNPACKED => {
            return Err(failed("read gunzip raw data", "the result would be too long"));
        }
        Ok(_) => (),
    }
    let text = String::from_utf8(unpacked).map_err(|_| {
        FunctionError::new("the result of decoding the provided string is not valid UTF-8")
    })?;
    Ok(Value::from(text).with_marks(marks(arguments)))
}

fn base64gzip(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let mut encoder = flate2::GzBuilder::new()
        .operating_system(255)
        .write(Vec::new(), flate2::Compression::default());
    let packed = encoder
        .write_all(string_argument(arguments, 0).as_bytes())
        .and_then(|()| encoder.flush())
        .and_then(|()| encoder.finish());
    match packed {
        Ok(packed) => Ok(base64::encode(&packed).into()),
        Err(error) => Err(FunctionError::new(format!("failed to write gzip raw data: {error}"))),
    }
}

fn csvdecode_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let Some(text) = arguments.first().and_then(Value::as_str) else {
        return Ok(Type::Dynamic);
    };
    let Some(header) = csv::header(text).map_err(FunctionError::new)? else {
        return Err(FunctionError::new("missing header line"));
    };
    for (index, name) in header.iter().enumerate() {
        if header[..index].contains(name) {
            let message = format!("duplicate column name {}", quoted(name));
            return Err(FunctionError::new(message));
        }
    }
    let names = header.iter().map(|name| Value::from(name.as_str()));
    let names = names.filter_map(|name| name.as_arc_str().cloned());
    Ok(Type::list(Type::object(names.map(|name| (name, Type::String)))))
}

fn csvdecode(
    arguments: &[Value],
    result_type: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let rows = csv::rows(string_argument(arguments, 0)).map_err(FunctionError::new)?;
    let Some((header, rows)) = rows.split_first() else {
        return Err(FunctionError::new("missing header line"));
    };
    let header: Vec<_> = header
        .iter()
        .map(|name| Value::from(name.as_str()).as_arc_str().cloned().unwrap_or_default())
        .collect();
    let object = |row: &Vec<String>| {
        let cells = row.iter().map(|cell| Value::from(cell.as_str()));
        Value::object_of(header.iter().cloned().zip(cells))
    };
    let element = result_type.element().cloned().unwrap_or(Type::Dynamic);
    Ok(Value::list(element, rows.iter().map(object).collect::<Vec<_>>()))
}

/// The first character of a document already tells much of its type.
fn jsondecode_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let unknown = match arguments.first() {
        Some(value) if value.as_str().is_some() => {
            let value = json::decode(string_argument(arguments, 0));
            return value.map(|value| value.ty()).map_err(FunctionError::new);
        }
        Some(value) => value.as_unknown(),
        None => None,
    };
    let prefix = unknown.and_then(|unknown| unknown.refinement.prefix.as_deref());
    match prefix.and_then(|prefix| prefix.trim().chars().next()) {
        None | Some('{' | '[' | 'n') => Ok(Type::Dynamic),
        Some('"') => Ok(Type::String),
        Some('t' | 'f') => Ok(Type::Bool),
        Some('-' | '0'..='9') => Ok(Type::Number),
        Some(other) => {
            let other = quoted_character(other);
            let message = format!("a JSON document cannot begin with the character {other}");
            Err(FunctionError::argument(0, message))
        }
    }
}

fn jsonencode(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let Some(value) = arguments.first() else { return Ok(Value::null(Type::String)) };
    if value.is_wholly_known() {
        return json::encode(value).map(Value::from).map_err(FunctionError::new);
    }
    if !value.is_never_null() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    let prefix = match value.ty() {
        Type::String => "\"",
        Type::Object(_) | Type::Map(_) => "{",
        Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
        _ => "",
    };
    Ok(Value::unknown_refined(Type::String, Refinement::prefix(prefix)))
}

fn charset_argument(arguments: &[Value]) -> Result<&'static charset::Charset, FunctionError> {
    let name = string_argument(arguments, 1);
    charset::find(name).ok_or_else(|| {
        let message = format!(
            "{} is not a supported IANA encoding name or alias in this OpenTofu version",
            quoted(name)
        );
        FunctionError::argument(1, message)
    })
}

fn textdecodebase64(
    arguments: &[Value],
    _: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let charset = charset_argument(arguments)?;
    let bytes = base64::decode(string_argument(arguments, 0)).map_err(|offset| {
        let message = format!("the given value is has an invalid base64 symbol at offset {offset}");
        FunctionError::argument(0, message)
    })?;
    charset.decode(&bytes).map(Value::from).ok_or_else(|| {
        let name = charset.name;
        let message = format!("the given string contains symbols that are not defined for {name}");
        FunctionError::argument(0, message)
    })
}

fn textencodebase64(
    arguments: &[Value],
    _: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let charset = charset_argument(arguments)?;
    match charset.encode(string_argument(arguments, 0)) {
        Some(bytes) => Ok(base64::encode(&bytes).into()),
        None => {
            let name = charset.name;
            let message = format!(
                "the given string contains characters that cannot be represented in {name}"
            );
            Err(FunctionError::argument(0, message))
        }
    }
}

fn urlencode(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                result.push(char::from(byte));
            }
            b' ' => result.push('+'),
            _ => result.push_str(&format!("%{byte:02X}")),
        }
    }
    result
}

fn urldecode(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let bytes = string_argument(arguments, 0).as_bytes();
    let mut result = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'+' => result.push(b' '),
            b'%' => {
                let hexadecimal = |byte: &u8| char::from(*byte).to_digit(16);
                let digits =
                    (bytes.get(at).and_then(hexadecimal), bytes.get(at + 1).and_then(hexadecimal));
                let (Some(high), Some(low)) = digits else {
                    let end = bytes.len().min(at + 2);
                    let escape = String::from_utf8_lossy(&bytes[at - 1..end]);
                    let message =
                        format!("failed to decode URL '': invalid URL escape {}", quoted(&escape));
                    return Err(FunctionError::new(message));
                };
                result.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 2;
            }
            _ => result.push(byte),
        }
    }
    String::from_utf8(result).map(Value::from).map_err(|_| {
        FunctionError::new("the result of decoding the provided string is not valid UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, number, sensitive};
    use super::*;

    #[track_caller]
    fn json(text: &str, expected: &str) {
        check("jsondecode", &[text.into()], expected);
    }

    #[test]
    fn jsondecode() {
        json("", "EOF");
        json("{", "EOF");
        json("[1,]", "invalid character ']' looking for beginning of value");
        json("[1 2]", "invalid character '2' after array element");
        json("{\"a\" 1}", "invalid character '1' after object key");
        json("{\"a\":1,}", "invalid character '}' looking for beginning of object key string");
        json("{a:1}", "invalid character 'a'");
        json("{\"a\":}", "invalid character '}' looking for beginning of value");
        json("1 ]", "1");
        json("1 2", "extraneous data after JSON object");
        json("tru", "unexpected EOF");
        json("trux", "invalid character 'x' in literal true (expecting 'e')");
        json("01", "extraneous data after JSON object");
        json("123456789012345678901234567890.5", "123456789012345678901234567890.5");
        json("{\"a\":1,\"a\":2}", "{a: 2}");
        json("{\"a\":1,\"a\":\"x\"}", "duplicate \"a\" property in JSON object");
        json("\"\\ud83d\\ude00 \\ud83d x \\u00e9\"", "\"😀 \u{fffd} x é\"");
        json("\"\\x\"", "invalid character 'x' in string escape code");
        json("\"a\nb\"", "invalid character '\\n' in string literal");
        json("é", "invalid character 'Ã' looking for beginning of value");
        json("[null, true, {}, []]", "(null, true, {}, ())");
        json(&"[".repeat(100_000), "exceeded max depth");
        check("jsondecode", &[sensitive("[1]")], "marked((1))");
        check("jsondecode", &[Value::unknown(Type::String)], "unknown(dynamic)");
        let prefixed =
            |prefix: &str| Value::unknown_refined(Type::String, Refinement::prefix(prefix));
        check("jsondecode", &[prefixed(" \"")], "unknown(string)");
        check("jsondecode", &[prefixed("12")], "unknown(number)");
        check("jsondecode", &[prefixed("{")], "unknown(dynamic)");
        check(
            "jsondecode",
            &[prefixed("~")],
            "argument 0: a JSON document cannot begin with the character '~'",
        );
    }

    #[test]
    fn jsonencode() {
        let value = Value::object_of([
            ("a", Value::from("<&>\u{2028}\u{7f}\u{1}\t\u{8}\u{c}\n\"\\é")),
            ("b", number("1e30")),
            ("c", Value::null(Type::String)),
            ("d", Value::tuple(vec![true.into()])),
        ]);
        assert_eq!(
            json::encode(&value).expect("JSON"),
            "{\"a\":\"\\u003c\\u0026\\u003e\\u2028\u{7f}\\u0001\\t\\b\\f\\n\\\"\\\\é\",\
             \"b\":1000000000000000000000000000000,\"c\":null,\"d\":[true]}"
        );
        check("jsonencode", &[Value::null(Type::Dynamic)], r#""null""#);
        check(
            "jsonencode",
            &[Value::number(provision_schema::Number::INFINITY)],
            "cannot serialize infinity as JSON",
        );
        check("jsonencode", &[Value::dynamic()], "unknown(string, not null)");
        check(
            "jsonencode",
            &[Value::unknown_not_null(Type::String)],
            r#"unknown(string, not null, prefix "\"")"#,
        );
        check(
            "jsonencode",
            &[Value::object_of([("a", Value::dynamic())])],
            r#"unknown(string, not null, prefix "{")"#,
        );
        check("jsonencode", &[Value::tuple(vec![sensitive("a")])], r#"marked("[\"a\"]")"#);
    }

    #[test]
    fn csvdecode() {
        let csv = |text: &str, expected: &str| check("csvdecode", &[text.into()], expected);
        csv("", "missing header line");
        csv("a,b\n1,2\n\n3,4\n", r#"[{a: "1", b: "2"}, {a: "3", b: "4"}]"#);
        csv("a,a\n1,2", "duplicate column name \"a\"");
        csv("a,a\n1", "duplicate column name \"a\"");
        csv("a,b\n1", "CSV parse error on line 2: wrong number of fields");
        csv(
            "a,b\n1,\"x\"y\n",
            "CSV parse error on line 2: extraneous or missing \" in quoted-field",
        );
        csv("a,b\n1,x\"y\n", "CSV parse error on line 2: bare \" in non-quoted-field");
        csv("a,b\r\n1,\"x\r\ny\"\"z\"\r\n", r#"[{a: "1", b: "x\ny\"z"}]"#);
        csv("a,\n1,2", r#"[{: "2", a: "1"}]"#);
        csv("a,b", "[]");
        csv(
            "a\n\"x\r\ny\"\n\"z\n",
            "CSV parse error on line 4: extraneous or missing \" in quoted-field",
        );
        csv("a,b\n\"1\n2\",3\n4\n", "CSV parse error on line 4: wrong number of fields");
        check("csvdecode", &[Value::unknown(Type::String)], "unknown(dynamic)");
    }

    #[test]
    fn base64() {
        check("base64encode", &["aé".into()], r#""YcOp""#);
        check("base64decode", &["YQ=\n=".into()], r#""a""#);
        check("base64decode", &["YR==".into()], r#""a""#);
        check("base64decode", &["YQ".into()], "failed to decode base64 data \"YQ\"");
        check("base64decode", &[sensitive("YQ")], "failed to decode base64 data (sensitive value)");
        check("base64decode", &[sensitive("YQ==")], r#"marked("a")"#);
        check(
            "base64decode",
            &["/w==".into()],
            "the result of decoding the provided string is not valid UTF-8",
        );
        check("base64decode", &[Value::unknown(Type::String)], "unknown(string, not null)");
        check(
            "base64gunzip",
            &["H4sIAAAAAAAA/ypJLS4BAAAA//8BAAD//wx+f9gEAAAA".into()],
            r#""test""#,
        );
        check("base64gunzip", &["".into()], "failed to gunzip bytestream: EOF");
        check(
            "base64gunzip",
            &["AAAAAAAAAAAAAAAA".into()],
            "failed to gunzip bytestream: gzip: invalid header",
        );
        let context = FunctionContext::new("/");
        let function = |name: &str| super::super::find(name).expect("a function");
        let packed = function("base64gzip").call(&["test".into()], &context).expect("packed");
        check("base64gunzip", &[packed], r#""test""#);
    }

    #[test]
    fn charsets() {
        let encode = |text: &str, charset: &str, expected: &str| {
            check("textencodebase64", &[text.into(), charset.into()], expected);
        };
        encode("é", "UTF-16LE", r#""6QA=""#);
        encode("é", "UTF-16", r#""/v8A6Q==""#);
        encode("é", "latin1", r#""6Q==""#);
        encode("日本", "cp936", r#""yNWxvg==""#);
        encode("日本", "iso-2022-jp", r#""GyRCRnxLXBsoQg==""#);
        encode("\u{81}", "iso-8859-9", r#""gQ==""#);
        encode(
            "日本",
            "latin1",
            "argument 0: the given string contains characters that cannot be represented in \
             ISO_8859-1:1987",
        );
        encode(
            "a",
            "foo",
            "argument 1: \"foo\" is not a supported IANA encoding name or alias in this OpenTofu \
             version",
        );
        let decode = |text: &str, charset: &str, expected: &str| {
            check("textdecodebase64", &[text.into(), charset.into()], expected);
        };
        decode("6QA=", "UTF-16LE", r#""é""#);
        decode("6Q==", "iso-8859-1", r#""é""#);
        decode(
            "YQ!",
            "UTF-8",
            "argument 0: the given value is has an invalid base64 symbol at offset 2",
        );
        decode(
            "YQ",
            "UTF-8",
            "argument 0: the given value is has an invalid base64 symbol at offset 0",
        );
        decode(
            "gQ==",
            "windows-1252",
            "argument 0: the given string contains symbols that are not defined for windows-1252",
        );
        decode(
            "AA==",
            "UTF-16LE",
            "argument 0: the given string contains symbols that are not defined for UTF-16LE",
        );
    }

    #[test]
    fn urls() {
        check("urlencode", &["a b/ü~*'()!-_.".into()], r#""a+b%2F%C3%BC~%2A%27%28%29%21-_.""#);
        check("urldecode", &["a+b%2F%C3%BC%20".into()], r#""a b/ü ""#);
        check("urldecode", &["%zz".into()], "failed to decode URL '': invalid URL escape \"%zz\"");
        check("urldecode", &["a%2".into()], "failed to decode URL '': invalid URL escape \"%2\"");
        check("urlencode", &[Value::null(Type::String)], "argument 0: argument must not be null");
    }
}
