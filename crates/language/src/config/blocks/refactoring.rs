//! `moved`, `removed` and `import` blocks.

use provision_schema::address::Mode;

use crate::ast::{Attribute, Block, ExprKind, Reference, StepKind};
use crate::config::addresses;
use crate::config::blocks::provisioner;
use crate::config::decode::{Cx, NOT_STATIC, Shape, Written, has_constant_steps, quoted_text};
use crate::config::model::{Endpoint, Import, Moved, Removed};
use crate::config::text;

const MOVED: Shape = Shape { required: &["from", "to"], optional: &[], blocks: &[] };

const REMOVED: Shape = Shape {
    required: &["from"],
    optional: &[],
    blocks: &[("lifecycle", &[]), ("provisioner", &["type"])],
};

const REMOVED_LIFECYCLE: Shape = Shape { required: &[], optional: &["destroy"], blocks: &[] };

const IMPORT: Shape =
    Shape { required: &["to"], optional: &["provider", "id", "identity", "for_each"], blocks: &[] };

pub(super) fn decode_moved(block: &Block, cx: &mut Cx<'_>) -> Option<Moved> {
    let found = cx.content(&block.body, &MOVED);
    let from = found.attribute("from").and_then(|it| endpoint(it, cx));
    let to = found.attribute("to").and_then(|it| endpoint(it, cx));
    let (from, to) = (from?, to?);
    let same_kind = matches!(
        (&from, &to),
        (Endpoint::Module(_), Endpoint::Module(_)) | (Endpoint::Resource(_), Endpoint::Resource(_))
    );
    if !same_kind {
        let detail = "The \"from\" and \"to\" addresses must either both refer to resources or \
                      both refer to modules.";
        cx.error("Invalid \"moved\" addresses", detail, block.span);
        return None;
    }
    Some(Moved { from, to, span: block.span })
}

fn endpoint(attribute: &Attribute, cx: &mut Cx<'_>) -> Option<Endpoint> {
    let written = Written::from(attribute);
    // Quotes around an address are an error in native syntax, and the only way in JSON.
    if written.json.is_none() && quoted_text(written).is_some() {
        cx.error("Invalid expression", NOT_STATIC, written.span());
        return None;
    }
    let reference = cx.static_reference(written)?;
    match addresses::endpoint(&reference) {
        Ok(endpoint) => Some(endpoint),
        Err(diagnostic) => {
            let at = diagnostic.subject.unwrap_or(written.span());
            cx.diagnostics.push(diagnostic.at(at));
            None
        }
    }
}

pub(super) fn decode_removed(block: &Block, cx: &mut Cx<'_>) -> Option<Removed> {
    let before = cx.diagnostics.len();
    let found = cx.content(&block.body, &REMOVED);
    let from = found.attribute("from").and_then(|attribute| {
        let from = endpoint(attribute, cx)?;
        check_removable(&from, attribute, cx).then_some(from)
    });
    let mut destroy = None;
    let mut lifecycle = None;
    let mut provisioners = Vec::new();
    for inner in &found.blocks {
        if &*inner.kind.text == "lifecycle" {
            if let Some(first) = lifecycle {
                cx.duplicate_block("lifecycle", "The removed block", first, inner.span);
                continue;
            }
            lifecycle = Some(inner.span);
            let found = cx.content(&inner.body, &REMOVED_LIFECYCLE);
            destroy = found.attribute("destroy").and_then(|it| cx.bool_constant(it));
            continue;
        }
        let Some(provisioner) = provisioner::decode(inner, cx) else { continue };
        if !provisioner.when_destroy {
            let detail = "\"removed\" blocks can only contain destroy provisioners. \
                          \"removed.provisioner.when = destroy\" expected";
            cx.error("Invalid \"removed.provisioner\" block", detail, inner.span);
        } else if matches!(from, Some(Endpoint::Module(_))) {
            let detail = "\"removed\" blocks containing \"provisioner\"s can only target \
                          resources. Found one block that is targeting a module";
            cx.error("Invalid \"removed\" block", detail, block.span);
        } else {
            provisioners.push(provisioner);
        }
    }
    if cx.diagnostics.len() == before {
        if destroy.is_none() {
            let detail = "It is recommended to give each 'removed' block a 'lifecycle' block. \
                          Without saying whether the object should be destroyed, it is only \
                          forgotten.";
            cx.warning("Missing lifecycle from the removed block", detail, block.span);
        } else if destroy == Some(false) && !provisioners.is_empty() {
            let detail = "The 'removed' block has marked the resource to be forgotten and not \
                          destroyed. Therefore, the provisioners configured for it will not be \
                          executed.";
            cx.warning("Removed block provisioners will not be executed", detail, block.span);
        }
    }
    let destroy = destroy.unwrap_or(false);
    Some(Removed { from: from?, destroy, provisioners, span: block.span })
}

/// What is removed is gone from the configuration as a whole, so no keys, and it must be
/// something that can be destroyed.
fn check_removable(from: &Endpoint, attribute: &Attribute, cx: &mut Cx<'_>) -> bool {
    use provision_schema::address::InstanceKey;
    let has_key = |modules: &[(std::sync::Arc<str>, InstanceKey)]| {
        modules.iter().any(|(_, key)| *key != InstanceKey::None)
    };
    let (summary, detail) = match from {
        Endpoint::Module(modules) if has_key(modules) => (
            "Module instance address with keys is not allowed",
            "Module address cannot be a module instance (e.g. \"module.a[0]\"), it must be a \
             module instead (e.g. \"module.a\").",
        ),
        Endpoint::Resource(address) if has_key(&address.module.0) => (
            "Module instance address with keys is not allowed",
            "Module address cannot be a module instance (e.g. \"module.a[0]\"), it must be a \
             module instead (e.g. \"module.a\").",
        ),
        Endpoint::Resource(address) if address.key != InstanceKey::None => (
            "Resource instance address with keys is not allowed",
            "Resource address cannot be a resource instance (e.g. \"null_resource.a[0]\"), it \
             must be a resource instead (e.g. \"null_resource.a\").",
        ),
        Endpoint::Resource(address) if address.resource.mode == Mode::Data => (
            "Data source address is not allowed",
            "Data sources cannot be destroyed, and therefore, 'removed' blocks are not allowed \
             to target them. To remove data sources from the state, you should remove the data \
             source block from the configuration.",
        ),
        Endpoint::Resource(address) if address.resource.mode == Mode::Ephemeral => (
            "Ephemeral resource address is not allowed",
            "Ephemeral resources cannot be destroyed, and therefore, 'removed' blocks are not \
             allowed to target them. To remove an ephemeral resource, remove its block from the \
             configuration.",
        ),
        _ => return true,
    };
    cx.error(summary, detail, attribute.expr.span);
    false
}

pub(super) fn decode_import(block: &Block, cx: &mut Cx<'_>) -> Option<Import> {
    let found = cx.content(&block.body, &IMPORT);
    let to = found.attribute("to").and_then(|attribute| import_target(attribute, cx));
    let provider = found.attribute("provider").and_then(|attribute| {
        if to.as_ref().is_some_and(|to| &*to.root.text == "module") {
            let detail = "The provider argument can only be specified in import blocks that \
                          will generate configuration.\n\nUse the providers argument within the \
                          module block to configure providers for all resources within a \
                          module, including imported resources.";
            cx.error("Invalid import provider argument", detail, attribute.span);
        }
        cx.provider(attribute.into(), "provider")
    });
    match (found.attribute("id"), found.attribute("identity")) {
        (None, None) => {
            let detail = "One of 'id' or 'identity' must be specified in an import block to \
                          identify the resource instance to import.";
            cx.error("Missing required import argument", detail, block.span);
        }
        (Some(id), Some(identity)) => {
            let (first, second) =
                if id.span.start < identity.span.start { (id, identity) } else { (identity, id) };
            let detail = "Only one of 'id' or 'identity' can be specified in an import block. \
                          'id' identifies the resource instance by its ID, while 'identity' \
                          identifies it by its Resource Identity.";
            cx.error("Conflicting import arguments", detail, first.span.to(second.span));
        }
        _ => (),
    }
    Some(Import {
        to: to?,
        id: found.expr("id"),
        identity: found.expr("identity"),
        for_each: found.expr("for_each"),
        provider,
        span: block.span,
    })
}

/// An address whose keys may be expressions.
fn import_target(attribute: &Attribute, cx: &mut Cx<'_>) -> Option<Reference> {
    let written = Written::from(attribute);
    let parsed = match (&attribute.json, quoted_text(written)) {
        (Some(_), Some((source, span))) => {
            text::parse_expression(&source, span, cx.sources, cx.diagnostics)?
        }
        _ => attribute.expr.clone(),
    };
    let ExprKind::Reference(reference) = parsed.kind else {
        let detail = "Import address must be a reference to a resource's address, and only \
                      allows for indexing with dynamic keys. For example: \
                      module.my_module[expression1].aws_s3_bucket.my_buckets[expression2] for \
                      resources inside of modules, or simply aws_s3_bucket.my_bucket for a \
                      resource in the root module";
        cx.error("Invalid import address expression", detail, written.span());
        return None;
    };
    // The same address with every computed key replaced tells whether its form is right.
    let mut form = (*reference).clone();
    if !has_constant_steps(&form) {
        for step in &mut form.steps {
            if let StepKind::Index(key) = &mut step.kind
                && !matches!(key.kind, ExprKind::Literal(_))
            {
                key.kind = ExprKind::Literal(provision_schema::Value::from("key"));
            }
        }
    }
    match addresses::endpoint(&form) {
        Ok(Endpoint::Resource(address)) if address.resource.mode == Mode::Managed => {
            Some(*reference)
        }
        Ok(_) => {
            let detail = "Only managed resources can be imported: the address must be that of a \
                          resource instance.";
            cx.error("Invalid import address", detail, written.span());
            None
        }
        Err(diagnostic) => {
            let at = diagnostic.subject.unwrap_or(written.span());
            cx.diagnostics.push(diagnostic.at(at));
            None
        }
    }
}
