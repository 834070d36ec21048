//! What names mean inside a module instance.

use std::sync::Arc;

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
        let repeated = matches!(repetition, Repetition::Count(_) | Repetition::ForEach(_));
        if repeated && let Some(key_expr) = index_of(reference.steps.get(used)) {
            let span = reference.steps[used].span;
            let key = evaluate(key_expr, scope, diagnostics);
            self.program.resource_instances(self.module, position);
            let (expansion, instance) = {
                let state = self.program.module_state(self.module);
                let it = &state.resources[position];
                let by_key = instance_key(&key, repetition);
                let wanted = match it.expansion {
                    Expansion::Sample => Some(InstanceKey::None),
                    _ => by_key,
                };
                let instance = wanted.and_then(|it_key| it.instances.get(&it_key));
                (it.expansion.clone(), instance.map(|it| it.object))
            };
            let value = match (instance, &expansion) {
                (Some(object), _) => self.program.value(object).with_marks(key.marks()),
                (None, Expansion::Deferred | Expansion::Failed | Expansion::Sample) => {
                    Value::dynamic()
                }
                // An unknown key, or one that no instance has: as with any other collection.
                (None, Expansion::Known(_)) => {
                    let all = self.aggregate(position);
                    get_index(&all, &key, span, diagnostics)
                }
            };
            return (value, used + 1);
        }
        (self.aggregate(position), used)
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
        let expansion = self.program.expand_call(self.module, position);
        let children = self.program.module_state(self.module).calls[position].children.clone();
        // Where one output is named, the others are not needed.
        let output = output_step(reference).map(|(output, _)| output.clone());
        let value_of = |child: ModuleId| self.outputs(child, output.as_ref());
        let repeated = matches!(repetition, Repetition::Count(_) | Repetition::ForEach(_));
        if repeated && let Some(key_expr) = index_of(reference.steps.get(1)) {
            let span = reference.steps[1].span;
            let key = evaluate(key_expr, scope, diagnostics);
            let wanted = match expansion {
                Expansion::Sample => Some(InstanceKey::None),
                _ => instance_key(&key, repetition),
            };
            let child = wanted.and_then(|key| children.get(&key).copied());
            let value = match (child, &expansion) {
                (Some(child), _) => value_of(child).with_marks(key.marks()),
                (None, Expansion::Deferred | Expansion::Failed | Expansion::Sample) => {
                    Value::dynamic()
                }
                (None, Expansion::Known(_)) => {
                    let all = gather(
                        repetition,
                        &expansion,
                        children.keys().cloned().collect(),
                        children.values().map(|child| value_of(*child)),
                    );
                    get_index(&all, &key, span, diagnostics)
                }
            };
            return (value, 2);
        }
        let whole = matches!(repetition, Repetition::ForEach(_))
            && matches!(reference.steps.get(1).map(|it| &it.kind), Some(StepKind::Splat(_)));
        let values = children.values().map(|child| match whole {
            true => self.outputs(*child, None),
            false => value_of(*child),
        });
        let value = gather(repetition, &expansion, children.keys().cloned().collect(), values);
        (value, 1)
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

fn index_of(step: Option<&Step>) -> Option<&Expr> {
    match step.map(|step| &step.kind) {
        Some(StepKind::Index(key)) => Some(key),
        _ => None,
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
