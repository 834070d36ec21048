//! Which names the expressions of a configuration refer to.

use std::sync::Arc;

use crate::ast::{
    Attribute, Block, Body, Call, Expr, ExprKind, Json, JsonKind, Name, NativeBody, Reference,
    Step, StepKind, TemplatePart,
};
use crate::diagnostics::Diagnostics;
use crate::syntax::json_expression;

/// Calls `found` for every reference in the expression whose root is not bound inside it.
pub fn visit_expression<'a>(expr: &'a Expr, found: &mut dyn FnMut(&'a Reference)) {
    Visitor { bound: Vec::new(), found, called: &mut |_| () }.expression(expr);
}

/// Calls `called` for every call in the expression, the outer ones first.
pub fn visit_calls<'a>(expr: &'a Expr, called: &mut dyn FnMut(&'a Call)) {
    Visitor { bound: Vec::new(), found: &mut |_| (), called }.expression(expr);
}

/// The references in the expression whose roots are not bound inside it.
pub fn of_expression(expr: &Expr) -> Vec<&Reference> {
    let mut references = Vec::new();
    visit_expression(expr, &mut |reference| references.push(reference));
    references
}

/// The references in a body, nested blocks included. The names that `dynamic` blocks bind are
/// not references; which blocks are dynamic shows without a schema.
pub fn of_body(body: &Body) -> Vec<Reference> {
    let mut references = Vec::new();
    match body {
        Body::Native(native) => {
            let mut found = |reference: &Reference| references.push(reference.clone());
            let called = &mut |_: &Call| ();
            let mut visitor = Visitor { bound: Vec::new(), found: &mut found, called };
            visitor.native_body(native);
        }
        Body::Json(json) => json_references(&json.value, &mut Vec::new(), &mut references),
    }
    references
}

struct Visitor<'v, 'a> {
    bound: Vec<Arc<str>>,
    found: &'v mut dyn FnMut(&'a Reference),
    called: &'v mut dyn FnMut(&'a Call),
}

impl<'a> Visitor<'_, 'a> {
    fn expression(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Literal(_) => (),
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::TemplateWrap(inner)
            | ExprKind::Parentheses(inner)
            | ExprKind::Unary(_, inner) => self.expression(inner),
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.expression(item)),
            ExprKind::Object(items) => {
                for item in items {
                    self.expression(&item.key);
                    self.expression(&item.value);
                }
            }
            ExprKind::Reference(reference) => {
                if !self.bound.contains(&reference.root.text) {
                    (self.found)(reference);
                }
                self.steps(&reference.steps);
            }
            ExprKind::Access(inner, steps) => {
                self.expression(inner);
                self.steps(steps);
            }
            ExprKind::Call(call) => {
                (self.called)(call);
                // The second argument of `convert` is a type, whose names refer to nothing.
                let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
                let count = if name == "convert" { 1 } else { call.arguments.len() };
                call.arguments.iter().take(count).for_each(|it| self.expression(it));
            }
            ExprKind::Conditional(parts) => parts.iter().for_each(|it| self.expression(it)),
            ExprKind::Binary(_, operands) => operands.iter().for_each(|it| self.expression(it)),
            ExprKind::For(it) => {
                self.expression(&it.collection);
                let names = it.key_variable.iter().chain([&it.value_variable]);
                self.bind(names, |inner| {
                    let parts = it.key.iter().chain([&it.value]).chain(&it.condition);
                    parts.for_each(|part| inner.expression(part));
                });
            }
        }
    }

    fn bind<'n>(&mut self, names: impl Iterator<Item = &'n Name>, inside: impl FnOnce(&mut Self)) {
        let depth = self.bound.len();
        self.bound.extend(names.map(|name| name.text.clone()));
        inside(self);
        self.bound.truncate(depth);
    }

    fn steps(&mut self, steps: &'a [Step]) {
        for step in steps {
            match &step.kind {
                StepKind::Attribute(_) => (),
                StepKind::Index(key) => self.expression(key),
                StepKind::Splat(each) => self.steps(each),
            }
        }
    }

    fn template(&mut self, parts: &'a [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => (),
                TemplatePart::Interpolation(expr) => self.expression(expr),
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.expression(condition);
                    self.template(then);
                    self.template(otherwise);
                }
                TemplatePart::For(it) => {
                    self.expression(&it.collection);
                    let names = it.key_variable.iter().chain([&it.value_variable]);
                    self.bind(names, |inner| inner.template(&it.body));
                }
            }
        }
    }

    fn native_body(&mut self, body: &'a NativeBody) {
        body.attributes.iter().for_each(|it| self.expression(&it.expr));
        body.blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &'a Block) {
        let Body::Native(body) = &block.body else { return };
        let Some(label) = block.labels.first().filter(|_| &*block.kind == "dynamic") else {
            return self.native_body(body);
        };
        let iterator = body.attributes.iter().find(|it| &*it.name == "iterator");
        let iterator = iterator.and_then(iterator_name).unwrap_or_else(|| label.text.clone());
        for attribute in body.attributes.iter().filter(|it| &*it.name == "for_each") {
            self.expression(&attribute.expr);
        }
        self.bound.push(iterator);
        for attribute in body.attributes.iter().filter(|it| &*it.name == "labels") {
            self.expression(&attribute.expr);
        }
        body.blocks.iter().for_each(|block| self.block(block));
        self.bound.pop();
    }
}

fn iterator_name(attribute: &Attribute) -> Option<Arc<str>> {
    match &attribute.expr.kind {
        ExprKind::Reference(reference) => Some(reference.root.text.clone()),
        _ => None,
    }
}

/// In JSON every string may be a template, and `dynamic` is a property whose properties are the
/// kinds of blocks to make.
fn json_references(json: &Json, bound: &mut Vec<Arc<str>>, references: &mut Vec<Reference>) {
    match &json.kind {
        JsonKind::Object(properties) => {
            for (name, value) in properties {
                match &**name {
                    "//" => (),
                    "dynamic" => dynamic_json_references(value, bound, references),
                    _ => json_references(value, bound, references),
                }
            }
        }
        JsonKind::Array(items) => {
            items.iter().for_each(|item| json_references(item, bound, references));
        }
        JsonKind::String(_) => {
            let expr = json_expression(json, &mut Diagnostics::new());
            let found = of_expression(&expr);
            let free = found.into_iter().filter(|it| !bound.contains(&it.root.text));
            references.extend(free.cloned());
        }
        JsonKind::Null | JsonKind::Bool(_) | JsonKind::Number(_) => (),
    }
}

fn dynamic_json_references(
    json: &Json,
    bound: &mut Vec<Arc<str>>,
    references: &mut Vec<Reference>,
) {
    match &json.kind {
        JsonKind::Array(items) => {
            items.iter().for_each(|item| dynamic_json_references(item, bound, references));
        }
        JsonKind::Object(kinds) => {
            for (kind, bodies) in kinds {
                let bodies = match &bodies.kind {
                    JsonKind::Array(items) => items.as_slice(),
                    _ => std::slice::from_ref(bodies),
                };
                for body in bodies {
                    let JsonKind::Object(properties) = &body.kind else { continue };
                    let iterator =
                        properties.iter().find_map(|(name, value)| match (&**name, &value.kind) {
                            ("iterator", JsonKind::String(text)) => Some(text.clone()),
                            _ => None,
                        });
                    for (name, value) in properties {
                        match &**name {
                            "iterator" | "//" => (),
                            "for_each" => json_references(value, bound, references),
                            _ => {
                                bound.push(iterator.clone().unwrap_or_else(|| kind.text.clone()));
                                json_references(value, bound, references);
                                bound.pop();
                            }
                        }
                    }
                }
            }
        }
        _ => (),
    }
}
