//! `locals` blocks.

use crate::ast::Block;
use crate::config::decode::Cx;
use crate::config::model::Local;

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> Vec<Local> {
    let attributes = cx.just_attributes(&block.body);
    let locals = attributes.into_iter().map(|attribute| {
        cx.check_name(&attribute.name, "Invalid local value name");
        Local { name: attribute.name, expr: attribute.expr }
    });
    locals.collect()
}
