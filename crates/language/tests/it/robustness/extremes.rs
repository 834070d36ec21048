//! Texts that are deep, long or ask for much: each ends, soon, with a value or an error that says
//! what is too much. All of it runs with the stack that threads of tests have.

use provision_language::check::{check as check_directory, prepare};
use provision_language::config::VariableInputs;
use provision_language::diagnostics::{Diagnostic, Diagnostics};
use provision_language::functions::FunctionContext;
use provision_language::source::Sources;
use provision_schema::display::display;

use crate::exercise;

/// Evaluates the output `x` of a configuration for a plan, and checks the configuration.
///
/// The expectation is how the value begins, how the first error begins, or how many instances
/// there are if there is no such output. Nothing is expected where sizes give different answers.
#[track_caller]
fn check_files(files: &[(&str, &str)], expected: &str) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    for (name, text) in files {
        let file = directory.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a file stands in a directory"))
            .and_then(|()| std::fs::write(file, text))
            .expect("a file can be written");
    }
    let inputs = VariableInputs::default();
    let functions = FunctionContext::new(directory.path());
    drop(check_directory(directory.path(), &inputs, &functions, &Sources::default()));

    let mut diagnostics = Diagnostics::new();
    let sources = Sources::default();
    let program = prepare(directory.path(), &inputs, functions, &sources, &mut diagnostics);
    let mut answer = String::new();
    if let Some(program) = program.filter(|_| !diagnostics.has_errors()) {
        program.evaluate();
        diagnostics.extend(program.diagnostics());
        answer = match program.output("x") {
            Some(value) => display(&value),
            None => format!("{} instances", program.instances().len()),
        };
        program.dependencies();
    }
    if let Some(error) = diagnostics.iter().find(|it| it.is_error()) {
        answer = describe(error);
    }
    let shown: String = answer.chars().take(200).collect();
    assert!(answer.starts_with(expected), "{shown}\n    instead of {expected}");
}

/// The summary says enough, except where it is one for everything that goes wrong in a call.
fn describe(error: &Diagnostic) -> String {
    let of_calls = ["Error in function call", "Invalid function argument"];
    let text = match of_calls.contains(&error.summary.as_str()) {
        true => error.detail.split_once(": ").map_or("", |(_, reason)| reason),
        false => &error.summary,
    };
    format!("error: {text}")
}

/// Formats and evaluates an expression.
#[track_caller]
fn check(expression: &str, expected: &str) {
    let text = format!("output \"x\" {{\n  value = {expression}\n}}\n");
    exercise::format(&text);
    check_files(&[("main.tf", &text)], expected);
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn deep_brackets() {
    for depth in [100_000] {
        check(&nested("(", "1", ")", depth), "error: Nesting too deep");
        check(&nested("[", "", "]", depth), "error: Nesting too deep");
        check(&nested("{a = ", "1", "}", depth), "error: Nesting too deep");
        check(&nested("f(", "1", ")", depth), "error: Nesting too deep");
        check(&nested("a[", "0", "]", depth), "error: Nesting too deep");
        check(&nested("\"${", "1", "}\"", depth), "error: Nesting too deep");
        check(
            &nested("\"%{if true}", "1", "%{endif}\"", depth),
            "error: Missing key/value separator",
        );
        check(&nested("[for x in ", "[]", " : x]", depth), "error: Nesting too deep");
        check(&nested("{for x in ", "[]", " : x => x}", depth), "error: Nesting too deep");
        check(&nested("true ? ", "1", " : 2", depth), "error: Nesting too deep");
        check(&nested("<<E\n${", "1", "}\nE\n", depth), "error: Nesting too deep");
        for unclosed in ["(", "[", "{", "\"${", "f(", "<<E\n${", "%{if true}", "/*"] {
            check(&unclosed.repeat(depth), "error:");
        }
    }
    for depth in [20, 60] {
        check(&format!("length({})", nested("[", "", "]", depth)), "1");
        check(&format!("length({})", nested("{a = ", "{}", "}", depth)), "1");
        check(&nested("(", "1", ")", depth), "1");
        check(&nested("\"${", "1", "}\"", depth), "1");
        check(&nested("[for x in ", "[1]", " : x]", depth), "[");
        check(&nested("max(", "1", ")", depth), "1");
    }
}

#[test]
fn long_chains() {
    for length in [100, 10_000] {
        check(&format!("1{}", " + 1".repeat(length)), "");
        check(&format!("true{}", " && true".repeat(length)), "");
        check(&format!("{}1", "true ? 1 : ".repeat(length)), "error: Nesting too deep");
        check(&format!("{}1", "-".repeat(length)), "error: Nesting too deep");
        check(&format!("{}true", "!".repeat(length)), "error: Nesting too deep");
        check(&format!("[]{}", "[*]".repeat(length)), "");
        check(&format!("[]{}", ".*".repeat(length)), "error: Nested splat expression not allowed");
        check(&format!("a{}", ".a".repeat(length)), "error: Reference to undeclared resource");
        check(&format!("a{}", "[0]".repeat(length)), "error: Invalid reference");
        check(
            &format!("\"{}\"", "${1}".repeat(length)),
            "\"111111111111111111111111111111111111111",
        );
        check(
            &format!("\"{}\"", "%{if true}a%{endif}".repeat(length)),
            "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        );
    }
}

#[test]
fn long_lists() {
    let list = format!("[{}]", "1, ".repeat(100_000));
    check(&format!("length({list})"), "100000");
    let list = format!("[\n{}]", "  \"a text\",\n".repeat(20_000));
    check(&format!("length({list})"), "20000");
    let items: String = (0..20_000).map(|it| format!("k{it} = {it}, ")).collect();
    check(&format!("length({{{items}}})"), "20000");
    check(&format!("length(\"{}\")", "a".repeat(100_000)), "100000");
    check(&format!("length(\"{}\")", "\\n".repeat(20_000)), "20000");
    check(&format!("max({})", "1, ".repeat(20_000)), "1");
    check(&format!("length(<<E\n{}E\n)", "line\n".repeat(20_000)), "100000");
    check(&format!("1{}", " # comment\n".repeat(20_000)), "1");
    check(&format!("{}1", "/* comment */".repeat(20_000)), "1");
    check(&"@".repeat(20_000), "error: Invalid character");
    check(&"\u{301}".repeat(20_000), "error: Invalid character");
    check(&"a ".repeat(20_000), "error: Missing newline after argument");
    check(&"\"".repeat(20_001), "error: Invalid multi-line string");
    check(&"${".repeat(20_001), "error: Invalid character");
    check(&"a = ".repeat(20_001), "error: Missing newline after argument");
    check(&"a\n".repeat(20_001), "error: Argument or block definition required");
}

#[test]
fn large_numbers() {
    check("1e999999999", "+Inf");
    check("1e-999999999", "0");
    check("1e99999999999999999999999999", "+Inf");
    check("1e100000", "+Inf");
    check("1e100000 * 1e100000", "+Inf");
    check("1e100000 % 7", "error: Operation failed");
    check("7 % 1e-100000", "7");
    check("1e100000 + 1e-100000", "+Inf");
    check("floor(1e100000)", "+Inf");
    check("pow(10, 1e9)", "+Inf");
    check("pow(9999999999, 9999999999)", "+Inf");
    check("pow(1e300, 0.5)", "1000000000000000000000000000000000000000");
    check("log(1e100000, 2)", "+Inf");
    check("parseint(\"9\", 1e20)", "error: value must be a whole");
    check(&format!("parseint(\"{}\", 36) > 0", "z".repeat(20_000)), "true");
    check(&"9".repeat(20_000), "1000000000000");
    check(&format!("0.{}", "9".repeat(20_000)), "1");
    check(&format!("tonumber(\"{}\")", "9".repeat(20_000)), "1000000000000");
    check(&format!("jsondecode(\"{}\")", "9".repeat(20_000)), "1000000000000");
    check(&format!("yamldecode(\"{}\")", "9".repeat(20_000)), "1000000000000");
    check("tonumber(\"1e999999999\")", "+Inf");
    check("jsondecode(\"1e999999999\")", "+Inf");
    check("yamldecode(\"1e999999999\")", "+Inf");
    check("\"${1e100000}\" == \"\"", "false");
    check("[1][1e100000]", "error: Invalid index");
    check("substr(\"abc\", 1e30, -1)", "error: value must be a whole");
}

#[test]
fn functions_that_make_much() {
    check("range(1000000000)", "error: more than 1024 values were");
    check("range(0, 1, 1e-9)", "error: more than 1024 values were");
    check("range(0, 1e100000, 1)", "error: more than 1024 values were");
    check("format(\"%999999999d\", 1)", "error: unsupported value for \"%999999999d\"");
    check("format(\"%.999999999f\", 1)", "error: unsupported value for");
    check("format(\"%999999999999999999999d\", 1)", "error: unsupported value for");
    check("format(\"%[999999999]d\", 1)", "error: not enough arguments for");
    check("format(\"%1000000s\", \"\") == \"\"", "false");
    check("format(\"%b\", 1e100000) == \"\"", "error: unsupported value for \"%b\" at");
    check("format(\"%.100000e\", 1e-100000) == \"\"", "false");
    check("formatlist(\"%s\", range(1024)...)", "error: error on format iteration 0");
    check("indent(1000000000, \"a\\nb\")", "error: the result would be too");
    check("join(\",\", [for i in range(1024) : join(\",\", range(1024))]) == \"\"", "false");
    let ten = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
    let sets = vec![ten; 30].join(", ");
    check(&format!("length(setproduct({sets}))"), "error: the product would have more");
    check(
        "length(setproduct(range(1024), range(1024), range(1024)))",
        "error: the product would have more",
    );
    check("length(setproduct(range(1000), range(1000)))", "1000000");
    check("chunklist(range(1024), 1e20)", "error: invalid size: value must be");
    let ones = "1, ".repeat(100_000);
    check(&format!("cidrsubnets(\"10.0.0.0/8\", {ones})"), "error: not enough remaining address");
    let fours = "4, ".repeat(10_000);
    check(&format!("length(cidrsubnets(\"fe80::/16\", {}))", "24, ".repeat(10_000)), "10000");
    check(&format!("cidrsubnets(\"10.0.0.0/8\", {fours})"), "error: not enough remaining address");
    check("cidrhost(\"fe80::/16\", 1e60)", "error: prefix of 16 does not");
    check("cidrsubnet(\"fe80::/16\", 112, 1e60)", "error: prefix extension of 112 does");
    check(
        "timeadd(\"2024-01-01T00:00:00Z\", \"999999999999999999h\")",
        "error: time: invalid duration",
    );
    check("timeadd(\"9999-12-31T23:59:59Z\", \"2562047h\")", "\"10292-04-10T22:59:59Z\"");
    check("bcrypt(\"a\", 31)", "(known after apply)");
    check("replace(\"aaaa\", \"\", \"b\")", "\"babababab\"");
    let doubled: String = (1..64)
        .map(|it| format!("  t{it} = \"${{local.t{0}}}${{local.t{0}}}\"\n", it - 1))
        .collect();
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = length(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "error: Value too large");
    let doubled: String =
        (1..64).map(|it| format!("  t{it} = [local.t{0}, local.t{0}]\n", it - 1)).collect();
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = length(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "error: Value too large");
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = jsonencode(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "error: Value too large");
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = flatten(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "error: Value too large");
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = local.t63 == local.t62\n}}\n"
    );
    check_files(&[("main.tf", &text)], "error: Value too large");
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = tolist(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "error: Value too large");
}

#[test]
fn regular_expressions() {
    let text = "a".repeat(10_000);
    check(&format!("length(regexall(\"(a*)*b\", \"{text}\"))"), "0");
    check(&format!("length(regexall(\"a*?$\", \"{text}\"))"), "1");
    check(&format!("replace(\"{text}\", \"/(a|aa)+$/\", \"b\")"), "\"b\"");
    check("regex(\"((((a{1000}){1000}){1000}){1000})\", \"a\")", "error: invalid regexp pattern");
    check("regex(\"(a{1,1000}){1,1000}\", \"a\")", "error: invalid regexp pattern");
    check("regex(\"\\\\p{L}{100}\", \"a\")", "error: pattern did not match any");
    check("regex(\"[\\\\pL\\\\pN]{0,100}\\\\w{0,100}\", \"a\")", "\"a\"");
    check(
        &format!("regex(\"{}\", \"a\")", nested("(", "a", ")", 10_000)),
        "error: invalid regexp pattern",
    );
    check(&format!("regex(\"{}\", \"a\")", "(a".repeat(10_000)), "error: invalid regexp pattern");
    check(&format!("regex(\"{}\", \"a\")", "a|".repeat(2_000)), "\"a\"");
    check(&format!("regex(\"{}\", \"a\")", "a?".repeat(2_000)), "\"a\"");
    check(&format!("regex(\"{}\", \"a\")", "[a".repeat(10_000)), "error: invalid regexp pattern");
    check(&format!("regex(\"a{}\", \"a\")", "*".repeat(10_000)), "error: invalid regexp pattern");
}

#[test]
fn nested_data() {
    for depth in [400, 20_000] {
        check(&format!("jsondecode(\"{}\")", nested("[", "", "]", depth)), "");
        check(&format!("jsondecode(\"{}\")", nested("{\\\"a\\\":", "1", "}", depth)), "");
        check(&format!("yamldecode(\"{}\")", nested("[", "", "]", depth)), "");
        check(&format!("yamldecode(\"{}\")", nested("{a: ", "", "}", depth)), "");
        check(&format!("yamldecode(\"{}a\")", "- ".repeat(depth)), "");
        check(
            &format!("yamldecode(\"{}a\")", "? ".repeat(depth)),
            "error: only strings are allowed as",
        );
        check(&format!("jsondecode(\"{}\")", "[".repeat(depth)), "error: ");
        check(&format!("yamldecode(\"{}\")", "[".repeat(depth)), "error: ");
        check(
            &format!("yamldecode(\"{}\")", "&a ".repeat(depth)),
            "error: did not find expected <document",
        );
        check(
            &format!("yamldecode(\"{}\")", "!a ".repeat(depth)),
            "error: unsupported tag \"!a\".",
        );
        check(&format!("yamldecode(\"{}\")", "- a\\n".repeat(depth)), "[");
        check(
            &format!("yamldecode(\"{}\")", "--- a\\n".repeat(depth)),
            "error: on line 1, column 1",
        );
        let json =
            format!("{{\"output\": {{\"x\": {{\"value\": {}}}}}}}", nested("[", "", "]", depth));
        check_files(&[("main.tf.json", &json)], "error: Nesting too deep");
        let json = nested("{\"a\": ", "1", "}", depth);
        check_files(&[("main.tf.json", &json)], "error: Nesting too deep");
        exercise::parse(&json);
        let blocks = nested("a {\n", "", "}\n", depth);
        check_files(&[("main.tf", &blocks)], "error: Nesting too deep");
        exercise::parse(&blocks);
        exercise::format(&blocks);
        let ty = nested("list(", "string", ")", depth);
        let text = format!(
            "variable \"a\" {{\n  type = {ty}\n  default = null\n}}\noutput \"x\" {{\n  value = var.a\n}}\n"
        );
        check_files(&[("main.tf", &text)], "error: Nesting too deep");
    }
    let levels: String = (1..40)
        .map(|it| format!("l{it}: &l{it} [{}]\\n", vec![format!("*l{}", it - 1); 10].join(", ")))
        .collect();
    check(&format!("yamldecode(\"l0: &l0 a\\n{levels}\")"), "error: on line 6, column 45");
    check("yamldecode(\"&a [*a]\")", "error: cannot refer to anchor \"a\"");
    check("yamldecode(\"a: &a {b: *a}\")", "error: cannot refer to anchor \"a\"");
    check("yamldecode(\"&a {<<: *a}\")", "error: cannot refer to anchor \"a\"");
    let merges: String =
        (1..60).map(|it| format!("l{it}: &l{it} {{<<: [*l{0}, *l{0}]}}\\n", it - 1)).collect();
    check(&format!("yamldecode(\"l0: &l0 {{a: 1}}\\n{merges}\")"), "error: on line 9, column 10");
    check(&format!("csvdecode(\"a\\n{}\")", "b\\n".repeat(20_000)), "tolist([");
    check(
        &format!("csvdecode(\"{}\")", "a,".repeat(10_000)),
        "error: duplicate column name \"a\".",
    );
    check("length(distinct(setproduct(range(500), range(500))))", "250000");
}

#[test]
fn templates_that_call_templates() {
    let call = "${templatefile(\"${path.module}/a.tmpl\", {})}";
    check_files(
        &[("a.tmpl", call), ("main.tf", &format!("output \"x\" {{\n  value = \"{call}\"\n}}\n"))],
        "error: vars map does not contain",
    );
    let text = "output \"x\" {\n  value = templatefile(\"a.tmpl\", {})\n}\n";
    check_files(
        &[("a.tmpl", "${templatefile(\"a.tmpl\", {})}"), ("main.tf", text)],
        "error: a.tmpl:1,3-15: Error in",
    );
    let twice = "${templatefile(\"a.tmpl\", {})}${templatefile(\"a.tmpl\", {})}";
    check_files(&[("a.tmpl", twice), ("main.tf", text)], "error: a.tmpl:1,3-15: Error in");
    check_files(
        &[("a.tmpl", "${templatestring(a, {})}"), ("main.tf", text)],
        "error: vars map does not contain",
    );
    let deep = nested("${\"", "a", "\"}", 10_000);
    check_files(&[("a.tmpl", &deep), ("main.tf", text)], "error: a.tmpl:1,289-291: Nesting too");
    let text = "locals {\n  t = \"$${templatestring(t, {t = t})}\"\n}\noutput \"x\" {\n  value = templatestring(local.t, {t = local.t})\n}\n";
    check_files(&[("main.tf", text)], "error: <templatestring");
}

#[test]
fn many_instances() {
    let resource =
        |repetition: &str| format!("resource \"terraform_data\" \"a\" {{\n  {repetition}\n}}\n");
    check_files(&[("main.tf", &resource("count = 2147483647"))], "error: Invalid count argument");
    check_files(&[("main.tf", &resource("count = 2147483648"))], "error: Invalid count argument");
    check_files(&[("main.tf", &resource("count = 1e100000"))], "error: Invalid count argument");
    check_files(&[("main.tf", &resource("count = 20000"))], "20000 instances");
    let million = "[for p in setproduct(range(600), range(600)) : \"${p[0]}-${p[1]}\"]";
    check_files(
        &[("main.tf", &resource(&format!("for_each = toset({million})")))],
        "error: Too many instances",
    );
    check_files(
        &[("main.tf", &resource(&format!("for_each = {{for k in {million} : k => k}}")))],
        "error: Too many instances",
    );
    let call = "module \"a\" {\n  source = \"./a\"\n  count  = 2147483647\n}\n";
    check_files(
        &[("main.tf", call), ("a/main.tf", "locals {}\n")],
        "error: Invalid count argument",
    );
    let call = "module \"a\" {\n  source = \"./a\"\n  count  = 1000\n}\n";
    let inner = "module \"a\" {\n  source = \"./b\"\n  count  = 1000\n}\n";
    check_files(
        &[("main.tf", call), ("a/main.tf", inner), ("a/b/main.tf", &resource("count = 1000"))],
        "error: Too many instances",
    );
    let dynamic = "resource \"aws_security_group\" \"a\" {\n  dynamic \"ingress\" {\n    for_each = setproduct(range(100), range(100))\n    content {\n      from_port = 1\n      to_port = 2\n      protocol = \"tcp\"\n    }\n  }\n}\n";
    check_files(&[("main.tf", dynamic)], "1 instances");
    check_files(
        &[("main.tf", "module \"a\" {\n  source = \"./\"\n}\n")],
        "error: Cycle of module calls",
    );
    let calls = |to: usize| {
        let call = |name: &str| format!("module \"{name}\" {{\n  source = \"../m{to}\"\n}}\n");
        call("a") + &call("b")
    };
    let files: Vec<(String, String)> =
        (1..40).map(|it| (format!("m{it}/main.tf"), calls(it + 1))).collect();
    let root = calls(1).replace("../", "./");
    let mut files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.extend([("main.tf", root.as_str()), ("m40/main.tf", "locals {}\n")]);
    check_files(&files, "error: Too many modules");
}

#[test]
fn long_configurations() {
    let locals: String =
        (1..20_000).map(|it| format!("  l{it} = local.l{} + 1\n", it - 1)).collect();
    let text =
        format!("locals {{\n  l0 = 0\n{locals}}}\noutput \"x\" {{\n  value = local.l19999\n}}\n");
    check_files(&[("main.tf", &text)], "19999");
    let reversed: String =
        (0..20_000).map(|it| format!("  l{it} = local.l{} + 1\n", it + 1)).collect();
    let text =
        format!("locals {{\n{reversed}  l20000 = 0\n}}\noutput \"x\" {{\n  value = local.l0\n}}\n");
    check_files(&[("main.tf", &text)], "20000");
    let circle = format!(
        "locals {{\n{reversed}  l20000 = local.l0\n}}\noutput \"x\" {{\n  value = local.l0\n}}\n"
    );
    check_files(&[("main.tf", &circle)], "error: Cycle");
    let wrong: String = (0..2_000).map(|it| format!("  l{it} = missing{it}()\n")).collect();
    check_files(
        &[("main.tf", &format!("locals {{\n{wrong}}}\n"))],
        "error: Call to unknown function",
    );
    let wrong: String = (0..2_000).map(|it| format!("  l{it} = local.m{it}\n")).collect();
    check_files(
        &[("main.tf", &format!("locals {{\n{wrong}}}\n"))],
        "error: Reference to undeclared local value",
    );
    let wrong: String = (0..2_000).map(|it| format!("wrong \"l{it}\" {{}}\n")).collect();
    check_files(&[("main.tf", &wrong)], "error: Unsupported block type");
    let wrong: String = (0..2_000).map(|it| format!("l{it} = 1\n")).collect();
    check_files(&[("main.tf", &wrong)], "error: Unsupported argument");
    let same = "locals {\n  a = 1\n}\n".repeat(20_000);
    check_files(&[("main.tf", &same)], "error: Duplicate local value definition");
    let same = "output \"a\" {\n  value = 1\n}\n".repeat(20_000);
    check_files(&[("main.tf", &same)], "error: Duplicate output definition");
    let resources: String = (1..5_000)
        .map(|it| {
            format!(
                "resource \"terraform_data\" \"r{it}\" {{\n  input = terraform_data.r{}.id\n}}\n",
                it - 1
            )
        })
        .collect();
    let text = format!("resource \"terraform_data\" \"r0\" {{}}\n{resources}");
    check_files(&[("main.tf", &text)], "5000 instances");
    let variables: String =
        (0..20_000).map(|it| format!("variable \"v{it}\" {{\n  type = string\n}}\n")).collect();
    check_files(&[("main.tf", &variables)], "error: No value for required variable");
    let values: String = (0..20_000).map(|it| format!("v{it} = 1\n")).collect();
    check_files(&[("main.tf", ""), ("terraform.tfvars", &values)], "0 instances");
    let moved: String = (0..2_000)
        .map(|it| {
            format!(
                "moved {{\n  from = terraform_data.r{it}\n  to = terraform_data.r{}\n}}\n",
                it + 1
            )
        })
        .collect();
    check_files(&[("main.tf", &moved)], "0 instances");
}
