//! What the two functions make of documents. Values are compared as JSON.

use provision_schema::{Number, Type, Value};

use super::super::testing::{check, number, sensitive};
use super::super::{FunctionContext, find};

#[track_caller]
fn decode(text: &str, expected: &str) {
    let context = FunctionContext::new("/");
    let call = |name: &str, value| find(name).expect("a function").call(&[value], &context);
    let result = call("yamldecode", text.into()).and_then(|value| call("jsonencode", value));
    let actual = match result {
        Ok(json) => json.as_str().expect("a string").to_owned(),
        Err(error) => error.message,
    };
    assert_eq!(actual, expected, "from {text:?}");
}

#[track_caller]
fn encode(value: Value, expected: &str) {
    check("yamlencode", &[value], &format!("{expected:?}"));
}

#[test]
fn scalars_and_flat_collections() {
    decode("a: >\n  x\n  y\n\n  z\n   k\n  l\n", "{\"a\":\"x y\\nz\\n k\\nl\\n\"}");
    decode("a: |+\n  x\n\n\nb: 1", "{\"a\":\"x\\n\\n\\n\",\"b\":1}");
    decode("a: >-\n\n  x\n\n", "{\"a\":\"\\nx\"}");
    decode(
        "a: \"\\x41\\u00e9\\U0001F600\\0\\e\\ \\_\\N\\L\\P\\t\\'\"",
        "{\"a\":\"Aé😀\\u0000\\u001b \u{a0}\u{85}\\u2028\\u2029\\t'\"}",
    );
    decode("a: |2\n   x", "{\"a\":\" x\"}");
    decode("{a: , b: }", "{\"a\":null,\"b\":null}");
    decode("!!str &a x", "\"x\"");
    decode("a: b#c", "{\"a\":\"b#c\"}");
    decode("\u{feff}a: b", "{\"a\":\"b\"}");
    decode("a: b\tc", "{\"a\":\"b\\tc\"}");
    decode("a:\tb", "{\"a\":\"b\"}");
    decode("--- |\n a\n...\n# x\n", "\"a\\n\"");
    decode("a: !!str", "{\"a\":\"\"}");
    decode("a: |\n  b\u{2028}  c\u{85}  d", "{\"a\":\"b\\u2028c\\nd\"}");
    decode("{a: b, a: c, <<: {d: e}}", "{\"a\":\"c\",\"d\":\"e\"}");
    decode("[a:b, http://x.y/z]", "[\"a:b\",\"http://x.y/z\"]");
    decode("a: http://x:80/ y", "{\"a\":\"http://x:80/ y\"}");
    decode("-a", "\"-a\"");
    decode("-", "[null]");
    decode("a: b,c]", "{\"a\":\"b,c]\"}");
    decode("x: !!binary |\n  aGVsbG8=\n", "{\"x\":\"aGVsbG8=\\n\"}");
    decode("x: !!timestamp '2001-01-01'", "{\"x\":\"2001-01-01\"}");
    decode("é: ü", "{\"é\":\"ü\"}");
    decode("\"<<\": {a: 1}", "{\"a\":1}");
    decode("- <<", "[\"\\u003c\\u003c\"]");
    decode("- !!null abc", "[null]");
    decode("- !!null ''", "[\"\"]");
    decode("- !!timestamp 2001-1-1 1:2:3", "[\"2001-01-01T01:02:03Z\"]");
    decode("- !!binary aGVsbG8=", "[\"aGVsbG8=\"]");
    decode("!!map {a: 1}", "{\"a\":1}");
    decode("!!seq [1]", "[1]");
    decode("{? a, ? b : c, d}", "{\"a\":null,\"b\":\"c\",\"d\":null}");
    decode("{a:1}", "{\"a:1\":null}");
    decode("{\"a\":1}", "{\"a\":1}");
    decode("!!int \"3\"", "\"3\"");
    decode("!!bool 3", "3");
    decode("a\n...\n", "\"a\"");
    decode("a\n...\n...\n", "\"a\"");
    decode("---\n", "null");
    decode("--- ", "null");
    decode("---\n...\n", "null");
    decode("%YAML 1.1\n---\na", "\"a\"");
    decode("a: >\n  b\n\n\n  c\n", "{\"a\":\"b\\n\\nc\\n\"}");
    decode("a: >+\n  b\n\n   c\n\n  d\n\n", "{\"a\":\"b\\n\\n c\\n\\nd\\n\\n\"}");
    decode("a: >\n   b\n    c\n\n   d", "{\"a\":\"b\\n c\\n\\nd\"}");
    decode("a: >\n\n  b", "{\"a\":\"\\nb\"}");
    decode("a: |1\n b\n  c", "{\"a\":\"b\\n c\"}");
    decode("a: |-2\n  b", "{\"a\":\"b\"}");
    decode("a: |2-\n  b\n\n", "{\"a\":\"b\"}");
    decode("a: |+2\n  b\n\n", "{\"a\":\"b\\n\\n\"}");
    decode("a: |\n  b\n  \n  c", "{\"a\":\"b\\n\\nc\"}");
    decode("a: |\n\n\n  b", "{\"a\":\"\\n\\nb\"}");
    decode("a: |\n b\n# c\nd: e", "{\"a\":\"b\\n\",\"d\":\"e\"}");
    decode("- |\n a\n- >\n b", "[\"a\\n\",\"b\"]");
    decode("- |\n a\n -", "[\"a\\n-\"]");
    decode("a: !!str |\n  b", "{\"a\":\"b\"}");
    decode("a: !!int |-\n  12", "{\"a\":12}");
    decode(
        "a: |-\n  12\nb: |-\n  2001-01-01\nc: |-\n  ~\nd: >-\n  yes\n",
        "{\"a\":\"12\",\"b\":\"2001-01-01T00:00:00Z\",\"c\":null,\"d\":\"true\"}",
    );
    decode("a: |\r\n  b\r\n  c\r\n", "{\"a\":\"b\\nc\\n\"}");
    decode("a: 'b''c'", "{\"a\":\"b'c\"}");
    decode("'a b': c", "{\"a b\":\"c\"}");
    decode("\"a\\nb\": c", "{\"a\\nb\":\"c\"}");
    decode("? |\n  a\n: b", "{\"a\\n\":\"b\"}");
    decode("a: ?b", "{\"a\":\"?b\"}");
    decode("a: :b", "{\"a\":\":b\"}");
    decode("a: -b", "{\"a\":\"-b\"}");
    decode("['a', \"b\", c]", "[\"a\",\"b\",\"c\"]");
    decode("{'a': b, \"c\": d}", "{\"a\":\"b\",\"c\":\"d\"}");
    decode("{a: 'b', c: \"d\"}", "{\"a\":\"b\",\"c\":\"d\"}");
    decode("{a b: c d}", "{\"a b\":\"c d\"}");
    decode("!!str", "\"\"");
    decode("!!int", "null");
    decode("&a", "null");
    decode("a: &b", "{\"a\":null}");
    decode("a: !<tag:yaml.org,2002:str> 1", "{\"a\":\"1\"}");
    decode("%YAML 1.1 # c\n---\na", "\"a\"");
    decode(
        "key: >-\n  text: with colon\n  and # hash\n",
        "{\"key\":\"text: with colon and # hash\"}",
    );
    decode("a: 1 # c", "{\"a\":1}");
    decode("a: '1' # c", "{\"a\":\"1\"}");
    decode("a: \"#\" #c", "{\"a\":\"#\"}");
    decode("a: \tb", "{\"a\":\"b\"}");
    decode("{a: \tb}", "{\"a\":\"b\"}");
    decode("[\ta]", "[\"a\"]");
    decode("a: \"\tb\"", "{\"a\":\"\\tb\"}");
    decode("a: \"\"", "{\"a\":\"\"}");
    decode("''", "\"\"");
    decode("\"\"", "\"\"");
    decode("\u{2028}a: b", "{\"a\":\"b\"}");
    decode("a: \u{a0}b", "{\"a\":\"\u{a0}b\"}");
    decode("a: b\u{a0}", "{\"a\":\"b\u{a0}\"}");
    decode("a: 😀", "{\"a\":\"😀\"}");
    decode("😀: a", "{\"😀\":\"a\"}");
    decode("a: e\u{301}", "{\"a\":\"é\"}");
    decode("e\u{301}: a", "{\"é\":\"a\"}");
    decode("a, b", "\"a, b\"");
    decode("a, b: c", "{\"a, b\":\"c\"}");
    decode("a: b]c", "{\"a\":\"b]c\"}");
    decode("a: b}c", "{\"a\":\"b}c\"}");
    decode("x: 'a\\nb'", "{\"x\":\"a\\\\nb\"}");
    decode("a:b", "\"a:b\"");
    decode("a :b", "\"a :b\"");
    decode("a : b", "{\"a\":\"b\"}");
    decode("a  :  b", "{\"a\":\"b\"}");
    decode("a: b :c", "{\"a\":\"b :c\"}");
    decode("\"a\" : b", "{\"a\":\"b\"}");
    decode("a", "\"a\"");
}

#[test]
fn nested_collections() {
    decode("a: \"x\n  y\n\n  z \\\n  w\"", "{\"a\":\"x y\\nz w\"}");
    decode("a: 'it''s\n  b'", "{\"a\":\"it's b\"}");
    decode("a: x\n  y\n\n  z", "{\"a\":\"x y\\nz\"}");
    decode("- - a\n  - b\n-\n  - c", "[[\"a\",\"b\"],[\"c\"]]");
    decode("a:\n- b\n- c\nd: e", "{\"a\":[\"b\",\"c\"],\"d\":\"e\"}");
    decode("a: [b c: d]", "{\"a\":[{\"b c\":\"d\"}]}");
    decode("- a\n - b", "[\"a - b\"]");
    decode("%TAG !e! tag:yaml.org,2002:\n---\n- !e!int 3", "[3]");
    decode("? a\n? b\n: c", "{\"a\":null,\"b\":\"c\"}");
    decode("a: #c\n  b # c\n# c", "{\"a\":\"b\"}");
    decode("- [a,\nb]", "[[\"a\",\"b\"]]");
    decode("a: [\nb\n]", "{\"a\":[\"b\"]}");
    decode("[?a: b]", "[{\"a\":\"b\"}]");
    decode("- \n- ", "[null,null]");
    decode("b: 2\n<<: {b: 1}", "{\"b\":1}");
    decode("? <<\n: {a: 1}", "{\"a\":1}");
    decode("!!str <<: {a: 1}", "{\"\\u003c\\u003c\":{\"a\":1}}");
    decode(
        "- !!int -0b11\n- !!int 017\n- !!int 0o17\n- !!int -0x1f\n- !!int +5\n- !!int 0X1F",
        "[-3,17,15,-31,5,31]",
    );
    decode(
        "- !!float 1\n- !!int 1.5\n- !!bool yes\n- !!str\n- !!str ~\n- !!null ~",
        "[1,1.5,true,\"\",\"~\",null]",
    );
    decode("- &a x\n- &a y\n- *a", "[\"x\",true,true]");
    decode("- &a\n- *a\n- &b ''", "[null,null,\"\"]");
    decode("[a: 1, b: {c: d}, e]", "[{\"a\":1},{\"b\":{\"c\":\"d\"}},\"e\"]");
    decode(
        "1: a\ntrue: b\n1.5: c\n0x10: d\n~x: e",
        "{\"1\":\"a\",\"1.5\":\"c\",\"16\":\"d\",\"true\":\"b\",\"~x\":\"e\"}",
    );
    decode("a: b\n\n\n\nc: d", "{\"a\":\"b\",\"c\":\"d\"}");
    decode("a: \"b\n\n\n  c\"", "{\"a\":\"b\\n\\nc\"}");
    decode("a: 'b\n\n  c\n'", "{\"a\":\"b\\nc \"}");
    decode("a: &x\n  b: 1\nc: *x", "{\"a\":{\"b\":1},\"c\":{\"b\":1}}");
    decode("a: &x [1, 2]\nb: {<<: {c: *x}}", "{\"a\":[1,2],\"b\":{\"c\":[1,2]}}");
    decode(
        "base: &b {x1: 1, x2: 2}\nd:\n  <<: *b\n  x2: 3\n  x3: 4",
        "{\"base\":{\"x1\":1,\"x2\":2},\"d\":{\"x1\":1,\"x2\":3,\"x3\":4}}",
    );
    decode("base: &b {x1: 1}\nd:\n  x1: 2\n  <<: *b", "{\"base\":{\"x1\":1},\"d\":{\"x1\":1}}");
    decode("a: b\r\nc: d\r\n", "{\"a\":\"b\",\"c\":\"d\"}");
    decode("a: \"b\\\n  c\"", "{\"a\":\"bc\"}");
    decode("a: \"b  \n  c\"", "{\"a\":\"b c\"}");
    decode("a: 'b  \n  c'", "{\"a\":\"b c\"}");
    decode("a: b  \n  c", "{\"a\":\"b c\"}");
    decode("? \"a\n  b\"\n: c", "{\"a b\":\"c\"}");
    decode("- -\n- - -", "[[null],[[null]]]");
    decode("- a: b\n  c: d\n- e: f", "[{\"a\":\"b\",\"c\":\"d\"},{\"e\":\"f\"}]");
    decode("a: {b: [c, {d: e}], f: g}", "{\"a\":{\"b\":[\"c\",{\"d\":\"e\"}],\"f\":\"g\"}}");
    decode("a: {\n  b: c,\n  d: e\n}\n", "{\"a\":{\"b\":\"c\",\"d\":\"e\"}}");
    decode("a: {\nb: c\n}", "{\"a\":{\"b\":\"c\"}}");
    decode("a: [\n  b,\n  c\n  ]\nd: e", "{\"a\":[\"b\",\"c\"],\"d\":\"e\"}");
    decode("a: [b\n  c, d]", "{\"a\":[\"b c\",\"d\"]}");
    decode("a: [b # c\n , d]", "{\"a\":[\"b\",\"d\"]}");
    decode("a: [b, # c\n d]", "{\"a\":[\"b\",\"d\"]}");
    decode("[a, [b, [c]]]", "[\"a\",[\"b\",[\"c\"]]]");
    decode("{a: {b: {c: d}}}", "{\"a\":{\"b\":{\"c\":\"d\"}}}");
    decode("[{a: b}, {c: d}]", "[{\"a\":\"b\"},{\"c\":\"d\"}]");
    decode("[a, 'b': c]", "[\"a\",{\"b\":\"c\"}]");
    decode("['b': c, \"d\":e]", "[{\"b\":\"c\"},{\"d\":\"e\"}]");
    decode("a: &b c\nd: *b", "{\"a\":\"c\",\"d\":\"c\"}");
    decode("a: &b-c_1 d\ne: *b-c_1", "{\"a\":\"d\",\"e\":\"d\"}");
    decode("a: b\n c\n  d\ne: f", "{\"a\":\"b c d\",\"e\":\"f\"}");
    decode("a: [1] # c", "{\"a\":[1]}");
    decode("a: {b: c} # c", "{\"a\":{\"b\":\"c\"}}");
    decode("#c\na: b", "{\"a\":\"b\"}");
    decode(" #c\na: b", "{\"a\":\"b\"}");
    decode("a:\n  #c\n  b: c", "{\"a\":{\"b\":\"c\"}}");
    decode("a:\n#c\n  b: c", "{\"a\":{\"b\":\"c\"}}");
    decode("a:   \n  b", "{\"a\":\"b\"}");
    decode("a:\n\n\n  b", "{\"a\":\"b\"}");
    decode("-\n  a\n-\n\n  b", "[\"a\",\"b\"]");
    decode("a: '\n'", "{\"a\":\" \"}");
    decode("a: ''\nb: \"\"", "{\"a\":\"\",\"b\":\"\"}");
    decode(
        "a: ~\nb: null\nc:\nd: Null\ne: NULL\nf: nULL",
        "{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":null,\"f\":\"nULL\"}",
    );
    decode(
        "- true\n- True\n- TRUE\n- tRUE\n- on\n- Off\n- n\n- N\n- Y\n- nO",
        "[true,true,true,\"tRUE\",true,false,false,false,true,\"nO\"]",
    );
    decode("a: 1\na: {b: 2}", "{\"a\":{\"b\":2}}");
    decode("a: 1\na: x\nb: 2", "{\"a\":\"x\",\"b\":2}");
    decode("a [b]: c", "{\"a [b]\":\"c\"}");
    decode("a {b}: c", "{\"a {b}\":\"c\"}");
    decode("x: \"\\\n  a\"", "{\"x\":\"a\"}");
    decode("x:\n  y: |\n    z\n  w: v", "{\"x\":{\"true\":\"z\\n\",\"w\":\"v\"}}");
    decode("long: aaa bbb\n  ccc\n\n  ddd\nnext: 1", "{\"long\":\"aaa bbb ccc\\nddd\",\"next\":1}");
    decode("- &a {b: &c d}\n- *c\n- *a", "[{\"b\":\"d\"},\"d\",{\"b\":\"d\"}]");
}

#[test]
fn wrong_documents() {
    decode("a: |\n  x\n   y\n\n z", "on line 4, column 2: did not find expected key");
    decode("a: \"\\xZZ\"", "did not find expected hexdecimal number");
    decode("a: |0\n x", "found an indentation indicator equal to 0");
    decode("a: |x\n  x", "did not find expected comment or line break");
    decode("a: {b: c", "on line 1, column 1: did not find expected ',' or '}'");
    decode("a: [b, c", "on line 1, column 1: did not find expected ',' or ']'");
    decode("{a: b}: c", "only strings are allowed as mapping keys");
    decode("a:\n  b: c\n d: e", "on line 2, column 2: did not find expected key");
    decode("a: b\n  c: d", "on line 2, column 1: mapping values are not allowed in this context");
    decode("a\n: b", "on line 1, column 1: did not find expected <document start>");
    decode("a: 'b' c", "did not find expected key");
    decode("[a, , b]", "did not find expected node content");
    decode("%FOO bar\n---\na", "found unknown directive name");
    decode("%YAML 1.1\na", "on line 1, column 1: did not find expected <document start>");
    decode("%YAML 1.1\n%YAML 1.1\n---\na", "on line 1, column 1: found duplicate %YAML directive");
    decode("%YAML\n---\na", "did not find expected version number");
    decode("%YAML 1.2\n---\na", "found incompatible YAML document");
    decode("%YAML 1.111\n---\na", "found extremely long version number");
    decode("%TAG ! tag:x,y:\n---\n!foo a", "on line 2, column 1: unsupported tag \"tag:x,y:foo\"");
    decode("%TAG !e! a\n%TAG !e! b\n---\nx", "on line 1, column 1: found duplicate %TAG directive");
    decode("&\n", "did not find expected alphabetic or numeric character");
    decode("&a &b c", "did not find expected <document start>");
    decode("*a b", "reference to undefined anchor \"a\"");
    decode("a: *", "did not find expected alphabetic or numeric character");
    decode("`a", "found character that cannot start any token");
    decode("a: %b", "found character that cannot start any token");
    decode("a: - b", "block sequence entries are not allowed in this context");
    decode("a: \u{1}", "control characters are not allowed");
    decode("--- a\n--- b", "on line 1, column 1: unexpected extra content after value");
    decode("a: !<foo", "did not find the expected '>'");
    decode("!<!> a", "unsupported tag \"!\"");
    decode("a: \"b\n---\nc\"", "on line 2, column 1: found unexpected document indicator");
    decode("a: 'b\n...\nc'", "on line 2, column 1: found unexpected document indicator");
    decode("a: |\n  b\n---\nc", "on line 2, column 1: unexpected extra content after value");
    decode("a: \u{85}b", "on line 3, column 1: could not find expected ':'");
    decode("a: b\u{2028}c", "on line 3, column 1: could not find expected ':'");
    decode("[a]: b", "only strings are allowed as mapping keys");
    decode("?", "mapping key cannot be null");
    decode(":", "did not find expected key");
    decode(": a", "did not find expected key");
    decode("a: b: c\nd: e", "mapping values are not allowed in this context");
    decode("\n\na: b: c", "on line 3, column 1: mapping values are not allowed in this context");
    decode("\n\na: [b\n\n", "on line 4, column 1: did not find expected ',' or ']'");
    decode("a: 1\nb: [1, 2\nc: 3", "on line 2, column 2: did not find expected ',' or ']'");
    decode("a: 1\nb: {x: 2\nc: 3", "on line 2, column 2: did not find expected ',' or '}'");
    decode("a: 1\nb: 'xyz\nc: 3", "on line 3, column 1: found unexpected end of stream");
    decode("a: 1\n b: 2", "on line 2, column 1: mapping values are not allowed in this context");
    decode("a: 1\n- b", "on line 1, column 1: did not find expected key");
    decode("- a\nb: c", "on line 1, column 1: did not find expected '-' indicator");
    decode("a:\n  - b\n  c: d", "on line 2, column 3: did not find expected '-' indicator");
    decode("a: ]", "did not find expected node content");
    decode("]", "did not find expected node content");
    decode("a: ,", "did not find expected node content");
    decode(
        "a: |\n\tb",
        "on line 2, column 1: found a tab character where an indentation space is expected",
    );
    decode("a: >2\n  b\n c", "on line 2, column 2: did not find expected key");
    decode("a: |\n    \n  b", "on line 2, column 3: did not find expected key");
    decode("a: \"\\ud83d\"", "found invalid Unicode character escape code");
    decode(
        "a: !!float .inf\nb: !!float .nan",
        "on line 1, column 4: cannot parse \".nan\" as tag:yaml.org,2002:float",
    );
    decode("b: !!float nan", "cannot parse \"nan\" as tag:yaml.org,2002:float");
    decode("<<: [{a: 1},2]\nb: 2", "cannot merge number (from sequence) into mapping");
    decode("<<: 1", "cannot merge number into mapping");
    decode("<<: null", "cannot merge dynamic into mapping");
    decode("a: !!merge b", "unsupported tag \"tag:yaml.org,2002:merge\"");
    decode(
        "- !!int 0xffffffffffffffffff",
        "cannot parse \"0xffffffffffffffffff\" as tag:yaml.org,2002:int",
    );
    decode("- !!timestamp abc", "cannot parse \"abc\" as tag:yaml.org,2002:timestamp");
    decode(
        "- !!binary 'aGVs\n bG8='",
        "cannot parse \"aGVs bG8=\" as tag:yaml.org,2002:binary: not valid base64",
    );
    decode("- !!binary '*'", "cannot parse \"*\" as tag:yaml.org,2002:binary: not valid base64");
    decode("- .NaN", "floating point NaN is not supported");
    decode("- ! 12", "unsupported tag \"!\"");
    decode("- !local x", "unsupported tag \"!local\"");
    decode("- !x!int 3", "found undefined tag handle");
    decode("!!seq {a: 1}", "can't interpret mapping as tag:yaml.org,2002:seq");
    decode("!!map [a]", "can't interpret sequence as tag:yaml.org,2002:map");
    decode("!!omap [a: 1]", "can't interpret sequence as tag:yaml.org,2002:omap");
    decode("&a {x: 1, b: *a}", "cannot refer to anchor \"a\" from inside its own definition");
    decode("&a [*a]", "cannot refer to anchor \"a\" from inside its own definition");
    decode("*a : 1", "only strings are allowed as mapping keys");
    decode("- &k a\n- {*k : 1}", "on line 1, column 4: only strings are allowed as mapping keys");
    decode("~: 1", "mapping key cannot be null");
    decode("null: 1", "mapping key cannot be null");
    decode("\n~: 1", "on line 1, column 1: mapping key cannot be null");
    decode("!!set {a, b}", "can't interpret mapping as tag:yaml.org,2002:set");
    decode("a:\n\t- b", "on line 2, column 1: found character that cannot start any token");
    decode("a\n...\nb", "on line 2, column 1: did not find expected <document start>");
    decode("a\n...\n---\nb", "on line 2, column 1: unexpected extra content after value");
    decode("a\n---\n", "on line 1, column 1: unexpected extra content after value");
    decode("---\n---\n", "on line 1, column 1: unexpected extra content after value");
    decode("- a\nb", "on line 3, column 1: could not find expected ':'");
    decode("@a", "found character that cannot start any token");
    decode("a: 'x", "found unexpected end of stream");
    decode("# hi", "on line 1, column 1: missing start of document");
    decode("\n", "on line 1, column 1: missing start of document");
    decode(" ", "on line 1, column 1: missing start of document");
    decode("a: \"b\" : c", "mapping values are not allowed in this context");
    decode("{a: b, c", "on line 1, column 1: did not find expected ',' or '}'");
    decode("{a: b}}", "did not find expected <document start>");
    decode("[a]]", "did not find expected <document start>");
    decode("[a] b", "did not find expected <document start>");
    decode("[a]\nb", "on line 1, column 1: did not find expected <document start>");
    decode("{a}: b", "only strings are allowed as mapping keys");
    decode("a: [b]: c", "mapping values are not allowed in this context");
    decode("a:\n  - b\n - c", "on line 2, column 2: did not find expected key");
    decode("a:\n   b: 1\n  c: 2", "on line 2, column 3: did not find expected key");
    decode("  a: 1\nb: 2", "on line 1, column 1: did not find expected <document start>");
    decode("\"a\n b\": c", "on line 2, column 1: mapping values are not allowed in this context");
    decode("a b\n c: d", "on line 2, column 1: mapping values are not allowed in this context");
    decode("? - a\n: b", "only strings are allowed as mapping keys");
    decode("a: ? b", "mapping keys are not allowed in this context");
    decode("a: - ", "block sequence entries are not allowed in this context");
    decode("- a: b\n c: d", "on line 1, column 2: did not find expected '-' indicator");
    decode(
        "- a: b\n   c: d",
        "on line 2, column 1: mapping values are not allowed in this context",
    );
    decode("{a\n b: c}", "on line 1, column 3: did not find expected ',' or '}'");
    decode("[a, b\n: c]", "on line 1, column 1: did not find expected ',' or ']'");
    decode("!!map", "unsupported tag \"tag:yaml.org,2002:map\"");
    decode("a: &b.c d", "did not find expected alphabetic or numeric character");
    decode("a: *b.c", "did not find expected alphabetic or numeric character");
    decode("a: !!str,x b", "unsupported tag \"tag:yaml.org,2002:str,x\"");
    decode("a: !a%20b c", "unsupported tag \"!a b\"");
    decode("a: !%zz c", "did not find URI escaped octet");
    decode("a: ! ", "unsupported tag \"!\"");
    decode("a: !! b", "did not find expected tag URI");
    decode("%TAG\n---\na", "did not find expected '!'");
    decode("%TAG !x\n---\na", "did not find expected '!'");
    decode("%YAML 1\n---\na", "did not find expected digit or '.' character");
    decode("%YAML 1.x\n---\na", "did not find expected version number");
    decode("%YAML 1.1 x\n---\na", "did not find expected comment or line break");
    decode("%", "could not find expected directive name");
    decode("% a", "could not find expected directive name");
    decode("a: |\n   b\n  c: d", "on line 2, column 3: did not find expected key");
    decode("a: b\n  #c\n  d", "on line 2, column 3: did not find expected key");
    decode("a: b #c\n  d", "on line 1, column 3: did not find expected key");
    decode("- a\n-b", "on line 3, column 1: could not find expected ':'");
    decode("- a\n- - b\n  -c", "on line 4, column 1: could not find expected ':'");
    decode("\ta: b", "found character that cannot start any token");
    decode("a: b\n\tc: d", "on line 2, column 1: found a tab character that violates indentation");
    decode("a:\n  b\n\tc", "on line 3, column 1: found a tab character that violates indentation");
    decode("- \tb", "found character that cannot start any token");
    decode("-\tb", "found character that cannot start any token");
    decode("?\ta", "found character that cannot start any token");
    decode(
        "a: |\n  \tb",
        "on line 2, column 1: found a tab character where an indentation space is expected",
    );
    decode("a: \u{7f}", "control characters are not allowed");
    decode("a: \u{0}", "control characters are not allowed");
    decode("a: b, c: d", "mapping values are not allowed in this context");
    decode("[a [b]]", "did not find expected ',' or ']'");
    decode("[a {b}]", "did not find expected ',' or ']'");
    decode("- [a\n- b", "on line 2, column 1: did not find expected ',' or ']'");
    decode("- {a\n- b", "on line 2, column 1: did not find expected ',' or '}'");
    decode(
        "a: >\n b\n\n\tc",
        "on line 4, column 1: found a tab character where an indentation space is expected",
    );
    decode("a: b : c", "mapping values are not allowed in this context");
    decode("'a' :b", "did not find expected <document start>");
    decode("'a':b", "did not find expected <document start>");
    decode("\"a\":b", "did not find expected <document start>");
    decode("- 'a' :b", "did not find expected '-' indicator");
    decode("a: |\n  b\n c", "on line 2, column 2: did not find expected key");
    decode("a: |\n  b\n c: d", "on line 2, column 2: did not find expected key");
    decode("a: |\n    b\n  c: d", "on line 2, column 3: did not find expected key");
    decode("Outputs:\n  X: !GetAtt a.b", "on line 1, column 6: unsupported tag \"!GetAtt\"");
    decode("", "on line 1, column 1: missing start of document");
    decode("\t", "found character that cannot start any token");
}

#[test]
fn limits() {
    let refused = ["exceeded max depth", "document contains excessive aliasing"];
    let check = |text: &str| {
        let context = FunctionContext::new("/");
        let function = find("yamldecode").expect("a function");
        let error = function.call(&[text.into()], &context).expect_err("too much");
        assert!(
            refused.contains(&error.message.rsplit(": ").next().unwrap_or_default()),
            "{error}"
        );
    };
    check(&"[".repeat(100_000));
    check(&"{a: ".repeat(100_000));
    check(&"- ".repeat(100_000));
    check(&(0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>());
    let references = |name: usize| format!("- &a{} [*a{name}, *a{name}, *a{name}]\n", name + 1);
    let laughs: String = (0..100).map(references).collect();
    check(&format!("- &a0 x\n{laughs}"));
    let links: String = (0..2_000).map(|name| format!("- &a{} [*a{name}]\n", name + 1)).collect();
    check(&format!("- &a0 x\n{links}"));
}

#[test]
fn unknowns_and_marks() {
    check("yamldecode", &[sensitive("a")], "marked(\"a\")");
    check("yamldecode", &[Value::unknown(Type::String)], "unknown(dynamic)");
    check("yamldecode", &[Value::null(Type::String)], "argument 0: argument must not be null");
    check("yamldecode", &["- .inf\n- -.Inf".into()], "(+Inf, -Inf)");
    check("yamldecode", &["- |-\n ~\n- ~".into()], "(null(string), null)");
    check("yamlencode", &[sensitive("a")], "marked(\"\\\"a\\\"\\n\")");
    check("yamlencode", &[Value::tuple(vec![Value::dynamic()])], "unknown(string, not null)");
}

#[test]
fn encoding() {
    encode(true.into(), "true\n...\n");
    encode(number("1"), "1\n...\n");
    encode(Value::null(Type::Dynamic), "null\n...\n");
    encode("x\ny\n\n".into(), "|+\n  x\n  y\n\n");
    encode("x\ny".into(), "|-\n  x\n  y\n");
    encode("\n".into(), "|2+\n\n");
    encode("é😀\u{a0}\u{2028}".into(), "\"é\\U0001F600\u{a0}\\L\"\n");
    encode("a\u{2028}\nb".into(), "|-\n  a\u{2028}\n  b\n");
    encode("a\u{85}\nb".into(), "\"a\\N\\nb\"\n");
    encode(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  b c d"
            .into(),
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  \\ b c d\"\n",
    );
    encode(Value::tuple(vec!["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  b c d".into()]), "- \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  \\ b c d\"\n");
    encode(
        Value::tuple(vec![
            Value::tuple(vec!["x\ny".into()]),
            Value::object_of([
                ("a", Value::tuple(vec![Value::tuple(vec!["b".into()])])),
                ("c", Value::object_of([("d", "x\ny".into())])),
            ]),
        ]),
        "- - |-\n    x\n    y\n- \"a\":\n  - - \"b\"\n  \"c\":\n    \"d\": |-\n      x\n      y\n",
    );
    encode(
        Value::object_of([
            (
                "a",
                Value::tuple(vec![
                    Value::object_of([("b", number("1")), ("c", number("2"))]),
                    Value::object_of([("b", "x\n".into())]),
                ]),
            ),
            ("z", Value::object_of::<&str>([])),
        ]),
        "\"a\":\n- \"b\": 1\n  \"c\": 2\n- \"b\": |\n    x\n\"z\": {}\n",
    );
    encode(
        Value::object_of([
            (
                "k\nl",
                Value::object_of([("a", number("1")), ("b", Value::tuple(vec![number("1")]))]),
            ),
            ("m", "n\n\n".into()),
        ]),
        "? |-\n  k\n  l\n: \"a\": 1\n  \"b\":\n  - 1\n\"m\": |+\n  n\n\n",
    );
    encode(Value::tuple(vec!["a\n\n".into()]), "- |+\n  a\n\n");
    encode(" a\n".into(), "|2\n   a\n");
    encode(
        Value::object_of([(
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbb cc",
            "x".into(),
        )]),
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbb cc\": \"x\"\n",
    );
    encode(number("-1.5"), "-1.5\n...\n");
    encode(Value::tuple(vec!["x y z aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u{1} \"b\" c ".into()]), "- \"x y z aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\x01\n  \\\"b\\\" c \"\n");
    encode(
        Value::object_of([
            ("k\nl", Value::tuple(vec![number("1")])),
            ("m\nn", "o\np".into()),
            ("q\nr", Value::object_of::<&str>([])),
        ]),
        "? |-\n  k\n  l\n: - 1\n? |-\n  m\n  n\n: |-\n  o\n  p\n? |-\n  q\n  r\n: {}\n",
    );
    encode(Value::tuple(vec![]), "[]\n");
    encode(Value::object_of::<&str>([]), "{}\n");
    encode("".into(), "\"\"\n");
    encode(Value::tuple(vec![Value::tuple(vec![])]), "- []\n");
    encode(Value::tuple(vec![Value::object_of::<&str>([])]), "- {}\n");
    encode(Value::tuple(vec![Value::tuple(vec![Value::tuple(vec![])])]), "- - []\n");
    encode(
        Value::tuple(vec![Value::tuple(vec![
            number("1"),
            Value::tuple(vec![number("2"), Value::tuple(vec![number("3")])]),
        ])]),
        "- - 1\n  - - 2\n    - - 3\n",
    );
    encode(
        Value::object_of([(
            "a",
            Value::object_of([("b", Value::object_of([("c", Value::object_of::<&str>([]))]))]),
        )]),
        "\"a\":\n  \"b\":\n    \"c\": {}\n",
    );
    encode(Value::object_of([("a", Value::tuple(vec![]))]), "\"a\": []\n");
    encode(
        Value::object_of([("a", Value::tuple(vec![Value::tuple(vec![number("1")])]))]),
        "\"a\":\n- - 1\n",
    );
    encode(
        Value::tuple(vec![Value::object_of([("a", Value::tuple(vec![number("1"), number("2")]))])]),
        "- \"a\":\n  - 1\n  - 2\n",
    );
    encode(
        Value::object_of([
            ("true", "true".into()),
            ("1", "1".into()),
            ("null", Value::null(Type::Dynamic)),
        ]),
        "\"1\": \"1\"\n\"null\": null\n\"true\": \"true\"\n",
    );
    encode("trail ".into(), "\"trail \"\n");
    encode("tab\tx\ny".into(), "\"tab\\tx\\ny\"\n");
    encode("trail \nx".into(), "\"trail \\nx\"\n");
    encode(" lead\nx".into(), "|2-\n   lead\n  x\n");
    encode("x\n y\n".into(), "|\n  x\n   y\n");
    encode("x\r\ny".into(), "\"x\\r\\ny\"\n");
    encode("\r".into(), "\"\\r\"\n");
    encode("# c\n b".into(), "|-\n  # c\n   b\n");
    encode("- a\nb".into(), "|-\n  - a\n  b\n");
    encode("a: b\nc: d\n".into(), "|\n  a: b\n  c: d\n");
    encode("\n\n".into(), "|2+\n\n\n");
    encode("\n\nx".into(), "|2-\n\n\n  x\n");
    encode("x\n\n\ny\n".into(), "|\n  x\n\n\n  y\n");
    encode("aé\nb".into(), "|-\n  aé\n  b\n");
    encode("x\ty".into(), "\"x\\ty\"\n");
    encode(
        Value::object_of([("a b", "c".into()), ("d\"e", "f\\g".into())]),
        "\"a b\": \"c\"\n\"d\\\"e\": \"f\\\\g\"\n",
    );
    encode(
        Value::object_of([("z", number("1")), ("a", number("2")), ("M", number("3"))]),
        "\"M\": 3\n\"a\": 2\n\"z\": 1\n",
    );
    encode(number("0.1"), "0.1\n...\n");
    encode("a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a ".into(), "\"a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a\n  a a a a a a a a a a a a a a a a a a a \"\n");
    encode("e\u{301}".into(), "\"é\"\n");
    encode("\u{1}\n".into(), "\"\\x01\\n\"\n");
    encode("x\n\u{1}".into(), "\"x\\n\\x01\"\n");
    encode("\u{feff}x".into(), "\"\\uFEFF\\x78\"\n");
    encode("~".into(), "\"~\"\n");
    encode("'".into(), "\"'\"\n");
    encode("\"".into(), "\"\\\"\"\n");
    encode("🇩🇪\nx".into(), "\"\\U0001F1E9\\U0001F1EA\\nx\"\n");
    encode(
        Value::object_of([("a", "x\n".into()), ("b", "y\n".into())]),
        "\"a\": |\n  x\n\"b\": |\n  y\n",
    );
    encode(
        Value::object_of([("a", Value::object_of([("b", "x\n".into())])), ("c", number("1"))]),
        "\"a\":\n  \"b\": |\n    x\n\"c\": 1\n",
    );
    encode(
        Value::tuple(vec![Value::object_of([("a", "x\ny".into()), ("b", number("2"))])]),
        "- \"a\": |-\n    x\n    y\n  \"b\": 2\n",
    );
    encode(
        Value::tuple(vec![
            Value::tuple(vec!["x\n".into(), Value::tuple(vec!["y\n".into()])]),
            "z\n\n".into(),
        ]),
        "- - |\n    x\n  - - |\n      y\n- |+\n  z\n\n",
    );
    encode(
        Value::object_of([("a", Value::tuple(vec!["x\n\n".into(), "y".into()]))]),
        "\"a\":\n- |+\n  x\n\n- \"y\"\n",
    );
    encode(
        Value::object_of([("a", "x\n\n".into()), ("b", number("1"))]),
        "\"a\": |+\n  x\n\n\"b\": 1\n",
    );
    encode(Value::object_of([("", "".into())]), "\"\": \"\"\n");
    encode(Value::object_of([("a\nb", "c\nd\n".into())]), "? |-\n  a\n  b\n: |\n  c\n  d\n");
    encode(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b".into(),
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b\"\n",
    );
    encode(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b".into(),
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  b\"\n",
    );
    encode(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b"
            .into(),
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  b\"\n",
    );
    encode("                                                                                                    ".into(), "\"                                                                                                    \"\n");
    encode("a                                                                                                    b".into(), "\"a                                                                                                    b\"\n");
    encode(Value::number(Number::INFINITY), "+Inf\n...\n");
}
