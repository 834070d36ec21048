//! A configuration at work: its modules and instances, with every value that can be known now.
//!
//! Values are computed on demand and remembered together with what they were computed from. When
//! the engine publishes what an object turned out to be, exactly the values that used it are
//! forgotten and computed again when somebody asks.

mod checks;
mod dependencies;
mod ephemeral;
mod expansion;
mod foreseen;
mod instances;
mod order;
mod planned;
mod scope;
mod targets;
mod variables;

use std::cell::{Ref, RefCell};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use provision_schema::Value;
use provision_schema::address::{
    Address, InstanceKey, Mode, ModuleInstance, Resource as ResourceAddress,
};
use provision_schema::facts::ResourceFacts;

pub use dependencies::{DependencyGraph, GraphNode};
pub use expansion::Expansion;
pub use order::{Object, Order, Vertex};
pub use scope::ModuleScope;
pub use targets::{Site, Target, check as check_reference, target_of};
pub use variables::{Outcome, unknown_variables};

use crate::ast::{Attribute, Expr};
use crate::config::{Configuration, Module};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{Scope, evaluate};
use crate::functions::FunctionContext;

/// Knows what the bodies of resources, data sources and providers may contain.
pub trait Schemas {
    fn facts(&self, mode: Mode, kind: &str) -> Option<&'static ResourceFacts>;

    /// Those of a provider, by its source, as in `hashicorp/aws`.
    fn provider(&self, source: &str) -> Option<&'static ResourceFacts>;
}

/// Whether the program is evaluated with the values given, or only checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Variables have their values, and everything is expanded.
    Plan,
    /// Variables are unknown and each block is evaluated once, standing for all its instances.
    Check,
}

/// A configuration with the values of its variables.
pub struct Program {
    configuration: Configuration,
    schemas: Box<dyn Schemas>,
    functions: FunctionContext,
    purpose: Purpose,
    variables: HashMap<Arc<str>, Value>,
    order: Order,
    /// What static checks found.
    found: Diagnostics,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    nodes: Vec<Node>,
    modules: Vec<ModuleState>,
    /// The instances of each module, by its position in `Order::modules`.
    by_position: HashMap<usize, Vec<ModuleId>>,
    /// There was no room for the instances of something, so nothing else is expanded either.
    full: bool,
    /// The nodes being computed, the innermost last, with what each has used so far.
    stack: Vec<(NodeId, Vec<NodeId>)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct NodeId(u32);

/// An instance of a module in the running program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ModuleId(u32);

#[derive(Clone, Copy, Debug)]
pub(crate) enum NodeKind {
    Variable(ModuleId, u32),
    Validation(ModuleId, u32),
    Local(ModuleId, u32),
    Output(ModuleId, u32),
    /// Which instances a resource has.
    Resource(ModuleId, u32),
    /// The body of an instance, as configured.
    Configured(ModuleId, u32, u32),
    /// An instance as other expressions see it.
    Object(ModuleId, u32, u32),
    /// All instances of a resource as one value.
    Aggregate(ModuleId, u32),
    /// Which instances a module call has.
    Call(ModuleId, u32),
    /// The conditions of an instance.
    Conditions(ModuleId, u32, u32),
    /// The arguments of a provider configuration.
    Provider(ModuleId, u32),
    /// The assertions of a check block.
    Check(ModuleId, u32),
}

struct Node {
    kind: NodeKind,
    computing: bool,
    computed: Option<Computed>,
    users: HashSet<NodeId>,
}

struct Computed {
    value: Value,
    diagnostics: Vec<Diagnostic>,
    used: Box<[NodeId]>,
}

struct ModuleState {
    address: ModuleInstance,
    module: Arc<Module>,
    /// Its position in `Order::modules`.
    position: usize,
    /// The calling module and the call's position there; none for the root.
    caller: Option<(ModuleId, u32)>,
    key: InstanceKey,
    each_value: Value,
    first_variable: u32,
    first_validation: u32,
    first_local: u32,
    first_output: u32,
    first_provider: u32,
    first_check: u32,
    resources: Vec<ResourceState>,
    calls: Vec<CallState>,
}

struct ResourceState {
    node: NodeId,
    aggregate: NodeId,
    expansion: Expansion,
    instances: IndexMap<InstanceKey, InstanceState>,
}

struct InstanceState {
    configured: NodeId,
    object: NodeId,
    conditions: NodeId,
    each_value: Value,
    published: Option<Value>,
}

struct CallState {
    node: NodeId,
    expansion: Expansion,
    arguments: Option<Arc<HashMap<Arc<str>, Attribute>>>,
    children: IndexMap<InstanceKey, ModuleId>,
}

/// An instance of a resource that the configuration asks for.
#[derive(Clone)]
pub struct Instance {
    pub address: Address,
    pub module: Arc<Module>,
    pub module_id: ModuleId,
    /// The body as configured: what is not set is null.
    pub configured: Value,
    /// The object as other expressions see it: what AWS decides is unknown until published.
    pub object: Value,
}

/// Something whose instances are not known before something else has been applied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deferred {
    Resource(ModuleInstance, ResourceAddress),
    Module(ModuleInstance, Arc<str>),
}

impl Program {
    /// Prepares a program. The variables are those of the root module, converted already.
    pub fn new(
        configuration: Configuration,
        variables: HashMap<Arc<str>, Value>,
        schemas: Box<dyn Schemas>,
        functions: FunctionContext,
        purpose: Purpose,
    ) -> Program {
        let mut found = Diagnostics::new();
        let order = Order::new(&configuration.root, &mut found);
        let root = configuration.root.clone();
        let program = Program {
            configuration,
            schemas,
            functions,
            purpose,
            variables,
            order,
            found,
            state: RefCell::default(),
        };
        program.add_module(
            ModuleInstance::root(),
            root,
            0,
            None,
            InstanceKey::None,
            Value::dynamic(),
        );
        program
    }

    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    pub fn root(&self) -> ModuleId {
        ModuleId(0)
    }

    /// Computes everything that is not computed yet, what is needed first.
    pub fn evaluate(&self) {
        for position in 0..self.order.sorted.len() {
            let vertex = self.order.sorted[position];
            // Calls that come earlier in the order have made the instances of this module.
            let instances = self.state.borrow().by_position.get(&vertex.module).cloned();
            for module in instances.unwrap_or_default() {
                self.evaluate_object(module, vertex.object);
            }
        }
    }

    fn evaluate_object(&self, module: ModuleId, object: Object) {
        match object {
            Object::Variable(it) => drop(self.value(self.variable_node(module, it))),
            Object::Validation(it) => drop(self.value(self.validation_node(module, it))),
            Object::Local(it) => drop(self.value(self.local_node(module, it))),
            Object::Output(it) => drop(self.value(self.output_node(module, it))),
            Object::Call(it) => self.expand_call(module, it),
            Object::Resource(it) => {
                for object in self.resource_instances(module, it) {
                    self.value(object);
                }
                let conditions: Vec<NodeId> = self.module_state(module).resources[it]
                    .instances
                    .values()
                    .map(|instance| instance.conditions)
                    .collect();
                conditions.into_iter().for_each(|node| drop(self.value(node)));
            }
            Object::Provider(it) => {
                let node = NodeId(self.module_state(module).first_provider + it as u32);
                drop(self.value(node));
            }
            Object::Check(it) => {
                let node = NodeId(self.module_state(module).first_check + it as u32);
                drop(self.value(node));
            }
            Object::All => (),
        }
    }

    /// Everything found so far: by static checks and by what has been evaluated.
    pub fn diagnostics(&self) -> Diagnostics {
        let mut all = self.found.clone();
        let state = self.state.borrow();
        for node in &state.nodes {
            if let Some(computed) = &node.computed {
                all.extend(computed.diagnostics.iter().cloned());
            }
        }
        all
    }

    /// All instances that are known to be asked for, ordered by address.
    pub fn instances(&self) -> Vec<Instance> {
        let mut instances = Vec::new();
        for module in self.module_ids() {
            let (address, config) = {
                let it = self.module_state(module);
                (it.address.clone(), it.module.clone())
            };
            for position in 0..config.resources.len() {
                self.resource_instances(module, position);
                let nodes: Vec<_> = self.module_state(module).resources[position]
                    .instances
                    .iter()
                    .map(|(key, it)| (key.clone(), it.configured, it.object))
                    .collect();
                for (key, configured, object) in nodes {
                    instances.push(Instance {
                        address: Address {
                            module: address.clone(),
                            resource: config.resources[position].address.clone(),
                            key,
                        },
                        module: config.clone(),
                        module_id: module,
                        configured: self.value(configured),
                        object: self.value(object),
                    });
                }
            }
        }
        instances.sort_by(|a, b| a.address.cmp(&b.address));
        instances
    }

    /// What cannot be expanded yet.
    pub fn deferred(&self) -> Vec<Deferred> {
        let state = self.state.borrow();
        let mut deferred = Vec::new();
        for it in &state.modules {
            for (position, resource) in it.resources.iter().enumerate() {
                if resource.expansion == Expansion::Deferred {
                    let address = it.module.resources[position].address.clone();
                    deferred.push(Deferred::Resource(it.address.clone(), address));
                }
            }
            for (position, call) in it.calls.iter().enumerate() {
                if call.expansion == Expansion::Deferred {
                    let name = it.module.calls[position].name.text.clone();
                    deferred.push(Deferred::Module(it.address.clone(), name));
                }
            }
        }
        deferred.sort();
        deferred
    }

    /// Complaints about instances of types that are not supported, among what was evaluated.
    pub fn unsupported(&self) -> Vec<Diagnostic> {
        let all = self.diagnostics().into_iter();
        all.filter(|it| instances::UNSUPPORTED.contains(&it.summary.as_str())).collect()
    }

    /// The value of an output of the root module.
    pub fn output(&self, name: &str) -> Option<Value> {
        let position = self.configuration.root.outputs.get_index_of(name)?;
        Some(self.value(self.output_node(self.root(), position)))
    }

    /// Says what an object turned out to be. Everything computed from what was believed of it is
    /// computed again on demand. An address that the configuration does not ask for is ignored.
    pub fn publish(&self, address: &Address, object: Value) -> bool {
        let Some(node) = self.set_published(address, object) else { return false };
        self.forget(node);
        true
    }

    fn set_published(&self, address: &Address, object: Value) -> Option<NodeId> {
        let mut state = self.state.borrow_mut();
        let module = state.modules.iter_mut().find(|it| it.address == address.module)?;
        let position = module.module.resources.get_index_of(&address.resource)?;
        let instance = module.resources[position].instances.get_mut(&address.key)?;
        instance.published = Some(object);
        Some(instance.object)
    }

    /// Forgets a value and all that were computed from it.
    fn forget(&self, node: NodeId) {
        let mut state = self.state.borrow_mut();
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            let node = &mut state.nodes[node.0 as usize];
            if node.computed.take().is_some() {
                waiting.extend(node.users.drain());
            }
        }
    }

    /// How many values are computed and remembered; for tests of what is computed again.
    pub fn computed_count(&self) -> usize {
        self.state.borrow().nodes.iter().filter(|node| node.computed.is_some()).count()
    }
}

/// Nodes.
impl Program {
    fn module_ids(&self) -> impl Iterator<Item = ModuleId> + use<> {
        (0..self.state.borrow().modules.len() as u32).map(ModuleId)
    }

    fn module_state(&self, module: ModuleId) -> Ref<'_, ModuleState> {
        Ref::map(self.state.borrow(), |state| &state.modules[module.0 as usize])
    }

    pub(crate) fn module(&self, module: ModuleId) -> Arc<Module> {
        self.module_state(module).module.clone()
    }

    fn variable_node(&self, module: ModuleId, position: usize) -> NodeId {
        NodeId(self.module_state(module).first_variable + position as u32)
    }

    fn validation_node(&self, module: ModuleId, position: usize) -> NodeId {
        NodeId(self.module_state(module).first_validation + position as u32)
    }

    fn local_node(&self, module: ModuleId, position: usize) -> NodeId {
        NodeId(self.module_state(module).first_local + position as u32)
    }

    fn output_node(&self, module: ModuleId, position: usize) -> NodeId {
        NodeId(self.module_state(module).first_output + position as u32)
    }

    fn add_module(
        &self,
        address: ModuleInstance,
        module: Arc<Module>,
        position: usize,
        caller: Option<(ModuleId, u32)>,
        key: InstanceKey,
        each_value: Value,
    ) -> ModuleId {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let id = ModuleId(state.modules.len() as u32);
        let mut add_all = |count: usize, kind: fn(ModuleId, u32) -> NodeKind| {
            let first = state.nodes.len() as u32;
            state.nodes.extend((0..count as u32).map(|it| Node::new(kind(id, it))));
            first
        };
        let first_variable = add_all(module.variables.len(), NodeKind::Variable);
        let first_validation = add_all(module.variables.len(), NodeKind::Validation);
        let first_local = add_all(module.locals.len(), NodeKind::Local);
        let first_output = add_all(module.outputs.len(), NodeKind::Output);
        let first_resource = add_all(module.resources.len(), NodeKind::Resource);
        let first_aggregate = add_all(module.resources.len(), NodeKind::Aggregate);
        let first_call = add_all(module.calls.len(), NodeKind::Call);
        let first_provider = add_all(module.providers.len(), NodeKind::Provider);
        let first_check = add_all(module.checks.len(), NodeKind::Check);
        let resources = (0..module.resources.len() as u32).map(|it| ResourceState {
            node: NodeId(first_resource + it),
            aggregate: NodeId(first_aggregate + it),
            expansion: Expansion::Failed,
            instances: IndexMap::new(),
        });
        let calls = (0..module.calls.len() as u32).map(|it| CallState {
            node: NodeId(first_call + it),
            expansion: Expansion::Failed,
            arguments: None,
            children: IndexMap::new(),
        });
        state.by_position.entry(position).or_default().push(id);
        state.modules.push(ModuleState {
            address,
            position,
            caller,
            key,
            each_value,
            first_variable,
            first_validation,
            first_local,
            first_output,
            first_provider,
            first_check,
            resources: resources.collect(),
            calls: calls.collect(),
            module,
        });
        id
    }

    /// The value of a node, computed unless it is remembered. Whoever is being computed is noted
    /// as a user.
    pub(crate) fn value(&self, id: NodeId) -> Value {
        let kind = {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            if let Some((_, used)) = state.stack.last_mut() {
                used.push(id);
            }
            let node = &mut state.nodes[id.0 as usize];
            if let Some(computed) = &node.computed {
                return computed.value.clone();
            }
            // The static checks have told of circles. Going round one would recurse as deep as it
            // is long.
            if node.computing || self.is_circular(&state.modules, node.kind) {
                return Value::dynamic();
            }
            node.computing = true;
            let kind = node.kind;
            state.stack.push((id, Vec::new()));
            kind
        };
        let mut diagnostics = Diagnostics::new();
        let value = self.compute(kind, &mut diagnostics);

        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let mut used = state.stack.pop().map(|(_, used)| used).unwrap_or_default();
        used.sort_unstable();
        used.dedup();
        for it in &used {
            state.nodes[it.0 as usize].users.insert(id);
        }
        let node = &mut state.nodes[id.0 as usize];
        node.computing = false;
        node.computed = Some(Computed {
            value: value.clone(),
            diagnostics: diagnostics.into_iter().collect(),
            used: used.into(),
        });
        value
    }

    fn is_circular(&self, modules: &[ModuleState], kind: NodeKind) -> bool {
        !self.order.circular.is_empty() && {
            let (module, object) = kind.object();
            let module = modules[module.0 as usize].position;
            self.order.circular.contains(&Vertex { module, object })
        }
    }

    fn compute(&self, kind: NodeKind, diagnostics: &mut Diagnostics) -> Value {
        match kind {
            NodeKind::Variable(module, it) => self.compute_variable(module, it, diagnostics),
            NodeKind::Validation(module, it) => {
                self.validate_variable(module, it, diagnostics);
                Value::bool(true)
            }
            NodeKind::Local(module, it) => {
                let config = self.module(module);
                let scope = ModuleScope::new(self, module);
                evaluate(&config.locals[it as usize].expr, &self.scope(&scope), diagnostics)
            }
            NodeKind::Output(module, it) => self.compute_output(module, it, diagnostics),
            NodeKind::Resource(module, it) => {
                self.compute_expansion(module, it, diagnostics);
                Value::bool(true)
            }
            NodeKind::Configured(module, it, instance) => {
                self.compute_configured(module, it, instance, diagnostics)
            }
            NodeKind::Object(module, it, instance) => self.compute_object(module, it, instance),
            NodeKind::Aggregate(module, it) => self.compute_aggregate(module, it),
            NodeKind::Call(module, it) => {
                self.compute_call(module, it, diagnostics);
                Value::bool(true)
            }
            NodeKind::Conditions(module, it, instance) => {
                self.check_conditions(module, it, instance, diagnostics);
                Value::bool(true)
            }
            NodeKind::Provider(module, it) => self.compute_provider(module, it, diagnostics),
            NodeKind::Check(module, it) => {
                self.run_check(module, it, diagnostics);
                Value::bool(true)
            }
        }
    }

    /// The value of an expression that is no part of the configuration, in the root module. What
    /// is wrong with anything that it uses is wrong with the expression.
    pub fn evaluate_expression(&self, expr: &Expr, diagnostics: &mut Diagnostics) -> Value {
        // It stands on the stack like a node, but nobody can use it.
        self.state.borrow_mut().stack.push((NodeId(u32::MAX), Vec::new()));
        let names = ModuleScope::new(self, self.root());
        let value = evaluate(expr, &self.scope(&names), diagnostics);

        let mut state = self.state.borrow_mut();
        let mut waiting = state.stack.pop().map(|(_, used)| used).unwrap_or_default();
        let mut seen = HashSet::new();
        while let Some(node) = waiting.pop() {
            if seen.insert(node)
                && let Some(computed) = &state.nodes[node.0 as usize].computed
            {
                diagnostics.extend(computed.diagnostics.iter().cloned());
                waiting.extend(&computed.used);
            }
        }
        value
    }

    /// Evaluation in a module, with the names of `scope`.
    pub fn scope<'s>(&'s self, scope: &'s ModuleScope<'s>) -> Scope<'s> {
        Scope::new(scope, &self.functions)
    }
}

impl NodeKind {
    /// The object of a module that a node is part of.
    fn object(self) -> (ModuleId, Object) {
        match self {
            NodeKind::Variable(module, it) => (module, Object::Variable(it as usize)),
            NodeKind::Validation(module, it) => (module, Object::Validation(it as usize)),
            NodeKind::Local(module, it) => (module, Object::Local(it as usize)),
            NodeKind::Output(module, it) => (module, Object::Output(it as usize)),
            NodeKind::Resource(module, it)
            | NodeKind::Aggregate(module, it)
            | NodeKind::Configured(module, it, _)
            | NodeKind::Object(module, it, _)
            | NodeKind::Conditions(module, it, _) => (module, Object::Resource(it as usize)),
            NodeKind::Call(module, it) => (module, Object::Call(it as usize)),
            NodeKind::Provider(module, it) => (module, Object::Provider(it as usize)),
            NodeKind::Check(module, it) => (module, Object::Check(it as usize)),
        }
    }
}

impl Node {
    fn new(kind: NodeKind) -> Node {
        Node { kind, computing: false, computed: None, users: HashSet::new() }
    }
}
