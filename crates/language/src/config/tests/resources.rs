//! `resource`, `data` and `ephemeral` blocks with their meta-arguments.

use super::*;

/// A resource with the lines in its body; the first of them is line 2.
fn resource(body: &str) -> String {
    format!("resource \"aws_a\" \"a\" {{\n{body}\n}}")
}

fn lifecycle(body: &str) -> String {
    resource(&format!("lifecycle {{\n{body}\n}}"))
}

#[test]
fn repetition() {
    check(
        &resource("count = 1\nfor_each = {}"),
        "error: Invalid combination of \"count\" and \"for_each\" @ main.tf:3",
    );
    check(
        &resource("lifecycle {\nenabled = true\n}\ncount = 2"),
        "error: Invalid combination of \"count\" and \"enabled\" @ main.tf:3",
    );
    check(
        "resource \"test\" \"foo\" {\n lifecycle {\n enabled = true\n }\n count = 2\n for_each = \
         [\"a\"]\n}",
        "
        error: Invalid combination of \"count\" and \"for_each\" @ main.tf:6
        error: Invalid combination of \"for_each\" and \"enabled\" @ main.tf:3
        ",
    );
    for kind in ["data", "ephemeral"] {
        check(
            &format!("{kind} \"aws_a\" \"a\" {{\n count = 1\n for_each = {{}}\n}}"),
            "error: Invalid combination of \"count\" and \"for_each\" @ main.tf:3",
        );
    }
    check_model(
        &lifecycle("enabled = var.a"),
        |it| {
            let repetition = it.root.resources.values().map(|it| match it.repetition {
                super::super::Repetition::Enabled(_) => "enabled",
                _ => "other",
            });
            repetition.collect()
        },
        "enabled",
    );
}

#[test]
fn provider_references() {
    let aliased = "provider \"aws\" {\n alias = \"b\"\n region = \"x\"\n}\n";
    check(&format!("{aliased}{}", resource("provider = aws.b")), "");
    check(
        &format!("{aliased}{}", resource("provider = \"aws.b\"")),
        "warning: Quoted references are deprecated @ main.tf:6",
    );
    check(&resource("provider = aws"), "");
    check(
        &resource("provider = aws.b.c"),
        "error: Invalid provider configuration reference @ main.tf:2",
    );
    check(
        &resource("provider = aws[0]"),
        "error: Invalid provider configuration reference @ main.tf:2",
    );
    check(
        &resource("provider = true ? aws : aws"),
        "error: Invalid provider configuration reference @ main.tf:2",
    );
    check(&resource("provider = AWS"), "error: Invalid provider local name @ main.tf:2");
    check(&resource("provider = aws.b"), "error: Provider configuration not present @ main.tf:2");
    check(
        "data \"aws_a\" \"a\" {\n provider = aws.b.c\n}",
        "error: Invalid provider configuration reference @ main.tf:2",
    );
}

#[test]
fn depends_on() {
    check(&resource("depends_on = [aws_b.b, module.c, data.aws_d.d, var.e]"), "");
    check(
        &resource("depends_on = [\"aws_b.b\"]"),
        "warning: Quoted references are deprecated @ main.tf:2",
    );
    check(&resource("depends_on = aws_b.b"), "error: Invalid expression @ main.tf:2");
    check(&resource("depends_on = [f(1)]"), "error: Invalid expression @ main.tf:2");
    check(
        &resource("depends_on = [aws_b.b[count.index]]"),
        "error: Invalid expression @ main.tf:2",
    );
    check(
        &resource("depends_on = [aws_b.b.id]"),
        "error: Invalid depends_on reference @ main.tf:2",
    );
    check(&resource("depends_on = [aws_b.b[0]]"), "");
}

#[test]
fn nested_blocks() {
    check(&resource("lifecycle {}\nlifecycle {}"), "error: Duplicate lifecycle block @ main.tf:3");
    check(
        &resource("connection {}\nconnection {}"),
        "error: Duplicate connection block @ main.tf:3",
    );
    check(&resource("_ {}\n_ {}"), "error: Duplicate escaping block @ main.tf:3");
    check(&resource("locals {}"), "error: Reserved block type name in resource block @ main.tf:2");
    check(
        "data \"aws_a\" \"a\" {\nlocals {}\n}",
        "error: Reserved block type name in data block @ main.tf:2",
    );
    check(
        "ephemeral \"aws_a\" \"a\" {\nprovisioner \"local-exec\" {}\n}",
        "error: Reserved block type name in ephemeral block @ main.tf:2",
    );
    check(&resource("a = 1\n_ {\n a = 2\n}"), "error: Duplicate argument @ main.tf:4");
}

#[test]
fn escape_block() {
    check_model(
        &resource("count = 1\nb = 2\n_ {\n count = 3\n}"),
        |it| {
            let resource = it.root.resources.values().next().expect("a resource");
            let mut ignored = Diagnostics::new();
            let attributes = resource.body.just_attributes(&mut ignored);
            let names = attributes.iter().map(|it| it.name.text.to_string());
            names.collect::<Vec<_>>().join(" ")
        },
        "b count",
    );
}

#[test]
fn lifecycle_of_resources() {
    check(
        &lifecycle(
            "create_before_destroy = true\nprevent_destroy = var.a\ndestroy = \
             false\nignore_changes = [a, b.c, d[0].e, f[\"g\"]]\nreplace_triggered_by = \
             [aws_b.b.id]",
        ),
        "",
    );
    check(&lifecycle("ignore_changes = all"), "");
    check(&lifecycle("what = 1"), "error: Unsupported argument @ main.tf:3");
    check(
        &lifecycle("create_before_destroy = \"ABSOLUTELY NOT\""),
        "error: Unsuitable value type @ main.tf:3",
    );
    check(&lifecycle("create_before_destroy = var.a"), "error: Variables not allowed @ main.tf:3");
    check(&lifecycle("prevent_destroy = 12"), "error: Unsuitable value type @ main.tf:3");
    check(&lifecycle("prevent_destroy = each.value"), "error: Invalid reference @ main.tf:3");
}

#[test]
fn lifecycle_of_data() {
    for (kind, argument) in [
        ("data", "ignore_changes = all"),
        ("data", "create_before_destroy = true"),
        ("data", "replace_triggered_by = [aws_b.b]"),
        ("ephemeral", "prevent_destroy = true"),
    ] {
        check(
            &format!("{kind} \"aws_a\" \"a\" {{\n lifecycle {{\n {argument}\n }}\n}}"),
            &format!("error: Invalid {kind} resource lifecycle argument @ main.tf:3"),
        );
    }
    check("data \"aws_a\" \"a\" {\n lifecycle {\n enabled = var.a\n }\n}", "");
}

#[test]
fn ignore_changes() {
    check(
        &lifecycle("ignore_changes = [\"a\"]"),
        "warning: Quoted references are deprecated @ main.tf:3",
    );
    check(
        &lifecycle("ignore_changes = [\"*\"]"),
        "error: Invalid ignore_changes wildcard @ main.tf:3",
    );
    check(
        &lifecycle("ignore_changes = [\"*\", a]"),
        "
        error: Invalid ignore_changes wildcard @ main.tf:3
        error: Invalid ignore_changes ruleset @ main.tf:3
        ",
    );
    check(&lifecycle("ignore_changes = [a[var.b]]"), "error: Invalid expression @ main.tf:3");
    check(&lifecycle("ignore_changes = none"), "error: Invalid expression @ main.tf:3");
}

#[test]
fn replace_triggered_by() {
    let triggered = |list: &str| lifecycle(&format!("replace_triggered_by = {list}"));
    check(&triggered("[aws_b.b, aws_b.b[0], aws_b.b[count.index].id, aws_b.b[each.key].x]"), "");
    check(
        &triggered("[aws_b.b[each.value]]"),
        "error: Invalid each reference in replace_triggered_by expression @ main.tf:3",
    );
    check(
        &triggered("[var.a]"),
        "
        error: Invalid reference in replace_triggered_by expression @ main.tf:3
        error: Invalid replace_triggered_by expression @ main.tf:3
        ",
    );
    check(
        &triggered("[aws_b.b[*].id]"),
        "error: Invalid replace_triggered_by expression @ main.tf:3",
    );
    check(
        &triggered("[aws_b.b[aws_c.c.id]]"),
        "error: Invalid replace_triggered_by expression @ main.tf:3",
    );
    check(
        &triggered("[\"aws_b.b\"]"),
        "error: Invalid replace_triggered_by expression @ main.tf:3",
    );
    check(&triggered("aws_b.b"), "error: Invalid expression @ main.tf:3");
}

#[test]
fn provisioners() {
    let provisioner = |body: &str| resource(&format!("provisioner \"local-exec\" {{\n{body}\n}}"));
    check(&provisioner("when = destroy\non_failure = continue\ncommand = self.id"), "");
    check(
        &provisioner("when = \"destroy\"\non_failure = \"continue\""),
        "
        warning: Quoted keywords are deprecated @ main.tf:3
        warning: Quoted keywords are deprecated @ main.tf:4
        ",
    );
    check(&provisioner("when = sometime"), "error: Invalid \"when\" keyword @ main.tf:3");
    check(&provisioner("on_failure = panic"), "error: Invalid \"on_failure\" keyword @ main.tf:3");
    check(
        &provisioner("when = destroy\ncommand = \"echo ${local.a}\""),
        "error: Invalid reference from destroy provisioner @ main.tf:4",
    );
    check(
        &provisioner(
            "when = destroy\na = count.index\nb = each.key\nc = path.module\nd = terraform.workspace",
        ),
        "",
    );
    check(
        &provisioner("when = destroy\na = each.value"),
        "error: Invalid reference from destroy provisioner @ main.tf:4",
    );
    check(
        &provisioner("when = destroy\nconnection {\n user = local.a\n}"),
        "error: Invalid reference from destroy provisioner @ main.tf:5",
    );
    check(
        &provisioner("connection {}\nconnection {}\n_ {}\n_ {}"),
        "
        error: Duplicate connection block @ main.tf:4
        error: Duplicate escaping block @ main.tf:6
        ",
    );
    check(
        &provisioner("lifecycle {}"),
        "error: Reserved block type name in provisioner block @ main.tf:3",
    );
    check(
        &resource(
            "connection {\n user = local.a\n}\nprovisioner \"remote-exec\" {\n when = destroy\n}",
        ),
        "error: Invalid reference from destroy provisioner @ main.tf:3",
    );
    check(&resource("connection {\n user = local.a\n}\nprovisioner \"remote-exec\" {}"), "");
    check(
        &resource("provisioner \"chef\" {}"),
        "error: The \"chef\" provisioner has been removed @ main.tf:2",
    );
    check(&resource("provisioner \"x\" {}"), "error: Unsupported provisioner type @ main.tf:2");
    check(&resource("provisioner {}"), "error: Missing type for provisioner @ main.tf:2");
}
