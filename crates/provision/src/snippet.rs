//! The piece of source that a diagnostic is about.

use std::ops::Range;
use std::sync::Arc;

use provision_language::ast::{Body, Json, JsonKind};
use provision_language::diagnostics::{Diagnostic, Diagnostics};
use provision_language::source::{Position, SourceFile, Sources, Span};
use provision_language::syntax::{parse_body, parse_json};

/// Whole lines of source, with what is wrong in them.
pub struct Snippet {
    pub file: Arc<SourceFile>,
    /// Where the offending text begins and ends; at least one byte.
    pub start: Position,
    pub end: Position,
    /// What the lines stand in, as in `resource "aws_vpc" "main"`.
    pub context: Option<String>,
    pub code: String,
    pub start_line: usize,
    /// The offending text as bytes of `code`.
    pub highlight: Range<usize>,
}

impl Snippet {
    /// None for a diagnostic that is about no text.
    pub fn of(diagnostic: &Diagnostic, sources: &Sources) -> Option<Snippet> {
        let subject = diagnostic.subject?;
        let file = sources.get(subject.file);
        let around = diagnostic.context.filter(|around| around.file == subject.file);
        let around = around.unwrap_or(subject);
        let start = file.position(subject.start);
        let mut end = file.position(subject.end.max(subject.start));
        if end.byte == start.byte {
            (end.byte, end.column) = (end.byte + 1, end.column + 1);
        }
        let first = file.position(around.start.min(subject.start));
        let last = file.position(around.end.max(subject.end));
        // What ends with a line does not reach into the next one.
        let ends_before = last.column == 1 && last.line > start.line;
        let last_line = last.line - usize::from(ends_before);

        let lines = (first.line..=last_line).map(|number| file.line(number));
        let code = lines.collect::<Vec<_>>().join("\n");
        let code_start = first.byte - (leading(&file, first));
        let bound = |byte: usize| code.floor_char_boundary(byte.saturating_sub(code_start));
        let highlight = bound(start.byte)..bound(end.byte).max(bound(start.byte));
        let context = context(subject, &file);
        Some(Snippet { start, end, context, code, start_line: first.line, highlight, file })
    }

    /// The lines with their numbers, the offending part of each between `before` and `after`.
    pub fn numbered_lines(&self, before: &str, after: &str) -> Vec<String> {
        let mut offset = 0;
        let mut lines = Vec::new();
        for (index, line) in self.code.split('\n').enumerate() {
            let within = |byte: usize| byte.clamp(offset, offset + line.len()) - offset;
            let (from, to) = (within(self.highlight.start), within(self.highlight.end));
            let shown = match from < to {
                true => {
                    format!("{}{before}{}{after}{}", &line[..from], &line[from..to], &line[to..])
                }
                false => line.to_owned(),
            };
            lines.push(format!("{:>4}: {shown}", self.start_line + index));
            offset += line.len() + 1;
        }
        lines
    }
}

/// The bytes of the position's line that stand in front of it.
fn leading(file: &SourceFile, position: Position) -> usize {
    file.line(position.line).chars().take(position.column - 1).map(char::len_utf8).sum()
}

/// The header of the block around a place, in JSON the names of the properties.
fn context(subject: Span, file: &SourceFile) -> Option<String> {
    // The header itself needs no explanation, so its beginning is outside.
    let place = subject.start.checked_sub(1)?;
    let mut ignored = Diagnostics::new();
    if file.name.ends_with(".json") {
        let Body::Json(json) = parse_json(subject.file, &file.text, &mut ignored)? else {
            return None;
        };
        let mut path = String::new();
        properties_at(&json.value, place, &mut path);
        return (!path.is_empty()).then(|| path.trim_start_matches('.').to_owned());
    }
    let body = parse_body(subject.file, &file.text, &mut ignored);
    let mut blocks = body.blocks.iter();
    let block = blocks.find(|it| contains(it.kind.span.to(it.body.span()), place))?;
    let labels = block.labels.iter().map(|label| format!(" {:?}", &*label.text));
    Some(format!("{}{}", &*block.kind, labels.collect::<String>()))
}

fn contains(span: Span, place: u32) -> bool {
    (span.start..span.end).contains(&place)
}

fn properties_at(json: &Json, place: u32, path: &mut String) {
    match &json.kind {
        JsonKind::Object(properties) => {
            let mut properties = properties.iter();
            let found = properties.find(|(name, value)| contains(name.span.to(value.span), place));
            if let Some((name, value)) = found {
                path.push_str(&format!(".{}", &**name));
                properties_at(value, place, path);
            }
        }
        JsonKind::Array(items) => {
            let mut items = items.iter().enumerate();
            if let Some((index, item)) = items.find(|(_, item)| contains(item.span, place)) {
                path.push_str(&format!("[{index}]"));
                properties_at(item, place, path);
            }
        }
        JsonKind::Null | JsonKind::Bool(_) | JsonKind::Number(_) | JsonKind::String(_) => (),
    }
}
