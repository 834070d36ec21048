//! What the user is told about a configuration: errors and warnings with their place.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::str::Chars;

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
    pub address: Option<Box<str>>,
    /// The references in the failing expression and what is known of them: ("var.x", "is 3"). None
    /// while no expression has been found to be at fault.
    pub values: Option<Box<[(String, String)]>>,
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
            values: None,
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
        self.address = Some(address.into().into_boxed_str());
        self
    }

    /// What tells mistakes apart. The values behind one may differ from time to time: the first
    /// are example enough.
    fn mistake(&self) -> impl Hash + PartialEq {
        let Diagnostic { severity, summary, detail, subject, context, address, values: _ } = self;
        (severity, summary, detail, subject, context, address)
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

    /// Adds a diagnostic unless the same one is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.found.len() < FEW {
            if self.found.iter().any(|it| it.mistake() == diagnostic.mistake()) {
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

    /// What was added after the first `before` diagnostics.
    pub fn since(&mut self, before: usize) -> &mut [Diagnostic] {
        self.found.get_mut(before..).unwrap_or_default()
    }

    /// Drops what was added after the first `length` diagnostics.
    pub fn truncate(&mut self, length: usize) {
        self.found.truncate(length);
        self.seen.clear();
    }
}

fn fingerprint(diagnostic: &Diagnostic) -> u64 {
    let mut hasher = DefaultHasher::new();
    diagnostic.mistake().hash(&mut hasher);
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
    comparable(given, known)
        .filter_map(|name| Some((edit_distance(given, name)?, name)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The names that a name is compared with: not so many, and not so long ones, that a file full of
/// mistakes takes long.
pub(crate) fn comparable<'n>(
    given: &str,
    known: impl Iterator<Item = &'n str>,
) -> impl Iterator<Item = &'n str> {
    const MAXIMUM_NAMES: usize = 1000;
    const MAXIMUM_LENGTH: usize = 256;
    let most = if given.len() > MAXIMUM_LENGTH { 0 } else { MAXIMUM_NAMES };
    known.take(most).filter(|name| name.len() <= MAXIMUM_LENGTH)
}

/// The number of characters to insert, drop or change between two words, if that is at most two.
pub(crate) fn edit_distance(a: &str, b: &str) -> Option<usize> {
    (0..=2).find(|distance| is_within(*distance, a.chars(), b.chars()))
}

/// Whether so many changes are enough. The first difference is mended in every way there is.
fn is_within(changes: usize, mut a: Chars<'_>, mut b: Chars<'_>) -> bool {
    loop {
        let rest = (a.clone(), b.clone());
        match (a.next(), b.next()) {
            (None, None) => return true,
            (left, right) if left == right => (),
            _ if changes == 0 => return false,
            (left, right) => {
                let changes = changes - 1;
                return left.is_some() && is_within(changes, a.clone(), rest.1)
                    || right.is_some() && is_within(changes, rest.0, b.clone())
                    || left.is_some() && right.is_some() && is_within(changes, a, b);
            }
        }
    }
}
