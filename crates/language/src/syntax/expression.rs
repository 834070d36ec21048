//! From the parser's tree of an expression to ours.

use std::ops::Range;

use hcl_edit::Ident;
use hcl_edit::expr::{
    BinaryOperator as HclBinary, Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal,
    TraversalOperator, UnaryOperator as HclUnary,
};
use hcl_edit::repr::{Decorated, Span as _};
use provision_schema::{Number, Value};

use super::concessions::{Prepared, Refused, RemovedItem};
use super::explain::Place;
use super::tokens::Parser;
use crate::ast::{
    BinaryOperator, Call, Expr, ExprKind, For, Name, ObjectItem, Reference, Step, StepKind,
    UnaryOperator,
};
use crate::diagnostics::Diagnostics;
use crate::source::Span;

/// What belongs to one run of the parser.
struct Piece<'p> {
    /// What to add to the parser's offsets.
    base: usize,
    removed: &'p [RemovedItem],
}

impl Parser<'_> {
    /// Reads an expression that takes up all of these tokens.
    pub(super) fn expression(&mut self, range: Range<usize>, place: Place) -> Option<Expr> {
        let start = self.skip_trivia(range.start).min(range.end);
        let end = self.previous(range.end, start).map_or(start, |last| last + 1);
        if start == end {
            self.explain_missing_expression(range.end, place);
            return None;
        }
        let prepared = self.prepare(start..end);
        let tree = self.parse(prepared, start..end, place)?;
        let (prepared, tree) = (tree.0, tree.1);
        let piece = Piece { base: prepared.base, removed: &prepared.removed };
        self.convert(&tree, &piece)
    }

    fn parse(
        &mut self,
        prepared: Result<Prepared, Refused>,
        range: Range<usize>,
        place: Place,
    ) -> Option<(Prepared, Expression)> {
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(refused) => {
                self.explain(range, refused.token, place, refused.in_for);
                return None;
            }
        };
        match hcl_edit::parser::parse_expr(&prepared.text) {
            Ok(tree) => Some((prepared, tree)),
            Err(error) => {
                self.explain_parser_error(&prepared, &error, range, place);
                None
            }
        }
    }

    fn convert(&mut self, tree: &Expression, piece: &Piece<'_>) -> Option<Expr> {
        let range = tree_range(tree.span(), piece);
        self.descend(self.span(range.clone()))?;
        let expr = self.convert_inner(tree, range, piece);
        self.depth -= 1;
        expr
    }

    fn convert_inner(
        &mut self,
        tree: &Expression,
        range: Range<usize>,
        piece: &Piece<'_>,
    ) -> Option<Expr> {
        let span = self.span(range.clone());
        let kind = match tree {
            Expression::Null(_) => ExprKind::Literal(Value::null(provision_schema::Type::Dynamic)),
            Expression::Bool(value) => ExprKind::Literal(Value::bool(*value.value())),
            Expression::Number(_) => return self.number(range),
            Expression::String(_) => return self.template_at(self.token_at(range.start)),
            Expression::Array(array) => {
                let items = array.iter().map(|item| self.convert(item, piece));
                ExprKind::Tuple(items.collect::<Option<Vec<_>>>()?)
            }
            Expression::Object(object) => {
                ExprKind::Object(self.object(object, range.start, piece)?)
            }
            Expression::Parenthesis(inner) => {
                ExprKind::Parentheses(Box::new(self.convert(inner.inner(), piece)?))
            }
            Expression::Variable(_) => {
                let root = self.name(range);
                ExprKind::Reference(Box::new(Reference { root, steps: Vec::new() }))
            }
            Expression::Conditional(conditional) => ExprKind::Conditional(Box::new([
                self.convert(&conditional.cond_expr, piece)?,
                self.convert(&conditional.true_expr, piece)?,
                self.convert(&conditional.false_expr, piece)?,
            ])),
            Expression::FuncCall(call) => self.call(call, piece)?,
            Expression::Traversal(traversal) => return self.traversal(traversal, range, piece),
            Expression::UnaryOp(operation) => {
                let operator = match operation.operator.value() {
                    HclUnary::Neg => UnaryOperator::Negate,
                    HclUnary::Not => UnaryOperator::Not,
                };
                ExprKind::Unary(operator, Box::new(self.convert(&operation.expr, piece)?))
            }
            Expression::BinaryOp(operation) => {
                let left = self.convert(&operation.lhs_expr, piece)?;
                let right = self.convert(&operation.rhs_expr, piece)?;
                let operator = binary_operator(*operation.operator.value());
                ExprKind::Binary(operator, Box::new([left, right]))
            }
            Expression::ForExpr(expr) => self.for_expression(expr, piece)?,
            // Templates are plain strings to the parser.
            Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => {
                self.error("Invalid expression", "This is a bug in provision.", span);
                return None;
            }
        };
        Some(Expr::new(kind, span))
    }

    /// A number, perhaps with a sign, which the parser takes for part of it.
    fn number(&mut self, range: Range<usize>) -> Option<Expr> {
        let index = self.token_at(range.end.saturating_sub(1));
        let digits = self.token_span(index);
        let Some(number) = Number::parse(self.token_text(index)) else {
            self.error("Invalid number literal", "This is not a number.", digits);
            return None;
        };
        let literal = Expr::literal(Value::number(number), digits);
        if self.tokens[index].start == range.start {
            return Some(literal);
        }
        let span = self.span(range);
        Some(Expr::new(ExprKind::Unary(UnaryOperator::Negate, Box::new(literal)), span))
    }

    /// The items of an object whose brace is at this offset, as far as it has one.
    fn object(
        &mut self,
        object: &Object,
        start: usize,
        piece: &Piece<'_>,
    ) -> Option<Vec<ObjectItem>> {
        let mut items = Vec::with_capacity(object.len());
        for (key, value) in object.iter() {
            items.push(self.object_item(key, value.expr(), piece)?);
        }
        let removed = piece.removed.iter().filter(|item| item.object == start);
        let removed: Vec<_> = removed.collect();
        if removed.is_empty() {
            return Some(items.into_iter().map(|(_, item)| item).collect());
        }
        for item in removed {
            let prepared = self.prepare_item(item.tokens.clone());
            let (prepared, tree) = self.parse(prepared, item.tokens.clone(), Place::Item)?;
            let Expression::Object(object) = &tree else { return None };
            let piece = Piece { base: prepared.base, removed: &prepared.removed };
            for (key, value) in object.iter() {
                items.push(self.object_item(key, value.expr(), &piece)?);
            }
        }
        items.sort_by_key(|(start, _)| *start);
        Some(items.into_iter().map(|(_, item)| item).collect())
    }

    /// An item with the offset of its key.
    fn object_item(
        &mut self,
        key: &ObjectKey,
        value: &Expression,
        piece: &Piece<'_>,
    ) -> Option<(usize, ObjectItem)> {
        let range = tree_range(key.span(), piece);
        let start = range.start;
        let key = match key {
            ObjectKey::Ident(_)
            | ObjectKey::Expression(Expression::Null(_) | Expression::Bool(_)) => {
                let name = self.name(range);
                Expr::literal(Value::string(name.text), name.span)
            }
            ObjectKey::Expression(key) => self.convert(key, piece)?,
        };
        Some((start, ObjectItem { key, value: self.convert(value, piece)? }))
    }

    fn call(&mut self, call: &FuncCall, piece: &Piece<'_>) -> Option<ExprKind> {
        let parts = call.name.namespace.iter().chain([&call.name.name]);
        let name = parts.clone().map(|part| part.as_str()).collect::<Vec<_>>().join("::");
        let spans: Vec<Span> = parts.map(|part| self.tree_span(part.span(), piece)).collect();
        let span = spans[0].to(spans[spans.len() - 1]);
        let name = Name { text: self.intern(&name), span };
        let arguments = call.args.iter().map(|argument| self.convert(argument, piece));
        let arguments = arguments.collect::<Option<Vec<_>>>()?;
        let expand_last = call.args.expand_final();
        Some(ExprKind::Call(Box::new(Call { name, arguments, expand_last })))
    }

    fn for_expression(&mut self, expr: &ForExpr, piece: &Piece<'_>) -> Option<ExprKind> {
        let mut name = |name: &Decorated<Ident>| self.name(tree_range(name.span(), piece));
        let key_variable = expr.intro.key_var.as_ref().map(&mut name);
        let value_variable = name(&expr.intro.value_var);
        let collection = self.convert(&expr.intro.collection_expr, piece)?;
        let key = match &expr.key_expr {
            Some(key) => Some(self.convert(key, piece)?),
            None => None,
        };
        let value = self.convert(&expr.value_expr, piece)?;
        let condition = match &expr.cond {
            Some(condition) => {
                let start = tree_range(condition.expr.span(), piece).start;
                let condition = self.convert(&condition.expr, piece)?;
                // The parser takes any word that begins with "if" for the keyword.
                let index = self.token_at(start);
                if self.tokens[index].start < start {
                    self.explain_extra_in_for(index);
                    return None;
                }
                Some(condition)
            }
            None => None,
        };
        let group = expr.grouping;
        let it = For { key_variable, value_variable, collection, key, value, condition, group };
        Some(ExprKind::For(Box::new(it)))
    }

    fn traversal(
        &mut self,
        traversal: &Traversal,
        range: Range<usize>,
        piece: &Piece<'_>,
    ) -> Option<Expr> {
        let span = self.span(range);
        let base = self.convert(&traversal.expr, piece)?;
        let mut operators = traversal.operators.as_slice();
        let steps = self.steps(&mut operators, piece)?;
        let access =
            |base: Expr, steps, span| Expr::new(ExprKind::Access(Box::new(base), steps), span);
        Some(match base.kind {
            ExprKind::Reference(mut reference) if reference.steps.is_empty() => {
                reference.steps = steps;
                Expr::new(ExprKind::Reference(reference), span)
            }
            // The sign is not part of the number, so the steps come first.
            ExprKind::Unary(operator, operand) => {
                let inner = Span { start: operand.span.start, ..span };
                let operand = access(*operand, steps, inner);
                Expr::new(ExprKind::Unary(operator, Box::new(operand)), span)
            }
            _ => access(base, steps, span),
        })
    }

    fn steps(
        &mut self,
        operators: &mut &[Decorated<TraversalOperator>],
        piece: &Piece<'_>,
    ) -> Option<Vec<Step>> {
        let mut steps = Vec::with_capacity(operators.len());
        while let Some((operator, rest)) = operators.split_first() {
            *operators = rest;
            let span = self.tree_span(operator.span(), piece);
            let kind = match operator.value() {
                TraversalOperator::FullSplat(_) => {
                    // All that follows is for each element.
                    self.descend(span)?;
                    let inner = self.steps(operators, piece);
                    self.depth -= 1;
                    StepKind::Splat(inner?)
                }
                TraversalOperator::AttrSplat(_) => {
                    // Attributes that follow are for each element, anything else for the whole.
                    let count = operators.iter().take_while(|operator| is_attribute(operator));
                    let (mut attributes, rest) = operators.split_at(count.count());
                    *operators = rest;
                    let inner = self.steps(&mut attributes, piece)?;
                    if let Some(next) = rest.first()
                        && matches!(next.value(), TraversalOperator::AttrSplat(_))
                    {
                        self.error(
                            "Nested splat expression not allowed",
                            "After .* there cannot be another .* for the elements. Use [*].",
                            self.tree_span(next.span(), piece),
                        );
                        return None;
                    }
                    StepKind::Splat(inner)
                }
                TraversalOperator::GetAttr(name) => StepKind::Attribute(self.intern(name.as_str())),
                TraversalOperator::LegacyIndex(_) => {
                    let end = tree_range(operator.span(), piece).end;
                    let digits = self.token_at(end.saturating_sub(1));
                    let number = Number::parse(self.token_text(digits))?;
                    let digits = self.token_span(digits);
                    StepKind::Index(Expr::literal(Value::number(number), digits))
                }
                TraversalOperator::Index(key) => StepKind::Index(self.convert(key, piece)?),
            };
            steps.push(Step { kind, span });
        }
        Some(steps)
    }

    fn tree_span(&self, range: Option<Range<usize>>, piece: &Piece<'_>) -> Span {
        self.span(tree_range(range, piece))
    }

    /// The index of the token that the offset is in.
    pub(super) fn token_at(&self, offset: usize) -> usize {
        let after = self.tokens.partition_point(|token| token.start <= offset);
        after.saturating_sub(1)
    }
}

fn tree_range(range: Option<Range<usize>>, piece: &Piece<'_>) -> Range<usize> {
    let range = range.unwrap_or(0..0);
    range.start + piece.base..range.end + piece.base
}

fn is_attribute(operator: &Decorated<TraversalOperator>) -> bool {
    matches!(operator.value(), TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
}

fn binary_operator(operator: HclBinary) -> BinaryOperator {
    match operator {
        HclBinary::Eq => BinaryOperator::Equal,
        HclBinary::NotEq => BinaryOperator::NotEqual,
        HclBinary::LessEq => BinaryOperator::LessOrEqual,
        HclBinary::GreaterEq => BinaryOperator::GreaterOrEqual,
        HclBinary::Less => BinaryOperator::Less,
        HclBinary::Greater => BinaryOperator::Greater,
        HclBinary::Plus => BinaryOperator::Add,
        HclBinary::Minus => BinaryOperator::Subtract,
        HclBinary::Mul => BinaryOperator::Multiply,
        HclBinary::Div => BinaryOperator::Divide,
        HclBinary::Mod => BinaryOperator::Modulo,
        HclBinary::And => BinaryOperator::And,
        HclBinary::Or => BinaryOperator::Or,
    }
}

/// Takes an expression as a reference, which only has names and literal keys.
pub(super) fn into_traversal(expr: Expr, diagnostics: &mut Diagnostics) -> Option<Reference> {
    let span = expr.span;
    if let ExprKind::Reference(reference) = expr.kind {
        let is_plain = reference.steps.iter().all(|step| match &step.kind {
            StepKind::Attribute(_) => true,
            StepKind::Index(key) => matches!(key.kind, ExprKind::Literal(_)),
            StepKind::Splat(_) => false,
        });
        if is_plain {
            return Some(*reference);
        }
    }
    diagnostics.error(
        "Invalid reference",
        "Only a name is possible here, perhaps with attributes and literal keys, as in \
         aws_vpc.main or module.network[\"a\"].",
        span,
    );
    None
}
