//! Diagnostics as people and as programs read them.

use std::io::{IsTerminal as _, Write as _};

use provision_language::diagnostics::{Diagnostic, Diagnostics, Severity};
use provision_language::source::{SourceFile, Sources, Span};
use serde_json::{Value, json};

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
    if let Some(subject) = diagnostic.subject {
        lines.extend(snippet(subject, &diagnostic.values, sources, style));
        lines.push(String::new());
    } else if let Some(address) = &diagnostic.address {
        lines.push(format!("  with {address}"));
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

fn snippet(
    subject: Span,
    values: &[(String, String)],
    sources: &Sources,
    style: Style,
) -> Vec<String> {
    let file = sources.get(subject.file);
    let (start, end) = (file.position(subject.start), file.position(subject.end));
    let context = enclosing_block(&file, start.line);
    let context = context.map(|header| format!(", in {header}")).unwrap_or_default();
    let mut lines = vec![format!("  on {} line {}{context}:", file.name, start.line)];
    // The whole of a long expression says less than its beginning.
    let last = end.line.min(start.line + 3);
    for number in start.line..=last {
        let source = file.line(number);
        let shown = match style.colour && number == start.line && end.line == start.line {
            true => underlined(source, start.column, end.column),
            false => source.to_owned(),
        };
        lines.push(format!("{number:>4}: {shown}"));
    }
    if !values.is_empty() {
        lines.push("    ├────────────────".to_owned());
        lines.extend(values.iter().map(|(name, statement)| format!("    │ {name} {statement}")));
    }
    lines
}

fn underlined(line: &str, from: usize, to: usize) -> String {
    let offset = |column: usize| {
        line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at)
    };
    let (from, to) = (offset(from), offset(to));
    format!("{}\x1b[4m{}\x1b[0m{}", &line[..from], &line[from..to], &line[to..])
}

/// The header of the block around a line: the nearest line above that is not indented and opens
/// one.
fn enclosing_block(file: &SourceFile, line: usize) -> Option<String> {
    let mut number = line;
    while number > 0 {
        let text = file.line(number);
        let opens = text.contains('{') && !text.trim_start().starts_with(['#', '/']);
        if opens && text.starts_with(|it: char| it.is_alphabetic()) && !text.contains('=') {
            return Some(text.split('{').next().unwrap_or(text).trim().to_owned());
        }
        if number < line && text.starts_with('}') {
            return None;
        }
        number -= 1;
    }
    None
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
    let Some(subject) = diagnostic.subject else { return object };
    let file = sources.get(subject.file);
    let (start, end) = (file.position(subject.start), file.position(subject.end));
    let position = |it: provision_language::source::Position| json!({ "line": it.line, "column": it.column, "byte": it.byte });
    object["range"] =
        json!({ "filename": file.name, "start": position(start), "end": position(end) });

    let code: Vec<&str> = (start.line..=end.line).map(|number| file.line(number)).collect();
    let highlight_start = start.column - 1;
    let characters = file.slice(subject).chars().count();
    let values: Vec<Value> = diagnostic
        .values
        .iter()
        .map(|(traversal, statement)| json!({ "traversal": traversal, "statement": statement }))
        .collect();
    object["snippet"] = json!({
        "context": enclosing_block(&file, start.line),
        "code": code.join("\n"),
        "start_line": start.line,
        "highlight_start_offset": highlight_start,
        "highlight_end_offset": highlight_start + characters,
        "values": values,
    });
    object
}
