//! Sources and their canonical forms. Every form in the first part is what `tofu fmt` writes.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{format_source, format_tokens};
use crate::scanner::{TokenKind, scan};

#[track_caller]
fn check(source: &str, expected: &str) {
    let formatted = format_source(source).expect("the source parses");
    assert_eq!(formatted, expected, "from:\n{source}");
    assert_eq!(format_source(&formatted).as_ref(), Ok(&formatted), "a second time");
}

#[track_caller]
fn check_unchanged(source: &str) {
    check(source, source);
}

#[track_caller]
fn check_refused(source: &str, offset: usize) {
    let error = format_source(source).expect_err("the source has a mistake");
    assert_eq!(error.offset, offset, "{error}");
}

#[test]
fn indents_by_open_brackets() {
    check("a {\nb {\nc = 1\n}\n}\n", "a {\n  b {\n    c = 1\n  }\n}\n");
    check("a = [\n1,\n2,\n]\n", "a = [\n  1,\n  2,\n]\n");
    check("a = {\nb = {\nc = 1\n}\n}\n", "a = {\n  b = {\n    c = 1\n  }\n}\n");
    check("a = f(\n1,\n[\n2,\n]\n)\n", "a = f(\n  1,\n  [\n    2,\n  ]\n)\n");
    check("a = [{\nb = 1\n}, {\nc = 2\n}]\n", "a = [{\n  b = 1\n  }, {\n  c = 2\n}]\n");
    check("a = f([{\nb = 1\n}])\n", "a = f([{\n  b = 1\n}])\n");
    check("a = f(b, [\n1\n],\n2)\n", "a = f(b, [\n  1\n  ],\n2)\n");
    check("a {\n\t\tb = 1\n        c = 2\n}\n", "a {\n  b = 1\n  c = 2\n}\n");
    check("a = b ? (\nc\n) : (\nd\n)\n", "a = b ? (\n  c\n  ) : (\n  d\n)\n");
    check("a = [[\n1\n],\n[\n2\n]]\n", "a = [[\n  1\n  ],\n  [\n    2\n]]\n");
    check("a = \"${f(\n1\n)} x\"\n", "a = \"${f(\n  1\n)} x\"\n");
    check("a = [\n1]\nb {\nc = 2\n}\n", "a = [\n1]\nb {\n  c = 2\n}\n");
}

#[test]
fn aligns_equals_signs() {
    check("a=1\nbbb=2\ncc  =  3\n", "a   = 1\nbbb = 2\ncc  = 3\n");
    check_unchanged("a = 1\n\nbbb = 2\n");
    check_unchanged("a = 1\n# own line\nbbb = 2\n");
    check("a = 1\nbbb = [\n1,\n]\ncc = 2\nd = 3\n", "a = 1\nbbb = [\n  1,\n]\ncc = 2\nd  = 3\n");
    check("a = {\nb = 1\nccc = 2\n}\n", "a = {\n  b   = 1\n  ccc = 2\n}\n");
    check("a = { b=1,ccc=2 }\nddd = 1\n", "a   = { b = 1, ccc = 2 }\nddd = 1\n");
    check_unchanged("a = 1\nblock {\n}\nbbb = 2\n");
    check("a = 1\nbbb = <<EOT\nx\nEOT\ncc = 2\n", "a   = 1\nbbb = <<EOT\nx\nEOT\ncc  = 2\n");
    check("naïve = 1\nb = 2\n", "naïve = 1\nb     = 2\n");
    check("日本 = 1\nb = 2\n", "日本 = 1\nb  = 2\n");
    check("e\u{301} = 1\nbb = 2\n", "e\u{301}  = 1\nbb = 2\n");
    check(
        "a = {\n\"long key\" = 1\n(b) = 2\nc : 3\n}\n",
        "a = {\n  \"long key\" = 1\n  (b)        = 2\n  c : 3\n}\n",
    );
    check("a = b == c\nddd = 1\n", "a   = b == c\nddd = 1\n");
    check_unchanged("block { a = 1 }\nbbb = 2\n");
    check("x /* c */ = 1\nyy = 2\n", "x /* c */ = 1\nyy        = 2\n");
}

#[test]
fn aligns_trailing_comments() {
    check("a = 1 # x\nbbb = 22 # y\n", "a   = 1  # x\nbbb = 22 # y\n");
    check("a = 1 # x\nbbb = 22\nc = 3 # y\n", "a   = 1 # x\nbbb = 22\nc   = 3 # y\n");
    check("a = 1# x\n# own\nbb = 2# y\n", "a = 1 # x\n# own\nbb = 2 # y\n");
    check("a { # x\nb = 1 # y\n} # z\n", "a {     # x\n  b = 1 # y\n}       # z\n");
    check("a = [ # x\n1, # y\n22, # z\n]\n", "a = [ # x\n  1,  # y\n  22, # z\n]\n");
    check_unchanged("a = 1 // x\nb = 2 /* y */\n");
    check("a = \"日本\" # x\nb = 1 # y\n", "a = \"日本\" # x\nb = 1    # y\n");
    check_unchanged("a = 1 # x\n\nbb = 2 # y\n");
    check_unchanged("a = 1 /* x */ # y\n");
    check(
        "a = \"👩\u{200d}👩\u{200d}👧\" # x\nb = 1 # y\n",
        "a = \"👩\u{200d}👩\u{200d}👧\" # x\nb = 1   # y\n",
    );
}

#[test]
fn keeps_comments() {
    check_unchanged("#a\n//b\n/*c*/\n");
    check_unchanged("a = 1 #no space\n");
    check_unchanged("a = 1 # trailing   \n");
    check("  # indented\na = 1\n", "# indented\na = 1\n");
    check(
        "a {\n# in\n/* in\n   side */\nb = 1\n}\n",
        "a {\n  # in\n  /* in\n   side */\n  b = 1\n}\n",
    );
    check_unchanged("a = /* x */ 1\n");
    check_unchanged("a = 1 /* x */ + 2\n");
    check_unchanged("a = f(/* x */ 1, 2 /* y */)\n");
    check_unchanged("# last");
    check_unchanged("a = 1 # last");
    check("a = [\n# x\n]\n", "a = [\n  # x\n]\n");
}

#[test]
fn spaces_operators() {
    check("a=1+2-3*4/5%6\n", "a = 1 + 2 - 3 * 4 / 5 % 6\n");
    check("a=b&&c||d\n", "a = b && c || d\n");
    check("a=b==c\nd=e!=f\n", "a = b == c\nd = e != f\n");
    check("a=b<c\nd=e<=f\ng=h>i\nj=k>=l\n", "a = b < c\nd = e <= f\ng = h > i\nj = k >= l\n");
    check("a=b?c:d\n", "a = b ? c : d\n");
    check("a=b   ?   c   :   d\n", "a = b ? c : d\n");
    check("a= ! b\n", "a = !b\n");
    check("a=!b\nc=! ! d\n", "a = !b\nc = !!d\n");
    check("a=- b\n", "a = -b\n");
    check("a=b - c\n", "a = b - c\n");
    check("a=b -c\n", "a = b - c\n");
    check("a=b*- c\n", "a = b * -c\n");
    check("a=(- b)\nc=[- 1,- 2]\n", "a = (-b)\nc = [-1, -2]\n");
    check("a=b?- 1:- 2\n", "a = b ? -1 : -2\n");
    check("a=b== - 1\n", "a = b == -1\n");
    check("a=b-c\n", "a = b-c\n");
    check("a=1-1\n", "a = 1 - 1\n");
    check("a={b=- 1}\n", "a = { b = -1 }\n");
    check("a=b&&- c\n", "a = b && -c\n");
    check("a={for k,v in b:k=>-v}\n", "a = { for k, v in b : k => - v }\n");
}

#[test]
fn spaces_brackets_and_separators() {
    check("a=[ ]\nb={ }\nc=f( )\n", "a = []\nb = {}\nc = f()\n");
    check("a=[ 1,2 , 3 ]\n", "a = [1, 2, 3]\n");
    check("a={b=1,c:2}\n", "a = { b = 1, c : 2 }\n");
    check("a={   b   =   1   }\n", "a = { b = 1 }\n");
    check("a=f ( 1,2 )\n", "a = f(1, 2)\n");
    check("a=( b )\n", "a = (b)\n");
    check("a=f( b ... )\n", "a = f(b...)\n");
    check("a=b . c . d\n", "a = b.c.d\n");
    check("a=b [ 0 ]\n", "a = b[0]\n");
    check("a=b[ \"k\" ] . c\n", "a = b[\"k\"].c\n");
    check("a=b[ * ] . c\n", "a = b[*].c\n");
    check("a=b . * . c\n", "a = b.*.c\n");
    check("a=f(x) [0]\n", "a = f(x)[0]\n");
    check("a=[1] [0]\n", "a = [1][0]\n");
    check("a=\"q\" [0]\n", "a = \"q\" [0]\n");
    check("a=1 [0]\n", "a = 1[0]\n");
    check("a=core :: f (1)\n", "a = core::f(1)\n");
    check("a=[for x in[b]:x]\n", "a = [for x in [b] : x]\n");
    check("a=[for x in (b):x if x]\n", "a = [for x in(b) : x if x]\n");
    check("a=[for k,v in b:\"${k}=${v}\"]\n", "a = [for k, v in b : \"${k}=${v}\"]\n");
    check("a={for k,v in b:k=>v...if v}\n", "a = { for k, v in b : k => v... if v }\n");
    check("a=b.0.c\n", "a = b.0.c\n");
    check("a=b[c[0]]\n", "a = b[c[0]]\n");
    check("a=f(1,)\n", "a = f(1, )\n");
    check("a=[1,2,]\n", "a = [1, 2, ]\n");
}

#[test]
fn spaces_templates() {
    check_unchanged("a = \"  x   y  \"\n");
    check("a = \"x ${ b } y\"\n", "a = \"x ${b} y\"\n");
    check("a = \"${ b }${ c }\"\n", "a = \"${b}${c}\"\n");
    check("a = \"${ b } ${ c }\"\n", "a = \"${b} ${c}\"\n");
    check("a = \"x${~ b ~}y\"\n", "a = \"x${~b~}y\"\n");
    check("a = \"x ${  f( 1,2 ) }\"\n", "a = \"x ${f(1, 2)}\"\n");
    check("a = \"x ${ { b=1 } }\"\n", "a = \"x ${ { b = 1 } }\"\n");
    check("a = \"%{ if b }x%{ else }y%{ endif }\"\n", "a = \"%{if b}x%{else}y%{endif}\"\n");
    check(
        "a = \"%{ for k,v in b }${ k }%{ endfor }\"\n",
        "a = \"%{for k, v in b}${k}%{endfor}\"\n",
    );
    check("a = \"x ${ \"y ${ b+c }\" }\"\n", "a = \"x ${\"y ${b + c}\"}\"\n");
    check_unchanged("a = \"$${ b } %%{ c }\"\n");
    check("a = \"\\\"${ b }\\\"\"\n", "a = \"\\\"${b}\\\"\"\n");
    check_unchanged("a = \"$ % $$ %% \\\\\"\n");
    check("a = \"x ${b[ \"k\" ]}\"\n", "a = \"x ${b[\"k\"]}\"\n");
    check_unchanged("a = \"# // /* {\"\n");
    check("a = \"x${ b}\" # c\n", "a = \"x${b}\" # c\n");
}

#[test]
fn keeps_heredocs() {
    check("a=<<EOT\n  x   y  \n\tz\nEOT\n", "a = <<EOT\n  x   y  \n\tz\nEOT\n");
    check("b {\na=<<-EOT\n      x\n    EOT\n}\n", "b {\n  a = <<-EOT\n      x\n    EOT\n}\n");
    check(
        "a=<<EOT\n${ b } $${ c }\n%{ if d }\nx\n%{ endif }\nEOT\n",
        "a = <<EOT\n${b} $${ c }\n%{if d}\nx\n%{endif}\nEOT\n",
    );
    check("a=f(<<EOT\nx\nEOT\n,1)\n", "a = f(<<EOT\nx\nEOT\n, 1)\n");
    check("a=[<<A\nx\nA\n,\n<<B\ny\nB\n]\n", "a = [<<A\nx\nA\n  ,\n  <<B\ny\nB\n]\n");
    check("a = <<EOT\nEOT\nbb = 1\n", "a  = <<EOT\nEOT\nbb = 1\n");
    check_unchanged("a = <<EOT\nx EOT\nEOTX\n EOT \nb = 1\n");
    check(
        "b {\na = <<EOT\nx ${\nf(\n1\n)\n} y\nEOT\nc = 1\n}\n",
        "b {\n  a = <<EOT\nx ${\n  f(\n    1\n  )\n} y\nEOT\nc = 1\n}\n",
    );
    check("a = <<EOT\n{ [ (\nEOT\nb {\nc = 1\n}\n", "a = <<EOT\n{ [ (\nEOT\nb {\n  c = 1\n}\n");
    check(
        "a = {\nb = <<EOT\nx = 1\nEOT\nccc = 2\n}\n",
        "a = {\n  b   = <<EOT\nx = 1\nEOT\n  ccc = 2\n}\n",
    );
    check_unchanged("a = <<E-1\n\"x\nE-1\n");
    check_unchanged("a = <<EOT\n${<<IN\nx\nIN\n}\nEOT\n");
    check_unchanged("a = <<EOT\ncost $\n100 %\nEOT\n");
}

#[test]
fn lays_out_blocks() {
    check("a{}\n", "a {}\n");
    check("a   {   }\n", "a {}\n");
    check("a{b=1}\n", "a { b = 1 }\n");
    check("a \"b\" \"c\"{\n}\n", "a \"b\" \"c\" {\n}\n");
    check("a   \"b\"   \"c\"   {\n}\n", "a \"b\" \"c\" {\n}\n");
    check("a b c {\n}\n", "a \"b\" \"c\" {\n}\n");
    check("a {\n\n\nb = 1\n\n\n}\n", "a {\n\n\n  b = 1\n\n\n}\n");
    check_unchanged("a {\n}\nb {\n}\n");
    check("a \"b\" { c=1 }\n", "a \"b\" { c = 1 }\n");
    check("a /*x*/ \"b\" /*y*/ \"c\" /*z*/ {}\n", "a \"b\" \"c\" /*z*/ {}\n");
    check_unchanged("a \"\" {}\n");
    check("a \"\\u0041\\t\" {}\n", "a \"A\\t\" {}\n");
    check("a \"é\" ü {}\n", "a \"é\" \"ü\" {}\n");
    check_unchanged("a \"x\\\"y\" {}\n");
}

#[test]
fn keeps_blank_lines_and_ends() {
    check_unchanged("");
    check_unchanged("\n");
    check_unchanged("\n\n\na = 1\n\n\n\nb = 2\n\n\n");
    check_unchanged("a = 1");
    check("a = 1   \nb = 2\t\n", "a = 1\nb = 2\n");
    check("   \n\t\na = 1\n", "\n\na = 1\n");
    check_unchanged("a = 1   ");
    check(
        "a = 1\r\nbbb = 2\r\n\r\nc {\r\nd = <<EOT\r\n x\r\nEOT\r\n}\r\n",
        "a   = 1\r\nbbb = 2\r\n\r\nc {\r\n  d = <<EOT\r\n x\r\nEOT\r\n}\r\n",
    );
    check("\u{feff}a=1\n", "a = 1\n");
}

#[test]
fn unwraps_templates() {
    check("a = \"${b}\"\n", "a = b\n");
    check_unchanged("a = \"${b}c\"\n");
    check_unchanged("a = \"c${b}\"\n");
    check_unchanged("a = \"${b}${c}\"\n");
    check("a = \"${f(\"${b}\")}\"\n", "a = f(\"${b}\")\n");
    check("a = \"${~ b ~}\"\n", "a = b\n");
    check("a = \"${\nb\n}\"\n", "a = b\n");
    check("a = \"${b ?\nc : d}\"\n", "a = (b ?\nc : d)\n");
    check("a = \"${(b ?\nc : d)}\"\n", "a = (b ?\nc : d)\n");
    check("a = \"${f(\nb)}\"\n", "a = (f(\nb))\n");
    check_unchanged("a = [\"${b}\"]\n");
    check_unchanged("a = { b = \"${c}\" }\n");
    check("a { b = \"${c}\" }\n", "a { b = c }\n");
    check_unchanged("a = (\"${b}\")\n");
    check("a = \"${b}\" # c\nddd = 1\n", "a   = b # c\nddd = 1\n");
    check_unchanged("a = <<EOT\n${b}\nEOT\n");
    check_unchanged("a = \"%{if b}c%{endif}\"\n");
    check("a = \"${\"b\"}\"\n", "a = \"b\"\n");
    check("a = \"${b # c\n}\"\n", "a = b # c\n\n");
    check("a = \"${{ b = 1 }}\"\n", "a = { b = 1 }\n");
    check("variable \"a\" {\ndefault = \"${b}\"\n}\n", "variable \"a\" {\n  default = b\n}\n");
}

#[test]
fn modernizes_variable_types() {
    check("variable \"a\" {\ntype = \"string\"\n}\n", "variable \"a\" {\n  type = string\n}\n");
    check("variable \"a\" {\ntype = \"list\"\n}\n", "variable \"a\" {\n  type = list(string)\n}\n");
    check("variable \"a\" {\ntype = \"map\"\n}\n", "variable \"a\" {\n  type = map(string)\n}\n");
    check("variable \"a\" {\ntype = list\n}\n", "variable \"a\" {\n  type = list(any)\n}\n");
    check("variable \"a\" {\ntype = map\n}\n", "variable \"a\" {\n  type = map(any)\n}\n");
    check("variable \"a\" {\ntype = set\n}\n", "variable \"a\" {\n  type = set(any)\n}\n");
    check("variable \"a\" {\ntype = \"number\"\n}\n", "variable \"a\" {\n  type = \"number\"\n}\n");
    check(
        "variable \"a\" {\ntype = list(string)\n}\n",
        "variable \"a\" {\n  type = list(string)\n}\n",
    );
    check(
        "variable \"a\" {\ntype = \"list\" # c\ndefault = []\n}\n",
        "variable \"a\" {\n  type    = list(string) # c\n  default = []\n}\n",
    );
    check("variable a { type = \"string\" }\n", "variable \"a\" { type = string }\n");
    check("output \"a\" {\ntype = \"string\"\n}\n", "output \"a\" {\n  type = \"string\"\n}\n");
    check(
        "x {\nvariable \"a\" {\ntype = \"string\"\n}\n}\n",
        "x {\n  variable \"a\" {\n    type = \"string\"\n  }\n}\n",
    );
    check_unchanged("type = \"string\"\n");
    check(
        "variable \"a\" {\ntype = \"${string}\"\n}\n",
        "variable \"a\" {\n  type = \"${string}\"\n}\n",
    );
    check(
        "variable \"a\" {\ntype = object({a=optional(string,\"x\")})\n}\n",
        "variable \"a\" {\n  type = object({ a = optional(string, \"x\") })\n}\n",
    );
}
// From here on forms differ from those of `tofu fmt`, where that breaks the source.

#[test]
fn keeps_what_unwrapping_would_break() {
    // Without parentheses, the line break would end the value.
    check("a = \"${ # c\n b }\"\n", "a = ( # c\nb)\n");
    check("a = \"${(b)\n+ (c)}\"\n", "a = ((b)\n+ (c))\n");
    check("a { b = \"${c # d\n}\" }\n", "a { b = (c # d\n) }\n");
    // The end marker of a heredoc bears nothing behind it.
    check_unchanged("a = \"${<<EOT\nb\nEOT\n}\" # c\n");
    check("a = \"${<<EOT\nb\nEOT\n}\"\n", "a = <<EOT\nb\nEOT\n");
}

#[test]
fn unwraps_templates_within_templates_at_once() {
    check("a = \"${\"${b}\"}\"\n", "a = b\n");
    check("a = \"${\n\"${\nb}\"}\"\n", "a = (\"${\nb}\")\n");
    check("a = \"${\"${b}\" # c\n}\"\n", "a = b # c\n\n");
    check("a = \"${/* c */ \"${b}\" /* d */}\"\n", "a = /* c */ b /* d */\n");
}

#[test]
fn keeps_labels_and_keys_that_look_odd() {
    check("a   \"$b$\"   c {}\n", "a \"$b$\" \"c\" {}\n");
    check("a \"$${b}\" \"%%{c}\" {}\n", "a \"$${b}\" \"%%{c}\" {}\n");
    check("a = b[ true ]\n", "a = b[true]\n");
}

#[test]
fn drops_a_lone_byte_order_mark() {
    check("\u{feff}", "");
}

#[test]
fn takes_repeated_keys() {
    check("a = { b = 1, b = 2 }\n", "a = { b = 1, b = 2 }\n");
    check("a = {\nb = 1\nlong = 2\nb = 3\n}\n", "a = {\n  b    = 1\n  long = 2\n  b    = 3\n}\n");
}

#[test]
fn refuses_mistakes() {
    check_refused("a = \n", 4);
    check_refused("a = \"b\nc\"\n", 6);
    check_refused("a = 'b'\n", 4);
    check_refused("\u{feff}a = 'b'\n", 7);
    check_refused("a = <<EOT\nb\n", 4);
    check_refused("a = <<EOT\nb\nEOT # c\n", 4);
    check_refused("a {\n", 2);
    check_refused("a = \"${b\n", 5);
    check_refused("a = b ~ c\n", 6);
    assert!(format_source(&"a = ".repeat(9)).is_err());
    assert!(format_source(&format!("a = {}b\n", "(".repeat(100_000))).is_err());
    assert!(format_source(&format!("a = {}b\n", "!".repeat(100_000))).is_err());
}

fn check_property<S: Strategy>(
    strategy: S,
    cases: u32,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&strategy, test);
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

fn space() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(vec!["", " ", "\t", "   "])
}

/// Space where line breaks are allowed.
fn gap() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(vec!["", "", " ", "  ", "\n", "\n\n\t", " # c\n", "/* c */"])
}

fn expression() -> impl Strategy<Value = String> {
    let simple = vec!["1", "b", "\"\"", "\"x  $${y} %\"", "[]", "{}", "b.c[0]", "-1", "! b"];
    let leaf = prop::sample::select(simple).prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let part =
            (gap(), inner, gap()).prop_map(|(before, it, after)| [before, &it, after].concat());
        let parts = prop::collection::vec(part.clone(), 0..3);
        prop_oneof![
            parts.clone().prop_map(|parts| format!("[{}]", parts.join(","))),
            parts.prop_map(|parts| format!("f({})", parts.join(","))),
            part.clone().prop_map(|part| format!("({part})")),
            part.clone().prop_map(|part| format!("\"${{{part}}}\"")),
            part.clone().prop_map(|part| format!("\" ${{{part}}}  x\"")),
            part.clone().prop_map(|part| format!("(\n<<EOT\n  x ${{{part}}} $\nEOT\n)")),
            (part.clone(), part.clone()).prop_map(|(one, two)| format!("({one}- {two})")),
            (part.clone(), part.clone()).prop_map(|(one, two)| format!("({one}?{two}:{one})")),
            (space(), part).prop_map(|(space, part)| format!("{{{space}k{space}=({part})\n}}")),
        ]
    })
}

fn structure() -> impl Strategy<Value = String> {
    let attribute = (space(), "[a-z]{1,6}", space(), expression(), space()).prop_map(
        |(before, name, space, value, after)| {
            format!("{before}{name}{space}={space}{value}{after}")
        },
    );
    let line = prop_oneof![
        4 => attribute,
        1 => space().prop_map(str::to_owned),
        1 => space().prop_map(|space| format!("{space}// own")),
    ];
    let line = (line, prop::sample::select(vec!["\n", "# c\n", "\r\n", "/* d */\n"]));
    let lines = prop::collection::vec(line.prop_map(|(line, end)| line + end), 0..5);
    (lines.clone(), space(), lines.clone(), lines).prop_map(|(before, space, inner, after)| {
        let (before, inner, after) = (before.concat(), inner.concat(), after.concat());
        format!("{before}{space}variable{space} b {{{space}\n{inner}{space}}}\n{after}")
    })
}

#[test]
fn formatting_twice_is_formatting_once() {
    let formatted = std::cell::Cell::new(0);
    check_property(structure(), 400, |source| {
        // A name may repeat, and the parser knows fewer places for line breaks than the language.
        let Ok(once) = format_source(&source) else { return Ok(()) };
        formatted.set(formatted.get() + 1);
        prop_assert_eq!(format_source(&once), Ok(once));
        Ok(())
    });
    assert!(formatted.get() > 200, "{} of the sources were formatted", formatted.get());
}

#[test]
fn survives_any_text() {
    let fragments = vec![
        "a",
        "type",
        "variable",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "1",
        ".",
        "e5",
        "\"",
        "${",
        "%{~",
        "~}",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "=",
        "=>",
        "<<A\n",
        "<<-A\n",
        "A",
        "\nA\n",
        "#",
        "//",
        "/*",
        "*/",
        "$",
        "\\",
        "é",
        "\u{feff}",
        "👩\u{200d}👧",
        ",",
        "-",
        "in",
        "'",
        ":",
        "...",
    ];
    let soup = prop::collection::vec(prop::sample::select(fragments), 0..40);
    check_property(soup, 1000, |fragments| {
        let source = fragments.concat();
        let tokens = scan(&source);
        // Tokens cover the source but for space.
        let mut end = 0;
        for token in &tokens {
            let gap = source.get(end..token.start);
            let is_space = |gap: &str| gap.chars().all(|it| matches!(it, ' ' | '\t' | '\u{feff}'));
            prop_assert!(gap.is_some_and(is_space), "a gap before {:?}", token);
            prop_assert!(token.kind == TokenKind::EndOfFile || token.end > token.start);
            end = token.end;
        }
        prop_assert_eq!(end, source.len());
        format_tokens(&source, &tokens);
        if let Ok(once) = format_source(&source) {
            prop_assert_eq!(format_source(&once), Ok(once));
        }
        Ok(())
    });
}

#[test]
fn takes_linear_time() {
    // Quadratic time would need hours for these. (Nested lines are not among them: their indentation
    // alone is quadratic, but the parser limits nesting.)
    for unit in ["\"${", "{", "<<A\n${", "a = 1 # x\n", "(", "\n", "1.", "/*", "$", "\\"] {
        let source = unit.repeat(200_000);
        format_tokens(&source, &scan(&source));
    }
}
