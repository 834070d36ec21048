//! Finding files by pattern: `*` and `?` within a name, `[a-z]` one character of a class,
//! `{a,b}` alternatives, `**` any number of directories. A backslash takes the meaning away.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// How many alternatives a pattern may unfold to, and how many names a search may look at.
const MAX_ALTERNATIVES: usize = 10_000;
const MAX_NAMES: usize = 1_000_000;

#[derive(Debug, thiserror::Error)]
pub(super) enum GlobError {
    #[error("syntax error in pattern")]
    Syntax,
    #[error("too many alternatives in pattern")]
    Alternatives,
    #[error("too many files")]
    Files,
}

/// All paths that match a clean pattern.
pub(super) fn glob(pattern: &str) -> Result<BTreeSet<String>, GlobError> {
    if !is_valid(pattern) {
        return Err(GlobError::Syntax);
    }
    let mut found = BTreeSet::new();
    let mut looked_at = 0;
    for pattern in alternatives(pattern)? {
        let (start, rest) = match pattern.strip_prefix('/') {
            Some(rest) => ("/", rest),
            None => ("", pattern.as_str()),
        };
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        let mut search = Search { found: &mut found, looked_at: &mut looked_at };
        search.walk(start, &parts)?;
    }
    Ok(found)
}

fn is_valid(pattern: &str) -> bool {
    let mut characters = pattern.chars();
    let mut depth = 0usize;
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.next().is_none() => return false,
            '[' => {
                let mut next = characters.next();
                if let Some('^' | '!') = next {
                    next = characters.next();
                }
                if next == Some(']') {
                    return false;
                }
                while next != Some(']') {
                    if next == Some('\\') {
                        next = characters.next();
                    }
                    if next.is_none() {
                        return false;
                    }
                    next = characters.next();
                }
            }
            '{' => depth += 1,
            '}' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            },
            _ => (),
        }
    }
    depth == 0
}

/// The patterns without braces that a pattern stands for.
fn alternatives(pattern: &str) -> Result<Vec<String>, GlobError> {
    let mut pending = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(pattern) = pending.pop() {
        match first_braces(&pattern) {
            None => done.push(pattern),
            Some((start, commas, end)) => {
                let mut from = start + 1;
                for &to in commas.iter().chain([&end]) {
                    let (before, after) = (&pattern[..start], &pattern[end + 1..]);
                    pending.push(format!("{before}{}{after}", &pattern[from..to]));
                    from = to + 1;
                }
            }
        }
        if pending.len() + done.len() > MAX_ALTERNATIVES {
            return Err(GlobError::Alternatives);
        }
    }
    Ok(done)
}

/// Where the first braces stand, with the commas between their alternatives.
fn first_braces(pattern: &str) -> Option<(usize, Vec<usize>, usize)> {
    let bytes = pattern.as_bytes();
    let mut start = None;
    let mut commas = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => at = class_end(pattern, at)?,
            b'{' => {
                depth += 1;
                start = start.or(Some(at));
            }
            b',' if depth == 1 => commas.push(at),
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some((start?, commas, at));
                }
            }
            _ => (),
        }
        at += 1;
    }
    None
}

/// Where the class that starts there ends.
fn class_end(pattern: &str, start: usize) -> Option<usize> {
    let bytes = pattern.as_bytes();
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b']' => return Some(at),
            _ => (),
        }
        at += 1;
    }
    None
}

struct Search<'a> {
    found: &'a mut BTreeSet<String>,
    looked_at: &'a mut usize,
}

impl Search<'_> {
    /// Looks for the rest of a pattern under a directory, whose path is empty or ends in a slash
    /// only when it is the root.
    fn walk(&mut self, directory: &str, parts: &[&str]) -> Result<(), GlobError> {
        let Some((&part, rest)) = parts.split_first() else {
            if !directory.is_empty() && fs::symlink_metadata(directory).is_ok() {
                self.found.insert(directory.to_owned());
            }
            return Ok(());
        };
        if part == "**" {
            return self.walk_everything(directory, rest);
        }
        if !part.contains(['*', '?', '[', '\\']) {
            return self.walk(&join(directory, part), rest);
        }
        for name in self.names(directory)? {
            if matches(part, &name) {
                self.walk(&join(directory, &name), rest)?;
            }
        }
        Ok(())
    }

    /// `**` stands for no directory, and for every directory at any depth.
    fn walk_everything(&mut self, directory: &str, rest: &[&str]) -> Result<(), GlobError> {
        let mut pending = vec![directory.to_owned()];
        while let Some(directory) = pending.pop() {
            self.walk(&directory, rest)?;
            for name in self.names(&directory)? {
                let path = join(&directory, &name);
                if Path::new(&path).is_dir() {
                    pending.push(path);
                } else if rest.is_empty() {
                    self.found.insert(path);
                }
            }
        }
        Ok(())
    }

    /// What a directory contains; nothing when it cannot be read.
    fn names(&mut self, directory: &str) -> Result<Vec<String>, GlobError> {
        let directory = if directory.is_empty() { "." } else { directory };
        let Ok(entries) = fs::read_dir(directory) else { return Ok(Vec::new()) };
        let names: Vec<String> =
            entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        *self.looked_at += names.len() + 1;
        if *self.looked_at > MAX_NAMES { Err(GlobError::Files) } else { Ok(names) }
    }
}

fn join(directory: &str, name: &str) -> String {
    match directory {
        "" | "/" => format!("{directory}{name}"),
        _ => format!("{directory}/{name}"),
    }
}

/// Whether a name matches one part of a pattern.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut position) = (0, 0);
    // Where to go on when the last star takes one character more.
    let mut star: Option<(usize, usize)> = None;
    loop {
        if pattern.get(at) == Some(&'*') {
            at += 1;
            star = Some((at, position));
            continue;
        }
        if at == pattern.len() && position == name.len() {
            return true;
        }
        if let Some(&character) = name.get(position)
            && let Some(next) = matches_one(&pattern, at, character)
        {
            at = next;
            position += 1;
            continue;
        }
        match star {
            Some((after, from)) if from < name.len() => {
                star = Some((after, from + 1));
                (at, position) = (after, from + 1);
            }
            _ => return false,
        }
    }
}

/// Where the pattern goes on behind what matches the character.
fn matches_one(pattern: &[char], at: usize, character: char) -> Option<usize> {
    match pattern.get(at)? {
        '?' => Some(at + 1),
        '\\' => (pattern.get(at + 1) == Some(&character)).then_some(at + 2),
        '[' => {
            let mut at = at + 1;
            let negated = matches!(pattern.get(at), Some('^' | '!'));
            if negated {
                at += 1;
            }
            let mut found = false;
            while *pattern.get(at)? != ']' {
                let low = class_character(pattern, &mut at)?;
                let mut high = low;
                if pattern.get(at) == Some(&'-') && pattern.get(at + 1) != Some(&']') {
                    at += 1;
                    high = class_character(pattern, &mut at)?;
                }
                found |= (low..=high).contains(&character);
            }
            (found != negated).then_some(at + 1)
        }
        other => (*other == character).then_some(at + 1),
    }
}

fn class_character(pattern: &[char], at: &mut usize) -> Option<char> {
    if pattern.get(*at) == Some(&'\\') {
        *at += 1;
    }
    let character = *pattern.get(*at)?;
    *at += 1;
    Some(character)
}
