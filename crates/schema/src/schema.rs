//! Attribute schemas: what may stand in the body of a resource, data source or provider, and
//! what is known of each argument.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::{Number, Type, Value};

/// What a resource type, data source or provider accepts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    pub version: u64,
    pub block: Arc<BlockSchema>,
}

/// The arguments and nested blocks of a body.
#[derive(Clone, Debug, Default)]
pub struct BlockSchema {
    pub attributes: BTreeMap<Arc<str>, AttributeSchema>,
    pub blocks: BTreeMap<Arc<str>, NestedBlock>,
    /// The implied type, which is asked for often and large for some types.
    implied: OnceLock<Type>,
    sensitive: OnceLock<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AttributeSchema {
    pub ty: Type,
    pub required: bool,
    pub optional: bool,
    pub computed: bool,
    pub sensitive: bool,
    pub write_only: bool,
    /// What to use instead, or an empty text.
    pub deprecated: Option<String>,
    /// A list or set of objects that may also be written as repeated blocks.
    pub as_blocks: bool,
    /// What is known of the fields of an `as_blocks` attribute.
    pub fields: Option<Arc<BlockSchema>>,
    /// What the plan shows where the argument is left out.
    pub default: Option<Value>,
    pub replacement: Replacement,
    /// Differences that are no change, each a name that the planner knows; any one suffices.
    pub suppress: Arc<[Arc<str>]>,
    /// How the stored form is made of the configured one.
    pub normalize: Option<Arc<str>>,
    pub rules: Option<Box<Rules>>,
    pub relations: Option<Box<Relations>>,
}

/// What a change of an argument does to an existing object.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Replacement {
    #[default]
    InPlace,
    Replace,
    /// It depends on what changes to what.
    Conditional(Box<ReplacementRule>),
}

/// When a change replaces an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplacementRule {
    /// A condition in words, which the resource type decides.
    pub condition: Option<Arc<str>>,
    /// Changes that replace, as (from, to); the others happen in place.
    pub replaces: Vec<(Arc<str>, Arc<str>)>,
    /// Changes that happen in place, as (from, to); the others replace.
    pub in_place: Vec<(Arc<str>, Arc<str>)>,
    /// Whether setting what was unset replaces.
    pub replaces_when_set: bool,
    /// Whether unsetting replaces.
    pub replaces_when_unset: bool,
    /// Every change replaces but clearing the argument.
    pub in_place_when_unset: bool,
}

/// What a value must look like. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// The values allowed; empty when any is.
    pub one_of: Vec<Value>,
    pub one_of_ignore_case: bool,
    /// The least and the greatest number.
    pub range: Option<(Option<Number>, Option<Number>)>,
    /// The least and the greatest number of characters.
    pub length: Option<(Option<usize>, Option<usize>)>,
    /// Regular expressions in RE2 syntax that must all match.
    pub patterns: Vec<Arc<str>>,
    /// Regular expressions in RE2 syntax none of which may match.
    pub not_patterns: Vec<Arc<str>>,
    pub format: Option<Format>,
    /// The shortest and the longest prefix of a CIDR block.
    pub prefix_length: Option<(Option<usize>, Option<usize>)>,
    pub prefix_length_one_of: Vec<usize>,
    pub divisible_by: Option<Number>,
    pub greater_than: Option<Number>,
    /// Neither empty nor zero.
    pub non_zero: bool,
    pub whole_number: bool,
    /// One of these alternatives is enough.
    pub any_of: Vec<Rules>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
    /// What holds for each element of a collection.
    pub element: Option<Box<Rules>>,
}

/// How arguments depend on each other. Paths lead from the root of the body through the names of
/// blocks, without indexes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relations {
    pub conflicts_with: Vec<Path>,
    /// Includes the argument itself.
    pub exactly_one_of: Vec<Path>,
    /// Includes the argument itself.
    pub at_least_one_of: Vec<Path>,
    pub required_with: Vec<Path>,
}

/// Names of blocks and then of an argument or block: `root_block_device.kms_key_id`.
pub type Path = Arc<[Arc<str>]>;

macro_rules! formats {
    ($($variant:ident = $name:literal,)*) => {
        /// A kind of text that is checked by code of its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $($variant,)*
        }

        impl Format {
            pub fn from_name(name: &str) -> Option<Format> {
                match name {
                    $($name => Some(Format::$variant),)*
                    _ => None,
                }
            }

            pub fn name(self) -> &'static str {
                match self {
                    $(Format::$variant => $name,)*
                }
            }
        }
    };
}

formats! {
    AccountId = "account-id",
    AmazonAsn = "amazon-asn",
    Arn = "arn",
    Asn = "asn",
    Base64 = "base64",
    Cidr = "cidr",
    DailyWindow = "daily-window",
    Duration = "duration",
    HttpsUrl = "https-url",
    IamPolicy = "iam-policy-json",
    Ip = "ip",
    Ipv4 = "ipv4",
    Ipv4Cidr = "ipv4-cidr",
    Ipv6 = "ipv6",
    Ipv6Cidr = "ipv6-cidr",
    Iso8601 = "iso8601",
    Json = "json",
    JsonOrYaml = "json-or-yaml",
    KmsKeyId = "kms-key-id",
    LaunchTemplateId = "launch-template-id",
    LaunchTemplateName = "launch-template-name",
    NullableBool = "nullable-bool",
    NullableInt = "nullable-int",
    PortOrZero = "port-or-zero",
    Region = "region",
    Regexp = "regexp",
    Rfc3339 = "rfc3339",
    WeeklyWindow = "weekly-window",
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
    pub block: Arc<BlockSchema>,
    /// Whether leaving the block out keeps what is stored.
    pub computed: bool,
    /// What to use instead, or an empty text.
    pub deprecated: Option<String>,
    /// Whether adding or removing the block replaces the object.
    pub replacement: Replacement,
    /// Whether any change inside a set of blocks replaces the object.
    pub replace_on_change: bool,
    pub suppress: Arc<[Arc<str>]>,
    pub relations: Option<Box<Relations>>,
}

impl BlockSchema {
    pub fn new(
        attributes: impl IntoIterator<Item = (Arc<str>, AttributeSchema)>,
        blocks: impl IntoIterator<Item = (Arc<str>, NestedBlock)>,
    ) -> BlockSchema {
        BlockSchema {
            attributes: attributes.into_iter().collect(),
            blocks: blocks.into_iter().collect(),
            implied: OnceLock::new(),
            sensitive: OnceLock::new(),
        }
    }

    /// The type of the values that bodies of this schema decode to.
    pub fn implied_type(&self) -> Type {
        let compute = || {
            let attributes =
                self.attributes.iter().map(|(name, it)| (name.clone(), it.ty.without_optional()));
            let blocks = self.blocks.iter().map(|(name, it)| (name.clone(), it.implied_type()));
            Type::object(attributes.chain(blocks))
        };
        self.implied.get_or_init(compute).clone()
    }

    /// Whether anything in the block is sensitive.
    pub fn has_sensitive(&self) -> bool {
        *self.sensitive.get_or_init(|| {
            self.attributes.values().any(|attribute| attribute.sensitive)
                || self.blocks.values().any(|nested| nested.block.has_sensitive())
        })
    }

    /// Whether the type of some argument is only known from its value, so that repeated blocks
    /// of this schema may differ in type.
    pub fn has_dynamic(&self) -> bool {
        self.attributes.values().any(|attribute| attribute.ty.has_dynamic())
            || self.blocks.values().any(|nested| nested.block.has_dynamic())
    }
}

impl PartialEq for BlockSchema {
    fn eq(&self, other: &BlockSchema) -> bool {
        self.attributes == other.attributes && self.blocks == other.blocks
    }
}

impl AttributeSchema {
    /// An attribute of the type about which nothing else is said, not even that it can be set.
    pub fn new(ty: Type) -> AttributeSchema {
        AttributeSchema {
            ty,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecated: None,
            as_blocks: false,
            fields: None,
            default: None,
            replacement: Replacement::InPlace,
            suppress: Arc::default(),
            normalize: None,
            rules: None,
            relations: None,
        }
    }

    pub fn required(ty: Type) -> AttributeSchema {
        AttributeSchema { required: true, ..AttributeSchema::new(ty) }
    }

    pub fn optional(ty: Type) -> AttributeSchema {
        AttributeSchema { optional: true, ..AttributeSchema::new(ty) }
    }

    pub fn computed(ty: Type) -> AttributeSchema {
        AttributeSchema { computed: true, ..AttributeSchema::new(ty) }
    }

    /// Whether a configuration may give the attribute a value.
    pub fn is_settable(&self) -> bool {
        self.required || self.optional
    }
}

impl NestedBlock {
    pub fn new(nesting: Nesting, block: impl Into<Arc<BlockSchema>>) -> NestedBlock {
        NestedBlock {
            nesting,
            min_items: 0,
            max_items: None,
            block: block.into(),
            computed: false,
            deprecated: None,
            replacement: Replacement::InPlace,
            replace_on_change: false,
            suppress: Arc::default(),
            relations: None,
        }
    }

    /// A list or map of blocks whose types may differ has no type of its own before it is known.
    pub fn implied_type(&self) -> Type {
        let object = self.block.implied_type();
        match self.nesting {
            Nesting::Single | Nesting::Group => object,
            Nesting::List | Nesting::Map if object.has_dynamic() => Type::Dynamic,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }
}
