//! The rules that `moved`, `removed` and `import` blocks must keep among each other and with what
//! the configuration declares.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;
use provision_schema::address::{InstanceKey, ModuleInstance};

use super::addresses;
use super::decode::{has_constant_steps, place};
use super::model::{Configuration, Endpoint, Module, Moved, Repetition};
use crate::diagnostics::Diagnostics;
use crate::source::{Sources, Span};

/// Import blocks with the same target, and those whose target is moved away. Only targets
/// without computed keys can be told apart before evaluation.
pub(super) fn check_imports(module: &Module, sources: &Sources, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for import in &module.imports {
        if import.for_each.is_some() || !has_constant_steps(&import.to) {
            continue;
        }
        let Ok(target) = addresses::endpoint(&import.to) else { continue };
        let address = target.to_string();
        if let Some(first) = seen.get(&address) {
            let detail = format!(
                "An import block for the resource {address:?} was already declared at {}. A \
                 resource can have only one import block.",
                place(sources, *first)
            );
            let summary = format!("Duplicate import configuration for {address:?}");
            diagnostics.error(summary, detail, import.span);
            continue;
        }
        if module.moved.iter().any(|moved| moved.from == target) {
            let detail = format!(
                "An import block targets the resource address {address}, but this address \
                 appears in the \"from\" argument of a moved block, which is invalid. Please \
                 change the import target to a different address, such as the move target."
            );
            diagnostics.error("Cannot import to a move source", detail, import.span);
        }
        seen.insert(address, import.span);
    }
}

/// Import blocks are for the root module alone.
pub(super) fn check_no_imports(module: &Module, diagnostics: &mut Diagnostics) {
    for import in &module.imports {
        let detail = format!(
            "An import block was detected in {}. Import blocks are only allowed in the root \
             module.",
            module.path
        );
        diagnostics.error("Invalid import configuration", detail, import.span);
    }
}

/// Checks all that must hold before moves and removals can be carried out. This belongs to
/// planning: a configuration is valid without it.
pub fn check_refactoring(configuration: &Configuration) -> Diagnostics {
    let mut found = Diagnostics::new();
    let diagnostics = &mut found;
    let mut moves = Vec::new();
    collect(&configuration.root, &mut moves);
    let sources = &configuration.sources;
    check_moves(&configuration.root, &moves, sources, diagnostics);
    check_removed(&configuration.root, &configuration.root, diagnostics);
    found
}

/// A move with addresses that start at the root.
struct Move {
    from: Endpoint,
    to: Endpoint,
    span: Span,
}

fn collect(module: &Module, moves: &mut Vec<Move>) {
    let below = |endpoint: &Endpoint| endpoint.below(&module.path.0);
    for Moved { from, to, span } in &module.moved {
        moves.push(Move { from: below(from), to: below(to), span: *span });
    }
    module.children.values().for_each(|child| collect(child, moves));
}

fn check_moves(root: &Module, moves: &[Move], sources: &Sources, diagnostics: &mut Diagnostics) {
    let mut from_seen: IndexMap<&Endpoint, &Move> = IndexMap::new();
    let mut to_seen: HashMap<&Endpoint, &Move> = HashMap::new();
    for it in moves {
        if it.from == it.to {
            let detail = format!(
                "This statement declares a move from {} to the same address, which is the same \
                 as not declaring this move at all.",
                it.from
            );
            diagnostics.error("Redundant move statement", detail, it.span);
            continue;
        }
        match from_seen.get(&it.from) {
            Some(other) if other.to == it.to => (),
            Some(other) => {
                let detail = format!(
                    "A statement at {} declared that {} moved to {}, but this statement instead \
                     declares that it moved to {}.\n\nEach {} can move to only one destination.",
                    place(sources, other.span),
                    it.from,
                    other.to,
                    it.to,
                    it.from.kind()
                );
                diagnostics.error("Ambiguous move statements", detail, it.span);
                continue;
            }
            None => _ = from_seen.insert(&it.from, it),
        }
        match to_seen.get(&it.to) {
            Some(other) if other.from == it.from => (),
            Some(other) => {
                let detail = format!(
                    "A statement at {} declared that {} moved to {}, but this statement instead \
                     declares that {} moved there.\n\nEach {} can have moved from only one source.",
                    place(sources, other.span),
                    other.from,
                    it.to,
                    it.from,
                    it.from.kind()
                );
                diagnostics.error("Ambiguous move statements", detail, it.span);
                continue;
            }
            None => _ = to_seen.insert(&it.to, it),
        }
        if let Some(declared) = declared(root, &it.from) {
            let detail = format!(
                "This statement declares a move from {}, but that {} is still declared at {}.\n\n\
                 Change your configuration so that this {} will be declared as {} instead.",
                it.from,
                it.from.kind(),
                place(sources, declared),
                it.from.kind(),
                it.to
            );
            diagnostics.error("Moved object still exists", detail, it.span);
        }
    }
    check_cycles(&from_seen, diagnostics);
}

/// Following the moves, which are here by where they begin, must come to an end.
fn check_cycles(moves: &IndexMap<&Endpoint, &Move>, diagnostics: &mut Diagnostics) {
    // The walk on which each was first met. Met again on another walk, it has nothing new to tell.
    let mut met: Vec<Option<usize>> = vec![None; moves.len()];
    for start in 0..moves.len() {
        let mut chain = Vec::new();
        let mut next = Some(start);
        while let Some(it) = next.filter(|it| met[*it].is_none()) {
            met[it] = Some(start);
            chain.push(it);
            next = moves.get_index_of(&moves[it].to);
        }
        let again = next.filter(|it| met[*it] == Some(start));
        let Some(begin) = again.and_then(|it| chain.iter().position(|met| *met == it)) else {
            continue;
        };
        let cycle = &chain[begin..];
        let mut names: Vec<String> =
            cycle.iter().map(|it| format!("{} → {}", moves[*it].from, moves[*it].to)).collect();
        names.sort();
        let detail = format!(
            "The following chained move statements form a cycle, and so there is no final location \
             to move objects to:\n  - {}\n\nA chain of move statements must end with an address \
             that doesn't appear in any other statements, and which typically also refers to an \
             object still declared in the configuration.",
            names.join("\n  - ")
        );
        let first = cycle.iter().min().map_or(start, |it| *it);
        diagnostics.error("Cyclic dependency in move statements", detail, moves[first].span);
    }
}

/// Where the configuration still declares exactly the object. An object whose repetition changed
/// counts as gone.
fn declared(root: &Module, endpoint: &Endpoint) -> Option<Span> {
    let fits = |repetition: &Repetition, key: &InstanceKey| {
        matches!(
            (repetition, key),
            (Repetition::Single | Repetition::Enabled(_), InstanceKey::None)
                | (Repetition::Count(_), InstanceKey::Int(_))
                | (Repetition::ForEach(_), InstanceKey::String(_))
        )
    };
    let find = |path: &[(Arc<str>, InstanceKey)]| {
        path.iter().try_fold(root, |module, (name, _)| module.children.get(name).map(|it| &**it))
    };
    match endpoint {
        Endpoint::Module(path) => {
            let ((name, key), parent) = path.split_last()?;
            let call = find(parent)?.calls.get(name)?;
            fits(&call.repetition, key).then_some(call.span)
        }
        Endpoint::Resource(address) => {
            let resource = find(&address.module.0)?.resources.get(&address.resource)?;
            fits(&resource.repetition, &address.key).then_some(resource.span)
        }
    }
}

fn check_removed(root: &Module, module: &Module, diagnostics: &mut Diagnostics) {
    for removed in &module.removed {
        let from = removed.from.below(&module.path.0);
        let find = |path: &[(Arc<str>, InstanceKey)]| {
            path.iter()
                .try_fold(root, |module, (name, _)| module.children.get(name).map(|it| &**it))
        };
        let still = match &from {
            Endpoint::Module(path) => path.split_last().and_then(|((name, _), parent)| {
                Some(("module", find(parent)?.calls.get(name)?.span))
            }),
            Endpoint::Resource(address) => find(&address.module.0)
                .and_then(|module| module.resources.get(&address.resource))
                .map(|resource| ("resource block", resource.span)),
        };
        if let Some((what, span)) = still {
            let detail = format!(
                "This statement declares a removal of the {} {from}, but this {what} still \
                 exists in the configuration. Please remove the {what}.",
                from.kind()
            );
            diagnostics.error(format!("Removed {what} still exists"), detail, span);
        }
    }
    module.children.values().for_each(|child| check_removed(root, child, diagnostics));
}

impl Endpoint {
    /// The address as seen from the root, when it is written in the module of that path.
    #[must_use]
    pub fn below(&self, path: &[Arc<str>]) -> Endpoint {
        let outer = path.iter().map(|name| (name.clone(), InstanceKey::None));
        match self {
            Endpoint::Module(inner) => {
                Endpoint::Module(outer.chain(inner.iter().cloned()).collect())
            }
            Endpoint::Resource(address) => {
                let mut address = address.clone();
                let inner = address.module.0.iter().cloned();
                address.module = ModuleInstance(outer.chain(inner).collect());
                Endpoint::Resource(address)
            }
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Endpoint::Module(path) if path.last().is_some_and(|it| it.1 != InstanceKey::None) => {
                "module instance"
            }
            Endpoint::Module(_) => "module call",
            Endpoint::Resource(address) if address.key != InstanceKey::None => "resource instance",
            Endpoint::Resource(_) => "resource",
        }
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Endpoint::Module(path) => {
                std::fmt::Display::fmt(&ModuleInstance(path.clone().into()), f)
            }
            Endpoint::Resource(address) => std::fmt::Display::fmt(address, f),
        }
    }
}
