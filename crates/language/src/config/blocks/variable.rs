//! `variable` blocks.

use provision_schema::Type;

use crate::ast::{Attribute, Block, ExprKind, JsonKind, Name};
use crate::config::blocks::conditions;
use crate::config::decode::{Cx, Shape};
use crate::config::drafts::{TypeConstraint, VariableDraft};
use crate::config::model::Condition;
use crate::config::{text, types, walk};

const VARIABLE: Shape = Shape {
    required: &[],
    optional: &[
        "description",
        "default",
        "type",
        "sensitive",
        "deprecated",
        "nullable",
        "ephemeral",
        "const",
    ],
    blocks: &[("validation", &[])],
};

/// What a `module` block understands itself, so no variable can be given under these names.
const RESERVED: [&str; 9] = [
    "source",
    "version",
    "providers",
    "provider",
    "count",
    "for_each",
    "lifecycle",
    "depends_on",
    "locals",
];

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> Option<VariableDraft> {
    let name = block.labels.first()?.clone();
    let found = cx.content(&block.body, &VARIABLE);
    cx.check_name(&name, "Invalid variable name");
    if RESERVED.contains(&&*name.text) {
        let detail = format!(
            "The variable name {:?} is reserved due to its special meaning inside module blocks.",
            &*name.text
        );
        cx.error("Invalid variable name", detail, name.span);
    }
    let ty = found.attribute("type").map(|attribute| decode_type(attribute, cx));
    let default = found
        .attribute("default")
        .and_then(|attribute| Some((cx.constant(attribute)?, attribute.expr.span)));
    let deprecated = found
        .attribute("deprecated")
        .and_then(|attribute| decode_deprecated(attribute, "variable", &name, cx));
    let mut bool_of = |name| found.attribute(name).and_then(|it| cx.bool_constant(it));
    let (sensitive, nullable) = (bool_of("sensitive"), bool_of("nullable"));
    let (ephemeral, constant) = (bool_of("ephemeral"), bool_of("const"));
    if constant == Some(true) {
        for (argument, set) in [("sensitive", sensitive), ("ephemeral", ephemeral)] {
            if set == Some(true)
                && let Some(attribute) = found.attribute("const")
            {
                let detail = format!(
                    "A variable with \"const\" is known before anything is evaluated and cannot \
                     be {argument}."
                );
                cx.error("Invalid combination of arguments", detail, attribute.span);
            }
        }
    }
    let description = found.attribute("description").and_then(|it| cx.string_constant(it));
    let mut validations = Vec::new();
    for block in &found.blocks {
        if let Some(validation) = conditions::decode(block, cx) {
            check_refers_to_variable(&validation, &name, cx);
            validations.push(validation);
        }
    }
    Some(VariableDraft {
        ty: ty.map(|ty| ty.unwrap_or(TypeConstraint { ty: Type::Dynamic, defaults: None })),
        name,
        default,
        description: description.map(|text| text.text.to_string()),
        sensitive,
        ephemeral,
        nullable,
        constant,
        deprecated,
        validations,
        span: block.span,
        overridden_at: None,
    })
}

/// The message of a `deprecated` argument, which must say something.
pub(super) fn decode_deprecated(
    attribute: &Attribute,
    what: &str,
    name: &Name,
    cx: &mut Cx<'_>,
) -> Option<String> {
    let text = cx.string_constant(attribute)?;
    if text.trim().is_empty() {
        let detail = format!(
            "The \"deprecated\" argument must not be empty, and should provide instructions on \
             how to migrate away from usage of this deprecated {what}."
        );
        cx.error("Invalid `deprecated` value", detail, name.span);
        return None;
    }
    Some(text.text.to_string())
}

pub(super) fn decode_type(attribute: &Attribute, cx: &mut Cx<'_>) -> Option<TypeConstraint> {
    if let Some(json) = &attribute.json {
        let JsonKind::String(source) = &json.kind else {
            let detail = "A type constraint must be written in a string.";
            cx.error("Invalid type specification", detail, json.span);
            return None;
        };
        let expr = text::parse_expression(source, json.span, cx.sources, cx.diagnostics)?;
        return types::type_constraint(&expr, cx.diagnostics);
    }
    let quoted = match &attribute.expr.kind {
        ExprKind::Literal(value) => value.as_str(),
        _ => None,
    };
    let Some(quoted) = quoted else {
        return types::type_constraint(&attribute.expr, cx.diagnostics);
    };
    let advice = match quoted {
        "string" => "Remove the quotes around \"string\".".to_owned(),
        "list" | "map" => format!(
            "Remove the quotes around {quoted:?} and write {quoted}(string) instead to \
             explicitly indicate that the {quoted} elements are strings."
        ),
        _ => {
            let detail = "To provide a full type expression, remove the surrounding quotes and \
                          give the type expression directly.";
            cx.error("Invalid legacy variable type hint", detail, attribute.expr.span);
            return None;
        }
    };
    let detail =
        format!("Type constraints in quotes belong to versions before 0.12 and are gone. {advice}");
    cx.error("Invalid quoted type constraints", detail, attribute.expr.span);
    None
}

/// A condition that never looks at the variable would blame it for something else.
fn check_refers_to_variable(validation: &Condition, name: &Name, cx: &mut Cx<'_>) {
    let refers = walk::references(&validation.condition).iter().any(|reference| {
        let first = reference.steps.first().map(|step| &step.kind);
        &*reference.root.text == "var"
            && matches!(first, Some(crate::ast::StepKind::Attribute(it)) if *it == name.text)
    });
    if !refers {
        let name = &name.text;
        let detail = format!(
            "The condition for variable {name:?} must refer to var.{name} in order to test \
             incoming values."
        );
        let at = validation.condition.span;
        cx.error("Invalid variable validation condition", detail, at);
    }
}
