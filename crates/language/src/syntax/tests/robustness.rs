//! Texts that nobody writes: they may be refused, but never take the program down.

use proptest::prelude::*;

use super::*;

/// Reads the text in every way, on a thread with as little stack as tests have.
fn survive(text: &str) {
    let mut diagnostics = Diagnostics::new();
    let sources = Sources::default();
    let file = sources.add("test", text);
    parse_body(file, text, &mut diagnostics);
    parse_expression(file, text, &mut diagnostics);
    parse_template(file, text, &mut diagnostics);
    parse_traversal(file, text, &mut diagnostics);
    if let Some(Body::Json(body)) = parse_json(file, text, &mut diagnostics) {
        json_expression(&body.value, &mut diagnostics);
    }
    for diagnostic in diagnostics {
        let span = diagnostic.subject.expect("a syntax error has a place");
        assert!(span.start <= span.end && span.end as usize <= text.len());
    }
}

#[test]
fn deep_and_long() {
    let count = 20_000;
    let around = |open: &str, close: &str, depth: usize| {
        format!("x = {}1{}\n", open.repeat(depth), close.repeat(depth))
    };
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a = ", "}"),
        ("{(", ") = 1}"),
        ("f(", ")"),
        ("a[", "]"),
        ("[for x in ", " : x]"),
        ("\"${", "}\""),
        ("\"%{ if ", " }%{ endif }\""),
        ("<<A\n${", "}\nA\n"),
        ("-", ""),
        ("!", ""),
        ("1 + ", ""),
        ("a ? ", " : b"),
        ("a ? b : ", ""),
        ("1 + (", ")"),
        ("", "[*]"),
        ("", ".a"),
        ("", ".*"),
    ] {
        // Just about what the parser accepts, and far more.
        for depth in [30, 31, 32, 60, 61, 62, 63, 64, 65, 127, 128, 129, 192, count] {
            survive(&around(open, close, depth));
            survive(&around(open, "", depth));
        }
    }
    // As deep as it gets: operators in each of the brackets.
    let operators = "1 + ".repeat(40);
    survive(&around(&format!("{operators}("), ")", 60));
    survive(&around(&format!("\"${{{operators}"), "}\"", 60));
    survive(&around(&format!("\"${{{}", "-".repeat(50)), "}\"", 60));
    survive(&"a {\n".repeat(count));
    survive(&("a {\n".repeat(count) + &"}\n".repeat(count)));
    survive(&("{\"a\":".repeat(count) + &"}".repeat(count)));
    survive(&("[".repeat(500) + &"]".repeat(500)));
    survive(&"%{ if x }".repeat(count));
    survive(&"@".repeat(count));
    survive(&"}".repeat(count));
    survive(&"\"".repeat(count));
    survive(&format!("x = {}\n", "9".repeat(count)));
}

/// Objects of any size keep all of their items in order, also those the parser refuses together.
#[test]
fn large_objects() {
    let items: Vec<String> = (0..500).map(|index| format!("k{} = {index}", index % 400)).collect();
    let expected: Vec<String> =
        (0..500).map(|index| format!("\"k{}\": {index}", index % 400)).collect();
    let expected = format!("{{{}}}", expected.join(", "));
    check(&format!("{{{}}}", items.join(", ")), &expected);
    check(&format!("{{\n{}\n}}", items.join(" # comment\n")), &expected);
    check(
        "{a = {b = 1, b = {c = 2, c = 3}}, a = \"${{d = 4, d = 5}}\"}",
        r#"{"a": {"b": 1, "b": {"c": 2, "c": 3}}, "a": (wrap {"d": 4, "d": 5})}"#,
    );
    check("{a = 1, a = , b = 2}", "! Invalid expression at 1:13 \",\"");
    check("{a = 1, a}", "! Missing key/value separator at 1:10 \"}\"");
    check("{a = 1, a = 2 3, b = 2}", "! Missing attribute separator at 1:15 \"3\"");
}

fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "a",
        "b.c",
        "for",
        "in",
        "if",
        "else",
        "endif",
        "endfor",
        "null",
        "1",
        "2.5",
        "01",
        "\"",
        "\"x\"",
        "${",
        "%{",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "=",
        "==",
        "=>",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "?",
        ":",
        "::",
        ",",
        ".",
        "...",
        "\n",
        "\r\n",
        " ",
        "# c\n",
        "/* c */",
        "/*",
        "<<EOT\n",
        "<<-EOT\n",
        "EOT\n",
        "~",
        "~}",
        "\\",
        "\\n",
        "$",
        "$$",
        "é",
        "\u{feff}",
        "\0",
        "&&",
        "||",
        "&",
        ";",
        "'",
        "<",
        ">",
        "[*]",
        ".*",
        "x = ",
        "block \"l\" {\n",
        "\t",
        "true",
    ]);
    prop::collection::vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_fragments(text in fragments()) {
        survive(&text);
        survive(&format!("x = {text}\n"));
        survive(&format!("{{\"a\": \"{text}\"}}"));
    }

    #[test]
    fn any_text(text in ".*") {
        survive(&text);
    }
}
