//! Attribute schemas: what may stand in the body of a resource, data source or provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Type;

/// What a resource type, data source or provider accepts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    pub version: u64,
    pub block: BlockSchema,
}

/// The arguments and nested blocks of a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockSchema {
    pub attributes: BTreeMap<Arc<str>, AttributeSchema>,
    pub blocks: BTreeMap<Arc<str>, NestedBlock>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AttributeSchema {
    pub ty: Type,
    pub required: bool,
    pub optional: bool,
    pub computed: bool,
    pub sensitive: bool,
    pub write_only: bool,
    pub deprecated: Option<String>,
    /// A list or set of objects that may also be written as repeated blocks.
    pub as_blocks: bool,
}

/// How often a nested block may stand, and what its value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object, or null.
    Single,
    /// One object; when absent, an object of nulls.
    Group,
    List,
    Set,
    /// By label.
    Map,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NestedBlock {
    pub nesting: Nesting,
    pub min_items: usize,
    pub max_items: Option<usize>,
    pub block: BlockSchema,
}

impl BlockSchema {
    /// The type of the values that bodies of this schema decode to.
    pub fn implied_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, it)| (name.clone(), it.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, it)| (name.clone(), it.implied_type()));
        Type::object(attributes.chain(blocks))
    }
}

impl NestedBlock {
    pub fn implied_type(&self) -> Type {
        let object = self.block.implied_type();
        match self.nesting {
            Nesting::Single | Nesting::Group => object,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }
}
