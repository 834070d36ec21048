//! Which instances need which: the edges of the graph that the engine walks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use provision_schema::address::Address;

use super::order::{Need, Object, Vertex};
use super::{ModuleId, NodeKind, Program};

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
}

impl std::fmt::Display for GraphNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GraphNode::Instance(address) => write!(f, "{address}"),
            GraphNode::Deferred(deferred) => write!(f, "{deferred}"),
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
    positions: HashMap<Place, BTreeMap<u32, usize>>,
    deferred: HashMap<Place, usize>,
    reached: HashMap<Place, Nodes>,
}

impl Program {
    /// The graph of all instances, with transitive edges through what is not an instance.
    pub fn dependencies(&self) -> DependencyGraph {
        let mut builder = Builder {
            program: self,
            positions: HashMap::new(),
            deferred: HashMap::new(),
            reached: HashMap::new(),
        };
        let nodes = builder.number();
        let mut edges = BTreeSet::new();
        let places: Vec<(Place, Vec<(u32, usize)>)> = builder
            .positions
            .iter()
            .map(|(place, instances)| (*place, instances.iter().map(|(a, b)| (*a, *b)).collect()))
            .collect();
        for (place, instances) in places {
            let by_need = builder.needed_places(place);
            for (instance, position) in instances {
                for (needed, need) in &by_need {
                    let targets = match need {
                        Need::Arguments => builder.instances_needed(place, instance, *needed),
                        Need::Whole => builder.reach(*needed),
                    };
                    for target in targets.iter() {
                        if *target != position {
                            edges.insert((position, *target));
                        }
                    }
                }
            }
        }
        for (place, position) in builder.deferred.clone() {
            for (needed, _) in builder.needed_places(place) {
                for target in builder.reach(needed).iter() {
                    if *target != position {
                        edges.insert((position, *target));
                    }
                }
            }
        }
        DependencyGraph { nodes, edges: edges.into_iter().collect() }
    }
}

impl Builder<'_> {
    /// Numbers all nodes in the order of their addresses.
    fn number(&mut self) -> Vec<GraphNode> {
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
        for (position, (_, place, index)) in found.iter().enumerate() {
            match index {
                Some(index) => {
                    self.positions.entry(*place).or_default().insert(*index, position);
                }
                None => {
                    self.deferred.insert(*place, position);
                }
            }
        }
        found.into_iter().map(|(node, _, _)| node).collect()
    }

    /// What the expressions of an object name directly, in this module instance and those around
    /// and below it.
    fn needed_places(&self, (module, object): Place) -> Vec<(Place, Need)> {
        let position = self.program.module_state(module).position;
        let needed = self.program.order.needs(Vertex { module: position, object });
        let mut places = Vec::new();
        for (vertex, need) in needed {
            places.extend(self.places_of(module, vertex).into_iter().map(|place| (place, need)));
        }
        places
    }

    /// The instances of the vertex's module that an instance of another module means by it: the
    /// module itself, one around it, or all instances of one that it calls.
    fn places_of(&self, from: ModuleId, vertex: Vertex) -> Vec<Place> {
        let state = self.program.state.borrow();
        let Some(candidates) = state.by_position.get(&vertex.module) else { return Vec::new() };
        let here = &state.modules[from.0 as usize].address.0;
        candidates
            .iter()
            .filter(|it| {
                let there = &state.modules[it.0 as usize].address.0;
                let shared = here.len().min(there.len());
                here[..shared] == there[..shared]
            })
            .map(|it| (*it, vertex.object))
            .collect()
    }

    /// All graph nodes that stand behind a place.
    fn reach(&mut self, place: Place) -> Nodes {
        if let Some(nodes) = self.reached.get(&place) {
            return nodes.clone();
        }
        // A circle ends here; it has been reported.
        self.reached.insert(place, Rc::default());
        let nodes: Nodes = match (self.positions.get(&place), self.deferred.get(&place)) {
            (_, Some(position)) => Rc::new(BTreeSet::from([*position])),
            (Some(instances), None) => Rc::new(instances.values().copied().collect()),
            (None, None) => {
                let mut all = BTreeSet::new();
                // Of a resource without instances nothing exists that could be waited for.
                if !matches!(place.1, Object::Resource(_)) {
                    for (needed, _) in self.needed_places(place) {
                        all.extend(self.reach(needed).iter().copied());
                    }
                }
                Rc::new(all)
            }
        };
        self.reached.insert(place, nodes.clone());
        nodes
    }

    /// The nodes that one instance needs of a place: where its evaluation looked only at some of
    /// the instances of a resource, only those.
    fn instances_needed(&mut self, place: Place, instance: u32, needed: Place) -> Nodes {
        if let (Object::Resource(resource), Object::Resource(used)) = (place.1, needed.1)
            && let Some(some) =
                self.looked_at((place.0, resource as u32, instance), (needed.0, used as u32))
        {
            return Rc::new(some);
        }
        self.reach(needed)
    }

    fn looked_at(
        &self,
        (module, resource, instance): (ModuleId, u32, u32),
        (used_module, used_resource): (ModuleId, u32),
    ) -> Option<BTreeSet<usize>> {
        let state = self.program.state.borrow();
        let it = &state.modules[module.0 as usize].resources[resource as usize];
        let (_, it) = it.instances.get_index(instance as usize)?;
        let computed = state.nodes[it.configured.0 as usize].computed.as_ref()?;
        let positions =
            self.positions.get(&(used_module, Object::Resource(used_resource as usize)))?;
        let mut some = BTreeSet::new();
        for node in &computed.used {
            match state.nodes[node.0 as usize].kind {
                NodeKind::Aggregate(module, resource)
                    if (module, resource) == (used_module, used_resource) =>
                {
                    return None;
                }
                NodeKind::Object(module, resource, index)
                    if (module, resource) == (used_module, used_resource) =>
                {
                    some.insert(*positions.get(&index)?);
                }
                _ => (),
            }
        }
        // Nothing looked at: the reference stands where evaluation has not come yet.
        (!some.is_empty()).then_some(some)
    }
}
