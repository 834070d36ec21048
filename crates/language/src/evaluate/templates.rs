//! Templates.

use provision_schema::Value;

use super::Scope;
use crate::ast::TemplatePart;
use crate::diagnostics::Diagnostics;

/// The string that a template yields.
pub fn evaluate_template(
    _parts: &[TemplatePart],
    _scope: &Scope<'_>,
    _diagnostics: &mut Diagnostics,
) -> Value {
    Value::dynamic()
}
