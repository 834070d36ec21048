//! Values that must not outlive the run may not go into objects that do.

use provision_schema::schema::BlockSchema;

use crate::decode::Decoded;
use crate::diagnostics::Diagnostics;

/// Complains about ephemeral values in arguments that are not write-only.
pub(super) fn check(decoded: &Decoded, schema: &BlockSchema, diagnostics: &mut Diagnostics) {
    if !decoded.value.marks_deep().is_ephemeral() {
        return;
    }
    for (name, attribute) in &schema.attributes {
        let Some(value) = decoded.value.get(name) else { continue };
        if attribute.write_only || !value.marks_deep().is_ephemeral() {
            continue;
        }
        let place = decoded.attributes.get(name).map_or(decoded.span, |it| it.expr);
        diagnostics.error(
            "Invalid use of ephemeral value",
            "Ephemeral values are not valid in resource arguments, because resource instances \
             must persist between runs.",
            place,
        );
    }
    for (name, nested) in &schema.blocks {
        for block in decoded.blocks.get(name).iter().flat_map(|it| &it.items) {
            check(block, &nested.block, diagnostics);
        }
    }
}
