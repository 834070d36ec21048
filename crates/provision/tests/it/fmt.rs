//! `provision fmt`

use crate::check;

const FILES: &str = "
--- main.tf
a=1
--- good.tf
b = 2
--- sub/deep.tf
c=3
--- values.tfvars
d=4
--- notes.txt
e=5
";

#[test]
fn files_are_written() {
    check(
        "fmt",
        FILES,
        "
exit 0
main.tf
values.tfvars
--- main.tf
a = 1
--- values.tfvars
d = 4
",
    );
    check(
        "fmt -recursive",
        FILES,
        "
exit 0
main.tf
sub/deep.tf
values.tfvars
--- main.tf
a = 1
--- sub/deep.tf
c = 3
--- values.tfvars
d = 4
",
    );
    check(
        "fmt sub",
        FILES,
        "
exit 0
sub/deep.tf
--- sub/deep.tf
c = 3
",
    );
    check(
        "fmt main.tf sub/deep.tf",
        FILES,
        "
exit 0
main.tf
sub/deep.tf
--- main.tf
a = 1
--- sub/deep.tf
c = 3
",
    );
}

#[test]
fn nothing_is_written() {
    check(
        "fmt -check",
        FILES,
        "
exit 3
main.tf
values.tfvars
",
    );
    check(
        "fmt -check -recursive",
        FILES,
        "
exit 3
main.tf
sub/deep.tf
values.tfvars
",
    );
    check("fmt -check good.tf", FILES, "exit 0");
    check(
        "fmt -write=false",
        FILES,
        "
exit 0
main.tf
values.tfvars
",
    );
    check("fmt -list=false -check", FILES, "exit 3");
}

#[test]
fn quietly() {
    check(
        "fmt -list=false",
        FILES,
        "
exit 0
--- main.tf
a = 1
--- values.tfvars
d = 4
",
    );
}

#[test]
fn differences() {
    check(
        "fmt -diff main.tf",
        FILES,
        "
exit 0
main.tf
--- old/main.tf
+++ new/main.tf
@@ -1 +1 @@
-a=1
+a = 1
--- main.tf
a = 1
",
    );
    check(
        "fmt -diff -check -list=false main.tf good.tf",
        FILES,
        "
exit 3
--- old/main.tf
+++ new/main.tf
@@ -1 +1 @@
-a=1
+a = 1
",
    );
}

#[test]
fn standard_input() {
    check(
        "fmt -",
        "\n--- -\na=1\nbb = 2\n",
        "
exit 0
a  = 1
bb = 2
",
    );
    check("fmt -check -", "\n--- -\na=1\n", "exit 3");
    check("fmt -check -", "\n--- -\na = 1\n", "exit 0");
    check(
        "fmt -diff -",
        "\n--- -\na=1\n",
        "
exit 0
--- old/<stdin>
+++ new/<stdin>
@@ -1 +1 @@
-a=1
+a = 1
",
    );
    check(
        "fmt -",
        "\n--- -\na = [\n",
        "
exit 2
--- stderr
Error: Unterminated tuple constructor expression

  on <stdin> line 1:
   1: a = [

There is no closing bracket for this one before the end of the file. Perhaps brackets, braces or quotes before it are not balanced.
",
    );
    check("fmt -", "", "exit 0");
}

#[test]
fn what_does_not_parse() {
    let files = "\n--- bad.tf\nresource \"a\" \"b\" {\n  x = \n}\n--- other.tf\na=1\n";
    check(
        "fmt",
        files,
        r#"
exit 2
other.tf
--- stderr
Error: Invalid expression

  on bad.tf line 2, in resource "a" "b":
   2:   x = 

A value must stand here, like a literal, a reference, a call or an expression in parentheses.
--- other.tf
a = 1
"#,
    );
    check(
        "fmt -check",
        files,
        r#"
exit 2
other.tf
--- stderr
Error: Invalid expression

  on bad.tf line 2, in resource "a" "b":
   2:   x = 

A value must stand here, like a literal, a reference, a call or an expression in parentheses.
"#,
    );
    check(
        "fmt missing",
        files,
        "
exit 2
--- stderr
Error: Cannot format missing

No such file or directory (os error 2).
",
    );
    check(
        "fmt missing.tf other.tf",
        files,
        "
exit 2
other.tf
--- stderr
Error: Cannot format missing.tf

No such file or directory (os error 2).
--- other.tf
a = 1
",
    );
    check(
        "fmt notes.txt",
        "\n--- notes.txt\na=1\n",
        "
exit 2
--- stderr
Error: Cannot format notes.txt

Only .tf, .tofu, .tfvars, .tftest.hcl and .tofutest.hcl files can be formatted.
",
    );
}
