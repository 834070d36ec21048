//! Unary and binary operators.

use provision_schema::convert::convert;
use provision_schema::{Number, Type, Value};

use super::{Scope, evaluate};
use crate::ast::{BinaryOperator, Expr, UnaryOperator};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

pub(super) fn evaluate_unary(
    operator: UnaryOperator,
    operand: &Expr,
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let ty = match operator {
        UnaryOperator::Negate => Type::Number,
        UnaryOperator::Not => Type::Bool,
    };
    let before = diagnostics.len();
    let given = evaluate(operand, scope, diagnostics);
    let value = match convert(&given, &ty) {
        Ok(value) => value,
        Err(error) => {
            let detail = format!("Unsuitable value for unary operand: {error}.");
            diagnostics
                .push(Diagnostic::error("Invalid operand", detail).at(operand.span).within(span));
            return Value::unknown(ty);
        }
    };
    if diagnostics.iter().skip(before).any(Diagnostic::is_error) {
        return Value::unknown(ty);
    }
    let (value, marks) = value.unmark();
    if value.is_null() {
        return operation_failed(ty, "argument must not be null", span, diagnostics);
    }
    let result = match operator {
        UnaryOperator::Negate => value.as_number().map(|number| Value::number(number.negate())),
        UnaryOperator::Not => value.as_bool().map(|value| Value::bool(!value)),
    };
    result.unwrap_or_else(|| Value::unknown_not_null(ty)).with_marks(marks)
}

pub(super) fn evaluate_binary(
    operator: BinaryOperator,
    [left_expr, right_expr]: &[Expr; 2],
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    use BinaryOperator as Op;
    let (operand_type, result_type) = match operator {
        Op::Or | Op::And => (Type::Bool, Type::Bool),
        Op::Equal | Op::NotEqual => (Type::Dynamic, Type::Bool),
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => (Type::Number, Type::Bool),
        Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Modulo => {
            (Type::Number, Type::Number)
        }
    };

    let mut left_diagnostics = Diagnostics::new();
    let mut right_diagnostics = Diagnostics::new();
    let left = evaluate(left_expr, scope, &mut left_diagnostics);
    let right = evaluate(right_expr, scope, &mut right_diagnostics);
    let mut unsuitable = Diagnostics::new();
    let mut operand = |value: &Value, side: &str, expr: &Expr| match convert(value, &operand_type) {
        Ok(value) => value,
        Err(error) => {
            let detail = format!("Unsuitable value for {side} operand: {error}.");
            unsuitable
                .push(Diagnostic::error("Invalid operand", detail).at(expr.span).within(span));
            Value::unknown(operand_type.clone())
        }
    };
    let left = operand(&left, "left", left_expr);
    let right = operand(&right, "right", right_expr);
    // An operand of a wrong type is a mistake even where the other side decides.
    if unsuitable.has_errors() {
        diagnostics.extend(unsuitable);
        diagnostics.extend(left_diagnostics);
        diagnostics.extend(right_diagnostics);
        return Value::unknown(result_type);
    }

    if matches!(operator, Op::Equal | Op::NotEqual) {
        let failed = left_diagnostics.has_errors() || right_diagnostics.has_errors();
        diagnostics.extend(left_diagnostics);
        diagnostics.extend(right_diagnostics);
        if failed {
            return Value::unknown(result_type);
        }
        let equal = left.equals(&right);
        return match (operator, equal.as_bool()) {
            (Op::NotEqual, Some(is_equal)) => Value::bool(!is_equal).with_marks(equal.marks()),
            _ => equal,
        };
    }

    let (left, left_marks) = left.unmark();
    let (right, right_marks) = right.unmark();
    let marks = left_marks | right_marks;
    if matches!(operator, Op::Or | Op::And) {
        return evaluate_logic(
            operator == Op::Or,
            (left, left_diagnostics),
            (right, right_diagnostics),
            span,
            diagnostics,
        )
        .with_marks(marks);
    }
    let failed = left_diagnostics.has_errors() || right_diagnostics.has_errors();
    diagnostics.extend(left_diagnostics);
    diagnostics.extend(right_diagnostics);
    if failed {
        return Value::unknown(result_type).with_marks(marks);
    }
    if left.is_null() || right.is_null() {
        return operation_failed(result_type, "argument must not be null", span, diagnostics);
    }
    let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
        return unknown_result(operator, &left, &right, result_type).with_marks(marks);
    };
    let result = match operator {
        Op::Less => Some(Value::bool(a < b)),
        Op::LessOrEqual => Some(Value::bool(a <= b)),
        Op::Greater => Some(Value::bool(a > b)),
        Op::GreaterOrEqual => Some(Value::bool(a >= b)),
        Op::Add => a.add(b).map(Value::number),
        Op::Subtract => a.subtract(b).map(Value::number),
        Op::Multiply => a.multiply(b).map(Value::number),
        Op::Divide => a.divide(b).map(Value::number),
        Op::Modulo => modulo(a, b).map(Value::number),
        Op::Or | Op::And | Op::Equal | Op::NotEqual => None,
    };
    match result {
        Some(result) => result.with_marks(marks),
        None => {
            let why = match operator {
                Op::Add => "can't compute sum of opposing infinities",
                Op::Subtract => "can't subtract infinity from itself",
                Op::Multiply => "can't multiply zero by infinity",
                Op::Divide => "can't divide zero by zero or infinity by infinity",
                _ => "can't use modulo with zero and infinity",
            };
            operation_failed(result_type, why, span, diagnostics)
        }
    }
}

/// The remainder; by zero it is the dividend itself, as in other implementations.
fn modulo(a: &Number, b: &Number) -> Option<Number> {
    if a.is_infinite() || b.is_infinite() {
        return None;
    }
    if b.is_zero() { Some(a.clone()) } else { a.remainder(b) }
}

fn operation_failed(ty: Type, why: &str, span: Span, diagnostics: &mut Diagnostics) -> Value {
    let detail = format!("Error during operation: {why}.");
    diagnostics.error("Operation failed", detail, span);
    Value::unknown(ty)
}

/// `||` and `&&`: when one side decides, what went wrong on the other does not count.
fn evaluate_logic(
    is_or: bool,
    (left, left_diagnostics): (Value, Diagnostics),
    (right, right_diagnostics): (Value, Diagnostics),
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Value {
    let unknown = || Value::unknown_not_null(Type::Bool);
    let decides = |value: &Value| value.as_bool() == Some(is_or);
    match (left.is_known(), right.is_known()) {
        _ if decides(&left) => {
            diagnostics.extend(left_diagnostics);
            return Value::bool(is_or);
        }
        _ if decides(&right) => {
            diagnostics.extend(right_diagnostics);
            return Value::bool(is_or);
        }
        (false, _) if !right.is_null() && !left_diagnostics.has_errors() => {
            diagnostics.extend(left_diagnostics);
            return unknown();
        }
        (true, false) if !left.is_null() => {
            diagnostics.extend(right_diagnostics);
            return unknown();
        }
        _ => (),
    }
    let failed = left_diagnostics.has_errors() || right_diagnostics.has_errors();
    diagnostics.extend(left_diagnostics);
    diagnostics.extend(right_diagnostics);
    if failed {
        return Value::unknown(Type::Bool);
    }
    if left.is_null() || right.is_null() {
        return operation_failed(Type::Bool, "argument must not be null", span, diagnostics);
    }
    match left.as_bool().zip(right.as_bool()) {
        // Neither side decides, so both have the other value.
        Some(_) => Value::bool(!is_or),
        None => unknown(),
    }
}

/// What is certain of a result when an operand is unknown: a comparison is decided where the
/// numbers that the operands can be do not overlap.
fn unknown_result(operator: BinaryOperator, left: &Value, right: &Value, ty: Type) -> Value {
    use BinaryOperator as Op;
    let (a, b) = (Range::of(left), Range::of(right));
    let decided = match operator {
        Op::Less | Op::LessOrEqual if a.is_below(&b) => Some(true),
        Op::Less | Op::LessOrEqual if b.is_below(&a) => Some(false),
        Op::Greater | Op::GreaterOrEqual if b.is_below(&a) => Some(true),
        Op::Greater | Op::GreaterOrEqual if a.is_below(&b) => Some(false),
        _ => None,
    };
    decided.map_or_else(|| Value::unknown_not_null(ty), Value::bool)
}

/// Between which numbers a number lies.
struct Range<'v> {
    low: Option<&'v Number>,
    high: Option<&'v Number>,
}

impl<'v> Range<'v> {
    fn of(value: &'v Value) -> Range<'v> {
        if let Some(number) = value.as_number() {
            return Range { low: Some(number), high: Some(number) };
        }
        let refinement = value.as_unknown().map(|unknown| &unknown.refinement);
        Range {
            low: refinement.and_then(|it| Some(&it.minimum.as_ref()?.value)),
            high: refinement.and_then(|it| Some(&it.maximum.as_ref()?.value)),
        }
    }

    fn is_below(&self, other: &Range<'_>) -> bool {
        matches!((self.high, other.low), (Some(high), Some(low)) if high < low)
    }
}
