//! What the decoding of all kinds of blocks has in common: taking the arguments and nested blocks
//! that a block may have, and reading arguments that must be constants, keywords or references.

use std::sync::Arc;

use provision_schema::convert::convert;
use provision_schema::{Type, Value};

use super::model::{ProviderKey, ProviderReference};
use super::subjects::subject;
use super::text;
use super::walk;
use crate::ast::{
    Attribute, Block, Body, Expr, ExprKind, Json, JsonKind, Name, Reference, StepKind,
};
use crate::diagnostics::Diagnostics;
use crate::evaluate::{Names, Scope, evaluate};
use crate::functions::FunctionContext;
use crate::source::{Sources, Span};
use crate::syntax::json_literal;

pub(super) const BAD_NAME: &str = "A name must start with a letter or underscore and may contain \
                                   only letters, digits, underscores, and dashes.";

pub(super) const NOT_STATIC: &str = "A single static variable reference is required: only attribute access and indexing with \
     constant keys. No calculations, function calls, template expressions, etc are allowed here.";

/// What is at hand while the blocks of one file are decoded.
pub(super) struct Cx<'a> {
    pub(super) sources: &'a Sources,
    pub(super) diagnostics: &'a mut Diagnostics,
    /// Whether the file is an override file, in which nothing is required.
    pub(super) overrides: bool,
    /// Whether the file is for OpenTofu alone.
    pub(super) tofu: bool,
}

/// The arguments and nested blocks that a block may have.
pub(super) struct Shape {
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
    /// The type of a nested block and what its labels are.
    pub(super) blocks: &'static [(&'static str, &'static [&'static str])],
}

/// What was found of a shape.
pub(super) struct Found {
    attributes: Vec<Attribute>,
    pub(super) blocks: Vec<Block>,
}

impl Found {
    pub(super) fn new(attributes: Vec<Attribute>, blocks: Vec<Block>) -> Found {
        Found { attributes, blocks }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| *attribute.name == *name)
    }

    pub(super) fn expr(&self, name: &str) -> Option<Expr> {
        self.attribute(name).map(|attribute| attribute.expr.clone())
    }

    pub(super) fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }
}

/// An expression as written in an argument, with the JSON it stands for when the file is JSON.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) expr: &'a Expr,
    pub(super) json: Option<&'a Arc<Json>>,
}

impl<'a> From<&'a Attribute> for Written<'a> {
    fn from(attribute: &'a Attribute) -> Written<'a> {
        Written { expr: &attribute.expr, json: attribute.json.as_ref() }
    }
}

impl<'a> From<&'a Expr> for Written<'a> {
    fn from(expr: &'a Expr) -> Written<'a> {
        Written { expr, json: None }
    }
}

impl Written<'_> {
    pub(super) fn span(&self) -> Span {
        self.json.map_or(self.expr.span, |json| json.span)
    }
}

impl Cx<'_> {
    pub(super) fn error(
        &mut self,
        summary: impl Into<String>,
        detail: impl Into<String>,
        at: Span,
    ) {
        self.diagnostics.error(summary, detail, at);
    }

    pub(super) fn warning(&mut self, summary: impl Into<String>, detail: &str, at: Span) {
        self.diagnostics.warning(summary, detail, at);
    }

    /// Where something is, for use inside a sentence: `main.tf:3,1-20`.
    pub(super) fn place(&self, span: Span) -> String {
        place(self.sources, span)
    }

    pub(super) fn content(&mut self, body: &Body, shape: &Shape) -> Found {
        text::content(body, shape, !self.overrides, self.diagnostics)
    }

    pub(super) fn partial_content(&mut self, body: &Body, shape: &Shape) -> (Found, Body) {
        text::partial_content(body, shape, !self.overrides, self.diagnostics)
    }

    pub(super) fn just_attributes(&mut self, body: &Body) -> Vec<Attribute> {
        body.just_attributes(self.diagnostics)
    }

    pub(super) fn check_name(&mut self, name: &Name, summary: &str) -> bool {
        let valid = is_identifier(name);
        if !valid {
            self.error(summary, BAD_NAME, name.span);
        }
        valid
    }

    /// The value of an expression that may use neither references nor functions. Errors are
    /// reported.
    pub(super) fn constant<'w>(&mut self, written: impl Into<Written<'w>>) -> Option<Value> {
        let written = written.into();
        match written.json {
            Some(json) => Some(json_literal(json)),
            None => constant(written.expr, self.diagnostics),
        }
    }

    pub(super) fn bool_constant(&mut self, attribute: &Attribute) -> Option<bool> {
        self.constant_of(attribute, &Type::Bool)?.as_bool()
    }

    pub(super) fn string_constant(&mut self, attribute: &Attribute) -> Option<Name> {
        let text = self.constant_of(attribute, &Type::String)?.as_arc_str()?.clone();
        Some(Name { text, span: attribute.expr.span })
    }

    fn constant_of(&mut self, attribute: &Attribute, ty: &Type) -> Option<Value> {
        let value = self.constant(attribute)?;
        let problem = match convert(&value, ty) {
            Ok(value) if value.is_present() => return Some(value),
            Ok(value) if value.is_null() => format!("a {ty} is required"),
            Ok(_) => "value must be known".to_owned(),
            Err(error) => error.to_string(),
        };
        let detail = format!("Unsuitable value: {problem}");
        self.error("Unsuitable value type", detail, attribute.expr.span);
        None
    }

    /// The items of a list that is written out.
    pub(super) fn list<'w>(&mut self, written: Written<'w>) -> Vec<Written<'w>> {
        let items = match (written.json.map(|json| &json.kind), &written.expr.kind) {
            (Some(JsonKind::Array(values)), ExprKind::Tuple(exprs)) => {
                let pairs = exprs.iter().zip(values);
                Some(pairs.map(|(expr, json)| Written { expr, json: Some(json) }).collect())
            }
            (None, ExprKind::Tuple(exprs)) => {
                Some(exprs.iter().map(|expr| Written { expr, json: None }).collect())
            }
            _ => None,
        };
        items.unwrap_or_else(|| {
            let detail = "A static list expression is required.";
            self.error("Invalid expression", detail, written.span());
            Vec::new()
        })
    }

    /// The entries of a map that is written out. What stands for a key in JSON is its text.
    pub(super) fn map<'w>(&mut self, written: Written<'w>) -> Vec<(Key<'w>, Written<'w>)> {
        match (written.json.map(|json| &json.kind), &written.expr.kind) {
            (Some(JsonKind::Object(entries)), ExprKind::Object(items)) => {
                let mut pairs = Vec::with_capacity(items.len());
                for (item, (name, json)) in items.iter().zip(entries) {
                    pairs.push((Key::Text(name), Written { expr: &item.value, json: Some(json) }));
                }
                pairs
            }
            (None, ExprKind::Object(items)) => {
                items.iter().map(|it| (Key::Expr(&it.key), Written::from(&it.value))).collect()
            }
            _ => {
                let detail = "A static map expression is required.";
                self.error("Invalid expression", detail, written.span());
                Vec::new()
            }
        }
    }

    /// A reference without anything around it. In JSON, and in quotes as long ago, it is the text
    /// of a string.
    pub(super) fn reference(&mut self, written: Written<'_>) -> Option<Reference> {
        if let Some((text, span)) = quoted_text(written) {
            if written.json.is_none() {
                let detail = "References here are expected bare, without quotes. Remove the \
                              quotes to silence this warning.";
                self.warning("Quoted references are deprecated", detail, span);
            }
            return text::parse_reference(&text, span, self.sources, self.diagnostics);
        }
        match reference_of(written.expr) {
            Some(reference) => Some(reference.clone()),
            None => {
                self.error("Invalid expression", NOT_STATIC, written.span());
                None
            }
        }
    }

    /// The references of `depends_on`.
    pub(super) fn depends_on(&mut self, attribute: &Attribute) -> Vec<Reference> {
        let items = self.list(attribute.into());
        let mut references = Vec::with_capacity(items.len());
        for item in items {
            let Some(reference) = self.static_reference(item) else { continue };
            // What is no reference to anything is reported where references are followed.
            if let Ok((_, used)) = subject(&reference)
                && reference.steps.len() > used
            {
                let detail = "References in depends_on must be to a whole object (resource, \
                              etc), not to an attribute of an object.";
                self.error("Invalid depends_on reference", detail, item.span());
                continue;
            }
            references.push(reference);
        }
        references
    }

    /// A reference whose indexes are all literals.
    pub(super) fn static_reference(&mut self, written: Written<'_>) -> Option<Reference> {
        let reference = self.reference(written)?;
        if !has_constant_steps(&reference) {
            self.error("Invalid expression", NOT_STATIC, written.span());
            return None;
        }
        Some(reference)
    }

    /// A reference to a provider configuration: `aws`, `aws.west`, `aws.each_region[each.key]`.
    pub(super) fn provider(
        &mut self,
        written: Written<'_>,
        argument: &str,
    ) -> Option<ProviderReference> {
        let span = written.span();
        let reference = match quoted_text(written) {
            Some((text, span)) => {
                if written.json.is_none() {
                    let detail = "References here are expected bare, without quotes. Remove the \
                                  quotes to silence this warning.";
                    self.warning("Quoted references are deprecated", detail, span);
                }
                let mut problems = Diagnostics::new();
                text::parse_reference(&text, span, self.sources, &mut problems)
            }
            None => reference_of(written.expr).cloned(),
        };
        self.provider_reference(reference, span, argument)
    }

    pub(super) fn provider_reference(
        &mut self,
        reference: Option<Reference>,
        span: Span,
        argument: &str,
    ) -> Option<ProviderReference> {
        let Some(reference) = reference else {
            self.bad_provider_reference(argument, span);
            return None;
        };
        if !self.check_provider_name(&reference.root.text, reference.root.span) {
            return None;
        }
        let mut steps = reference.steps.into_iter();
        let alias = match steps.next().map(|step| step.kind) {
            None => None,
            Some(StepKind::Attribute(alias)) => Some(alias),
            Some(_) => {
                self.bad_provider_reference(argument, span);
                return None;
            }
        };
        let instance = match steps.next().map(|step| step.kind) {
            None => None,
            Some(StepKind::Index(key)) if alias.is_some() => Some(key),
            Some(_) => {
                self.bad_provider_reference(argument, span);
                return None;
            }
        };
        if steps.next().is_some() {
            self.bad_provider_reference(argument, span);
            return None;
        }
        let key = ProviderKey { local_name: reference.root.text, alias };
        Some(ProviderReference { key, instance, span })
    }

    fn bad_provider_reference(&mut self, argument: &str, span: Span) {
        let detail = format!(
            "The {argument:?} argument requires a provider type name, optionally followed by a \
             period and then a configuration alias."
        );
        self.error("Invalid provider configuration reference", detail, span);
    }

    /// A single bare word, which may be quoted as it was long ago.
    pub(super) fn keyword_or_quoted(&mut self, written: Written<'_>) -> Option<Arc<str>> {
        if let Some(word) = keyword(written) {
            return Some(word);
        }
        let (text, span) = quoted_text(written)?;
        if written.json.is_none() {
            let detail = "Keywords here are expected bare, without quotes. Remove the quotes to \
                          silence this warning.";
            self.warning("Quoted keywords are deprecated", detail, span);
        }
        Some(text)
    }

    /// Whether the local name of a provider is well-formed.
    pub(super) fn check_provider_name(&mut self, name: &str, at: Span) -> bool {
        match normal_provider_part(name) {
            Ok(normal) if normal == name => true,
            Ok(normal) => {
                let detail = format!(
                    "Provider names must be normalized. Replace {name:?} with {normal:?} to fix \
                     this error."
                );
                self.error("Invalid provider local name", detail, at);
                false
            }
            Err(problem) => {
                let detail = format!("{name} is an invalid provider local name: {problem}");
                self.error("Invalid provider local name", detail, at);
                false
            }
        }
    }

    /// The second block of a type of which there may be one.
    pub(super) fn duplicate_block(&mut self, what: &str, owner: &str, first: Span, second: Span) {
        let detail = format!("{owner} already has a {what} block at {}.", self.place(first));
        self.error(format!("Duplicate {what} block"), detail, second);
    }

    pub(super) fn duplicate_escape(&mut self, owner: &str, first: Span, second: Span) {
        let detail = format!(
            "The special block type \"_\" can be used to force particular arguments to be \
             interpreted as ordinary arguments rather than as meta-arguments, but each {owner} \
             block can have only one such block. The first escaping block was at {}.",
            self.place(first)
        );
        self.error("Duplicate escaping block", detail, second);
    }

    pub(super) fn reserved_block(&mut self, owner: &str, block: &Block) {
        let detail =
            format!("The block type name {:?} is reserved for a future version.", &*block.kind);
        let summary = format!("Reserved block type name in {owner} block");
        self.error(summary, detail, block.kind.span);
    }
}

/// The key of an entry in a map that is written out.
#[derive(Clone, Copy)]
pub(super) enum Key<'a> {
    Text(&'a Name),
    Expr(&'a Expr),
}

impl Key<'_> {
    pub(super) fn span(&self) -> Span {
        match self {
            Key::Text(name) => name.span,
            Key::Expr(expr) => expr.span,
        }
    }

    /// The text of a key that is an identifier or a string.
    pub(super) fn text(&self) -> Option<Arc<str>> {
        match self {
            Key::Text(name) => Some(name.text.clone()),
            Key::Expr(expr) => match &expr.kind {
                ExprKind::Literal(value) => value.as_arc_str().cloned(),
                _ => None,
            },
        }
    }
}

pub(super) fn place(sources: &Sources, span: Span) -> String {
    let file = sources.get(span.file);
    let (start, end) = (file.position(span.start), file.position(span.end));
    match start.line == end.line {
        true => format!("{}:{},{}-{}", file.name, start.line, start.column, end.column),
        false => {
            format!("{}:{},{}-{},{}", file.name, start.line, start.column, end.line, end.column)
        }
    }
}

/// A Unicode letter or underscore, then letters, digits, underscores and dashes.
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|it| it == '_' || it.is_alphabetic())
        && characters.all(|it| it == '_' || it == '-' || it.is_alphanumeric())
}

/// One part of a provider's source address in its normal form.
pub(super) fn normal_provider_part(part: &str) -> Result<String, &'static str> {
    if part.is_empty() {
        return Err("must have at least one character");
    }
    let allowed = |it: char| it == '-' || it.is_alphanumeric();
    if !part.chars().all(allowed) || part.starts_with('-') || part.ends_with('-') {
        return Err("must contain only letters, digits, and dashes, and may not use leading or \
                    trailing dashes");
    }
    if part.contains("--") {
        return Err("cannot use multiple consecutive dashes");
    }
    Ok(part.to_lowercase())
}

/// The value of an expression without references and function calls; what else it holds is
/// reported.
pub(super) fn constant(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Value> {
    let uses = walk::uses(expr);
    for reference in &uses.references {
        let span = reference
            .steps
            .last()
            .map_or(reference.root.span, |it| reference.root.span.to(it.span));
        diagnostics.error("Variables not allowed", "Variables may not be used here.", span);
    }
    for call in &uses.calls {
        let detail = "Functions may not be called here.";
        diagnostics.error("Function calls not allowed", detail, call.name.span);
    }
    if !uses.references.is_empty() || !uses.calls.is_empty() {
        return None;
    }
    let functions = FunctionContext::new("");
    let names = Names(Vec::new());
    let mut problems = Diagnostics::new();
    let value = evaluate(expr, &Scope::new(&names, &functions), &mut problems);
    let failed = problems.has_errors();
    diagnostics.extend(problems);
    (!failed).then_some(value)
}

/// The text of a string without interpolation, quoted in the file.
pub(super) fn quoted_text(written: Written<'_>) -> Option<(Arc<str>, Span)> {
    if let Some(json) = written.json {
        return match &json.kind {
            JsonKind::String(text) => Some((text.clone(), json.span)),
            _ => None,
        };
    }
    match &written.expr.kind {
        ExprKind::Literal(value) => Some((value.as_arc_str()?.clone(), written.expr.span)),
        _ => None,
    }
}

fn reference_of(expr: &Expr) -> Option<&Reference> {
    match &expr.kind {
        ExprKind::Reference(reference) => Some(reference),
        _ => None,
    }
}

/// A single bare word, or in JSON a string that is one.
pub(super) fn keyword(written: Written<'_>) -> Option<Arc<str>> {
    if let Some(json) = written.json {
        return match &json.kind {
            JsonKind::String(text) if is_identifier(text) => Some(text.clone()),
            _ => None,
        };
    }
    match &written.expr.kind {
        ExprKind::Reference(reference) if reference.steps.is_empty() => {
            Some(reference.root.text.clone())
        }
        _ => None,
    }
}

/// Whether every index of the reference is a literal.
pub(super) fn has_constant_steps(reference: &Reference) -> bool {
    reference.steps.iter().all(|step| match &step.kind {
        StepKind::Attribute(_) => true,
        StepKind::Index(key) => matches!(&key.kind, ExprKind::Literal(_)),
        StepKind::Splat(_) => false,
    })
}
