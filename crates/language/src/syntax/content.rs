//! What a body has of what it should have, the same for native and JSON syntax.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::json::{json_expression, json_literal_expression};
use super::suggest::did_you_mean;
use crate::ast::{Attribute, Block, Body, NativeBody};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

/// The arguments and blocks that a body may have.
#[derive(Clone, Default, Debug)]
pub struct BodyShape {
    pub attributes: Vec<AttributeShape>,
    pub blocks: Vec<BlockShape>,
}

#[derive(Clone, Debug)]
pub struct AttributeShape {
    pub name: Arc<str>,
    pub required: bool,
    /// Whether the JSON syntax takes the value as it is, so that strings are no templates.
    pub literal: bool,
}

#[derive(Clone, Debug)]
pub struct BlockShape {
    pub kind: Arc<str>,
    /// What the labels are called, like "type" and "name".
    pub labels: &'static [&'static str],
}

/// The arguments and blocks that a body has, in the order of the text.
#[derive(Clone, Debug)]
pub struct Content {
    pub attributes: IndexMap<Arc<str>, Attribute>,
    pub blocks: Vec<Block>,
    /// Where to say that something is missing.
    pub missing_item_span: Span,
}

impl BodyShape {
    pub fn new() -> BodyShape {
        BodyShape::default()
    }

    #[must_use]
    pub fn required(self, name: impl Into<Arc<str>>) -> BodyShape {
        self.attribute(AttributeShape { name: name.into(), required: true, literal: false })
    }

    #[must_use]
    pub fn optional(self, name: impl Into<Arc<str>>) -> BodyShape {
        self.attribute(AttributeShape { name: name.into(), required: false, literal: false })
    }

    /// Like `optional`, but in the JSON syntax strings in it are no templates.
    #[must_use]
    pub fn literal(self, name: impl Into<Arc<str>>) -> BodyShape {
        self.attribute(AttributeShape { name: name.into(), required: false, literal: true })
    }

    #[must_use]
    pub fn attribute(mut self, attribute: AttributeShape) -> BodyShape {
        self.attributes.push(attribute);
        self
    }

    #[must_use]
    pub fn block(
        mut self,
        kind: impl Into<Arc<str>>,
        labels: &'static [&'static str],
    ) -> BodyShape {
        self.blocks.push(BlockShape { kind: kind.into(), labels });
        self
    }

    pub(super) fn attributes_by_name(&self) -> HashMap<&str, &AttributeShape> {
        self.attributes.iter().map(|attribute| (&*attribute.name, attribute)).collect()
    }

    pub(super) fn blocks_by_kind(&self) -> HashMap<&str, &BlockShape> {
        self.blocks.iter().map(|block| (&*block.kind, block)).collect()
    }
}

impl Content {
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }

    pub fn blocks_of<'c>(&'c self, kind: &'c str) -> impl Iterator<Item = &'c Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }

    pub(super) fn empty(missing_item_span: Span) -> Content {
        Content { attributes: IndexMap::new(), blocks: Vec::new(), missing_item_span }
    }

    /// Complains about each required argument that is not there.
    pub(super) fn check_required(&self, shape: &BodyShape, diagnostics: &mut Diagnostics) {
        for attribute in shape.attributes.iter().filter(|attribute| attribute.required) {
            if !self.attributes.contains_key(&*attribute.name) {
                diagnostics.error(
                    "Missing required argument",
                    format!(
                        "The argument \"{}\" is required, but no definition was found.",
                        attribute.name
                    ),
                    self.missing_item_span,
                );
            }
        }
    }
}

impl Body {
    /// What the body has of the shape. Anything else in it is an error.
    pub fn content(&self, shape: &BodyShape, diagnostics: &mut Diagnostics) -> Content {
        match self {
            Body::Native(body) => {
                let content = body.wanted(shape, diagnostics);
                body.complain_of_rest(shape, &content, diagnostics);
                content
            }
            Body::Json(body) => {
                let (content, rest) = body.partial_content(shape, diagnostics);
                rest.complain_of_rest(shape, &content, diagnostics);
                content
            }
        }
    }

    /// What the body has of the shape, and a body of all the rest.
    pub fn partial_content(
        &self,
        shape: &BodyShape,
        diagnostics: &mut Diagnostics,
    ) -> (Content, Body) {
        match self {
            Body::Native(body) => {
                let content = body.wanted(shape, diagnostics);
                let (attributes, blocks) = (shape.attributes_by_name(), shape.blocks_by_kind());
                let is_rest = |attribute: &&Attribute| !attributes.contains_key(&*attribute.name);
                let is_rest_block = |block: &&Block| !blocks.contains_key(&*block.kind);
                let rest = NativeBody {
                    attributes: body.attributes.iter().filter(is_rest).cloned().collect(),
                    blocks: body.blocks.iter().filter(is_rest_block).cloned().collect(),
                    span: body.span,
                };
                (content, Body::Native(rest))
            }
            Body::Json(body) => {
                let (content, rest) = body.partial_content(shape, diagnostics);
                (content, Body::Json(rest))
            }
        }
    }

    /// All arguments of a body that has no blocks, in the order of the text.
    pub fn just_attributes(&self, diagnostics: &mut Diagnostics) -> Vec<Attribute> {
        match self {
            Body::Native(body) => {
                if let Some(block) = body.blocks.first() {
                    diagnostics.error(
                        format!("Unexpected \"{}\" block", &*block.kind),
                        "Blocks are not allowed here.",
                        block.kind.span,
                    );
                }
                body.attributes.clone()
            }
            Body::Json(body) => body.just_attributes(json_expression, diagnostics),
        }
    }

    /// Like `just_attributes`, but in the JSON syntax strings are no templates, as in files of
    /// variable values.
    pub fn just_literals(&self, diagnostics: &mut Diagnostics) -> Vec<Attribute> {
        match self {
            Body::Native(_) => self.just_attributes(diagnostics),
            Body::Json(body) => body.just_attributes(json_literal_expression, diagnostics),
        }
    }
}

impl NativeBody {
    fn wanted(&self, shape: &BodyShape, diagnostics: &mut Diagnostics) -> Content {
        let mut content = Content::empty(self.missing_item_span());
        let attributes = shape.attributes_by_name();
        for attribute in &self.attributes {
            if attributes.contains_key(&*attribute.name) {
                content.attributes.insert(attribute.name.text.clone(), attribute.clone());
            }
        }
        content.check_required(shape, diagnostics);
        let blocks = shape.blocks_by_kind();
        for block in &self.blocks {
            if let Some(shape) = blocks.get(&*block.kind)
                && has_right_labels(block, shape, diagnostics)
            {
                content.blocks.push(block.clone());
            }
        }
        content
    }

    fn complain_of_rest(
        &self,
        shape: &BodyShape,
        content: &Content,
        diagnostics: &mut Diagnostics,
    ) {
        let (attributes, blocks) = (shape.attributes_by_name(), shape.blocks_by_kind());
        for attribute in &self.attributes {
            let name = &*attribute.name;
            if attributes.contains_key(name) {
                continue;
            }
            let free = shape.attributes.iter().map(|attribute| &*attribute.name);
            let free = free.filter(|name| !content.attributes.contains_key(*name));
            let mut hint = did_you_mean(name, free);
            if hint.is_empty() && blocks.contains_key(name) {
                hint = format!(" Did you mean to define a block of type \"{name}\"?");
            }
            diagnostics.error(
                "Unsupported argument",
                format!("An argument named \"{name}\" is not expected here.{hint}"),
                attribute.name.span,
            );
        }
        for block in &self.blocks {
            let kind = &*block.kind;
            if blocks.contains_key(kind) {
                continue;
            }
            let mut hint = did_you_mean(kind, shape.blocks.iter().map(|block| &*block.kind));
            if hint.is_empty() && attributes.contains_key(kind) {
                hint = format!(
                    " Did you mean to define argument \"{kind}\"? If so, use the equals sign to \
                     assign it a value."
                );
            }
            diagnostics.error(
                "Unsupported block type",
                format!("Blocks of type \"{kind}\" are not expected here.{hint}"),
                block.kind.span,
            );
        }
    }
}

fn has_right_labels(block: &Block, shape: &BlockShape, diagnostics: &mut Diagnostics) -> bool {
    let (given, expected) = (block.labels.len(), shape.labels.len());
    let kind = &*block.kind;
    let names = shape.labels.join(", ");
    let diagnostic = match given.cmp(&expected) {
        std::cmp::Ordering::Equal => return true,
        std::cmp::Ordering::Greater => {
            let detail = match expected {
                0 => format!("No labels are expected for {kind} blocks."),
                _ => format!("Only {expected} labels ({names}) are expected for {kind} blocks."),
            };
            Diagnostic::error(format!("Extraneous label for {kind}"), detail)
                .at(block.labels[expected].span)
        }
        std::cmp::Ordering::Less => {
            let detail = format!("All {kind} blocks must have {expected} labels ({names}).");
            let summary = format!("Missing {} for {kind}", shape.labels[given]);
            // The brace, where the label should have been before.
            let body = block.body.span();
            Diagnostic::error(summary, detail).at(Span { end: body.start + 1, ..body })
        }
    };
    diagnostics.push(diagnostic.within(block.span));
    false
}
