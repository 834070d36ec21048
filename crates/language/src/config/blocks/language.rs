//! `language` blocks: which versions of the language a module is written for.

use crate::ast::{Attribute, Block, Name};
use crate::config::decode::{Cx, Shape, keyword};
use crate::config::versions::{COMPATIBLE_VERSION, Constraints, Version};

const LANGUAGE: Shape = Shape {
    required: &[],
    optional: &["edition", "experiments"],
    blocks: &[("compatible_with", &[])],
};

/// Other arguments and blocks are for other programs.
const COMPATIBLE_WITH: Shape = Shape { required: &[], optional: &["opentofu"], blocks: &[] };

const EDITION: &str = "tofu2024";

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) {
    if cx.overrides {
        let detail = "Language-related settings in \"language\" blocks are not allowed in \
                      override files. Place these settings in a normal configuration file.";
        cx.error("Language selections in override file", detail, block.span);
        return;
    }
    let found = cx.content(&block.body, &LANGUAGE);
    if let Some(attribute) = found.attribute("edition") {
        match keyword(attribute.into()).as_deref() {
            Some(EDITION) => (),
            Some(other) => {
                let detail = format!(
                    "Only the language edition {EDITION} is supported here, not {other:?}."
                );
                cx.error("Unsupported language edition", detail, attribute.expr.span);
            }
            None => {
                let detail = format!(
                    "The \"edition\" argument expects a bare language edition keyword. Only \
                     {EDITION} is supported, which is the default."
                );
                cx.error("Invalid language edition", detail, attribute.expr.span);
            }
        }
    }
    if let Some(attribute) = found.attribute("experiments") {
        for item in cx.list(attribute.into()) {
            match keyword(item) {
                Some(name) => {
                    let detail =
                        format!("There is no current experiment with the keyword {name:?}.");
                    cx.error("Unknown experiment keyword", detail, item.span());
                }
                None => {
                    let detail = "Elements of \"experiments\" must all be keywords representing \
                                  active experiments.";
                    cx.error("Invalid experiment keyword", detail, item.span());
                }
            }
        }
    }
    let mut seen = None;
    for block in &found.blocks {
        let (found, _) = cx.partial_content(&block.body, &COMPATIBLE_WITH);
        let Some(attribute) = found.attribute("opentofu") else { continue };
        if let Some(first) = seen {
            let detail = format!(
                "Each language block may have at most one compatible_with block referring to \
                 OpenTofu. The version constraint was already declared at {}.",
                cx.place(first)
            );
            cx.error("Duplicate compatible_with block", detail, block.span);
            continue;
        }
        seen = Some(block.span);
        let Some(version) = version_constraint(attribute, cx) else { continue };
        check_version(&version, cx);
        let old = Version::parse("1.11.0");
        if old.zip(Constraints::parse(&version)).is_some_and(|(old, it)| it.allow(&old)) {
            let detail = "The compatible_with block was added in version 1.12.0, so a constraint \
                          specified this way should exclude earlier versions.";
            cx.warning("Ineffective version constraint", detail, attribute.span);
        }
    }
}

/// A version constraint in its written form, which is well-formed.
pub(super) fn version_constraint(attribute: &Attribute, cx: &mut Cx<'_>) -> Option<Name> {
    let value = cx.constant(attribute)?;
    let Some(text) = value.as_arc_str().cloned() else {
        let detail = format!("A string value is required for {}.", &*attribute.name);
        cx.error("Invalid version constraint", detail, attribute.expr.span);
        return None;
    };
    if Constraints::parse(&text).is_none() {
        let detail = "This string does not use correct version constraint syntax.";
        cx.error("Invalid version constraint", detail, attribute.expr.span);
        return None;
    }
    Some(Name { text, span: attribute.expr.span })
}

/// Whether the version that is understood here satisfies the constraint.
pub(super) fn check_version(required: &Name, cx: &mut Cx<'_>) {
    let Some(constraints) = Constraints::parse(required) else { return };
    if constraints.name_prerelease() {
        let detail = format!(
            "Prerelease version constraints are not supported: {}. Remove the prerelease \
             information from the constraint.",
            &**required
        );
        cx.error("Invalid required_version constraint", detail, required.span);
        return;
    }
    let own = Version::parse(COMPATIBLE_VERSION);
    if own.is_some_and(|own| !constraints.allow(&own)) {
        let detail = format!(
            "This configuration does not support the language of OpenTofu {COMPATIBLE_VERSION}, \
             which is what is understood here. If the constraint is stricter than it has to be, \
             relax it."
        );
        cx.error("Unsupported OpenTofu Core version", detail, required.span);
    }
}
