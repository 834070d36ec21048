//! Files in JSON.

use super::*;

#[test]
fn everything() {
    check(
        r#"
--- main.tf.json
{
  "//": "a comment",
  "terraform": {
    "required_version": ">= 1.0",
    "required_providers": {
      "aws": {"source": "hashicorp/aws", "version": "~> 5.0", "configuration_aliases": ["aws.x"]},
      "null": "~> 3.0"
    },
    "backend": {"s3": {"bucket": "b"}}
  },
  "provider": {"aws": [{"region": "a"}, {"alias": "west", "region": "b"}]},
  "variable": {
    "a": {},
    "b": {"type": "list", "default": []},
    "c": {"type": "map(object({a = optional(string, \"x\")}))", "description": "${literal}"},
    "d": {"default": "${not.a.template}"},
    "e": {"validation": {"condition": "${var.e != 1}", "error_message": "No ${var.e}."}}
  },
  "locals": {"x": 1, "y": "${local.x}"},
  "output": {"a": {"value": "${local.y}", "depends_on": ["aws_a.a"], "sensitive": true}},
  "resource": {
    "aws_a": {
      "a": {
        "count": 1,
        "provider": "aws.west",
        "depends_on": ["aws_a.b", "module.m"],
        "lifecycle": {
          "create_before_destroy": true,
          "ignore_changes": ["tags", "x[\"y\"]"],
          "replace_triggered_by": ["aws_a.b[count.index].id"]
        },
        "provisioner": [{"local-exec": {"command": "x", "when": "destroy", "on_failure": "continue"}}]
      },
      "b": {"lifecycle": {"ignore_changes": "all"}}
    }
  },
  "data": {"aws_b": {"b": {"for_each": "${toset([])}"}}},
  "moved": [{"from": "aws_a.old", "to": "aws_a.a"}],
  "removed": {"from": "aws_a.gone", "lifecycle": {"destroy": true}},
  "import": {"to": "aws_a.b", "id": "x"},
  "module": {"m": {"source": "./m", "providers": {"aws.x": "aws.west"}, "v": 1}},
  "check": {"c": {"assert": {"condition": "${local.x == 1}", "error_message": "No."}}}
}
--- m/main.tf.json
{
  "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "configuration_aliases": ["aws.x"]}}},
  "variable": {"v": {}}
}
"#,
        "",
    );
}

#[test]
fn defaults_are_literal() {
    check_model(
        r#"
--- main.tf.json
{"variable": {"a": {"type": "string", "default": "${x}"}, "b": {"default": {"k": ["$${", null]}}}}
"#,
        |it| {
            let defaults = it.root.variables.values().map(|it| format!("{:?}", it.default));
            defaults.collect::<Vec<_>>().join("\n")
        },
        r#"
        Some("${x}")
        Some({"k": tuple["$${", null(dynamic)]})
        "#,
    );
}

#[test]
fn errors() {
    for (file, expected) in [
        (r#"{"resource": {"aws_a": {"a": {"depends_on": "aws_b.b"}}}}"#, "Invalid expression"),
        (r#"{"resource": {"aws_a": {"a": {"depends_on": ["${aws_b.b}"]}}}}"#, "Invalid character"),
        (
            r#"{"resource": {"aws_a": {"a": {"lifecycle": {"replace_triggered_by": [{"aws_b.b": "x"}]}}}}}"#,
            "Invalid replace_triggered_by expression",
        ),
        (r#"{"variable": {"a": {"type": "what"}}}"#, "Invalid type specification"),
        (r#"{"variable": {"a": {"type": 1}}}"#, "Invalid type specification"),
        (
            r#"{"variable": {"a": {"type": "number", "default": "x"}}}"#,
            "Invalid default value for variable",
        ),
        (r#"{"variable": {"count": {}}}"#, "Invalid variable name"),
        (r#"{"moved": {"from": "aws_a", "to": "aws_a.b"}}"#, "Invalid address"),
        (r#"{"import": {"to": "f()", "id": "x"}}"#, "Invalid import address expression"),
        (
            r#"{"resource": {"aws_a": {"a": {"provider": "aws.b.c"}}}}"#,
            "Invalid provider configuration reference",
        ),
        (
            r#"{"resource": {"aws_a": {"a": {"provisioner": {"local-exec": {"when": "never"}}}}}}"#,
            "Invalid \"when\" keyword",
        ),
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        write(&format!("--- main.tf.json\n{file}"), directory.path());
        let sources = Sources::default();
        let mut diagnostics = Diagnostics::new();
        load(directory.path(), &sources, &mut diagnostics);
        let found = show(&diagnostics, &sources, directory.path());
        let first = found.lines().next().unwrap_or_default();
        assert_eq!(first, format!("error: {expected} @ main.tf.json:1"), "{file}");
    }
}
