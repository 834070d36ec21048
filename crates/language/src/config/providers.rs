//! Which provider a name stands for, and how modules hand provider configurations to the modules
//! they call.

use std::sync::Arc;

use provision_schema::address::Mode;

use super::model::*;
use crate::ast::{Body, JsonKind};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

/// The provider that a local name means when nothing says otherwise.
pub(super) fn implied_source(local_name: &str) -> Arc<str> {
    match local_name {
        "terraform" => "terraform.io/builtin/terraform".into(),
        name => format!("hashicorp/{name}").into(),
    }
}

impl Module {
    /// The provider that a local name stands for in the module: `hashicorp/aws`.
    pub fn provider_source(&self, local_name: &str) -> Arc<str> {
        match self.terraform.required_providers.get(local_name) {
            Some(required) => required.source.clone(),
            None => implied_source(local_name),
        }
    }

    /// Whether the module gets the configuration from its caller under that name.
    fn expects(&self, key: &ProviderKey) -> bool {
        let required = &self.terraform.required_providers;
        required.values().any(|it| it.aliases.contains(key))
    }
}

impl Resource {
    /// The provider configuration that the resource uses, without the instance.
    pub fn provider_key(&self) -> ProviderKey {
        match &self.provider {
            Some(reference) => reference.key.clone(),
            None => {
                let kind = &self.address.kind;
                let local_name = kind.split_once('_').map_or(&**kind, |(name, _)| name);
                ProviderKey { local_name: local_name.into(), alias: None }
            }
        }
    }
}

/// Checks the tree of modules below `module`.
pub(super) fn check(module: &Module, diagnostics: &mut Diagnostics) {
    check_module(module, None, None, diagnostics);
}

/// `no_configuration` is what forbids provider blocks in the module: a repetition or a
/// `depends_on` of a call above it.
fn check_module(
    module: &Module,
    caller: Option<(&Module, &ModuleCall)>,
    no_configuration: Option<Span>,
    diagnostics: &mut Diagnostics,
) {
    for (name, child) in &module.children {
        let Some(call) = module.calls.get(name) else { continue };
        let forbidden = match &call.repetition {
            Repetition::Count(expr) | Repetition::ForEach(expr) | Repetition::Enabled(expr) => {
                Some(expr.span)
            }
            Repetition::Single => call.depends_on.first().map(|it| it.root.span),
        };
        check_module(child, Some((module, call)), forbidden.or(no_configuration), diagnostics);
    }
    check_duplicates(module, diagnostics);
    check_resources(module, caller.map(|(_, call)| call), diagnostics);
    check_calls(module, caller, diagnostics);
    let Some((parent, call)) = caller else { return };
    check_configured(module, parent, call, no_configuration, diagnostics);
    for (child, passed) in &call.providers {
        check_passed(module, parent, child, passed, diagnostics);
    }
    warn_of_empty_blocks(module, diagnostics);
}

fn place_of(module: &Module) -> String {
    match module.path.0.is_empty() {
        true => "the root module".to_owned(),
        false => module.path.to_string(),
    }
}

/// An empty block was once the way to say that a configuration is expected from the caller.
fn is_empty(provider: &Provider) -> bool {
    let is_empty = match &provider.body {
        Body::Native(body) => body.attributes.is_empty() && body.blocks.is_empty(),
        Body::Json(body) => match &body.value.kind {
            JsonKind::Object(entries) => entries.iter().all(|(name, _)| &*name.text == "//"),
            JsonKind::Array(items) => items.is_empty(),
            _ => true,
        },
    };
    is_empty && provider.version.is_none() && provider.for_each.is_none()
}

fn is_configured(module: &Module, key: &ProviderKey) -> bool {
    module.providers.get(key).is_some_and(|provider| !is_empty(provider))
}

/// One provider under two names makes two providers of it, which is rarely meant.
fn check_duplicates(module: &Module, diagnostics: &mut Diagnostics) {
    let required = &module.terraform.required_providers;
    for (index, (name, entry)) in required.iter().enumerate() {
        if let Some((earlier, _)) =
            required.iter().take(index).find(|(_, it)| it.source == entry.source)
        {
            let detail = format!(
                "Provider {} with the local name {name:?} was previously required as \
                 {earlier:?}. A provider can only be required once within required_providers.",
                entry.source
            );
            diagnostics.warning("Duplicate required provider", detail, entry.span);
            continue;
        }
        let Some(implied) = entry.source.strip_prefix("hashicorp/").filter(|it| **it != **name)
        else {
            continue;
        };
        if module.providers.keys().any(|key| *key.local_name == *implied) {
            let detail = format!(
                "Provider {} with the local name {name:?} was implicitly required via a \
                 configuration block as {implied:?}. The provider configuration block name must \
                 match the name used in required_providers.",
                entry.source
            );
            diagnostics.warning("Duplicate required provider", detail, entry.span);
        }
    }
}

fn check_resources(module: &Module, call: Option<&ModuleCall>, diagnostics: &mut Diagnostics) {
    for resource in module.resources.values() {
        let key = resource.provider_key();
        if resource.provider.is_none() {
            check_implied(module, resource, &key, diagnostics);
        }
        let Some(reference) = &resource.provider else { continue };
        let provider = module.providers.get(&key);
        check_instance(reference, provider, &resource_word(resource), diagnostics);
        if key.alias.is_none() || provider.is_some() || module.expects(&key) {
            continue;
        }
        let passed =
            call.is_some_and(|call| call.providers.iter().any(|(child, _)| child.key == key));
        if !passed && reference.instance.is_none() {
            let detail = format!(
                "To work with {}, the provider configuration {key} is required, but there is \
                 neither a \"provider\" block with this alias in {} nor an entry in \
                 configuration_aliases that asks the caller for it.",
                resource.address,
                place_of(module)
            );
            diagnostics.push(
                Diagnostic::error("Provider configuration not present", detail)
                    .at(reference.span)
                    .about(resource.address.to_string()),
            );
        }
    }
}

fn resource_word(resource: &Resource) -> String {
    match resource.address.mode {
        Mode::Managed => "resource".to_owned(),
        Mode::Data => "data".to_owned(),
        Mode::Ephemeral => "ephemeral".to_owned(),
    }
}

/// An instance key belongs to a configuration with `for_each`, and only to that.
fn check_instance(
    reference: &ProviderReference,
    provider: Option<&Provider>,
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    let repeated = provider.is_some_and(|provider| provider.for_each.is_some());
    let key = &reference.key;
    let (detail, at) = match (&reference.instance, repeated, &key.alias) {
        (None, true, _) => (
            "A reference to a provider configuration which uses for_each requires an instance \
             key. Passing a collection of provider instances into a child module is not allowed."
                .to_owned(),
            reference.span,
        ),
        (Some(instance), _, None) => (
            "An instance key can be specified only for a provider configuration which has an \
             alias and uses for_each."
                .to_owned(),
            instance.span,
        ),
        (Some(instance), false, Some(alias)) => match provider {
            Some(_) => (
                "An instance key can be specified only for a provider configuration that uses \
                 for_each."
                    .to_owned(),
                instance.span,
            ),
            None => (
                format!(
                    "This module doesn't declare a provider {:?} block with alias = {alias:?}, \
                     which is required for use with for_each.",
                    &*key.local_name
                ),
                reference.span,
            ),
        },
        _ => return,
    };
    diagnostics.error(format!("Invalid {what} provider configuration"), detail, at);
}

/// A resource whose type implies a provider that the module requires under another name.
fn check_implied(
    module: &Module,
    resource: &Resource,
    key: &ProviderKey,
    diagnostics: &mut Diagnostics,
) {
    let name = &key.local_name;
    if let Err(problem) = super::decode::normal_provider_part(name) {
        let detail = format!("{name:?} is an invalid implied provider local name: {problem}");
        diagnostics.error("Invalid provider local name", detail, resource.span);
        return;
    }
    let required = &module.terraform.required_providers;
    if required.contains_key(name) {
        return;
    }
    let source = implied_source(name);
    if let Some((other, _)) = required.iter().find(|(_, it)| it.source == source) {
        let detail = format!(
            "Provider {source:?} was implicitly required via resource {:?}, but listed in \
             required_providers as {other:?}. Either the local name in required_providers must \
             match the resource name, or the {other:?} provider must be assigned within the \
             resource block.",
            resource.address.to_string()
        );
        diagnostics.warning("Duplicate required provider", detail, resource.span);
    }
}

/// What a module passes on must be something it has.
fn check_calls(
    module: &Module,
    caller: Option<(&Module, &ModuleCall)>,
    diagnostics: &mut Diagnostics,
) {
    for (_, passed) in module.calls.values().flat_map(|call| &call.providers) {
        check_instance(passed, module.providers.get(&passed.key), "module", diagnostics);
        if passed.key.alias.is_some() {
            check_alias_passed(module, passed, diagnostics);
            continue;
        }
        let name = &passed.key.local_name;
        let configured = is_configured(module, &passed.key);
        let own = place_of(module);
        if !configured && !module.terraform.required_providers.contains_key(name) {
            let source = implied_source(name);
            let detail = format!(
                "There is no explicit declaration for local provider name {name:?} in {own}, so \
                 it is assumed that you mean to pass a configuration for provider {source}.\n\n\
                 To clarify your intent and silence this warning, add to {own} a \
                 required_providers entry named {name:?} with source = {source:?}, or a \
                 different source address if appropriate."
            );
            diagnostics.warning("Reference to undefined provider", detail, passed.span);
            continue;
        }
        let Some((parent, call)) = caller else { continue };
        let is_passed = call.providers.iter().any(|(child, _)| child.key == passed.key);
        if !configured && !is_passed {
            let detail = format!(
                "The configuration for {own} expects to inherit a configuration for provider {} \
                 with local name {name:?}, but {} doesn't pass a configuration under that \
                 name.\n\nTo satisfy this requirement, add an entry for {name:?} to the \
                 \"providers\" argument in the module {:?} block.",
                module.provider_source(name),
                place_of(parent),
                &*call.name.text
            );
            diagnostics.warning("Missing required provider configuration", detail, call.span);
        }
    }
}

fn check_alias_passed(module: &Module, passed: &ProviderReference, diagnostics: &mut Diagnostics) {
    if module.providers.contains_key(&passed.key)
        || module.expects(&passed.key)
        || passed.instance.is_some()
    {
        return;
    }
    let detail = format!(
        "The \"providers\" argument passes the provider configuration {}, but there is neither a \
         \"provider\" block with this alias in {} nor an entry in configuration_aliases that \
         asks the caller for it.",
        passed.key,
        place_of(module)
    );
    diagnostics.error("Provider configuration not present", detail, passed.span);
}

/// A module's own provider blocks, and the aliases it asks for.
fn check_configured(
    module: &Module,
    parent: &Module,
    call: &ModuleCall,
    no_configuration: Option<Span>,
    diagnostics: &mut Diagnostics,
) {
    let configured: Vec<&ProviderKey> =
        module.providers.values().filter(|it| !is_empty(it)).map(|it| &it.key).collect();
    if let (Some(span), false) = (no_configuration, configured.is_empty()) {
        let detail = format!(
            "The module at {} is a legacy module which contains its own local provider \
             configurations, and so calls to it may not use the count, for_each, enabled or \
             depends_on arguments.\n\nIf you also control the module {:?}, consider updating \
             this module to instead expect provider configurations to be passed by its caller.",
            module.path,
            call.source.as_ref().map_or("", |source| &*source.text)
        );
        let summary = "Module is incompatible with count, for_each, and depends_on";
        diagnostics.error(summary, detail, span);
    }
    for key in &configured {
        if let Some((child, _)) = call.providers.iter().find(|(child, _)| child.key == **key) {
            let detail = format!(
                "The configuration of {} has its own local configuration for {key}, and so it \
                 cannot accept an overridden configuration provided by {}.",
                module.path,
                place_of(parent)
            );
            diagnostics.error("Cannot override provider configuration", detail, child.span);
        }
    }
    for required in module.terraform.required_providers.values() {
        for alias in &required.aliases {
            let passed = call.providers.iter().any(|(child, _)| child.key == *alias);
            if passed || configured.contains(&alias) {
                continue;
            }
            let name = alias.to_string();
            let detail = format!(
                "The child module requires an additional configuration for provider {}, with \
                 the local name {name:?}.\n\nRefer to the module's documentation to understand \
                 the intended purpose of this additional provider configuration, and then add an \
                 entry for {name} in the \"providers\" meta-argument in the module block to \
                 choose which provider configuration the module should use for that purpose.",
                required.source
            );
            diagnostics.error("Missing required provider configuration", detail, call.span);
        }
    }
}

/// A configuration that is passed must be one that the child knows, of the same provider.
fn check_passed(
    module: &Module,
    parent: &Module,
    child: &ProviderReference,
    passed: &ProviderReference,
    diagnostics: &mut Diagnostics,
) {
    let key = &child.key;
    let name = key.to_string();
    let required = &module.terraform.required_providers;
    let known = (key.alias.is_none() && required.contains_key(&key.local_name))
        || module.expects(key)
        || module.providers.get(key).is_some_and(is_empty);
    let wanted = module.provider_source(&key.local_name);
    let (own, outer) = (place_of(module), place_of(parent));
    if !known && !is_configured(module, key) {
        // Without an alias it is the default configuration of a provider, which needs no
        // declaration; with one, nothing in the module could use it.
        let advice = format!(
            "If you also control the child module, add a required_providers entry named \
             {name:?} with the source address {:?}.",
            &*wanted
        );
        let summary = "Reference to undefined provider";
        if wanted.starts_with("hashicorp/") {
            let detail = format!(
                "There is no explicit declaration for local provider name {name:?} in {own}, so \
                 it is assumed that you mean to pass a configuration for {wanted:?}.\n\n{advice}"
            );
            diagnostics.warning(summary, detail, child.span);
        } else {
            let detail = format!(
                "The child module does not declare any provider requirement with the local name \
                 {name:?}.\n\n{advice}"
            );
            diagnostics.error(summary, detail, child.span);
        }
    }
    let given = parent.provider_source(&passed.key.local_name);
    if given == wanted {
        return;
    }
    let detail = match required.iter().find(|(_, it)| it.source == given) {
        Some((other, _)) => format!(
            "The assigned configuration is for provider {given:?}, but local name {:?} in {own} \
             represents {wanted:?}.\n\nTo pass this configuration to the child module, use the \
             local name {other:?} instead.",
            &*key.local_name
        ),
        None => format!(
            "The local name {:?} in {outer} represents provider {given:?}, but {name:?} in {own} \
             represents {wanted:?}.\n\nEach provider has its own distinct configuration schema \
             and provider types, so this module's {name:?} can be assigned only a configuration \
             for {wanted}, which is not required by {own}.",
            &*passed.key.local_name
        ),
    };
    diagnostics.error("Provider type mismatch", detail, passed.span);
}

fn warn_of_empty_blocks(module: &Module, diagnostics: &mut Diagnostics) {
    for provider in module.providers.values().filter(|it| is_empty(it)) {
        let detail = format!(
            "Earlier versions used empty provider blocks for child modules to declare their need \
             to be passed a provider configuration by their callers. That approach was ambiguous \
             and is now deprecated.\n\nIf you control this module, remove the empty provider \
             {:?} block and declare the provider in the required_providers block of {}{}.",
            &*provider.key.local_name,
            module.path,
            match &provider.key.alias {
                Some(_) => format!(", with configuration_aliases = [{}]", provider.key),
                None => String::new(),
            }
        );
        diagnostics.warning("Redundant empty provider block", detail, provider.span);
    }
}
