use std::fmt::Write as _;

use provision_schema::facts::ResourceFacts;
use provision_schema::{Catalogue, Kind, Phase};

use super::*;
use crate::evaluate::Names;
use crate::functions::FunctionContext;
use crate::source::Sources;
use crate::syntax::{parse_body, parse_json};

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
    let body = match text.starts_with('{') {
        true => parse_json(file, text, &mut diagnostics).expect("valid JSON"),
        false => Body::Native(parse_body(file, text, &mut diagnostics)),
    };
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

#[test]
fn attributes() {
    check(
        "things",
        r#"
flag = "true"
names = [1, true]
anything = { a = [1] }
"#,
        r#"
{
  anything = {
    a = tuple [
      1]}
  flag = true
  group = {}
  names = [
    "1"
    "true"]}
"#,
    );
}

#[test]
fn wrong_types() {
    check(
        "things",
        r#"
flag = "maybe"
names = { a = 1 }
rules = [{ text = "x" }]
"#,
        r#"
{
  flag = unknown(bool)
  group = {}
  names = unknown(list(string))
  rules = unknown(set(object({port=number,text=string})))}
Incorrect attribute value type: Inappropriate value for attribute "flag": a bool is required. <"maybe">
Incorrect attribute value type: Inappropriate value for attribute "names": list of string required. <{ a = 1 }>
Incorrect attribute value type: Inappropriate value for attribute "rules": element 0: attribute "port" is required. <[{ text = "x" }]>
"#,
    );
}

#[test]
fn unsupported() {
    check(
        "things",
        r#"
flags = true
fews {}
dynamic "fews" {
  for_each = []
  content {}
}
"#,
        r#"
{
  group = {}}
Unsupported argument: An argument named "flags" is not expected here. Did you mean "flag"? <flags>
Unsupported block type: Blocks of type "fews" are not expected here. Did you mean "few"? <fews>
Unsupported block type: Blocks of type "fews" are not expected here. <"fews">
"#,
    );
}

#[test]
fn missing() {
    check(
        "needs",
        r#"
"#,
        r#"
{}
Missing required argument: The argument "a" is required, but no definition was found. <>
Insufficient b blocks: At least 1 "b" blocks are required. <>
Missing c block: A c block is required. <>
"#,
    );
}

#[test]
fn counts() {
    check(
        "needs",
        r#"
a = null
b {}
c {}
c {}
"#,
        r#"
{
  b = [
    {}]
  c = {}}
Duplicate c block: Only one block of type "c" is allowed. <c>
"#,
    );
}

#[test]
fn too_many() {
    check(
        "things",
        r#"
few {}
few {}
few {}
group {}
group {
  a = "g"
}
"#,
        r#"
{
  few = [
    {}
    {}
    {}]
  group = {}}
Too many few blocks: No more than 2 "few" blocks are allowed <few>
Duplicate group block: Only one block of type "group" is allowed. <group>
"#,
    );
}

#[test]
fn nested() {
    check(
        "things",
        r#"
one { 
  a = "x"
}
few {
  a = 1
  inner {
    b = "2"
  }
}
set {
  a = "z"
}
set {
  a = "a"
}
set {
  a = "z"
}
free {
  a = 1
}
free {
  a = "1"
}
by_key "k" {
  a = "v"
}
by_key "k" {
  a = "w"
}
"#,
        r#"
{
  by_key = map {
    k = {
      a = "w"}}
  few = [
    {
      a = "1"
      inner = [
        {
          b = 2}]}]
  free = tuple [
    {
      a = 1}
    {
      a = "1"}]
  group = {}
  one = {
    a = "x"}
  set = set [
    {
      a = "a"}
    {
      a = "z"}]}
Duplicate by_key block: There is another block of type "by_key" with label "k". <by_key "k">
"#,
    );
}

#[test]
fn dynamic() {
    check(
        "things",
        r#"
dynamic "few" {
  for_each = { x = 1, y = 2 }
  content {
    a = few.key
    dynamic "inner" {
      for_each = [few.value, 5]
      iterator = it
      content {
        b = it.value + it.key + few.value
      }
    }
  }
}
"#,
        r#"
{
  few = [
    {
      a = "x"
      inner = [
        {
          b = 2}
        {
          b = 7}]}
    {
      a = "y"
      inner = [
        {
          b = 4}
        {
          b = 8}]}]
  group = {}}
"#,
    );
}

#[test]
fn dynamic_unknown() {
    check(
        "things",
        r#"
dynamic "few" {
  for_each = unknown
  content {
    a = few.value.x
    inner {
      c = 1
    }
  }
}
few {}
dynamic "set" {
  for_each = [1, text]
  content {
    a = set.value
  }
}
dynamic "one" {
  for_each = unknown
  content {
    a = "x"
  }
}
dynamic "free" {
  for_each = unknown
  content {}
}
"#,
        r#"
{
  few = unknown(list(object({a=string,inner=list(object({b=number}))})))
  free = unknown(dynamic)
  group = {}
  one = unknown(object({a=string}))
  set = set [
    {
      a = "1"}
    {
      a = unknown(string)}]}
Unsupported argument: An argument named "c" is not expected here. Did you mean "b"? <c>
"#,
    );
}

#[test]
fn dynamic_marks() {
    check(
        "things",
        r#"
dynamic "few" {
  for_each = secrets
  content {
    a = "fixed"
    inner {
      b = 1
    }
  }
}
dynamic "set" {
  for_each = [secret]
  content {
    a = set.value
  }
}
"#,
        r#"
{
  few = secret [
    {
      a = secret "fixed"
      inner = [
        {
          b = secret 1}]}]
  group = {}
  set = secret set [
    {
      a = "s"}]}
"#,
    );
}

#[test]
fn dynamic_labels() {
    check(
        "things",
        r#"
dynamic "by_key" {
  for_each = ["a", "b"]
  labels   = ["k-${by_key.value}"]
  content {
    a = by_key.value
  }
}
"#,
        r#"
{
  by_key = map {
    k-a = {
      a = "a"}
    k-b = {
      a = "b"}}
  group = {}}
"#,
    );
}

#[test]
fn dynamic_wrong() {
    check(
        "things",
        r#"
dynamic "few" {
  for_each = null
  content {}
}
dynamic "few" {
  for_each = 3
  content {}
}
dynamic "few" {
  content {}
}
dynamic "few" {
  for_each = []
}
dynamic "few" {
  for_each = []
  iterator = a.b
  content {}
}
dynamic "few" {
  for_each = []
  content {}
  content {}
}
dynamic "by_key" {
  for_each = [null, text, secret]
  labels   = [by_key.value]
  content {}
}
dynamic "by_key" {
  for_each = [1]
  labels   = []
  content {}
}
"#,
        r#"
{
  group = {}}
Invalid dynamic for_each value: Cannot use a null value in for_each. <null>
Invalid dynamic for_each value: Cannot use a number value in for_each. An iterable collection is required. <3>
Missing required argument: The argument "for_each" is required, but no definition was found. <>
Missing dynamic content block: A dynamic block must have a nested block of type "content" to describe the body of each generated block. <>
Invalid dynamic iterator name: Dynamic iterator must be a single variable name. <a.b>
Extraneous dynamic content block: Only one nested content block is allowed for each dynamic block. <content>
Invalid dynamic block label: Cannot use a null value as a dynamic block label. <by_key.value>
Invalid dynamic block label: This value is not yet known. Dynamic block labels must be immediately-known values. <by_key.value>
Invalid dynamic block label: Cannot use a sensitive or ephemeral value as a dynamic block label. <by_key.value>
Insufficient dynamic block labels: Blocks of this type have one label. <[]>
"#,
    );
}

#[test]
fn attribute_as_blocks() {
    check(
        "things",
        r#"
rules {
  port = 1
}
rules {
  text = "no port"
}
"#,
        r#"
{
  group = {}
  rules = set [
    {
      port = 1}
    {
      text = "no port"}]}
"#,
    );
}

#[test]
fn attribute_as_blocks_dynamic() {
    check(
        "things",
        r#"
dynamic "rules" {
  for_each = [80, 443]
  content {
    port = rules.value
  }
}
"#,
        r#"
{
  group = {}
  rules = set [
    {
      port = 80}
    {
      port = 443}]}
"#,
    );
}

#[test]
fn attribute_as_attribute() {
    check(
        "things",
        r#"
rules = []
"#,
        r#"
{
  group = {}}
"#,
    );
}

#[test]
fn attribute_both() {
    check(
        "things",
        r#"
rules = []
rules {
  port = 1
}
"#,
        r#"
{
  group = {}}
Unsupported block type: Blocks of type "rules" are not expected here. Did you mean to define argument "rules"? If so, use the equals sign to assign it a value. <rules>
"#,
    );
}

#[test]
fn ephemeral() {
    check(
        "things",
        r#"
secret_wo = temporary
few {
  a = temporary
}
"#,
        r#"
{
  few = [
    {
      a = "t"}]
  group = {}
  secret_wo = "t"}
Invalid use of an ephemeral value: The value of argument "a" is ephemeral, and only write-only arguments take ephemeral values: everything else must last between runs. <temporary>
"#,
    );
}

#[test]
fn real() {
    check(
        "aws_security_group",
        r#"
name = "web"
ingress {
  from_port   = 80
  to_port     = "80"
  protocol    = "tcp"
  cidr_blocks = ["10.0.0.0/8"]
}
egress = []
timeouts {
  create = "5m"
}
"#,
        r#"
{
  ingress = set [
    {
      cidr_blocks = [
        "10.0.0.0/8"]
      from_port = 80
      protocol = "tcp"
      to_port = 80}]
  name = "web"
  timeouts = {
    create = "5m"}}
"#,
    );
}

#[test]
fn deep() {
    check(
        "aws_wafv2_web_acl",
        r#"
name  = "acl"
scope = "REGIONAL"
default_action {
  allow {}
}
rule {
  name     = "r"
  priority = 1
  statement {
    and_statement {
      statement {
        not_statement {
          statement {
            or_statement {
              statement {
                geo_match_statement {
                  country_codes = ["NL"]
                }
              }
            }
          }
        }
      }
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "m"
    sampled_requests_enabled   = false
  }
}
visibility_config {
  cloudwatch_metrics_enabled = false
  metric_name                = "m"
  sampled_requests_enabled   = false
}
"#,
        r#"
{
  default_action = [
    {
      allow = [
        {}]}]
  name = "acl"
  rule = set [
    {
      name = "r"
      priority = 1
      statement = [
        {
          and_statement = [
            {
              statement = [
                {
                  not_statement = [
                    {
                      statement = [
                        {
                          or_statement = [
                            {
                              statement = [
                                {
                                  geo_match_statement = [
                                    {
                                      country_codes = [
                                        "NL"]}]}]}]}]}]}]}]}]
      visibility_config = [
        {
          cloudwatch_metrics_enabled = false
          metric_name = "m"
          sampled_requests_enabled = false}]}]
  scope = "REGIONAL"
  visibility_config = [
    {
      cloudwatch_metrics_enabled = false
      metric_name = "m"
      sampled_requests_enabled = false}]}
"#,
    );
}

#[test]
fn json() {
    check(
        "things",
        r#"{
  "flag": "${true}",
  "one": {"a": "x"},
  "few": [{"a": "1", "inner": {"b": 2}}, {"a": "2"}],
  "by_key": {"k": {"a": "v"}},
  "rules": [{"port": 1, "text": null}],
  "dynamic": {"set": {"for_each": ["p", "q"], "iterator": "it", "content": {"a": "${it.value}"}}}
}"#,
        r#"
{
  by_key = map {
    k = {
      a = "v"}}
  few = [
    {
      a = "1"
      inner = [
        {
          b = 2}]}
    {
      a = "2"}]
  flag = true
  group = {}
  one = {
    a = "x"}
  rules = set [
    {
      port = 1}]
  set = set [
    {
      a = "p"}
    {
      a = "q"}]}
"#,
    );
}

#[test]
fn json_wrong() {
    check(
        "things",
        r#"{
  "//": "a comment",
  "flags": true,
  "rules": [{"text": "no port"}],
  "one": {"b": "x"}
}"#,
        r#"
{
  group = {}
  one = {}
  rules = unknown(set(object({port=number,text=string})))}
Extraneous JSON object property: No argument or block type is named "flags". Did you mean "flag"? <"flags">
Incorrect attribute value type: Inappropriate value for attribute "rules": element 0: attribute "port" is required. <[{"text": "no port"}]>
Missing required argument: The argument "a" is required, but no definition was found. <}>
Extraneous JSON object property: No argument or block type is named "b". Did you mean "a"? <"b">
"#,
    );
}

#[test]
fn json_dynamic_attribute() {
    check(
        "things",
        r#"{
  "dynamic": {"rules": [{"for_each": [1], "content": {"port": "${rules.value}"}}]}
}"#,
        r#"
{
  group = {}
  rules = set [
    {
      port = 1}]}
"#,
    );
}

#[test]
fn no_elements() {
    check(
        "things",
        r#"
dynamic "rules" {
  for_each = []
  content {}
}
"#,
        r#"
{
  group = {}}
"#,
    );
}
