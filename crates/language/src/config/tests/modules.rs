//! The tree of modules and the arguments of calls.

use super::*;

const TREE: fn(&Configuration) -> String = |it| {
    fn walk(module: &crate::config::Module, lines: &mut Vec<String>) {
        for child in module.children.values() {
            let outputs: Vec<&str> = child.outputs.keys().map(|it| &**it).collect();
            lines.push(format!("{} {}", child.path, outputs.join(" ")));
            walk(child, lines);
        }
    }
    let mut lines = Vec::new();
    walk(&it.root, &mut lines);
    lines.join("\n")
};

#[test]
fn local_paths() {
    check_model(
        r#"
--- main.tf
module "a" { source = "./modules/a" }
module "b" { source = "./modules/../modules/b" }
--- modules/a/main.tf
module "c" { source = "../b" }
output "a" { value = 1 }
--- modules/b/main.tf
output "b" { value = 1 }
"#,
        TREE,
        "
        module.a a
        module.a.module.c b
        module.b b
        ",
    );
}

#[test]
fn errors_of_a_directory_are_said_once() {
    check(
        r#"
--- main.tf
module "a" { source = "./m" }
module "b" { source = "./m" }
--- m/main.tf
variable "count" {}
"#,
        "
        error: Invalid variable name @ m/main.tf:1
        error: Missing required argument @ main.tf:1
        error: Missing required argument @ main.tf:2
        ",
    );
}

#[test]
fn many_calls_of_one_directory() {
    let calls: Vec<String> =
        (0..200).map(|it| format!("module \"m{it}\" {{ source = \"./m\" }}")).collect();
    let files =
        format!("--- main.tf\n{}\n--- m/main.tf\noutput \"a\" {{ value = 1 }}", calls.join("\n"));
    check_model(&files, |it| it.root.children.len().to_string(), "200");
}

#[test]
fn cycles() {
    check(
        r#"
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
module "b" { source = "../b" }
--- b/main.tf
module "a" { source = "../a" }
"#,
        "error: Cycle of module calls @ b/main.tf:1",
    );
    check("module \"a\" { source = \"./x/..\" }", "error: Cycle of module calls @ main.tf:1");
}

#[test]
fn sources() {
    let with = |source: &str| format!("module \"a\" {{\n source = {source}\n}}");
    for (source, summary) in [
        ("\"./missing\"", "Unreadable module directory"),
        ("\"hashicorp/consul/aws\"", "Module not installed"),
        ("\"registry.example.com/a/b/c\"", "Module not installed"),
        ("\"git::https://example.com/a.git\"", "Module not installed"),
        ("\"github.com/a/b\"", "Module not installed"),
        ("\"git@github.com:a/b.git\"", "Module not installed"),
        ("\"https://example.com/a.zip\"", "Module not installed"),
        ("\"s3::https://s3.amazonaws.com/a/b.zip\"", "Module not installed"),
        ("\"modules/a\"", "Invalid module source address"),
        ("\"a\"", "Invalid module source address"),
        ("\"\"", "Invalid module source address"),
        ("null", "Invalid module source address"),
        ("[\"a\"]", "Invalid module source address"),
        ("sensitive(\"./a\")", "Invalid module source address"),
        ("aws_a.b.id", "Dynamic value in static context"),
        ("var.x", "Reference to undeclared input variable"),
        ("local.x", "Reference to undeclared local value"),
    ] {
        check(&with(source), &format!("error: {summary} @ main.tf:2"));
    }
    check("module \"a\" {}", "error: Missing required argument @ main.tf:1");
}

#[test]
fn versions() {
    let with = |source: &str, version: &str| {
        format!("module \"a\" {{\n source = {source}\n version = {version}\n}}\n--- a/main.tf\n")
            .replacen("module", "--- main.tf\nmodule", 1)
    };
    check(
        &with("\"./a\"", "\"1.0.0\""),
        "error: Invalid registry module source address @ main.tf:2",
    );
    check(&with("\"./a\"", "null"), "");
    check(
        &with("\"git::https://example.com/a\"", "\"1.0.0\""),
        "error: Invalid registry module source address @ main.tf:2",
    );
    check(
        &with("\"a/b/c\"", "\"x\""),
        "
        error: Invalid version constraint @ main.tf:3
        error: Module not installed @ main.tf:2
        ",
    );
}

#[test]
fn static_sources() {
    check_model(
        r#"
--- main.tf
variable "name" { default = "a" }
locals {
  modules = "./modules"
  source  = "${local.modules}/${var.name}"
}
module "a" {
  source = local.source
  inner  = "b"
}
--- modules/a/main.tf
variable "inner" {}
module "b" { source = "../${var.inner}" }
--- modules/b/main.tf
output "b" { value = 1 }
"#,
        TREE,
        "
        module.a
        module.a.module.b b
        ",
    );
    check(
        "locals {\n a = local.b\n b = local.a\n}\nmodule \"m\" {\n source = local.a\n}",
        "error: Circular reference @ main.tf:3",
    );
    check(
        "variable \"a\" {}\nmodule \"m\" {\n source = var.a\n}",
        "error: Variable not provided via -var, tfvars files, or env @ main.tf:3",
    );
}

#[test]
fn installed_modules() {
    check_model(
        r#"
--- .terraform/modules/modules.json
{"Modules": [
  {"Key": "", "Source": "", "Dir": "."},
  {"Key": "vpc", "Source": "registry.terraform.io/a/vpc/aws", "Version": "5.1.0", "Dir": ".terraform/modules/vpc"},
  {"Key": "vpc.git", "Source": "git::https://example.com/x.git", "Dir": ".terraform/modules/vpc.git"}
]}
--- .terraform/modules/vpc/main.tf
module "git" { source = "git::https://example.com/x.git" }
module "local" { source = "./modules/local" }
--- .terraform/modules/vpc/modules/local/main.tf
output "local" { value = 1 }
--- .terraform/modules/vpc.git/main.tf
output "git" { value = 1 }
--- main.tf
module "vpc" {
  source  = "a/vpc/aws"
  version = "~> 5.0"
}
"#,
        TREE,
        "
        module.vpc
        module.vpc.module.git git
        module.vpc.module.local local
        ",
    );
    let manifest = r#"--- .terraform/modules/modules.json
{"Modules": [{"Key": "vpc", "Source": "registry.opentofu.org/a/vpc/aws", "Version": "4.0.0", "Dir": "vpc"}]}
--- vpc/main.tf
"#;
    check(
        &format!(
            "{manifest}--- main.tf\nmodule \"vpc\" {{\n source = \"a/vpc/aws\"\n version = \"~> 5.0\"\n}}"
        ),
        "error: Module version requirements have changed @ main.tf:3",
    );
    check(
        &format!("{manifest}--- main.tf\nmodule \"vpc\" {{\n source = \"b/vpc/aws\"\n}}"),
        "error: Module source has changed @ main.tf:2",
    );
}

#[test]
fn arguments() {
    check(
        r#"
--- main.tf
module "a" {
  source = "./a"
  given  = 1
  optinal = 2
  block {}
  required {}
}
--- a/main.tf
variable "given" {}
variable "required" {}
variable "optional" { default = 1 }
"#,
        "
        error: Unsupported block type @ main.tf:5
        error: Unsupported block type @ main.tf:6
        error: Unsupported argument @ main.tf:4
        error: Missing required argument @ main.tf:1
        ",
    );
    // A variable whose name a module block uses itself is given in an escape block.
    check(
        "--- main.tf\nmodule \"a\" {\n source = \"./a\"\n _ {\n x = 1\n }\n}\n--- a/main.tf\nvariable \"x\" {}",
        "",
    );
}

#[test]
fn meta_arguments() {
    let with = |body: &str| {
        format!("--- main.tf\nmodule \"a\" {{\n source = \"./a\"\n{body}\n}}\n--- a/main.tf\n")
    };
    check(&with("count = 2"), "");
    check(&with("lifecycle {\n enabled = true\n}"), "");
    check(
        &with("count = 2\nfor_each = {}"),
        "error: Invalid combination of \"count\" and \"for_each\" @ main.tf:4",
    );
    check(
        &with("count = 2\nlifecycle {\n enabled = true\n}"),
        "error: Invalid combination of \"count\" and \"enabled\" @ main.tf:5",
    );
    check(
        &with("lifecycle {\n create_before_destroy = true\n}"),
        "error: Unsupported argument @ main.tf:4",
    );
    check(&with("locals {}"), "error: Reserved block type name in module block @ main.tf:3");
    check(
        &with("provider \"aws\" {}"),
        "error: Reserved block type name in module block @ main.tf:3",
    );
    check(&with("depends_on = [module.b]"), "");
    check(&with("depends_on = module.b"), "error: Invalid expression @ main.tf:3");
}
