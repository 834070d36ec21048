//! Diagnostics as people and as programs read them.

use std::io::{IsTerminal as _, Write as _};

use provision_language::diagnostics::{Diagnostic, Diagnostics, Severity};
use provision_language::source::{Position, Sources};
use serde_json::{Value, json};

use crate::snippet::Snippet;

/// Prints a line for the user.
pub fn message(text: &str) {
    // When standard error is gone there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
}

/// Prints a result.
pub fn result(text: &str) {
    let mut output = std::io::stdout().lock();
    // A closed pipe means that the reader has seen enough.
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

/// How diagnostics are to look.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub colour: bool,
}

impl Style {
    /// Colour on a terminal, unless the user does not want it.
    pub fn for_messages(no_color: bool) -> Style {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Style { colour: !no_color && !unwanted && std::io::stderr().is_terminal() }
    }
}

/// Prints all diagnostics to standard error, warnings first so that errors stand at the end.
pub fn print(diagnostics: &Diagnostics, sources: &Sources, style: Style) {
    let of = |severity| diagnostics.iter().filter(move |it| it.severity == severity);
    for diagnostic in of(Severity::Warning).chain(of(Severity::Error)) {
        message(&format!("{}\n", text(diagnostic, sources, style)));
        message("");
    }
}

/// One diagnostic: summary, place, source, what is known of the values, detail.
pub fn text(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let (word, colour) = match diagnostic.severity {
        Severity::Error => ("Error", "\x1b[31m"),
        Severity::Warning => ("Warning", "\x1b[33m"),
    };
    let mut lines = Vec::new();
    match style.colour {
        true => lines
            .push(format!("{colour}\x1b[1m{word}:\x1b[0m \x1b[1m{}\x1b[0m", diagnostic.summary)),
        false => lines.push(format!("{word}: {}", diagnostic.summary)),
    }
    lines.push(String::new());
    let snippet = Snippet::of(diagnostic, sources);
    if let Some(address) = &diagnostic.address {
        let comma = if snippet.is_some() { "," } else { "" };
        lines.push(format!("  with {address}{comma}"));
    }
    if let Some(snippet) = &snippet {
        lines.extend(source(snippet, diagnostic.values.as_deref().unwrap_or_default(), style));
    }
    if diagnostic.address.is_some() || snippet.is_some() {
        lines.push(String::new());
    }
    lines.extend(diagnostic.detail.lines().map(str::to_owned));
    if !style.colour {
        return lines.join("\n");
    }
    let mut framed = format!("{colour}╷\x1b[0m\n");
    for line in lines {
        framed.push_str(&format!("{colour}│\x1b[0m {line}\n"));
    }
    framed + &format!("{colour}╵\x1b[0m")
}

/// More lines than this say less than the first of them.
const MOST_LINES: usize = 20;

fn source(snippet: &Snippet, values: &[(String, String)], style: Style) -> Vec<String> {
    let context = snippet.context.as_ref().map(|header| format!(", in {header}"));
    let place = format!("  on {} line {}", snippet.file.name, snippet.start.line);
    let mut lines = vec![format!("{place}{}:", context.unwrap_or_default())];
    let (before, after) = if style.colour { ("\x1b[4m", "\x1b[0m") } else { ("", "") };
    let mut code = snippet.numbered_lines(before, after);
    if code.len() > MOST_LINES {
        code.truncate(MOST_LINES);
        code.push("      ...".to_owned());
    }
    lines.extend(code);
    if !values.is_empty() {
        let (bold, plain) = if style.colour { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        lines.push("    ├────────────────".to_owned());
        let told = values.iter().map(|(name, it)| format!("    │ {bold}{name}{plain} {it}"));
        lines.extend(told);
    }
    lines
}

/// The diagnostic as OpenTofu's JSON has it.
pub fn json(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut object = json!({
        "severity": severity,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
    });
    if let Some(address) = &diagnostic.address {
        object["address"] = json!(address);
    }
    let Some(snippet) = Snippet::of(diagnostic, sources) else { return object };
    let position = |it: Position| json!({ "line": it.line, "column": it.column, "byte": it.byte });
    object["range"] = json!({
        "filename": snippet.file.name,
        "start": position(snippet.start),
        "end": position(snippet.end),
    });
    let values = diagnostic.values.as_deref().unwrap_or_default().iter();
    let values: Vec<Value> = values
        .map(|(traversal, statement)| json!({ "traversal": traversal, "statement": statement }))
        .collect();
    object["snippet"] = json!({
        "context": snippet.context,
        "code": snippet.code,
        "start_line": snippet.start_line,
        "highlight_start_offset": snippet.highlight.start,
        "highlight_end_offset": snippet.highlight.end,
        "values": values,
    });
    object
}
