//! What a reference speaks of, as far as its words alone tell.

use std::sync::Arc;

use provision_schema::address::{Mode, Resource as ResourceAddress};

use crate::ast::{Reference, StepKind};

/// The object that a reference names. The steps behind it lead into the object's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Subject {
    Variable(Arc<str>),
    Local(Arc<str>),
    /// `module.a`, `module.a[0]`
    Call,
    /// `module.a.b`
    CallOutput,
    /// A resource or one of its instances.
    Resource(ResourceAddress),
    /// `each.key` and `each.value`
    Each(Arc<str>),
    /// `count.index`
    Count(Arc<str>),
    Myself,
    /// `path.module`, `terraform.workspace` and the like.
    Fixed,
}

/// The subject and the number of steps that belong to it, or what is wrong with the reference.
pub(super) fn subject(reference: &Reference) -> Result<(Subject, usize), String> {
    let root = &*reference.root.text;
    let attribute = |index: usize| match reference.steps.get(index).map(|step| &step.kind) {
        Some(StepKind::Attribute(name)) => Some(name.clone()),
        _ => None,
    };
    let is_index = |index: usize| {
        matches!(reference.steps.get(index).map(|step| &step.kind), Some(StepKind::Index(_)))
    };
    let needs_attribute = || {
        format!(
            "The {root:?} object cannot be accessed directly. Instead, access one of its attributes."
        )
    };
    let single = |make: fn(Arc<str>) -> Subject| match attribute(0) {
        Some(name) => Ok((make(name), 1)),
        None => Err(needs_attribute()),
    };
    match root {
        "var" => single(Subject::Variable),
        "local" => single(Subject::Local),
        "each" => single(Subject::Each),
        "count" => single(Subject::Count),
        "path" | "terraform" | "tofu" => match attribute(0) {
            Some(_) => Ok((Subject::Fixed, 1)),
            None => Err(needs_attribute()),
        },
        "self" => Ok((Subject::Myself, 0)),
        "module" => {
            attribute(0).ok_or_else(needs_attribute)?;
            let used = if is_index(1) { 2 } else { 1 };
            match attribute(used) {
                Some(_) => Ok((Subject::CallOutput, used + 1)),
                None => Ok((Subject::Call, used)),
            }
        }
        "template" | "lazy" | "arg" => {
            Err(format!("The symbol name {root:?} is reserved for use in a future version."))
        }
        "data" | "ephemeral" | "resource" => {
            let (Some(kind), Some(name)) = (attribute(0), attribute(1)) else {
                return Err(format!(
                    "The {root:?} object must be followed by two attribute names: the type and \
                     the resource name."
                ));
            };
            let mode = match root {
                "data" => Mode::Data,
                "ephemeral" => Mode::Ephemeral,
                _ => Mode::Managed,
            };
            let used = if is_index(2) { 3 } else { 2 };
            Ok((Subject::Resource(ResourceAddress { mode, kind, name }), used))
        }
        _ => {
            let Some(name) = attribute(0) else {
                return Err("A reference to a resource type must be followed by at least one \
                            attribute access, specifying the resource name."
                    .to_owned());
            };
            let kind = reference.root.text.clone();
            let used = if is_index(1) { 2 } else { 1 };
            Ok((Subject::Resource(ResourceAddress { mode: Mode::Managed, kind, name }), used))
        }
    }
}

/// The resource that a reference is to, whole or in part.
pub(super) fn resource_of(reference: &Reference) -> Option<ResourceAddress> {
    match subject(reference) {
        Ok((Subject::Resource(address), _)) => Some(address),
        _ => None,
    }
}
