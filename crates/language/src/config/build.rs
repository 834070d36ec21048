//! Puts the blocks of all files of a directory together to a module.

use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;
use provision_schema::Type;
use provision_schema::address::{Mode, Resource as ResourceAddress};

use super::defaults::{convert_with_defaults, explain};
use super::drafts::*;
use super::merge::{declared_at, missing_base};
use super::model::*;
use crate::diagnostics::Diagnostics;
use crate::source::{Sources, Span};

/// A directory as a module, and its calls as far as they can be read without evaluation.
#[derive(Default)]
pub(super) struct ParsedModule {
    pub(super) module: Module,
    pub(super) calls: IndexMap<Arc<str>, CallDraft>,
}

struct Builder<'a> {
    sources: &'a Sources,
    diagnostics: &'a mut Diagnostics,
    parsed: ParsedModule,
    encryption: Option<Span>,
    metas: IndexMap<Arc<str>, Span>,
    providers: IndexMap<ProviderKey, ProviderDraft>,
    variables: IndexMap<Arc<str>, VariableDraft>,
    locals: IndexMap<Arc<str>, Local>,
    outputs: IndexMap<Arc<str>, OutputDraft>,
    resources: IndexMap<ResourceAddress, ResourceDraft>,
}

pub(super) fn build(
    files: Vec<FileDraft>,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> ParsedModule {
    let mut builder = Builder {
        sources,
        diagnostics,
        parsed: ParsedModule::default(),
        encryption: None,
        metas: IndexMap::new(),
        providers: IndexMap::new(),
        variables: IndexMap::new(),
        locals: IndexMap::new(),
        outputs: IndexMap::new(),
        resources: IndexMap::new(),
    };
    let (overrides, primary): (Vec<_>, Vec<_>) = files.into_iter().partition(|it| it.overrides);
    builder.required_providers(&primary, &overrides);
    for file in primary {
        builder.append(file);
    }
    builder.check_backend();
    for file in overrides {
        builder.merge(file);
    }
    builder.finish()
}

/// Adds what must be unique; says so when it is not.
fn insert<K: std::hash::Hash + Eq, V>(
    map: &mut IndexMap<K, V>,
    key: K,
    value: V,
    duplicate: impl FnOnce(&V),
) {
    match map.entry(key) {
        Entry::Occupied(entry) => duplicate(entry.get()),
        Entry::Vacant(entry) => _ = entry.insert(value),
    }
}

impl Builder<'_> {
    fn required_providers(&mut self, primary: &[FileDraft], overrides: &[FileDraft]) {
        let mut first: Option<Span> = None;
        for block in primary.iter().flat_map(|file| &file.required_providers) {
            if let Some(first) = first {
                let detail = format!(
                    "A module may have only one required providers configuration. The required \
                     providers were previously configured at {}.",
                    declared_at(self.sources, first)
                );
                let summary = "Duplicate required providers configuration";
                self.diagnostics.error(summary, detail, block.span);
                continue;
            }
            first = Some(block.span);
            self.parsed.module.terraform.required_providers = block.entries.clone();
        }
        for block in overrides.iter().flat_map(|file| &file.required_providers) {
            let entries = block.entries.iter().map(|(name, it)| (name.clone(), it.clone()));
            self.parsed.module.terraform.required_providers.extend(entries);
        }
    }

    fn append(&mut self, file: FileDraft) {
        let (sources, diagnostics) = (self.sources, &mut *self.diagnostics);
        let at = |span: Span| declared_at(sources, span);
        let module = &mut self.parsed.module;
        module.terraform.required_versions.extend(file.required_versions);
        for backend in file.backends {
            match &module.terraform.backend {
                None => module.terraform.backend = Some(backend),
                Some(first) => {
                    let detail = format!(
                        "A module may have only one backend configuration. The backend was \
                         previously configured at {}.",
                        at(first.span)
                    );
                    diagnostics.error("Duplicate backend configuration", detail, backend.span);
                }
            }
        }
        for cloud in file.clouds {
            match &module.terraform.cloud {
                None => module.terraform.cloud = Some(cloud),
                Some((_, first)) => {
                    let detail = format!(
                        "A module may have only one 'cloud' block configuring a cloud backend. A \
                         cloud backend was previously configured at {}.",
                        at(*first)
                    );
                    diagnostics.error("Duplicate cloud configurations", detail, cloud.1);
                }
            }
        }
        for span in file.encryptions {
            match self.encryption {
                None => self.encryption = Some(span),
                Some(first) => {
                    let detail = format!(
                        "A module may have only one encryption configuration. Encryption was \
                         previously configured at {}.",
                        at(first)
                    );
                    diagnostics.error("Duplicate encryption configuration", detail, span);
                }
            }
        }
        for name in file.provider_metas {
            insert(&mut self.metas, name.text.clone(), name.span, |first| {
                let detail = format!(
                    "A provider_meta block for provider {:?} was already declared at {}. \
                     Providers may only have one provider_meta block per module.",
                    &*name.text,
                    at(*first)
                );
                diagnostics.error("Duplicate provider_meta block", detail, name.span);
            });
        }
        for provider in file.providers {
            let (key, span) = (provider.key.clone(), provider.span);
            insert(&mut self.providers, key.clone(), provider, |first| {
                let name = &key.local_name;
                let place = at(first.span);
                let detail = match &key.alias {
                    None => format!(
                        "A default (non-aliased) provider configuration for {name:?} was already \
                         given at {place}. If multiple configurations are required, set the \
                         \"alias\" argument for alternative configurations."
                    ),
                    Some(alias) => format!(
                        "A provider configuration for {name:?} with alias {alias:?} was already \
                         given at {place}. Each configuration for the same provider must have a \
                         distinct alias."
                    ),
                };
                diagnostics.error("Duplicate provider configuration", detail, span);
            });
        }
        for variable in file.variables {
            let (name, span) = (variable.name.text.clone(), variable.span);
            insert(&mut self.variables, name.clone(), variable, |first| {
                let detail = format!(
                    "A variable named {name:?} was already declared at {}. Variable names must \
                     be unique within a module.",
                    at(first.span)
                );
                diagnostics.error("Duplicate variable declaration", detail, span);
            });
        }
        for local in file.locals {
            let (name, span) = (local.name.text.clone(), local.name.span);
            insert(&mut self.locals, name.clone(), local, |first| {
                let detail = format!(
                    "A local value named {name:?} was already defined at {}. Local value names \
                     must be unique within a module.",
                    at(first.name.span)
                );
                diagnostics.error("Duplicate local value definition", detail, span);
            });
        }
        for output in file.outputs {
            let (name, span) = (output.name.text.clone(), output.span);
            insert(&mut self.outputs, name.clone(), output, |first| {
                let detail = format!(
                    "An output named {name:?} was already defined at {}. Output names must be \
                     unique within a module.",
                    at(first.span)
                );
                diagnostics.error("Duplicate output definition", detail, span);
            });
        }
        for call in file.calls {
            let (name, span) = (call.name.text.clone(), call.span);
            insert(&mut self.parsed.calls, name.clone(), call, |first| {
                let detail = format!(
                    "A module call named {name:?} was already defined at {}. Module calls must \
                     have unique names within a module.",
                    at(first.span)
                );
                diagnostics.error("Duplicate module call", detail, span);
            });
        }
        for resource in file.resources {
            let (address, span) = (resource.address.clone(), resource.span);
            insert(&mut self.resources, address.clone(), resource, |first| {
                duplicate_resource(&address, &at(first.span), span, diagnostics);
            });
        }
        for check in file.checks {
            let (name, span) = (check.name.text.clone(), check.span);
            insert(&mut module.checks, name.clone(), check, |first| {
                let detail = format!(
                    "A check block named {name:?} was already declared at {}. Check blocks must \
                     be unique within each module.",
                    at(first.span)
                );
                let summary = format!("Duplicate check {name:?} configuration");
                diagnostics.error(summary, detail, span);
            });
        }
        module.moved.extend(file.moved);
        module.removed.extend(file.removed);
        module.imports.extend(file.imports);
    }

    fn check_backend(&mut self) {
        let terraform = &self.parsed.module.terraform;
        if let (Some(backend), Some((_, cloud))) = (&terraform.backend, &terraform.cloud) {
            let detail = format!(
                "A module may declare either one 'cloud' block configuring a cloud backend OR \
                 one 'backend' block configuring a state backend. A cloud backend is configured \
                 at {}; a backend is configured at {}. Remove the backend block to configure a \
                 cloud backend.",
                declared_at(self.sources, *cloud),
                declared_at(self.sources, backend.span)
            );
            let summary = "Both a backend and a cloud configuration are present";
            self.diagnostics.error(summary, detail, backend.span);
        }
    }

    fn merge(&mut self, file: FileDraft) {
        self.merge_settings(&file);
        let diagnostics = &mut *self.diagnostics;
        for provider in file.providers {
            let span = provider.span;
            match self.providers.get_mut(&provider.key) {
                Some(base) => base.merge(provider),
                None => {
                    let name = format!("provider configuration {:?}", provider.key.to_string());
                    missing_base(
                        "base provider configuration for override",
                        &name,
                        span,
                        diagnostics,
                    );
                }
            }
        }
        for variable in file.variables {
            let (name, span) = (variable.name.text.clone(), variable.span);
            match self.variables.get_mut(&name) {
                Some(base) => base.merge(variable),
                None => {
                    let name = format!("variable named {name:?}");
                    missing_base("base variable declaration to override", &name, span, diagnostics);
                }
            }
        }
        for local in file.locals {
            match self.locals.get_mut(&local.name.text) {
                Some(base) => *base = local,
                None => {
                    let name = format!("local value named {:?}", &*local.name.text);
                    let span = local.name.span;
                    missing_base(
                        "base local value definition to override",
                        &name,
                        span,
                        diagnostics,
                    );
                }
            }
        }
        for output in file.outputs {
            let (name, span) = (output.name.text.clone(), output.span);
            match self.outputs.get_mut(&name) {
                Some(base) => base.merge(output, diagnostics),
                None => {
                    let name = format!("output named {name:?}");
                    missing_base("base output definition to override", &name, span, diagnostics);
                }
            }
        }
        for call in file.calls {
            let (name, span) = (call.name.text.clone(), call.span);
            match self.parsed.calls.get_mut(&name) {
                Some(base) => base.merge(call, diagnostics),
                None => {
                    let name = format!("module call named {name:?}");
                    missing_base("module call to override", &name, span, diagnostics);
                }
            }
        }
        for resource in file.resources {
            let (address, span) = (resource.address.clone(), resource.span);
            let what = match address.mode {
                Mode::Managed => "resource",
                Mode::Data => "data resource",
                Mode::Ephemeral => "ephemeral resource",
            };
            match self.resources.get_mut(&address) {
                Some(base) => base.merge(resource, diagnostics),
                None => {
                    let name = format!("{what} {address}");
                    missing_base(&format!("{what} to override"), &name, span, diagnostics);
                }
            }
        }
        let refused = [
            ("moved", file.moved.iter().map(|it| it.span).collect::<Vec<_>>()),
            ("removed", file.removed.iter().map(|it| it.span).collect()),
            ("import", file.imports.iter().map(|it| it.span).collect()),
        ];
        for (kind, spans) in refused {
            for span in spans {
                let detail = format!(
                    "Records of {kind} objects can appear only in normal files, not in override \
                     files."
                );
                let summary = format!("Cannot override '{kind}' blocks");
                diagnostics.error(summary, detail, span);
            }
        }
    }

    /// A backend and a `cloud` block replace each other.
    fn merge_settings(&mut self, file: &FileDraft) {
        let diagnostics = &mut *self.diagnostics;
        let terraform = &mut self.parsed.module.terraform;
        // A constraint in an override file stands for all others.
        if !file.required_versions.is_empty() {
            terraform.required_versions.clone_from(&file.required_versions);
        }
        if let [_, second, ..] = &file.backends[..] {
            let detail = "Each override file may have only one backend configuration.";
            diagnostics.error("Duplicate backend configuration", detail, second.span);
        }
        if let [_, (_, second), ..] = &file.clouds[..] {
            let detail = "A module may have only one 'cloud' block configuring a cloud backend.";
            diagnostics.error("Duplicate cloud configurations", detail, *second);
        }
        match (file.backends.first(), file.clouds.first()) {
            (Some(backend), Some(_)) => {
                let detail = "A module may declare either one 'cloud' block or one 'backend' \
                              block, also in an override file.";
                let summary = "Both a backend and a cloud configuration are present";
                diagnostics.error(summary, detail, backend.span);
            }
            (Some(backend), None) => {
                terraform.backend = Some(backend.clone());
                terraform.cloud = None;
            }
            (None, Some(cloud)) => {
                terraform.cloud = Some(cloud.clone());
                terraform.backend = None;
            }
            (None, None) => (),
        }
    }

    fn finish(self) -> ParsedModule {
        let Builder { mut parsed, diagnostics, sources, .. } = self;
        let module = &mut parsed.module;
        for (key, draft) in self.providers {
            let ProviderDraft { for_each, version, body, span, .. } = draft;
            let provider = Provider { key: key.clone(), for_each, version, body, span };
            module.providers.insert(key, provider);
        }
        for (name, draft) in self.variables {
            module.variables.insert(name, finish_variable(draft, diagnostics));
        }
        module.locals = self.locals;
        for (name, draft) in self.outputs {
            module.outputs.extend(finish_output(draft).map(|output| (name, output)));
        }
        for (address, draft) in self.resources {
            module.resources.insert(address, finish_resource(draft));
        }
        super::refactoring::check_imports(module, sources, diagnostics);
        parsed
    }
}

fn duplicate_resource(
    address: &ResourceAddress,
    first: &str,
    span: Span,
    diagnostics: &mut Diagnostics,
) {
    let (word, what) = match address.mode {
        Mode::Managed => ("resource", "resource"),
        Mode::Data => ("data", "data resource"),
        Mode::Ephemeral => ("ephemeral", "ephemeral resource"),
    };
    let article = if word == "ephemeral" { "An" } else { "A" };
    let detail = format!(
        "{article} {} {what} named {:?} was already declared at {first}. Resource names must be \
         unique per type in each module.",
        address.kind, &*address.name
    );
    let summary = format!("Duplicate {word} {:?} configuration", &*address.kind);
    diagnostics.error(summary, detail, span);
}

/// The default is converted now, because an override may have given it another type.
fn finish_variable(draft: VariableDraft, diagnostics: &mut Diagnostics) -> Variable {
    let type_declared = draft.ty.is_some();
    let (ty, defaults) = draft.ty.map_or((Type::Dynamic, None), |it| (it.ty, it.defaults));
    let nullable = draft.nullable.unwrap_or(true);
    let summary = "Invalid default value for variable";
    let overridden_at = draft.overridden_at;
    let default = draft.default.map(|(value, span)| {
        let span = overridden_at.unwrap_or(span);
        let converted = convert_with_defaults(&value, &ty, defaults.as_deref());
        let value = match converted {
            Ok(value) => value,
            Err(error) => {
                let detail = format!(
                    "This default value is not compatible with the variable's type constraint: \
                     {}.",
                    explain(&error)
                );
                diagnostics.error(summary, detail, span);
                provision_schema::Value::dynamic()
            }
        };
        if value.is_null() && !nullable {
            let detail = "A null default value is not valid when nullable=false.";
            diagnostics.error(summary, detail, span);
        }
        value
    });
    Variable {
        name: draft.name,
        ty,
        type_declared,
        defaults,
        default,
        description: draft.description,
        sensitive: draft.sensitive.unwrap_or(false),
        ephemeral: draft.ephemeral.unwrap_or(false),
        nullable,
        constant: draft.constant.unwrap_or(false),
        deprecated: draft.deprecated,
        validations: draft.validations,
        span: draft.span,
    }
}

fn finish_output(draft: OutputDraft) -> Option<Output> {
    Some(Output {
        name: draft.name,
        // Without a value there was an error already.
        value: draft.value?,
        ty: draft.ty.map(|it| (it.ty, it.defaults)),
        description: draft.description,
        sensitive: draft.sensitive.unwrap_or(false),
        ephemeral: draft.ephemeral.unwrap_or(false),
        deprecated: draft.deprecated,
        depends_on: draft.depends_on,
        preconditions: draft.preconditions,
        span: draft.span,
    })
}

fn finish_resource(draft: ResourceDraft) -> Resource {
    let lifecycle = draft.lifecycle;
    Resource {
        address: draft.address,
        kind: draft.kind,
        name: draft.name,
        repetition: draft.repetition,
        provider: draft.provider,
        depends_on: draft.depends_on,
        lifecycle: Lifecycle {
            create_before_destroy: lifecycle.create_before_destroy,
            prevent_destroy: lifecycle.prevent_destroy,
            destroy: lifecycle.destroy,
            ignore_changes: lifecycle.ignore_changes.unwrap_or_default(),
            replace_triggered_by: lifecycle.replace_triggered_by.unwrap_or_default(),
            preconditions: lifecycle.preconditions,
            postconditions: lifecycle.postconditions,
        },
        connection: draft.connection,
        provisioners: draft.provisioners,
        body: draft.body,
        check: draft.check,
        span: draft.span,
    }
}
