//! Which arguments exclude or need each other.

use std::sync::Arc;

use provision_schema::schema::{BlockSchema, Path, Relations};

use super::Checker;
use crate::decode::Decoded;
use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// A block with the blocks around it, up to the root.
pub(super) struct Around<'a> {
    pub(super) decoded: &'a Decoded,
    /// The kind of the block; none at the root.
    pub(super) name: Option<Arc<str>>,
    pub(super) above: Option<&'a Around<'a>>,
}

/// Whether an argument or block is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Absent,
    Present,
    /// There, with a value that may turn out to be null; or it depends on one.
    Unsure,
}

pub(super) fn check(checker: &mut Checker<'_>, schema: &BlockSchema, around: &Around<'_>) {
    // Every member of a group says the same, and once is enough.
    let mut groups: Vec<Vec<String>> = Vec::new();
    let attributes = schema.attributes.iter().map(|(name, it)| (name, &it.relations));
    let blocks = schema.blocks.iter().map(|(name, it)| (name, &it.relations));
    for (name, relations) in attributes.chain(blocks) {
        let Some(relations) = relations else { continue };
        let own: Path = around.path().into_iter().chain([name.clone()]).collect();
        let mut of_argument =
            OfArgument { checker, around, name, own: &own, relations, groups: &mut groups };
        of_argument.exactly_one_of();
        of_argument.at_least_one_of();
        if around.presence(&own) != Presence::Absent {
            of_argument.required_with();
            of_argument.conflicts_with();
        }
    }
}

struct OfArgument<'a, 'b> {
    checker: &'a mut Checker<'b>,
    around: &'a Around<'a>,
    name: &'a str,
    own: &'a Path,
    relations: &'a Relations,
    groups: &'a mut Vec<Vec<String>>,
}

impl OfArgument<'_, '_> {
    fn exactly_one_of(&mut self) {
        let Some((paths, names)) = self.group(&self.relations.exactly_one_of) else { return };
        let presence: Vec<Presence> = paths.iter().map(|path| self.around.presence(path)).collect();
        let present: Vec<&str> = std::iter::zip(&names, &presence)
            .filter(|(_, presence)| **presence == Presence::Present)
            .map(|(name, _)| name.as_str())
            .collect();
        let all = names.join(",");
        if presence.iter().all(|it| *it == Presence::Absent) {
            let detail = format!("{:?}: one of `{all}` must be specified", self.name);
            self.error("Invalid combination of arguments", detail, &names);
        } else if present.len() > 1 {
            let given = present.join(",");
            let detail = format!(
                "{:?}: only one of `{all}` can be specified, but `{given}` were specified.",
                self.name
            );
            self.error("Invalid combination of arguments", detail, &names);
        }
    }

    fn at_least_one_of(&mut self) {
        let Some((paths, names)) = self.group(&self.relations.at_least_one_of) else { return };
        if paths.iter().all(|path| self.around.presence(path) == Presence::Absent) {
            let all = names.join(",");
            let detail = format!("{:?}: one of `{all}` must be specified", self.name);
            self.error("Missing required argument", detail, &names);
        }
    }

    fn required_with(&mut self) {
        if self.relations.required_with.is_empty() {
            return;
        }
        let Some((paths, names)) = self.group(&self.relations.required_with) else { return };
        if paths.iter().any(|path| self.around.presence(path) == Presence::Absent) {
            let all = names.join(",");
            let detail = format!("{:?}: all of `{all}` must be specified", self.name);
            self.error("Missing required argument", detail, &names);
        }
    }

    fn conflicts_with(&mut self) {
        if self.around.presence(self.own) != Presence::Present {
            return;
        }
        for other in &self.relations.conflicts_with {
            let mut names = vec![self.own.join("."), other.join(".")];
            names.sort();
            if self.around.presence(other) == Presence::Present && !self.groups.contains(&names) {
                let detail = format!("{:?}: conflicts with {}", self.name, other.join("."));
                self.error("Conflicting configuration arguments", detail, &names);
            }
        }
    }

    /// The argument itself and the others, sorted; none when there are no others, or when it has
    /// been said already that something is wrong with them.
    fn group(&self, others: &[Path]) -> Option<(Vec<Path>, Vec<String>)> {
        if others.is_empty() {
            return None;
        }
        let mut paths: Vec<Path> = others.iter().chain([self.own]).cloned().collect();
        paths.sort();
        paths.dedup();
        let names: Vec<String> = paths.iter().map(|path| path.join(".")).collect();
        (!self.groups.contains(&names)).then_some((paths, names))
    }

    fn error(&mut self, summary: &str, detail: String, names: &[String]) {
        self.groups.push(names.to_vec());
        let at = self.around.place(self.name).unwrap_or(self.around.decoded.span);
        self.checker.diagnostics.push(Diagnostic::error(summary, detail).at(at));
    }
}

impl Around<'_> {
    /// The names of the blocks from the root to this one.
    fn path(&self) -> Vec<Arc<str>> {
        let mut path = self.above.map(Around::path).unwrap_or_default();
        path.extend(self.name.clone());
        path
    }

    /// Where the argument or the first block of that name stands in this block.
    fn place(&self, name: &str) -> Option<Span> {
        let attribute = self.decoded.attributes.get(name).map(|place| place.span);
        let block = || self.decoded.blocks.get(name)?.items.first().map(|block| block.span);
        attribute.or_else(block)
    }

    /// Whether the argument or block at the path from the root is there. Where the path leads
    /// through a block around this one, that very block is meant.
    fn presence(&self, path: &[Arc<str>]) -> Presence {
        let own = self.path();
        let shared = std::iter::zip(&own, path).take_while(|(a, b)| a == b).count();
        // The last name of the path is the argument or block itself.
        let shared = shared.min(path.len().saturating_sub(1));
        let mut around = self;
        for _ in shared..own.len() {
            match around.above {
                Some(above) => around = above,
                None => return Presence::Unsure,
            }
        }
        presence_in(around.decoded, &path[shared..])
    }
}

fn presence_in(decoded: &Decoded, path: &[Arc<str>]) -> Presence {
    let [name, rest @ ..] = path else { return Presence::Unsure };
    if let Some(group) = decoded.blocks.get(name) {
        if group.unknown {
            return Presence::Unsure;
        }
        return match (group.items.as_slice(), rest) {
            ([], _) => Presence::Absent,
            (_, []) => Presence::Present,
            ([only], rest) => presence_in(only, rest),
            _ => Presence::Unsure,
        };
    }
    if !decoded.attributes.contains_key(name) {
        return Presence::Absent;
    }
    match decoded.value.as_fields().and_then(|fields| fields.get(name)) {
        Some(value) if !rest.is_empty() => match value.is_null() {
            true => Presence::Absent,
            false => Presence::Unsure,
        },
        Some(value) if value.is_null() => Presence::Absent,
        Some(value) if value.is_known() => Presence::Present,
        Some(_) => Presence::Unsure,
        None => Presence::Absent,
    }
}
