//! The arguments of module calls against the variables of the modules called.

use super::model::{Module, ModuleCall};
use crate::ast::Body;
use crate::diagnostics::Diagnostics;
use crate::syntax::did_you_mean;

/// Checks the call of `child`, and not what the child itself calls.
pub(super) fn check(call: &ModuleCall, child: &Module, diagnostics: &mut Diagnostics) {
    if let Body::Native(body) = &call.body {
        for block in &body.blocks {
            let name = &*block.kind.text;
            let detail = match child.variables.contains_key(&block.kind.text) {
                true => format!(
                    "Blocks of type {name:?} are not expected here. Did you mean to define \
                     argument {name:?}? If so, use the equals sign to assign it a value."
                ),
                false => format!("Blocks of type {name:?} are not expected here."),
            };
            diagnostics.error("Unsupported block type", detail, block.kind.span);
        }
    }
    let attributes = call.body.just_attributes(&mut Diagnostics::new());
    for attribute in &attributes {
        if child.variables.contains_key(&attribute.name.text) {
            continue;
        }
        let name = &*attribute.name.text;
        let hint = did_you_mean(name, child.variables.keys().map(|name| &**name));
        let detail = format!("An argument named {name:?} is not expected here.{hint}");
        diagnostics.error("Unsupported argument", detail, attribute.name.span);
    }
    for (name, variable) in &child.variables {
        let given = attributes.iter().any(|attribute| attribute.name.text == *name);
        if variable.is_required() && !given {
            let detail = format!("The argument {name:?} is required, but no definition was found.");
            diagnostics.error("Missing required argument", detail, call.span);
        }
    }
}
