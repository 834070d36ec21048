//! Functions that deal with time, which the language writes as RFC 3339 strings.

pub(super) mod timestamp;

use provision_schema::{Refinement, Type, Value};

use super::parameter_types::string;
use super::text::{quoted, string_argument};
use super::{Function, FunctionContext, FunctionError, Parameter};
use timestamp::{Timestamp, parse_duration};

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "formatdate",
        description: "Writes a timestamp in another form.",
        parameters: &[Parameter::new("format", string), Parameter::new("time", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: formatdate,
        refinement: Refinement::not_null,
    },
    Function {
        name: "plantimestamp",
        description: "The time of this plan.",
        parameters: &[],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |_, _, context| Ok(time_or_unknown(context.plan_time.as_deref())),
        refinement: Refinement::not_null,
    },
    Function {
        name: "timeadd",
        description: "Adds a length of time to a timestamp.",
        parameters: &[Parameter::new("timestamp", string), Parameter::new("duration", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: timeadd,
        refinement: Refinement::not_null,
    },
    Function {
        name: "timecmp",
        description: "Tells which of two timestamps is the earlier one.",
        parameters: &[Parameter::new("timestamp_a", string), Parameter::new("timestamp_b", string)],
        variadic: None,
        result_type: |_| Ok(Type::Number),
        implementation: timecmp,
        refinement: Refinement::not_null,
    },
    Function {
        name: "timestamp",
        description: "The current time.",
        parameters: &[],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |_, _, context| Ok(time_or_unknown(context.apply_time.as_deref())),
        refinement: Refinement::not_null,
    },
];

fn time_or_unknown(time: Option<&str>) -> Value {
    time.map_or_else(|| Value::unknown_not_null(Type::String), Value::from)
}

fn timeadd(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let mut time = Timestamp::parse(string_argument(arguments, 0)).map_err(FunctionError::new)?;
    time.nanos += parse_duration(string_argument(arguments, 1)).map_err(FunctionError::new)?;
    Ok(time.to_string().into())
}

fn timecmp(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let time = |index| {
        Timestamp::parse_leniently(string_argument(arguments, index))
            .map_err(|message| FunctionError::argument(index, message))
    };
    let (a, b) = (time(0)?, time(1)?);
    Ok(Value::from(a.nanos.cmp(&b.nanos) as i64))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn formatdate(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let mut rest = string_argument(arguments, 0);
    let time = Timestamp::parse(string_argument(arguments, 1))
        .map_err(|message| FunctionError::argument(1, message))?;
    let mut result = String::new();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => {
                let length = write_literal(rest, &mut result)
                    .ok_or_else(|| FunctionError::argument(0, "unterminated literal '"))?;
                rest = &rest[length..];
                continue;
            }
            'a'..='z' | 'A'..='Z' => rest.find(|c| c != first).unwrap_or(rest.len()),
            _ => rest.find(|c: char| c == '\'' || c.is_ascii_alphabetic()).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        if first.is_ascii_alphabetic() {
            let written = write_verb(&time, first, token)
                .map_err(|message| FunctionError::argument(0, message))?;
            result.push_str(&written);
        } else {
            result.push_str(token);
        }
    }
    Ok(result.into())
}

/// Writes the literal text at the start and returns its length, with the quotes; none when it
/// does not end. Two quotes are one inside, and one when they stand alone.
fn write_literal(text: &str, result: &mut String) -> Option<usize> {
    if text.starts_with("''") {
        result.push('\'');
        return Some(2);
    }
    let mut at = 1;
    loop {
        let end = at + text[at..].find('\'')?;
        result.push_str(&text[at..end]);
        if !text[end + 1..].starts_with('\'') {
            return Some(end + 1);
        }
        result.push('\'');
        at = end + 2;
    }
}

fn write_verb(time: &Timestamp, letter: char, verb: &str) -> Result<String, String> {
    let wall = time.wall();
    let count = verb.len();
    let number = |value: i64, wrong: &str| match count {
        1 => Ok(value.to_string()),
        2 => Ok(format!("{value:02}")),
        _ => Err(wrong.to_owned()),
    };
    let written = match letter {
        'Y' => match count {
            2 => Ok(format!("{:02}", wall.year % 100)),
            4 => Ok(format!("{:04}", wall.year)),
            _ => Err(r#"year must either be "YY" or "YYYY""#.to_owned()),
        },
        'M' => {
            let name = MONTHS[wall.month.saturating_sub(1).min(11)];
            match count {
                1 => Ok(wall.month.to_string()),
                2 => Ok(format!("{:02}", wall.month)),
                3 => Ok(name[..3].to_owned()),
                4 => Ok(name.to_owned()),
                _ => Err(r#"month must be "M", "MM", "MMM", or "MMMM""#.to_owned()),
            }
        }
        'D' => number(wall.day, r#"day of month must either be "D" or "DD""#),
        'E' => {
            let name = WEEKDAYS[wall.weekday.min(6)];
            match count {
                3 => Ok(name[..3].to_owned()),
                4 => Ok(name.to_owned()),
                _ => Err(r#"day of week must either be "EEE" or "EEEE""#.to_owned()),
            }
        }
        'h' => number(wall.hour, r#"24-hour must either be "h" or "hh""#),
        'H' => number((wall.hour + 11) % 12 + 1, r#"12-hour must either be "H" or "HH""#),
        'A' | 'a' => match (count, letter, wall.hour < 12) {
            (2, 'A', true) => Ok("AM".to_owned()),
            (2, 'A', false) => Ok("PM".to_owned()),
            (2, _, true) => Ok("am".to_owned()),
            (2, _, false) => Ok("pm".to_owned()),
            _ => Err(format!("must be \"{letter}{letter}\"")),
        },
        'm' => number(wall.minute, r#"minute must either be "m" or "mm""#),
        's' => number(wall.second, r#"second must either be "s" or "ss""#),
        'Z' => match count {
            1 if time.offset == 0 => Ok("Z".to_owned()),
            3 if time.offset == 0 => Ok("UTC".to_owned()),
            1 | 5 => Ok(time.offset_text(":")),
            3 | 4 => Ok(time.offset_text("")),
            _ => Err("timezone must be Z, ZZZZ, or ZZZZZ".to_owned()),
        },
        _ => return Err(format!("invalid date format verb {}", quoted(verb))),
    };
    written.map_err(|wrong| format!("invalid date format verb {}: {wrong}", quoted(verb)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_in, sensitive};
    use super::*;

    #[track_caller]
    fn date(format: &str, time: &str, expected: &str) {
        check("formatdate", &[format.into(), time.into()], expected);
    }

    #[test]
    fn formatdate() {
        let time = "2018-01-02T23:12:01-08:00";
        date("DD MMM YYYY hh:mm ZZZ", time, r#""02 Jan 2018 23:12 -0800""#);
        date("EEEE, DD-MMM-YY hh:mm:ss ZZZZZ", time, r#""Tuesday, 02-Jan-18 23:12:01 -08:00""#);
        date("H HH h hh AA aa m s M MM MMMM D", time, r#""11 11 23 23 PM pm 12 1 1 01 January 2""#);
        date("Z ZZZ ZZZZ ZZZZZ", "2018-01-02T00:12:01Z", r#""Z UTC +0000 +00:00""#);
        date("H", "2018-01-02T00:12:01Z", r#""12""#);
        date("'a''b'''ZZZ é", "2017-11-22T00:00:00Z", r#""a'b'UTC é""#);
        date(
            "YYY",
            time,
            "argument 0: invalid date format verb \"YYY\": year must either be \"YY\" or \"YYYY\"",
        );
        date("Q", time, "argument 0: invalid date format verb \"Q\"");
        date("'", time, "argument 0: unterminated literal '");
        date("a", time, "argument 0: invalid date format verb \"a\": must be \"aa\"");
    }

    #[test]
    fn timestamps() {
        let wrong = |time: &str, expected: &str| {
            date("YYYY", time, &format!("argument 1: not a valid RFC3339 timestamp: {expected}"));
        };
        wrong("2017-11-22T0:00:00Z", "hour must have exactly two digits");
        wrong("2017-11-22T24:00:00Z", "hour must be between 0 and 23 inclusive");
        wrong("2017-11-22T23:5:00Z", "minute must have exactly two digits");
        wrong("2017-11-22T00:00:00,5Z", "cannot use \",\" as timestamp segment");
        wrong("2017-11-32T00:00:00Z", "day out of range");
        wrong("2017-02-29T00:00:00Z", "day out of range");
        wrong("2017-13-22T00:00:00+01:00", "cannot use \"-22T00:00:00+01:00\" as month");
        wrong("2017-11-22T00:00:00+25:00", "end of string before UTC offset");
        wrong("2017-11-22T00:00:00+24:00", "cannot use \"+24:00\" as UTC offset");
        wrong("2017-11-22T00:00:00Zxx", "cannot use \"xx\" as timestamp segment");
        wrong("2017-11-22 00:00:00Z", "missing required time introducer 'T'");
        wrong("2017/11/22", "found \"/11/22\" where \"-\" is expected");
        wrong("2017", "end of string where \"-\" is expected");
        wrong("", "end of string before year");
        wrong("ä017-11-22", "cannot use \"ä017-11-22\" as year");
        wrong("2017-11-22T00:00:00é123456", "cannot use \"é123456\" as UTC offset");
    }

    #[test]
    fn timeadd() {
        let add = |time: &str, duration: &str, expected: &str| {
            check("timeadd", &[time.into(), duration.into()], expected);
        };
        let zero = "2017-11-22T00:00:00Z";
        add(zero, "1s", r#""2017-11-22T00:00:01Z""#);
        add("2017-11-22T00:00:00+02:00", "-1.5h3m2.5s", r#""2017-11-21T22:26:57+02:00""#);
        add("2017-11-22T00:00:00.999Z", "0.001s", r#""2017-11-22T00:00:01Z""#);
        add("9999-11-22T00:00:00Z", "2000000h", r#""10228-01-19T08:00:00Z""#);
        add("0000-01-01T00:00:00Z", "-2000000h", r#""-0229-11-03T16:00:00Z""#);
        add(zero, "1d", "time: unknown unit \"d\" in duration \"1d\"");
        add(zero, "1", "time: missing unit in duration \"1\"");
        add(zero, "", "time: invalid duration \"\"");
        add(zero, "99999999999999999999h", "time: invalid duration \"99999999999999999999h\"");
        add(zero, "3000000h", "time: invalid duration \"3000000h\"");
        check("timeadd", &[sensitive(zero), "1s".into()], r#"marked("2017-11-22T00:00:01Z")"#);
        check("timeadd", &[Value::unknown(Type::String), "1s".into()], "unknown(string, not null)");
    }

    #[test]
    fn timecmp() {
        let compare = |a: &str, b: &str, expected: &str| {
            check("timecmp", &[a.into(), b.into()], expected);
        };
        compare("2017-11-22T06:00:00+02:00", "2017-11-22T04:00:00Z", "0");
        compare("2017-11-22T00:00:00Z", "2017-11-22T00:00:00.1Z", "-1");
        compare("2017-11-22T00:00:01Z", "2017-11-22T00:00:00Z", "1");
        compare(
            "2017-11-22T00:00:00Z",
            "a",
            "argument 1: not a valid RFC3339 timestamp: cannot use \"a\" as year",
        );
    }

    #[test]
    fn clock() {
        check("timestamp", &[], "unknown(string, not null)");
        check("plantimestamp", &[], "unknown(string, not null)");
        let mut context = FunctionContext::new("/");
        context.plan_time = Some("2024-01-01T00:00:00Z".to_owned());
        context.apply_time = Some("2024-01-01T00:00:09Z".to_owned());
        check_in(&context, "plantimestamp", &[], r#""2024-01-01T00:00:00Z""#);
        check_in(&context, "timestamp", &[], r#""2024-01-01T00:00:09Z""#);
    }
}
