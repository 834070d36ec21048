//! What the user is told about a configuration: errors and warnings with their place.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::source::Span;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Severity {
    Error,
    Warning,
}

/// One thing to tell. The summary is a fixed phrase without names, so that it becomes familiar;
/// the detail says what, why, and what to do.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diagnostic {
    pub severity: Severity,
    pub summary: String,
    pub detail: String,
    /// The offending text.
    pub subject: Option<Span>,
    /// A larger range that helps to understand it.
    pub context: Option<Span>,
    /// The address of the object concerned, as in `aws_vpc.main`.
    pub address: Option<String>,
    /// The references in the failing expression and what is known of them: ("var.x", "is 3").
    pub values: Vec<(String, String)>,
}

impl Diagnostic {
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            subject: None,
            context: None,
            address: None,
            values: Vec::new(),
        }
    }

    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(summary, detail) }
    }

    #[must_use]
    pub fn at(mut self, subject: Span) -> Diagnostic {
        self.subject = Some(subject);
        self
    }

    #[must_use]
    pub fn within(mut self, context: Span) -> Diagnostic {
        self.context = Some(context);
        self
    }

    #[must_use]
    pub fn about(mut self, address: impl Into<String>) -> Diagnostic {
        self.address = Some(address.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Everything found so far. Work goes on after an error wherever it can, so one run shows every
/// mistake.
#[derive(Clone, Default, Debug)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// The hashes of what was found, once that is more than a few.
    seen: HashSet<u64>,
}

/// Up to so many, looking through all is as quick as hashing.
const FEW: usize = 8;

impl Diagnostics {
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Adds a diagnostic unless the very same one is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.found.len() < FEW {
            if self.found.contains(&diagnostic) {
                return;
            }
        } else {
            if self.seen.is_empty() {
                self.seen = self.found.iter().map(fingerprint).collect();
            }
            if !self.seen.insert(fingerprint(&diagnostic)) {
                return;
            }
        }
        self.found.push(diagnostic);
    }

    pub fn error(&mut self, summary: impl Into<String>, detail: impl Into<String>, subject: Span) {
        self.push(Diagnostic::error(summary, detail).at(subject));
    }

    pub fn warning(&mut self, summary: impl Into<String>, detail: impl Into<String>, at: Span) {
        self.push(Diagnostic::warning(summary, detail).at(at));
    }

    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        others.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    pub fn has_errors(&self) -> bool {
        self.found.iter().any(Diagnostic::is_error)
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn len(&self) -> usize {
        self.found.len()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// Drops what was added after the first `length` diagnostics.
    pub fn truncate(&mut self, length: usize) {
        self.found.truncate(length);
        self.seen.clear();
    }
}

fn fingerprint(diagnostic: &Diagnostic) -> u64 {
    let mut hasher = DefaultHasher::new();
    diagnostic.hash(&mut hasher);
    hasher.finish()
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

/// The known name that is most like the one given, if any is like it.
pub fn suggestion<'n>(given: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    known
        .map(|name| (edit_distance(given, name), name))
        .filter(|(distance, _)| *distance < 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The number of characters to insert, drop or change between two words.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
