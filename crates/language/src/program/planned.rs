//! What an object will look like as far as its configuration tells.

use provision_schema::schema::{BlockSchema, NestedBlock};
use provision_schema::{Fields, Kind, Type, Value};

/// The object that a body asks for: what is set has its value, and what AWS decides is unknown.
pub fn planned(configured: Value, schema: &BlockSchema) -> Value {
    let (configured, marks) = configured.unmark();
    let Kind::Object(fields) = configured.kind() else { return configured.with_marks(marks) };
    let fields: Fields = fields
        .iter()
        .map(|(name, value)| (name.clone(), planned_field(name, value, schema)))
        .collect();
    Value::object(fields).with_marks(marks)
}

/// An object of which nothing is known but its type.
pub fn unknown(schema: &BlockSchema) -> Value {
    let attributes = schema.attributes.iter();
    let attributes = attributes.map(|(name, it)| (name.clone(), it.ty.without_optional()));
    let blocks = schema.blocks.iter().map(|(name, it)| (name.clone(), it.implied_type()));
    let fields = attributes.chain(blocks).map(|(name, ty)| (name, Value::unknown(ty)));
    Value::object(fields.collect())
}

fn planned_field(name: &str, value: &Value, schema: &BlockSchema) -> Value {
    if let Some(attribute) = schema.attributes.get(name) {
        return match (value.is_null(), &attribute.default) {
            (false, _) => value.clone(),
            (true, Some(default)) => default.clone(),
            (true, None) if attribute.computed => Value::unknown(attribute.ty.without_optional()),
            (true, None) => value.clone(),
        };
    }
    match schema.blocks.get(name) {
        Some(block) => planned_block(value, block),
        None => value.clone(),
    }
}

fn planned_block(value: &Value, schema: &NestedBlock) -> Value {
    let (inner, marks) = value.clone().unmark();
    let each = |elements: &[Value]| -> Vec<Value> {
        elements.iter().map(|element| planned(element.clone(), &schema.block)).collect()
    };
    let result = match inner.kind() {
        Kind::List(_, elements) | Kind::Set(_, elements)
            if elements.is_empty() && schema.computed =>
        {
            Value::unknown(inner.ty())
        }
        Kind::List(ty, elements) => Value::list(ty.clone(), each(elements)),
        Kind::Tuple(elements) => Value::tuple(each(elements)),
        // Elements of a set are told apart by their content, so what is computed in them makes
        // them unknown as a whole; a set that is all known keeps its elements apart.
        Kind::Set(ty, elements) => Value::set(ty.clone(), each(elements)),
        Kind::Map(ty, fields) => Value::map(
            ty.clone(),
            fields
                .iter()
                .map(|(key, element)| (key.clone(), planned(element.clone(), &schema.block)))
                .collect(),
        ),
        Kind::Object(_) => planned(inner, &schema.block),
        Kind::Null(Type::Object(_)) | Kind::Null(_) if schema.computed => {
            Value::unknown(inner.ty())
        }
        _ => inner,
    };
    result.with_marks(marks)
}

/// Marks what the schema says is sensitive.
pub fn mark_sensitive(value: Value, schema: &BlockSchema) -> Value {
    if !schema.has_sensitive() {
        return value;
    }
    let (value, marks) = value.unmark();
    let Kind::Object(fields) = value.kind() else { return value.with_marks(marks) };
    let fields: Fields = fields
        .iter()
        .map(|(name, value)| {
            let value = value.clone();
            let marked = match (schema.attributes.get(name), schema.blocks.get(name)) {
                (Some(attribute), _) if attribute.sensitive => value.sensitive(),
                (_, Some(block)) if block.block.has_sensitive() => mark_block(value, &block.block),
                _ => value,
            };
            (name.clone(), marked)
        })
        .collect();
    Value::object(fields).with_marks(marks)
}

fn mark_block(value: Value, schema: &BlockSchema) -> Value {
    let (value, marks) = value.unmark();
    let each = |elements: &[Value]| -> Vec<Value> {
        elements.iter().map(|element| mark_sensitive(element.clone(), schema)).collect()
    };
    let result = match value.kind() {
        Kind::List(ty, elements) => Value::list(ty.clone(), each(elements)),
        Kind::Tuple(elements) => Value::tuple(each(elements)),
        Kind::Set(ty, elements) => Value::set(ty.clone(), each(elements)),
        Kind::Map(ty, fields) => Value::map(
            ty.clone(),
            fields
                .iter()
                .map(|(key, element)| (key.clone(), mark_sensitive(element.clone(), schema)))
                .collect(),
        ),
        Kind::Object(_) => mark_sensitive(value, schema),
        _ => value,
    };
    result.with_marks(marks)
}
