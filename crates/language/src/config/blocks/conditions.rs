//! `validation`, `precondition`, `postcondition` and `assert` blocks.

use provision_schema::address::Resource as ResourceAddress;

use crate::ast::{Block, Expr};
use crate::config::decode::{Cx, Shape};
use crate::config::model::Condition;
use crate::config::subjects::resource_of;
use crate::config::walk;

const CONDITION: Shape =
    Shape { required: &["condition", "error_message"], optional: &[], blocks: &[] };

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> Option<Condition> {
    let kind = &*block.kind.text;
    if cx.overrides {
        let detail = format!("Override files cannot override {kind:?} blocks.");
        cx.error(format!("Can't override {kind} blocks"), detail, block.span);
        return None;
    }
    let found = cx.content(&block.body, &CONDITION);
    let condition = found.expr("condition");
    if let Some(condition) = &condition
        && walk::references(condition).is_empty()
    {
        let detail = "The condition expression must refer to at least one object from elsewhere \
                      in the configuration, or else its result would not be checking anything.";
        cx.error(format!("Invalid {kind} expression"), detail, condition.span);
    }
    let error_message = found.expr("error_message")?;
    Some(Condition { condition: condition?, error_message, span: block.span })
}

/// A condition of a resource cannot look at the resource by its address.
pub(super) fn check_self_reference(
    kind: &str,
    condition: &Condition,
    address: &ResourceAddress,
    cx: &mut Cx<'_>,
) {
    let mut check = |expr: &Expr| {
        let own = |reference: &&_| resource_of(reference).as_ref() == Some(address);
        if walk::references(expr).iter().any(own) {
            let detail = format!("Configuration for {address} may not refer to itself.");
            cx.error(format!("Invalid reference in {kind}"), detail, expr.span);
        }
    };
    check(&condition.condition);
    check(&condition.error_message);
}
