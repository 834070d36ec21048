//! `required_providers` blocks: which provider a local name stands for.

use std::sync::Arc;

use indexmap::IndexMap;
use provision_schema::Type;

use crate::ast::{Attribute, Block, ExprKind, Name, StepKind};
use crate::config::decode::{Cx, Written, normal_provider_part};
use crate::config::drafts::RequiredProviders;
use crate::config::model::{ProviderKey, RequiredProvider};
use crate::config::providers::implied_source;
use crate::config::versions::Constraints;
use crate::source::Span;

pub(super) fn decode(block: &Block, cx: &mut Cx<'_>) -> RequiredProviders {
    let mut entries = IndexMap::new();
    for attribute in cx.just_attributes(&block.body) {
        if let Some(entry) = decode_entry(&attribute, cx) {
            entries.insert(attribute.name.text.clone(), entry);
        }
    }
    RequiredProviders { entries, span: block.span }
}

fn decode_entry(attribute: &Attribute, cx: &mut Cx<'_>) -> Option<RequiredProvider> {
    let name = &attribute.name;
    let span = attribute.expr.span;
    let written = Written::from(attribute);
    if let Some(json) = written.json {
        if !matches!(json.kind, crate::ast::JsonKind::Object(_)) {
            return decode_legacy(attribute, cx);
        }
    } else if matches!(&attribute.expr.kind, ExprKind::Literal(_)) {
        return decode_legacy(attribute, cx);
    }
    if !cx.check_provider_name(&name.text, span) {
        return None;
    }
    if !matches!(&attribute.expr.kind, ExprKind::Object(_)) {
        let detail = "required_providers entries must be strings or objects.";
        cx.error("Invalid required_providers object", detail, span);
        return None;
    }
    let mut entry = RequiredProvider {
        source: implied_source(&name.text),
        version: None,
        aliases: Vec::new(),
        span,
    };
    let mut valid = true;
    for (key, value) in cx.map(written) {
        match key.text().as_deref() {
            Some("version") => match decode_version(value, cx) {
                Some(version) => entry.version = Some(version),
                None => valid = false,
            },
            Some("source") => match decode_source(value, cx) {
                Some(source) => entry.source = source,
                None => valid = false,
            },
            Some("configuration_aliases") => {
                let items = cx.list(value);
                let aliases = items.iter().filter_map(|item| decode_alias(name, *item, cx));
                entry.aliases = aliases.collect();
            }
            _ => {
                let detail = "required_providers objects can only contain \"version\", \
                              \"source\" and \"configuration_aliases\" attributes. To configure \
                              a provider, use a \"provider\" block.";
                cx.error("Invalid required_providers object", detail, key.span());
                valid = false;
                break;
            }
        }
    }
    valid.then_some(entry)
}

/// The form from before sources: only a version constraint.
fn decode_legacy(attribute: &Attribute, cx: &mut Cx<'_>) -> Option<RequiredProvider> {
    let name = &attribute.name;
    let version = super::language::version_constraint(attribute, cx)?;
    let source = match normal_provider_part(&name.text) {
        Ok(normal) => implied_source(&normal),
        Err(problem) => {
            cx.error("Invalid provider name", problem, attribute.expr.span);
            return None;
        }
    };
    let (span, version) = (attribute.expr.span, Some(version));
    Some(RequiredProvider { source, version, aliases: Vec::new(), span })
}

fn decode_version(value: Written<'_>, cx: &mut Cx<'_>) -> Option<Name> {
    let text = constant_string(value, "Invalid version constraint", "Version", cx)?;
    if Constraints::parse(&text).is_none() {
        let detail = "This string does not use correct version constraint syntax.";
        cx.error("Invalid version constraint", detail, text.span);
        return None;
    }
    Some(text)
}

fn constant_string(value: Written<'_>, summary: &str, what: &str, cx: &mut Cx<'_>) -> Option<Name> {
    let span = value.span();
    let before = cx.diagnostics.len();
    let constant = cx.constant(value).filter(|it| it.ty() == Type::String && it.is_present());
    let Some(text) = constant.as_ref().and_then(|it| it.as_arc_str()) else {
        // One error about the type says more than one about variables.
        cx.diagnostics.truncate(before);
        cx.error(summary, format!("{what} must be specified as a string."), span);
        return None;
    };
    Some(Name { text: text.clone(), span })
}

fn decode_source(value: Written<'_>, cx: &mut Cx<'_>) -> Option<Arc<str>> {
    let source = constant_string(value, "Invalid source", "Source", cx)?;
    parse_source(&source.text, source.span, cx)
}

/// `[host/]namespace/type`, normalized, without the default host.
fn parse_source(text: &str, span: Span, cx: &mut Cx<'_>) -> Option<Arc<str>> {
    let parts: Vec<&str> = text.split('/').collect();
    if parts.is_empty() || parts.len() > 3 || parts.iter().any(|part| part.is_empty()) {
        let detail = "The \"source\" attribute must be in the format \
                      \"[hostname/][namespace/]name\"";
        cx.error("Invalid provider source string", detail, span);
        return None;
    }
    let normal = |part: &str, what: &str, cx: &mut Cx<'_>| match normal_provider_part(part) {
        Ok(normal) => Some(normal),
        Err(problem) => {
            let detail = format!("Invalid provider {what} {part:?} in source {text:?}: {problem}");
            cx.error(format!("Invalid provider {what}"), detail, span);
            None
        }
    };
    let (last, before) = parts.split_last()?;
    let kind = normal(last, "type", cx)?;
    let namespace = match before.last() {
        // `-` was a placeholder for providers that are installed by hand.
        Some(&"-") if before.len() == 1 => {
            let detail = "The legacy provider namespace \"-\" can be used only with hostname \
                          registry.opentofu.org.";
            cx.error("Invalid legacy provider namespace", detail, span);
            return None;
        }
        Some(namespace) => normal(namespace, "namespace", cx)?,
        None => return Some(implied_source(&kind)),
    };
    for prefix in ["terraform-provider-", "terraform-"] {
        if let Some(rest) = kind.strip_prefix(prefix) {
            let detail = format!(
                "Provider source {text:?} has a type with the prefix {prefix:?}, which isn't \
                 valid. Although that prefix is often used in the names of version control \
                 repositories for providers, provider source strings should not include it.\n\n\
                 Did you mean \"{namespace}/{rest}\"?"
            );
            cx.error("Invalid provider type", detail, span);
            return None;
        }
    }
    match parts.first().filter(|_| parts.len() == 3) {
        None => Some(format!("{namespace}/{kind}").into()),
        Some(&("registry.opentofu.org" | "registry.terraform.io")) => {
            Some(format!("{namespace}/{kind}").into())
        }
        Some(host) if is_host(host) => {
            Some(format!("{}/{namespace}/{kind}", host.to_lowercase()).into())
        }
        Some(host) => {
            let detail = format!("Invalid provider source hostname {host:?} in source {text:?}.");
            cx.error("Invalid provider source hostname", detail, span);
            None
        }
    }
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|it| it == '-' || it.is_alphanumeric())
    };
    port.is_none_or(|port| port.parse::<u16>().is_ok())
        && (name.contains('.') || name == "localhost" || port.is_some())
        && name.split('.').all(is_label)
}

fn decode_alias(provider: &Name, item: Written<'_>, cx: &mut Cx<'_>) -> Option<ProviderKey> {
    let reference = cx.reference(item)?;
    let alias = match &reference.steps[..] {
        [] => None,
        [step] => match &step.kind {
            StepKind::Attribute(alias) => Some(alias.clone()),
            _ => return bad_alias(item.span(), cx),
        },
        _ => return bad_alias(item.span(), cx),
    };
    let local_name = reference.root.text;
    if local_name != provider.text {
        let detail = format!(
            "Configuration aliases must be prefixed with the provider name. Expected {:?}, but \
             found {local_name:?}.",
            &*provider.text
        );
        cx.error("Invalid configuration_aliases value", detail, item.span());
        return None;
    }
    Some(ProviderKey { local_name, alias })
}

fn bad_alias(span: Span, cx: &mut Cx<'_>) -> Option<ProviderKey> {
    let detail = "Configuration aliases can only contain references to local provider \
                  configuration names in the format of provider.alias";
    cx.error("Invalid configuration_aliases value", detail, span);
    None
}
