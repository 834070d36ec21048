//! What is known of every resource type, data source and provider, embedded in the binary.

mod parse;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::phase::Phase;
use crate::schema::Schema;

pub use parse::FactsError;

/// What is known of one resource type, data source or provider.
#[derive(Debug)]
pub struct ResourceFacts {
    /// The type, as in `aws_vpc`; for a provider its name, as in `aws`.
    pub kind: &'static str,
    pub phase: Phase,
    pub schema: Schema,
    pub protocol: Protocol,
    /// What identifies an existing object on import: attributes in braces, and parts in brackets
    /// that may be missing.
    pub import_id: Option<Arc<str>>,
    /// How long operations may take, by operation, as in ("create", "75m").
    pub timeouts: BTreeMap<Arc<str>, Arc<str>>,
    /// What planning has to know beyond the schema, in words.
    pub notes: Vec<Arc<str>>,
}

impl ResourceFacts {
    /// Reads a text of facts, as `facts/README.md` describes it.
    pub fn parse(
        kind: &'static str,
        phase: Phase,
        text: &str,
    ) -> Result<ResourceFacts, FactsError> {
        parse::facts(kind, phase, text)
    }
}

/// Which of the two provider libraries a type is made with upstream. They word their messages
/// differently, and the newer one has no implicit `id` argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    #[default]
    Sdk,
    Framework,
}

/// Everything known. The facts of a type are parsed when they are first asked for.
pub struct Catalogue;

impl Catalogue {
    /// A managed resource type, under any of its names.
    pub fn resource(kind: &str) -> Option<&'static ResourceFacts> {
        find(&RESOURCES, kind).or_else(|| find(&RESOURCES, canonical_kind(kind)))
    }

    /// A data source, under any of its names.
    pub fn data(kind: &str) -> Option<&'static ResourceFacts> {
        find(&DATA, kind).or_else(|| find(&DATA, canonical_kind(kind)))
    }

    /// A provider's configuration, by the last part of its source address.
    pub fn provider(name: &str) -> Option<&'static ResourceFacts> {
        find(&PROVIDERS, name)
    }

    /// All managed resource types, sorted.
    pub fn resources() -> impl ExactSizeIterator<Item = &'static str> {
        RESOURCES.iter().map(|entry| entry.kind)
    }

    /// All data sources, sorted.
    pub fn data_sources() -> impl ExactSizeIterator<Item = &'static str> {
        DATA.iter().map(|entry| entry.kind)
    }

    /// All providers, sorted.
    pub fn providers() -> impl ExactSizeIterator<Item = &'static str> {
        PROVIDERS.iter().map(|entry| entry.kind)
    }

    /// The phase of a resource type or, failing that, data source, without parsing anything.
    pub fn phase(kind: &str) -> Option<Phase> {
        let kind = canonical_kind(kind);
        entry(&RESOURCES, kind).or_else(|| entry(&DATA, kind)).map(|entry| entry.phase)
    }
}

/// The source address of the provider that a type belongs to by its name.
pub fn provider_of(kind: &str) -> Option<&'static str> {
    let prefix = kind.split('_').next().unwrap_or(kind);
    Some(match prefix {
        "archive" => "hashicorp/archive",
        "aws" => "hashicorp/aws",
        "cloudinit" => "hashicorp/cloudinit",
        "external" => "hashicorp/external",
        "http" => "hashicorp/http",
        "local" => "hashicorp/local",
        "null" => "hashicorp/null",
        "random" => "hashicorp/random",
        "template" => "hashicorp/template",
        "terraform" => "terraform.io/builtin/terraform",
        "time" => "hashicorp/time",
        "tls" => "hashicorp/tls",
        _ => return None,
    })
}

/// The type that this one is another name of: every `aws_alb` type is the `aws_lb` type.
pub fn canonical_kind(kind: &str) -> &str {
    match kind {
        "aws_alb" => "aws_lb",
        "aws_alb_listener" => "aws_lb_listener",
        "aws_alb_listener_certificate" => "aws_lb_listener_certificate",
        "aws_alb_listener_rule" => "aws_lb_listener_rule",
        "aws_alb_target_group" => "aws_lb_target_group",
        "aws_alb_target_group_attachment" => "aws_lb_target_group_attachment",
        other => other,
    }
}

struct Entry {
    kind: &'static str,
    phase: Phase,
    text: &'static str,
    parsed: OnceLock<Option<ResourceFacts>>,
}

impl Entry {
    const fn new(kind: &'static str, phase: Phase, text: &'static str) -> Entry {
        Entry { kind, phase, text, parsed: OnceLock::new() }
    }

    fn parse(&self) -> Result<ResourceFacts, FactsError> {
        ResourceFacts::parse(self.kind, self.phase, self.text)
    }
}

fn entry(table: &'static [Entry], kind: &str) -> Option<&'static Entry> {
    let found = table.binary_search_by(|entry| entry.kind.cmp(kind)).ok()?;
    Some(&table[found])
}

fn find(table: &'static [Entry], kind: &str) -> Option<&'static ResourceFacts> {
    let entry = entry(table, kind)?;
    // A test parses every file, so a failure is impossible in a build that passed.
    entry.parsed.get_or_init(|| entry.parse().ok()).as_ref()
}

include!(concat!(env!("OUT_DIR"), "/facts_index.rs"));

#[cfg(test)]
mod tests;
