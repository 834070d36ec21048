//! Arguments that are never stored, and the values that may only go there.

use std::sync::Arc;

use provision_schema::schema::BlockSchema;
use provision_schema::{Kind, Marks, Value};

use super::Decoded;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// The object with its write-only arguments null, as it is read back and compared.
#[must_use]
pub fn without_write_only(value: Value, schema: &BlockSchema) -> Value {
    if !has(schema, &|attribute| attribute.write_only) {
        return value;
    }
    rewrite(value, schema, &|attribute, value| match attribute.write_only {
        true => Value::null(attribute.ty.clone()),
        false => value,
    })
}

/// Says where ephemeral values go to arguments that outlive the run: all but write-only ones.
pub fn check_ephemeral(decoded: &Decoded, schema: &BlockSchema, diagnostics: &mut Diagnostics) {
    let Some(fields) = decoded.value.as_fields() else { return };
    for (name, value) in fields {
        let Some(place) = decoded.attributes.get(name) else { continue };
        let write_only = schema.attributes.get(name).is_some_and(|it| it.write_only);
        if !write_only && value.marks_deep().is_ephemeral() {
            let detail = format!(
                "The value of argument {name:?} is ephemeral, and only write-only arguments take \
                 ephemeral values: everything else must last between runs."
            );
            diagnostics.push(
                Diagnostic::error("Invalid use of an ephemeral value", detail)
                    .at(place.expr)
                    .within(place.span),
            );
        }
    }
    for (name, group) in &decoded.blocks {
        if let Some(nested) = schema.blocks.get(name) {
            group.items.iter().for_each(|item| check_ephemeral(item, &nested.block, diagnostics));
        }
    }
}

type Attribute = provision_schema::schema::AttributeSchema;

fn has(schema: &BlockSchema, wanted: &dyn Fn(&Attribute) -> bool) -> bool {
    schema.attributes.values().any(wanted)
        || schema.blocks.values().any(|nested| has(&nested.block, wanted))
}

/// The object with every attribute changed, those of nested blocks too.
fn rewrite(
    value: Value,
    schema: &BlockSchema,
    change: &dyn Fn(&Attribute, Value) -> Value,
) -> Value {
    let (value, marks) = value.unmark();
    let rewritten = match value.kind() {
        Kind::Object(fields) => {
            let field = |(name, value): &(Arc<str>, Value)| {
                let value = value.clone();
                let value = match (schema.attributes.get(name), schema.blocks.get(name)) {
                    (Some(attribute), _) => change(attribute, value),
                    (None, Some(nested)) => rewrite_blocks(value, &nested.block, change),
                    (None, None) => value,
                };
                (name.clone(), value)
            };
            Value::object(fields.iter().map(field).collect())
        }
        _ => value,
    };
    rewritten.with_marks(marks)
}

/// The value of a kind of nested blocks with every attribute changed.
fn rewrite_blocks(
    value: Value,
    schema: &BlockSchema,
    change: &dyn Fn(&Attribute, Value) -> Value,
) -> Value {
    let (value, marks): (Value, Marks) = value.unmark();
    let each = |element: &Value| rewrite(element.clone(), schema, change);
    let rewritten = match value.kind() {
        Kind::Object(_) if schema.attributes.is_empty() && schema.blocks.is_empty() => value,
        Kind::Object(fields) => {
            // A block by itself, or blocks by label whose types may differ.
            let labelled = !fields.is_empty()
                && fields.keys().all(|key| {
                    !schema.attributes.contains_key(key) && !schema.blocks.contains_key(key)
                });
            match labelled {
                true => Value::object(
                    fields.iter().map(|(key, value)| (key.clone(), each(value))).collect(),
                ),
                false => rewrite(value, schema, change),
            }
        }
        Kind::List(ty, elements) => {
            Value::list(ty.clone(), elements.iter().map(each).collect::<Vec<_>>())
        }
        Kind::Set(ty, elements) => Value::set(ty.clone(), elements.iter().map(each)),
        Kind::Tuple(elements) => Value::tuple(elements.iter().map(each).collect::<Vec<_>>()),
        Kind::Map(ty, fields) => Value::map(
            ty.clone(),
            fields.iter().map(|(key, value)| (key.clone(), each(value))).collect(),
        ),
        _ => value,
    };
    rewritten.with_marks(marks)
}
