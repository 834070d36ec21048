//! Arguments and blocks, and what is left of a body after errors.

use super::check_body;

#[test]
fn arguments_and_blocks() {
    check_body("a = 1", "a = 1");
    check_body("a = 1\n", "a = 1");
    check_body("a = 1 b = 2\n", r#"! Missing newline after argument at 1:7 "b""#);
    check_body("a = 1, b = 2\n", r#"! Unexpected comma after argument at 1:6 ",""#);
    check_body("a = 1\na = 2\n", "a = 1\n! Attribute redefined at 2:1 \"a\"");
    check_body("a {}\n", "a {}");
    check_body("a {}", "a {}");
    check_body("a { }\n", "a {}");
    check_body("a { b = 1 }\n", "a {b = 1}");
    check_body(
        "a { b = 1, c = 2 }\n",
        "a {}\n! Invalid single-argument block definition at 1:10 \",\"",
    );
    check_body(
        "a { b = 1\n}\n",
        "a {}\n! Invalid single-argument block definition at 1:10 \"\\n\"",
    );
    check_body("a {\nb = 1 }\n", "a {b = 1}\n! Missing newline after argument at 2:7 \"}\"");
    check_body("a {\nb = 1\n}\n", "a {b = 1}");
    check_body("a {\n b {} }\n", "a {b {}}\n! Missing newline after block definition at 2:7 \"}\"");
    check_body("a { b {} }\n", "a {}\n! Argument definition required at 1:7 \"{\"");
    check_body("a {} b {}\n", "a {}\n! Missing newline after block definition at 1:6 \"b\"");
    check_body("a \"b\" {}\n", r#"a "b" {}"#);
    check_body("a b {}\n", r#"a "b" {}"#);
    check_body("a \"b\" c \"d\" {}\n", r#"a "b" "c" "d" {}"#);
    check_body("a \"b${c}\" {}\n", r#"! Invalid string literal at 1:5 "${""#);
    check_body("a \"$${c}\" {}\n", r#"a "${c}" {}"#);
    check_body("a \"b\\n\" {}\n", r#"a "b\n" {}"#);
    check_body("a \"b\" = 1\n", r#"! Invalid block definition at 1:7 "=""#);
    check_body("a \"b\"\n", r#"! Invalid block definition at 1:6 """#);
    check_body(
        "a \"b\"\n{}\n",
        "! Invalid block definition at 1:6 \"\"\n! Argument or block definition required at 2:1 \"{\"",
    );
    check_body(
        "a\n{}\n",
        "! Argument or block definition required at 1:1 \"a\"\n! Argument or block definition required at 2:1 \"{\"",
    );
    check_body("a\n", r#"! Argument or block definition required at 1:1 "a""#);
    check_body("a b\n", r#"! Invalid block definition at 1:4 """#);
    check_body("\"a\" = 1\n", r#"! Invalid argument name at 1:1 "\"""#);
    check_body("\"a\" {}\n", r#"! Invalid argument name at 1:1 "\"""#);
    check_body("= 1\n", r#"! Argument or block definition required at 1:1 "=""#);
    check_body("{}\n", r#"! Argument or block definition required at 1:1 "{""#);
    check_body("}\n", r#"! Argument or block definition required at 1:1 "}""#);
    check_body("a {\n", "a {}\n! Unclosed configuration block at 1:3 \"{\"");
    check_body("a {\n b = 1\n", "a {b = 1}\n! Unclosed configuration block at 1:3 \"{\"");
    check_body("a {\n b {\n }\n", "a {b {}}\n! Unclosed configuration block at 1:3 \"{\"");
    check_body("a {\n}}\n", "a {}\n! Missing newline after block definition at 2:2 \"}\"");
    check_body("a { # c\n}\n", "a {}");
    check_body("a { /* c */ }\n", "a {}");
    check_body("a { /* c */ b = 1 /* d */ }\n", "a {b = 1}");
    check_body("a /* c */ \"b\" /* d */ {\n}\n", r#"a "b" {}"#);
    check_body("a = 1 # c\n", "a = 1");
    check_body("a = 1 // c", "a = 1");
    check_body("a = 1 /* c */\n", "a = 1");
    check_body("/* c */ a = 1\n", "a = 1");
    check_body("/* c\n c */ a = 1\n", "a = 1");
    check_body("a = /* x\n */ 1\n", "a = 1");
    check_body("# c", "");
    check_body("\n\n", "");
    check_body("", "");
    check_body("\u{feff}a = 1\n", "a = 1");
    check_body("a = 1\n\u{feff}b = 2\n", "a = 1\n! Invalid character at 2:1 \"\\u{feff}\"");
    check_body("a = 1\r\nb {\r\n c = 2\r\n}\r\n", "a = 1; b {c = 2}");
    check_body("null = 1\n", "null = 1");
    check_body("true {}\n", "true {}");
    check_body("for = 1\n", "for = 1");
    check_body("a \"null\" true {}\n", r#"a "null" "true" {}"#);
    check_body("a-b = 1\n", "a-b = 1");
    check_body("-a = 1\n", r#"! Argument or block definition required at 1:1 "-""#);
    check_body("1a = 1\n", r#"! Argument or block definition required at 1:1 "1""#);
    check_body("é = 1\n", "é = 1");
    check_body("a.b = 1\n", r#"! Argument or block definition required at 1:1 "a""#);
    check_body("a[0] = 1\n", r#"! Argument or block definition required at 1:1 "a""#);
    check_body("a: 1\n", r#"! Argument or block definition required at 1:1 "a""#);
    check_body("a: {}\n", r#"! Argument or block definition required at 1:1 "a""#);
}

#[test]
fn unbalanced_and_misplaced() {
    check_body("a = {\n", r#"! Unterminated object constructor expression at 1:5 "{""#);
    check_body("a = [\n", r#"! Unterminated tuple constructor expression at 1:5 "[""#);
    check_body("a = (\n", r#"! Unbalanced parentheses at 1:5 "(""#);
    check_body("a = f(\n", r#"! Unterminated function call at 1:6 "(""#);
    check_body("a = \"b\nc = 1\n", r#"! Invalid multi-line string at 1:5 "\"b""#);
    check_body("a = <<EOT\nb\n", r#"! Unterminated template string at 1:5 "<<EOT""#);
    check_body("a = <<EOT\nb\nEOT", r#"! Unterminated template string at 3:1 "EOT""#);
    check_body("a = <<EOT\nb\nEOT\n", r#"a = "b\n""#);
    check_body("a = ${b}\n", r#"! Invalid character at 1:5 "$""#);
    check_body("a == 1\n", r#"! Argument or block definition required at 1:1 "a""#);
    check_body("a += 1\n", r#"! Argument or block definition required at 1:1 "a""#);
    check_body("a = 1;\n", r#"! Invalid character at 1:6 ";""#);
    check_body(
        "a {\n b = \n c = 2\n}\nd = 3\n",
        "d = 3; a {c = 2}\n! Invalid expression at 2:6 \"\"",
    );
    check_body("a {\n b = 1\n b = 2\n}\n", "a {b = 1}\n! Attribute redefined at 3:2 \"b\"");
    check_body("a = 1\na {}\n", "a = 1; a {}");
    check_body(
        "a { b = 1 b = 2 }\n",
        "a {}\n! Invalid single-argument block definition at 1:11 \"b\"",
    );
    check_body(
        "a { b = 1 } c = 2\n",
        "a {b = 1}\n! Missing newline after block definition at 1:13 \"c\"",
    );
    check_body(
        "a { b = <<E\nx\nE\n}\n",
        "a {}\n! Invalid single-argument block definition at 3:2 \"\\n\"",
    );
    check_body("a { b = [\n1\n] }\n", "a {b = [1]}");
    check_body("a { b = {\nc = 1\n} }\n", r#"a {b = {"c": 1}}"#);
    check_body("a = 1\tb\n", r#"! Missing newline after argument at 1:7 "b""#);
    check_body("\ta = 1\n", "a = 1");
    check_body("a\t=\t1\n", "a = 1");
    check_body("a\0 = 1\n", r#"! Invalid character at 1:2 "\0""#);
    check_body("a = \"\0\"\n", r#"a = "\0""#);
    check_body("a = \"${b\"\n", r#"! Unclosed template interpolation sequence at 1:6 "${""#);
    check_body("a = \"${b\n", r#"! Unclosed template interpolation sequence at 1:6 "${""#);
    check_body("a = [1, 2)\n", r#"! Missing item separator at 1:10 ")""#);
    check_body("a = (1]\n", r#"! Unbalanced parentheses at 1:7 "]""#);
    check_body("a = {b = 1]\n", r#"! Missing attribute separator at 1:11 "]""#);
    check_body("a = f(1]\n", r#"! Missing argument separator at 1:8 "]""#);
    check_body("a = b[1)\n", r#"! Missing close bracket on index at 1:8 ")""#);
    check_body("a = 1)\n", r#"! Missing newline after argument at 1:6 ")""#);
    check_body("a = 1]\n", r#"! Missing newline after argument at 1:6 "]""#);
    check_body("a = 1}\n", r#"! Missing newline after argument at 1:6 "}""#);
    check_body("a {\n b = 1)\n}\n", "a {}\n! Missing newline after argument at 2:7 \")\"");
    check_body("a {\n b = (1\n}\n", "a {}\n! Unbalanced parentheses at 3:1 \"}\"");
    check_body("a = \"x\" {}\n", r#"! Missing newline after argument at 1:9 "{""#);
    check_body("a \"b\" \"c {\n}\n", r#"! Invalid multi-line string at 1:7 "\"c {""#);
    check_body("a 'b' {}\n", "! Invalid character at 1:3 \"'\"\n! Invalid character at 1:5 \"'\"");
    check_body("a b = 1\n", r#"! Invalid block definition at 1:5 "=""#);
    check_body("a \"b\" 1 {}\n", r#"! Invalid block definition at 1:7 "1""#);
    check_body("a [ {\n}\n", r#"! Missing close bracket on index at 1:3 "[""#);
    check_body("a { = 1 }\n", "a {}\n! Argument or block definition required at 1:5 \"=\"");
    check_body("a { 1 }\n", "a {}\n! Argument or block definition required at 1:5 \"1\"");
    check_body("a { b }\n", "a {}\n! Argument or block definition required at 1:7 \"}\"");
    check_body("a { b \"c\" {} }\n", "a {}\n! Argument definition required at 1:7 \"\\\"\"");
    check_body("a { b\n}\n", "a {}\n! Argument or block definition required at 1:6 \"\\n\"");
    check_body(
        "a { b = 1 ]\n",
        "a {}\n! Unclosed configuration block at 1:3 \"{\"\n! Missing newline after argument at 1:11 \"]\"",
    );
    check_body("a,b = 1\n", r#"! Argument or block definition required at 1:1 "a""#);
    check_body("a = 1 }\n", r#"! Missing newline after argument at 1:7 "}""#);
    check_body("@\n", r#"! Invalid character at 1:1 "@""#);
    check_body("a = 1\n@\nb = 2\n", "a = 1; b = 2\n! Invalid character at 2:1 \"@\"");
    check_body("a = 1 @\n", r#"! Invalid character at 1:7 "@""#);
    check_body("a = \"%{ if x }\"\n", r#"! Unexpected end of template at 1:6 "%{ if x }""#);
    check_body("a = b ? c\n", r#"! Missing false expression in conditional at 1:10 """#);
    check_body("a = {for k, v in b : k}\n", r#"! Invalid 'for' expression at 1:23 "}""#);
    check_body("a = [for k, v in b : k => v]\n", r#"! Invalid 'for' expression at 1:24 "=>""#);
    check_body("// a\r\n/* b */\r\na = 1", "a = 1");
    check_body("a = 1 /* b", r#"! Unclosed comment at 1:7 "/*""#);
    check_body("a = <<-EOT\n  a\n EOT\n", r#"a = "a\n""#);
    check_body("a = \"a${b}c\" d\n", r#"! Missing newline after argument at 1:14 "d""#);
    check_body("a = b. c\n", "a = b.c");
    check_body("a = b.\n", r#"! Invalid attribute name at 1:7 """#);
    check_body("a = \"${b\nc = 1\n", r#"! Unclosed template interpolation sequence at 1:6 "${""#);
    check_body(
        "a = 1\nb = [1, 2\nc {\n}\n",
        "a = 1\n! Unterminated tuple constructor expression at 2:5 \"[\"",
    );
}
