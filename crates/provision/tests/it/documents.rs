//! What the book says of the commands and of the language is what there is.

use std::collections::BTreeSet;
use std::path::Path;

use provision_language::evaluate::SPECIAL_FUNCTIONS;
use provision_language::functions;

use crate::{provision, repository, words};

fn page(name: &str) -> String {
    let path = repository().join("docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// The text between a heading and the next one of its level.
#[track_caller]
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, rest) = page
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("there is no section {heading:?}"));
    rest.split("\n## ").next().unwrap_or(rest)
}

/// The first word in code of every list item or table row.
fn listed(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter_map(|line| {
        let code = line.strip_prefix("- `").or_else(|| line.strip_prefix("| `"))?;
        code.split(['`', ' ', '=']).next()
    });
    lines.map(str::to_owned).collect()
}

fn help(command: &str) -> String {
    let output = provision(&repository(), &words(command), "");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const FUNCTIONS: &str = "# Functions

These are all functions that expressions can call. The prefix `core::` may stand before any of
them, except those that have a prefix already. `provision console` is a quick way to try one.

This page is generated. A test fails when it is stale; to write it again, run

```console
$ UPDATE_DOCS=1 cargo test -p provision --test it documents
```

";

fn functions_page() -> String {
    let special = SPECIAL_FUNCTIONS.iter().map(|(name, parameters, description)| {
        let parameters =
            if *name == "try" { "expressions...".into() } else { parameters.join(", ") };
        (*name, parameters, *description)
    });
    let ordinary = functions::names().filter_map(functions::find).map(|function| {
        let parameters = function.parameters.iter().map(|it| it.name.to_owned());
        let variadic = function.variadic.map(|it| format!("{}...", it.name));
        let parameters: Vec<String> = parameters.chain(variadic).collect();
        (function.name, parameters.join(", "), function.description)
    });
    let mut all: Vec<_> = special.chain(ordinary).collect();
    all.sort_unstable();
    let rows = all.into_iter().map(|(name, parameters, description)| {
        format!("| `{name}({parameters})` | {} |\n", description.replace('|', "\\|"))
    });
    format!("{FUNCTIONS}| Function | What it does |\n| --- | --- |\n{}", rows.collect::<String>())
}

#[test]
fn every_function_is_listed() {
    let generated = functions_page();
    let path = repository().join("docs/functions.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &generated).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == generated, "functions.md is stale; run the test with UPDATE_DOCS=1");
}

#[test]
fn every_command_and_option_is_listed() {
    let general = help("-help");
    let (_, commands) = general.split_once("Commands:\n").expect("a list of commands");
    let commands: BTreeSet<&str> = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let page = page("command-line.md");
    let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
    let documented: BTreeSet<&str> =
        headings.filter(|it| it.starts_with(|it: char| it.is_lowercase())).collect();
    assert_eq!(documented, commands);

    for command in commands {
        let help = help(&format!("{command} -help"));
        let options = help.lines().filter_map(|line| {
            let name = line.trim_start().trim_start_matches("-h, ").strip_prefix("--")?;
            let name = name.split(|it: char| !it.is_ascii_lowercase() && it != '-').next()?;
            Some(format!("-{name}"))
        });
        // These stand in the section about what holds for all commands.
        let options: BTreeSet<String> =
            options.filter(|it| it != "-chdir" && it != "-help").collect();
        let documented = listed(section(&page, command));
        let documented: BTreeSet<String> =
            documented.into_iter().filter(|it| it.len() > 1 && it.starts_with('-')).collect();
        assert_eq!(documented, options, "of {command}");
    }
    for option in ["-chdir", "-help", "-version"] {
        assert!(listed(section(&page, "All commands")).contains(option), "{option}");
    }
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = page("SUMMARY.md");
    let directory = repository().join("docs");
    for entry in std::fs::read_dir(&directory).expect("the book").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_page = name.ends_with(".md") && name != "SUMMARY.md";
        let is_there = !is_page || summary.contains(&format!("({name})"));
        assert!(is_there, "{name} is not in SUMMARY.md");
    }
}

#[test]
fn links_lead_somewhere() {
    let book = repository().join("docs");
    let mut pages: Vec<_> =
        std::fs::read_dir(&book).expect("the book").flatten().map(|entry| entry.path()).collect();
    pages.extend(["README.md", "CHANGELOG.md"].map(|name| repository().join(name)));
    for path in pages {
        let text = std::fs::read_to_string(&path).expect("a page");
        for (_, rest) in text.match_indices("](").map(|(at, it)| text.split_at(at + it.len())) {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let file = path.parent().unwrap_or(Path::new("")).join(target);
            assert!(file.exists(), "{} links to {target}", path.display());
        }
    }
}

/// The examples of the README print what it says. The prompt of a terminal is not there in a test,
/// so expressions behind one are read from standard input.
#[test]
fn examples_in_the_readme() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let mut examples = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap_or(block);
        let (command, expected) = block.split_once('\n').unwrap_or((block, ""));
        let command = command.trim_start_matches("$ ");
        let (input, command) = match command.strip_prefix("echo '").map(|it| it.split_once("' | "))
        {
            Some(Some((input, command))) => (format!("{input}\n"), command),
            _ => (String::new(), command),
        };
        let Some(command) = command.strip_prefix("provision ") else { continue };
        if command.contains(" | ") || expected.contains("$ ") || expected.is_empty() {
            continue;
        }
        let is_input = |line: &&str| line.starts_with("> ");
        let typed = expected.lines().filter(is_input).map(|line| format!("{}\n", &line[2..]));
        let input = input + &typed.collect::<String>();
        let expected =
            expected.lines().filter(|line| !is_input(line)).collect::<Vec<_>>().join("\n");
        let output = provision(&repository(), &words(command), &input);
        let found = [output.stdout, output.stderr].concat();
        assert_eq!(String::from_utf8_lossy(&found).trim_end(), expected, "$ provision {command}");
        examples += 1;
    }
    assert!(examples >= 4, "only {examples} examples were found");
}
