//! What a reference means: which object of the module it speaks of, and whether there is one.

use std::sync::Arc;

use provision_schema::address::{Mode, Resource as ResourceAddress};

use crate::ast::{Expr, Reference, Step, StepKind};
use crate::config::{Module, Repetition};
use crate::diagnostics::{Diagnostic, suggestion};

/// The object that a reference speaks of. Steps count from behind the root name.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Variable(Arc<str>),
    Local(Arc<str>),
    /// A module call; what follows the name may select instances and an output.
    Module(Arc<str>),
    Resource(ResourceAddress),
    /// `count.index`, `each.key` or `each.value`.
    Repetition(&'static str),
    /// `path.…`
    Path(Arc<str>),
    /// `terraform.…`, `tofu.…`
    Workspace(Arc<str>),
    Itself,
}

impl Target {
    /// How many steps behind the root name belong to the name of the object.
    pub fn steps(&self, reference: &Reference) -> usize {
        match self {
            Target::Itself => 0,
            Target::Resource(resource) => match (resource.mode, &*reference.root) {
                (Mode::Managed, "resource") => 2,
                (Mode::Managed, _) => 1,
                _ => 2,
            },
            _ => 1,
        }
    }
}

/// Where an expression stands, as far as that decides which names it may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Site {
    pub has_count: bool,
    pub has_each: bool,
    pub has_self: bool,
    /// Inside a check block, whose data source only it can use.
    pub in_check: bool,
}

impl Site {
    pub fn of(repetition: &Repetition) -> Site {
        Site {
            has_count: matches!(repetition, Repetition::Count(_)),
            has_each: matches!(repetition, Repetition::ForEach(_)),
            ..Site::default()
        }
    }

    #[must_use]
    pub fn with_self(self) -> Site {
        Site { has_self: true, ..self }
    }
}

fn attribute(steps: &[Step], index: usize) -> Option<&Arc<str>> {
    match steps.get(index).map(|step| &step.kind) {
        Some(StepKind::Attribute(name)) => Some(name),
        _ => None,
    }
}

/// Reads a reference. It need not name anything that exists.
pub fn target_of(reference: &Reference) -> Result<Target, Diagnostic> {
    let Reference { root, steps } = reference;
    let span = steps.first().map_or(root.span, |step| root.span.to(step.span));
    let invalid = |detail: String| Diagnostic::error("Invalid reference", detail).at(span);
    let named = |what: &str| match attribute(steps, 0) {
        Some(name) => Ok(name.clone()),
        None if steps.is_empty() => Err(invalid(format!(
            "The {what:?} object cannot be accessed directly. Instead, access one of its \
             attributes."
        ))),
        None => Err(invalid(format!("The {what:?} object does not support this operation."))),
    };
    let resource = |mode: Mode, offset: usize| {
        let kind = attribute(steps, offset)?;
        let name = attribute(steps, offset + 1)?;
        Some(Target::Resource(ResourceAddress { mode, kind: kind.clone(), name: name.clone() }))
    };
    match &**root {
        "var" => named("var").map(Target::Variable),
        "local" => named("local").map(Target::Local),
        "module" => named("module").map(Target::Module),
        "path" => match &*named("path")? {
            name @ ("module" | "root" | "cwd") => Ok(Target::Path(name.into())),
            other => Err(Diagnostic::error(
                "Invalid \"path\" attribute",
                format!("The \"path\" object does not have an attribute named {other:?}."),
            )
            .at(span)),
        },
        workspace @ ("terraform" | "tofu") => match &*named(workspace)? {
            name @ ("workspace" | "applying") => Ok(Target::Workspace(name.into())),
            other => Err(Diagnostic::error(
                format!("Invalid {workspace:?} attribute"),
                format!(
                    "The {workspace:?} object does not have an attribute named {other:?}. The \
                     only supported attributes are {workspace}.workspace, the name of the \
                     currently-selected workspace, and {workspace}.applying."
                ),
            )
            .at(span)),
        },
        "count" => match &*named("count")? {
            "index" => Ok(Target::Repetition("count")),
            other => Err(Diagnostic::error(
                "Invalid \"count\" attribute",
                format!(
                    "The \"count\" object does not have an attribute named {other:?}. The only \
                     supported attribute is count.index, which is the index of each instance of \
                     a resource block that has the \"count\" argument set."
                ),
            )
            .at(span)),
        },
        "each" => match &*named("each")? {
            "key" => Ok(Target::Repetition("each.key")),
            "value" => Ok(Target::Repetition("each.value")),
            other => Err(Diagnostic::error(
                "Invalid \"each\" attribute",
                format!(
                    "The \"each\" object does not have an attribute named {other:?}. The \
                     supported attributes are each.key and each.value, the current key and value \
                     pair of the \"for_each\" attribute set."
                ),
            )
            .at(span)),
        },
        "self" => Ok(Target::Itself),
        "data" => resource(Mode::Data, 0).ok_or_else(|| {
            invalid(
                "The \"data\" object must be followed by two attribute names: the data source \
                 type and the resource name."
                    .to_owned(),
            )
        }),
        "ephemeral" => resource(Mode::Ephemeral, 0).ok_or_else(|| {
            invalid(
                "The \"ephemeral\" object must be followed by two attribute names: the ephemeral \
                 resource type and the resource name."
                    .to_owned(),
            )
        }),
        "resource" => resource(Mode::Managed, 0).ok_or_else(|| {
            invalid(
                "The \"resource\" object must be followed by two attribute names: the resource \
                 type and the resource name."
                    .to_owned(),
            )
        }),
        "template" | "lazy" | "arg" => Err(Diagnostic::error(
            "Reserved symbol name",
            format!("The symbol name {:?} is reserved for use in a future version.", &**root),
        )
        .at(root.span)),
        kind => match attribute(steps, 0) {
            Some(name) => Ok(Target::Resource(ResourceAddress {
                mode: Mode::Managed,
                kind: kind.into(),
                name: name.clone(),
            })),
            None => Err(invalid(
                "A reference to a resource type must be followed by at least one attribute \
                 access, specifying the resource name."
                    .to_owned(),
            )),
        },
    }
}

/// What is wrong with the reference in that module and place, if anything.
pub fn check(reference: &Reference, module: &Module, site: Site) -> Result<Target, Diagnostic> {
    let target = target_of(reference)?;
    let Reference { root, steps } = reference;
    let span = steps.first().map_or(root.span, |step| root.span.to(step.span));
    let undeclared = |what: &str, detail: String| {
        Err(Diagnostic::error(format!("Reference to undeclared {what}"), detail).at(span))
    };
    let did_you_mean =
        |name: &str, known: Vec<&str>, otherwise: String| match suggestion(name, known.into_iter())
        {
            Some(similar) => format!(" Did you mean {similar:?}?"),
            None => otherwise,
        };
    let whose = match module.path.0.is_empty() {
        true => "the root module".to_owned(),
        false => module.path.to_string(),
    };
    match &target {
        Target::Variable(name) if !module.variables.contains_key(name) => {
            let known = module.variables.keys().map(|it| &**it).collect();
            let declare =
                format!(" This variable can be declared with a variable {:?} {{}} block.", &**name);
            let hint = did_you_mean(name, known, declare);
            undeclared(
                "input variable",
                format!(
                    "An input variable with the name {:?} has not been declared.{hint}",
                    &**name
                ),
            )
        }
        Target::Local(name) if !module.locals.contains_key(name) => {
            let known = module.locals.keys().map(|it| &**it).collect();
            let hint = did_you_mean(name, known, String::new());
            undeclared(
                "local value",
                format!("A local value with the name {:?} has not been declared.{hint}", &**name),
            )
        }
        Target::Module(name) => match module.calls.get(name) {
            None => {
                let known = module.calls.keys().map(|it| &**it).collect();
                let hint = did_you_mean(name, known, String::new());
                undeclared(
                    "module",
                    format!("No module call named {:?} is declared in {whose}.{hint}", &**name),
                )
            }
            Some(call) => {
                check_module_key(&format!("module.{name}"), &call.repetition, steps)?;
                check_output(reference, module, name, &call.repetition)?;
                Ok(target)
            }
        },
        Target::Resource(resource) => match module.resources.get(resource) {
            None => {
                let what = match resource.mode {
                    Mode::Managed => "A managed resource",
                    Mode::Data => "A data resource",
                    Mode::Ephemeral => "An ephemeral resource",
                };
                let other_mode = match resource.mode {
                    Mode::Managed => Mode::Data,
                    _ => Mode::Managed,
                };
                let other = ResourceAddress { mode: other_mode, ..resource.clone() };
                let hint = match module.resources.contains_key(&other) {
                    true => format!("\n\nDid you mean {other}?"),
                    false => String::new(),
                };
                undeclared(
                    "resource",
                    format!(
                        "{what} {:?} {:?} has not been declared in {whose}.{hint}",
                        &*resource.kind, &*resource.name
                    ),
                )
            }
            Some(declared) if declared.check.is_some() && !site.in_check => Err(Diagnostic::error(
                "Reference to scoped resource",
                format!(
                    "The referenced data resource {:?} {:?} is not available from this \
                         context.",
                    &*resource.kind, &*resource.name
                ),
            )
            .at(span)),
            Some(declared) => {
                let name = resource.to_string();
                let used = target.steps(reference);
                check_instance_key(&name, &declared.repetition, steps, used)?;
                Ok(target)
            }
        },
        Target::Repetition("count") if !site.has_count => Err(Diagnostic::error(
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" \
             blocks, and only when the \"count\" argument is set.",
        )
        .at(span)),
        Target::Repetition(name) if *name != "count" && !site.has_each => Err(Diagnostic::error(
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only \
             when the \"for_each\" argument is set.",
        )
        .at(span)),
        Target::Itself if !site.has_self => Err(Diagnostic::error(
            "Invalid \"self\" reference",
            "The \"self\" object is not available in this context. This object can be used only \
             in resource provisioner, connection, and postcondition blocks.",
        )
        .at(root.span)),
        _ => Ok(target),
    }
}

/// Attributes are reached through an instance where there are several, and directly where there
/// is only one.
fn check_instance_key(
    name: &str,
    repetition: &Repetition,
    steps: &[Step],
    used: usize,
) -> Result<(), Diagnostic> {
    let Some(next) = steps.get(used) else { return Ok(()) };
    let key = match (repetition, &next.kind) {
        (Repetition::Single | Repetition::Enabled(_), StepKind::Index(Expr { span, .. })) => {
            return Err(Diagnostic::error(
                "Unexpected resource instance key",
                format!(
                    "Because {name} does not have \"count\" or \"for_each\" set, references to it \
                     must not include an index key. Remove the bracketed index to refer to the \
                     single instance of this resource."
                ),
            )
            .at(*span));
        }
        (Repetition::Count(_), StepKind::Attribute(_)) => ("count", "count.index"),
        (Repetition::ForEach(_), StepKind::Attribute(_)) => ("for_each", "each.key"),
        _ => return Ok(()),
    };
    Err(missing_key("Missing resource instance key", name, key, next.span))
}

fn missing_key(
    summary: &str,
    name: &str,
    (argument, key): (&str, &str),
    span: crate::source::Span,
) -> Diagnostic {
    Diagnostic::error(
        summary,
        format!(
            "Because {name} has {argument:?} set, its attributes must be accessed on specific \
             instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    \
             {name}[{key}]"
        ),
    )
    .at(span)
}

/// The same for modules, whose instances may also be reached as a tuple or object.
fn check_module_key(name: &str, repetition: &Repetition, steps: &[Step]) -> Result<(), Diagnostic> {
    match (repetition, steps.get(1).map(|step| (&step.kind, step.span))) {
        (Repetition::Count(_), Some((StepKind::Attribute(_), span))) => {
            Err(missing_key("Unsupported attribute", name, ("count", "count.index"), span))
        }
        _ => Ok(()),
    }
}

/// The output of the called module that the reference names, with the steps that lead to it.
pub fn output_step(reference: &Reference) -> Option<(&Arc<str>, &Step)> {
    let steps = match reference.steps.get(1).map(|step| &step.kind) {
        Some(StepKind::Index(_)) => &reference.steps[2..],
        Some(StepKind::Splat(each)) => each,
        _ => reference.steps.get(1..).unwrap_or(&[]),
    };
    let step = steps.first()?;
    match &step.kind {
        StepKind::Attribute(name) => Some((name, step)),
        _ => None,
    }
}

fn check_output(
    reference: &Reference,
    module: &Module,
    call: &Arc<str>,
    repetition: &Repetition,
) -> Result<(), Diagnostic> {
    let Some(child) = module.children.get(call) else { return Ok(()) };
    let Some((name, step)) = output_step(reference) else { return Ok(()) };
    // A splat over instances by key goes through one object, so its steps are no outputs.
    let through_instances = matches!(repetition, Repetition::ForEach(_))
        && !matches!(reference.steps.get(1).map(|step| &step.kind), Some(StepKind::Index(_)));
    if through_instances || child.outputs.contains_key(name) {
        return Ok(());
    }
    let hint = suggestion(name, child.outputs.keys().map(|it| &**it));
    let hint = hint.map(|similar| format!(" Did you mean {similar:?}?")).unwrap_or_default();
    Err(Diagnostic::error(
        "Unsupported attribute",
        format!("This object does not have an attribute named {:?}.{hint}", &**name),
    )
    .at(step.span))
}
