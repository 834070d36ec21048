//! Functions on lists and tuples: `chunklist`, `coalescelist`, `compact`, `concat`, `distinct`,
//! `element`, `flatten`, `index`, `one`, `range`, `reverse`, `slice` and `sort`.

use std::collections::HashSet;

use provision_schema::convert::{convert, unify_unsafe};
use provision_schema::{Kind, Marks, Number, Refinement, Type, Value};

use super::collections::known_length;
use super::parameter_types::{any, list_of_any, list_of_string, number};
use super::{
    Function, FunctionContext, FunctionError, Parameter, anything, not_null, whole_number,
};

/// How many numbers `range` makes at most.
const MAXIMUM_RANGE: usize = 1024;

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "chunklist",
        description: "Cuts a list into lists of at most the given length.",
        parameters: &[
            Parameter::new("list", list_of_any).unknown_elements().marked(),
            Parameter::new("size", number).marked(),
        ],
        variadic: None,
        result_type: |arguments| Ok(Type::list(arguments[0].ty())),
        implementation: chunklist,
        refinement: not_null,
    },
    Function {
        name: "coalescelist",
        description: "The first of the lists that is not empty.",
        parameters: &[],
        variadic: Some(Parameter::new("vals", any).nullable().unknown().dynamic()),
        result_type: coalescelist_type,
        implementation: coalescelist,
        refinement: not_null,
    },
    Function {
        name: "compact",
        description: "The list without nulls and empty strings.",
        parameters: &[Parameter::new("list", list_of_string)],
        variadic: None,
        result_type: |_| Ok(Type::list(Type::String)),
        implementation: |arguments, _, _| {
            let kept = elements_of(&arguments[0])
                .iter()
                .filter(|element| element.as_str().is_some_and(|text| !text.is_empty()));
            Ok(Value::list(Type::String, kept.cloned().collect::<Vec<_>>()))
        },
        refinement: not_null,
    },
    Function {
        name: "concat",
        description: "One list with the elements of all the given ones.",
        parameters: &[],
        variadic: Some(Parameter::new("seqs", any).unknown_elements().marked()),
        result_type: concat_type,
        implementation: concat,
        refinement: not_null,
    },
    Function {
        name: "distinct",
        description: "The list with only the first of equal elements.",
        parameters: &[Parameter::new("list", list_of_any)],
        variadic: None,
        result_type: |arguments| Ok(arguments[0].ty()),
        implementation: |arguments, ty, _| {
            let mut seen = HashSet::new();
            let kept: Vec<Value> =
                elements_of(&arguments[0]).iter().filter(|it| seen.insert(*it)).cloned().collect();
            Ok(Value::list(element_type(ty), kept))
        },
        refinement: not_null,
    },
    Function {
        name: "element",
        description: "The element of a list with a number, which wraps around at the end.",
        parameters: &[
            Parameter::new("list", any).unknown_elements().marked(),
            Parameter::new("index", number),
        ],
        variadic: None,
        result_type: element_result_type,
        implementation: |arguments, _, _| {
            let list = &arguments[0];
            let elements = elements_of(list);
            let index = wrapped_index(&arguments[1], elements.len())?;
            Ok(elements[index].clone().with_marks(list.marks()))
        },
        refinement: anything,
    },
    Function {
        name: "flatten",
        description: "One tuple with the elements of all lists inside a list, at any depth.",
        parameters: &[Parameter::new("list", any).unknown_elements().marked()],
        variadic: None,
        result_type: flatten_type,
        implementation: flatten,
        refinement: not_null,
    },
    Function {
        name: "index",
        description: "The number of the first element that equals a value.",
        parameters: &[
            Parameter::new("list", any).unknown_elements(),
            Parameter::new("value", any).unknown_elements(),
        ],
        variadic: None,
        result_type: |_| Ok(Type::Number),
        implementation: index,
        refinement: not_null,
    },
    Function {
        name: "one",
        description: "The only element of a list, or null if it is empty.",
        parameters: &[Parameter::new("list", any).unknown_elements()],
        variadic: None,
        result_type: |arguments| match arguments[0].ty() {
            Type::List(element) | Type::Set(element) => Ok((*element).clone()),
            Type::Tuple(types) if types.len() <= 1 => {
                Ok(types.first().cloned().unwrap_or(Type::Dynamic))
            }
            _ => Err(not_one()),
        },
        implementation: |arguments, ty, _| {
            let elements = elements_of(&arguments[0]);
            match (known_length(&arguments[0]), elements.first()) {
                (None, _) => Ok(Value::unknown(ty.clone())),
                (Some(1), Some(only)) => Ok(only.clone()),
                (Some(0), _) => Ok(Value::null(ty.clone())),
                _ => Err(not_one()),
            }
        },
        refinement: anything,
    },
    Function {
        name: "range",
        description: "A list of numbers from a start to before an end, by a step.",
        parameters: &[],
        variadic: Some(Parameter::new("params", number)),
        result_type: |_| Ok(Type::list(Type::Number)),
        implementation: range,
        refinement: not_null,
    },
    Function {
        name: "reverse",
        description: "The elements of a list in reverse order.",
        parameters: &[Parameter::new("list", any).unknown_elements().marked()],
        variadic: None,
        result_type: |arguments| match arguments[0].ty() {
            Type::Tuple(types) => Ok(Type::tuple(types.iter().rev().cloned().collect::<Vec<_>>())),
            Type::List(element) | Type::Set(element) => Ok(Type::List(element)),
            other => Err(FunctionError::argument(
                0,
                format!("can only reverse list or tuple values, not {}", other.friendly_name()),
            )),
        },
        implementation: |arguments, ty, _| {
            let reversed = elements_of(&arguments[0]).iter().rev().cloned().collect();
            Ok(sequence_of(ty, reversed).with_marks(arguments[0].marks()))
        },
        refinement: not_null,
    },
    Function {
        name: "slice",
        description: "The elements of a list from one number to before another.",
        parameters: &[
            Parameter::new("list", any).unknown().marked(),
            Parameter::new("start_index", number),
            Parameter::new("end_index", number),
        ],
        variadic: None,
        result_type: slice_type,
        implementation: slice,
        refinement: not_null,
    },
    Function {
        name: "sort",
        description: "The strings of a list in the order of their bytes.",
        parameters: &[Parameter::new("list", list_of_string).unknown_elements()],
        variadic: None,
        result_type: |_| Ok(Type::list(Type::String)),
        implementation: |arguments, _, _| {
            let elements = elements_of(&arguments[0]);
            if !arguments[0].is_wholly_known() {
                // The order is not known, but how many there are is.
                let length = Refinement::length(elements.len(), Some(elements.len()));
                return Ok(Value::unknown_refined(Type::list(Type::String), length));
            }
            if let Some(index) = elements.iter().position(Value::is_null) {
                return Err(FunctionError::new(format!(
                    "given list element {index} is null; a null string cannot be sorted"
                )));
            }
            let mut sorted = elements.to_vec();
            sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            Ok(Value::list(Type::String, sorted))
        },
        refinement: not_null,
    },
];

fn elements_of(value: &Value) -> &[Value] {
    value.as_elements().map(|elements| &**elements).unwrap_or_default()
}

fn element_type(ty: &Type) -> Type {
    ty.element().cloned().unwrap_or(Type::Dynamic)
}

/// A list if `ty` is one, else a tuple.
fn sequence_of(ty: &Type, elements: Vec<Value>) -> Value {
    match ty {
        Type::List(element) => Value::list((**element).clone(), elements),
        _ => Value::tuple(elements),
    }
}

fn not_one() -> FunctionError {
    let message = "must be a list, set, or tuple value with either zero or one elements";
    FunctionError::argument(0, message)
}

fn chunklist(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let (list, marks) = arguments[0].clone().unmark();
    let marks = marks | arguments[1].marks();
    let size = whole_number(&arguments[1])
        .map_err(|message| FunctionError::new(format!("invalid size: {message}")))?;
    let size = usize::try_from(size)
        .map_err(|_| FunctionError::new("the size argument must be positive"))?;
    let element = element_type(&list.ty());
    let elements = elements_of(&list);
    let chunks = match size {
        _ if elements.is_empty() => Vec::new(),
        // No limit at all.
        0 => vec![list],
        _ => elements
            .chunks(size)
            .map(|chunk| Value::list(element.clone(), chunk.to_vec()))
            .collect(),
    };
    Ok(Value::list(element_type(ty), chunks).with_marks(marks))
}

fn coalescelist_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let Some(first) = arguments.first() else {
        return Err(FunctionError::new("at least one argument is required"));
    };
    let first = first.ty();
    let mut all_alike = true;
    for argument in arguments {
        if !argument.is_known() {
            return Ok(Type::Dynamic);
        }
        let ty = argument.ty();
        if !matches!(ty, Type::List(_) | Type::Tuple(_)) {
            return Err(FunctionError::new("coalescelist arguments must be lists or tuples"));
        }
        all_alike &= ty == first;
    }
    Ok(if all_alike { first } else { Type::Dynamic })
}

fn coalescelist(
    arguments: &[Value],
    ty: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    for argument in arguments {
        if !argument.is_known() {
            return Ok(Value::unknown(ty.clone()));
        }
        if !elements_of(argument).is_empty() {
            return Ok(argument.clone());
        }
    }
    Err(FunctionError::new("no non-null arguments"))
}

fn concat_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    let types: Vec<Type> = arguments.iter().map(Value::ty).collect();
    if types.iter().all(|ty| matches!(ty, Type::List(_)))
        && let Some(common) = unify_unsafe(&types)
    {
        return Ok(common);
    }
    let mut elements = Vec::new();
    for (index, (argument, ty)) in arguments.iter().zip(&types).enumerate() {
        match ty {
            Type::Tuple(types) => elements.extend(types.iter().cloned()),
            // The length of the tuple depends on that of the list.
            Type::List(_) if !argument.is_known() => return Ok(Type::Dynamic),
            Type::List(element) => {
                let count = argument.element_count().unwrap_or(0);
                elements.extend(std::iter::repeat_n((**element).clone(), count));
            }
            other => {
                let name = other.friendly_name();
                return Err(FunctionError::argument(
                    index,
                    format!("all arguments must be lists or tuples; got {name}"),
                ));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let mut marks = Marks::NONE;
    let mut elements = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        marks |= argument.marks();
        if matches!(ty, Type::List(_)) {
            let list = convert(argument, ty)
                .map_err(|error| FunctionError::argument(index, error.to_string()))?;
            elements.extend(elements_of(&list).iter().cloned());
        } else {
            elements.extend(elements_of(argument).iter().cloned());
        }
    }
    Ok(sequence_of(ty, elements).with_marks(marks))
}

/// The place in a list of that length that an index, also a negative one, leads to.
fn wrapped_index(index: &Value, length: usize) -> Result<usize, FunctionError> {
    let index = whole_number(index)
        .map_err(|message| FunctionError::new(format!("invalid index: {message}")))?;
    let wrapped = i64::try_from(length).ok().and_then(|length| index.checked_rem_euclid(length));
    wrapped
        .and_then(|wrapped| usize::try_from(wrapped).ok())
        .ok_or_else(|| FunctionError::new("cannot use element function with an empty list"))
}

fn element_result_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].ty() {
        Type::List(element) => Ok((*element).clone()),
        Type::Tuple(_) if !arguments[1].is_known() => Ok(Type::Dynamic),
        Type::Tuple(types) => Ok(types[wrapped_index(&arguments[1], types.len())?].clone()),
        other => {
            Err(FunctionError::new(format!("cannot read elements from {}", other.friendly_name())))
        }
    }
}

fn is_sequence(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))
}

fn flatten_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let list = &arguments[0];
    if !is_sequence(&list.ty()) {
        return Err(FunctionError::new("can only flatten lists, sets and tuples"));
    }
    if !list.is_wholly_known() {
        return Ok(Type::Dynamic);
    }
    let mut flat = Flattened::default();
    flat.add(list);
    Ok(Type::tuple(flat.elements.iter().map(Value::ty).collect::<Vec<_>>()))
}

fn flatten(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let mut flat = Flattened::default();
    flat.add(&arguments[0]);
    let result = match flat.has_unknown_length {
        true => Value::unknown(ty.clone()),
        false => Value::tuple(flat.elements),
    };
    Ok(result.with_marks(flat.marks))
}

#[derive(Default)]
struct Flattened {
    elements: Vec<Value>,
    /// The marks of all lists, which the result takes as a whole.
    marks: Marks,
    has_unknown_length: bool,
}

impl Flattened {
    fn add(&mut self, list: &Value) {
        self.marks |= list.marks();
        if known_length(list).is_none() {
            self.has_unknown_length = true;
            return;
        }
        for element in elements_of(list) {
            // A value of unknown type may turn out to be a list.
            self.has_unknown_length |=
                element.as_unknown().is_some_and(|unknown| unknown.ty.is_dynamic());
            let is_list = match element.kind() {
                Kind::List(_, _) | Kind::Set(_, _) | Kind::Tuple(_) => true,
                Kind::Unknown(unknown) => is_sequence(&unknown.ty),
                _ => false,
            };
            if is_list {
                self.add(element);
            } else {
                self.elements.push(element.clone());
            }
        }
    }
}

fn index(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let elements = match arguments[0].kind() {
        Kind::List(_, elements) | Kind::Tuple(elements) => elements,
        _ => return Err(FunctionError::new("argument must be a list or tuple")),
    };
    if elements.is_empty() {
        return Err(FunctionError::new("cannot search an empty list"));
    }
    for (index, element) in elements.iter().enumerate() {
        match element.equals(&arguments[1]).as_bool() {
            Some(true) => return Ok(Value::from(index)),
            Some(false) => (),
            None => return Ok(Value::unknown(Type::Number)),
        }
    }
    Err(FunctionError::new("item not found"))
}

fn range(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let numbers: Option<Vec<&Number>> = arguments.iter().map(Value::as_number).collect();
    let zero = Number::ZERO;
    let (start, end, step) = match numbers.unwrap_or_default()[..] {
        [end] => (&zero, end, None),
        [start, end] => (start, end, None),
        [start, end, step] => (start, end, Some(step.clone())),
        _ => return Err(FunctionError::new("must have one, two, or three arguments")),
    };
    let step = step.unwrap_or_else(|| if end < start { Number::from(-1i64) } else { Number::ONE });
    if step.is_zero() {
        return Err(FunctionError::argument(2, "step must not be zero"));
    }
    let down = step.is_negative();
    if down && end > start {
        let message = "end must be less than start when step is negative";
        return Err(FunctionError::argument(1, message));
    }
    if !down && end < start {
        let message = "end must be greater than start when step is positive";
        return Err(FunctionError::argument(1, message));
    }
    let mut values = Vec::new();
    let mut current = start.clone();
    while if down { current > *end } else { current < *end } {
        if values.len() == MAXIMUM_RANGE {
            return Err(FunctionError::new(format!(
                "more than {MAXIMUM_RANGE} values were generated; either decrease the difference \
                 between start and end or use a smaller step"
            )));
        }
        let next = current.add(&step);
        values.push(Value::number(current));
        current =
            next.ok_or_else(|| FunctionError::new("can't compute sum of opposing infinities"))?;
    }
    Ok(Value::list(Type::Number, values))
}

/// The two indices of a slice, as far as they are known and possible.
fn slice_bounds(arguments: &[Value]) -> Result<Option<(usize, usize)>, FunctionError> {
    let length = match arguments[0].ty() {
        Type::Tuple(types) => Some(types.len()),
        _ => known_length(&arguments[0]),
    };
    let read = |argument: usize, which: &str| {
        if !arguments[argument].is_known() {
            return Ok(None);
        }
        let fail = |message: String| FunctionError::argument(argument, message);
        let index = whole_number(&arguments[argument])
            .map_err(|message| fail(format!("invalid {which} index: {message}")))?;
        let index = usize::try_from(index)
            .map_err(|_| fail(format!("{which} index must not be less than zero")))?;
        if length.is_some_and(|length| index > length) {
            return Err(fail(format!(
                "{which} index must not be greater than the length of the list"
            )));
        }
        Ok(Some(index))
    };
    let (Some(start), Some(end)) = (read(1, "start")?, read(2, "end")?) else { return Ok(None) };
    if start > end {
        let message = "start index must not be greater than end index";
        return Err(FunctionError::argument(1, message));
    }
    Ok(Some((start, end)))
}

fn slice_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let ty = arguments[0].ty();
    match &ty {
        Type::List(_) | Type::Tuple(_) => (),
        Type::Set(_) => {
            return Err(FunctionError::argument(
                0,
                "cannot slice a set, because its elements do not have indices; explicitly convert \
                 to a list if the ordering of the result is not important",
            ));
        }
        _ => return Err(FunctionError::argument(0, "must be a list or tuple value")),
    }
    let bounds = slice_bounds(arguments)?;
    Ok(match (ty, bounds) {
        (Type::Tuple(types), Some((start, end))) => {
            Type::tuple(types.get(start..end).unwrap_or_default().to_vec())
        }
        (Type::Tuple(_), None) => Type::Dynamic,
        (list, _) => list,
    })
}

fn slice(arguments: &[Value], ty: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let list = &arguments[0];
    let Some((start, end)) = slice_bounds(arguments)? else {
        return Ok(Value::unknown(ty.clone()).with_marks(list.marks()));
    };
    if !list.is_known() {
        // Whatever the list turns out to be, the slice has that many elements or is an error. So
        // we promise them, and instances can be expanded early.
        let length = Refinement::length(end - start, Some(end - start));
        return Ok(Value::unknown_refined(ty.clone(), length).with_marks(list.marks()));
    }
    let elements = elements_of(list).get(start..end).unwrap_or_default().to_vec();
    Ok(sequence_of(ty, elements).with_marks(list.marks()))
}

#[cfg(test)]
mod tests;
