//! Writing values as expressions in the customary layout.

use provision_schema::{Fields, Kind, Value};
use unicode_segmentation::UnicodeSegmentation as _;

/// One line before it is indented and aligned.
#[derive(Default)]
struct Line {
    /// What stands before the equals sign, or everything where there is none.
    lead: String,
    /// From the equals sign on.
    assignment: Option<String>,
    /// How many brackets the line opens more than it closes.
    brackets: isize,
}

/// The value must be known.
pub(super) fn encode(value: &Value) -> String {
    let mut lines = vec![Line::default()];
    write(value, &mut lines);
    indent(&mut lines);
    align(&mut lines);
    let text = |line: Line| line.lead + line.assignment.as_deref().unwrap_or_default();
    lines.into_iter().map(text).collect::<Vec<_>>().join("\n")
}

pub(super) fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    let first = characters.next();
    first.is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

fn push(lines: &mut [Line], text: &str, brackets: isize) {
    if let Some(line) = lines.last_mut() {
        line.assignment.as_mut().unwrap_or(&mut line.lead).push_str(text);
        line.brackets += brackets;
    }
}

fn write(value: &Value, lines: &mut Vec<Line>) {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => push(lines, "null", 0),
        Kind::Bool(value) => push(lines, if *value { "true" } else { "false" }, 0),
        Kind::Number(value) => push(lines, &value.to_string(), 0),
        Kind::String(value) => push(lines, &quoted(value), 0),
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
            push(lines, "[", 1);
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    push(lines, ", ", 0);
                }
                write(element, lines);
            }
            push(lines, "]", -1);
        }
        Kind::Map(_, fields) | Kind::Object(fields) => write_fields(fields, lines),
    }
}

fn write_fields(fields: &Fields, lines: &mut Vec<Line>) {
    push(lines, "{", 1);
    for (key, value) in fields {
        let lead = if is_identifier(key) { key.to_string() } else { quoted(key) };
        lines.push(Line { lead, assignment: Some("= ".to_owned()), brackets: 0 });
        write(value, lines);
    }
    if !fields.is_empty() {
        lines.push(Line::default());
    }
    push(lines, "}", -1);
}

/// A line that opens brackets, however many, moves what follows by one step.
fn indent(lines: &mut [Line]) {
    let mut opened: Vec<isize> = Vec::new();
    for line in lines {
        let mut closed = -line.brackets;
        while closed > 0
            && let Some(last) = opened.last_mut()
        {
            if closed < *last {
                *last -= closed;
                break;
            }
            closed -= *last;
            opened.pop();
        }
        line.lead.insert_str(0, &"  ".repeat(opened.len()));
        if line.brackets > 0 {
            opened.push(line.brackets);
        }
    }
}

/// Puts the equals signs of neighbouring lines below each other, as long as each holds a whole
/// assignment.
fn align(lines: &mut [Line]) {
    for line in &mut *lines {
        if line.brackets != 0
            && let Some(assignment) = line.assignment.take()
        {
            line.lead.push(' ');
            line.lead.push_str(&assignment);
        }
    }
    for group in lines.chunk_by_mut(|a, b| a.assignment.is_some() == b.assignment.is_some()) {
        let width = |line: &Line| line.lead.graphemes(true).count();
        let widest = group.iter().map(width).max().unwrap_or(0);
        for line in group.iter_mut().filter(|line| line.assignment.is_some()) {
            let missing = widest + 1 - width(line);
            line.lead.push_str(&" ".repeat(missing));
        }
    }
}

fn quoted(text: &str) -> String {
    let mut result = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '$' | '%' => {
                result.push(character);
                if characters.peek() == Some(&'{') {
                    result.push(character);
                }
            }
            ' ' => result.push(' '),
            _ if character.is_control() || character.is_whitespace() => {
                result.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => result.push(character),
        }
    }
    result.push('"');
    result
}
