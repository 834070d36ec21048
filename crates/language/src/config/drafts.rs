//! Blocks as decoded from one file, before override files are merged into them. What an override
//! can leave out is optional here; the model has the defaults filled in.

use std::sync::Arc;

use indexmap::IndexMap;
use provision_schema::address::Resource as ResourceAddress;
use provision_schema::{Type, Value};

use super::model::*;
use crate::ast::{Attribute, Body, Expr, Name, Reference};
use crate::source::Span;

/// Everything that one file declares.
#[derive(Clone, Default)]
pub(super) struct FileDraft {
    pub(super) overrides: bool,
    pub(super) required_versions: Vec<Name>,
    pub(super) required_providers: Vec<RequiredProviders>,
    pub(super) backends: Vec<Backend>,
    pub(super) clouds: Vec<(Body, Span)>,
    pub(super) encryptions: Vec<Span>,
    pub(super) provider_metas: Vec<Name>,
    pub(super) providers: Vec<ProviderDraft>,
    pub(super) variables: Vec<VariableDraft>,
    pub(super) locals: Vec<Local>,
    pub(super) outputs: Vec<OutputDraft>,
    pub(super) calls: Vec<CallDraft>,
    pub(super) resources: Vec<ResourceDraft>,
    pub(super) moved: Vec<Moved>,
    pub(super) removed: Vec<Removed>,
    pub(super) imports: Vec<Import>,
    pub(super) checks: Vec<Check>,
}

#[derive(Clone)]
pub(super) struct RequiredProviders {
    pub(super) entries: IndexMap<Arc<str>, RequiredProvider>,
    pub(super) span: Span,
}

#[derive(Clone)]
pub(super) struct ProviderDraft {
    pub(super) key: ProviderKey,
    pub(super) for_each: Option<Expr>,
    pub(super) version: Option<Name>,
    pub(super) body: Body,
    pub(super) span: Span,
}

/// A type constraint with the defaults it holds.
#[derive(Clone, Debug)]
pub(super) struct TypeConstraint {
    pub(super) ty: Type,
    pub(super) defaults: Option<Arc<Defaults>>,
}

#[derive(Clone)]
pub(super) struct VariableDraft {
    pub(super) name: Name,
    pub(super) ty: Option<TypeConstraint>,
    /// As written, not converted yet.
    pub(super) default: Option<(Value, Span)>,
    pub(super) description: Option<String>,
    pub(super) sensitive: Option<bool>,
    pub(super) ephemeral: Option<bool>,
    pub(super) nullable: Option<bool>,
    pub(super) constant: Option<bool>,
    pub(super) deprecated: Option<String>,
    pub(super) validations: Vec<Condition>,
    pub(super) span: Span,
    /// The override that changed the type or the default.
    pub(super) overridden_at: Option<Span>,
}

#[derive(Clone)]
pub(super) struct OutputDraft {
    pub(super) name: Name,
    pub(super) value: Option<Expr>,
    pub(super) ty: Option<TypeConstraint>,
    pub(super) description: Option<String>,
    pub(super) sensitive: Option<bool>,
    pub(super) ephemeral: Option<bool>,
    pub(super) deprecated: Option<String>,
    pub(super) depends_on: Vec<Reference>,
    pub(super) preconditions: Vec<Condition>,
    pub(super) span: Span,
}

#[derive(Clone)]
pub(super) struct CallDraft {
    pub(super) name: Name,
    pub(super) source: Option<Expr>,
    pub(super) version: Option<Expr>,
    pub(super) repetition: Repetition,
    pub(super) providers: Vec<(ProviderReference, ProviderReference)>,
    pub(super) depends_on: Vec<Reference>,
    pub(super) body: Body,
    pub(super) span: Span,
}

#[derive(Clone)]
pub(super) struct ResourceDraft {
    pub(super) address: ResourceAddress,
    pub(super) kind: Name,
    pub(super) name: Name,
    pub(super) repetition: Repetition,
    pub(super) provider: Option<ProviderReference>,
    pub(super) depends_on: Vec<Reference>,
    pub(super) lifecycle: LifecycleDraft,
    pub(super) connection: Option<(Body, Span)>,
    pub(super) provisioners: Vec<Provisioner>,
    pub(super) body: Body,
    pub(super) check: Option<Arc<str>>,
    pub(super) span: Span,
}

#[derive(Clone, Default)]
pub(super) struct LifecycleDraft {
    pub(super) create_before_destroy: Option<bool>,
    pub(super) prevent_destroy: Option<Expr>,
    pub(super) destroy: Option<bool>,
    pub(super) ignore_changes: Option<IgnoreChanges>,
    pub(super) replace_triggered_by: Option<Vec<Expr>>,
    /// `enabled`, with the place of its name for errors.
    pub(super) enabled: Option<Attribute>,
    pub(super) preconditions: Vec<Condition>,
    pub(super) postconditions: Vec<Condition>,
}
