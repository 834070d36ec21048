//! Checks of a decoded body that need no AWS: allowed values, ranges, formats, and which arguments
//! go together. Only what is known is checked, and only by rules that are certain.

mod formats;
mod relations;
mod rules;

use std::sync::Arc;

use provision_schema::facts::{Protocol, ResourceFacts};
use provision_schema::schema::{AttributeSchema, BlockSchema};
use provision_schema::{Kind, Value};

use crate::decode::{AttributePlace, Decoded};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::source::Span;

use relations::Around;

/// Says what is wrong with a body for its type.
pub fn validate_facts(decoded: &Decoded, facts: &ResourceFacts, diagnostics: &mut Diagnostics) {
    let mut checker = Checker { protocol: facts.protocol, names: Vec::new(), diagnostics };
    checker.block(decoded, &facts.schema.block, None);
}

struct Checker<'a> {
    protocol: Protocol,
    /// Names of blocks with their indexes down to the current place, as messages have them.
    names: Vec<String>,
    diagnostics: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn block(&mut self, decoded: &Decoded, schema: &BlockSchema, above: Option<&Around<'_>>) {
        let around = Around { decoded, name: None, above };
        let around = Around { name: above.and_then(|_| self.block_name()), ..around };
        for (name, place) in &decoded.attributes {
            let Some(attribute) = schema.attributes.get(name) else { continue };
            let value = decoded.value.as_fields().and_then(|fields| fields.get(name));
            if let Some(value) = value {
                self.attribute(name, attribute, value, *place);
            }
        }
        self.fields_of_blocks(decoded, schema);
        relations::check(self, schema, &around);
        for (name, group) in &decoded.blocks {
            let Some(nested) = schema.blocks.get(name) else { continue };
            if let (Some(message), Some(first)) = (&nested.deprecated, group.items.first()) {
                self.deprecated(name, message, first.span);
            }
            for (index, item) in group.items.iter().enumerate() {
                self.names.push(format!("{name}.{index}"));
                self.block(item, &nested.block, Some(&around));
                self.names.pop();
            }
        }
    }

    /// The name of the block that is being checked, without its index.
    fn block_name(&self) -> Option<Arc<str>> {
        let (name, _) = self.names.last()?.rsplit_once('.')?;
        Some(name.into())
    }

    fn attribute(
        &mut self,
        name: &str,
        schema: &AttributeSchema,
        value: &Value,
        place: AttributePlace,
    ) {
        if value.is_null() {
            if schema.required {
                self.missing(name, place.expr);
            }
            return;
        }
        if !schema.is_settable() {
            self.unconfigurable(name, place);
            return;
        }
        if let Some(message) = &schema.deprecated {
            self.deprecated(name, message, place.span);
        }
        let secret = schema.sensitive;
        if let Some(found) = &schema.rules {
            let path = self.path(name);
            let problems = rules::problems(&path, found, value, secret, self.protocol);
            self.problems(problems, place);
        }
        if let (Some(fields), Some(elements)) = (&schema.fields, value.as_elements()) {
            for (index, element) in elements.iter().enumerate() {
                let path = format!("{}.{index}", self.path(name));
                self.fields(&path, fields, element, place, secret);
            }
        }
    }

    /// The fields of attributes that are written as blocks.
    fn fields_of_blocks(&mut self, decoded: &Decoded, schema: &BlockSchema) {
        for (name, group) in &decoded.blocks {
            let Some(attribute) = schema.attributes.get(name) else { continue };
            let Some(first) = group.items.first() else { continue };
            if !attribute.is_settable() {
                let place = AttributePlace { span: first.span, expr: first.span };
                self.unconfigurable(name, place);
                continue;
            }
            let Some(fields) = &attribute.fields else { continue };
            for (index, item) in group.items.iter().enumerate() {
                let path = format!("{}.{index}", self.path(name));
                let place = AttributePlace { span: item.span, expr: item.span };
                self.fields(&path, fields, &item.value, place, attribute.sensitive);
            }
        }
    }

    /// An object that is an element of an attribute.
    fn fields(
        &mut self,
        path: &str,
        schema: &BlockSchema,
        object: &Value,
        place: AttributePlace,
        secret: bool,
    ) {
        let (Kind::Object(fields), secret) = (object.kind(), secret | object.is_marked()) else {
            return;
        };
        for (name, value) in fields {
            let Some(field) = schema.attributes.get(name) else { continue };
            let path = format!("{path}.{name}");
            if value.is_null() {
                if field.required {
                    self.missing_at(&path, place.expr);
                }
            } else if let Some(found) = &field.rules {
                let problems =
                    rules::problems(&path, found, value, secret | field.sensitive, self.protocol);
                self.problems(problems, place);
            }
        }
    }

    fn problems(&mut self, problems: Vec<String>, place: AttributePlace) {
        for problem in problems {
            let error = Diagnostic::error(problem, "").at(place.expr).within(place.span);
            self.diagnostics.push(error);
        }
    }

    /// The path of an argument as messages have it: `health_check.0.interval`.
    fn path(&self, name: &str) -> String {
        let mut path = self.names.join(".");
        if !path.is_empty() {
            path.push('.');
        }
        path + name
    }

    fn missing(&mut self, name: &str, at: Span) {
        let path = self.path(name);
        self.missing_at(&path, at);
    }

    fn missing_at(&mut self, path: &str, at: Span) {
        let detail = format!("The argument {path:?} is required, but no definition was found.");
        self.diagnostics.error("Missing required argument", detail, at);
    }

    fn unconfigurable(&mut self, name: &str, place: AttributePlace) {
        let (summary, detail) = match self.protocol {
            Protocol::Sdk if name == "id" && self.names.is_empty() => {
                ("Invalid or unknown key", String::new())
            }
            Protocol::Sdk => (
                "Value for unconfigurable attribute",
                format!(
                    "Can't configure a value for {:?}: its value will be decided automatically \
                     based on the result of applying this configuration.",
                    self.path(name)
                ),
            ),
            Protocol::Framework => (
                "Invalid Configuration for Read-Only Attribute",
                format!(
                    "The attribute {:?} is read-only: its value is decided on apply. Remove the \
                     line that sets it.",
                    self.path(name)
                ),
            ),
        };
        let error = Diagnostic::error(summary, detail).at(place.expr).within(place.span);
        self.diagnostics.push(error);
    }

    fn deprecated(&mut self, name: &str, message: &str, at: Span) {
        let detail = match message {
            "" => format!("{name} is deprecated."),
            message => message.to_owned(),
        };
        self.diagnostics.push(Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error("Argument is deprecated", detail).at(at)
        });
    }
}

#[cfg(test)]
mod tests;
