//! The instances of module calls and resources.

use indexmap::IndexMap;
use provision_schema::address::{InstanceKey, Mode, Resource as ResourceAddress};
use provision_schema::schema::Schema;
use provision_schema::{Catalogue, Type, Value};

use super::ephemeral;
use super::expansion::Expansion;
use super::{
    InstanceState, ModuleId, ModuleScope, Node, NodeId, NodeKind, Program, Purpose, planned,
};
use crate::config::{IgnoreChanges, Module, Repetition};
use crate::decode::decode_with_places;
use crate::diagnostics::{Diagnostic, Diagnostics, suggestion};
use crate::source::Span;
use crate::validate_facts::validate_facts;

/// How many values a program can have; more are a mistake rather than a wish.
const MAXIMUM_NODES: usize = 1_000_000;

/// How many nodes an instance of a module has, those of its expansions not counted.
fn node_count(module: &Module) -> usize {
    let resources = 2 * module.resources.len();
    let variables = 2 * module.variables.len();
    let others = [module.locals.len(), module.outputs.len(), module.calls.len()];
    1 + resources + variables + others.iter().sum::<usize>()
}

impl Program {
    /// The expansion, unless the program would become too large with so many nodes for each
    /// instance that is not known already.
    fn limit_nodes(
        &self,
        expansion: Expansion,
        known: usize,
        nodes: usize,
        span: Span,
        diagnostics: &mut Diagnostics,
    ) -> Expansion {
        let Expansion::Known(keys) = &expansion else { return expansion };
        let added = keys.len().saturating_sub(known).saturating_mul(nodes);
        if added.saturating_add(self.state.borrow().nodes.len()) <= MAXIMUM_NODES || keys.len() < 2
        {
            return expansion;
        }
        self.state.borrow_mut().full = true;
        let detail = format!(
            "There would be {} instances here and, with those of other blocks, more than provision \
             can handle.",
            keys.len()
        );
        diagnostics.error("Too many instances", detail, span);
        Expansion::Failed
    }

    /// The instances of a called module.
    pub(super) fn expand_call(&self, module: ModuleId, position: usize) {
        let node = self.module_state(module).calls[position].node;
        self.value(node);
    }

    /// The instances of a resource.
    pub(super) fn expand_resource(&self, module: ModuleId, position: usize) {
        let node = self.module_state(module).resources[position].node;
        self.value(node);
    }

    pub(super) fn compute_call(
        &self,
        module: ModuleId,
        position: u32,
        diagnostics: &mut Diagnostics,
    ) {
        if self.state.borrow().full {
            return;
        }
        let config = self.module(module);
        let call = &config.calls[position as usize];
        let scope = ModuleScope::new(self, module);
        let sampled = self.purpose == Purpose::Check;
        let expansion = Expansion::of(&call.repetition, sampled, &self.scope(&scope), diagnostics);
        let child = config.children.get(&call.name.text).cloned();
        let nodes = child.as_ref().map_or(0, |child| node_count(child));
        let known = self.module_state(module).calls[position as usize].children.len();
        let expansion = self.limit_nodes(expansion, known, nodes, call.span, diagnostics);
        let keys = match &expansion {
            Expansion::Known(keys) => keys.clone(),
            Expansion::Sample => vec![(InstanceKey::None, Value::dynamic())],
            Expansion::Deferred | Expansion::Failed => Vec::new(),
        };
        let child_position =
            self.order.child(self.module_state(module).position, &call.name).zip(child);
        let known: IndexMap<InstanceKey, ModuleId> =
            self.module_state(module).calls[position as usize].children.clone();
        let mut children = IndexMap::new();
        if let Some((child_position, child)) = child_position {
            let address = self.module_state(module).address.clone();
            for (key, each_value) in keys {
                let id = match known.get(&key) {
                    Some(id) => *id,
                    None => self.add_module(
                        address.child(call.name.text.clone(), key.clone()),
                        child.clone(),
                        child_position,
                        Some((module, position)),
                        key.clone(),
                        Value::dynamic(),
                    ),
                };
                self.state.borrow_mut().modules[id.0 as usize].each_value = each_value;
                children.insert(key, id);
            }
        }
        let mut state = self.state.borrow_mut();
        let it = &mut state.modules[module.0 as usize].calls[position as usize];
        it.expansion = expansion;
        it.children = children;
    }

    /// The nodes of the objects of a resource's instances, expanded if need be.
    pub(crate) fn resource_instances(&self, module: ModuleId, position: usize) -> Vec<NodeId> {
        self.expand_resource(module, position);
        let state = self.module_state(module);
        state.resources[position].instances.values().map(|it| it.object).collect()
    }

    pub(super) fn compute_expansion(
        &self,
        module: ModuleId,
        position: u32,
        diagnostics: &mut Diagnostics,
    ) {
        if self.state.borrow().full {
            return;
        }
        let config = self.module(module);
        let resource = &config.resources[position as usize];
        let scope = ModuleScope::new(self, module);
        let sampled = self.purpose == Purpose::Check;
        let expansion =
            Expansion::of(&resource.repetition, sampled, &self.scope(&scope), diagnostics);
        let known = self.module_state(module).resources[position as usize].instances.len();
        let expansion = self.limit_nodes(expansion, known, 3, resource.span, diagnostics);
        let keys = match &expansion {
            Expansion::Known(keys) => keys.clone(),
            Expansion::Sample => vec![(InstanceKey::None, Value::dynamic())],
            Expansion::Deferred | Expansion::Failed => Vec::new(),
        };
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let it = &mut state.modules[module.0 as usize].resources[position as usize];
        let mut known = std::mem::take(&mut it.instances);
        let mut instances = IndexMap::with_capacity(keys.len());
        for (index, (key, each_value)) in keys.into_iter().enumerate() {
            let instance = match known.swap_remove(&key) {
                Some(instance) => InstanceState { each_value, ..instance },
                None => {
                    let first = state.nodes.len() as u32;
                    let index = index as u32;
                    state.nodes.push(Node::new(NodeKind::Configured(module, position, index)));
                    state.nodes.push(Node::new(NodeKind::Object(module, position, index)));
                    state.nodes.push(Node::new(NodeKind::Conditions(module, position, index)));
                    InstanceState {
                        configured: NodeId(first),
                        object: NodeId(first + 1),
                        conditions: NodeId(first + 2),
                        each_value,
                        published: None,
                    }
                }
            };
            // The position of an instance may have moved.
            let index = index as u32;
            state.nodes[instance.configured.0 as usize].kind =
                NodeKind::Configured(module, position, index);
            state.nodes[instance.object.0 as usize].kind =
                NodeKind::Object(module, position, index);
            state.nodes[instance.conditions.0 as usize].kind =
                NodeKind::Conditions(module, position, index);
            instances.insert(key, instance);
        }
        let it = &mut state.modules[module.0 as usize].resources[position as usize];
        it.instances = instances;
        it.expansion = expansion;
    }

    pub(super) fn compute_configured(
        &self,
        module: ModuleId,
        position: u32,
        instance: u32,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let config = self.module(module);
        let resource = &config.resources[position as usize];
        // `each.value` comes from the expansion.
        self.expand_resource(module, position as usize);
        let ResourceAddress { mode, kind, .. } = &resource.address;
        let Some(facts) = self.schemas.facts(*mode, kind) else {
            if self.purpose == Purpose::Plan {
                diagnostics.push(unsupported_type(&resource.address, resource.kind.span));
            }
            return Value::dynamic();
        };
        let scope = ModuleScope::in_instance(self, module, position, instance);
        let decoded = decode_with_places(
            &resource.body,
            &facts.schema.block,
            &self.scope(&scope),
            diagnostics,
        );
        validate_facts(&decoded, facts, diagnostics);
        ephemeral::check(&decoded, &facts.schema.block, diagnostics);
        if instance == 0 {
            check_ignored_changes(&resource.lifecycle.ignore_changes, &facts.schema, diagnostics);
        }
        self.check_provisioners(resource, &scope, diagnostics);
        decoded.value
    }

    pub(super) fn compute_object(&self, module: ModuleId, position: u32, instance: u32) -> Value {
        let config = self.module(module);
        let resource = &config.resources[position as usize];
        let (configured, published) = {
            let state = self.module_state(module);
            let found = state.resources[position as usize].instances.get_index(instance as usize);
            match found {
                Some((_, it)) => (it.configured, it.published.clone()),
                None => return Value::dynamic(),
            }
        };
        let ResourceAddress { mode, kind, .. } = &resource.address;
        let Some(facts) = self.schemas.facts(*mode, kind) else {
            self.value(configured);
            return Value::dynamic();
        };
        let schema = &facts.schema;
        match published {
            Some(object) => planned::mark_sensitive(object, &schema.block),
            // Which of its arguments are known depends on values that a check does not have, and
            // an object that there is not in the end cannot make others wrong.
            None if self.purpose == Purpose::Check => {
                self.value(configured);
                planned::mark_sensitive(planned::unknown(&schema.block), &schema.block)
            }
            None => {
                let configured = self.value(configured);
                let object = self.foresee(module, position, &resource.address, schema, &configured);
                planned::mark_sensitive(object, &schema.block)
            }
        }
    }

    pub(super) fn compute_aggregate(&self, module: ModuleId, position: u32) -> Value {
        let objects = self.resource_instances(module, position as usize);
        let config = self.module(module);
        let resource = &config.resources[position as usize];
        let (expansion, keys) = {
            let state = self.module_state(module);
            let it = &state.resources[position as usize];
            (it.expansion.clone(), it.instances.keys().cloned().collect::<Vec<_>>())
        };
        let values = objects.into_iter().map(|object| self.value(object));
        gather(&resource.repetition, &expansion, keys, values)
    }
}

/// All instances as one value: an object without repetition, a tuple with `count`, an object by
/// key with `for_each`.
pub(super) fn gather(
    repetition: &Repetition,
    expansion: &Expansion,
    keys: Vec<InstanceKey>,
    mut values: impl Iterator<Item = Value>,
) -> Value {
    match (expansion, repetition) {
        (Expansion::Deferred | Expansion::Failed, _) => Value::dynamic(),
        (_, Repetition::Single) => values.next().unwrap_or_else(Value::dynamic),
        (Expansion::Sample, _) => {
            // Evaluated for what is wrong in them; what there will be is not known.
            values.for_each(drop);
            Value::dynamic()
        }
        (Expansion::Known(_), Repetition::Enabled(_)) => {
            values.next().unwrap_or_else(|| Value::null(Type::Dynamic))
        }
        (Expansion::Known(_), Repetition::Count(_)) => Value::tuple(values.collect::<Vec<_>>()),
        (Expansion::Known(_), Repetition::ForEach(_)) => {
            let keys = keys.into_iter().map(|key| match key {
                InstanceKey::String(key) => key,
                other => other.to_string().into(),
            });
            Value::object_of(keys.zip(values))
        }
    }
}

/// The summaries of complaints about types that are not supported.
pub(super) const UNSUPPORTED: [&str; 3] =
    ["Invalid resource type", "Invalid data source", "Invalid ephemeral resource type"];

fn unsupported_type(resource: &ResourceAddress, span: Span) -> Diagnostic {
    let (summary, what) = match resource.mode {
        Mode::Managed => (UNSUPPORTED[0], "resource type"),
        Mode::Data => (UNSUPPORTED[1], "data source"),
        Mode::Ephemeral => (UNSUPPORTED[2], "ephemeral resource type"),
    };
    let known: Vec<&str> = match resource.mode {
        Mode::Managed => Catalogue::resources().collect(),
        Mode::Data => Catalogue::data_sources().collect(),
        Mode::Ephemeral => Vec::new(),
    };
    let hint = suggestion(&resource.kind, known.into_iter());
    let hint = hint.map(|similar| format!(" Did you mean {similar:?}?")).unwrap_or_default();
    Diagnostic::error(
        summary,
        format!(
            "provision does not support the {what} {:?}.{hint} Remove the block, or give it \
             count = 0, to go on without it.",
            &*resource.kind
        ),
    )
    .at(span)
}

/// What `ignore_changes` names must be there.
fn check_ignored_changes(ignored: &IgnoreChanges, schema: &Schema, diagnostics: &mut Diagnostics) {
    let IgnoreChanges::Paths(paths) = ignored else { return };
    for path in paths {
        let name = &path.root;
        let block = &schema.block;
        if block.attributes.contains_key(&name.text) || block.blocks.contains_key(&name.text) {
            continue;
        }
        let known = block.attributes.keys().chain(block.blocks.keys()).map(|it| &**it);
        let hint = suggestion(name, known);
        let hint = hint.map(|similar| format!(" Did you mean {similar:?}?")).unwrap_or_default();
        let detail = format!(
            "This object has no argument, nested block, or exported attribute named {:?}.{hint}",
            &*name.text
        );
        diagnostics.error("Unsupported attribute", detail, name.span);
    }
}
