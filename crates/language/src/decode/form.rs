//! How the parts of a schema stand in one body: an attribute that is a list or set of objects may
//! also be written as blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use provision_schema::Type;
use provision_schema::schema::{AttributeSchema, BlockSchema, NestedBlock, Nesting};

use crate::ast::{Block, Body, JsonKind};
use crate::syntax::BodyShape;

/// The keyword of blocks that stand for others.
const DYNAMIC: &str = "dynamic";

pub(super) struct Form<'a> {
    schema: &'a BlockSchema,
    /// The attributes that this body writes as blocks.
    as_blocks: BTreeMap<Arc<str>, NestedBlock>,
}

impl<'a> Form<'a> {
    pub(super) fn of(body: &Body, schema: &'a BlockSchema) -> Form<'a> {
        let mut as_blocks = BTreeMap::new();
        for (name, attribute) in &schema.attributes {
            if let Some(nested) = block_form(attribute)
                && is_written_as_blocks(body, name)
            {
                as_blocks.insert(name.clone(), nested);
            }
        }
        Form { schema, as_blocks }
    }

    /// What to look for in the body.
    pub(super) fn shape(&self) -> BodyShape {
        let mut shape = BodyShape::default();
        for (name, attribute) in &self.schema.attributes {
            match self.as_blocks.contains_key(name) {
                true => shape = shape.block(name.clone(), &[]),
                false if attribute.required => shape = shape.required(name.clone()),
                false => shape = shape.optional(name.clone()),
            }
        }
        for (name, nested) in &self.schema.blocks {
            let labels: &'static [&'static str] =
                if nested.nesting == Nesting::Map { &["key"] } else { &[] };
            shape = shape.block(name.clone(), labels);
        }
        shape.block(DYNAMIC, &["type"])
    }

    /// What is known of the blocks of this kind, attributes written as blocks among them.
    pub(super) fn nested(&self, kind: &str) -> Option<&NestedBlock> {
        self.schema.blocks.get(kind).or_else(|| self.as_blocks.get(kind))
    }

    /// What is known of an attribute that is written as blocks here.
    pub(super) fn blocks_of(&self, name: &str) -> Option<&NestedBlock> {
        self.as_blocks.get(name)
    }

    /// Whether the block stands for others.
    pub(super) fn is_dynamic(&self, block: &Block) -> bool {
        *block.kind.text == *DYNAMIC && !self.schema.blocks.contains_key(DYNAMIC)
    }
}

/// The attribute as a nested block; none when it is not a list or set of objects.
fn block_form(attribute: &AttributeSchema) -> Option<NestedBlock> {
    let (nesting, element) = match &attribute.ty {
        Type::List(element) => (Nesting::List, element),
        Type::Set(element) => (Nesting::Set, element),
        _ => return None,
    };
    let Type::Object(object) = &**element else { return None };
    // As blocks, no argument is required: what is left out is null.
    let attributes = object.attributes.iter();
    let attributes =
        attributes.map(|(name, ty)| (name.clone(), AttributeSchema::optional(ty.clone())));
    Some(NestedBlock::new(nesting, BlockSchema::new(attributes, [])))
}

/// Where the text leaves it open, as JSON does, it is an attribute.
fn is_written_as_blocks(body: &Body, name: &str) -> bool {
    match body {
        Body::Native(body) => {
            body.attributes.iter().all(|attribute| *attribute.name.text != *name)
                && body.blocks.iter().any(|block| {
                    let label = block.labels.first();
                    *block.kind.text == *name
                        || *block.kind.text == *DYNAMIC
                            && label.is_some_and(|label| *label.text == *name)
                })
        }
        Body::Json(body) => {
            let key = |json, wanted: &str| json_members(json).any(|(name, _)| name == wanted);
            !key(&body.value.kind, name)
                && json_members(&body.value.kind)
                    .filter(|(key, _)| *key == DYNAMIC)
                    .any(|(_, inner)| key(inner, name))
        }
    }
}

/// The members of an object, or of the objects of an array, which count as one.
fn json_members(json: &JsonKind) -> Box<dyn Iterator<Item = (&str, &JsonKind)> + '_> {
    match json {
        JsonKind::Object(members) => {
            Box::new(members.iter().map(|(name, value)| (&*name.text, &value.kind)))
        }
        JsonKind::Array(items) => Box::new(
            items
                .iter()
                .flat_map(|item| match &item.kind {
                    JsonKind::Object(members) => members.as_slice(),
                    _ => &[],
                })
                .map(|(name, value)| (&*name.text, &value.kind)),
        ),
        _ => Box::new(std::iter::empty()),
    }
}
