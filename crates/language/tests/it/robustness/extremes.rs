//! Texts that are deep, long or ask for much: each ends soon with a value or an error that says
//! what is too much. All of it runs with the stack that threads of tests have.

use std::time::{Duration, Instant};

use provision_language::check::{check as check_directory, prepare};
use provision_language::config::VariableInputs;
use provision_language::diagnostics::{Diagnostic, Diagnostics};
use provision_language::functions::FunctionContext;
use provision_language::source::Sources;
use provision_schema::display::display;

use crate::exercise;

/// What is soon, for a machine that is busy with other tests. Nothing here should take as much as
/// a second on a machine of its own.
const SOON: Duration = Duration::from_secs(20);

/// Evaluates the output `x` of a configuration for a plan, and checks the configuration.
///
/// The expectation is how the value begins, how the first error begins, or how many instances
/// there are if there is no such output.
#[track_caller]
fn check_files(files: &[(&str, &str)], expected: &str) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    for (name, text) in files {
        let file = directory.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a file stands in a directory"))
            .and_then(|()| std::fs::write(file, text))
            .expect("a file can be written");
    }
    let start = Instant::now();
    let inputs = VariableInputs::default();
    let functions = FunctionContext::new(directory.path());
    drop(check_directory(directory.path(), &inputs, &functions, &Sources::default()));
    let checked = start.elapsed();

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
    let elapsed = start.elapsed();
    let shown: String = answer.chars().take(200).collect();
    if std::env::var_os("PROBE").is_some() {
        println!("{}: {shown} # {checked:?} {elapsed:?}", std::panic::Location::caller().line());
        return;
    }
    assert!(answer.starts_with(expected), "{shown}\n    instead of {expected}");
    assert!(elapsed < SOON, "it took {checked:?} to check and {elapsed:?} in all");
}

fn describe(error: &Diagnostic) -> String {
    format!("error: {}: {}", error.summary, error.detail)
}

/// Evaluates an expression, after reading and formatting it in every way.
#[track_caller]
fn check(expression: &str, expected: &str) {
    let start = Instant::now();
    exercise::parse(expression);
    let text = format!("output \"x\" {{\n  value = {expression}\n}}\n");
    exercise::parse(&text);
    let parsed = start.elapsed();
    exercise::format(&text);
    let formatted = start.elapsed();
    if std::env::var_os("PROBE").is_some() {
        println!("    {parsed:?} {formatted:?}");
    }
    assert!(formatted < SOON, "it took {parsed:?} to parse and {formatted:?} to parse and format");
    check_files(&[("main.tf", &text)], expected);
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn deep_brackets() {
    for depth in [10_000, 100_000] {
        check(&nested("(", "1", ")", depth), "error: ");
        check(&nested("[", "", "]", depth), "error: ");
        check(&nested("{a = ", "1", "}", depth), "error: ");
        check(&nested("f(", "1", ")", depth), "error: ");
        check(&nested("a[", "0", "]", depth), "error: ");
        check(&nested("\"${", "1", "}\"", depth), "error: ");
        check(&nested("\"%{if true}", "1", "%{endif}\"", depth), "error: ");
        check(&nested("[for x in ", "[]", " : x]", depth), "error: ");
        check(&nested("{for x in ", "[]", " : x => x}", depth), "error: ");
        check(&nested("true ? ", "1", " : 2", depth), "error: ");
        check(&nested("<<E\n${", "1", "}\nE\n", depth), "error: ");
        for unclosed in ["(", "[", "{", "\"${", "f(", "<<E\n${", "%{if true}", "/*"] {
            check(&unclosed.repeat(depth), "error: ");
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
        check(&format!("{}1", "true ? 1 : ".repeat(length)), "");
        check(&format!("{}1", "-".repeat(length)), "");
        check(&format!("{}true", "!".repeat(length)), "");
        check(&format!("[]{}", "[*]".repeat(length)), "");
        check(&format!("[]{}", ".*".repeat(length)), "");
        check(&format!("a{}", ".a".repeat(length)), "");
        check(&format!("a{}", "[0]".repeat(length)), "");
        check(&format!("\"{}\"", "${1}".repeat(length)), "");
        check(&format!("\"{}\"", "%{if true}a%{endif}".repeat(length)), "");
    }
}

#[test]
fn long_lists() {
    let list = format!("[{}]", "1, ".repeat(100_000));
    check(&format!("length({list})"), "");
    let list = format!("[\n{}]", "  \"a text\",\n".repeat(100_000));
    check(&format!("length({list})"), "");
    let items: String = (0..20_000).map(|it| format!("k{it} = {it}, ")).collect();
    check(&format!("length({{{items}}})"), "");
    check(&format!("length(\"{}\")", "a".repeat(1_000_000)), "");
    check(&format!("length(\"{}\")", "\\n".repeat(100_000)), "");
    check(&format!("max({})", "1, ".repeat(100_000)), "");
    check(&format!("length(<<E\n{}E\n)", "line\n".repeat(100_000)), "");
    check(&format!("1{}", " # comment\n".repeat(100_000)), "");
    check(&format!("{}1", "/* comment */".repeat(100_000)), "");
    check(&"@".repeat(100_000), "");
    check(&"\u{301}".repeat(100_000), "");
    check(&"a ".repeat(100_000), "");
    check(&"\"".repeat(100_001), "");
    check(&"${".repeat(100_001), "");
    check(&"a = ".repeat(100_001), "");
    check(&"a\n".repeat(100_001), "");
}

#[test]
fn large_numbers() {
    check("1e999999999", "");
    check("1e-999999999", "");
    check("1e99999999999999999999999999", "");
    check("1e100000", "");
    check("1e100000 * 1e100000", "");
    check("1e100000 % 7", "");
    check("7 % 1e-100000", "");
    check("1e100000 + 1e-100000", "");
    check("floor(1e100000)", "");
    check("pow(10, 1e9)", "");
    check("pow(9999999999, 9999999999)", "");
    check("pow(1e300, 0.5)", "");
    check("log(1e100000, 2)", "");
    check("parseint(\"9\", 1e20)", "");
    check(&format!("parseint(\"{}\", 36) > 0", "z".repeat(100_000)), "");
    check(&"9".repeat(100_000), "");
    check(&format!("0.{}", "9".repeat(100_000)), "");
    check(&format!("tonumber(\"{}\")", "9".repeat(100_000)), "");
    check(&format!("jsondecode(\"{}\")", "9".repeat(100_000)), "");
    check(&format!("yamldecode(\"{}\")", "9".repeat(100_000)), "");
    check("tonumber(\"1e999999999\")", "");
    check("jsondecode(\"1e999999999\")", "");
    check("yamldecode(\"1e999999999\")", "");
    check("\"${1e100000}\" == \"\"", "");
    check("[1][1e100000]", "");
    check("substr(\"abc\", 1e30, -1)", "");
}

#[test]
fn functions_that_make_much() {
    check("range(1000000000)", "");
    check("range(0, 1, 1e-9)", "");
    check("range(0, 1e100000, 1)", "");
    check("format(\"%999999999d\", 1)", "");
    check("format(\"%.999999999f\", 1)", "");
    check("format(\"%999999999999999999999d\", 1)", "");
    check("format(\"%[999999999]d\", 1)", "");
    check("format(\"%1000000s\", \"\") == \"\"", "");
    check("format(\"%b\", 1e100000) == \"\"", "");
    check("format(\"%.100000e\", 1e-100000) == \"\"", "");
    check("formatlist(\"%s\", range(1024)...)", "");
    check("indent(1000000000, \"a\\nb\")", "");
    check("join(\",\", [for i in range(1024) : join(\",\", range(1024))]) == \"\"", "");
    let ten = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
    let sets = vec![ten; 30].join(", ");
    check(&format!("length(setproduct({sets}))"), "");
    check("length(setproduct(range(1024), range(1024), range(1024)))", "");
    check("length(setproduct(range(1000), range(1000)))", "");
    check("chunklist(range(1024), 1e20)", "");
    let ones = "1, ".repeat(100_000);
    check(&format!("cidrsubnets(\"10.0.0.0/8\", {ones})"), "");
    let fours = "4, ".repeat(10_000);
    check(&format!("length(cidrsubnets(\"fe80::/16\", {}))", "24, ".repeat(10_000)), "");
    check(&format!("cidrsubnets(\"10.0.0.0/8\", {fours})"), "");
    check("cidrhost(\"fe80::/16\", 1e60)", "");
    check("cidrsubnet(\"fe80::/16\", 112, 1e60)", "");
    check("timeadd(\"2024-01-01T00:00:00Z\", \"999999999999999999h\")", "");
    check("timeadd(\"9999-12-31T23:59:59Z\", \"2562047h\")", "");
    check("bcrypt(\"a\", 31)", "");
    check("replace(\"aaaa\", \"\", \"b\")", "");
    let doubled: String = (1..64)
        .map(|it| format!("  t{it} = \"${{local.t{0}}}${{local.t{0}}}\"\n", it - 1))
        .collect();
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = length(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "");
    let doubled: String =
        (1..64).map(|it| format!("  t{it} = [local.t{0}, local.t{0}]\n", it - 1)).collect();
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = length(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "");
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = jsonencode(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "");
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = flatten(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "");
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = local.t63 == local.t62\n}}\n"
    );
    check_files(&[("main.tf", &text)], "");
    let text = format!(
        "locals {{\n  t0 = \"a\"\n{doubled}}}\noutput \"x\" {{\n  value = tolist(local.t63)\n}}\n"
    );
    check_files(&[("main.tf", &text)], "");
}

#[test]
fn regular_expressions() {
    let text = "a".repeat(30_000);
    check(&format!("length(regexall(\"(a*)*b\", \"{text}\"))"), "");
    check(&format!("length(regexall(\"a*?$\", \"{text}\"))"), "");
    check(&format!("replace(\"{text}\", \"/(a|aa)+$/\", \"b\")"), "");
    check("regex(\"((((a{1000}){1000}){1000}){1000})\", \"a\")", "");
    check("regex(\"(a{1,1000}){1,1000}\", \"a\")", "");
    check("regex(\"\\\\p{L}{100}\", \"a\")", "");
    check("regex(\"[\\\\pL\\\\pN]{0,100}\\\\w{0,100}\", \"a\")", "");
    check(&format!("regex(\"{}\", \"a\")", nested("(", "a", ")", 10_000)), "");
    check(&format!("regex(\"{}\", \"a\")", "(a".repeat(10_000)), "");
    check(&format!("regex(\"{}\", \"a\")", "a|".repeat(10_000)), "");
    check(&format!("regex(\"{}\", \"a\")", "a?".repeat(10_000)), "");
    check(&format!("regex(\"{}\", \"a\")", "[a".repeat(10_000)), "");
    check(&format!("regex(\"a{}\", \"a\")", "*".repeat(10_000)), "");
}

#[test]
fn nested_data() {
    for depth in [400, 10_000, 100_000] {
        check(&format!("jsondecode(\"{}\")", nested("[", "", "]", depth)), "");
        check(&format!("jsondecode(\"{}\")", nested("{\\\"a\\\":", "1", "}", depth)), "");
        check(&format!("yamldecode(\"{}\")", nested("[", "", "]", depth)), "");
        check(&format!("yamldecode(\"{}\")", nested("{a: ", "", "}", depth)), "");
        check(&format!("yamldecode(\"{}a\")", "- ".repeat(depth)), "");
        check(&format!("yamldecode(\"{}a\")", "? ".repeat(depth)), "");
        check(&format!("jsondecode(\"{}\")", "[".repeat(depth)), "");
        check(&format!("yamldecode(\"{}\")", "[".repeat(depth)), "");
        check(&format!("yamldecode(\"{}\")", "&a ".repeat(depth)), "");
        check(&format!("yamldecode(\"{}\")", "!a ".repeat(depth)), "");
        check(&format!("yamldecode(\"{}\")", "- a\\n".repeat(depth)), "");
        check(&format!("yamldecode(\"{}\")", "--- a\\n".repeat(depth)), "");
        let json =
            format!("{{\"output\": {{\"x\": {{\"value\": {}}}}}}}", nested("[", "", "]", depth));
        check_files(&[("main.tf.json", &json)], "");
        let json = nested("{\"a\": ", "1", "}", depth);
        check_files(&[("main.tf.json", &json)], "");
        exercise::parse(&json);
        let blocks = nested("a {\n", "", "}\n", depth);
        check_files(&[("main.tf", &blocks)], "");
        exercise::parse(&blocks);
        exercise::format(&blocks);
        let ty = nested("list(", "string", ")", depth);
        let text = format!(
            "variable \"a\" {{\n  type = {ty}\n  default = null\n}}\noutput \"x\" {{\n  value = var.a\n}}\n"
        );
        check_files(&[("main.tf", &text)], "");
    }
    let levels: String = (1..40)
        .map(|it| format!("l{it}: &l{it} [{}]\\n", vec![format!("*l{}", it - 1); 10].join(", ")))
        .collect();
    check(&format!("yamldecode(\"l0: &l0 a\\n{levels}\")"), "");
    check("yamldecode(\"&a [*a]\")", "");
    check("yamldecode(\"a: &a {b: *a}\")", "");
    check("yamldecode(\"&a {<<: *a}\")", "");
    let merges: String =
        (1..60).map(|it| format!("l{it}: &l{it} {{<<: [*l{0}, *l{0}]}}\\n", it - 1)).collect();
    check(&format!("yamldecode(\"l0: &l0 {{a: 1}}\\n{merges}\")"), "");
    check(&format!("csvdecode(\"a\\n{}\")", "b\\n".repeat(100_000)), "");
    check(&format!("csvdecode(\"{}\")", "a,".repeat(10_000)), "");
    check("length(distinct(setproduct(range(500), range(500))))", "");
}

#[test]
fn templates_that_call_templates() {
    let call = "${templatefile(\"${path.module}/a.tmpl\", {})}";
    check_files(
        &[("a.tmpl", call), ("main.tf", &format!("output \"x\" {{\n  value = \"{call}\"\n}}\n"))],
        "",
    );
    let text = "output \"x\" {\n  value = templatefile(\"a.tmpl\", {})\n}\n";
    check_files(&[("a.tmpl", "${templatefile(\"a.tmpl\", {})}"), ("main.tf", text)], "");
    let twice = "${templatefile(\"a.tmpl\", {})}${templatefile(\"a.tmpl\", {})}";
    check_files(&[("a.tmpl", twice), ("main.tf", text)], "");
    check_files(&[("a.tmpl", "${templatestring(a, {})}"), ("main.tf", text)], "");
    let deep = nested("${\"", "a", "\"}", 10_000);
    check_files(&[("a.tmpl", &deep), ("main.tf", text)], "");
    let text = "locals {\n  t = \"$${templatestring(t, {t = t})}\"\n}\noutput \"x\" {\n  value = templatestring(local.t, {t = local.t})\n}\n";
    check_files(&[("main.tf", text)], "");
}

#[test]
fn many_instances() {
    let resource =
        |repetition: &str| format!("resource \"terraform_data\" \"a\" {{\n  {repetition}\n}}\n");
    check_files(&[("main.tf", &resource("count = 2147483647"))], "");
    check_files(&[("main.tf", &resource("count = 2147483648"))], "");
    check_files(&[("main.tf", &resource("count = 1e100000"))], "");
    check_files(&[("main.tf", &resource("count = 20000"))], "");
    let million = "[for p in setproduct(range(600), range(600)) : \"${p[0]}-${p[1]}\"]";
    check_files(&[("main.tf", &resource(&format!("for_each = toset({million})")))], "");
    check_files(
        &[("main.tf", &resource(&format!("for_each = {{for k in {million} : k => k}}")))],
        "",
    );
    let call = "module \"a\" {\n  source = \"./a\"\n  count  = 2147483647\n}\n";
    check_files(&[("main.tf", call), ("a/main.tf", "locals {}\n")], "");
    let call = "module \"a\" {\n  source = \"./a\"\n  count  = 1000\n}\n";
    let inner = "module \"a\" {\n  source = \"./b\"\n  count  = 1000\n}\n";
    check_files(
        &[("main.tf", call), ("a/main.tf", inner), ("a/b/main.tf", &resource("count = 1000"))],
        "",
    );
    let dynamic = "resource \"aws_security_group\" \"a\" {\n  dynamic \"ingress\" {\n    for_each = setproduct(range(100), range(100))\n    content {\n      from_port = 1\n      to_port = 2\n      protocol = \"tcp\"\n    }\n  }\n}\n";
    check_files(&[("main.tf", dynamic)], "");
    check_files(&[("main.tf", "module \"a\" {\n  source = \"./\"\n}\n")], "");
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
    check_files(&files, "");
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
    check_files(&[("main.tf", &circle)], "");
    let wrong: String = (0..5_000).map(|it| format!("  l{it} = missing{it}()\n")).collect();
    check_files(&[("main.tf", &format!("locals {{\n{wrong}}}\n"))], "");
    let wrong: String = (0..5_000).map(|it| format!("  l{it} = local.m{it}\n")).collect();
    check_files(&[("main.tf", &format!("locals {{\n{wrong}}}\n"))], "");
    let wrong: String = (0..5_000).map(|it| format!("wrong \"l{it}\" {{}}\n")).collect();
    check_files(&[("main.tf", &wrong)], "");
    let wrong: String = (0..5_000).map(|it| format!("l{it} = 1\n")).collect();
    check_files(&[("main.tf", &wrong)], "");
    let same = "locals {\n  a = 1\n}\n".repeat(20_000);
    check_files(&[("main.tf", &same)], "");
    let same = "output \"a\" {\n  value = 1\n}\n".repeat(20_000);
    check_files(&[("main.tf", &same)], "");
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
    check_files(&[("main.tf", &variables)], "");
    let values: String = (0..20_000).map(|it| format!("v{it} = 1\n")).collect();
    check_files(&[("main.tf", ""), ("terraform.tfvars", &values)], "");
    let moved: String = (0..2_000)
        .map(|it| {
            format!(
                "moved {{\n  from = terraform_data.r{it}\n  to = terraform_data.r{}\n}}\n",
                it + 1
            )
        })
        .collect();
    check_files(&[("main.tf", &moved)], "");
}
