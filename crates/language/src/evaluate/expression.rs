//! Expressions: literals, references, calls, conditionals, `for` and splats.

use provision_schema::Value;

use super::Scope;
use crate::ast::{Expr, Step};
use crate::diagnostics::Diagnostics;

/// The value of an expression. After an error it is unknown, and `diagnostics` says why.
pub fn evaluate(_expr: &Expr, _scope: &Scope<'_>, _diagnostics: &mut Diagnostics) -> Value {
    Value::dynamic()
}

/// The value reached from `value` by the steps.
pub fn access(
    value: Value,
    _steps: &[Step],
    _scope: &Scope<'_>,
    _diagnostics: &mut Diagnostics,
) -> Value {
    value
}
