//! `moved`, `removed` and `import` blocks.

use super::*;
use crate::config::check_refactoring;

/// Checks what planning checks beside loading.
#[track_caller]
fn check_plan(files: &str, expected: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    write(files, directory.path());
    let sources = Sources::default();
    let mut diagnostics = Diagnostics::new();
    let configuration =
        load(directory.path(), &sources, &mut diagnostics).expect("a configuration");
    diagnostics.extend(check_refactoring(&configuration));
    compare(&show(&diagnostics, &sources, directory.path()), expected);
}

fn moved(from: &str, to: &str) -> String {
    format!("moved {{\n from = {from}\n to = {to}\n}}\n")
}

#[test]
fn moved_addresses() {
    check(&moved("aws_a.a", "aws_a.b"), "");
    check(&moved("aws_a.a", "module.b[\"x\"].aws_a.a[0]"), "");
    check(&moved("module.a", "module.b[0]"), "");
    check(&moved("aws_a.a", "module.b"), "error: Invalid \"moved\" addresses @ main.tf:1");
    check(&moved("\"aws_a.a\"", "aws_a.b"), "error: Invalid expression @ main.tf:2");
    check(&moved("aws_a.a[var.b]", "aws_a.b"), "error: Invalid expression @ main.tf:2");
    check(&moved("a", "aws_a.b"), "error: Invalid address @ main.tf:2");
    check(&moved("aws_a.a.id", "aws_a.b"), "error: Invalid address @ main.tf:2");
    check("moved {\n from = aws_a.a\n}", "error: Missing required argument @ main.tf:1");
    check("moved \"a\" {}", "error: Extraneous label for moved @ main.tf:1");
}

#[test]
fn contradictory_moves_load() {
    check(&(moved("test.a", "test.b") + &moved("test.a", "test.b[\"x\"]")), "");
}

#[test]
fn moves() {
    check_plan(&(moved("aws_a.a", "aws_a.b") + &moved("aws_a.b", "aws_a.c")), "");
    check_plan(&moved("aws_a.a", "aws_a.a"), "error: Redundant move statement @ main.tf:1");
    check_plan(
        &(moved("aws_a.a", "aws_a.b") + &moved("aws_a.a", "aws_a.c")),
        "error: Ambiguous move statements @ main.tf:5",
    );
    check_plan(
        &(moved("aws_a.a", "aws_a.c") + &moved("aws_a.b", "aws_a.c")),
        "error: Ambiguous move statements @ main.tf:5",
    );
    check_plan(&(moved("aws_a.a", "aws_a.b") + &moved("aws_a.a", "aws_a.b")), "");
    check_plan(
        &(moved("aws_a.a", "aws_a.b") + &moved("aws_a.b", "aws_a.a")),
        "error: Cyclic dependency in move statements @ main.tf:1",
    );
    check_plan(
        &(moved("aws_a.a", "aws_a.b") + "resource \"aws_a\" \"a\" {}"),
        "error: Moved object still exists @ main.tf:1",
    );
    check_plan(
        &(moved("aws_a.a[0]", "aws_a.a[\"x\"]") + "resource \"aws_a\" \"a\" {\n for_each = {}\n}"),
        "",
    );
    check_plan(&(moved("aws_a.a", "aws_a.a[0]") + "resource \"aws_a\" \"a\" {\n count = 1\n}"), "");
    check_plan(
        &format!(
            "--- main.tf\nmodule \"m\" {{ source = \"./m\" }}\n{}--- m/main.tf\n{}",
            moved("module.m.aws_a.a", "module.m.aws_a.b"),
            moved("aws_a.a", "aws_a.c")
        ),
        "error: Ambiguous move statements @ m/main.tf:1",
    );
    check_plan(
        &format!(
            "--- main.tf\nmodule \"m\" {{ source = \"./m\" }}\n{}--- m/main.tf\n",
            moved("module.m", "module.n"),
        ),
        "error: Moved object still exists @ main.tf:2",
    );
}

#[test]
fn removed() {
    let removed = |from: &str| {
        format!("removed {{\n from = {from}\n lifecycle {{\n  destroy = false\n }}\n}}\n")
    };
    check(&removed("aws_a.a"), "");
    check(&removed("module.a.aws_a.a"), "");
    check(&removed("module.a"), "");
    check(
        "removed {\n from = aws_a.a\n}",
        "warning: Missing lifecycle from the removed block @ main.tf:1",
    );
    check(
        &removed("aws_a.a[0]"),
        "error: Resource instance address with keys is not allowed @ main.tf:2",
    );
    check(
        &removed("module.a[0].aws_a.a"),
        "error: Module instance address with keys is not allowed @ main.tf:2",
    );
    check(
        &removed("module.a[0]"),
        "error: Module instance address with keys is not allowed @ main.tf:2",
    );
    check(&removed("data.aws_a.a"), "error: Data source address is not allowed @ main.tf:2");
    check(
        &removed("ephemeral.aws_a.a"),
        "error: Ephemeral resource address is not allowed @ main.tf:2",
    );
    check("removed {}", "error: Missing required argument @ main.tf:1");
    check(
        "removed {\n from = aws_a.a\n lifecycle {}\n lifecycle {}\n}",
        "error: Duplicate lifecycle block @ main.tf:4",
    );
    check(
        "removed {\n from = aws_a.a\n provisioner \"local-exec\" {}\n}",
        "error: Invalid \"removed.provisioner\" block @ main.tf:3",
    );
    check(
        "removed {\n from = module.a\n provisioner \"local-exec\" {\n when = destroy\n }\n}",
        "error: Invalid \"removed\" block @ main.tf:1",
    );
    check(
        "removed {\n from = aws_a.a\n lifecycle {\n destroy = false\n }\n provisioner \
         \"local-exec\" {\n when = destroy\n }\n}",
        "warning: Removed block provisioners will not be executed @ main.tf:1",
    );
    check_plan(
        &(removed("aws_a.a") + "resource \"aws_a\" \"a\" {}"),
        "error: Removed resource block still exists @ main.tf:7",
    );
    check_plan(
        &format!(
            "--- main.tf\n{}module \"a\" {{ source = \"./a\" }}\n--- a/main.tf\n",
            removed("module.a")
        ),
        "error: Removed module still exists @ main.tf:7",
    );
}

#[test]
fn imports() {
    let import = |to: &str| format!("import {{\n to = {to}\n id = \"x\"\n}}\n");
    check(&import("aws_a.a"), "");
    check(&import("aws_a.a[var.key]"), "");
    check(&import("module.a[each.key].aws_a.a[\"x\"]"), "");
    check("import {\n for_each = toset([])\n to = aws_a.a[each.key]\n id = each.value\n}", "");
    check("import {\n to = aws_a.a\n identity = { a = 1 }\n}", "");
    check("import {\n id = \"x\"\n}", "error: Missing required argument @ main.tf:1");
    check("import {\n to = aws_a.a\n}", "error: Missing required import argument @ main.tf:1");
    check(
        "import {\n to = aws_a.a\n id = 1\n identity = {}\n}",
        "error: Conflicting import arguments @ main.tf:3",
    );
    check(&import("\"aws_a.a\""), "error: Invalid import address expression @ main.tf:2");
    check(&import("data.aws_a.a"), "error: Invalid import address @ main.tf:2");
    check(&import("module.a"), "error: Invalid import address @ main.tf:2");
    check(&import("aws_a"), "error: Invalid address @ main.tf:2");
    check(
        &(import("aws_a.a") + &import("aws_a.a")),
        "error: Duplicate import configuration for \"aws_a.a\" @ main.tf:5",
    );
    check(&(import("aws_a.a[0]") + &import("aws_a.a[1]")), "");
    check(
        "import {\n to = module.a.aws_a.a\n id = 1\n provider = aws\n}",
        "error: Invalid import provider argument @ main.tf:4",
    );
    check(
        &(import("aws_a.a") + &moved("aws_a.a", "aws_a.b")),
        "error: Cannot import to a move source @ main.tf:1",
    );
    check(&(import("aws_a.b") + &moved("aws_a.a", "aws_a.b")), "");
    check(
        &format!(
            "--- main.tf\nmodule \"m\" {{ source = \"./m\" }}\n--- m/main.tf\n{}",
            import("aws_a.a")
        ),
        "error: Invalid import configuration @ m/main.tf:1",
    );
}
