//! A configuration at work: its modules and instances, with every value that can be known now.
//!
//! Values are computed on demand and remembered together with what they were computed from. When
//! the engine publishes what an object turned out to be, exactly the values that used it are
//! forgotten and computed again when somebody asks.

mod dependencies;
mod expansion;
mod order;
mod planned;
mod scope;
mod targets;

use std::cell::{Ref, RefCell};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use provision_schema::address::{Address, InstanceKey, Mode, ModuleInstance, Resource as ResourceAddress};
use provision_schema::schema::Schema;
use provision_schema::{Marks, Type, Value};

pub use dependencies::{DependencyGraph, GraphNode};
pub use expansion::Expansion;
pub use order::{Object, Order, Vertex};
pub use scope::ModuleScope;
pub use targets::{Site, Target, check as check_reference, target_of};

use crate::ast::Attribute;
use crate::config::{Condition, Configuration, Module, Repetition, Variable};
use crate::decode::decode;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{Scope, evaluate};
use crate::functions::FunctionContext;

/// Knows what the bodies of resources, data sources and providers may contain.
pub trait Schemas {
    fn schema(&self, mode: Mode, kind: &str) -> Option<&'static Schema>;
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
        program.add_module(ModuleInstance::root(), root, 0, None, InstanceKey::None, Value::dynamic());
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
            Object::Call(it) => drop(self.expand_call(module, it)),
            Object::Resource(it) => {
                for object in self.resource_instances(module, it) {
                    self.value(object);
                }
            }
            Object::Provider(_) | Object::Check(_) | Object::All => (),
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
        all.filter(|it| it.summary.starts_with(UNSUPPORTED)).collect()
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
            if node.computing {
                // A circle; the static checks have told of it.
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
        }
    }

    /// Evaluation in a module, with the names of `scope`.
    pub fn scope<'s>(&'s self, scope: &'s ModuleScope<'s>) -> Scope<'s> {
        Scope::new(scope, &self.functions)
    }
}

/// Variables and outputs.
impl Program {
    fn compute_variable(
        &self,
        module: ModuleId,
        position: u32,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let config = self.module(module);
        let variable = &config.variables[position as usize];
        let Some((caller, call)) = self.module_state(module).caller else {
            let given = self.variables.get(&variable.name.text);
            return given.cloned().unwrap_or_else(|| unknown_variable(variable));
        };
        let arguments = self.call_arguments(caller, call);
        let Some(argument) = arguments.get(&variable.name.text) else {
            return match variable.prepare(None) {
                Ok(value) => value,
                // That a required argument is missing has been said of the call.
                Err(_) => unknown_variable(variable),
            };
        };
        let before = diagnostics.len();
        let scope = ModuleScope::in_call(self, caller, call, module);
        let given = evaluate(&argument.expr, &self.scope(&scope), diagnostics);
        if diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            return unknown_variable(variable);
        }
        match variable.prepare(Some(&given)) {
            Ok(value) => value,
            Err(why) => {
                let detail = format!(
                    "The given value is not suitable for {}var.{} declared at {}: {why}.",
                    match self.module_state(module).address.is_root() {
                        true => String::new(),
                        false => format!("{}.", self.module_state(module).address.path()),
                    },
                    variable.name.text,
                    self.place(variable.span),
                );
                diagnostics.error("Invalid value for input variable", detail, argument.expr.span);
                unknown_variable(variable)
            }
        }
    }

    fn place(&self, span: crate::source::Span) -> String {
        let file = self.configuration.sources.get(span.file);
        let start = file.position(span.start);
        format!("{}:{},{}", file.name, start.line, start.column)
    }

    fn call_arguments(&self, module: ModuleId, call: u32) -> Arc<HashMap<Arc<str>, Attribute>> {
        if let Some(arguments) = &self.module_state(module).calls[call as usize].arguments {
            return arguments.clone();
        }
        let config = self.module(module);
        let attributes = config.calls[call as usize].body.just_attributes(&mut Diagnostics::new());
        let arguments: HashMap<_, _> =
            attributes.into_iter().map(|it| (it.name.text.clone(), it)).collect();
        let arguments = Arc::new(arguments);
        let mut state = self.state.borrow_mut();
        state.modules[module.0 as usize].calls[call as usize].arguments = Some(arguments.clone());
        arguments
    }

    fn validate_variable(&self, module: ModuleId, position: u32, diagnostics: &mut Diagnostics) {
        let config = self.module(module);
        let variable = &config.variables[position as usize];
        let scope = ModuleScope::new(self, module);
        for validation in &variable.validations {
            let place = "Invalid value for variable";
            let outcome = self.condition(validation, &scope, "validation", place, diagnostics);
            if let Outcome::Failed(message) = outcome {
                let declared = self.place(validation.condition.span);
                let detail = format!(
                    "{message}\n\nThis was checked by the validation rule at {declared}."
                );
                let subject = match self.module_state(module).caller {
                    Some((caller, call)) => self
                        .call_arguments(caller, call)
                        .get(&variable.name.text)
                        .map_or(variable.span, |it| it.expr.span),
                    None => variable.span,
                };
                diagnostics.error(place, detail, subject);
            }
        }
    }

    fn compute_output(
        &self,
        module: ModuleId,
        position: u32,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let config = self.module(module);
        let output = &config.outputs[position as usize];
        let scope = ModuleScope::new(self, module);
        for precondition in &output.preconditions {
            let summary = "Module output value precondition failed";
            let outcome =
                self.condition(precondition, &scope, "precondition", summary, diagnostics);
            if let Outcome::Failed(message) = outcome {
                diagnostics.error(summary, message, precondition.condition.span);
            }
        }
        let before = diagnostics.len();
        let value = evaluate(&output.value, &self.scope(&scope), diagnostics);
        let failed = diagnostics.iter().skip(before).any(Diagnostic::is_error);
        let marks = value.marks_deep();
        let is_root = self.module_state(module).address.is_root();
        if is_root && !failed && marks.is_sensitive() && !output.sensitive {
            diagnostics.error(
                "Output refers to sensitive values",
                "To reduce the risk of accidentally exporting sensitive data that was intended to \
                 be only internal, any root module output containing sensitive data must be \
                 explicitly marked as sensitive, to confirm your intent.\n\nIf you do intend to \
                 export this data, annotate the output value as sensitive by adding the following \
                 argument:\n    sensitive = true",
                output.span,
            );
        }
        if !failed && marks.is_ephemeral() && !output.ephemeral {
            diagnostics.error(
                "Ephemeral value not allowed",
                "This output value is not declared as returning an ephemeral value, so it cannot \
                 be set to a result derived from an ephemeral value.",
                output.value.span,
            );
        }
        let mut marks = Marks::NONE;
        if output.sensitive {
            marks |= Marks::SENSITIVE;
        }
        if output.ephemeral {
            marks |= Marks::EPHEMERAL;
        }
        value.with_marks(marks)
    }

    /// Evaluates a condition; an error message that shows a secret is not shown itself.
    pub fn condition(
        &self,
        it: &Condition,
        scope: &ModuleScope<'_>,
        what: &str,
        summary: &str,
        diagnostics: &mut Diagnostics,
    ) -> Outcome {
        let before = diagnostics.len();
        let value = evaluate(&it.condition, &self.scope(scope), diagnostics);
        if diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            return Outcome::Unknown;
        }
        let invalid = format!("Invalid {what} result");
        let (value, _) = value.unmark_deep();
        let value = match provision_schema::convert::convert(&value, &Type::Bool) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("Invalid condition result value: {error}.");
                diagnostics.error("Invalid condition result", detail, it.condition.span);
                return Outcome::Unknown;
            }
        };
        if value.is_null() {
            let detail = "Condition expression must return either true or false, not null.";
            diagnostics.error("Invalid condition result", detail, it.condition.span);
            return Outcome::Unknown;
        }
        let _ = (invalid, summary);
        match value.as_bool() {
            None => return Outcome::Unknown,
            Some(true) => return Outcome::Passed,
            Some(false) => (),
        }
        let mut inner = Diagnostics::new();
        let message = evaluate(&it.error_message, &self.scope(scope), &mut inner);
        let marks = message.marks_deep();
        let message = provision_schema::convert::convert(&message, &Type::String).ok();
        Outcome::Failed(match message.as_ref().and_then(Value::as_str) {
            Some(_) if marks.is_sensitive() || marks.is_ephemeral() => {
                "This check failed, but its error message is derived from sensitive or ephemeral \
                 values and so cannot be shown."
                    .to_owned()
            }
            Some(text) => text.trim().to_owned(),
            None => "This check failed, but its error message could not be evaluated.".to_owned(),
        })
    }
}

/// What became of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// With the error message.
    Failed(String),
    /// It cannot be told yet, or there was an error.
    Unknown,
}

fn unknown_variable(variable: &Variable) -> Value {
    let mut marks = Marks::NONE;
    if variable.sensitive {
        marks |= Marks::SENSITIVE;
    }
    if variable.ephemeral {
        marks |= Marks::EPHEMERAL;
    }
    let ty = variable.ty.without_optional();
    let value = match variable.nullable {
        true => Value::unknown(ty),
        false => Value::unknown_not_null(ty),
    };
    value.with_marks(marks)
}

/// The values of the root module's variables when none are given: unknown.
pub fn unknown_variables(module: &Module) -> HashMap<Arc<str>, Value> {
    let values = module.variables.iter();
    values.map(|(name, variable)| (name.clone(), unknown_variable(variable))).collect()
}

/// Calls and resources.
impl Program {
    /// The instances of a called module.
    pub(crate) fn expand_call(&self, module: ModuleId, position: usize) -> Expansion {
        let node = self.module_state(module).calls[position].node;
        self.value(node);
        self.module_state(module).calls[position].expansion.clone()
    }

    fn compute_call(&self, module: ModuleId, position: u32, diagnostics: &mut Diagnostics) {
        let config = self.module(module);
        let call = &config.calls[position as usize];
        let scope = ModuleScope::new(self, module);
        let sampled = self.purpose == Purpose::Check;
        let expansion =
            Expansion::of(&call.repetition, sampled, &self.scope(&scope), diagnostics);
        let keys = match &expansion {
            Expansion::Known(keys) => keys.clone(),
            Expansion::Sample => vec![(InstanceKey::None, Value::dynamic())],
            Expansion::Deferred | Expansion::Failed => Vec::new(),
        };
        let child = config.children.get(&call.name.text).cloned();
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
        let node = self.module_state(module).resources[position].node;
        self.value(node);
        let state = self.module_state(module);
        state.resources[position].instances.values().map(|it| it.object).collect()
    }

    fn compute_expansion(&self, module: ModuleId, position: u32, diagnostics: &mut Diagnostics) {
        let config = self.module(module);
        let resource = &config.resources[position as usize];
        let scope = ModuleScope::new(self, module);
        let sampled = self.purpose == Purpose::Check;
        let expansion =
            Expansion::of(&resource.repetition, sampled, &self.scope(&scope), diagnostics);
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
                    InstanceState {
                        configured: NodeId(first),
                        object: NodeId(first + 1),
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
            instances.insert(key, instance);
        }
        let it = &mut state.modules[module.0 as usize].resources[position as usize];
        it.instances = instances;
        it.expansion = expansion;
    }

    fn compute_configured(
        &self,
        module: ModuleId,
        position: u32,
        instance: u32,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let config = self.module(module);
        let resource = &config.resources[position as usize];
        // `each.value` comes from the expansion.
        let node = self.module_state(module).resources[position as usize].node;
        self.value(node);
        let ResourceAddress { mode, kind, .. } = &resource.address;
        let Some(schema) = self.schemas.schema(*mode, kind) else {
            if self.purpose == Purpose::Plan {
                diagnostics.push(unsupported_type(&resource.address, resource.kind.span));
            }
            return Value::dynamic();
        };
        let scope = ModuleScope::in_instance(self, module, position, instance);
        decode(&resource.body, &schema.block, &self.scope(&scope), diagnostics)
    }

    fn compute_object(&self, module: ModuleId, position: u32, instance: u32) -> Value {
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
        let Some(schema) = self.schemas.schema(*mode, kind) else {
            self.value(configured);
            return Value::dynamic();
        };
        match published {
            Some(object) => planned::mark_sensitive(object, &schema.block),
            None => {
                let configured = self.value(configured);
                planned::mark_sensitive(planned::planned(configured, &schema.block), &schema.block)
            }
        }
    }

    fn compute_aggregate(&self, module: ModuleId, position: u32) -> Value {
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
fn gather(
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

/// How the summary of a complaint about an unsupported type begins.
const UNSUPPORTED: &str = "Unsupported resource type";

fn unsupported_type(resource: &ResourceAddress, span: crate::source::Span) -> Diagnostic {
    let what = match resource.mode {
        Mode::Managed => "resource type",
        Mode::Data => "data source",
        Mode::Ephemeral => "ephemeral resource type",
    };
    Diagnostic::error(
        UNSUPPORTED,
        format!(
            "provision does not support the {what} {:?} yet. The command \"provision types\" \
             lists what is supported; remove the block, or give it count = 0, to go on without it.",
            &*resource.kind
        ),
    )
    .at(span)
}

impl Node {
    fn new(kind: NodeKind) -> Node {
        Node { kind, computing: false, computed: None, users: HashSet::new() }
    }
}
