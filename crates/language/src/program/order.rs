//! Which objects of a configuration need which, before anything is evaluated.
//!
//! The vertices are the objects as configured, each once for every call of its module. Their
//! order lets evaluation go from what is needed to what needs it, without deep recursion, and
//! their cycles are reported before anything runs into them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;
use provision_schema::address::ModulePath;

use super::targets::{Site, Target, check, output_step};
use crate::ast::{Expr, Reference};
use crate::config::{Condition, Module, ProviderKey, Repetition, Resource};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::references;
use crate::source::Span;

/// An object of a module, by its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    Variable(usize),
    /// The conditions on a variable's value, which may look at other objects.
    Validation(usize),
    Local(usize),
    Output(usize),
    Resource(usize),
    Call(usize),
    Provider(usize),
    Check(usize),
    /// Everything in the module: what `depends_on` a module waits for.
    All,
}

/// Where in the tree of modules an object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Vertex {
    pub module: usize,
    pub object: Object,
}

/// How much of what it uses an object needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// What its arguments name; evaluation shows which instances these are.
    Arguments,
    /// All of it, as `depends_on` and conditions do.
    Whole,
}

/// Where every name can be used.
const ANYWHERE: Site = Site { has_count: true, has_each: true, has_self: true, in_check: true };

pub struct Order {
    /// All modules of the tree; the root is the first.
    pub modules: Vec<Arc<Module>>,
    /// By path.
    pub module_index: HashMap<ModulePath, usize>,
    /// What each object needs, found in its expressions. Edges lead from the user to the used.
    pub graph: DiGraph<Vertex, Need>,
    pub vertices: HashMap<Vertex, NodeIndex>,
    /// All vertices, what is needed before what needs it.
    pub sorted: Vec<Vertex>,
    /// Those that need each other, so that none can be computed.
    pub circular: HashSet<Vertex>,
}

impl Order {
    pub fn new(root: &Arc<Module>, diagnostics: &mut Diagnostics) -> Order {
        let mut order = Order {
            modules: Vec::new(),
            module_index: HashMap::new(),
            graph: DiGraph::new(),
            vertices: HashMap::new(),
            sorted: Vec::new(),
            circular: HashSet::new(),
        };
        order.add_modules(root);
        for module in 0..order.modules.len() {
            order.connect_module(module, diagnostics);
        }
        order.sort(diagnostics);
        order
    }

    /// The modules that this one calls, by the name of the call.
    pub fn child(&self, module: usize, call: &str) -> Option<usize> {
        let path = self.modules[module].path.child(call);
        self.module_index.get(&path).copied()
    }

    /// What the object needs.
    pub fn needs(&self, vertex: Vertex) -> impl Iterator<Item = (Vertex, Need)> {
        let index = self.vertices.get(&vertex);
        let edges = index.into_iter().flat_map(|index| self.graph.edges(*index));
        edges.map(|edge| (self.graph[edge.target()], *edge.weight()))
    }

    fn add_modules(&mut self, root: &Arc<Module>) {
        let mut waiting = vec![root.clone()];
        while let Some(module) = waiting.pop() {
            let index = self.modules.len();
            self.module_index.insert(module.path.clone(), index);
            let mut objects = vec![Object::All];
            objects.extend((0..module.variables.len()).map(Object::Variable));
            objects.extend((0..module.variables.len()).map(Object::Validation));
            objects.extend((0..module.locals.len()).map(Object::Local));
            objects.extend((0..module.outputs.len()).map(Object::Output));
            objects.extend((0..module.resources.len()).map(Object::Resource));
            objects.extend((0..module.calls.len()).map(Object::Call));
            objects.extend((0..module.providers.len()).map(Object::Provider));
            objects.extend((0..module.checks.len()).map(Object::Check));
            for object in objects {
                let vertex = Vertex { module: index, object };
                self.vertices.insert(vertex, self.graph.add_node(vertex));
            }
            waiting.extend(module.children.values().cloned());
            self.modules.push(module);
        }
    }

    fn connect(&mut self, user: Vertex, used: Vertex) {
        self.connect_as(user, used, Need::Arguments);
    }

    fn connect_as(&mut self, user: Vertex, used: Vertex, need: Need) {
        if let (Some(user), Some(used)) = (self.vertices.get(&user), self.vertices.get(&used)) {
            self.graph.add_edge(*user, *used, need);
        }
    }

    fn connect_module(&mut self, index: usize, diagnostics: &mut Diagnostics) {
        let module = self.modules[index].clone();
        let at = |object| Vertex { module: index, object };
        for (position, variable) in module.variables.values().enumerate() {
            let mut inner = Diagnostics::new();
            let user = at(Object::Validation(position));
            self.connect(user, at(Object::Variable(position)));
            self.conditions(user, &variable.validations, Site::default(), &mut inner);
            diagnostics.extend(inner);
        }
        for (position, local) in module.locals.values().enumerate() {
            self.expression(at(Object::Local(position)), &local.expr, Site::default(), diagnostics);
        }
        for (position, output) in module.outputs.values().enumerate() {
            let user = at(Object::Output(position));
            self.expression(user, &output.value, Site::default(), diagnostics);
            self.conditions(user, &output.preconditions, Site::default(), diagnostics);
            self.depends_on(user, &output.depends_on, diagnostics);
        }
        for (position, provider) in module.providers.values().enumerate() {
            let user = at(Object::Provider(position));
            let mut site = Site::default();
            if let Some(for_each) = &provider.for_each {
                self.expression(user, for_each, Site::default(), diagnostics);
                site.has_each = true;
            }
            self.references(user, references::of_body(&provider.body), site, None, diagnostics);
        }
        for (position, resource) in module.resources.values().enumerate() {
            self.connect_resource(at(Object::Resource(position)), resource, diagnostics);
        }
        for (position, call) in module.calls.values().enumerate() {
            let user = at(Object::Call(position));
            self.repetition(user, &call.repetition, diagnostics);
            self.connect_call(user, position, diagnostics);
        }
        for import in &module.imports {
            // Nothing depends on an import, so its references are only looked at.
            let site = Site { has_each: import.for_each.is_some(), ..Site::default() };
            let used =
                [(&import.for_each, Site::default()), (&import.id, site), (&import.identity, site)];
            for (expr, site) in
                used.into_iter().filter_map(|(expr, site)| Some((expr.as_ref()?, site)))
            {
                references::visit_expression(expr, &mut |reference| {
                    diagnostics.extend(check(reference, &module, site).err());
                });
            }
        }
        for (position, check) in module.checks.values().enumerate() {
            let user = at(Object::Check(position));
            let site = Site { in_check: true, ..Site::default() };
            self.conditions(user, &check.asserts, site, diagnostics);
        }
        for (_, object) in self.objects(index) {
            self.connect(at(Object::All), at(object));
        }
    }

    /// What a module as a whole consists of: what has to be done before `depends_on` it is met.
    fn objects(&self, index: usize) -> Vec<(usize, Object)> {
        let module = &self.modules[index];
        let resources = (0..module.resources.len()).map(Object::Resource);
        let outputs = (0..module.outputs.len()).map(Object::Output);
        resources.chain(outputs).map(|object| (index, object)).collect()
    }

    fn connect_resource(
        &mut self,
        user: Vertex,
        resource: &Resource,
        diagnostics: &mut Diagnostics,
    ) {
        if let Some(expr) = resource.repetition.expression() {
            let found = references::of_expression(expr).into_iter().cloned().collect();
            self.references(user, found, Site::default(), Some(resource), diagnostics);
        }
        let site = Site { in_check: resource.check.is_some(), ..Site::of(&resource.repetition) };
        let mut found = references::of_body(&resource.body);
        let with_self: Vec<Reference> = (resource.connection.iter().map(|(body, _)| body))
            .chain(resource.provisioners.iter().map(|it| &it.body))
            .chain(resource.provisioners.iter().filter_map(|it| Some(&it.connection.as_ref()?.0)))
            .flat_map(references::of_body)
            .collect();
        let myself = Some(resource);
        self.references(user, std::mem::take(&mut found), site, myself, diagnostics);
        self.references(user, with_self, site.with_self(), myself, diagnostics);
        let lifecycle = &resource.lifecycle;
        self.conditions(user, &lifecycle.preconditions, site, diagnostics);
        self.conditions(user, &lifecycle.postconditions, site.with_self(), diagnostics);
        if let Some(expr) = &lifecycle.prevent_destroy {
            self.expression(user, expr, Site::default(), diagnostics);
        }
        for expr in &lifecycle.replace_triggered_by {
            self.expression(user, expr, site, diagnostics);
        }
        self.depends_on(user, &resource.depends_on, diagnostics);
        self.provider_of(user, resource, site, diagnostics);
    }

    /// The provider configuration that a resource uses, wherever up the tree that is declared.
    fn provider_of(
        &mut self,
        user: Vertex,
        resource: &Resource,
        site: Site,
        diagnostics: &mut Diagnostics,
    ) {
        let key = match &resource.provider {
            Some(reference) => {
                if let Some(instance) = &reference.instance {
                    self.expression(user, instance, site, diagnostics);
                }
                reference.key.clone()
            }
            None => ProviderKey {
                local_name: resource.kind.split('_').next().unwrap_or("").into(),
                alias: None,
            },
        };
        if let Some(provider) = self.find_provider(user.module, &key) {
            self.connect(user, provider);
        }
    }

    /// Follows a provider name up to the module that configures it.
    pub fn find_provider(&self, mut module: usize, key: &ProviderKey) -> Option<Vertex> {
        let mut key = key.clone();
        loop {
            let it = &self.modules[module];
            if let Some(position) = it.providers.get_index_of(&key) {
                return Some(Vertex { module, object: Object::Provider(position) });
            }
            let (parent, call) = self.caller(module)?;
            let passed = self.modules[parent].calls[call].providers.iter();
            let mut passed = passed.filter(|(inside, _)| inside.key == key).map(|(_, here)| here);
            match passed.next_back() {
                Some(here) => key = here.key.clone(),
                // Only default configurations are inherited.
                None if key.alias.is_some() => return None,
                None => (),
            }
            module = parent;
        }
    }

    /// The calling module and the position of the call in it.
    pub fn caller(&self, module: usize) -> Option<(usize, usize)> {
        let path = &self.modules[module].path.0;
        let (name, parent) = path.split_last()?;
        let parent = *self.module_index.get(&ModulePath(parent.into()))?;
        Some((parent, self.modules[parent].calls.get_index_of(name)?))
    }

    /// A call's arguments are needed by the variables of the module; what the call depends on is
    /// needed by everything in it.
    fn connect_call(&mut self, user: Vertex, position: usize, diagnostics: &mut Diagnostics) {
        let module = self.modules[user.module].clone();
        let call = &module.calls[position];
        let site = Site::of(&call.repetition);
        let Some(child_index) = self.child(user.module, &call.name) else {
            let found = references::of_body(&call.body);
            self.references(user, found, site, None, diagnostics);
            return;
        };
        let child = self.modules[child_index].clone();
        let within = |object| Vertex { module: child_index, object };
        let mut ignored = Diagnostics::new();
        for argument in call.body.just_attributes(&mut ignored) {
            let receiver = match child.variables.get_index_of(&argument.name.text) {
                Some(variable) => within(Object::Variable(variable)),
                None => user,
            };
            let declared = child.variables.get(&argument.name.text);
            if let Some(why) = declared.and_then(|variable| variable.deprecated.as_ref()) {
                let detail = format!(
                    "Variable {:?} is marked as deprecated with the following message:\n{why}",
                    &*argument.name
                );
                let summary = "Variable marked as deprecated by the module author";
                diagnostics.warning(summary, detail, argument.span);
            }
            self.expression(receiver, &argument.expr, site, diagnostics);
        }
        let objects = (0..child.variables.len())
            .map(Object::Variable)
            .chain((0..child.locals.len()).map(Object::Local))
            .chain((0..child.outputs.len()).map(Object::Output))
            .chain((0..child.resources.len()).map(Object::Resource))
            .chain((0..child.calls.len()).map(Object::Call));
        for object in objects {
            self.connect(within(object), user);
        }
        // A call inside the child hands this on to the objects of its own module.
        let dependent = (0..child.resources.len())
            .map(Object::Resource)
            .chain((0..child.calls.len()).map(Object::Call));
        for object in dependent {
            self.depends_on_from(within(object), user.module, &call.depends_on, diagnostics);
        }
        self.connect(Vertex { module: user.module, object: Object::All }, within(Object::All));
    }

    fn repetition(&mut self, user: Vertex, it: &Repetition, diagnostics: &mut Diagnostics) {
        if let Some(expr) = it.expression() {
            self.expression(user, expr, Site::default(), diagnostics);
        }
    }

    fn conditions(
        &mut self,
        user: Vertex,
        conditions: &[Condition],
        site: Site,
        diagnostics: &mut Diagnostics,
    ) {
        for condition in conditions {
            for expr in [&condition.condition, &condition.error_message] {
                let found = references::of_expression(expr).into_iter().cloned().collect();
                self.references_as(Need::Whole, user, found, (site, None), diagnostics);
            }
        }
    }

    fn expression(&mut self, user: Vertex, expr: &Expr, site: Site, diagnostics: &mut Diagnostics) {
        let found = references::of_expression(expr).into_iter().cloned().collect();
        self.references(user, found, site, None, diagnostics);
    }

    fn depends_on(&mut self, user: Vertex, it: &[Reference], diagnostics: &mut Diagnostics) {
        self.depends_on_from(user, user.module, it, diagnostics);
    }

    fn depends_on_from(
        &mut self,
        user: Vertex,
        module_index: usize,
        it: &[Reference],
        diagnostics: &mut Diagnostics,
    ) {
        let module = self.modules[module_index].clone();
        for reference in it {
            match check(reference, &module, ANYWHERE) {
                Ok(target) => {
                    for used in self.vertices_of(&target, reference, module_index, true) {
                        self.connect_as(user, used, Need::Whole);
                    }
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
    }

    fn references(
        &mut self,
        user: Vertex,
        found: Vec<Reference>,
        site: Site,
        myself: Option<&Resource>,
        diagnostics: &mut Diagnostics,
    ) {
        self.references_as(Need::Arguments, user, found, (site, myself), diagnostics);
    }

    fn references_as(
        &mut self,
        need: Need,
        user: Vertex,
        found: Vec<Reference>,
        (site, myself): (Site, Option<&Resource>),
        diagnostics: &mut Diagnostics,
    ) {
        // The arguments of a call are written in the calling module, though they belong to the
        // variables of the called one.
        let module_index = match user.object {
            Object::Variable(_) => self.caller(user.module).map_or(user.module, |(it, _)| it),
            _ => user.module,
        };
        let module = self.modules[module_index].clone();
        for reference in found {
            match check(&reference, &module, site) {
                Err(diagnostic) => diagnostics.push(diagnostic),
                Ok(Target::Resource(resource))
                    if myself.is_some_and(|myself| myself.address == resource) =>
                {
                    diagnostics.push(self_reference(&resource.to_string(), reference.root.span));
                }
                Ok(target) => {
                    diagnostics.extend(deprecated_output(&target, &reference, &module));
                    for used in self.vertices_of(&target, &reference, module_index, false) {
                        self.connect_as(user, used, need);
                    }
                }
            }
        }
    }

    /// The vertices that a reference needs.
    fn vertices_of(
        &self,
        target: &Target,
        reference: &Reference,
        module_index: usize,
        whole_modules: bool,
    ) -> Vec<Vertex> {
        let module = &self.modules[module_index];
        let at = |object| Vertex { module: module_index, object };
        match target {
            Target::Variable(name) => {
                module.variables.get_index_of(name).map(|it| at(Object::Variable(it)))
            }
            Target::Local(name) => module.locals.get_index_of(name).map(|it| at(Object::Local(it))),
            Target::Resource(resource) => {
                module.resources.get_index_of(resource).map(|it| at(Object::Resource(it)))
            }
            Target::Module(name) => {
                let call = module.calls.get_index_of(name).map(|it| at(Object::Call(it)));
                let Some(child_index) = self.child(module_index, name) else {
                    return call.into_iter().collect();
                };
                let child = &self.modules[child_index];
                let within = |object| Vertex { module: child_index, object };
                let output = output_step(reference)
                    .and_then(|(output, _)| child.outputs.get_index_of(output));
                return match output {
                    _ if whole_modules => call.into_iter().chain([within(Object::All)]).collect(),
                    Some(output) => {
                        call.into_iter().chain([within(Object::Output(output))]).collect()
                    }
                    None => {
                        let outputs = (0..child.outputs.len()).map(|it| within(Object::Output(it)));
                        call.into_iter().chain(outputs).collect()
                    }
                };
            }
            Target::Repetition(_) | Target::Path(_) | Target::Workspace(_) | Target::Itself => None,
        }
        .into_iter()
        .collect()
    }

    fn sort(&mut self, diagnostics: &mut Diagnostics) {
        if let Ok(sorted) = toposort(&self.graph, None) {
            self.sorted = sorted.into_iter().rev().map(|index| self.graph[index]).collect();
            return;
        }
        for component in kosaraju_scc(&self.graph) {
            let is_cycle = match component.as_slice() {
                [single] => self.graph.contains_edge(*single, *single),
                _ => true,
            };
            if is_cycle {
                let path = self.cycle_path(&component);
                diagnostics.push(self.describe_cycle(&path));
                self.circular.extend(component.iter().map(|index| self.graph[*index]));
            }
            self.sorted.extend(component.iter().map(|index| self.graph[*index]));
        }
    }

    /// A way through the component that ends where it began.
    fn cycle_path(&self, component: &[NodeIndex]) -> Vec<NodeIndex> {
        let inside: HashSet<NodeIndex> = component.iter().copied().collect();
        let mut seen = HashMap::new();
        let mut path = Vec::new();
        let mut current = component[0];
        loop {
            if let Some(start) = seen.get(&current) {
                return path.split_off(*start);
            }
            seen.insert(current, path.len());
            path.push(current);
            // Every object of a component has a neighbour in it.
            match self.graph.neighbors(current).find(|it| inside.contains(it)) {
                Some(next) => current = next,
                None => return path,
            }
        }
    }

    fn describe_cycle(&self, path: &[NodeIndex]) -> Diagnostic {
        if let [index] = path
            && let Vertex { module, object: Object::Local(local) } = self.graph[*index]
        {
            let local = &self.modules[module].locals[local];
            return Diagnostic::error(
                "Self-referencing local value",
                format!(
                    "Local value {} cannot use its own result as part of its expression.",
                    self.name(self.graph[*index])
                ),
            )
            .at(local.expr.span);
        }
        let mut names: Vec<String> = path.iter().map(|it| self.name(self.graph[*it])).collect();
        let detail = names.join(", ");
        names.extend(names.first().cloned());
        let mut diagnostic = Diagnostic::error(
            format!("Cycle: {detail}"),
            format!(
                "These objects need each other, so none of them can be the first: {}. Break the \
                 circle by removing one of the references.",
                names.join(" -> ")
            ),
        );
        diagnostic.subject = path.iter().find_map(|it| self.span(self.graph[*it]));
        diagnostic
    }

    /// The address of an object, as in `module.a.local.x`.
    pub fn name(&self, vertex: Vertex) -> String {
        let module = &self.modules[vertex.module];
        let local = self.local_name(vertex);
        match module.path.0.is_empty() {
            true => local,
            false => format!("{}.{local}", module.path),
        }
    }

    /// The address of an object inside its module.
    pub fn local_name(&self, vertex: Vertex) -> String {
        let module = &self.modules[vertex.module];
        match vertex.object {
            Object::Variable(it) => format!("var.{}", module.variables[it].name.text),
            Object::Validation(it) => {
                format!("var.{} (validation)", module.variables[it].name.text)
            }
            Object::Local(it) => format!("local.{}", module.locals[it].name.text),
            Object::Output(it) => format!("output.{}", module.outputs[it].name.text),
            Object::Resource(it) => module.resources[it].address.to_string(),
            Object::Call(it) => format!("module.{} (expand)", module.calls[it].name.text),
            Object::Provider(it) => format!("provider.{}", module.providers[it].key),
            Object::Check(it) => format!("check.{}", module.checks[it].name.text),
            Object::All => "(whole module)".to_owned(),
        }
    }

    fn span(&self, vertex: Vertex) -> Option<Span> {
        let module = &self.modules[vertex.module];
        match vertex.object {
            Object::Variable(it) | Object::Validation(it) => Some(module.variables[it].span),
            Object::Local(it) => Some(module.locals[it].name.span),
            Object::Output(it) => Some(module.outputs[it].span),
            Object::Resource(it) => Some(module.resources[it].span),
            Object::Call(it) => Some(module.calls[it].span),
            Object::Provider(it) => Some(module.providers[it].span),
            Object::Check(it) => Some(module.checks[it].span),
            Object::All => None,
        }
    }
}

/// A warning if the reference names an output that its module's author asks not to use.
fn deprecated_output(
    target: &Target,
    reference: &Reference,
    module: &Module,
) -> Option<Diagnostic> {
    let Target::Module(call) = target else { return None };
    let (name, step) = output_step(reference)?;
    let why = module.children.get(call)?.outputs.get(name)?.deprecated.as_ref()?;
    let detail = format!(
        "This value is derived from module.{call}.{name}, which is deprecated with the following \
         message:\n\n{why}"
    );
    let span = reference.root.span.to(step.span);
    Some(Diagnostic::warning("Value derived from a deprecated source", detail).at(span))
}

fn self_reference(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "Self-referential block",
        format!("Configuration for {name} may not refer to itself."),
    )
    .at(span)
}
