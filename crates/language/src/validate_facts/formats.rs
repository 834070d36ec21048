//! Kinds of text with a check of their own. An empty text passes: upstream lets it pass in most
//! places, and AWS says so itself where it does not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provision_schema::schema::Format;
use regex::Regex;

/// Says what is wrong with a text that is to have the format; `got` is how to show the text.
pub(super) fn check(format: Format, path: &str, text: &str, got: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let require = |valid: bool, problem: String| if valid { Ok(()) } else { Err(problem) };
    match format {
        Format::Arn => {
            arn(text).map_err(|reason| format!("{path:?} ({got}) is an invalid ARN: {reason}"))
        }
        Format::Json => {
            json(text).map_err(|reason| format!("{path:?} contains an invalid JSON: {reason}"))
        }
        Format::IamPolicy => json(text)
            .map_err(|reason| format!("{path:?} contains an invalid JSON policy: {reason}")),
        Format::Cidr => require(
            cidr(text).is_some(),
            format!("expected {path} to contain a valid CIDR block, got: {got}"),
        ),
        Format::Ipv4Cidr => require(
            matches!(cidr(text), Some((IpAddr::V4(_), _))),
            format!("{path:?} is not a valid IPv4 CIDR block, got: {got}"),
        ),
        Format::Ipv6Cidr => require(
            matches!(cidr(text), Some((IpAddr::V6(_), _))),
            format!("{path:?} is not a valid IPv6 CIDR block, got: {got}"),
        ),
        Format::Ip => require(
            text.parse::<IpAddr>().is_ok(),
            format!("expected {path} to contain a valid IP, got: {got}"),
        ),
        Format::Ipv4 => require(
            text.parse::<Ipv4Addr>().is_ok() || is_mapped(text),
            format!("expected {path} to contain a valid IPv4 address, got: {got}"),
        ),
        Format::Ipv6 => require(
            text.parse::<Ipv6Addr>().is_ok(),
            format!("expected {path} to contain a valid IPv6 address, got: {got}"),
        ),
        Format::Rfc3339 => require(
            RFC3339.is_match(text),
            format!("expected {path:?} to be a valid RFC3339 date, got {got}"),
        ),
        Format::AccountId => require(
            text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()),
            format!("{path:?} doesn't look like AWS Account ID (exactly 12 digits): {got}"),
        ),
        Format::Base64 => {
            let unbroken: String = text.chars().filter(|it| !"\r\n".contains(*it)).collect();
            let valid = STANDARD.decode(unbroken).is_ok();
            require(valid, format!("expected {path:?} to be a base64 string, got {got}"))
        }
        Format::NullableBool => require(
            ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"]
                .contains(&text),
            format!("{path}: cannot parse '{got}' as boolean"),
        ),
        Format::NullableInt => {
            require(text.parse::<i64>().is_ok(), format!("{path}: cannot parse '{got}' as int"))
        }
        Format::DailyWindow => require(
            DAILY_WINDOW.is_match(text),
            format!("{path:?} ({got}) must satisfy the format of \"hh24:mi-hh24:mi\""),
        ),
        Format::WeeklyWindow => require(
            WEEKLY_WINDOW.is_match(text),
            format!("{path:?} ({got}) must satisfy the format of \"ddd:hh24:mi-ddd:hh24:mi\""),
        ),
        Format::Duration => require(
            DURATION.is_match(text),
            format!("{path:?} cannot be parsed as a duration, got {got}"),
        ),
        Format::HttpsUrl => require(
            text.starts_with("https://") && text.len() > "https://".len(),
            format!("expected {path:?} to have a url with schema of: \"https\", got {got}"),
        ),
        Format::PortOrZero => require(
            text.parse::<u16>().is_ok(),
            format!("expected {path:?} to be a valid port number or 0, got: {got}"),
        ),
        Format::LaunchTemplateId => {
            require(text.starts_with("lt-"), format!("{path:?} must begin with 'lt-', got {got}"))
        }
        // What these accept is not known well enough to refuse anything.
        Format::AmazonAsn
        | Format::Asn
        | Format::Iso8601
        | Format::JsonOrYaml
        | Format::KmsKeyId
        | Format::LaunchTemplateName
        | Format::Region
        | Format::Regexp => Ok(()),
    }
}

/// The address and the length of the prefix.
pub(super) fn cidr(text: &str) -> Option<(IpAddr, usize)> {
    let (address, prefix) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
    let prefix: usize = prefix.parse().ok().filter(|_| digits)?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    (prefix <= longest).then_some((address, prefix))
}

/// Whether the text is an IPv4 address in the form of an IPv6 address.
fn is_mapped(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok_and(|address| address.to_ipv4_mapped().is_some())
}

fn arn(text: &str) -> Result<(), &'static str> {
    let mut sections = text.splitn(6, ':');
    if sections.next() != Some("arn") || !text.starts_with("arn:") {
        return Err("arn: invalid prefix");
    }
    let (Some(partition), Some(_), Some(_), Some(account), Some(resource)) =
        (sections.next(), sections.next(), sections.next(), sections.next(), sections.next())
    else {
        return Err("arn: not enough sections");
    };
    if partition.is_empty() {
        return Err("missing partition value");
    }
    if !PARTITION.is_match(partition) {
        return Err("invalid partition value");
    }
    if !account.is_empty() && !ACCOUNT.is_match(account) {
        return Err("invalid account ID value (an account ID is 12 digits)");
    }
    if resource.is_empty() {
        return Err("missing resource value");
    }
    Ok(())
}

fn json(text: &str) -> Result<(), String> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(_) => Ok(()),
        // Upstream knows neither of these limits.
        Err(error)
            if ["recursion", "surrogate", "out of range"]
                .iter()
                .any(|limit| error.to_string().contains(limit)) =>
        {
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// A pattern that is known to be right; one that was not would match everything.
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|_| Regex::new("").expect("the empty pattern is valid"))
}

static RFC3339: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$",
    )
});
static DAILY_WINDOW: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[0-9]{1,2}:[0-9]{1,2}-[0-9]{1,2}:[0-9]{1,2}$"));
static WEEKLY_WINDOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^[a-z]{3}:[0-9]{1,2}:[0-9]{1,2}-[a-z]{3}:[0-9]{1,2}:[0-9]{1,2}$")
});
static DURATION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[-+]?(0|(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$"));
static PARTITION: LazyLock<Regex> = LazyLock::new(|| pattern(r"^aws(-[a-z]+)*$"));
static ACCOUNT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(aws|aws-managed|third-party|aws-marketplace|[0-9]{12}|cw.{10})$"));
