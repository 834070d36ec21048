//! Override files: what they say replaces what the primary files say.

use std::sync::Arc;

use super::decode::{Cx, place};
use super::drafts::*;
use super::model::*;
use super::text;
use crate::ast::{Attribute, Block, Body, Json, JsonBody, JsonKind, Name, NativeBody, Reference};
use crate::diagnostics::Diagnostics;
use crate::source::{Sources, Span};

/// The body of an escape block (`_`) added to the arguments around it. Nothing can be given twice.
pub(super) fn join_bodies(base: Body, extra: &Body, cx: &mut Cx<'_>) -> Body {
    if let (Body::Native(base), Body::Native(extra)) = (&base, extra) {
        let mut joined = base.clone();
        for attribute in &extra.attributes {
            let earlier = joined.attributes.iter().find(|it| it.name.text == attribute.name.text);
            match earlier {
                Some(earlier) => {
                    let place = place(cx.sources, earlier.name.span);
                    duplicate_argument(&attribute.name, &place, cx.diagnostics);
                }
                None => joined.attributes.push(attribute.clone()),
            }
        }
        joined.blocks.extend(extra.blocks.iter().cloned());
        return Body::Native(joined);
    }
    let (Body::Json(base_json), Body::Json(extra_json)) = (&base, extra) else { return base };
    let mut entries = json_entries(&base_json.value);
    for (name, value) in json_entries(&extra_json.value) {
        entries.push((name, value));
    }
    json_body(entries, base_json.value.span)
}

fn duplicate_argument(name: &Name, earlier: &str, diagnostics: &mut Diagnostics) {
    let detail = format!("Argument {:?} was already set at {earlier}", &*name.text);
    diagnostics.error("Duplicate argument", detail, name.span);
}

/// The base with every argument of the other replaced, and with the blocks of every type that the
/// other has replaced by the other's.
pub(super) fn merge_bodies(base: &Body, other: &Body) -> Body {
    if let (Body::Json(base), Body::Json(other)) = (base, other) {
        return merge_json(base, other);
    }
    let mut merged = native(base, other);
    let other = native(other, base);
    for attribute in other.attributes {
        merged.attributes.retain(|it| it.name.text != attribute.name.text);
        merged.attributes.push(attribute);
    }
    let replaced: Vec<Arc<str>> = other.blocks.iter().map(|it| block_type(it).clone()).collect();
    merged.blocks.retain(|block| !replaced.contains(block_type(block)));
    merged.blocks.extend(other.blocks);
    Body::Native(merged)
}

/// The type of the blocks that a block makes: `dynamic` makes blocks of the type in its label.
fn block_type(block: &Block) -> &Arc<str> {
    match (&*block.kind.text, block.labels.first()) {
        ("dynamic", Some(label)) => &label.text,
        _ => &block.kind.text,
    }
}

/// A body in the form of native syntax. In JSON it is open what is a block, so the other body is
/// asked how it has the same name.
fn native(body: &Body, other: &Body) -> NativeBody {
    let json = match body {
        Body::Native(body) => return body.clone(),
        Body::Json(json) => json,
    };
    let is_block = |name: &str| match other {
        Body::Native(other) => other.blocks.iter().any(|block| **block_type(block) == *name),
        Body::Json(_) => false,
    };
    let mut result =
        NativeBody { attributes: Vec::new(), blocks: Vec::new(), span: json.value.span };
    for (name, value) in json_entries(&json.value) {
        if &*name.text == "//" {
            continue;
        }
        if is_block(&name.text) {
            let bodies = match &value.kind {
                JsonKind::Array(items) => items.clone(),
                _ => vec![value],
            };
            result.blocks.extend(bodies.into_iter().map(|value| Block {
                kind: name.clone(),
                labels: Vec::new(),
                body: Body::Json(JsonBody { value }),
                span: name.span,
            }));
        } else {
            let expr = text::json_expression(&value);
            let span = name.span.to(value.span);
            result.attributes.push(Attribute { name, expr, span, json: Some(value) });
        }
    }
    result
}

fn merge_json(base: &JsonBody, other: &JsonBody) -> Body {
    let other_entries = json_entries(&other.value);
    let dynamic = |entries: &[(Name, Arc<Json>)]| -> Vec<(Name, Arc<Json>)> {
        let found = entries.iter().filter(|(name, _)| &*name.text == "dynamic");
        found.flat_map(|(_, value)| json_entries(value)).collect()
    };
    let made = dynamic(&other_entries);
    let is_replaced = |name: &str| {
        other_entries.iter().any(|(it, _)| *it.text == *name)
            || made.iter().any(|(it, _)| *it.text == *name)
    };
    let mut entries = Vec::new();
    for (name, value) in json_entries(&base.value) {
        if &*name.text == "dynamic" {
            let kept: Vec<_> =
                json_entries(&value).into_iter().filter(|(it, _)| !is_replaced(&it.text)).collect();
            if !kept.is_empty() {
                let kind = JsonKind::Object(kept);
                entries.push((name, Arc::new(Json { kind, span: value.span })));
            }
        } else if !is_replaced(&name.text) {
            entries.push((name, value));
        }
    }
    entries.extend(other_entries);
    json_body(entries, base.value.span)
}

fn json_body(entries: Vec<(Name, Arc<Json>)>, span: Span) -> Body {
    let value = Arc::new(Json { kind: JsonKind::Object(entries), span });
    Body::Json(JsonBody { value })
}

fn json_entries(json: &Json) -> Vec<(Name, Arc<Json>)> {
    match &json.kind {
        JsonKind::Object(entries) => entries.clone(),
        JsonKind::Array(items) => items.iter().flat_map(|item| json_entries(item)).collect(),
        _ => Vec::new(),
    }
}

fn replace<T>(base: &mut Option<T>, other: Option<T>) {
    if other.is_some() {
        *base = other;
    }
}

fn refuse_depends_on(depends_on: &[Reference], diagnostics: &mut Diagnostics) {
    if let Some(first) = depends_on.first() {
        let detail = "The depends_on argument may not be overridden.";
        diagnostics.error("Unsupported override", detail, first.root.span);
    }
}

impl ProviderDraft {
    pub(super) fn merge(&mut self, other: ProviderDraft) {
        replace(&mut self.for_each, other.for_each);
        replace(&mut self.version, other.version);
        self.body = merge_bodies(&self.body, &other.body);
    }
}

impl VariableDraft {
    pub(super) fn merge(&mut self, other: VariableDraft) {
        if other.ty.is_some() || other.default.is_some() || other.nullable.is_some() {
            self.overridden_at = Some(other.span);
        }
        replace(&mut self.ty, other.ty);
        replace(&mut self.default, other.default);
        replace(&mut self.description, other.description);
        replace(&mut self.sensitive, other.sensitive);
        replace(&mut self.ephemeral, other.ephemeral);
        replace(&mut self.nullable, other.nullable);
        replace(&mut self.constant, other.constant);
        replace(&mut self.deprecated, other.deprecated);
    }
}

impl OutputDraft {
    pub(super) fn merge(&mut self, other: OutputDraft, diagnostics: &mut Diagnostics) {
        replace(&mut self.value, other.value);
        replace(&mut self.ty, other.ty);
        replace(&mut self.description, other.description);
        replace(&mut self.sensitive, other.sensitive);
        replace(&mut self.ephemeral, other.ephemeral);
        replace(&mut self.deprecated, other.deprecated);
        refuse_depends_on(&other.depends_on, diagnostics);
    }
}

impl CallDraft {
    pub(super) fn merge(&mut self, other: CallDraft, diagnostics: &mut Diagnostics) {
        replace(&mut self.source, other.source);
        replace(&mut self.version, other.version);
        if !matches!(other.repetition, Repetition::Single) {
            self.repetition = other.repetition;
        }
        if !other.providers.is_empty() {
            self.providers = other.providers;
        }
        self.body = merge_bodies(&self.body, &other.body);
        refuse_depends_on(&other.depends_on, diagnostics);
    }
}

impl ResourceDraft {
    pub(super) fn merge(&mut self, other: ResourceDraft, diagnostics: &mut Diagnostics) {
        if !matches!(other.repetition, Repetition::Single) {
            self.repetition = other.repetition;
        }
        replace(&mut self.provider, other.provider);
        replace(&mut self.connection, other.connection);
        if !other.provisioners.is_empty() {
            self.provisioners = other.provisioners;
        }
        let (base, other_lifecycle) = (&mut self.lifecycle, other.lifecycle);
        replace(&mut base.create_before_destroy, other_lifecycle.create_before_destroy);
        replace(&mut base.prevent_destroy, other_lifecycle.prevent_destroy);
        replace(&mut base.destroy, other_lifecycle.destroy);
        replace(&mut base.ignore_changes, other_lifecycle.ignore_changes);
        replace(&mut base.replace_triggered_by, other_lifecycle.replace_triggered_by);
        replace(&mut base.enabled, other_lifecycle.enabled);
        self.body = merge_bodies(&self.body, &other.body);
        refuse_depends_on(&other.depends_on, diagnostics);
    }
}

/// Says that an override file overrides something that is not there.
pub(super) fn missing_base(what: &str, name: &str, span: Span, diagnostics: &mut Diagnostics) {
    let detail = format!(
        "There is no {name} in the primary configuration files. An override file can only change \
         what was already defined there."
    );
    diagnostics.error(format!("Missing {what}"), detail, span);
}

/// Where something was declared first, for use in a sentence.
pub(super) fn declared_at(sources: &Sources, span: Span) -> String {
    place(sources, span)
}
