//! Functions on sets: `setintersection`, `setproduct`, `setsubtract` and `setunion`.

use provision_schema::convert::{convert, unify_unsafe};
use provision_schema::{Marks, Refinement, Type, Value};

use super::collections::{known_length, length_bounds};
use super::parameter_types::{any, set_of_any};
use super::{Function, FunctionContext, FunctionError, Parameter, not_null};

/// How many elements a product has at most, and how many values all of them together.
const MAXIMUM_PRODUCT: usize = 1 << 20;
const MAXIMUM_VALUES: usize = 1 << 23;

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "setintersection",
        description: "The elements that all the given sets have.",
        parameters: &[set_parameter("first_set")],
        variadic: Some(set_parameter("other_sets")),
        result_type: common_set_type,
        implementation: |arguments, ty, _| {
            combine_known(arguments, ty, |element, other| other.binary_search(element).is_ok())
        },
        refinement: not_null,
    },
    Function {
        name: "setproduct",
        description: "All combinations of one element of each of the given sets or lists.",
        parameters: &[],
        variadic: Some(Parameter::new("sets", any).unknown().marked()),
        result_type: product_type,
        implementation: setproduct,
        refinement: not_null,
    },
    Function {
        name: "setsubtract",
        description: "The elements of the first set that the second does not have.",
        parameters: &[set_parameter("a"), set_parameter("b")],
        variadic: None,
        result_type: common_set_type,
        implementation: |arguments, ty, _| {
            combine_known(arguments, ty, |element, other| other.binary_search(element).is_err())
        },
        refinement: not_null,
    },
    Function {
        name: "setunion",
        description: "The elements that any of the given sets has.",
        parameters: &[set_parameter("first_set")],
        variadic: Some(set_parameter("other_sets")),
        result_type: common_set_type,
        implementation: |arguments, ty, _| {
            let sets = converted(arguments, ty)?;
            let elements: Vec<Value> = sets.iter().flat_map(elements_of).cloned().collect();
            Ok(Value::set(element_type(ty), elements))
        },
        refinement: not_null,
    },
];

const fn set_parameter(name: &'static str) -> Parameter {
    Parameter::new(name, set_of_any).unknown_elements().dynamic()
}

fn element_type(ty: &Type) -> Type {
    ty.element().cloned().unwrap_or(Type::Dynamic)
}

fn elements_of(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_elements().into_iter().flat_map(|elements| elements.iter())
}

fn common_set_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let types: Vec<Type> = arguments
        .iter()
        .map(|argument| (argument, element_type(&argument.ty())))
        // An empty set without a type becomes a set of anything.
        .filter(|(argument, ty)| !(ty.is_dynamic() && argument.element_count() == Some(0)))
        .map(|(_, ty)| ty)
        .collect();
    if types.is_empty() {
        return Ok(Type::set(Type::Dynamic));
    }
    let common = unify_unsafe(&types)
        .ok_or_else(|| FunctionError::new("given sets must all have compatible element types"))?;
    Ok(Type::set(common))
}

fn converted(arguments: &[Value], ty: &Type) -> Result<Vec<Value>, FunctionError> {
    let convert_one = |(index, argument): (usize, &Value)| {
        convert(argument, ty).map_err(|error| FunctionError::argument(index, error.to_string()))
    };
    arguments.iter().enumerate().map(convert_one).collect()
}

/// The elements of the first set that every other set lets stay. With an unknown in any of them
/// nothing is certain, not even the number of elements.
fn combine_known(
    arguments: &[Value],
    ty: &Type,
    stays: fn(&Value, &[Value]) -> bool,
) -> Result<Value, FunctionError> {
    let sets = converted(arguments, ty)?;
    if !sets.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown(ty.clone()));
    }
    let (first, others) = sets.split_first().ok_or_else(|| FunctionError::new("no sets given"))?;
    let kept = elements_of(first).filter(|element| {
        others.iter().all(|other| {
            stays(element, other.as_elements().map(|elements| &**elements).unwrap_or_default())
        })
    });
    let kept: Vec<Value> = kept.cloned().collect();
    Ok(Value::set(element_type(ty), kept))
}

fn product_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.len() < 2 {
        return Err(FunctionError::new("at least two arguments are required"));
    }
    let mut any_set = false;
    let mut elements = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        elements.push(match argument.ty() {
            Type::Set(element) => {
                any_set = true;
                (*element).clone()
            }
            Type::List(element) => (*element).clone(),
            Type::Tuple(types) if types.is_empty() => Type::Dynamic,
            Type::Tuple(types) => unify_unsafe(&types).ok_or_else(|| {
                FunctionError::argument(index, "all elements must be of the same type")
            })?,
            _ => return Err(FunctionError::argument(index, "a set or a list is required")),
        });
    }
    let element = Type::tuple(elements);
    Ok(if any_set { Type::set(element) } else { Type::list(element) })
}

fn setproduct(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let marks = arguments.iter().fold(Marks::NONE, |marks, argument| marks | argument.marks());
    if arguments.iter().any(|argument| known_length(argument).is_none()) {
        return Ok(unknown_product(arguments, ty).with_marks(marks));
    }
    let element = element_type(ty);
    let Type::Tuple(types) = &element else {
        return Err(FunctionError::new("a set or a list is required"));
    };
    let mut columns: Vec<Vec<Value>> = Vec::with_capacity(arguments.len());
    let mut total = Some(1usize);
    for (index, (argument, ty)) in arguments.iter().zip(types.iter()).enumerate() {
        let column: Result<Vec<Value>, _> =
            elements_of(argument).map(|element| convert(element, ty)).collect();
        let column = column.map_err(|error| FunctionError::argument(index, error.to_string()))?;
        total = total.and_then(|total| total.checked_mul(column.len()));
        columns.push(column);
    }
    if columns.iter().any(Vec::is_empty) {
        total = Some(0);
    }
    let is_small = |total: &usize| {
        *total <= MAXIMUM_PRODUCT && total.saturating_mul(columns.len()) <= MAXIMUM_VALUES
    };
    let Some(total) = total.filter(is_small) else {
        return Err(FunctionError::new(format!(
            "the product would have more than {MAXIMUM_PRODUCT} elements or more than \
             {MAXIMUM_VALUES} values in them"
        )));
    };
    // The last argument varies fastest.
    let combination = |number: usize| {
        let mut number = number;
        let mut row: Vec<Value> = columns
            .iter()
            .rev()
            .map(|column| {
                let item = column[number % column.len()].clone();
                number /= column.len();
                item
            })
            .collect();
        row.reverse();
        Value::tuple(row)
    };
    let rows: Vec<Value> = (0..total).map(combination).collect();
    let product = match ty {
        Type::List(_) => Value::list(element, rows),
        _ => Value::set(element, rows),
    };
    Ok(product.with_marks(marks))
}

/// The product of which a factor's length is not known: at least its greatest length is if all
/// of theirs are known and small.
fn unknown_product(arguments: &[Value], ty: &Type) -> Value {
    let mut most = 1usize;
    for argument in arguments {
        // A set that is known but for its elements leaves OpenTofu with no bound at all.
        if argument.is_known()
            && length_bounds(argument).0 != length_bounds(argument).1.unwrap_or(usize::MAX)
        {
            return Value::unknown(ty.clone());
        }
        let length = length_bounds(argument).1.filter(|length| *length <= 1024);
        let Some(length) = length else { return Value::unknown(ty.clone()) };
        most *= length;
        if most > 2048 {
            return Value::unknown(ty.clone());
        }
    }
    // That one element is left at least is what OpenTofu assumes, too.
    let refinement = Refinement::length(most.min(1), Some(most));
    Value::unknown_refined(ty.clone(), refinement)
}

#[cfg(test)]
mod tests;
