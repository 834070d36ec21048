//! What a single value must look like.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use provision_schema::facts::Protocol;
use provision_schema::schema::Rules;
use provision_schema::{Kind, Number, Value};
use regex::Regex;

use super::formats;

/// What is wrong with the value of the argument at `path`; values that are `secret` or marked are
/// not shown.
pub(super) fn problems(
    path: &str,
    rules: &Rules,
    value: &Value,
    secret: bool,
    protocol: Protocol,
) -> Vec<String> {
    let mut problems = Vec::new();
    let subject = Subject { path, secret: secret | value.is_marked(), protocol };
    subject.value(rules, value, &mut problems);
    problems
}

struct Subject<'a> {
    path: &'a str,
    secret: bool,
    protocol: Protocol,
}

impl Subject<'_> {
    fn value(&self, rules: &Rules, value: &Value, problems: &mut Vec<String>) {
        match value.kind() {
            Kind::String(text) => self.string(rules, text, problems),
            Kind::Number(number) => self.number(rules, number, problems),
            Kind::List(_, elements) | Kind::Set(_, elements) | Kind::Tuple(elements) => {
                self.length(rules, value, elements.len(), problems);
                let Some(element_rules) = &rules.element else { return };
                for (index, element) in elements.iter().enumerate() {
                    self.element(&index.to_string(), element_rules, element, problems);
                }
            }
            Kind::Map(_, fields) | Kind::Object(fields) => {
                // Upstream looks at the number of a map's elements, never at the elements.
                self.length(rules, value, fields.len(), problems);
            }
            Kind::Null(_) | Kind::Unknown(_) | Kind::Bool(_) => (),
        }
    }

    fn element(&self, key: &str, rules: &Rules, value: &Value, problems: &mut Vec<String>) {
        let path = format!("{}.{key}", self.path);
        let secret = self.secret | value.is_marked();
        Subject { path: &path, secret, protocol: self.protocol }.value(rules, value, problems);
    }

    fn length(&self, rules: &Rules, value: &Value, length: usize, problems: &mut Vec<String>) {
        // Elements of a set that are not known may turn out to be the same.
        if matches!(value.kind(), Kind::Set(..)) && !value.is_wholly_known() {
            return;
        }
        let path = self.path;
        if let Some(minimum) = rules.min_items.filter(|minimum| length < *minimum) {
            problems.push(format!(
                "Attribute {path} requires {minimum} item minimum, but config has only {length} \
                 declared."
            ));
        }
        if let Some(maximum) = rules.max_items.filter(|maximum| length > *maximum) {
            problems.push(format!(
                "Attribute {path} supports {maximum} item maximum, but config has {length} \
                 declared."
            ));
        }
    }

    fn string(&self, rules: &Rules, text: &str, problems: &mut Vec<String>) {
        let (path, got) = (self.path, self.shown(text));
        if !rules.one_of.is_empty() {
            let same = |allowed: &str| match rules.one_of_ignore_case {
                true => allowed.to_lowercase() == text.to_lowercase(),
                false => allowed == text,
            };
            // A list of numbers may be the rule of a text that holds a number or nothing.
            let comparable = rules.one_of.iter().all(|allowed| allowed.as_str().is_some());
            // An enumeration of the newer protocol takes an empty text for none.
            let none = text.is_empty() && self.protocol == Protocol::Framework;
            if comparable && !none && !rules.one_of.iter().filter_map(Value::as_str).any(same) {
                problems.push(self.not_one_of(rules, &got));
            }
        }
        if let Some((minimum, maximum)) = rules.length {
            // Upstream counts bytes in some places and characters in others.
            let (bytes, characters) = (text.len(), text.chars().count());
            let short = minimum.is_some_and(|minimum| bytes < minimum);
            let long = maximum.is_some_and(|maximum| characters > maximum);
            if short || long {
                let range = range(minimum, maximum);
                problems.push(format!("expected length of {path} to be {range}, got {got}"));
            }
        }
        for pattern in &rules.patterns {
            if matches(pattern, text) == Some(false) {
                problems.push(format!(
                    "invalid value for {path} (must match regular expression {pattern:?})"
                ));
            }
        }
        for pattern in &rules.not_patterns {
            if matches(pattern, text) == Some(true) {
                problems.push(format!(
                    "invalid value for {path} (must not match regular expression {pattern:?})"
                ));
            }
        }
        if rules.non_zero && text.is_empty() {
            problems.push(format!("{path} must not be empty"));
        }
        if let Some(format) = rules.format
            && let Err(problem) = formats::check(format, path, text, &got)
        {
            problems.push(problem);
        }
        self.prefix_length(rules, text, &got, problems);
        if rules.range.is_some()
            && let Some(number) = Number::parse(text)
        {
            self.range(rules, &number, problems);
        }
        self.any_of(rules, &Value::string(text), &got, problems);
    }

    fn number(&self, rules: &Rules, number: &Number, problems: &mut Vec<String>) {
        let path = self.path;
        let got = self.shown(&number.to_string());
        if rules.whole_number && !number.is_integer() {
            problems.push(format!("Attribute must be a whole number, got {got}"));
            return;
        }
        let allowed = |allowed: &Value| allowed.as_number() == Some(number);
        if rules.one_of.iter().all(|it| it.as_number().is_some())
            && !rules.one_of.is_empty()
            && !rules.one_of.iter().any(allowed)
        {
            problems.push(self.not_one_of(rules, &got));
        }
        self.range(rules, number, problems);
        if let Some(divisor) = &rules.divisible_by
            && number.remainder(divisor).is_some_and(|remainder| !remainder.is_zero())
        {
            problems.push(format!("expected {path} to be divisible by {divisor}, got {got}"));
        }
        if let Some(limit) = &rules.greater_than
            && number <= limit
        {
            problems.push(format!("expected {path} to be greater than {limit}, got {got}"));
        }
        if rules.non_zero && number.is_zero() {
            problems.push(format!("{path} must not be zero"));
        }
        if let Some(format) = rules.format
            && let Err(problem) = formats::check(format, path, &number.to_string(), &got)
        {
            problems.push(problem);
        }
        self.any_of(rules, &Value::number(number.clone()), &got, problems);
    }

    fn range(&self, rules: &Rules, number: &Number, problems: &mut Vec<String>) {
        let Some((minimum, maximum)) = &rules.range else { return };
        let low = minimum.as_ref().is_some_and(|minimum| number < minimum);
        let high = maximum.as_ref().is_some_and(|maximum| number > maximum);
        if low || high {
            let range = range(minimum.as_ref(), maximum.as_ref());
            let got = self.shown(&number.to_string());
            problems.push(format!("expected {} to be {range}, got {got}", self.path));
        }
    }

    fn prefix_length(&self, rules: &Rules, text: &str, got: &str, problems: &mut Vec<String>) {
        let Some((_, prefix)) = formats::cidr(text) else { return };
        if let Some((minimum, maximum)) = rules.prefix_length {
            let (least, most) = (minimum.unwrap_or(0), maximum.unwrap_or(128));
            if prefix < least || prefix > most {
                problems.push(format!(
                    "expected {:?} to contain a network Value with between {least} and {most} \
                     significant bits, got: {}",
                    self.path,
                    if self.secret { got.to_owned() } else { prefix.to_string() }
                ));
            }
        }
        if !rules.prefix_length_one_of.is_empty() && !rules.prefix_length_one_of.contains(&prefix) {
            problems.push(format!(
                "expected {:?} to contain a network Value with one of {:?} significant bits, got: \
                 {got}",
                self.path, rules.prefix_length_one_of
            ));
        }
    }

    fn any_of(&self, rules: &Rules, value: &Value, got: &str, problems: &mut Vec<String>) {
        let mut reasons = Vec::new();
        for alternative in &rules.any_of {
            let mut found = Vec::new();
            self.value(alternative, value, &mut found);
            match found.into_iter().next() {
                Some(reason) => reasons.push(reason),
                None => return,
            }
        }
        if !reasons.is_empty() {
            let path = self.path;
            problems
                .push(format!("invalid value for {path}, got {got}: {}", reasons.join("; or ")));
        }
    }

    fn not_one_of(&self, rules: &Rules, got: &str) -> String {
        let name = self.path.rsplit('.').find(|part| part.parse::<usize>().is_err());
        let allowed: Vec<String> = rules.one_of.iter().map(|it| format!("{it:?}")).collect();
        let (name, allowed) = (name.unwrap_or(self.path), allowed.join(" "));
        format!("expected {name} to be one of [{allowed}], got {got}")
    }

    fn shown(&self, text: &str) -> String {
        if self.secret { "(sensitive value)".to_owned() } else { text.to_owned() }
    }
}

fn range<T: std::fmt::Display>(minimum: Option<T>, maximum: Option<T>) -> String {
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) => format!("in the range ({minimum} - {maximum})"),
        (Some(minimum), None) => format!("at least ({minimum})"),
        (None, Some(maximum)) => format!("at most ({maximum})"),
        (None, None) => "anything".to_owned(),
    }
}

/// Whether the pattern matches; none when that cannot be said. Upstream's classes like `\w` are
/// those of ASCII, so a text beyond ASCII is only matched where no such class matters.
fn matches(pattern: &Arc<str>, text: &str) -> Option<bool> {
    static COMPILED: Mutex<Option<HashMap<Arc<str>, Option<Regex>>>> = Mutex::new(None);
    if !text.is_ascii() && has_class(pattern) {
        return None;
    }
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = compiled
        .get_or_insert_default()
        .entry(pattern.clone())
        .or_insert_with(|| Regex::new(pattern).ok());
    regex.as_ref().map(|regex| regex.is_match(text))
}

fn has_class(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    pattern.contains("(?i)")
        || bytes.windows(2).any(|pair| pair[0] == b'\\' && b"wWdDsSbB".contains(&pair[1]))
}
