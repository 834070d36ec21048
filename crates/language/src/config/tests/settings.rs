//! `terraform` and `language` blocks.

use super::*;

#[test]
fn required_version() {
    // In files that Terraform reads, too, the constraint is about Terraform.
    check(r#"terraform { required_version = "999.99" }"#, "");
    check("--- a.tofu\nterraform {\n  required_version = \">= 1.11\"\n}", "");
    check(
        "--- a.tofu\nterraform {\n  required_version = \"~> 0.1\"\n}",
        "error: Unsupported OpenTofu Core version @ a.tofu:2",
    );
    check(
        "--- a.tofu\nterraform {\n  required_version = \">> 1\"\n}",
        "error: Invalid version constraint @ a.tofu:2",
    );
    check(
        "--- a.tofu\nterraform {\n  required_version = \">= 1.0.0-beta1\"\n}",
        "error: Invalid required_version constraint @ a.tofu:2",
    );
}

#[test]
fn language() {
    check(
        r#"
language {
  compatible_with {
    opentofu = ">= 1.12"
    ignored  = "blah"
    also_ignored {}
  }
  edition     = tofu2024
  experiments = []
}
"#,
        "",
    );
    check(
        "language {\n compatible_with {\n opentofu = \"999.9\"\n }\n}",
        "error: Unsupported OpenTofu Core version @ main.tf:3",
    );
    check(
        "language {\n compatible_with {\n opentofu = \">= 1.11\"\n }\n}",
        "warning: Ineffective version constraint @ main.tf:3",
    );
    check("language {\n edition = tofu2038\n}", "error: Unsupported language edition @ main.tf:2");
    check("language {\n edition = \"x\"\n}", "error: Invalid language edition @ main.tf:2");
    check(
        "language {\n experiments = [unsupported]\n}",
        "error: Unknown experiment keyword @ main.tf:2",
    );
    check("language {\n experiments = [1 + 1]\n}", "error: Invalid experiment keyword @ main.tf:2");
    check("language {\n what = 1\n}", "error: Unsupported argument @ main.tf:2");
}

#[test]
fn old_settings_are_ignored() {
    check("terraform {\n experiments = [something]\n language = TF2021\n}", "");
}

#[test]
fn backends() {
    check("terraform {\n backend \"s3\" {\n bucket = var.x\n }\n}\nvariable \"x\" {}", "");
    check(
        "terraform {\n backend \"s3\" {}\n backend \"local\" {}\n}",
        "error: Duplicate backend configuration @ main.tf:3",
    );
    check(
        "terraform {\n cloud {}\n cloud {}\n}",
        "error: Duplicate cloud configurations @ main.tf:3",
    );
    check(
        "--- a.tf\nterraform {\n cloud {}\n}\n--- b.tf\nterraform {\n backend \"s3\" {}\n}",
        "error: Both a backend and a cloud configuration are present @ b.tf:2",
    );
    check("terraform {\n backend {}\n}", "error: Missing type for backend @ main.tf:2");
    check(
        "terraform {\n encryption {}\n encryption {}\n}",
        "error: Duplicate encryption configuration @ main.tf:3",
    );
}

#[test]
fn provider_meta() {
    check("terraform {\n provider_meta \"my-provider\" {\n hello = \"test\"\n }\n}", "");
    check(
        "terraform {\n provider_meta \"my-provider\" {\n hello = var.name\n }\n}",
        "error: Variables not allowed @ main.tf:3",
    );
    check(
        "terraform {\n provider_meta \"a\" {}\n provider_meta \"a\" {}\n}",
        "error: Duplicate provider_meta block @ main.tf:3",
    );
    check(
        "terraform {\n provider_meta \"A_b\" {}\n}",
        "error: Invalid provider local name @ main.tf:2",
    );
}

#[test]
fn required_providers() {
    check_model(
        r#"
terraform {
  required_providers {
    aws    = "~> 5.0"
    random = { version = ">= 1" }
    other  = { source = "Acme/Tool" }
    host   = { source = "registry.example.com/acme/host", configuration_aliases = [host.a] }
    tofu   = { source = "registry.terraform.io/hashicorp/null" }
    short  = { source = "local" }
    terraform = {}
  }
}
"#,
        |it| {
            let required = it.root.terraform.required_providers.iter();
            let lines = required.map(|(name, it)| {
                let version = it.version.as_ref().map_or("", |it| &*it.text);
                let aliases: Vec<String> = it.aliases.iter().map(|it| it.to_string()).collect();
                format!("{name} {} {version} {}", it.source, aliases.join(" "))
            });
            lines.collect::<Vec<_>>().join("\n")
        },
        "
        aws hashicorp/aws ~> 5.0
        random hashicorp/random >= 1
        other acme/tool
        host registry.example.com/acme/host  host.a
        tofu hashicorp/null
        short hashicorp/local
        terraform terraform.io/builtin/terraform
        ",
    );
}

#[test]
fn bad_required_providers() {
    let with = |entry: &str| format!("terraform {{\n required_providers {{\n  {entry}\n }}\n}}");
    for (entry, summary) in [
        ("aws = [1]", "Invalid required_providers object"),
        ("aws = \"x\"", "Invalid version constraint"),
        ("aws = { version = \"x\" }", "Invalid version constraint"),
        ("aws = { version = var.x }", "Invalid version constraint"),
        ("aws = { source = 1 }", "Invalid source"),
        ("aws = { source = \"a/b/c/d\" }", "Invalid provider source string"),
        ("aws = { source = \"a/terraform-provider-b\" }", "Invalid provider type"),
        ("aws = { source = \"a_b/c\" }", "Invalid provider namespace"),
        ("aws = { region = \"x\" }", "Invalid required_providers object"),
        ("aws = { configuration_aliases = [google.a] }", "Invalid configuration_aliases value"),
        ("aws = { configuration_aliases = [aws[0]] }", "Invalid configuration_aliases value"),
        ("AWS = { source = \"a/b\" }", "Invalid provider local name"),
        ("a_b = { source = \"a/b\" }", "Invalid provider local name"),
    ] {
        check(&with(entry), &format!("error: {summary} @ main.tf:3"));
    }
    check(
        "--- a.tf\nterraform {\n required_providers {}\n}\n--- b.tf\nterraform {\n \
         required_providers {}\n}",
        "error: Duplicate required providers configuration @ b.tf:2",
    );
    check("required_providers {}", "error: Invalid required_providers block @ main.tf:1");
    check(
        "terraform {\n required_providers {\n block {}\n }\n}",
        "error: Unexpected \"block\" block @ main.tf:3",
    );
}
