//! What bodies of both syntaxes have of a shape, and what is said of the rest.

use super::*;

fn shape() -> BodyShape {
    BodyShape::new()
        .required("name")
        .optional("count")
        .optional("tags")
        .literal("description")
        .block("thing", &["type", "name"])
        .block("lifecycle", &[])
}

fn dump_content(content: &Content) -> String {
    let attributes = content.attributes.values().map(|attribute| {
        let literal = attribute.json.as_ref().map(|json| dump_value(&json_literal(json)));
        let literal = literal.map_or(String::new(), |literal| format!(" as {literal}"));
        format!("{} = {}{literal}", &*attribute.name, dump(&attribute.expr))
    });
    let blocks = content.blocks.iter().map(|block| {
        let labels: String = block.labels.iter().map(|label| format!(" {:?}", &**label)).collect();
        format!("{}{labels} {{{}}}", &*block.kind, dump_body(&block.body))
    });
    attributes.chain(blocks).collect::<Vec<_>>().join("; ")
}

fn read_body(
    text: &str,
    file: FileId,
    is_json: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Body> {
    match is_json {
        true => parse_json(file, text, diagnostics),
        false => Some(parse_body(file, text, diagnostics).into()),
    }
}

#[track_caller]
fn check_content(text: &str, expected: &str) {
    let is_json = text.starts_with(['{', '[']);
    let read_content = |file, text: &str, diagnostics: &mut Diagnostics| {
        let body = read_body(text, file, is_json, diagnostics)?;
        Some(body.content(&shape(), diagnostics))
    };
    let dump = |content: Option<Content>| content.map_or(String::new(), |it| dump_content(&it));
    assert_eq!(read(text, read_content, dump), expected, "in {text:?}");
}

/// The content, and then what is left.
#[track_caller]
fn check_partial(text: &str, expected: &str) {
    let is_json = text.starts_with(['{', '[']);
    let read_content = |file, text: &str, diagnostics: &mut Diagnostics| {
        let body = read_body(text, file, is_json, diagnostics)?;
        Some(body.partial_content(&shape(), diagnostics))
    };
    let dump = |result: Option<(Content, Body)>| {
        result.map_or(String::new(), |(content, rest)| {
            format!("{} | {}", dump_content(&content), dump_body(&rest))
        })
    };
    assert_eq!(read(text, read_content, dump), expected, "in {text:?}");
}

#[track_caller]
fn check_attributes(text: &str, expected: &str) {
    let is_json = text.starts_with(['{', '[']);
    let read_attributes = |file, text: &str, diagnostics: &mut Diagnostics| {
        let body = read_body(text, file, is_json, diagnostics);
        body.map_or(Vec::new(), |body| body.just_attributes(diagnostics))
    };
    let dump = |attributes: Vec<crate::ast::Attribute>| {
        let one = |it: crate::ast::Attribute| format!("{} = {}", &*it.name, dump(&it.expr));
        attributes.into_iter().map(one).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(read(text, read_attributes, dump), expected, "in {text:?}");
}

#[test]
fn native() {
    check_content("name = 1\ntags = {}\n", "name = 1; tags = {}");
    check_content("", r#"! Missing required argument at 1:1 """#);
    check_content("name = 1\nconut = 2\n", "name = 1\n! Unsupported argument at 2:1 \"conut\"");
    check_content(
        "name = 1\nlifecycle = 2\n",
        "name = 1\n! Unsupported argument at 2:1 \"lifecycle\"",
    );
    check_content("name = 1\ntags {}\n", "name = 1\n! Unsupported block type at 2:1 \"tags\"");
    check_content(
        "name = 1\nthing \"a\" \"b\" {\n  c = 1\n}\nlifecycle {}\n",
        r#"name = 1; thing "a" "b" {c = 1}; lifecycle {}"#,
    );
    check_content("name = 1\nthing a {}\n", "name = 1\n! Missing name for thing at 2:9 \"{\"");
    check_content(
        "name = 1\nthing a b c {}\nlifecycle d {}\n",
        "name = 1\n! Extraneous label for thing at 2:11 \"c\"\n\
         ! Extraneous label for lifecycle at 3:11 \"d\"",
    );
    check_partial("name = 1\nx = 2\ny {}\nlifecycle {}\n", "name = 1; lifecycle {} | x = 2; y {}");
    check_attributes("b = 1\na = c\n", "b = 1; a = c");
    check_attributes("b = 1\na {}\n", "b = 1\n! Unexpected \"a\" block at 2:1 \"a\"");
}

#[test]
fn json() {
    check_content(r#"{"name": 1, "//": "why"}"#, "name = 1 as 1");
    check_content(
        r#"{"name": "${a}-b", "tags": {"k${x}": [true, null, "$${y}"]}}"#,
        "name = (template ${a} \"-b\") as \"${a}-b\"; tags = {(template \"k\" ${x}): [true null \
         \"${y}\"]} as {k${x}: [true null \"$${y}\"]}",
    );
    check_content(r#"{"name": "${a.b}"}"#, r#"name = (wrap a.b) as "${a.b}""#);
    check_content(
        r#"{"name": "${\"a\"}\n"}"#,
        "name = (template ${\"a\"} \"\\n\") as \"${\\\"a\\\"}\\n\"",
    );
    check_content(
        r#"{"name": 1, "description": "${a:-b}"}"#,
        r#"name = 1 as 1; description = "${a:-b}" as "${a:-b}""#,
    );
    check_content(r#"{}"#, "! Missing required argument at 1:2 \"}\"");
    check_content(r#"[{"name": 1}, {"count": 2}]"#, "name = 1 as 1; count = 2 as 2");
    check_content(
        r#"{"name": 1, "thing": {"a": {"b": {"c": 1}, "d": [{}, {"e": 2}]}}, "lifecycle": {}}"#,
        r#"name = 1 as 1; thing "a" "b" {{c: 1}}; thing "a" "d" {{}}; thing "a" "d" {{e: 2}}; lifecycle {{}}"#,
    );
    check_content(
        r#"{"name": 1, "thing": [{"a": {"b": {}}}, {"a": [{"c": {}}]}]}"#,
        r#"name = 1 as 1; thing "a" "b" {{}}; thing "a" "c" {{}}"#,
    );
    check_content(r#"{"name": 1, "lifecycle": null}"#, "name = 1 as 1");
    check_content(
        r#"{"name": 1, "lifecycle": 2, "thing": {}}"#,
        "name = 1 as 1\n! Incorrect JSON value type at 1:26 \"2\"\n\
         ! Missing block label at 1:38 \"{\"",
    );
    check_content(
        r#"{"name": 1, "thing": {"a": 2}}"#,
        "name = 1 as 1\n! Incorrect JSON value type at 1:28 \"2\"\n\
         ! Missing block label at 1:28 \"2\"",
    );
    check_content(
        r#"{"name": 1, "nam": 2, "name": 3}"#,
        "name = 1 as 1\n! Duplicate argument at 1:23 \"\\\"name\\\"\"\n\
         ! Extraneous JSON object property at 1:13 \"\\\"nam\\\"\"",
    );
    check_partial(
        r#"{"name": 1, "x": 2, "lifecycle": {}, "//": 3}"#,
        "name = 1 as 1; lifecycle {{}} | {//: 3, x: 2}",
    );
    check_attributes(r#"{"b": 1, "a": "${c}", "//": 2}"#, "b = 1; a = (wrap c)");
    check_attributes(
        r#"{"b": 1, "b": 2}"#,
        "b = 1\n! Duplicate attribute definition at 1:10 \"\\\"b\\\"\"",
    );
    check_attributes(r#"[]"#, "! Incorrect JSON value type at 1:1 \"[\"");
    check_attributes(
        r#"{"a": {"b": 1, "b": 2}}"#,
        "a = {\"b\": 1}\n! Duplicate object attribute at 1:16 \"\\\"b\\\"\"",
    );
    check_attributes(
        r#"{"a": "x ${b c}"}"#,
        "a = ?\n! Extra characters after interpolation expression at 1:14 \"c\"",
    );
    check_attributes(r#"{"a": 12345678901234567890123.5e-1}"#, "a = 1234567890123456789012.35");
}

#[test]
fn json_text() {
    let fail = |text: &str, expected: &str| check_attributes(text, expected);
    fail("{", "! Unclosed object at 1:1 \"{\"");
    fail("[1", "! Unclosed array at 1:1 \"[\"");
    fail("{\"a\": 1,}", "! Trailing comma at 1:8 \",\"");
    fail("{\"a\" 1}", "! Missing property value colon at 1:6 \"1\"");
    fail("{\"a\": }", "! Invalid start of value at 1:7 \"}\"");
    fail("{\"a\": 1 \"b\": 2}", "! Missing attribute seperator comma at 1:8 \"\"");
    fail("{a: 1}", "! Invalid object property name at 1:2 \"a\"");
    fail("{\"a\": b}", "! Invalid JSON keyword at 1:7 \"b\"");
    fail("{\"a\": 'b'}", "! Invalid start of value at 1:7 \"'\"");
    fail("{\"a\": \"b}", "! Invalid JSON string at 1:7 \"\\\"b}\"");
    fail("{\"a\": \"b\nc\"}", "! Invalid JSON string at 1:9 \"\\n\"");
    fail("{\"a\": \"\\q\"}", "! Invalid JSON string at 1:8 \"\\\\q\"");
    fail("{\"a\": 0x1}", "! Invalid JSON number at 1:7 \"0\"");
    fail("{\"a\": 1.}", "! Invalid JSON number at 1:7 \"1.\"");
    fail("{\"a\": NaN}", "! Invalid JSON keyword at 1:7 \"NaN\"");
    fail("{} {}", "! Extraneous data after value at 1:4 \"{\"");
    fail("{ // a\n}", "! Invalid start of value at 1:3 \"// a\"");
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(300), "]".repeat(300));
    fail(&deep, r#"! Nesting too deep at 1:199 "[""#);
}

#[test]
fn suggestions() {
    assert_eq!(did_you_mean("conut", ["tags", "count"]), " Did you mean \"count\"?");
    assert_eq!(did_you_mean("contour", ["tags", "count"]), "");
    assert_eq!(did_you_mean("abc", []), "");
}

#[test]
fn references() {
    let check = |text: &str, expected: &str| {
        let dump = |it: Option<Reference>| {
            it.map_or(String::new(), |it| format!("{}{}", &*it.root, dump_steps(&it.steps)))
        };
        assert_eq!(read(text, parse_traversal, dump), expected);
    };
    check("aws_x.y[0].z", "aws_x.y[0].z");
    check("module.a[\"b\"].c", "module.a[\"b\"].c");
    check("aws_x.y[*]", "! Invalid reference at 1:1 \"aws_x.y[*]\"");
    check("aws_x.y[each.key]", "! Invalid reference at 1:1 \"aws_x.y[each.key]\"");
    check("f()", "! Invalid reference at 1:1 \"f()\"");
}
