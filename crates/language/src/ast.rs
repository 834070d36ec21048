//! The syntax tree of expressions and bodies, the same for native and JSON syntax.

use std::sync::Arc;

use provision_schema::Value;

use crate::source::Span;

/// A name, label or other text with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    pub text: Arc<str>,
    pub span: Span,
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// `null`, a number, a bool, or a string without interpolation, escapes undone.
    Literal(Value),
    /// Anything in quotes or a heredoc that is made of parts, white space stripped and
    /// indentation removed already. The result is always a string.
    Template(Vec<TemplatePart>),
    /// A quoted template or heredoc that is exactly one `${e}`: the value of `e`, of any type.
    TemplateWrap(Box<Expr>),
    Tuple(Vec<Expr>),
    Object(Vec<ObjectItem>),
    /// A name of the scope, alone or with steps: `var.x`, `aws_vpc.a[0].id`, `each.value`.
    Reference(Box<Reference>),
    /// Steps behind any other expression: `f(x).a`, `(x)[0]`.
    Access(Box<Expr>, Vec<Step>),
    Call(Box<Call>),
    /// Condition, value if true, value if false.
    Conditional(Box<[Expr; 3]>),
    Unary(UnaryOperator, Box<Expr>),
    Binary(BinaryOperator, Box<[Expr; 2]>),
    For(Box<For>),
    /// Kept because `{(a) = 1}` and `{a = 1}` differ.
    Parentheses(Box<Expr>),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Reference {
    pub root: Name,
    pub steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    pub kind: StepKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum StepKind {
    /// `.name`
    Attribute(Arc<str>),
    /// `[key]`, and `.0` as an index by the number.
    Index(Expr),
    /// `[*]` or `.*`; the steps apply to each element. Those that apply to the result as a
    /// whole follow in the outer list.
    Splat(Vec<Step>),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// Namespaces included: `length`, `core::length`, `provider::aws::arn_parse`.
    pub name: Name,
    pub arguments: Vec<Expr>,
    /// Whether the last argument is followed by `...`.
    pub expand_last: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ObjectItem {
    /// A bare identifier key is a `Literal` string; `(e)` is `Parentheses`; anything else is an
    /// expression. A bare reference with steps, as in `{a.b = 1}`, is an error on evaluation.
    pub key: Expr,
    pub value: Expr,
}

#[derive(Clone, PartialEq, Debug)]
pub struct For {
    pub key_variable: Option<Name>,
    pub value_variable: Name,
    pub collection: Expr,
    /// The key of a `for` in braces; none in brackets.
    pub key: Option<Expr>,
    pub value: Expr,
    pub condition: Option<Expr>,
    /// Whether `...` follows the value.
    pub group: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOperator {
    Negate,
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

#[derive(Clone, PartialEq, Debug)]
pub enum TemplatePart {
    Literal(Arc<str>),
    Interpolation(Expr),
    If { condition: Expr, then: Vec<TemplatePart>, otherwise: Vec<TemplatePart>, span: Span },
    For(Box<TemplateFor>),
}

#[derive(Clone, PartialEq, Debug)]
pub struct TemplateFor {
    pub key_variable: Option<Name>,
    pub value_variable: Name,
    pub collection: Expr,
    pub body: Vec<TemplatePart>,
    pub span: Span,
}

/// The inside of a file or block.
#[derive(Clone, PartialEq, Debug)]
pub enum Body {
    Native(NativeBody),
    Json(JsonBody),
}

#[derive(Clone, PartialEq, Debug)]
pub struct NativeBody {
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<Block>,
    /// The whole of it, with the braces of a block.
    pub span: Span,
}

/// In JSON what is an attribute and what a block is decided by the schema, so the text's own
/// structure is kept until then.
#[derive(Clone, PartialEq, Debug)]
pub struct JsonBody {
    /// An object, or an array of objects that count as one.
    pub value: Arc<Json>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Json {
    pub kind: JsonKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum JsonKind {
    Null,
    Bool(bool),
    /// The text of the number.
    Number(Arc<str>),
    String(Arc<str>),
    Array(Vec<Arc<Json>>),
    /// In the order of the text, doubles included.
    Object(Vec<(Name, Arc<Json>)>),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    pub name: Name,
    pub expr: Expr,
    /// The name, the equals sign and the expression.
    pub span: Span,
    /// What stands in the file where that is JSON, for the arguments that JSON takes literally.
    pub json: Option<Arc<Json>>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    pub kind: Name,
    pub labels: Vec<Name>,
    pub body: Body,
    /// The type and the labels.
    pub span: Span,
}

impl Expr {
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span }
    }

    pub fn literal(value: Value, span: Span) -> Expr {
        Expr::new(ExprKind::Literal(value), span)
    }

    /// The expression inside any number of parentheses.
    pub fn without_parentheses(&self) -> &Expr {
        let mut expr = self;
        while let ExprKind::Parentheses(inner) = &expr.kind {
            expr = inner;
        }
        expr
    }
}

impl Body {
    pub fn span(&self) -> Span {
        match self {
            Body::Native(body) => body.span,
            Body::Json(body) => body.value.span,
        }
    }

    /// Where to say that something is missing in the body.
    pub fn missing_item_span(&self) -> Span {
        match self {
            Body::Native(body) => body.missing_item_span(),
            Body::Json(body) => body.missing_item_span(),
        }
    }
}

impl NativeBody {
    /// Where to say that something is missing in the body: at its beginning, where the block is.
    pub fn missing_item_span(&self) -> Span {
        Span { end: self.span.start, ..self.span }
    }
}
