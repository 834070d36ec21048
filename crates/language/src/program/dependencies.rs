//! Which instances need which: the edges of the graph that the engine walks.
//!
//! What a resource as a whole, a local or an output stands for may be many instances, and many may
//! use it. Where that would make too many edges, such an object stays in the graph as a group.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use provision_schema::address::Address;

use super::order::{Need, Object, Vertex};
use super::{ModuleId, NodeKind, Program};

/// Up to so many edges an object that is no instance is replaced by direct edges.
const DIRECT_EDGES: usize = 2_500;
/// An object that stands for so few is always replaced.
const FEW: usize = 8;

/// The instances of a configuration and what each of them needs, directly or through variables,
/// locals and outputs.
#[derive(Clone, Debug, Default)]
pub struct DependencyGraph {
    pub nodes: Vec<GraphNode>,
    /// From the node that needs to the node that is needed, by position.
    pub edges: Vec<(usize, usize)>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GraphNode {
    Instance(Address),
    /// A resource or module whose instances are not known yet.
    Deferred(super::Deferred),
    /// Something that stands for many others, by its address.
    Group(String),
}

impl std::fmt::Display for GraphNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GraphNode::Instance(address) => write!(f, "{address}"),
            GraphNode::Deferred(deferred) => write!(f, "{deferred}"),
            GraphNode::Group(name) => f.write_str(name),
        }
    }
}

impl std::fmt::Display for super::Deferred {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (module, name) = match self {
            super::Deferred::Resource(module, resource) => (module, resource.to_string()),
            super::Deferred::Module(module, call) => (module, format!("module.{call}")),
        };
        if !module.is_root() {
            write!(f, "{module}.")?;
        }
        write!(f, "{name}[*]")
    }
}

/// An object of a module instance; the instances of a resource together.
type Place = (ModuleId, Object);
type Nodes = Rc<BTreeSet<usize>>;

struct Builder<'p> {
    program: &'p Program,
    nodes: Vec<GraphNode>,
    edges: BTreeSet<(usize, usize)>,
    positions: HashMap<Place, BTreeMap<u32, usize>>,
    deferred: HashMap<Place, usize>,
    /// How many instances and other objects name a place.
    users: HashMap<Place, usize>,
    /// What stands behind each place.
    reached: HashMap<Place, Nodes>,
}

impl Program {
    /// The graph of all instances.
    pub fn dependencies(&self) -> DependencyGraph {
        let mut builder = Builder {
            program: self,
            nodes: Vec::new(),
            edges: BTreeSet::new(),
            positions: HashMap::new(),
            deferred: HashMap::new(),
            users: HashMap::new(),
            reached: HashMap::new(),
        };
        builder.number();
        let places = builder.places();
        for place in &places {
            let count = builder.positions.get(place).map_or(1, BTreeMap::len);
            for (needed, _) in builder.needed_places(*place) {
                *builder.users.entry(needed).or_default() += count;
            }
        }
        // What is needed comes first, so that it is there for what needs it.
        for place in places {
            builder.connect(place);
            builder.gather(place);
        }
        DependencyGraph { nodes: builder.nodes, edges: builder.edges.into_iter().collect() }
    }
}

impl Builder<'_> {
    /// All objects of all module instances, what is needed first.
    fn places(&self) -> Vec<Place> {
        let state = self.program.state.borrow();
        let sorted = self.program.order.sorted.iter();
        let places = sorted.flat_map(|vertex| {
            let modules = state.by_position.get(&vertex.module).into_iter().flatten();
            modules.map(|module| (*module, vertex.object))
        });
        places.collect()
    }

    /// Numbers all instances in the order of their addresses.
    fn number(&mut self) {
        let mut found: Vec<(GraphNode, Place, Option<u32>)> = Vec::new();
        for module in self.program.module_ids() {
            let state = self.program.module_state(module);
            for (position, resource) in state.resources.iter().enumerate() {
                let config = &state.module.resources[position];
                let place = (module, Object::Resource(position));
                if resource.expansion == super::Expansion::Deferred {
                    let deferred =
                        super::Deferred::Resource(state.address.clone(), config.address.clone());
                    found.push((GraphNode::Deferred(deferred), place, None));
                }
                for (index, key) in resource.instances.keys().enumerate() {
                    let address = Address {
                        module: state.address.clone(),
                        resource: config.address.clone(),
                        key: key.clone(),
                    };
                    found.push((GraphNode::Instance(address), place, Some(index as u32)));
                }
            }
            for (position, call) in state.calls.iter().enumerate() {
                if call.expansion == super::Expansion::Deferred {
                    let name = state.module.calls[position].name.text.clone();
                    let deferred = super::Deferred::Module(state.address.clone(), name);
                    let place = (module, Object::Call(position));
                    found.push((GraphNode::Deferred(deferred), place, None));
                }
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        for (position, (node, place, index)) in found.into_iter().enumerate() {
            match index {
                Some(index) => {
                    self.positions.entry(place).or_default().insert(index, position);
                }
                None => {
                    self.deferred.insert(place, position);
                }
            }
            self.nodes.push(node);
        }
    }

    /// Draws the edges from the instances of a place.
    fn connect(&mut self, place: Place) {
        let instances = self.positions.get(&place).cloned().unwrap_or_default();
        let deferred = self.deferred.get(&place).copied();
        if instances.is_empty() && deferred.is_none() {
            return;
        }
        for (needed, need) in self.needed_places(place) {
            let behind = self.behind(needed);
            for (instance, position) in &instances {
                let looked_at = match need {
                    Need::Arguments => self.looked_at(place, *instance, needed),
                    Need::Whole => None,
                };
                let targets = looked_at.map_or_else(|| behind.clone(), Rc::new);
                self.edges.extend(
                    targets.iter().filter(|it| *it != position).map(|target| (*position, *target)),
                );
            }
            if let Some(position) = deferred {
                self.edges.extend(behind.iter().map(|target| (position, *target)));
            }
        }
    }

    fn behind(&self, place: Place) -> Nodes {
        self.reached.get(&place).cloned().unwrap_or_default()
    }

    /// Finds what stands behind a place for those that need it.
    fn gather(&mut self, place: Place) {
        let mut targets = BTreeSet::new();
        match (self.positions.get(&place), self.deferred.get(&place)) {
            (_, Some(position)) => {
                targets.insert(*position);
            }
            (Some(instances), None) => targets.extend(instances.values()),
            // Of a resource without instances nothing exists that could be waited for.
            (None, None) if matches!(place.1, Object::Resource(_)) => (),
            (None, None) => {
                for (needed, _) in self.needed_places(place) {
                    targets.extend(self.behind(needed).iter());
                }
            }
        }
        let users = self.users.get(&place).copied().unwrap_or(0);
        if targets.len() > FEW && targets.len().saturating_mul(users) > DIRECT_EDGES {
            let group = self.nodes.len();
            self.nodes.push(GraphNode::Group(self.name(place)));
            self.edges.extend(targets.iter().map(|target| (group, *target)));
            targets = BTreeSet::from([group]);
        }
        self.reached.insert(place, Rc::new(targets));
    }

    fn name(&self, (module, object): Place) -> String {
        let state = self.program.module_state(module);
        let name = self.program.order.local_name(Vertex { module: state.position, object });
        match state.address.is_root() {
            true => name,
            false => format!("{}.{name}", state.address),
        }
    }

    /// What the expressions of an object name directly, in this module instance and those around
    /// and below it.
    fn needed_places(&self, (module, object): Place) -> Vec<(Place, Need)> {
        let position = self.program.module_state(module).position;
        let needed = self.program.order.needs(Vertex { module: position, object });
        let mut places = Vec::new();
        for (vertex, need) in needed {
            let modules = self.modules_meant(module, vertex.module);
            places.extend(modules.into_iter().map(|module| ((module, vertex.object), need)));
        }
        places
    }

    /// The instances of a module that an instance of another means by it: itself, one around it,
    /// or all instances of one that it calls.
    fn modules_meant(&self, from: ModuleId, position: usize) -> Vec<ModuleId> {
        let order = &self.program.order;
        let state = self.program.state.borrow();
        let wanted = &order.modules[position].path.0;
        let mut around = from;
        // A reference leads at most one call up or down, so these are short walks.
        loop {
            let it = &state.modules[around.0 as usize];
            if it.position == position {
                return vec![around];
            }
            let here = &order.modules[it.position].path.0;
            if wanted.starts_with(here) {
                break;
            }
            match it.caller {
                Some((caller, _)) => around = caller,
                None => return Vec::new(),
            }
        }
        let mut found = vec![around];
        let depth = order.modules[state.modules[around.0 as usize].position].path.0.len();
        for name in &wanted[depth..] {
            found = found
                .into_iter()
                .flat_map(|module| {
                    let it = &state.modules[module.0 as usize];
                    let call = it.module.calls.get_index_of(name);
                    call.into_iter().flat_map(|call| it.calls[call].children.values().copied())
                })
                .collect();
        }
        found
    }

    /// Where the evaluation of an instance looked only at some of the instances of a resource,
    /// those.
    fn looked_at(&self, place: Place, instance: u32, needed: Place) -> Option<BTreeSet<usize>> {
        let (Object::Resource(resource), Object::Resource(used)) = (place.1, needed.1) else {
            return None;
        };
        let used = (needed.0, used as u32);
        let state = self.program.state.borrow();
        let it = &state.modules[place.0.0 as usize].resources[resource];
        let (_, it) = it.instances.get_index(instance as usize)?;
        let computed = state.nodes[it.configured.0 as usize].computed.as_ref()?;
        let positions = self.positions.get(&needed)?;
        let mut some = BTreeSet::new();
        for node in &computed.used {
            match state.nodes[node.0 as usize].kind {
                NodeKind::Aggregate(module, resource) if (module, resource) == used => return None,
                NodeKind::Object(module, resource, index) if (module, resource) == used => {
                    some.insert(*positions.get(&index)?);
                }
                _ => (),
            }
        }
        // Nothing looked at: the reference stands where evaluation has not come yet.
        (!some.is_empty()).then_some(some)
    }
}
