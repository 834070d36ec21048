//! Type constraints, as in `list(object({ name = string, size = optional(number, 1) }))`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use provision_schema::convert::convert;
use provision_schema::{ObjectType, Type};

use super::decode::{constant, is_identifier};
use super::drafts::TypeConstraint;
use super::model::Defaults;
use crate::ast::{Call, Expr, ExprKind, ObjectItem};
use crate::diagnostics::Diagnostics;

const SUMMARY: &str = "Invalid type specification";

/// The constraint that an expression stands for; nothing, after an error was reported, when it
/// stands for none.
pub(super) fn type_constraint(
    expr: &Expr,
    diagnostics: &mut Diagnostics,
) -> Option<TypeConstraint> {
    // `list` and `map` alone are a courtesy to configurations from before constraints had
    // arguments, and only at the top.
    let ty = match keyword(expr) {
        Some("list") => Type::list(Type::Dynamic),
        Some("map") => Type::map(Type::Dynamic),
        _ => {
            let (ty, defaults) = constraint(expr, diagnostics)?;
            return Some(TypeConstraint { ty, defaults: defaults.map(Arc::new) });
        }
    };
    Some(TypeConstraint { ty, defaults: None })
}

fn keyword(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Reference(reference) if reference.steps.is_empty() => Some(&reference.root.text),
        _ => None,
    }
}

type Constraint = (Type, Option<Defaults>);

fn constraint(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Constraint> {
    let simple = |ty| Some((ty, None));
    let problem = match (keyword(expr), &expr.kind) {
        (Some("any"), _) => return simple(Type::Dynamic),
        (Some("bool"), _) => return simple(Type::Bool),
        (Some("string"), _) => return simple(Type::String),
        (Some("number"), _) => return simple(Type::Number),
        (Some(name @ ("list" | "set" | "map")), _) => format!(
            "The {name} type constructor requires one argument specifying the element type."
        ),
        (Some("object"), _) => "The object type constructor requires one argument specifying the \
                                attribute types and values as a map."
            .to_owned(),
        (Some("tuple"), _) => "The tuple type constructor requires one argument specifying the \
                               element types as a list."
            .to_owned(),
        (Some(name), _) => {
            format!("The keyword {name:?} is not a valid type specification.")
        }
        (None, ExprKind::Call(call)) => return called(call, expr, diagnostics),
        (None, _) => "A type specification is either a primitive type keyword (bool, number, \
                      string) or a complex type constructor call, like list(string)."
            .to_owned(),
    };
    diagnostics.error(SUMMARY, problem, expr.span);
    None
}

fn called(call: &Call, expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Constraint> {
    let name = &*call.name.text;
    let wants = match name {
        "list" | "set" | "map" => "the element type",
        "object" => "the attribute types and values as a map",
        "tuple" => "the element types as a list",
        "bool" | "string" | "number" | "any" => {
            let what = if name == "any" { "Type constraint" } else { "Primitive type" };
            let detail = format!("{what} keyword {name:?} does not expect arguments.");
            diagnostics.error(SUMMARY, detail, expr.span);
            return None;
        }
        "optional" => {
            let detail =
                "Keyword \"optional\" is valid only as a modifier for object type attributes.";
            diagnostics.error(SUMMARY, detail, call.name.span);
            return None;
        }
        _ => {
            let detail = format!("Keyword {name:?} is not a valid type constructor.");
            diagnostics.error(SUMMARY, detail, call.name.span);
            return None;
        }
    };
    let [argument] = &call.arguments[..] else {
        let detail =
            format!("The {name} type constructor requires one argument specifying {wants}.");
        diagnostics.error(SUMMARY, detail, expr.span);
        return None;
    };
    match name {
        "object" => object(argument, diagnostics),
        "tuple" => tuple(argument, diagnostics),
        _ => {
            let (element, defaults) = constraint(argument, diagnostics)?;
            let ty = match name {
                "list" => Type::list(element),
                "set" => Type::set(element),
                _ => Type::map(element),
            };
            let defaults = defaults.map(|inner| Defaults {
                children: IndexMap::from_iter([(Arc::from(""), inner)]),
                ..Defaults::default()
            });
            Some((ty, defaults))
        }
    }
}

fn tuple(argument: &Expr, diagnostics: &mut Diagnostics) -> Option<Constraint> {
    let ExprKind::Tuple(items) = &argument.kind else {
        let detail = "Tuple type constructor requires a list of element types.";
        diagnostics.error(SUMMARY, detail, argument.span);
        return None;
    };
    let mut defaults = Defaults::default();
    let mut types = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let (ty, inner) = constraint(item, diagnostics)?;
        types.push(ty);
        if let Some(inner) = inner {
            defaults.children.insert(index.to_string().into(), inner);
        }
    }
    Some((Type::tuple(types), some(defaults)))
}

fn object(argument: &Expr, diagnostics: &mut Diagnostics) -> Option<Constraint> {
    let ExprKind::Object(items) = &argument.kind else {
        let detail = "Object type constructor requires a map whose keys are attribute names and \
                      whose values are the corresponding attribute types.";
        diagnostics.error(SUMMARY, detail, argument.span);
        return None;
    };
    let mut attributes = BTreeMap::new();
    let mut optional = BTreeSet::new();
    let mut defaults = Defaults::default();
    let mut failed = false;
    for item in items {
        let Some(name) = attribute_name(&item.key) else {
            let detail = "Object constructor map keys must be attribute names.";
            diagnostics.error(SUMMARY, detail, item.key.span);
            failed = true;
            continue;
        };
        let Some(attribute) = object_attribute(item, diagnostics) else {
            failed = true;
            continue;
        };
        if attribute.optional {
            optional.insert(name.clone());
        }
        if let Some(inner) = attribute.defaults {
            defaults.children.insert(name.clone(), inner);
        }
        if let Some(default) = attribute.default {
            defaults.attributes.insert(name.clone(), default);
        }
        attributes.insert(name, attribute.ty);
    }
    if failed {
        return None;
    }
    let ty = Type::Object(Arc::new(ObjectType { attributes, optional }));
    Some((ty, some(defaults)))
}

struct ObjectAttribute {
    ty: Type,
    optional: bool,
    default: Option<provision_schema::Value>,
    /// What is inside the attribute.
    defaults: Option<Defaults>,
}

fn object_attribute(item: &ObjectItem, diagnostics: &mut Diagnostics) -> Option<ObjectAttribute> {
    let call = match &item.value.kind {
        ExprKind::Call(call) if &*call.name.text == "optional" => call,
        _ => {
            let (ty, defaults) = constraint(&item.value, diagnostics)?;
            return Some(ObjectAttribute { ty, optional: false, default: None, defaults });
        }
    };
    let (ty_expr, default_expr) = match &call.arguments[..] {
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        [] => {
            let detail = "Optional attribute modifier requires the attribute type as its argument.";
            diagnostics.error(SUMMARY, detail, item.value.span);
            return None;
        }
        [_, _, extra, ..] => {
            let detail = "Optional attribute modifier expects at most two arguments: the \
                          attribute type, and a default value.";
            diagnostics.error(SUMMARY, detail, extra.span);
            return None;
        }
    };
    let (ty, defaults) = constraint(ty_expr, diagnostics)?;
    let default = match default_expr {
        None => None,
        Some(expr) => {
            let value = constant(expr, diagnostics)?;
            // A default is filled in whole and then runs through the defaults inside it.
            let filled = defaults.as_ref().map_or_else(|| value.clone(), |it| it.apply(&value));
            match convert(&filled, &ty) {
                Ok(value) => Some(value),
                Err(error) => {
                    let detail = format!(
                        "This default value is not compatible with the attribute's type \
                         constraint: {}.",
                        super::defaults::explain(&error)
                    );
                    let summary = "Invalid default value for optional attribute";
                    diagnostics.error(summary, detail, expr.span);
                    return None;
                }
            }
        }
    };
    Some(ObjectAttribute { ty, optional: true, default, defaults })
}

/// The name that a key is. In quotes it is a string and no name.
fn attribute_name(key: &Expr) -> Option<Arc<str>> {
    let length = usize::try_from(key.span.end - key.span.start).unwrap_or_default();
    match &key.kind {
        ExprKind::Literal(value) => {
            value.as_arc_str().filter(|name| name.len() == length && is_identifier(name)).cloned()
        }
        _ => None,
    }
}

fn some(defaults: Defaults) -> Option<Defaults> {
    (!defaults.attributes.is_empty() || !defaults.children.is_empty()).then_some(defaults)
}
