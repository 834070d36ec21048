//! The JSON syntax: its text, its bodies, and its values as expressions.

use std::collections::HashSet;
use std::sync::Arc;

use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use provision_schema::{Number, Type, Value};

use super::MAXIMUM_DEPTH;
use super::content::{BodyShape, Content};
use super::suggest::did_you_mean;
use super::tokens::{Origin, Parser};
use crate::ast::{
    Attribute, Block, Body, Expr, ExprKind, Json, JsonBody, JsonKind, Name, ObjectItem,
};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// Reads a file of JSON syntax.
pub fn parse_json(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Body> {
    let value = parse_value(file, text, diagnostics)?;
    if !matches!(value.kind, JsonKind::Object(_) | JsonKind::Array(_)) {
        diagnostics.error(
            "Root value must be object",
            "A configuration in JSON is an object, or an array of objects.",
            value.span,
        );
        return None;
    }
    Some(Body::Json(JsonBody { value: Arc::new(value) }))
}

fn parse_value(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Json> {
    let options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - without_mark.len();
    let reader = Reader { file, base, text: without_mark };
    match parse_to_ast(without_mark, &CollectOptions::default(), &options) {
        Ok(result) => match result.value {
            Some(value) => reader.value(value, 0, diagnostics),
            None => {
                let end = reader.span(Range::new(without_mark.len(), without_mark.len()));
                diagnostics.error("Missing value", "There is no JSON value in the file.", end);
                None
            }
        },
        Err(error) => {
            diagnostics.push(reader.explain(&error));
            None
        }
    }
}

struct Reader<'t> {
    file: FileId,
    base: usize,
    text: &'t str,
}

impl Reader<'_> {
    fn span(&self, range: Range) -> Span {
        Span::new(self.file, range.start + self.base..range.end + self.base)
    }

    fn value(&self, value: Ast<'_>, depth: usize, diagnostics: &mut Diagnostics) -> Option<Json> {
        let span = self.span(value.range());
        if depth > MAXIMUM_DEPTH {
            diagnostics.push(too_deep(span));
            return None;
        }
        let kind = match value {
            Ast::NullKeyword(_) => JsonKind::Null,
            Ast::BooleanLit(literal) => JsonKind::Bool(literal.value),
            Ast::NumberLit(literal) => JsonKind::Number(literal.value.into()),
            Ast::StringLit(literal) => {
                self.check_string(literal.range, diagnostics)?;
                JsonKind::String(literal.value.into())
            }
            Ast::Array(array) => {
                let mut elements = Vec::with_capacity(array.elements.len());
                for element in array.elements {
                    elements.push(Arc::new(self.value(element, depth + 1, diagnostics)?));
                }
                JsonKind::Array(elements)
            }
            Ast::Object(object) => {
                let mut properties = Vec::with_capacity(object.properties.len());
                for property in object.properties {
                    let range = property.name.range();
                    self.check_string(range, diagnostics)?;
                    let text: Arc<str> = match property.name {
                        ObjectPropName::String(name) => name.value.into(),
                        ObjectPropName::Word(name) => name.value.into(),
                    };
                    let name = Name { text, span: self.span(range) };
                    let value = self.value(property.value, depth + 1, diagnostics)?;
                    properties.push((name, Arc::new(value)));
                }
                JsonKind::Object(properties)
            }
        };
        Some(Json { kind, span })
    }

    /// The parser lets control characters pass.
    fn check_string(&self, range: Range, diagnostics: &mut Diagnostics) -> Option<()> {
        let text = self.text.get(range.start..range.end).unwrap_or_default();
        let Some(at) = text.bytes().position(|byte| byte < b' ') else { return Some(()) };
        let at = range.start + at;
        diagnostics.push(
            Diagnostic::error(
                "Invalid JSON string",
                "Line breaks and other control characters in a JSON string must be escaped.",
            )
            .at(self.span(Range::new(at, at + 1))),
        );
        None
    }

    fn explain(&self, error: &ParseError) -> Diagnostic {
        let mut range = error.range();
        let (summary, detail): (_, &str) = match error.kind() {
            ParseErrorKind::ExpectedColonAfterObjectKey => (
                "Missing property value colon",
                "After the name of a property there must be a colon and the value.",
            ),
            ParseErrorKind::ExpectedObjectValue => {
                ("Missing value", "After the colon of a property there must be a value.")
            }
            ParseErrorKind::ExpectedComma => (
                "Missing attribute seperator comma",
                "Between the properties of an object and the elements of an array there must be \
                 commas.",
            ),
            ParseErrorKind::TrailingCommasNotAllowed => {
                ("Trailing comma", "After the last property or element there can be no comma.")
            }
            ParseErrorKind::ExpectedStringObjectProperty
            | ParseErrorKind::UnexpectedTokenInObject => (
                "Invalid object property name",
                "The name of a property must be a string in double quotes.",
            ),
            ParseErrorKind::UnexpectedWord
            | ParseErrorKind::UnexpectedToken
            | ParseErrorKind::NonFiniteNumbersNotAllowed
                if self.text.as_bytes().get(range.start).is_some_and(u8::is_ascii_alphabetic) =>
            {
                (
                    "Invalid JSON keyword",
                    "The only words in JSON are true, false and null. Anything else must be in double \
                 quotes.",
                )
            }
            ParseErrorKind::CommentsNotAllowed | ParseErrorKind::UnterminatedCommentBlock => (
                "Invalid start of value",
                "There are no comments in JSON. In a block a property named // is ignored.",
            ),
            ParseErrorKind::SingleQuotedStringsNotAllowed => {
                ("Invalid start of value", "A JSON string is in double quotes.")
            }
            ParseErrorKind::String(_) => {
                ("Invalid JSON string", "This string does not end or has an invalid escape.")
            }
            ParseErrorKind::BareDecimalPointNumbersNotAllowed
            | ParseErrorKind::ExpectedDigit
            | ParseErrorKind::ExpectedDigitFollowingNegativeSign
            | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral
            | ParseErrorKind::HexadecimalNumbersNotAllowed
            | ParseErrorKind::UnaryPlusNumbersNotAllowed => {
                ("Invalid JSON number", "This is not a number in JSON.")
            }
            ParseErrorKind::MultipleRootJsonValues => {
                ("Extraneous data after value", "After the JSON value there can be nothing else.")
            }
            ParseErrorKind::UnterminatedArray => {
                range.end = range.start + 1;
                ("Unclosed array", "There is no closing bracket for this array.")
            }
            ParseErrorKind::UnterminatedObject => {
                range.end = range.start + 1;
                ("Unclosed object", "There is no closing brace for this object.")
            }
            ParseErrorKind::NestingDepthExceeded => return too_deep(self.span(range)),
            _ => ("Invalid start of value", "Here a JSON value must stand."),
        };
        range.end = range.end.min(self.text.len());
        Diagnostic::error(summary, detail).at(self.span(range))
    }
}

fn too_deep(span: Span) -> Diagnostic {
    let bracket = Span { end: span.start + 1, ..span };
    Diagnostic::error("Nesting too deep", "There are too many levels of objects and arrays here.")
        .at(bracket)
}

/// A JSON value in the place of an expression, where each string is a template, and so is each
/// name of a property.
pub fn json_expression(json: &Json, diagnostics: &mut Diagnostics) -> Expr {
    let kind = match &json.kind {
        JsonKind::String(text) => return string_expression(text, json.span, diagnostics),
        JsonKind::Array(elements) => {
            let items = elements.iter().map(|element| json_expression(element, diagnostics));
            ExprKind::Tuple(items.collect())
        }
        JsonKind::Object(properties) => {
            let mut seen = HashSet::new();
            let mut items = Vec::with_capacity(properties.len());
            for (name, value) in properties {
                let key = string_expression(name, name.span, diagnostics);
                if let ExprKind::Literal(value) = &key.kind
                    && let Some(text) = value.as_arc_str()
                    && !seen.insert(text.clone())
                {
                    diagnostics.error(
                        "Duplicate object attribute",
                        format!("This object has a property named {text:?} already."),
                        name.span,
                    );
                    continue;
                }
                items.push(ObjectItem { key, value: json_expression(value, diagnostics) });
            }
            ExprKind::Object(items)
        }
        JsonKind::Null | JsonKind::Bool(_) | JsonKind::Number(_) => {
            ExprKind::Literal(json_literal(json))
        }
    };
    Expr::new(kind, json.span)
}

fn string_expression(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Expr {
    if !text.contains("${") && !text.contains("%{") {
        return Expr::literal(Value::string(text), span);
    }
    // Each escape is longer than what it stands for.
    let has_escapes = span.end.saturating_sub(span.start) as usize != text.len() + 2;
    let origin = match has_escapes {
        true => Origin::Within(span),
        false => Origin::At(span.file, span.start as usize + 1),
    };
    let expr = Parser::for_template(origin, text, diagnostics).whole_template();
    // The error is enough; whoever evaluates this shall not find more.
    let mut expr = expr.unwrap_or_else(|| Expr::literal(Value::dynamic(), span));
    expr.span = span;
    expr
}

/// The same where it is taken literally.
pub(super) fn json_literal_expression(json: &Json, _: &mut Diagnostics) -> Expr {
    Expr::literal(json_literal(json), json.span)
}

/// A JSON value as it is, where strings mean themselves.
pub fn json_literal(json: &Json) -> Value {
    match &json.kind {
        JsonKind::Null => Value::null(Type::Dynamic),
        JsonKind::Bool(value) => Value::bool(*value),
        JsonKind::Number(text) => {
            Number::parse(text).map_or_else(|| Value::null(Type::Dynamic), Value::number)
        }
        JsonKind::String(text) => Value::string(text.clone()),
        JsonKind::Array(elements) => {
            Value::tuple(elements.iter().map(|element| json_literal(element)).collect::<Vec<_>>())
        }
        JsonKind::Object(properties) => {
            let attributes =
                properties.iter().map(|(name, value)| (name.text.clone(), json_literal(value)));
            Value::object_of(attributes)
        }
    }
}

impl JsonBody {
    pub(super) fn partial_content(
        &self,
        shape: &BodyShape,
        diagnostics: &mut Diagnostics,
    ) -> (Content, JsonBody) {
        let mut content = Content::empty(self.missing_item_span());
        let (attributes, blocks) = (shape.attributes_by_name(), shape.blocks_by_kind());
        let mut rest = Vec::new();
        for (name, value) in properties(&self.value, None, diagnostics) {
            if let Some(wanted) = attributes.get(&**name) {
                if content.attributes.contains_key(&name.text) {
                    diagnostics.error(
                        "Duplicate argument",
                        format!("The argument \"{}\" is set before already.", &**name),
                        name.span,
                    );
                    continue;
                }
                let read = if wanted.literal { json_literal_expression } else { json_expression };
                let attribute = attribute(name, value, read(value, diagnostics));
                content.attributes.insert(name.text.clone(), attribute);
            } else if let Some(block) = blocks.get(&**name) {
                let mut unpacking =
                    Unpacking { kind: name, labels: Vec::new(), content: &mut content };
                unpacking.blocks(value, block.labels, diagnostics);
            } else {
                rest.push((name.clone(), value.clone()));
            }
        }
        content.check_required(shape, diagnostics);
        let rest = Json { kind: JsonKind::Object(rest), span: self.value.span };
        (content, JsonBody { value: Arc::new(rest) })
    }

    pub(super) fn complain_of_rest(
        &self,
        shape: &BodyShape,
        content: &Content,
        diagnostics: &mut Diagnostics,
    ) {
        let JsonKind::Object(rest) = &self.value.kind else { return };
        for (name, value) in rest.iter().filter(|(name, _)| &**name != "//") {
            let free = shape.attributes.iter().map(|attribute| &*attribute.name);
            let free = free.filter(|name| !content.attributes.contains_key(*name));
            let names = free.chain(shape.blocks.iter().map(|block| &*block.kind));
            let hint = did_you_mean(name, names);
            let detail = format!("No argument or block type is named \"{}\".{hint}", &**name);
            let diagnostic = Diagnostic::error("Extraneous JSON object property", detail);
            diagnostics.push(diagnostic.at(name.span).within(name.span.to(value.span)));
        }
    }

    pub(super) fn just_attributes(
        &self,
        read: impl Fn(&Json, &mut Diagnostics) -> Expr,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Attribute> {
        let JsonKind::Object(properties) = &self.value.kind else {
            diagnostics.error(
                "Incorrect JSON value type",
                "A JSON object is required here, setting the arguments for this block.",
                start(&self.value),
            );
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let mut attributes = Vec::with_capacity(properties.len());
        for (name, value) in properties.iter().filter(|(name, _)| &**name != "//") {
            if seen.insert(name.text.clone()) {
                attributes.push(attribute(name, value, read(value, diagnostics)));
            } else {
                diagnostics.error(
                    "Duplicate attribute definition",
                    format!("The argument \"{}\" is set before already.", &**name),
                    name.span,
                );
            }
        }
        attributes
    }

    /// Where to say that something is missing: the brace that ends the object.
    pub fn missing_item_span(&self) -> Span {
        let span = self.value.span;
        match self.value.kind {
            JsonKind::Object(_) => Span { start: span.end.saturating_sub(1), ..span },
            _ => start(&self.value),
        }
    }
}

fn attribute(name: &Name, value: &Arc<Json>, expr: Expr) -> Attribute {
    Attribute {
        name: name.clone(),
        expr,
        span: name.span.to(value.span),
        json: Some(value.clone()),
    }
}

/// The first character of a value.
fn start(json: &Json) -> Span {
    Span { end: json.span.start + 1, ..json.span }
}

/// The properties of an object or of all objects of an array. The label is what their names are
/// if they are not arguments and blocks.
fn properties<'j>(
    json: &'j Json,
    label: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Vec<&'j (Name, Arc<Json>)> {
    let mut wrong = |json: &Json, what: &str| {
        let purpose = match label {
            Some(label) => format!("to specify {label} labels for this block"),
            None => "to define arguments and child blocks".to_owned(),
        };
        diagnostics.error(
            "Incorrect JSON value type",
            format!("{what} is required here, {purpose}."),
            start(json),
        );
    };
    match &json.kind {
        JsonKind::Null => Vec::new(),
        JsonKind::Object(properties) => properties.iter().collect(),
        JsonKind::Array(elements) => {
            let mut all = Vec::new();
            for element in elements {
                match &element.kind {
                    JsonKind::Object(properties) => all.extend(properties),
                    _ => wrong(element, "A JSON object"),
                }
            }
            all
        }
        _ => {
            wrong(json, "Either a JSON object or JSON array of objects");
            Vec::new()
        }
    }
}

/// Blocks on their way out of the objects whose property names are their labels.
struct Unpacking<'u> {
    kind: &'u Name,
    labels: Vec<Name>,
    content: &'u mut Content,
}

impl Unpacking<'_> {
    fn blocks(&mut self, json: &Arc<Json>, labels: &[&'static str], diagnostics: &mut Diagnostics) {
        let Some((label, deeper)) = labels.split_first() else {
            return self.bodies(json, diagnostics);
        };
        let properties = properties(json, Some(label), diagnostics);
        if properties.is_empty() {
            diagnostics.error(
                "Missing block label",
                format!(
                    "At least one object property is required, whose name represents the {} \
                     block's {label}.",
                    &**self.kind
                ),
                start(json),
            );
        }
        for (name, value) in properties {
            self.labels.push(name.clone());
            self.blocks(value, deeper, diagnostics);
            self.labels.pop();
        }
    }

    fn bodies(&mut self, json: &Arc<Json>, diagnostics: &mut Diagnostics) {
        let mut push = |value: &Arc<Json>| {
            self.content.blocks.push(Block {
                kind: self.kind.clone(),
                labels: self.labels.clone(),
                body: Body::Json(JsonBody { value: value.clone() }),
                span: start(json),
            });
        };
        match &json.kind {
            JsonKind::Null => {}
            JsonKind::Object(_) => push(json),
            // An element of the wrong type is found when the content of this body is asked for.
            JsonKind::Array(elements) => elements.iter().for_each(push),
            _ => diagnostics.error(
                "Incorrect JSON value type",
                format!(
                    "Either a JSON object or a JSON array is required, representing the contents \
                     of one or more \"{}\" blocks.",
                    &**self.kind
                ),
                start(json),
            ),
        }
    }
}
