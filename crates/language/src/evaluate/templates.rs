//! Templates: literal text with interpolations, `if` and `for`.

use std::sync::Arc;

use provision_schema::convert::convert;
use provision_schema::{Marks, Refinement, Type, Value};
use unicode_segmentation::UnicodeSegmentation as _;

use super::explain::explain_subject;
use super::limits::MAXIMUM_LENGTH;
use super::{Iteration, Scope, evaluate, iterate};
use crate::ast::{TemplateFor, TemplatePart};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

const INVALID: &str = "Invalid template interpolation value";

/// The string that a template yields.
pub fn evaluate_template(
    parts: &[TemplatePart],
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let mut output = Output::default();
    render(parts, scope, &mut output, diagnostics);
    let result = if output.failed {
        Value::unknown(Type::String)
    } else if output.known {
        Value::string(output.text)
    } else {
        Value::unknown_refined(Type::String, Refinement::prefix(safe_prefix(&output.text)))
    };
    result.with_marks(output.marks)
}

/// The text so far; once something was unknown, only the text in front of that.
struct Output {
    text: String,
    known: bool,
    failed: bool,
    marks: Marks,
}

impl Default for Output {
    fn default() -> Output {
        Output { text: String::new(), known: true, failed: false, marks: Marks::NONE }
    }
}

impl Output {
    /// Once the text is too long, which its evaluation will say, nothing need be added to it.
    fn push(&mut self, text: &str) {
        if self.known && self.text.len() <= MAXIMUM_LENGTH {
            self.text.push_str(text);
        }
    }
}

fn render(
    parts: &[TemplatePart],
    scope: &Scope<'_>,
    output: &mut Output,
    diagnostics: &mut Diagnostics,
) {
    for part in parts {
        match part {
            TemplatePart::Literal(text) => output.push(text),
            TemplatePart::Interpolation(expr) => {
                let before = diagnostics.len();
                let value = evaluate(expr, scope, diagnostics);
                if diagnostics.iter().skip(before).any(Diagnostic::is_error) {
                    (output.failed, output.known) = (true, false);
                    output.marks |= value.marks();
                    continue;
                }
                interpolate(value, expr.span, output, diagnostics);
                explain_subject(expr, scope, before, diagnostics);
            }
            TemplatePart::If { condition, then, otherwise, span } => {
                let arms = (then.as_slice(), otherwise.as_slice());
                render_if(condition, arms, *span, scope, output, diagnostics);
            }
            TemplatePart::For(it) => render_for(it, scope, output, diagnostics),
        }
    }
}

fn interpolate(value: Value, span: Span, output: &mut Output, diagnostics: &mut Diagnostics) {
    let (value, marks) = value.unmark();
    output.marks |= marks;
    let mut fail = |detail: String| {
        diagnostics.error(INVALID, detail, span);
        (output.failed, output.known) = (true, false);
    };
    if value.is_null() {
        return fail(
            "The expression result is null. Cannot include a null value in a string template."
                .to_owned(),
        );
    }
    if let Some(unknown) = value.as_unknown() {
        // What an unknown text begins with is certain all the same.
        if let Some(prefix) = &unknown.refinement.prefix {
            output.push(prefix);
        }
        output.known = false;
        return;
    }
    match convert(&value, &Type::String) {
        Ok(text) => output.push(text.as_str().unwrap_or_default()),
        Err(error) => {
            fail(format!("Cannot include the given value in a string template: {error}."));
        }
    }
}

fn render_if(
    condition_expr: &crate::ast::Expr,
    (then, otherwise): (&[TemplatePart], &[TemplatePart]),
    span: Span,
    scope: &Scope<'_>,
    output: &mut Output,
    diagnostics: &mut Diagnostics,
) {
    let before = diagnostics.len();
    let condition = evaluate(condition_expr, scope, diagnostics);
    let failed = diagnostics.iter().skip(before).any(Diagnostic::is_error);
    if condition.is_null() {
        let detail = "The condition value is null. Conditions must either be true or false.";
        diagnostics.error("Null condition", detail, condition_expr.span);
        (output.failed, output.known) = (true, false);
        return;
    }
    let (condition, marks) = condition.unmark_deep();
    output.marks |= marks;
    let Ok(condition) = convert(&condition, &Type::Bool) else {
        let detail = "The condition expression must be of type bool.";
        diagnostics.push(
            Diagnostic::error("Incorrect condition type", detail)
                .at(condition_expr.span)
                .within(span),
        );
        (output.failed, output.known) = (true, false);
        return;
    };
    // The marks of both arms count, whichever is taken.
    let mut arms = [then, otherwise].map(|arm| {
        let mut inner = Output::default();
        let mut found = Diagnostics::new();
        render(arm, scope, &mut inner, &mut found);
        output.marks |= inner.marks;
        (inner, found)
    });
    match condition.as_bool() {
        Some(chosen) => {
            let (inner, found) = &mut arms[usize::from(!chosen)];
            output.push(&inner.text);
            output.known &= inner.known;
            output.failed |= inner.failed;
            diagnostics.extend(std::mem::take(found));
        }
        None => {
            output.known = false;
            output.failed |= failed;
        }
    }
}

fn render_for(
    it: &TemplateFor,
    scope: &Scope<'_>,
    output: &mut Output,
    diagnostics: &mut Diagnostics,
) {
    let before = diagnostics.len();
    let collection = evaluate(&it.collection, scope, diagnostics);
    let mut failed = diagnostics.iter().skip(before).any(Diagnostic::is_error);
    let (collection, marks) = collection.unmark();
    output.marks |= marks;
    if collection.is_null() {
        let detail = "A null value cannot be used as the collection in a 'for' expression.";
        diagnostics.error("Iteration over null value", detail, it.collection.span);
        failed = true;
    } else {
        match iterate(&collection) {
            Iteration::Elements(elements) => {
                for (key, value) in elements {
                    let key_name = it.key_variable.as_ref().map(|name| (name.text.clone(), key));
                    let names: Vec<(Arc<str>, Value)> = key_name
                        .into_iter()
                        .chain([(it.value_variable.text.clone(), value)])
                        .collect();
                    render(&it.body, &scope.with(names), output, diagnostics);
                }
                return;
            }
            Iteration::Unknown => (),
            Iteration::Impossible => {
                let detail = format!(
                    "A value of type {} cannot be used as the collection in a 'for' expression.",
                    collection.ty().friendly_name()
                );
                let summary = "Iteration over non-iterable value";
                diagnostics.error(summary, detail, it.collection.span);
                failed = true;
            }
        }
    }
    output.failed |= failed;
    output.known = false;
}

/// As much of a known beginning as no text behind it can change: what follows may combine with
/// the last character, unless that is one that never combines. Longer ones help nobody.
fn safe_prefix(text: &str) -> &str {
    const NEVER_COMBINES: &str = "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'=";
    const LONGEST: usize = 128;
    let text = &text[..text.floor_char_boundary(LONGEST)];
    match text.grapheme_indices(true).next_back() {
        Some((_, last)) if NEVER_COMBINES.contains(last) => text,
        Some((start, _)) => &text[..start],
        None => text,
    }
}
