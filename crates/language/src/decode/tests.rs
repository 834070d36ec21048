use std::fmt::Write as _;

use provision_schema::facts::ResourceFacts;
use provision_schema::{Catalogue, Kind, Phase};

use super::*;
use crate::evaluate::Names;
use crate::functions::FunctionContext;
use crate::source::Sources;
use crate::syntax::parse_body;

/// A schema of one thing of each kind.
const THINGS: &str = r#"{
 "attributes": {
  "anything": {"type": "any", "optional": true},
  "flag": {"type": "bool", "optional": true},
  "names": {"type": "list(string)", "optional": true},
  "rules": {"type": "set(object)", "optional": true, "mode": "attr", "attributes": {
   "port": {"type": "number", "required": true},
   "text": {"type": "string", "optional": true}
  }},
  "secret_wo": {"type": "string", "optional": true, "write_only": true}
 },
 "blocks": {
  "one": {"nesting": "single", "attributes": {"a": {"type": "string", "required": true}}},
  "group": {"nesting": "group", "attributes": {"a": {"type": "string", "optional": true}}},
  "few": {"nesting": "list", "max": 2, "attributes": {"a": {"type": "string", "optional": true}},
   "blocks": {
    "inner": {"nesting": "list", "attributes": {"b": {"type": "number", "optional": true}}}
   }
  },
  "free": {"nesting": "list", "attributes": {"a": {"type": "any", "optional": true}}},
  "set": {"nesting": "set", "attributes": {"a": {"type": "string", "optional": true}}},
  "by_key": {"nesting": "map", "attributes": {"a": {"type": "string", "optional": true}}}
 }
}"#;

/// Decodes the text with the schema of `THINGS`, "needs" or an AWS type, and compares what comes
/// out, without nulls and empty collections, and the diagnostics.
#[track_caller]
fn check(schema: &str, text: &str, expected: &str) {
    let parsed;
    let facts = match schema {
        "things" | "needs" => {
            let text = match schema {
                "things" => THINGS,
                _ => {
                    r#"{"attributes": {"a": {"type": "string", "required": true}},
                        "blocks": {"b": {"nesting": "list", "min": 1},
                                   "c": {"nesting": "single", "min": 1}}}"#
                }
            };
            parsed = ResourceFacts::parse("things", Phase::Utility, text).expect("valid facts");
            &parsed
        }
        kind => Catalogue::resource(kind).expect("a known type"),
    };
    let sources = Sources::default();
    let file = sources.add("main.tf", text);
    let mut diagnostics = Diagnostics::new();
    let body = Body::Native(parse_body(file, text, &mut diagnostics));
    let names = [
        ("unknown", Value::dynamic()),
        ("text", Value::unknown(Type::String)),
        ("secret", Value::string("s").sensitive()),
        ("secrets", Value::list(Type::String, [Value::string("x")]).sensitive()),
        ("temporary", Value::string("t").with_marks(Marks::EPHEMERAL)),
    ];
    let names = Names(names.map(|(name, value)| (Arc::from(name), value)).into());
    let functions = FunctionContext::new(".");
    let scope = Scope::new(&names, &functions);
    let schema = &facts.schema.block;
    let decoded = decode_with_places(&body, schema, &scope, &mut diagnostics);
    check_ephemeral(&decoded, schema, &mut diagnostics);

    let ty = decoded.value.ty();
    let implied = schema.implied_type();
    assert!(implied.has_dynamic() || ty == implied, "{ty}\nis not\n{implied}");
    let mut actual = String::new();
    render(&decoded.value, 0, &mut actual);
    actual.push('\n');
    for it in diagnostics.iter() {
        let place = it.subject.map(|span| sources.get(span.file).slice(span).to_owned());
        let place = place.unwrap_or_default();
        let _ = writeln!(actual, "{}: {} <{}>", it.summary, it.detail, place.replace('\n', "\\n"));
    }
    assert_eq!(actual.trim(), expected.trim(), "\n{actual}");
}

fn render(value: &Value, depth: usize, out: &mut String) {
    if value.marks().is_sensitive() {
        out.push_str("secret ");
    }
    let line = |out: &mut String| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth + 1));
    };
    match value.kind() {
        Kind::Map(_, fields) | Kind::Object(fields) => {
            out.push_str(if matches!(value.kind(), Kind::Map(..)) { "map {" } else { "{" });
            for (name, field) in fields {
                let empty = field.as_elements().is_some_and(|it| it.is_empty())
                    || matches!(field.kind(), Kind::Map(_, fields) if fields.is_empty());
                if !field.is_null() && (!empty || field.is_marked()) {
                    line(out);
                    let _ = write!(out, "{name} = ");
                    render(field, depth + 1, out);
                }
            }
            out.push('}');
        }
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            out.push_str(match value.kind() {
                Kind::List(..) => "[",
                Kind::Set(..) => "set [",
                _ => "tuple [",
            });
            for element in elements.iter() {
                line(out);
                render(element, depth + 1, out);
            }
            out.push(']');
        }
        _ => {
            let _ = write!(out, "{:?}", value.clone().unmark().0);
        }
    }
}

#[test]
fn nothing() {
    check("things", "", "{\n  group = {}}");
}
