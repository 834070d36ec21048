//! How large a value may be. Values share their parts, so a few short expressions can describe one
//! that nobody has the time to look at, or the memory to write down.

use provision_schema::Value;

use crate::diagnostics::Diagnostics;
use crate::source::Span;

/// The greatest weight.
const MAXIMUM_WEIGHT: u32 = 1 << 24;
/// More bytes than any text can have that is not too large.
pub(super) const MAXIMUM_LENGTH: usize = (MAXIMUM_WEIGHT as usize) << 4;
/// The greatest depth. What walks through a value recurses as deep.
const MAXIMUM_DEPTH: u16 = 1000;

/// The value, unless it is too large.
pub(super) fn limited(value: Value, span: Span, diagnostics: &mut Diagnostics) -> Value {
    if value.weight() > MAXIMUM_WEIGHT {
        return too_large(span, diagnostics);
    }
    if value.depth() > MAXIMUM_DEPTH {
        let detail = format!("Values can be nested at most {MAXIMUM_DEPTH} levels deep.");
        diagnostics.error("Value nested too deep", detail, span);
        return Value::dynamic();
    }
    value
}

pub(super) fn too_large(span: Span, diagnostics: &mut Diagnostics) -> Value {
    let detail = format!(
        "This value would have more than {MAXIMUM_WEIGHT} parts. A part counts as often as the \
         value has it, and texts count by their length."
    );
    diagnostics.error("Value too large", detail, span);
    Value::dynamic()
}

/// How much has been collected of a value that is not complete yet.
#[derive(Default)]
pub(super) struct Weight(u32);

impl Weight {
    /// Whether there is room for another part.
    pub(super) fn takes(&mut self, part: &Value) -> bool {
        self.0 = self.0.saturating_add(part.weight());
        self.0 <= MAXIMUM_WEIGHT
    }
}
