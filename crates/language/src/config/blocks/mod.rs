//! The blocks of a file, each kind in a file of its own.

mod check;
mod conditions;
mod data;
mod language;
mod lifecycle;
mod locals;
mod module;
mod output;
mod provider;
mod provisioner;
mod refactoring;
mod required_providers;
mod resource;
mod terraform;
mod variable;

use super::decode::{Cx, Shape};
use super::drafts::FileDraft;
use crate::ast::Body;

const FILE: Shape = Shape {
    required: &[],
    optional: &[],
    blocks: &[
        ("terraform", &[]),
        ("language", &[]),
        // Not valid here; listed so that the error can say where it belongs.
        ("required_providers", &[]),
        ("provider", &["name"]),
        ("variable", &["name"]),
        ("locals", &[]),
        ("output", &["name"]),
        ("module", &["name"]),
        ("resource", &["type", "name"]),
        ("data", &["type", "name"]),
        ("ephemeral", &["type", "name"]),
        ("moved", &[]),
        ("removed", &[]),
        ("import", &[]),
        ("check", &["name"]),
    ],
};

/// Everything that a file declares; what is wrong with it goes to the diagnostics.
pub(super) fn decode_file(body: &Body, cx: &mut Cx<'_>) -> FileDraft {
    let mut file = FileDraft { overrides: cx.overrides, ..FileDraft::default() };
    let found = cx.content(body, &FILE);
    for block in &found.blocks {
        match &*block.kind.text {
            "terraform" => terraform::decode(block, &mut file, cx),
            "language" => language::decode(block, cx),
            "required_providers" => {
                let detail = "A \"required_providers\" block must be nested inside a \
                              \"terraform\" block.";
                cx.error("Invalid required_providers block", detail, block.kind.span);
            }
            "provider" => file.providers.extend(provider::decode(block, cx)),
            "variable" => file.variables.extend(variable::decode(block, cx)),
            "locals" => file.locals.extend(locals::decode(block, cx)),
            "output" => file.outputs.extend(output::decode(block, cx)),
            "module" => file.calls.extend(module::decode(block, cx)),
            "resource" => file.resources.extend(resource::decode(block, cx)),
            "data" => file.resources.extend(data::decode(block, None, cx)),
            "ephemeral" => file.resources.extend(data::decode_ephemeral(block, cx)),
            "moved" => file.moved.extend(refactoring::decode_moved(block, cx)),
            "removed" => file.removed.extend(refactoring::decode_removed(block, cx)),
            "import" => file.imports.extend(refactoring::decode_import(block, cx)),
            "check" => check::decode(block, &mut file, cx),
            _ => (),
        }
    }
    file
}
