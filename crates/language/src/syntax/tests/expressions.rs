//! Expressions, most of them with what the reference implementation accepts or how it complains.

use super::{check, check_template};

#[test]
fn literals_and_operators() {
    check("1", "1");
    check("-1", "(Negate 1)");
    check("--1", "(Negate (Negate 1))");
    check("- -1", "(Negate (Negate 1))");
    check("!!true", "(Not (Not true))");
    check("!a == b", "(Equal (Not a) b)");
    check("-a.b", "(Negate a.b)");
    check("-a[0].b", "(Negate a[0].b)");
    check("-1.abc", "(Negate <1>.abc)");
    check("1.", r#"! Invalid attribute name at 1:3 """#);
    check(".5", r#"! Invalid expression at 1:1 ".""#);
    check("01", "1");
    check("1e5", "100000");
    check("1E+5", "100000");
    check("1e", r#"! Extra characters after expression at 1:3 """#);
    check("1.5e-3", "0.0015");
    check("1.2.3", r#"! Invalid number literal at 1:1 "1.2.3""#);
    check("1.e5", "100000");
    check("0x10", r#"! Extra characters after expression at 1:2 "x10""#);
    check("123456789012345678901234567890", "123456789012345678901234567890");
    check("1_000", r#"! Extra characters after expression at 1:2 "_000""#);
    check("a ? b : c", "(if a b c)");
    check("a ? b", r#"! Missing false expression in conditional at 1:6 """#);
    check("a ? b : c ? d : e", "(if a b (if c d e))");
    check("a ? b ? c : d : e", "(if a (if b c d) e)");
    check("(a ? b : c)", "((if a b c))");
    check("a == b ? c : d", "(if (Equal a b) c d)");
    check("a && b || c", "(Or (And a b) c)");
    check("a & b", r#"! Unsupported operator at 1:3 "&""#);
    check("a | b", r#"! Unsupported operator at 1:3 "|""#);
    check("a ^ b", r#"! Unsupported operator at 1:3 "^""#);
    check("a ** b", r#"! Invalid expression at 1:4 "*""#);
    check("a % b", "(Modulo a b)");
    check("a // b", "a");
    check("a /* x */ + b", "(Add a b)");
    check("a + /* x */ b # c", "(Add a b)");
    check("a = b", r#"! Extra characters after expression at 1:3 "=""#);
    check("a =", r#"! Extra characters after expression at 1:3 "=""#);
    check("a b", r#"! Extra characters after expression at 1:3 "b""#);
    check("a,b", r#"! Extra characters after expression at 1:2 ",""#);
    check("a;b", r#"! Invalid character at 1:2 ";""#);
    check("'a'", "! Invalid character at 1:1 \"'\"\n! Invalid character at 1:3 \"'\"");
    check("`a`", "! Invalid character at 1:1 \"`\"\n! Invalid character at 1:3 \"`\"");
}

#[test]
fn quoted_templates() {
    check(r#""a""#, r#""a""#);
    check(r#""a\nb""#, r#""a\nb""#);
    check(r#""a\qb""#, r#"! Invalid escape sequence at 1:3 "\\q""#);
    check(r#""a\u12""#, r#"! Invalid escape sequence at 1:3 "\\u""#);
    check(r#""a\u1234""#, r#""aሴ""#);
    check(r#""a\U0001f600""#, r#""a😀""#);
    check(r#""a\ud800""#, r#"! Invalid escape sequence at 1:3 "\\u""#);
    check(r#""$""#, r#""$""#);
    check(r#""%""#, r#""%""#);
    check(r#""$$""#, r#""$$""#);
    check(r#""$a""#, r#""$a""#);
    check(r#""$${a}""#, r#""${a}""#);
    check(r#""%%{a}""#, r#""%{a}""#);
    check(r#""$$${a}""#, r#""$${a}""#);
    check(r#""${a}""#, "(wrap a)");
    check(r#""${ a }""#, "(wrap a)");
    check(r#""${~ a ~}""#, "(wrap a)");
    check(r#""${}""#, r#"! Invalid expression at 1:4 "}""#);
    check(r#""${a b}""#, r#"! Extra characters after interpolation expression at 1:6 "b""#);
    check(r#""${a:b}""#, r#"! Extra characters after interpolation expression at 1:5 ":""#);
    check(r#""${"nested ${x}"}""#, r#"(wrap (template "nested " ${x}))"#);
    check(r#""%{ if a }b%{ endif }""#, r#"(template (if a then "b" else))"#);
    check(r#""%{ if a }b%{ else }c%{ endif }""#, r#"(template (if a then "b" else "c"))"#);
    check(
        r#""%{ if a }b%{ else if c }d%{ endif }""#,
        r#"! Extra characters in else marker at 1:20 "if""#,
    );
    check(
        r#""%{if a}b%{else}c%{else}d%{endif}""#,
        r#"! Unexpected else directive at 1:18 "%{else}""#,
    );
    check(r#""%{ for a in b }${a}%{ endfor }""#, "(template (for a in b: ${a}))");
    check(r#""%{ for a, c in b }${a}%{ endfor }""#, "(template (for a c in b: ${a}))");
    check(r#""%{ for a, c, d in b }${a}%{ endfor }""#, r#"! Invalid 'for' directive at 1:13 ",""#);
    check(r#""%{ for a b }${a}%{ endfor }""#, r#"! Invalid 'for' directive at 1:11 "b""#);
    check(r#""%{ foo }""#, r#"! Invalid template control keyword at 1:5 "foo""#);
    check(r#""%{ }""#, r#"! Invalid template directive at 1:5 "}""#);
    check(r#""%{ endif }""#, r#"! Unexpected endif directive at 1:2 "%{ endif }""#);
    check(r#""%{ if a }""#, r#"! Unexpected end of template at 1:2 "%{ if a }""#);
    check(r#""%{ if }x%{ endif }""#, r#"! Invalid expression at 1:8 "}""#);
    check(r#""%{ if a b }x%{ endif }""#, r#"! Extra characters in if marker at 1:10 "b""#);
    check(r#""%{ endfor ~}""#, r#"! Unexpected endfor directive at 1:2 "%{ endfor ~}""#);
    check(r#""%{~ if a ~} b %{~ endif ~}""#, r#"(template (if a then "b" else))"#);
    check(r#""%{ if a }\"\n%{ endif }""#, r#"(template (if a then "\"\n" else))"#);
    check("\"a\nb\"", r#"! Invalid multi-line string at 1:1 "\"a""#);
    check(r#""unterminated"#, r#"! Unterminated template string at 1:1 "\"""#);
}

#[test]
fn tuples_and_for() {
    check("[]", "[]");
    check("[,]", r#"! Invalid expression at 1:2 ",""#);
    check("[1,]", "[1]");
    check("[1,,2]", r#"! Invalid expression at 1:4 ",""#);
    check("[1 2]", r#"! Missing item separator at 1:4 "2""#);
    check("[1\n,2]", "[1 2]");
    check("[\n1,\n2\n]", "[1 2]");
    check("[for x in y : x]", "(for x in y: x)");
    check("[for x in y: x if z]", "(for x in y: x if z)");
    check("[for x in y : x iffy]", r#"! Invalid 'for' expression at 1:17 "iffy""#);
    check("[for x inlist : x]", r#"! Invalid 'for' expression at 1:8 "inlist""#);
    check("[for x in y => x]", r#"! Invalid 'for' expression at 1:13 "=>""#);
    check("[for x, z in y : x]", "(for x z in y: x)");
    check("[for x, z, w in y : x]", r#"! Invalid 'for' expression at 1:10 ",""#);
    check("[for x in y : x...]", r#"! Invalid 'for' expression at 1:16 "...""#);
    check("[for x in y : k => x]", r#"! Invalid 'for' expression at 1:17 "=>""#);
    check("[for in y : x]", r#"! Invalid 'for' expression at 1:9 "y""#);
    check("[for 1 in y : x]", r#"! Invalid 'for' expression at 1:6 "1""#);
    check("[for x y : x]", r#"! Invalid 'for' expression at 1:8 "y""#);
    check("[for x in y x]", r#"! Invalid 'for' expression at 1:13 "x""#);
    check("[for]", r#"! Invalid 'for' expression at 1:5 "]""#);
    check("[for.x]", r#"! Invalid 'for' expression at 1:5 ".""#);
    check("[for, a]", r#"! Invalid 'for' expression at 1:5 ",""#);
    check("[fort, a]", "[fort a]");
    check("[for(x), a]", r#"! Invalid 'for' expression at 1:5 "(""#);
    check("a[for]", "a[for]");
}

#[test]
fn objects() {
    check("{}", "{}");
    check("{a = 1}", r#"{"a": 1}"#);
    check("{a : 1}", r#"{"a": 1}"#);
    check(r#"{"a" = 1}"#, r#"{"a": 1}"#);
    check(r#"{"a b" : 1}"#, r#"{"a b": 1}"#);
    check(r#"{"a${b}" = 1}"#, r#"{(template "a" ${b}): 1}"#);
    check("{(a) = 1}", "{(a): 1}");
    check("{(a) = 1, (a) = 2}", "{(a): 1, (a): 2}");
    check("{a = 1, a = 2}", r#"{"a": 1, "a": 2}"#);
    check(r#"{"a" = 1, "a" = 2}"#, r#"{"a": 1, "a": 2}"#);
    check("{a.b = 1}", "{a.b: 1}");
    check("{a[0] = 1}", "{a[0]: 1}");
    check("{1 = 2}", "{1: 2}");
    check("{1 = 2, 1 = 3}", "{1: 2, 1: 3}");
    check("{true = 1, null = 2, false = 3}", r#"{"true": 1, "null": 2, "false": 3}"#);
    check("{for = 1}", r#"! Invalid 'for' expression at 1:6 "=""#);
    check("{a = 1, for = 2}", r#"{"a": 1, "for": 2}"#);
    check("{forx = 1}", r#"{"forx": 1}"#);
    check("{in = 1, if = 2}", r#"{"in": 1, "if": 2}"#);
    check("{a = 1, b = 2,}", r#"{"a": 1, "b": 2}"#);
    check("{,}", r#"! Invalid expression at 1:2 ",""#);
    check("{a = 1,, b = 2}", r#"! Invalid expression at 1:8 ",""#);
    check("{a}", r#"! Missing key/value separator at 1:3 "}""#);
    check("{a b}", r#"! Missing key/value separator at 1:4 "b""#);
    check("{a =}", r#"! Invalid expression at 1:5 "}""#);
    check("{a = , b = 1}", r#"! Invalid expression at 1:6 ",""#);
    check("{a = 1 b = 2}", r#"! Missing attribute separator at 1:8 "b""#);
    check("{ a = 1\nb = 2 }", r#"{"a": 1, "b": 2}"#);
    check("{ a = 1\n\n# c\nb = 2 // d\n/* e */ c = 3 }", r#"{"a": 1, "b": 2, "c": 3}"#);
    check("{ a = 1 # c\n, b = 2 }", r#"! Invalid expression at 2:1 ",""#);
    check("{ a\n= 1 }", r#"! Missing attribute value at 1:4 """#);
    check("{ a =\n1 }", r#"! Invalid expression at 1:6 """#);
    check("{ a = b.\nc }", r#"! Invalid attribute name at 1:9 """#);
    check("{ a = 1 +\n2 }", r#"! Invalid expression at 1:10 """#);
    check("{ a = (1 +\n2) }", r#"{"a": ((Add 1 2))}"#);
    check("{ a = [1,\n2] }", r#"{"a": [1 2]}"#);
    check("{ a = f(1,\n2) }", r#"{"a": f(1, 2)}"#);
    check("{for k, v in m : k => v}", "(for k v in m: k => v)");
    check("{for k, v in m : k => v...}", "(for k v in m: k => v...)");
    check("{for k, v in m : k => v... if a}", "(for k v in m: k => v... if a)");
    check("{for k, v in m : k => v if a...}", r#"! Invalid 'for' expression at 1:29 "...""#);
    check("{for v in m : v}", r#"! Invalid 'for' expression at 1:16 "}""#);
    check("{\nfor k, v in m :\nk => v\nif c\n}", "(for k v in m: k => v if c)");
    check("{for k, v in\n m : k\n =>\n v\n ...\n if c\n}", "(for k v in m: k => v... if c)");
    check("{ # comment\nfor k, v in m : k => v }", "(for k v in m: k => v)");
    check("{for k,v in {for a in b: a => b}: k => v}", "(for k v in (for a in b: a => b): k => v)");
}

#[test]
fn calls() {
    check("f()", "f()");
    check("f(a)", "f(a)");
    check("f(a,)", "f(a)");
    check("f(,)", r#"! Invalid expression at 1:3 ",""#);
    check("f(a,,b)", r#"! Invalid expression at 1:5 ",""#);
    check("f(a b)", r#"! Missing argument separator at 1:5 "b""#);
    check("f(a...)", "f(a...)");
    check("f(a..., b)", r#"! Missing closing parenthesis at 1:7 ",""#);
    check("f(a...,)", r#"! Missing closing parenthesis at 1:7 ",""#);
    check("f(...)", r#"! Invalid expression at 1:3 "...""#);
    check("f (a)", "f(a)");
    check("f(a\n)", "f(a)");
    check("f(\na,\nb\n)", "f(a, b)");
    check("f(a\n,b)", "f(a, b)");
    check("foo::bar(a)", "foo::bar(a)");
    check("foo::bar", r#"! Missing open parenthesis at 1:9 """#);
    check("foo :: bar (a)", "foo::bar(a)");
    check("foo::bar::baz(a)", "foo::bar::baz(a)");
    check("core::f(a)", "core::f(a)");
    check("::f(a)", r#"! Invalid expression at 1:1 "::""#);
    check("foo::(a)", r#"! Missing function name at 1:6 "(""#);
    check("null(a)", "null(a)");
}

#[test]
fn traversals() {
    check("a.b", "a.b");
    check("a.b-c", "a.b-c");
    check("a-b", "a-b");
    check("a - b", "(Subtract a b)");
    check("a.0", "a[0]");
    check("a.0.b", "a[0].b");
    check("a.0.1", r#"! Invalid legacy index syntax at 1:3 "0.1""#);
    check("a.00", "a[0]");
    check("a.0.1.2", r#"! Invalid legacy index syntax at 1:3 "0.1.2""#);
    check("a.0x", r#"! Extra characters after expression at 1:4 "x""#);
    check("a.-1", r#"! Invalid attribute name at 1:3 "-""#);
    check("a.*", "a[*]");
    check("a.*.b", "a[*.b]");
    check("a.*.b.c[0].d", "a[*.b.c][0].d");
    check("a.*.0", "a[*[0]]");
    check("a.*.b.*.c", r#"! Nested splat expression not allowed at 1:6 ".*""#);
    check("a.*[0]", "a[*][0]");
    check("a.*.b[*].c", "a[*.b][*.c]");
    check("a[*]", "a[*]");
    check("a[ * ]", "a[*]");
    check("a[*].b", "a[*.b]");
    check("a[*].b[0].c", "a[*.b[0].c]");
    check("a[*].b[*].c", "a[*.b[*.c]]");
    check("a[*].*.c", "a[*[*.c]]");
    check("a[*][*][*]", "a[*[*[*]]]");
    check("a[0]", "a[0]");
    check(r#"a["b"]"#, r#"a["b"]"#);
    check("a[b.c]", "a[b.c]");
    check("a[]", r#"! Invalid expression at 1:3 "]""#);
    check("a[0\n]", "a[0]");
    check("a[\n0]", "a[0]");
    check("a[0, 1]", r#"! Missing close bracket on index at 1:4 ",""#);
    check("a .b", "a.b");
    check("a. b", "a.b");
    check("a [0]", "a[0]");
    check("a.", r#"! Invalid attribute name at 1:3 """#);
    check("a..b", r#"! Invalid attribute name at 1:3 ".""#);
    check("a.b.", r#"! Invalid attribute name at 1:5 """#);
    check(r#"a."b""#, r#"! Invalid attribute name at 1:3 "\"""#);
    check("a.true.null", "a.true.null");
    check("null.a", "<null>.a");
    check("true[0]", "<true>[0]");
    check(r#""abc"[0]"#, r#"<"abc">[0]"#);
    check(r#""a".b"#, r#"<"a">.b"#);
    check("[1,2][0]", "<[1 2]>[0]");
    check("{a=1}.a", r#"<{"a": 1}>.a"#);
    check("f(x).a[0]", "<f(x)>.a[0]");
    check("(a).b", "<(a)>.b");
}

#[test]
fn parentheses_and_misplaced_tokens() {
    check("(a\n+ b)", "((Add a b))");
    check("(a +\nb)", "((Add a b))");
    check("(a\n)", "(a)");
    check("(a b)", r#"! Unbalanced parentheses at 1:4 "b""#);
    check("(a", r#"! Unbalanced parentheses at 1:1 "(""#);
    check("(a))", r#"! Extra characters after expression at 1:4 ")""#);
    check("a]", r#"! Extra characters after expression at 1:2 "]""#);
    check("a}", r#"! Extra characters after expression at 1:2 "}""#);
    check("a + ", r#"! Missing expression at 1:5 """#);
    check("+ a", r#"! Invalid expression at 1:1 "+""#);
    check("a +* b", r#"! Invalid expression at 1:4 "*""#);
    check("a == == b", r#"! Invalid expression at 1:6 "==""#);
    check("a => b", r#"! Extra characters after expression at 1:3 "=>""#);
    check("a...", r#"! Extra characters after expression at 1:2 "...""#);
    check("a ... b", r#"! Extra characters after expression at 1:3 "...""#);
    check("a ? : c", r#"! Invalid expression at 1:5 ":""#);
    check("a ? b :", r#"! Missing expression at 1:8 """#);
    check("a !b", r#"! Extra characters after expression at 1:3 "!""#);
    check("[a !b]", r#"! Missing item separator at 1:4 "!""#);
    check("!a", "(Not a)");
    check("! a", "(Not a)");
    check("a != b", "(NotEqual a b)");
    check("a ! = b", r#"! Extra characters after expression at 1:3 "!""#);
    check("a < b > c", "(Greater (Less a b) c)");
    check("a <= b", "(LessOrEqual a b)");
    check("a =< b", r#"! Extra characters after expression at 1:3 "=""#);
    check("a <> b", r#"! Invalid expression at 1:4 ">""#);
    check("~a", r#"! Unsupported operator at 1:1 "~""#);
    check("@a", r#"! Invalid character at 1:1 "@""#);
    check("$a", r#"! Invalid character at 1:1 "$""#);
    check("a$", r#"! Invalid character at 1:2 "$""#);
    check(r#"\a"#, r#"! Invalid character at 1:1 "\\""#);
    check(r#"a\b"#, r#"! Invalid character at 1:2 "\\""#);
}

#[test]
fn names() {
    check("é", "é");
    check("变量.é", "变量.é");
    check("a–b", r#"! Invalid character at 1:2 "–""#);
    check("1a", r#"! Extra characters after expression at 1:2 "a""#);
    check("a1", "a1");
    check("_a", "_a");
    check("-", r#"! Missing expression at 1:2 """#);
    check("*", r#"! Invalid expression at 1:1 "*""#);
    check("?", r#"! Invalid expression at 1:1 "?""#);
    check("if", "if");
    check("for", "for");
    check("in", "in");
    check("else", "else");
    check("null", "null");
    check("null-a", "null-a");
}

#[test]
fn nested_templates() {
    check("<<EOT", r#"! Invalid expression at 1:1 "<""#);
    check("<<-EOT", r#"! Invalid expression at 1:1 "<""#);
    check(r#"each.value["a"].b"#, r#"each.value["a"].b"#);
    check("path.module", "path.module");
    check(r#""é\u0301""#, r#""é\u{301}""#);
    check("a == null ? [] : [a]", "(if (Equal a null) [] [a])");
    check(r#""${a}${b}""#, "(template ${a} ${b})");
    check(r#""a" "b""#, r#"! Extra characters after expression at 1:5 "\"""#);
    check("[[1], [2]]", "[[1] [2]]");
    check("{a = {b = {c = 1}}}", r#"{"a": {"b": {"c": 1}}}"#);
    check(r#""\""#, r#"! Unterminated template string at 1:1 "\"""#);
    check(r#""\\""#, r#""\\""#);
    check(r#""${"a"}""#, r#"(wrap "a")"#);
    check(r#""${f("a}b")}""#, r#"(wrap f("a}b"))"#);
    check(r#""${"}"}""#, r#"(wrap "}")"#);
    check(r#""${{a = 1}.a}""#, r#"(wrap <{"a": 1}>.a)"#);
    check(r#""${{a = 1}}""#, r#"(wrap {"a": 1})"#);
    check(r#""${[for x in y : "${x}"]}""#, "(wrap (for x in y: (wrap x)))");
    check("\"x${a\n}y\"", r#"(template "x" ${a} "y")"#);
    check("\"x${\na # c\n}y\"", r#"(template "x" ${a} "y")"#);
    check(r#""${a /* } */ }""#, "(wrap a)");
    check("a /* unterminated", r#"! Unclosed comment at 1:3 "/*""#);
    check("(a # c\n)", "(a)");
    check(r#""a # b""#, r#""a # b""#);
    check(r#""a // b""#, r#""a // b""#);
    check("a.b[c.d[0]].e", "a.b[c.d[0]].e");
    check("-[1]", "(Negate [1])");
    check(r#"-"a""#, r#"(Negate "a")"#);
    check("1 + -1", "(Add 1 (Negate 1))");
    check("1 +-1", "(Add 1 (Negate 1))");
    check("1--1", "(Subtract 1 (Negate 1))");
    check("1 - -1", "(Subtract 1 (Negate 1))");
    check("a*-b", "(Multiply a (Negate b))");
    check("!a && !b", "(And (Not a) (Not b))");
    check("(((1)))", "(((1)))");
    check(r#""a${1 + 2}b""#, r#"(template "a" ${(Add 1 2)} "b")"#);
}

#[test]
fn heredocs_and_line_breaks() {
    check("<<EOT\nEOT\n", r#""""#);
    check("<<EOT\na\nEOT\n", r#""a\n""#);
    check("<<EOT\na ${b}\n  EOT\n", r#"(template "a " ${b} "\n")"#);
    check("<<-EOT\n  a\n    b\n  EOT\n", r#""a\n  b\n""#);
    check("<<EOT\nEOTX\nEOT\n", r#""EOTX\n""#);
    check("<<EOT\na EOT\nEOT\n", r#""a EOT\n""#);
    check("<<EOT\n\"a\"\nEOT\n", r#""\"a\"\n""#);
    check("<<EOT\n%{ if a }\nb\n%{ endif }\nEOT\n", r#"(template (if a then "\nb\n" else) "\n")"#);
    check("f(<<EOT\na\nEOT\n)", r#"f("a\n")"#);
    check("f(<<EOT\na\nEOT\n, 2)", r#"f("a\n", 2)"#);
    check("f(<<EOT\na\nEOT, 2)", r#"! Unterminated template string at 1:3 "<<EOT""#);
    check("[<<A\nx\nA\n,<<B\ny\nB\n]", r#"["x\n" "y\n"]"#);
    check("{ a = <<A\nx\nA\n b = 2 }", r#"{"a": "x\n", "b": 2}"#);
    check("{ a = <<A\nx\nA\n, b = 2 }", r#"! Invalid expression at 4:1 ",""#);
    check("<<EOT a\nEOT", r#"! Invalid expression at 1:1 "<""#);
    check("<< EOT\nEOT", r#"! Invalid expression at 1:1 "<""#);
    check("<<\"EOT\"\nx\nEOT", r#"! Invalid expression at 1:1 "<""#);
    check("<<EOT\n${<<IN\nx\nIN\n}\nEOT\n", r#"(template ${"x\n"} "\n")"#);
    check("<<EOT\n${\na\n}\nEOT\n", r#"(template ${a} "\n")"#);
    check("<<EOT\n\\n $${a} %%{b} $ % $x\nEOT\n", r#""\\n ${a} %{b} $ % $x\n""#);
    check("<<E-T\nx\nE-T\n", r#""x\n""#);
    check("<<EOT\nunterminated", r#"! Unterminated template string at 1:1 "<<EOT""#);
    check("a ?\nb : c", "(if a b c)");
    check("(a ?\nb :\nc)", "((if a b c))");
    check("[a\n? b : c]", "[(if a b c)]");
    check("(a\n.b\n[0])", "(a.b[0])");
    check("[for x in y :\n x\n if z\n]", "(for x in y: x if z)");
    check("\"${\n[\n1\n]\n}\"", "(wrap [1])");
    check("\"a\tb\"", r#""a\tb""#);
    check("(\n\n# c\n1 /* x\n y */ + 2\n)", "((Add 1 2))");
    check("/* a\n b */ 1", "1");
    check("{\n\n}", "{}");
    check("{\n# a\n}", "{}");
    check("{ a = /* x\n y */ 1 }", r#"{"a": 1}"#);
    check("{/* x */ a /* y */ = /* z */ 1 /* w */}", r#"{"a": 1}"#);
    check("{ (\na\n) = 1 }", "{(a): 1}");
    check("f(\n)", "f()");
    check("f(a,\n)", "f(a)");
    check("f(a\n...)", "f(a...)");
    check("a\r", r#"! Invalid character at 1:2 "\r""#);
    check("\"a\rb\"", r#"! Invalid multi-line string at 1:1 "\"a""#);
    check("a \u{b} b", r#"! Invalid character at 1:3 "\u{b}""#);
    check("a\u{a0}b", r#"! Invalid character at 1:2 "\u{a0}""#);
    check("a\u{feff}b", r#"! Invalid character at 1:2 "\u{feff}""#);
    check("{a = 1,\r\n b = 2\r\n c = 3}", r#"{"a": 1, "b": 2, "c": 3}"#);
    check("<<EOT\r\na\r\nb\r\nEOT\r\n", r#""a\r\nb\r\n""#);
    check("[{\n a = 1\n b = 2\n}]", r#"[{"a": 1, "b": 2}]"#);
    check("({\n a = 1\n b = 2\n})", r#"({"a": 1, "b": 2})"#);
    check("{a = {\n b = 1\n}\n c = 2}", r#"{"a": {"b": 1}, "c": 2}"#);
    check("!\na", "(Not a)");
    check("(!\na)", "((Not a))");
    check("(-\n1)", "((Negate 1))");
    check("-\n1", "(Negate 1)");
    check("a.\nb", "a.b");
    check("(a.\nb)", "(a.b)");
    check("f\n(a)", "f(a)");
    check("[f\n(a)]", "[f(a)]");
    check("{a = f\n(b)}", r#"! Missing key/value separator at 2:4 "}""#);
    check("{\"a\" = 1\n\"b\" = 2}", r#"{"a": 1, "b": 2}"#);
    check("{a=1,\n\n\nb=2}", r#"{"a": 1, "b": 2}"#);
    check("\"${\n\n}\"", r#"! Invalid expression at 3:1 "}""#);
    check("\"%{ if a\n}x%{ endif }\"", r#"(template (if a then "x" else))"#);
    check("\"%{\nif a }x%{ endif }\"", r#"(template (if a then "x" else))"#);
    check("a[\"\n\"]", r#"! Invalid multi-line string at 1:3 "\"""#);
    check("1 +\n2", "(Add 1 2)");
    check("[1 +\n2]", "[(Add 1 2)]");
    check("{a\n}", r#"! Missing attribute value at 1:3 """#);
    check("{\na = 1,\n}", r#"{"a": 1}"#);
    check("{\na = 1\n,\n}", r#"! Invalid expression at 3:1 ",""#);
    check(r#""${a ? "b" : "c"}""#, r#"(wrap (if a "b" "c"))"#);
    check(r#"{ "a": 1, "b": 2 }"#, r#"{"a": 1, "b": 2}"#);
    check("{ a: b ? c : d, e: f }", r#"{"a": (if b c d), "e": f}"#);
    check("{ a ? b : c = 1 }", "{(if a b c): 1}");
    check("{ [1] = 2 }", "{[1]: 2}");
    check("{ f(x) = 2 }", "{f(x): 2}");
    check("{ -1 = 2}", "{(Negate 1): 2}");
    check("{ !a = 2 }", "{(Not a): 2}");
    check("{ a + b = 2 }", "{(Add a b): 2}");
    check("{ ${a} = 2 }", r#"! Invalid character at 1:3 "$""#);
    check("[for x in [for y in z: y] : x]", "(for x in (for y in z: y): x)");
    check(
        "[for x in y : x if [for a in b : a] == []]",
        "(for x in y: x if (Equal (for a in b: a) []))",
    );
    check("[for x in y : {a = x}]", r#"(for x in y: {"a": x})"#);
    check("{for x in y : x => {a = x\n b = 1}}", r#"(for x in y: x => {"a": x, "b": 1})"#);
    check("{for x in y : x => {\na = x\n b = 1\n}}", r#"(for x in y: x => {"a": x, "b": 1})"#);
    check("[for x in y : x][0]", "<(for x in y: x)>[0]");
    check("{for x in y : x => x}.a", "<(for x in y: x => x)>.a");
    check("a ? {b = 1\n} : c", r#"(if a {"b": 1} c)"#);
    check("1 ? 2 : 3 ? 4 : 5", "(if 1 2 (if 3 4 5))");
    check(
        "((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))",
        "((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))",
    );
    check("<<EOT\na\nEOT", r#"! Unterminated template string at 3:1 "EOT""#);
}

#[test]
fn bare_templates() {
    check_template("a", r#""a""#);
    check_template("", r#""""#);
    check_template("a ${b}", r#"(template "a " ${b})"#);
    check_template("${b}", "(wrap b)");
    check_template("${b}${c}", "(template ${b} ${c})");
    check_template("${~ b ~} ", "(template ${b})");
    check_template("%{ if a }b%{ endif }", r#"(template (if a then "b" else))"#);
    check_template("a\n${b}\n", r#"(template "a\n" ${b} "\n")"#);
    check_template(r#""a" \n"#, r#""\"a\" \\n""#);
    check_template("$", r#""$""#);
    check_template("%", r#""%""#);
    check_template("a$", r#""a$""#);
    check_template("$${b}", r#""${b}""#);
    check_template("<<EOT\n", r#""<<EOT\n""#);
    check_template("${", r#"! Unclosed template interpolation sequence at 1:1 "${""#);
    check_template("}", r#""}""#);
    check_template("${b", r#"! Unclosed template interpolation sequence at 1:1 "${""#);
    check_template("%{ for a in b ~}\n  x\n%{ endfor ~}\n", r#"(template (for a in b: "  x\n"))"#);
    check_template("EOT\n\n", r#""EOT\n\n""#);
}
