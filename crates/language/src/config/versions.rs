//! Version numbers and version constraints, as in `>= 1.2, < 2.0`.

use std::cmp::Ordering;

/// The version of OpenTofu whose language is understood here.
pub const COMPATIBLE_VERSION: &str = "1.12.0";

/// A version: `1.2.3-beta1+build`. Missing parts are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    numbers: Vec<u64>,
    /// How many numbers were written.
    written: usize,
    prerelease: String,
}

/// All parts must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraints(Vec<(Operator, Version)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// `~>`: only the last number written may grow.
    Pessimistic,
}

impl Version {
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, Some(build)),
            None => (text, None),
        };
        let (core, prerelease) = match text.split_once('-') {
            Some((core, prerelease)) => (core, Some(prerelease)),
            None => (text, None),
        };
        let is_label = |label: &str| {
            let allowed = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '~');
            !label.is_empty() && label.chars().all(allowed)
        };
        if !build.is_none_or(is_label) || !prerelease.is_none_or(is_label) {
            return None;
        }
        let parse_number = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits { part.parse::<u64>().ok() } else { None }
        };
        let mut numbers = core.split('.').map(parse_number).collect::<Option<Vec<u64>>>()?;
        let written = numbers.len();
        numbers.resize(written.max(3), 0);
        let prerelease = prerelease.unwrap_or_default().to_owned();
        Some(Version { numbers, written, prerelease })
    }

    pub fn is_prerelease(&self) -> bool {
        !self.prerelease.is_empty()
    }

    fn number(&self, index: usize) -> u64 {
        self.numbers.get(index).copied().unwrap_or(0)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let mut numbers = (0..length).map(|index| self.number(index).cmp(&other.number(index)));
        let numbers = numbers.find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
        numbers.then_with(|| match (self.is_prerelease(), other.is_prerelease()) {
            (false, false) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (true, true) => compare_prereleases(&self.prerelease, &other.prerelease),
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn compare_prereleases(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

impl Constraints {
    pub fn parse(text: &str) -> Option<Constraints> {
        text.split(',').map(|part| parse_part(part.trim())).collect::<Option<_>>().map(Constraints)
    }

    pub fn allow(&self, version: &Version) -> bool {
        self.0.iter().all(|(operator, limit)| holds(*operator, limit, version))
    }

    pub fn name_prerelease(&self) -> bool {
        self.0.iter().any(|(_, version)| version.is_prerelease())
    }
}

fn parse_part(part: &str) -> Option<(Operator, Version)> {
    const OPERATORS: [(&str, Operator); 7] = [
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("!=", Operator::NotEqual),
        ("~>", Operator::Pessimistic),
        ("=", Operator::Equal),
        (">", Operator::Greater),
        ("<", Operator::Less),
    ];
    for (text, operator) in OPERATORS {
        if let Some(rest) = part.strip_prefix(text) {
            return Some((operator, Version::parse(rest.trim())?));
        }
    }
    Some((Operator::Equal, Version::parse(part)?))
}

fn holds(operator: Operator, limit: &Version, version: &Version) -> bool {
    // A prerelease is only ever chosen by a constraint that names one of the same release.
    let prereleases_fit = match (version.is_prerelease(), limit.is_prerelease()) {
        (true, true) => version.numbers == limit.numbers,
        (true, false) => false,
        _ => true,
    };
    let order = version.cmp(limit);
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Greater => order.is_gt() && prereleases_fit,
        Operator::GreaterOrEqual => order.is_ge() && prereleases_fit,
        Operator::Less => order.is_lt() && prereleases_fit,
        Operator::LessOrEqual => order.is_le() && prereleases_fit,
        Operator::Pessimistic => {
            // `~> 1` has no number that must stay.
            let fixed = limit.written.saturating_sub(1);
            order.is_ge()
                && prereleases_fit
                && (0..fixed).all(|index| version.number(index) == limit.number(index))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(constraints: &str, version: &str, expected: Option<bool>) {
        let version = Version::parse(version).expect("a version");
        let found = Constraints::parse(constraints).map(|it| it.allow(&version));
        assert_eq!(found, expected, "{constraints}");
    }

    #[test]
    fn constraints() {
        check(">= 1.2, < 2.0", "1.9.0", Some(true));
        check(">= 1.2, < 2.0", "2.0.0", Some(false));
        check("~> 1.2", "1.9.0", Some(true));
        check("~> 1.2", "2.0.0", Some(false));
        check("~> 1.2.3", "1.2.9", Some(true));
        check("~> 1.2.3", "1.3.0", Some(false));
        check("~>1", "7.0.0", Some(true));
        check("1.2", "1.2.0", Some(true));
        check("= 1.2", "1.2.1", Some(false));
        check("!= 1.2", "1.2.1", Some(true));
        check(">= 1.0", "1.1.0-beta1", Some(false));
        check(">= 1.1.0-alpha1", "1.1.0-beta1", Some(true));
        check("1.1.0-beta1", "1.1.0-beta1", Some(true));
        check("", "1.1.0", None);
        check("1.x", "1.1.0", None);
        check(">> 1", "1.1.0", None);
        check("latest", "1.1.0", None);
    }

    #[test]
    fn order() {
        let versions = ["1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0", "1.0.1"];
        let parsed: Vec<_> = versions.iter().filter_map(|it| Version::parse(it)).collect();
        assert!(parsed.is_sorted());
        assert_eq!(parsed.len(), versions.len());
    }
}
