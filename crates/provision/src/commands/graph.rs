//! `provision graph`: all instances and what each depends on.

use std::collections::BTreeMap;
use std::process::ExitCode;

use provision_language::diagnostics::{Diagnostic, Severity};
use provision_language::program::{Deferred, DependencyGraph, GraphNode};
use provision_schema::address::{Mode, quote};
use provision_schema::{Catalogue, Phase};
use serde_json::{Value, json};

use crate::arguments::Graph;
use crate::load;
use crate::report::{self, Style};

pub fn run(arguments: &Graph) -> ExitCode {
    let style = Style::for_messages(arguments.output.no_color);
    let directory = &arguments.directory.directory;
    let loaded = load::program(directory, &arguments.variables);
    let Some(program) = loaded.program else {
        report::print(&loaded.diagnostics, &loaded.sources, style);
        return ExitCode::FAILURE;
    };
    program.evaluate();
    let mut diagnostics = loaded.diagnostics;
    // A graph can show what cannot be provisioned.
    let unsupported = program.unsupported();
    diagnostics.extend(program.diagnostics().into_iter().map(|it| {
        let severity = if unsupported.contains(&it) { Severity::Warning } else { it.severity };
        Diagnostic { severity, ..it }
    }));
    report::print(&diagnostics, &loaded.sources, style);
    if diagnostics.has_errors() {
        return ExitCode::FAILURE;
    }
    let graph = program.dependencies();
    match arguments.json.json {
        true => report::result(&format!("{:#}\n", to_json(&graph))),
        false => report::result(&to_dot(&graph)),
    }
    ExitCode::SUCCESS
}

/// The phase of a node's type; a module that is not expanded yet has none.
fn phase(node: &GraphNode) -> Option<Phase> {
    match node {
        GraphNode::Instance(address) => Catalogue::phase(&address.resource.kind),
        GraphNode::Deferred(Deferred::Resource(_, resource)) => Catalogue::phase(&resource.kind),
        GraphNode::Deferred(Deferred::Module(..)) | GraphNode::Group(_) => None,
    }
}

fn to_dot(graph: &DependencyGraph) -> String {
    let mut text = String::from("digraph provision {\n  compound = true\n  rankdir = \"RL\"\n");
    let mut by_phase: BTreeMap<Option<Phase>, Vec<String>> = BTreeMap::new();
    for node in &graph.nodes {
        let style = match node {
            GraphNode::Instance(address) if address.resource.mode == Mode::Data => {
                " [shape = ellipse]"
            }
            GraphNode::Instance(_) => " [shape = box]",
            GraphNode::Deferred(_) => " [shape = box, style = dashed]",
            GraphNode::Group(_) => " [shape = point]",
        };
        let line = format!("{}{style}", quote(&node.to_string()));
        by_phase.entry(phase(node)).or_default().push(line);
    }
    for (phase, nodes) in by_phase {
        let indent = match phase {
            Some(phase) => {
                text.push_str(&format!("  subgraph \"cluster_{phase}\" {{\n"));
                text.push_str(&format!("    label = \"{phase}\"\n"));
                "    "
            }
            None => "  ",
        };
        for node in nodes {
            text.push_str(&format!("{indent}{node}\n"));
        }
        if phase.is_some() {
            text.push_str("  }\n");
        }
    }
    for (from, to) in &graph.edges {
        let name = |index: usize| quote(&graph.nodes[index].to_string());
        text.push_str(&format!("  {} -> {}\n", name(*from), name(*to)));
    }
    text.push_str("}\n");
    text
}

fn to_json(graph: &DependencyGraph) -> Value {
    let nodes: Vec<Value> = graph
        .nodes
        .iter()
        .map(|node| {
            let mut object = json!({ "address": node.to_string(), "deferred": false });
            match node {
                GraphNode::Instance(address) => {
                    object["mode"] = json!(mode(address.resource.mode));
                    object["type"] = json!(&*address.resource.kind);
                    object["name"] = json!(&*address.resource.name);
                }
                GraphNode::Group(_) => object["group"] = json!(true),
                GraphNode::Deferred(deferred) => {
                    object["deferred"] = json!(true);
                    if let Deferred::Resource(_, resource) = deferred {
                        object["mode"] = json!(mode(resource.mode));
                        object["type"] = json!(&*resource.kind);
                        object["name"] = json!(&*resource.name);
                    }
                }
            }
            if let Some(phase) = phase(node) {
                object["phase"] = json!(phase.name());
            }
            object
        })
        .collect();
    let name = |index: usize| graph.nodes[index].to_string();
    let edges = graph.edges.iter();
    let edges: Vec<Value> =
        edges.map(|(from, to)| json!({ "from": name(*from), "to": name(*to) })).collect();
    json!({ "format_version": "1.0", "nodes": nodes, "edges": edges })
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
        Mode::Ephemeral => "ephemeral",
    }
}
