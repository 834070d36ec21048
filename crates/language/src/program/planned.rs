//! What an object will look like as far as its configuration tells.

use provision_schema::schema::{BlockSchema, NestedBlock};
use provision_schema::{Fields, Kind, Value};

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
    let absent = match value.kind() {
        Kind::List(_, elements) | Kind::Set(_, elements) => elements.is_empty(),
        Kind::Null(_) => true,
        _ => false,
    };
    if absent && schema.computed {
        return Value::unknown(value.ty()).with_marks(value.marks());
    }
    each_block(value.clone(), |block| planned(block, &schema.block))
}

/// Changes the objects that a value of nested blocks consists of.
fn each_block(value: Value, change: impl Fn(Value) -> Value) -> Value {
    let (value, marks) = value.unmark();
    let all = |elements: &[Value]| -> Vec<Value> {
        elements.iter().map(|element| change(element.clone())).collect()
    };
    let changed = match value.kind() {
        Kind::List(ty, elements) => Value::list(ty.clone(), all(elements)),
        Kind::Tuple(elements) => Value::tuple(all(elements)),
        Kind::Set(ty, elements) => Value::set(ty.clone(), all(elements)),
        Kind::Map(ty, fields) => {
            let fields = fields.iter().map(|(key, block)| (key.clone(), change(block.clone())));
            Value::map(ty.clone(), fields.collect())
        }
        Kind::Object(_) => change(value),
        _ => value,
    };
    changed.with_marks(marks)
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
                (_, Some(nested)) if nested.block.has_sensitive() => {
                    each_block(value, |block| mark_sensitive(block, &nested.block))
                }
                _ => value,
            };
            (name.clone(), marked)
        })
        .collect();
    Value::object(fields).with_marks(marks)
}
