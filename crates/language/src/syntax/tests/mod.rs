//! Texts and the trees that they are read as, and what is said of those that cannot be read.

mod bodies;
mod content;
mod expressions;
mod robustness;

use std::fmt::Write as _;

use super::*;
use crate::ast::{ExprKind, Step, StepKind, TemplatePart};
use crate::source::Sources;
use provision_schema::Value;

fn dump_value(value: &Value) -> String {
    if value.is_null() {
        "null".to_owned()
    } else if let Some(text) = value.as_str() {
        format!("{text:?}")
    } else if let Some(number) = value.as_number() {
        number.to_string()
    } else if let Some(value) = value.as_bool() {
        value.to_string()
    } else if !value.is_known() {
        "?".to_owned()
    } else if let Some(fields) = value.as_fields() {
        let names = fields.keys();
        let field = |name: &std::sync::Arc<str>| {
            format!("{name}: {}", fields.get(name).map(dump_value).unwrap_or_default())
        };
        format!("{{{}}}", names.map(field).collect::<Vec<_>>().join(", "))
    } else {
        let elements = value.as_elements().into_iter().flat_map(|elements| elements.iter());
        format!("[{}]", elements.map(dump_value).collect::<Vec<_>>().join(" "))
    }
}

fn dump(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(value) => dump_value(value),
        ExprKind::Template(parts) => format!("(template{})", dump_parts(parts)),
        ExprKind::TemplateWrap(inner) => format!("(wrap {})", dump(inner)),
        ExprKind::Tuple(items) => {
            format!("[{}]", items.iter().map(dump).collect::<Vec<_>>().join(" "))
        }
        ExprKind::Object(items) => {
            let item = |item: &crate::ast::ObjectItem| {
                format!("{}: {}", dump(&item.key), dump(&item.value))
            };
            format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Reference(reference) => {
            format!("{}{}", &*reference.root, dump_steps(&reference.steps))
        }
        ExprKind::Access(base, steps) => format!("<{}>{}", dump(base), dump_steps(steps)),
        ExprKind::Call(call) => {
            let arguments = call.arguments.iter().map(dump).collect::<Vec<_>>().join(", ");
            let expand = if call.expand_last { "..." } else { "" };
            format!("{}({arguments}{expand})", &*call.name)
        }
        ExprKind::Conditional(parts) => {
            format!("(if {} {} {})", dump(&parts[0]), dump(&parts[1]), dump(&parts[2]))
        }
        ExprKind::Unary(operator, operand) => format!("({operator:?} {})", dump(operand)),
        ExprKind::Binary(operator, operands) => {
            format!("({operator:?} {} {})", dump(&operands[0]), dump(&operands[1]))
        }
        ExprKind::For(it) => {
            let mut text = String::from("(for");
            if let Some(key) = &it.key_variable {
                _ = write!(text, " {}", &**key);
            }
            _ = write!(text, " {} in {}:", &*it.value_variable, dump(&it.collection));
            if let Some(key) = &it.key {
                _ = write!(text, " {} =>", dump(key));
            }
            _ = write!(text, " {}", dump(&it.value));
            if it.group {
                text.push_str("...");
            }
            if let Some(condition) = &it.condition {
                _ = write!(text, " if {}", dump(condition));
            }
            text + ")"
        }
        ExprKind::Parentheses(inner) => format!("({})", dump(inner)),
    }
}

fn dump_steps(steps: &[Step]) -> String {
    let step = |step: &Step| match &step.kind {
        StepKind::Attribute(name) => format!(".{name}"),
        StepKind::Index(key) => format!("[{}]", dump(key)),
        StepKind::Splat(steps) => format!("[*{}]", dump_steps(steps)),
    };
    steps.iter().map(step).collect()
}

fn dump_parts(parts: &[TemplatePart]) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => format!(" {text:?}"),
        TemplatePart::Interpolation(expr) => format!(" ${{{}}}", dump(expr)),
        TemplatePart::If { condition, then, otherwise, .. } => {
            let (then, otherwise) = (dump_parts(then), dump_parts(otherwise));
            format!(" (if {} then{then} else{otherwise})", dump(condition))
        }
        TemplatePart::For(it) => {
            let key = it.key_variable.as_ref().map_or(String::new(), |key| format!("{} ", &**key));
            let (value, collection) = (&*it.value_variable, dump(&it.collection));
            format!(" (for {key}{value} in {collection}:{})", dump_parts(&it.body))
        }
    };
    parts.iter().map(part).collect()
}

fn dump_body(body: &Body) -> String {
    let body = match body {
        Body::Native(body) => body,
        Body::Json(body) => return dump_value(&json_literal(&body.value)),
    };
    let attributes = body
        .attributes
        .iter()
        .map(|attribute| format!("{} = {}", &*attribute.name, dump(&attribute.expr)));
    let blocks = body.blocks.iter().map(|block| {
        let labels: String = block.labels.iter().map(|label| format!(" {:?}", &**label)).collect();
        format!("{}{labels} {{{}}}", &*block.kind, dump_body(&block.body))
    });
    attributes.chain(blocks).collect::<Vec<_>>().join("; ")
}

fn dump_diagnostics(sources: &Sources, diagnostics: Diagnostics) -> String {
    let lines = diagnostics.into_iter().map(|diagnostic| {
        let span = diagnostic.subject.map_or(String::new(), |span| {
            let source = sources.get(span.file);
            let position = source.position(span.start);
            format!(" at {}:{} {:?}", position.line, position.column, source.slice(span))
        });
        format!("! {}{span}", diagnostic.summary)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn read<T>(
    text: &str,
    read: impl FnOnce(FileId, &str, &mut Diagnostics) -> T,
    dump: impl FnOnce(T) -> String,
) -> String {
    let sources = Sources::default();
    let file = sources.add("test.tf", text);
    let mut diagnostics = Diagnostics::new();
    let result = dump(read(file, text, &mut diagnostics));
    let complaints = dump_diagnostics(&sources, diagnostics);
    [result, complaints].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n")
}

/// An expression by itself.
#[track_caller]
fn check(text: &str, expected: &str) {
    let dump = |expr: Option<Expr>| expr.map_or(String::new(), |expr| dump(&expr));
    assert_eq!(read(text, parse_expression, dump), expected, "in {text:?}");
}

/// A file.
#[track_caller]
fn check_body(text: &str, expected: &str) {
    let actual = read(text, parse_body, |body| dump_body(&body.into()));
    assert_eq!(actual, expected, "in {text:?}");
}

/// The inside of a template.
#[track_caller]
fn check_template(text: &str, expected: &str) {
    let dump = |expr: Option<Expr>| expr.map_or(String::new(), |expr| dump(&expr));
    assert_eq!(read(text, parse_template, dump), expected, "in {text:?}");
}
