//! The texts of configuration files, and places in them.

use std::sync::{Arc, RwLock};

/// A file of the run's `Sources`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

/// A range of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, range: std::ops::Range<usize>) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file, start: offset(range.start), end: offset(range.end) }
    }

    /// From the start of this span to the end of the other.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { end: other.end.max(self.end), ..self }
    }

    /// The empty place right behind the span.
    #[must_use]
    pub fn end_point(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// A position as people count: lines and columns from one, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    pub line: usize,
    pub column: usize,
    pub byte: usize,
}

/// Every text that was read in this run. Cloning shares the texts, and files can be added while
/// others hold a clone, because evaluation may meet a new template at any time.
#[derive(Clone, Default)]
pub struct Sources(Arc<RwLock<Vec<Arc<SourceFile>>>>);

#[derive(Debug)]
pub struct SourceFile {
    /// The path as the user would type it.
    pub name: String,
    pub text: String,
    line_starts: Vec<u32>,
}

impl Sources {
    pub fn add(&self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let file = Arc::new(SourceFile::new(name.into(), text.into()));
        let mut files = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        files.push(file);
        FileId(u32::try_from(files.len() - 1).unwrap_or(u32::MAX))
    }

    pub fn get(&self, id: FileId) -> Arc<SourceFile> {
        let files = self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        files.get(id.0 as usize).cloned().unwrap_or_else(|| {
            Arc::new(SourceFile::new("(unknown file)".to_owned(), String::new()))
        })
    }
}

impl SourceFile {
    fn new(name: String, text: String) -> SourceFile {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = newlines.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
        let line_starts = std::iter::once(0).chain(starts).collect();
        SourceFile { name, text, line_starts }
    }

    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = self.line_starts[line - 1] as usize;
        let byte = self.text.floor_char_boundary(offset as usize);
        let column = self.text[start.min(byte)..byte].chars().count() + 1;
        Position { line, column, byte }
    }

    /// The text of a line, counted from one, without its end.
    pub fn line(&self, number: usize) -> &str {
        let start = |index: usize| self.line_starts.get(index).map(|start| *start as usize);
        let (Some(from), to) = (start(number.wrapping_sub(1)), start(number)) else { return "" };
        self.text[from..to.unwrap_or(self.text.len())].trim_end_matches(['\n', '\r'])
    }

    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}
