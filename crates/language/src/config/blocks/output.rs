//! `output` blocks.

use crate::ast::Block;
use crate::config::blocks::{conditions, variable};
use crate::config::decode::{Cx, Shape};
use crate::config::drafts::OutputDraft;

const OUTPUT: Shape = Shape {
    required: &["value"],
    optional: &["description", "depends_on", "sensitive", "deprecated", "ephemeral", "type"],
    blocks: &[("precondition", &[]), ("postcondition", &[])],
};

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> Option<OutputDraft> {
    let name = block.labels.first()?.clone();
    let found = cx.content(&block.body, &OUTPUT);
    cx.check_name(&name, "Invalid output name");
    let ty = found.attribute("type").and_then(|it| variable::decode_type(it, cx));
    let description = found.attribute("description").and_then(|it| cx.string_constant(it));
    let sensitive = found.attribute("sensitive").and_then(|it| cx.bool_constant(it));
    let ephemeral = found.attribute("ephemeral").and_then(|it| cx.bool_constant(it));
    let deprecated = found
        .attribute("deprecated")
        .and_then(|attribute| variable::decode_deprecated(attribute, "output", &name, cx));
    let depends_on = found.attribute("depends_on").map(|it| cx.depends_on(it));
    let mut preconditions = Vec::new();
    for block in &found.blocks {
        if &*block.kind.text == "precondition" {
            preconditions.extend(conditions::decode(block, cx));
        } else {
            let detail = "Output values can only have preconditions, not postconditions.";
            cx.error("Postconditions are not allowed", detail, block.kind.span);
        }
    }
    Some(OutputDraft {
        name,
        value: found.expr("value"),
        ty,
        description: description.map(|text| text.text.to_string()),
        sensitive,
        ephemeral,
        deprecated,
        depends_on: depends_on.unwrap_or_default(),
        preconditions,
        span: block.span,
    })
}
