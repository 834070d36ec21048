use provision_schema::{Type, Value};

use crate::functions::testing::{check, sensitive};

#[track_caller]
fn check_regex(pattern: &str, text: &str, expected: &str) {
    check("regex", &[pattern.into(), text.into()], expected);
}

#[track_caller]
fn check_invalid(pattern: &str, message: &str, part: &str) {
    let expected = format!("argument 0: invalid regexp pattern: {message} in {part}");
    check_regex(pattern, "b", &expected);
}

#[test]
fn shapes() {
    check_regex("[a-z]+", "53453453.34 abc", r#""abc""#);
    check_regex("(a)(x)?(b)", "ab", r#"("a", null(string), "b")"#);
    check_regex("(?P<l>a)(?<r>b)?", "a", r#"{l: "a", r: null(string)}"#);
    check_regex("x", "a", "pattern did not match any part of the given string");
    check_regex(
        "(?P<n>a)(b)",
        "ab",
        "argument 0: invalid regexp pattern: cannot mix both named and unnamed capture groups",
    );
    check("regexall", &["b*".into(), "abbc".into()], r#"["", "bb", ""]"#);
    check("regexall", &["(.)(.)".into(), "abcd".into()], r#"[("a", "b"), ("c", "d")]"#);
    check("regexall", &["x".into(), "abcd".into()], "[]");
}

#[test]
fn unknown_and_marked() {
    let unknown = || Value::unknown(Type::String);
    check("regex", &["a".into(), unknown()], "unknown(string, not null)");
    check("regex", &["(a)".into(), unknown()], "unknown(tuple([string]), not null)");
    check("regex", &[unknown(), "a".into()], "unknown(dynamic)");
    check("regexall", &[unknown(), "a".into()], "unknown(list(dynamic), not null)");
    check(
        "regexall",
        &["(?P<a>a)".into(), unknown()],
        "unknown(list(object({a=string})), not null)",
    );
    check("regex", &["a".into(), sensitive("ba")], r#"marked("a")"#);
}

#[test]
fn dialect() {
    check_regex(r"\d+", "٣1", r#""1""#);
    check_regex(r"\w+", "é_a1", r#""_a1""#);
    check_regex(r"[^\W\d]+", "1é_a1", r#""_a""#);
    check_regex(r"\bx\b", "éx", r#""x""#);
    check_regex(r"a\Bb", "ab", r#""ab""#);
    check_regex("a{,2}", "a{,2}", r#""a{,2}""#);
    check_regex("{a}", "{a}", r#""{a}""#);
    check_regex(r"\Qa.b*", "a.b*", r#""a.b*""#);
    check_regex(r"\Qa.\Eb+", "a.bb", r#""a.bb""#);
    check_regex("[[:alpha:]]+[[a&&b]+", "x[&a&", r#""x[&a&""#);
    check_regex("[]a]+[^]a]", "]ab", r#""]ab""#);
    check_regex(r"\101\x42\x{43}", "ABC", r#""ABC""#);
    check_regex(r"\p{Greek}\pL\p{^L}", "αa1", r#""αa1""#);
    check_regex(r"\#\ \<\-", "# <-", r##""# <-""##);
    check_regex("(?i)A(?-i:B)c", "aBC", r#""aBC""#);
    check_regex("(?U)a+", "aaa", r#""a""#);
    check_regex("(?s).", "\n", r#""\n""#);
    check_regex("(?m)^b$", "a\nb\n", r#""b""#);
    check_regex("# a", "# a", r##""# a""##);
    check_regex("a{01}", "a{01}", r#""a{01}""#);
    check_regex("^*a", "a", r#""a""#);
    check_regex("a{2,3}?", "aaa", r#""aa""#);
}

#[test]
fn errors() {
    check_invalid("a**", "invalid nested repetition operator", "**");
    check_invalid("a{2}{3}", "invalid nested repetition operator", "{2}{3}");
    check_invalid("a+?*", "invalid nested repetition operator", "+?*");
    check_invalid("*a", "missing argument to repetition operator", "*");
    check_invalid("(|+)", "missing argument to repetition operator", "+");
    check_invalid("{2}", "missing argument to repetition operator", "{2}");
    check_invalid("a{1001}", "invalid repeat count", "{1001}");
    check_invalid("x{2,1}", "invalid repeat count", "{2,1}");
    check_invalid("[b-a]", "invalid character class range", "b-a");
    check_invalid("[[:foo:]]", "invalid character class range", "[:foo:]");
    check_invalid(r"\pX", "invalid character class range", r"\pX");
    check_invalid(r"\p{Foo", "invalid character class range", r"\p{Foo");
    check_invalid("x[a", "missing closing ]", "[a");
    check_invalid("(a", "missing closing )", "(a");
    check_invalid("a)", "unexpected )", "a)");
    check_invalid("a\\", "trailing backslash at end of expression", "");
    check_invalid(r"\8", "invalid escape sequence", r"\8");
    check_invalid(r"\1", "invalid escape sequence", r"\1");
    check_invalid(r"\u0041", "invalid escape sequence", r"\u");
    check_invalid(r"\x{zz}", "invalid escape sequence", r"\x{z");
    check_invalid(r"\x4", "invalid escape sequence", r"\x4");
    check_invalid(r"\x{110000}", "invalid escape sequence", r"\x{110000}");
    check_invalid(r"[a-\d]", "invalid escape sequence", r"\d");
    check_invalid(r"[\z]", "invalid escape sequence", r"\z");
    check_invalid(r"\é", "invalid escape sequence", r"\é");
    check_invalid("(?=a)", "invalid or unsupported Perl syntax", "(?=");
    check_invalid("(?xa)", "invalid or unsupported Perl syntax", "(?x");
    check_invalid("(?i", "invalid or unsupported Perl syntax", "(?i");
    check_invalid("(?<=a)b", "invalid named capture", "(?<=a)b");
    check_invalid("(?P<a", "invalid named capture", "(?P<a");
    check_invalid("(?P<a-b>)", "invalid named capture", "(?P<a-b>");
}

#[test]
fn replace() {
    let check_replace = |text: &str, wanted: &str, replacement: &str, expected: &str| {
        check("replace", &[text.into(), wanted.into(), replacement.into()], expected);
    };
    check_replace("hello", "l", "L", r#""heLLo""#);
    check_replace("ab", "", "-", r#""-a-b-""#);
    check_replace("a/b", "/", "-", r#""a-b""#);
    check_replace("abbc", "/b*/", "X", r#""XaXcX""#);
    check_replace("hello", "/(h)(e)/", "$2${1}$0$$", r#""ehhe$llo""#);
    check_replace("abc", "/(?P<x>b)/", "[$x_1|${x}y|$|${x]", r#""a[|by|$|${x]c""#);
    check_replace("a.b", "a.b", "$1", r#""$1""#);
    check_replace("abc", "/(b/", "x", "error parsing regexp: missing closing ): `(b`");
    let unknown = Value::unknown(Type::String);
    check("replace", &["a".into(), "b".into(), unknown], "unknown(string, not null)");
}
