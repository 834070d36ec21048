//! What names mean inside a module instance.

use std::sync::Arc;

use indexmap::IndexMap;
use provision_schema::address::InstanceKey;
use provision_schema::{Kind, Marks, Type, Value};

use super::expansion::{Expansion, key_value};
use super::instances::gather;
use super::targets::{Site, Target, check, output_step, target_of};
use super::{ModuleId, Program, Purpose};
use crate::ast::{Expr, Reference, Step, StepKind};
use crate::config::Repetition;
use crate::diagnostics::Diagnostics;
use crate::evaluate::{Resolver, Scope, evaluate, get_index};
use crate::source::Span;

/// The names of one module instance, with `count`, `each` and `self` where the block has them.
pub struct ModuleScope<'p> {
    program: &'p Program,
    module: ModuleId,
    site: Site,
    repetition: Repeated,
    itself: Option<Value>,
}

/// What `count.index`, `each.key` and `each.value` are.
#[derive(Clone)]
enum Repeated {
    None,
    Count(Value),
    Each(Value, Value),
}

impl<'p> ModuleScope<'p> {
    /// Outside any repeated block.
    pub fn new(program: &'p Program, module: ModuleId) -> ModuleScope<'p> {
        let site = Site::default();
        ModuleScope { program, module, site, repetition: Repeated::None, itself: None }
    }

    /// In the arguments of a module call, for one instance of it.
    pub(super) fn in_call(
        program: &'p Program,
        caller: ModuleId,
        call: u32,
        child: ModuleId,
    ) -> ModuleScope<'p> {
        let config = program.module(caller);
        let repetition = &config.calls[call as usize].repetition;
        let (key, each_value) = {
            let state = program.module_state(child);
            (state.key.clone(), state.each_value.clone())
        };
        Self::repeated(program, caller, repetition, &key, each_value)
    }

    /// In the body of one instance of a resource.
    pub(super) fn in_instance(
        program: &'p Program,
        module: ModuleId,
        resource: u32,
        instance: u32,
    ) -> ModuleScope<'p> {
        let config = program.module(module);
        let repetition = &config.resources[resource as usize].repetition;
        let found = {
            let state = program.module_state(module);
            let instances = &state.resources[resource as usize].instances;
            instances
                .get_index(instance as usize)
                .map(|(key, it)| (key.clone(), it.each_value.clone()))
        };
        let (key, each_value) = found.unwrap_or((InstanceKey::None, Value::dynamic()));
        Self::repeated(program, module, repetition, &key, each_value)
    }

    /// In any block of an instance of that address, as in its lifecycle conditions.
    pub fn of_instance(program: &'p Program, instance: &super::Instance) -> ModuleScope<'p> {
        let repetition = instance.module.resources.get(&instance.address.resource);
        let each_value = {
            let state = program.module_state(instance.module_id);
            let position = instance.module.resources.get_index_of(&instance.address.resource);
            position
                .and_then(|it| state.resources[it].instances.get(&instance.address.key))
                .map(|it| it.each_value.clone())
        };
        Self::repeated(
            program,
            instance.module_id,
            repetition.map_or(&Repetition::Single, |it| &it.repetition),
            &instance.address.key,
            each_value.unwrap_or_else(Value::dynamic),
        )
    }

    /// In the arguments of a provider configuration.
    pub(super) fn in_provider(
        program: &'p Program,
        module: ModuleId,
        for_each: bool,
    ) -> ModuleScope<'p> {
        let scope = ModuleScope::new(program, module);
        if !for_each {
            return scope;
        }
        let key = Value::unknown_not_null(Type::String);
        let site = Site { has_each: true, ..scope.site };
        ModuleScope { site, repetition: Repeated::Each(key, Value::dynamic()), ..scope }
    }

    /// In the assertions of a check block, which may use the data source in it.
    pub(super) fn in_check(self) -> ModuleScope<'p> {
        ModuleScope { site: Site { in_check: true, ..self.site }, ..self }
    }

    /// The same with an unknown `self`.
    pub(super) fn for_provisioner(&self) -> ModuleScope<'p> {
        ModuleScope {
            program: self.program,
            module: self.module,
            site: self.site.with_self(),
            repetition: self.repetition.clone(),
            itself: Some(Value::dynamic()),
        }
    }

    /// The same with `self`.
    #[must_use]
    pub fn with_self(self, itself: Value) -> ModuleScope<'p> {
        ModuleScope { site: self.site.with_self(), itself: Some(itself), ..self }
    }

    fn repeated(
        program: &'p Program,
        module: ModuleId,
        repetition: &Repetition,
        key: &InstanceKey,
        each_value: Value,
    ) -> ModuleScope<'p> {
        // An instance that stands for all has no key of its own.
        let sample = *key == InstanceKey::None;
        let repeated = match repetition {
            Repetition::Single | Repetition::Enabled(_) => Repeated::None,
            Repetition::Count(_) if sample => {
                Repeated::Count(Value::unknown_not_null(Type::Number))
            }
            Repetition::ForEach(_) if sample => {
                Repeated::Each(Value::unknown_not_null(Type::String), Value::dynamic())
            }
            Repetition::Count(_) => Repeated::Count(key_value(key)),
            Repetition::ForEach(_) => Repeated::Each(key_value(key), each_value),
        };
        let site = Site::of(repetition);
        ModuleScope { program, module, site, repetition: repeated, itself: None }
    }

    fn resolve_resource(
        &self,
        reference: &Reference,
        resource: &provision_schema::address::Resource,
        used: usize,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> (Value, usize) {
        let config = self.program.module(self.module);
        let Some(position) = config.resources.get_index_of(resource) else {
            return (Value::dynamic(), reference.steps.len());
        };
        let repetition = &config.resources[position].repetition;
        let Some(step) = index_step(repetition, reference.steps.get(used)) else {
            return (self.aggregate(position), used);
        };
        let key = evaluate(step.0, scope, diagnostics);
        self.program.expand_resource(self.module, position);
        let found = {
            let state = self.program.module_state(self.module);
            let it = &state.resources[position];
            find(&key, repetition, &it.expansion, &it.instances).map(|it| it.object)
        };
        let value = match found {
            Found::One(object) => self.program.value(object).with_marks(key.marks()),
            Found::Unknown => Value::dynamic(),
            Found::None => get_index(&self.aggregate(position), &key, step.1, diagnostics),
        };
        (value, used + 1)
    }

    fn aggregate(&self, position: usize) -> Value {
        let node = self.program.module_state(self.module).resources[position].aggregate;
        self.program.value(node)
    }

    fn resolve_module(
        &self,
        reference: &Reference,
        name: &Arc<str>,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> (Value, usize) {
        let config = self.program.module(self.module);
        let Some(position) = config.calls.get_index_of(name) else {
            return (Value::dynamic(), reference.steps.len());
        };
        let repetition = &config.calls[position].repetition;
        self.program.expand_call(self.module, position);
        // Where one output is named, the others are not needed.
        let output = output_step(reference).map(|(output, _)| output);
        let Some(step) = index_step(repetition, reference.steps.get(1)) else {
            // What follows a module with `for_each` is the key of an instance or a splat over
            // the object of all.
            let output = output.filter(|_| !matches!(repetition, Repetition::ForEach(_)));
            return (self.modules(position, repetition, output), 1);
        };
        let key = evaluate(step.0, scope, diagnostics);
        let found = {
            let state = self.program.module_state(self.module);
            let it = &state.calls[position];
            find(&key, repetition, &it.expansion, &it.children).map(|child| *child)
        };
        let value = match found {
            Found::One(child) => self.outputs(child, output).with_marks(key.marks()),
            Found::Unknown => Value::dynamic(),
            Found::None => {
                let all = self.modules(position, repetition, output);
                get_index(&all, &key, step.1, diagnostics)
            }
        };
        (value, 2)
    }

    /// All instances of a module call as one value.
    fn modules(&self, position: usize, repetition: &Repetition, only: Option<&Arc<str>>) -> Value {
        let (expansion, children) = {
            let state = self.program.module_state(self.module);
            let it = &state.calls[position];
            (it.expansion.clone(), it.children.clone())
        };
        let values = children.values().map(|child| self.outputs(*child, only));
        gather(repetition, &expansion, children.keys().cloned().collect(), values)
    }

    /// The outputs of a module instance as an object, or only the one named.
    fn outputs(&self, child: ModuleId, only: Option<&Arc<str>>) -> Value {
        let config = self.program.module(child);
        let outputs = config.outputs.keys().enumerate();
        let wanted = outputs.filter(|(_, name)| only.is_none_or(|only| only == *name));
        Value::object_of(wanted.map(|(position, name)| {
            let node = self.program.output_node(child, position);
            (name.clone(), self.program.value(node))
        }))
    }
}

/// The index with which a reference selects an instance, and its place.
fn index_step<'r>(repetition: &Repetition, step: Option<&'r Step>) -> Option<(&'r Expr, Span)> {
    match (repetition, step.map(|step| (&step.kind, step.span))) {
        (Repetition::Count(_) | Repetition::ForEach(_), Some((StepKind::Index(key), span))) => {
            Some((key, span))
        }
        _ => None,
    }
}

/// Which instance a key selects.
enum Found<T> {
    One(T),
    /// It is not known which instances there are.
    Unknown,
    /// The key is unknown, or no instance has it: as with any other collection.
    None,
}

impl<T> Found<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Found::One(it) => Found::One(change(it)),
            Found::Unknown => Found::Unknown,
            Found::None => Found::None,
        }
    }
}

fn find<'i, T>(
    key: &Value,
    repetition: &Repetition,
    expansion: &Expansion,
    instances: &'i IndexMap<InstanceKey, T>,
) -> Found<&'i T> {
    let wanted = match expansion {
        Expansion::Deferred | Expansion::Failed => return Found::Unknown,
        Expansion::Sample => Some(InstanceKey::None),
        Expansion::Known(_) => instance_key(key, repetition),
    };
    match (wanted.and_then(|key| instances.get(&key)), expansion) {
        (Some(instance), _) => Found::One(instance),
        (None, Expansion::Known(_)) => Found::None,
        (None, _) => Found::Unknown,
    }
}

/// The key of an instance that an index names.
fn instance_key(key: &Value, repetition: &Repetition) -> Option<InstanceKey> {
    let wanted = match repetition {
        Repetition::Count(_) => Type::Number,
        _ => Type::String,
    };
    let key = provision_schema::convert::convert(key, &wanted).ok()?;
    match key.kind() {
        Kind::Number(number) => Some(InstanceKey::Int(number.to_usize()? as u64)),
        Kind::String(key) => Some(InstanceKey::String(key.clone())),
        _ => None,
    }
}

impl Resolver for ModuleScope<'_> {
    fn resolve(
        &self,
        reference: &Reference,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> (Value, usize) {
        let config = self.program.module(self.module);
        if let Err(diagnostic) = check(reference, &config, self.site) {
            diagnostics.push(diagnostic);
            return (Value::dynamic(), reference.steps.len());
        }
        let Ok(target) = target_of(reference) else {
            return (Value::dynamic(), reference.steps.len());
        };
        let used = target.steps(reference);
        let value = match &target {
            Target::Variable(name) => match config.variables.get_index_of(name) {
                Some(it) => self.program.value(self.program.variable_node(self.module, it)),
                None => Value::dynamic(),
            },
            Target::Local(name) => match config.locals.get_index_of(name) {
                Some(it) => self.program.value(self.program.local_node(self.module, it)),
                None => Value::dynamic(),
            },
            Target::Resource(resource) => {
                return self.resolve_resource(reference, resource, used, scope, diagnostics);
            }
            Target::Module(name) => {
                return self.resolve_module(reference, name, scope, diagnostics);
            }
            Target::Repetition(name) => match (&self.repetition, *name) {
                (Repeated::Count(index), "count") => index.clone(),
                (Repeated::Each(key, _), "each.key") => key.clone(),
                (Repeated::Each(_, value), "each.value") => value.clone(),
                _ => Value::dynamic(),
            },
            Target::Path(name) => self.program.path(self.module, name),
            Target::Workspace(name) => match &**name {
                "workspace" => Value::from("default"),
                _ => Value::bool(self.program.functions.applying).with_marks(Marks::EPHEMERAL),
            },
            Target::Itself => self.itself.clone().unwrap_or_else(Value::dynamic),
        };
        (value, used)
    }

    fn applying_tells(&self) -> bool {
        self.program.purpose == Purpose::Plan
    }
}

impl Program {
    fn path(&self, module: ModuleId, name: &str) -> Value {
        let slashes = |path: &std::path::Path| {
            let text = path.to_string_lossy().replace('\\', "/");
            if text.is_empty() { ".".to_owned() } else { text }
        };
        match name {
            "module" => Value::from(slashes(&self.module(module).directory)),
            "root" => Value::from(slashes(&self.configuration.root.directory)),
            _ => {
                let base = &self.functions.base_directory;
                Value::from(slashes(&std::path::absolute(base).unwrap_or_else(|_| base.clone())))
            }
        }
    }
}
