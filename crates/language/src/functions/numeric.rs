//! Functions on numbers: `abs`, `ceil`, `floor`, `log`, `max`, `min`, `parseint`, `pow`,
//! `signum` and `sum`.

use num_bigint::{BigInt, BigUint, Sign};
use provision_schema::convert::convert;
use provision_schema::{Kind, Number, Type, Value};

use super::parameter_types::{any, number};
use super::text::quoted;
use super::{Function, FunctionContext, FunctionError, Parameter, not_null, redact, whole_number};

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "abs",
        description: "The number without its sign.",
        parameters: &[Parameter::new("num", number)],
        variadic: None,
        result_type: gives_number,
        implementation: |arguments, _, _| Ok(Value::number(number_at(arguments, 0)?.abs())),
        refinement: not_null,
    },
    Function {
        name: "ceil",
        description: "The smallest whole number that is not less than the given one.",
        parameters: &[Parameter::new("num", number)],
        variadic: None,
        result_type: gives_number,
        implementation: |arguments, _, _| Ok(Value::number(number_at(arguments, 0)?.ceil())),
        refinement: not_null,
    },
    Function {
        name: "floor",
        description: "The largest whole number that is not greater than the given one.",
        parameters: &[Parameter::new("num", number)],
        variadic: None,
        result_type: gives_number,
        implementation: |arguments, _, _| Ok(Value::number(number_at(arguments, 0)?.floor())),
        refinement: not_null,
    },
    Function {
        name: "log",
        description: "The logarithm of a number in a base.",
        parameters: &[Parameter::new("num", number), Parameter::new("base", number)],
        variadic: None,
        result_type: gives_number,
        implementation: |arguments, _, _| {
            let (number, base) = (double_at(arguments, 0)?, double_at(arguments, 1)?);
            from_double(number.ln() / base.ln())
        },
        refinement: not_null,
    },
    Function {
        name: "max",
        description: "The greatest of the given numbers.",
        parameters: &[],
        variadic: Some(Parameter::new("numbers", number)),
        result_type: gives_number,
        implementation: |arguments, _, _| extreme(arguments, Number::gt),
        refinement: not_null,
    },
    Function {
        name: "min",
        description: "The smallest of the given numbers.",
        parameters: &[],
        variadic: Some(Parameter::new("numbers", number)),
        result_type: gives_number,
        implementation: |arguments, _, _| extreme(arguments, Number::lt),
        refinement: not_null,
    },
    Function {
        name: "parseint",
        description: "Reads a whole number written in a base from 2 to 62.",
        parameters: &[
            Parameter::new("number", any).marked(),
            Parameter::new("base", number).marked(),
        ],
        variadic: None,
        result_type: |arguments| match arguments[0].ty() {
            Type::String => Ok(Type::Number),
            other => Err(FunctionError::argument(
                0,
                format!("first argument must be a string, not {}", other.friendly_name()),
            )),
        },
        implementation: parseint,
        refinement: not_null,
    },
    Function {
        name: "pow",
        description: "A number raised to a power.",
        parameters: &[Parameter::new("num", number), Parameter::new("power", number)],
        variadic: None,
        result_type: gives_number,
        implementation: |arguments, _, _| {
            from_double(double_at(arguments, 0)?.powf(double_at(arguments, 1)?))
        },
        refinement: not_null,
    },
    Function {
        name: "signum",
        description: "The sign of a whole number: -1, 0 or 1.",
        parameters: &[Parameter::new("num", number)],
        variadic: None,
        result_type: gives_number,
        implementation: |arguments, _, _| {
            let number = whole_number(&arguments[0]).map_err(FunctionError::new)?;
            Ok(Value::number(number.signum()))
        },
        refinement: not_null,
    },
    Function {
        name: "sum",
        description: "The sum of a list, set or tuple of numbers.",
        parameters: &[Parameter::new("list", any).unknown_elements()],
        variadic: None,
        result_type: gives_number,
        implementation: sum,
        refinement: not_null,
    },
];

fn gives_number(_: &[Value]) -> Result<Type, FunctionError> {
    Ok(Type::Number)
}

fn number_at(arguments: &[Value], index: usize) -> Result<&Number, FunctionError> {
    arguments
        .get(index)
        .and_then(Value::as_number)
        .ok_or_else(|| FunctionError::argument(index, "a number is required"))
}

fn double_at(arguments: &[Value], index: usize) -> Result<f64, FunctionError> {
    let number = number_at(arguments, index)?;
    let double = number.to_f64();
    // Losing digits is fine, an infinity out of nowhere is not.
    if double.is_infinite() && !number.is_infinite() {
        return Err(FunctionError::new(format!(
            "value must be between {:e} and {:e} inclusive",
            f64::MIN,
            f64::MAX
        )));
    }
    Ok(double)
}

fn from_double(value: f64) -> Result<Value, FunctionError> {
    let number = Number::from_f64(value)
        .ok_or_else(|| FunctionError::new("the result is not a real number"))?;
    Ok(Value::number(number))
}

fn extreme(
    arguments: &[Value],
    wins: fn(&Number, &Number) -> bool,
) -> Result<Value, FunctionError> {
    let mut best: Option<&Value> = None;
    for (index, argument) in arguments.iter().enumerate() {
        let number = number_at(arguments, index)?;
        if best.and_then(Value::as_number).is_none_or(|best| wins(number, best)) {
            best = Some(argument);
        }
    }
    best.cloned().ok_or_else(|| FunctionError::new("must pass at least one number"))
}

fn parseint(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let (text_marks, base_marks) = (arguments[0].marks(), arguments[1].marks());
    let text = arguments[0].as_str().unwrap_or_default();
    let base =
        whole_number(&arguments[1]).map_err(|message| FunctionError::argument(1, message))?;
    let Some(base) = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)) else {
        return Err(FunctionError::argument(
            1,
            "base must be a whole number between 2 and 62 inclusive",
        ));
    };
    let number = read_whole_number(text, base).ok_or_else(|| {
        let shown = redact(quoted(text), text_marks);
        let base = redact(base.to_string(), base_marks);
        FunctionError::argument(0, format!("cannot parse {shown} as a base {base} integer"))
    })?;
    Ok(Value::number(Number::from_bigint(&number)).with_marks(text_marks | base_marks))
}

/// Up to base 36 small and capital letters are the same digits, above that capitals come after
/// the small ones.
fn read_whole_number(text: &str, base: u32) -> Option<BigInt> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (Sign::Minus, &text[1..]),
        b'+' => (Sign::Plus, &text[1..]),
        _ => (Sign::Plus, text),
    };
    let digits: Option<Vec<u8>> = digits
        .bytes()
        .map(|byte| {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
                b'A'..=b'Z' => byte - b'A' + 36,
                _ => return None,
            };
            (u32::from(digit) < base).then_some(digit)
        })
        .collect();
    let digits = digits.filter(|digits| !digits.is_empty())?;
    Some(BigInt::from_biguint(sign, BigUint::from_radix_be(&digits, base)?))
}

fn sum(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let refuse = |message: &str| Err(FunctionError::argument(0, message));
    let list = &arguments[0];
    let elements = match list.kind() {
        Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => elements,
        Kind::Map(_, fields) | Kind::Object(fields) if !fields.is_empty() => {
            let name = list.ty().friendly_name();
            let message = format!("argument must be list, set, or tuple. Received {name}");
            return refuse(&message);
        }
        Kind::Map(_, _) | Kind::Object(_) => return refuse("cannot sum an empty list"),
        _ => return refuse("cannot sum noniterable"),
    };
    if elements.is_empty() {
        return refuse("cannot sum an empty list");
    }
    if !list.is_wholly_known() {
        return Ok(Value::unknown(Type::Number));
    }
    let mut total = Number::ZERO;
    for (index, element) in elements.iter().enumerate() {
        let element = convert(element, &Type::Number).ok();
        let Some(number) = element.as_ref().and_then(Value::as_number) else {
            return refuse("argument must be list, set, or tuple of number values");
        };
        if index == 0 {
            total = number.clone();
            continue;
        }
        total = total
            .add(number)
            .ok_or_else(|| FunctionError::new("can't compute sum of opposing infinities"))?;
    }
    Ok(Value::number(total))
}

#[cfg(test)]
mod tests;
