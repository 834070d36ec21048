//! Finds what an expression refers to, without evaluating it.

use std::sync::Arc;

use crate::ast::{Call, Expr, ExprKind, Reference, Step, StepKind, TemplatePart};

/// The references and calls of an expression. Names that `for` binds are no references.
#[derive(Default)]
pub(super) struct Uses<'a> {
    pub(super) references: Vec<&'a Reference>,
    pub(super) calls: Vec<&'a Call>,
    bound: Vec<Arc<str>>,
}

/// The references of an expression, those inside index keys included.
pub(super) fn references(expr: &Expr) -> Vec<&Reference> {
    uses(expr).references
}

pub(super) fn uses(expr: &Expr) -> Uses<'_> {
    let mut found = Uses::default();
    found.expr(expr);
    found
}

impl<'a> Uses<'a> {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Literal(_) => (),
            ExprKind::Template(parts) => self.parts(parts),
            ExprKind::TemplateWrap(inner)
            | ExprKind::Parentheses(inner)
            | ExprKind::Unary(_, inner) => self.expr(inner),
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Object(items) => items.iter().for_each(|item| {
                self.expr(&item.key);
                self.expr(&item.value);
            }),
            ExprKind::Reference(reference) => {
                if !self.bound.contains(&reference.root.text) {
                    self.references.push(reference);
                }
                self.steps(&reference.steps);
            }
            ExprKind::Access(inner, steps) => {
                self.expr(inner);
                self.steps(steps);
            }
            ExprKind::Call(call) => {
                self.calls.push(call);
                call.arguments.iter().for_each(|argument| self.expr(argument));
            }
            ExprKind::Conditional(parts) => parts.iter().for_each(|part| self.expr(part)),
            ExprKind::Binary(_, sides) => sides.iter().for_each(|side| self.expr(side)),
            ExprKind::For(it) => {
                self.expr(&it.collection);
                let names = it.key_variable.iter().chain([&it.value_variable]);
                let names: Vec<Arc<str>> = names.map(|name| name.text.clone()).collect();
                self.bound(names, |uses| {
                    let inner = it.key.iter().chain([&it.value]).chain(&it.condition);
                    inner.for_each(|expr| uses.expr(expr));
                });
            }
        }
    }

    fn bound(&mut self, names: Vec<Arc<str>>, inside: impl FnOnce(&mut Self)) {
        let outer = self.bound.len();
        self.bound.extend(names);
        inside(self);
        self.bound.truncate(outer);
    }

    fn steps(&mut self, steps: &'a [Step]) {
        for step in steps {
            match &step.kind {
                StepKind::Attribute(_) => (),
                StepKind::Index(key) => self.expr(key),
                StepKind::Splat(inner) => self.steps(inner),
            }
        }
    }

    fn parts(&mut self, parts: &'a [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => (),
                TemplatePart::Interpolation(expr) => self.expr(expr),
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.expr(condition);
                    self.parts(then);
                    self.parts(otherwise);
                }
                TemplatePart::For(it) => {
                    self.expr(&it.collection);
                    let names = it.key_variable.iter().chain([&it.value_variable]);
                    let names: Vec<Arc<str>> = names.map(|name| name.text.clone()).collect();
                    self.bound(names, |uses| uses.parts(&it.body));
                }
            }
        }
    }
}
