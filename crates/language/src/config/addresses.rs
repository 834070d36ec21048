//! Addresses as people write them: `module.a["x"].data.aws_ami.b[0]`, a whole resource or a whole
//! module.

use std::sync::Arc;

use provision_schema::address::{
    Address, InstanceKey, Mode, ModuleInstance, Resource as ResourceAddress,
};
use provision_schema::{Type, Value};

use super::decode::is_identifier;
use super::model::Endpoint;
use super::text;
use crate::ast::{Expr, ExprKind, Reference, Step, StepKind};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{Sources, Span};

const SUMMARY: &str = "Invalid address";
const OPERATOR: &str = "Invalid address operator";

fn wrong(summary: &str, detail: impl Into<String>, span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(summary, detail).at(span))
}

/// Parses the address of a module, a resource or an instance, as on the command line.
pub fn parse(address: &str, sources: &Sources) -> Result<Endpoint, Box<Diagnostic>> {
    let file = sources.add("<address>", address);
    let span = Span::new(file, 0..address.len());
    let mut problems = Diagnostics::new();
    match text::parse_whole_reference(address, file, &mut problems) {
        Some(reference) => endpoint(&reference),
        None => Err(match problems.into_iter().next() {
            Some(problem) => Box::new(problem),
            None => {
                let detail = format!("The text {address:?} is not the address of anything.");
                wrong(SUMMARY, detail, span)
            }
        }),
    }
}

/// Parses the address of one resource instance, or of a resource without instance keys.
pub fn parse_instance(address: &str, sources: &Sources) -> Result<Address, Box<Diagnostic>> {
    match parse(address, sources)? {
        Endpoint::Resource(address) => Ok(address),
        Endpoint::Module(_) => {
            let detail = "A resource address is required. The module path must be followed by a \
                          resource specification.";
            Err(Box::new(Diagnostic::error(SUMMARY, detail)))
        }
    }
}

/// The address that a reference is, every index of which must be a literal.
pub(super) fn endpoint(reference: &Reference) -> Result<Endpoint, Box<Diagnostic>> {
    let mut steps =
        Steps { root: Some(reference), rest: &reference.steps, last: reference.root.span };
    let mut modules: Vec<(Arc<str>, InstanceKey)> = Vec::new();
    while steps.peek_word() == Some("module") {
        steps.next();
        let name = match steps.next() {
            Some(Part::Word(name, _)) => name,
            Some(Part::Other(_, span)) => {
                let detail = "Module address prefix must be followed by dot and then a name.";
                return Err(wrong(OPERATOR, detail, span));
            }
            None => {
                let detail = "Prefix \"module.\" must be followed by a module name.";
                return Err(wrong(OPERATOR, detail, steps.last));
            }
        };
        let key = match steps.peek_index() {
            Some(index) => {
                let key = instance_key(index, "module", steps.last)?;
                steps.next();
                key
            }
            None => InstanceKey::None,
        };
        modules.push((name, key));
    }
    if steps.is_empty() {
        return Ok(Endpoint::Module(modules));
    }
    let mode = match steps.peek_word() {
        Some("data") => Mode::Data,
        Some("ephemeral") => Mode::Ephemeral,
        _ => Mode::Managed,
    };
    if mode != Mode::Managed || steps.peek_word() == Some("resource") {
        steps.next();
    }
    let incomplete = "Resource specification must include a resource type and name.";
    let kind = steps.word("A resource type name is required.", incomplete)?;
    let name = steps.word("A resource name is required.", incomplete)?;
    let key = match steps.next() {
        None => InstanceKey::None,
        Some(Part::Other(StepKind::Index(index), span)) => instance_key(index, "resource", span)?,
        Some(Part::Word(_, span) | Part::Other(_, span)) => {
            let detail = "Resource instance key must be given in square brackets.";
            return Err(wrong(SUMMARY, detail, span));
        }
    };
    if let Some(Part::Word(_, span) | Part::Other(_, span)) = steps.next() {
        let detail = "Unexpected extra operators after address.";
        return Err(wrong(SUMMARY, detail, span));
    }
    let resource = ResourceAddress { mode, kind, name };
    Ok(Endpoint::Resource(Address { module: ModuleInstance(modules.into()), resource, key }))
}

/// The words and indexes of an address, the root being the first word.
struct Steps<'a> {
    root: Option<&'a Reference>,
    rest: &'a [Step],
    /// The place of what was taken last.
    last: Span,
}

enum Part<'a> {
    Word(Arc<str>, Span),
    Other(&'a StepKind, Span),
}

impl<'a> Steps<'a> {
    fn is_empty(&self) -> bool {
        self.root.is_none() && self.rest.is_empty()
    }

    fn peek_word(&self) -> Option<&'a str> {
        match (self.root, self.rest.first().map(|step| &step.kind)) {
            (Some(reference), _) => Some(&reference.root.text),
            (None, Some(StepKind::Attribute(name))) => Some(name),
            _ => None,
        }
    }

    fn peek_index(&self) -> Option<&'a Expr> {
        match (self.root, self.rest.first().map(|step| &step.kind)) {
            (None, Some(StepKind::Index(index))) => Some(index),
            _ => None,
        }
    }

    fn next(&mut self) -> Option<Part<'a>> {
        if let Some(reference) = self.root.take() {
            return Some(Part::Word(reference.root.text.clone(), reference.root.span));
        }
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        self.last = first.span;
        Some(match &first.kind {
            StepKind::Attribute(name) => Part::Word(name.clone(), first.span),
            other => Part::Other(other, first.span),
        })
    }

    fn word(&mut self, problem: &str, missing: &str) -> Result<Arc<str>, Box<Diagnostic>> {
        match self.next() {
            Some(Part::Word(name, _)) if is_identifier(&name) => Ok(name),
            Some(Part::Word(_, span) | Part::Other(_, span)) => Err(wrong(SUMMARY, problem, span)),
            None => Err(wrong(SUMMARY, missing, self.last)),
        }
    }
}

fn instance_key(index: &Expr, what: &str, span: Span) -> Result<InstanceKey, Box<Diagnostic>> {
    let literal = match &index.kind {
        ExprKind::Literal(value) => Some(value),
        _ => None,
    };
    if let Some(key) = literal.and_then(Value::as_arc_str) {
        return Ok(InstanceKey::String(key.clone()));
    }
    let is_number = literal.is_some_and(|value| value.ty() == Type::Number);
    let number = literal.and_then(Value::as_number);
    if let Some(index) = number.and_then(|number| number.to_string().parse::<u64>().ok()) {
        return Ok(InstanceKey::Int(index));
    }
    let detail = match is_number {
        true => format!("Invalid {what} key: it must be a whole number from zero."),
        false => format!("Invalid {what} key: must be either a string or an integer."),
    };
    Err(wrong(OPERATOR, detail, span))
}
