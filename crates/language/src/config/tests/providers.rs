//! Provider blocks, and how modules pass provider configurations on.

use super::*;

#[test]
fn blocks() {
    check("provider \"aws\" {\n region = \"x\"\n}", "");
    check(
        "provider \"aws\" {\n alias = \"a b\"\n}",
        "error: Invalid provider configuration alias @ main.tf:2",
    );
    check("provider \"aws\" {\n alias = var.a\n}", "error: Variables not allowed @ main.tf:2");
    check("provider \"AWS\" {}", "error: Invalid provider local name @ main.tf:1");
    check("provider \"a_b\" {}", "error: Invalid provider local name @ main.tf:1");
    check("provider \"a--b\" {}", "error: Invalid provider local name @ main.tf:1");
    check("provider aws {}", "");
    for name in ["count", "depends_on", "source"] {
        check(
            &format!("provider \"aws\" {{\n {name} = 1\n}}"),
            "error: Reserved argument name in provider block @ main.tf:2",
        );
    }
    for name in ["lifecycle", "locals"] {
        check(
            &format!("provider \"aws\" {{\n {name} {{}}\n}}"),
            "error: Reserved block type name in provider block @ main.tf:2",
        );
    }
    check("provider \"aws\" {\n _ {}\n _ {}\n}", "error: Duplicate escaping block @ main.tf:3");
    check(
        "provider \"aws\" {\n version = \"~> 5.0\"\n}",
        "warning: Version constraints inside provider configuration blocks are deprecated @ main.tf:2",
    );
    check(
        "provider \"aws\" {\n version = \"x\"\n}",
        "
        warning: Version constraints inside provider configuration blocks are deprecated @ main.tf:2
        error: Invalid version constraint @ main.tf:2
        ",
    );
    check(
        "provider \"aws\" {\n for_each = {}\n}",
        "error: Alias required when using \"for_each\" @ main.tf:2",
    );
}

#[test]
fn instances() {
    let provider = "provider \"aws\" {\n alias = \"r\"\n for_each = {}\n region = each.key\n}\n";
    let with = |reference: &str| {
        format!("{provider}resource \"aws_a\" \"a\" {{\n provider = {reference}\n}}")
    };
    check(&with("aws.r[\"x\"]"), "");
    check(&with("aws.r[each.key]"), "");
    check(&with("aws.r"), "error: Invalid resource provider configuration @ main.tf:7");
    check(&with("aws.s[\"x\"]"), "error: Invalid resource provider configuration @ main.tf:7");
    check(
        "provider \"aws\" {\n alias = \"r\"\n}\nresource \"aws_a\" \"a\" {\n provider = aws.r[0]\n}",
        "error: Invalid resource provider configuration @ main.tf:5",
    );
}

#[test]
fn implied() {
    check("resource \"1a\" \"b\" {}", "error: Invalid resource type name @ main.tf:1");
    check(
        "terraform {\n required_providers {\n amazon = { source = \"hashicorp/aws\" }\n \
         }\n}\nresource \"aws_a\" \"b\" {}",
        "warning: Duplicate required provider @ main.tf:6",
    );
    check(
        "terraform {\n required_providers {\n a = { source = \"x/y\" }\n b = { source = \"x/y\" }\n }\n}",
        "warning: Duplicate required provider @ main.tf:4",
    );
}

/// A root module that calls a module of which `child` is the text, with `call` in the call.
fn called(root: &str, call: &str, child: &str) -> String {
    format!(
        "--- child/main.tf\n{child}\n--- main.tf\nmodule \"c\" {{\n source = \"./child\"\n \
         {call}\n}}\n{root}\n"
    )
}

const ALIASED: &str = "terraform {\n required_providers {\n  aws = {\n   source = \
                       \"hashicorp/aws\"\n   configuration_aliases = [aws.a]\n  }\n }\n}";
const PROVIDERS: &str = "provider \"aws\" {\n alias = \"x\"\n region = \"r\"\n}";

#[test]
fn aliases_must_be_passed() {
    check(
        &called(PROVIDERS, "", ALIASED),
        "error: Missing required provider configuration @ main.tf:1",
    );
    check(&called(PROVIDERS, "providers = {\n aws.a = aws.x\n}", ALIASED), "");
    check(
        &called(PROVIDERS, "providers = {\n \"aws.a\" = \"aws.x\"\n}", ALIASED),
        "warning: Quoted references are deprecated @ main.tf:4",
    );
    check(
        &called("", "providers = {\n aws.a = aws.x\n}", ALIASED),
        "error: Provider configuration not present @ main.tf:4",
    );
    check(
        &called("", "", "resource \"aws_a\" \"a\" {\n provider = aws.b\n}"),
        "error: Provider configuration not present @ child/main.tf:2",
    );
}

#[test]
fn providers_argument() {
    check(
        &called(
            PROVIDERS,
            "providers = {\n aws = aws.x\n aws = aws.x\n}",
            "terraform {\n required_providers {\n aws = \"1\"\n }\n}",
        ),
        "error: Duplicate provider address @ main.tf:5",
    );
    check(&called(PROVIDERS, "providers = [aws.x]", ""), "error: Invalid expression @ main.tf:3");
    check(
        &called(PROVIDERS, "providers = {\n aws = f(1)\n}", ""),
        "error: Invalid provider configuration reference @ main.tf:4",
    );
    check(
        &called(PROVIDERS, "providers = {\n aws = aws.x.y\n}", ""),
        "error: Invalid provider configuration reference @ main.tf:4",
    );
    check(
        &called(PROVIDERS, "providers = {\n aws = aws.x\n}", "resource \"aws_a\" \"a\" {}"),
        "warning: Reference to undefined provider @ main.tf:4",
    );
    check(
        &called(
            "",
            "providers = {\n aws = aws\n}",
            "terraform {\n required_providers {\n aws = \"1\"\n }\n}",
        ),
        "warning: Reference to undefined provider @ main.tf:4",
    );
    check(
        &called(
            "terraform {\n required_providers {\n aws = { source = \"other/aws\" }\n }\n}",
            "providers = {\n aws = aws\n}",
            "terraform {\n required_providers {\n aws = \"1\"\n }\n}",
        ),
        "error: Provider type mismatch @ main.tf:4",
    );
}

#[test]
fn own_configurations() {
    let own = "provider \"aws\" {\n region = \"x\"\n}";
    check(&called("", "", own), "");
    let summary = "Module is incompatible with count, for_each, and depends_on";
    check(&called("", "count = 2", own), &format!("error: {summary} @ main.tf:3"));
    check(&called("", "for_each = {}", own), &format!("error: {summary} @ main.tf:3"));
    check(&called("", "depends_on = [aws_a.b]", own), &format!("error: {summary} @ main.tf:3"));
    check(
        &called("", "lifecycle {\n enabled = true\n}", own),
        &format!("error: {summary} @ main.tf:4"),
    );
    check(
        &called(PROVIDERS, "providers = {\n aws = aws.x\n}", own),
        "error: Cannot override provider configuration @ main.tf:4",
    );
    check(
        &called(PROVIDERS, "providers = {\n aws = aws.x\n}", "provider \"aws\" {}"),
        "warning: Redundant empty provider block @ child/main.tf:1",
    );
    check(
        "--- main.tf\nmodule \"a\" {\n source = \"./a\"\n count = 2\n}\n--- a/main.tf\nmodule \
         \"b\" { source = \"../b\" }\n--- b/main.tf\nprovider \"aws\" {\n region = \"x\"\n}",
        &format!("error: {summary} @ main.tf:3"),
    );
}
