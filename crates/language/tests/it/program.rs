//! Programs at work: what is evaluated when, what is expanded when, and what needs what.

use std::path::Path;

use provision_language::check::prepare;
use provision_language::config::VariableInputs;
use provision_language::config::addresses::parse_instance;
use provision_language::diagnostics::Diagnostics;
use provision_language::functions::FunctionContext;
use provision_language::program::Program;
use provision_language::source::Sources;
use provision_schema::display::display;
use provision_schema::{Value, address::Address};

/// A program of files written as `--- name` and their text.
#[track_caller]
fn program(text: &str) -> Program {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let text =
        if text.starts_with("--- ") { text.to_owned() } else { format!("--- main.tf\n{text}") };
    for file in text.split("--- ").skip(1) {
        let (name, content) = file.split_once('\n').expect("a file has a name");
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a directory");
        std::fs::write(path, content).expect("a file can be written");
    }
    let mut diagnostics = Diagnostics::new();
    let functions = FunctionContext::new(directory.path());
    let inputs = VariableInputs::default();
    let sources = Sources::default();
    let program = prepare(directory.path(), &inputs, functions, &sources, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let program = program.expect("the configuration loads");
    program.evaluate();
    let found = program.diagnostics();
    assert!(!found.has_errors(), "{found:?}");
    program
}

#[track_caller]
fn address(text: &str) -> Address {
    parse_instance(text, &Sources::default()).expect("an address")
}

/// The addresses of all instances, and what is deferred.
fn listing(program: &Program) -> Vec<String> {
    let instances = program.instances().into_iter().map(|it| it.address.to_string());
    instances.chain(program.deferred().into_iter().map(|it| it.to_string())).collect()
}

/// The edges as "from -> to".
fn edges(program: &Program) -> Vec<String> {
    let graph = program.dependencies();
    let name = |index: usize| graph.nodes[index].to_string();
    graph.edges.iter().map(|(from, to)| format!("{} -> {}", name(*from), name(*to))).collect()
}

#[track_caller]
fn output(program: &Program, name: &str) -> String {
    display(&program.output(name).expect("an output of that name"))
}

/// Says that an object is what it was planned to be, with these attributes known.
#[track_caller]
fn publish(program: &Program, name: &str, attributes: &[(&str, Value)]) {
    let address = address(name);
    let planned = program.instances().into_iter().find(|it| it.address == address);
    let planned = planned.expect("an instance of that address").object;
    let fields = planned.as_fields().expect("an object").iter().cloned();
    let known = attributes.iter().map(|(name, value)| ((*name).into(), value.clone()));
    assert!(program.publish(&address, Value::object_of(fields.chain(known))));
}

#[test]
fn a_count_that_waits_is_expanded_when_its_value_is_known() {
    let program = program(
        r#"
resource "terraform_data" "size" { input = 2 }
resource "aws_sqs_queue" "q" {
  count = terraform_data.size.output
  name  = "q${count.index}"
}
resource "aws_ssm_parameter" "names" {
  name  = "/names"
  type  = "String"
  value = join(",", aws_sqs_queue.q[*].name)
}
output "names" {
  value     = aws_ssm_parameter.names.value
  sensitive = true
}
output "count" { value = length(aws_sqs_queue.q) }
"#,
    );
    assert_eq!(
        listing(&program),
        ["aws_ssm_parameter.names", "terraform_data.size", "aws_sqs_queue.q[*]"]
    );
    assert_eq!(output(&program, "count"), "(known after apply)");
    assert_eq!(
        edges(&program),
        [
            "aws_ssm_parameter.names -> aws_sqs_queue.q[*]",
            "aws_sqs_queue.q[*] -> terraform_data.size"
        ]
    );

    publish(&program, "terraform_data.size", &[("output", Value::from(2usize))]);
    program.evaluate();
    assert_eq!(
        listing(&program),
        [
            "aws_sqs_queue.q[0]",
            "aws_sqs_queue.q[1]",
            "aws_ssm_parameter.names",
            "terraform_data.size"
        ]
    );
    assert_eq!(output(&program, "count"), "2");
    assert_eq!(output(&program, "names"), "(sensitive value)");
}

#[test]
fn modules_wait_with_everything_in_them() {
    let program = program(
        r#"--- main.tf
resource "terraform_data" "names" { input = ["a", "b"] }
module "m" {
  source   = "./m"
  for_each = toset(terraform_data.names.output)
  name     = each.key
}
output "urls" { value = [for m in module.m : m.name] }
--- m/main.tf
variable "name" {}
resource "aws_sqs_queue" "q" { name = var.name }
output "name" { value = aws_sqs_queue.q.name }
"#,
    );
    assert_eq!(listing(&program), ["terraform_data.names", "module.m[*]"]);
    let names = Value::tuple([Value::from("a"), Value::from("b")]);
    publish(&program, "terraform_data.names", &[("output", names)]);
    program.evaluate();
    assert_eq!(
        listing(&program),
        [
            "terraform_data.names",
            r#"module.m["a"].aws_sqs_queue.q"#,
            r#"module.m["b"].aws_sqs_queue.q"#,
        ]
    );
    assert_eq!(output(&program, "urls"), "[\n  \"a\",\n  \"b\",\n]");
}

#[test]
fn a_value_that_arrives_makes_only_its_users_be_computed_again() {
    let mut text = String::from("resource \"aws_vpc\" \"v\" { cidr_block = \"10.0.0.0/16\" }\n");
    for index in 0..100 {
        text.push_str(&format!(
            "resource \"aws_sqs_queue\" \"q{index}\" {{ name = \"q{index}\" }}\nlocals {{ l{index} \
             = aws_sqs_queue.q{index}.arn }}\n"
        ));
    }
    text.push_str("locals { id = aws_vpc.v.id }\noutput \"id\" { value = local.id }\n");
    let program = program(&text);
    let all = program.computed_count();
    publish(&program, "aws_vpc.v", &[("id", Value::from("vpc-1"))]);
    // The object itself, the resource as a whole, the local, the output.
    assert!(all - program.computed_count() <= 4, "{} of {all}", all - program.computed_count());
    assert_eq!(output(&program, "id"), "\"vpc-1\"");
    program.evaluate();
    assert_eq!(program.computed_count(), all);
}

#[test]
fn edges_lead_to_the_instances_that_are_used() {
    let program = program(
        r#"
resource "aws_sqs_queue" "a" {
  count = 3
  name  = "a${count.index}"
}
resource "aws_sqs_queue" "b" {
  count = 2
  name  = "b-${aws_sqs_queue.a[count.index].name}"
}
resource "aws_sqs_queue" "all" { name = join("", aws_sqs_queue.a[*].name) }
resource "aws_sqs_queue" "waits" {
  name       = "b-${aws_sqs_queue.a[0].name}"
  depends_on = [aws_sqs_queue.a]
}
"#,
    );
    assert_eq!(
        edges(&program),
        [
            "aws_sqs_queue.all -> aws_sqs_queue.a[0]",
            "aws_sqs_queue.all -> aws_sqs_queue.a[1]",
            "aws_sqs_queue.all -> aws_sqs_queue.a[2]",
            "aws_sqs_queue.b[0] -> aws_sqs_queue.a[0]",
            "aws_sqs_queue.b[1] -> aws_sqs_queue.a[1]",
            "aws_sqs_queue.waits -> aws_sqs_queue.a[0]",
            "aws_sqs_queue.waits -> aws_sqs_queue.a[1]",
            "aws_sqs_queue.waits -> aws_sqs_queue.a[2]",
        ]
        .map(str::to_owned)
        .into_iter()
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
    );
}

#[test]
fn an_output_needs_what_it_uses_and_not_its_whole_module() {
    let program = program(
        r#"--- main.tf
module "m" { source = "./m" }
resource "aws_sqs_queue" "one" { name = module.m.first }
resource "aws_sqs_queue" "all" {
  name       = "all"
  depends_on = [module.m]
}
--- m/main.tf
resource "aws_sqs_queue" "first" { name = "first" }
resource "aws_sqs_queue" "second" { name = "second" }
output "first" { value = aws_sqs_queue.first.name }
output "second" { value = aws_sqs_queue.second.name }
"#,
    );
    assert_eq!(
        edges(&program),
        [
            "aws_sqs_queue.all -> module.m.aws_sqs_queue.first",
            "aws_sqs_queue.all -> module.m.aws_sqs_queue.second",
            "aws_sqs_queue.one -> module.m.aws_sqs_queue.first",
        ]
    );
}

#[test]
fn a_reference_in_a_branch_not_taken_is_an_edge_all_the_same() {
    let program = program(
        r#"
resource "aws_sqs_queue" "a" { name = "a" }
resource "aws_sqs_queue" "b" { name = join("", [for x in [] : aws_sqs_queue.a.name]) == "" ? "b" : "c" }
"#,
    );
    assert_eq!(edges(&program), ["aws_sqs_queue.b -> aws_sqs_queue.a"]);
}

#[test]
fn many_to_many_goes_through_one_node() {
    let program = program(
        r#"
resource "aws_sqs_queue" "a" {
  count = 200
  name  = "a${count.index}"
}
resource "aws_sqs_queue" "b" {
  count = 200
  name  = "b${length(aws_sqs_queue.a)}-${count.index}"
}
"#,
    );
    let graph = program.dependencies();
    assert_eq!(graph.nodes.len(), 401);
    assert_eq!(graph.edges.len(), 400);
    assert_eq!(graph.nodes[400].to_string(), "aws_sqs_queue.a");
}

#[test]
fn long_chains_need_no_deep_stack() {
    let mut text = String::from("locals {\n  l0 = 1\n");
    for index in 1..5_000 {
        text.push_str(&format!("  l{index} = local.l{} + 1\n", index - 1));
    }
    text.push_str("}\noutput \"last\" { value = local.l4999 }\n");
    assert_eq!(output(&program(&text), "last"), "5000");
}
