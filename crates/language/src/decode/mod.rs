//! From a body and a schema to an object: arguments evaluated and converted, nested blocks counted
//! and gathered, `dynamic` blocks expanded.

mod dynamic;
mod form;
mod marks;

use std::collections::BTreeMap;
use std::sync::Arc;

use provision_schema::convert::convert;
use provision_schema::schema::{BlockSchema, NestedBlock, Nesting};
use provision_schema::{Fields, Marks, Type, Value};

use crate::ast::{Attribute, Block, Body};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{Scope, evaluate, explain};
use crate::source::Span;

pub use marks::{check_ephemeral, without_write_only};

use dynamic::Dynamic;
use form::Form;

/// A decoded body or block, with the places its parts come from. What blocks of one kind are
/// gathered in, a set perhaps, no longer knows their order, so each is kept here too.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// An object.
    pub value: Value,
    /// The type and labels of the block; the whole body at the root.
    pub span: Span,
    /// The arguments that are there.
    pub attributes: BTreeMap<Arc<str>, AttributePlace>,
    /// The nested blocks that are there, in order.
    pub blocks: BTreeMap<Arc<str>, DecodedBlocks>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributePlace {
    /// The name, the equals sign and the expression.
    pub span: Span,
    pub expr: Span,
}

/// The nested blocks of one kind.
#[derive(Clone, Debug, Default)]
pub struct DecodedBlocks {
    pub items: Vec<Decoded>,
    /// Whether it is not known yet how many there are.
    pub unknown: bool,
    /// The marks of what decided how many there are.
    marks: Marks,
    /// By item, for blocks that have a label.
    labels: Vec<Arc<str>>,
}

/// The object that a body says, of the schema's implied type. What is absent is a typed null;
/// after an error the part concerned is unknown.
pub fn decode(
    body: &Body,
    schema: &BlockSchema,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    decode_with_places(body, schema, scope, diagnostics).value
}

/// Like `decode`, and says where each part stands.
pub fn decode_with_places(
    body: &Body,
    schema: &BlockSchema,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Decoded {
    decode_body(body, body.span(), schema, scope, Marks::NONE, diagnostics)
}

/// `marks` are those of the collections that `dynamic` blocks around this one iterate over.
fn decode_body(
    body: &Body,
    span: Span,
    schema: &BlockSchema,
    scope: &Scope<'_>,
    marks: Marks,
    diagnostics: &mut Diagnostics,
) -> Decoded {
    let form = Form::of(body, schema);
    let content = body.content(&form.shape(), diagnostics);

    let mut fields: Vec<(Arc<str>, Value)> = Vec::new();
    let mut attributes = BTreeMap::new();
    for (name, attribute) in &content.attributes {
        let Some(attribute_schema) = schema.attributes.get(name) else { continue };
        let value = decode_attribute(attribute, &attribute_schema.ty, scope, diagnostics);
        fields.push((name.clone(), value.with_marks(marks)));
        let place = AttributePlace { span: attribute.span, expr: attribute.expr.span };
        attributes.insert(name.clone(), place);
    }

    let mut groups: BTreeMap<Arc<str>, DecodedBlocks> = BTreeMap::new();
    for block in &content.blocks {
        decode_block(block, &form, scope, marks, &mut groups, diagnostics);
    }

    let none = DecodedBlocks::default();
    for (name, attribute) in &schema.attributes {
        if attributes.contains_key(name) {
            continue;
        }
        let value = match form.blocks_of(name) {
            Some(nested) => {
                gather(name, nested, groups.get(name).unwrap_or(&none), body, diagnostics)
            }
            None => Value::null(attribute.ty.without_optional()),
        };
        fields.push((name.clone(), value));
    }
    for (name, nested) in &schema.blocks {
        let group = groups.get(name).unwrap_or(&none);
        fields.push((name.clone(), gather(name, nested, group, body, diagnostics)));
    }
    let value = Value::object(fields.into_iter().collect());
    Decoded { value, span, attributes, blocks: groups }
}

fn decode_attribute(
    attribute: &Attribute,
    ty: &Type,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let before = diagnostics.len();
    let value = evaluate(&attribute.expr, scope, diagnostics);
    if value.is_null() && !ty.is_dynamic() {
        return Value::null(ty.without_optional()).with_marks(value.marks());
    }
    if value.as_unknown().is_some_and(|unknown| unknown.ty.is_dynamic()) {
        return Value::unknown(ty.without_optional()).with_marks(value.marks());
    }
    convert(&value, ty).unwrap_or_else(|error| {
        let detail =
            format!("Inappropriate value for attribute {:?}: {error}.", &*attribute.name.text);
        diagnostics.push(
            Diagnostic::error("Incorrect attribute value type", detail)
                .at(attribute.expr.span)
                .within(attribute.span),
        );
        explain(&attribute.expr, scope, before, diagnostics);
        Value::unknown(ty.without_optional()).with_marks(value.marks_deep())
    })
}

/// Decodes a block into its group, or what a `dynamic` block stands for.
fn decode_block(
    block: &Block,
    form: &Form<'_>,
    scope: &Scope<'_>,
    marks: Marks,
    groups: &mut BTreeMap<Arc<str>, DecodedBlocks>,
    diagnostics: &mut Diagnostics,
) {
    if !form.is_dynamic(block) {
        let Some(nested) = form.nested(&block.kind) else { return };
        let label = block.labels.first().map(|label| label.text.clone());
        let (body, span) = (&block.body, block.span);
        let decoded = decode_body(body, span, &nested.block, scope, marks, diagnostics);
        groups.entry(block.kind.text.clone()).or_default().push(decoded, label);
        return;
    }
    let Some(kind) = block.labels.first() else { return };
    let Some(nested) = form.nested(kind) else {
        let detail = format!("Blocks of type {:?} are not expected here.", &*kind.text);
        diagnostics.error("Unsupported block type", detail, kind.span);
        return;
    };
    let Some(dynamic) = Dynamic::read(block, nested, diagnostics) else { return };
    let Some(iterations) = dynamic.iterations(scope, diagnostics) else { return };
    let marks = marks | iterations.marks;
    let group = groups.entry(kind.text.clone()).or_default();
    group.unknown |= iterations.unknown;
    group.marks |= iterations.marks;
    for (key, value) in iterations.items {
        let inner = scope.with([dynamic.bind(key, value)]);
        let label = match nested.nesting {
            Nesting::Map => match dynamic.label(&inner, diagnostics) {
                Some(label) => Some(label),
                None => continue,
            },
            _ => None,
        };
        let (body, span) = (&dynamic.content, block.span);
        let decoded = decode_body(body, span, &nested.block, &inner, marks, diagnostics);
        group.push(decoded, label);
    }
}

impl DecodedBlocks {
    fn push(&mut self, decoded: Decoded, label: Option<Arc<str>>) {
        self.items.push(decoded);
        self.labels.extend(label);
    }
}

/// The value of all blocks of one kind, after checking their number.
fn gather(
    name: &str,
    nested: &NestedBlock,
    group: &DecodedBlocks,
    body: &Body,
    diagnostics: &mut Diagnostics,
) -> Value {
    let ty = nested.implied_type();
    if group.unknown {
        return Value::unknown(ty).with_marks(group.marks);
    }
    check_count(name, nested, group, body, diagnostics);
    let object = nested.block.implied_type();
    let mut items = group.items.iter().map(|item| item.value.clone());
    let value = match nested.nesting {
        Nesting::Single => items.next().unwrap_or_else(|| Value::null(ty)),
        Nesting::Group => items.next().unwrap_or_else(|| empty(&nested.block)),
        Nesting::List if ty.is_dynamic() => Value::tuple(items.collect::<Vec<_>>()),
        Nesting::List => Value::list(object, items.collect::<Vec<_>>()),
        Nesting::Set => Value::set(object, items),
        Nesting::Map => {
            let fields: Fields = group.labels.iter().cloned().zip(items).collect();
            if ty.is_dynamic() { Value::object(fields) } else { Value::map(object, fields) }
        }
    };
    value.with_marks(group.marks)
}

/// What a body of nothing decodes to.
fn empty(schema: &BlockSchema) -> Value {
    let attributes = schema.attributes.iter();
    let attributes = attributes.map(|(name, it)| (name.clone(), Value::null(it.ty.clone())));
    let blocks = schema.blocks.iter().map(|(name, nested)| {
        let object = nested.block.implied_type();
        let value = match nested.nesting {
            Nesting::Single => Value::null(object),
            Nesting::Group => empty(&nested.block),
            Nesting::List if object.has_dynamic() => Value::tuple([]),
            Nesting::Map if object.has_dynamic() => Value::object(Fields::default()),
            Nesting::List => Value::list(object, []),
            Nesting::Set => Value::set(object, []),
            Nesting::Map => Value::map(object, Fields::default()),
        };
        (name.clone(), value)
    });
    Value::object(attributes.chain(blocks).collect())
}

fn check_count(
    name: &str,
    nested: &NestedBlock,
    group: &DecodedBlocks,
    body: &Body,
    diagnostics: &mut Diagnostics,
) {
    let count = group.items.len();
    match nested.nesting {
        Nesting::Single | Nesting::Group => {
            if count == 0 && nested.min_items > 0 {
                let detail = format!("A {name} block is required.");
                let summary = format!("Missing {name} block");
                diagnostics.error(summary, detail, body.missing_item_span());
            }
            if let Some(second) = group.items.get(1) {
                let detail = format!("Only one block of type {name:?} is allowed.");
                diagnostics.push(
                    Diagnostic::error(format!("Duplicate {name} block"), detail).at(second.span),
                );
            }
        }
        Nesting::List | Nesting::Set => {
            if count < nested.min_items {
                let detail = format!("At least {} {name:?} blocks are required.", nested.min_items);
                let summary = format!("Insufficient {name} blocks");
                diagnostics.error(summary, detail, body.missing_item_span());
            }
            if let Some(maximum) = nested.max_items
                && let Some(beyond) = group.items.get(maximum)
            {
                let detail = format!("No more than {maximum} {name:?} blocks are allowed");
                diagnostics.error(format!("Too many {name} blocks"), detail, beyond.span);
            }
        }
        Nesting::Map => {
            for (index, label) in group.labels.iter().enumerate() {
                if group.labels[..index].contains(label)
                    && let Some(item) = group.items.get(index)
                {
                    let detail =
                        format!("There is another block of type {name:?} with label {label:?}.");
                    diagnostics.error(format!("Duplicate {name} block"), detail, item.span);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
