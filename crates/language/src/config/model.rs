//! A configuration as written: modules and their blocks, checked as far as that needs no
//! evaluation.

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use provision_schema::address::{Address, InstanceKey, ModulePath, Resource as ResourceAddress};
use provision_schema::{Type, Value};

use crate::ast::{Body, Expr, Name, Reference};
use crate::source::{Sources, Span};

/// A root module with everything it calls.
#[derive(Clone)]
pub struct Configuration {
    pub sources: Sources,
    pub root: Arc<Module>,
}

/// One module: the merged content of the files of one directory, and the modules it calls.
#[derive(Clone, Default)]
pub struct Module {
    /// Where it is called from; empty for the root.
    pub path: ModulePath,
    /// The directory relative to the working directory, as `path.module` gives it.
    pub directory: PathBuf,
    pub terraform: TerraformSettings,
    pub providers: IndexMap<ProviderKey, Provider>,
    pub variables: IndexMap<Arc<str>, Variable>,
    pub locals: IndexMap<Arc<str>, Local>,
    pub outputs: IndexMap<Arc<str>, Output>,
    /// Managed, data and ephemeral resources, also the data source nested in a `check`.
    pub resources: IndexMap<ResourceAddress, Resource>,
    pub calls: IndexMap<Arc<str>, ModuleCall>,
    /// The modules called, by the name of the call. A call whose module could not be loaded has
    /// no entry, and there is an error that says why.
    pub children: IndexMap<Arc<str>, Arc<Module>>,
    pub moved: Vec<Moved>,
    pub removed: Vec<Removed>,
    pub imports: Vec<Import>,
    pub checks: IndexMap<Arc<str>, Check>,
}

#[derive(Clone, Default)]
pub struct TerraformSettings {
    pub required_versions: Vec<Name>,
    /// By local name.
    pub required_providers: IndexMap<Arc<str>, RequiredProvider>,
    pub backend: Option<Backend>,
    /// The body of a `cloud` block.
    pub cloud: Option<(Body, Span)>,
}

#[derive(Clone)]
pub struct RequiredProvider {
    /// `hashicorp/aws`, `registry.example.com/acme/tool`; defaults applied.
    pub source: Arc<str>,
    pub version: Option<Name>,
    pub aliases: Vec<ProviderKey>,
    pub span: Span,
}

#[derive(Clone)]
pub struct Backend {
    pub kind: Name,
    pub body: Body,
    pub span: Span,
}

/// A provider configuration inside a module: `aws` or `aws.west`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ProviderKey {
    pub local_name: Arc<str>,
    pub alias: Option<Arc<str>>,
}

impl std::fmt::Display for ProviderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.alias {
            None => f.write_str(&self.local_name),
            Some(alias) => write!(f, "{}.{alias}", self.local_name),
        }
    }
}

/// A use of a provider configuration, `aws.west` or `aws.by_region[each.key]`.
#[derive(Clone, Debug)]
pub struct ProviderReference {
    pub key: ProviderKey,
    /// The instance of a provider configuration with `for_each`.
    pub instance: Option<Expr>,
    pub span: Span,
}

#[derive(Clone)]
pub struct Provider {
    pub key: ProviderKey,
    pub for_each: Option<Expr>,
    pub version: Option<Name>,
    /// Everything but the meta-arguments.
    pub body: Body,
    pub span: Span,
}

#[derive(Clone)]
pub struct Variable {
    pub name: Name,
    /// The declared type; `Dynamic` when none is declared.
    pub ty: Type,
    /// Whether a type is declared at all: without one, text from the command line is a string.
    pub type_declared: bool,
    /// What `optional(T, default)` fills in.
    pub defaults: Option<Arc<Defaults>>,
    pub default: Option<Value>,
    pub description: Option<String>,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub nullable: bool,
    /// Whether the value must be known before anything is evaluated.
    pub constant: bool,
    pub deprecated: Option<String>,
    pub validations: Vec<Condition>,
    pub span: Span,
}

/// The defaults of optional attributes, in the shape of the type they belong to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// For an object: the default of an attribute, already of the attribute's type.
    pub attributes: IndexMap<Arc<str>, Value>,
    /// What stands deeper: by attribute name of an object, by position of a tuple, and under
    /// the empty name for the elements of a collection.
    pub children: IndexMap<Arc<str>, Defaults>,
}

#[derive(Clone)]
pub struct Local {
    pub name: Name,
    pub expr: Expr,
}

#[derive(Clone)]
pub struct Output {
    pub name: Name,
    pub value: Expr,
    /// The declared type, to which the value is converted, and its defaults.
    pub ty: Option<(Type, Option<Arc<Defaults>>)>,
    pub description: Option<String>,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub deprecated: Option<String>,
    pub depends_on: Vec<Reference>,
    pub preconditions: Vec<Condition>,
    pub span: Span,
}

/// A `validation`, `precondition`, `postcondition` or `assert` block.
#[derive(Clone)]
pub struct Condition {
    pub condition: Expr,
    pub error_message: Expr,
    pub span: Span,
}

/// `count`, `for_each` or `lifecycle { enabled }`.
#[derive(Clone)]
pub enum Repetition {
    Single,
    Count(Expr),
    ForEach(Expr),
    Enabled(Expr),
}

impl Repetition {
    /// What decides how many there are; none for a single one.
    pub fn expression(&self) -> Option<&Expr> {
        match self {
            Repetition::Single => None,
            Repetition::Count(expr) | Repetition::ForEach(expr) | Repetition::Enabled(expr) => {
                Some(expr)
            }
        }
    }
}

#[derive(Clone)]
pub struct Resource {
    pub address: ResourceAddress,
    pub kind: Name,
    pub name: Name,
    pub repetition: Repetition,
    /// As written; the provider is the one that the type's name implies otherwise.
    pub provider: Option<ProviderReference>,
    pub depends_on: Vec<Reference>,
    pub lifecycle: Lifecycle,
    pub connection: Option<(Body, Span)>,
    pub provisioners: Vec<Provisioner>,
    /// Everything but the meta-arguments and meta-blocks.
    pub body: Body,
    /// The `check` that the data source is nested in.
    pub check: Option<Arc<str>>,
    pub span: Span,
}

#[derive(Clone, Default)]
pub struct Lifecycle {
    pub create_before_destroy: Option<bool>,
    pub prevent_destroy: Option<Expr>,
    /// `destroy = false` makes a delete a forget.
    pub destroy: Option<bool>,
    pub ignore_changes: IgnoreChanges,
    pub replace_triggered_by: Vec<Expr>,
    pub preconditions: Vec<Condition>,
    pub postconditions: Vec<Condition>,
}

#[derive(Clone, Default)]
pub enum IgnoreChanges {
    #[default]
    None,
    All,
    /// Paths inside the object, as references whose root is the attribute.
    Paths(Vec<Reference>),
}

#[derive(Clone)]
pub struct Provisioner {
    pub kind: Name,
    pub when_destroy: bool,
    pub continue_on_failure: bool,
    pub connection: Option<(Body, Span)>,
    pub body: Body,
    pub span: Span,
}

#[derive(Clone)]
pub struct ModuleCall {
    pub name: Name,
    pub source: Option<Name>,
    pub version: Option<Name>,
    pub repetition: Repetition,
    /// The provider of the child by its name there, and what it is here.
    pub providers: Vec<(ProviderReference, ProviderReference)>,
    pub depends_on: Vec<Reference>,
    /// The arguments for the module's variables.
    pub body: Body,
    pub span: Span,
}

/// What a `moved` block, an `import` or a `-target` speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `module.a`, `module.a["k"].module.b`: the last key may be missing and then means all.
    Module(Vec<(Arc<str>, InstanceKey)>),
    /// A whole resource (key `None`) or an instance.
    Resource(Address),
}

#[derive(Clone)]
pub struct Moved {
    pub from: Endpoint,
    pub to: Endpoint,
    pub span: Span,
}

#[derive(Clone)]
pub struct Removed {
    pub from: Endpoint,
    /// Whether the object is destroyed or only forgotten.
    pub destroy: bool,
    pub provisioners: Vec<Provisioner>,
    pub span: Span,
}

#[derive(Clone)]
pub struct Import {
    /// A reference to a resource instance; keys may use `each`.
    pub to: Reference,
    pub id: Option<Expr>,
    pub identity: Option<Expr>,
    pub for_each: Option<Expr>,
    pub provider: Option<ProviderReference>,
    pub span: Span,
}

#[derive(Clone)]
pub struct Check {
    pub name: Name,
    /// The nested data source, which stands among the module's resources.
    pub data: Option<ResourceAddress>,
    pub asserts: Vec<Condition>,
    pub span: Span,
}
