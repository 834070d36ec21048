//! Points in time as RFC 3339 writes them, and lengths of time as Go writes them.

use super::super::text::quoted;

const DAY: i64 = 24 * 60 * 60;
const NANOS: i128 = 1_000_000_000;

/// A point in time with the offset of the clock that showed it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Timestamp {
    /// Nanoseconds since 1970 in UTC.
    pub(super) nanos: i128,
    /// Seconds east of UTC.
    pub(super) offset: i64,
}

/// What the clock and the calendar on the wall show.
pub(super) struct Wall {
    pub(super) year: i64,
    /// From one.
    pub(super) month: usize,
    pub(super) day: i64,
    /// From Sunday, which is zero.
    pub(super) weekday: usize,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

/// Where and how reading failed.
struct Failure {
    /// The part that was wanted.
    part: &'static str,
    /// What stands there.
    found: String,
    message: Option<&'static str>,
}

impl Timestamp {
    /// Reads RFC 3339. The error says which part is wrong.
    pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
        parse(text, true).map_err(|failure| failure.to_string())
    }

    /// Also takes an hour of one digit, a comma before the fraction, and offsets of a whole day,
    /// as comparisons always have.
    pub(super) fn parse_leniently(text: &str) -> Result<Timestamp, String> {
        parse(text, false).map_err(|failure| match failure.message {
            Some(message) => format!("{PREFIX}parsing time {}: {message}", quoted(text)),
            None => failure.plain(),
        })
    }

    pub(super) fn wall(&self) -> Wall {
        let seconds = i64::try_from(self.nanos.div_euclid(NANOS)).unwrap_or_default() + self.offset;
        let days = seconds.div_euclid(DAY);
        let second = seconds.rem_euclid(DAY);
        let (year, month, day) = civil(days);
        Wall {
            year,
            month: usize::try_from(month).unwrap_or_default(),
            day,
            // The first of January 1970 was a Thursday.
            weekday: usize::try_from((days + 4).rem_euclid(7)).unwrap_or_default(),
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// The offset from UTC, `-07:00` or with another separator.
    pub(super) fn offset_text(&self, separator: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    pub(in super::super) fn from_unix(seconds: i64) -> Timestamp {
        Timestamp { nanos: i128::from(seconds) * NANOS, offset: 0 }
    }

    pub(in super::super) fn from_civil(
        (year, month, day): (i64, i64, i64),
        (hour, minute, second): (i64, i64, i64),
        nanos: i64,
        offset: i64,
    ) -> Timestamp {
        let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
        Timestamp { nanos: i128::from(seconds) * NANOS + i128::from(nanos), offset }
    }
}

/// RFC 3339 without fractions of a second.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let wall = self.wall();
        let sign = if wall.year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{:02}", wall.year.abs(), wall.month, wall.day)?;
        write!(f, "T{:02}:{:02}:{:02}", wall.hour, wall.minute, wall.second)?;
        match self.offset {
            0 => f.write_str("Z"),
            _ => f.write_str(&self.offset_text(":")),
        }
    }
}

/// Days since 1970 of a date in the Gregorian calendar, extended both ways.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years start in March here, so that the leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

pub(in super::super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn parse(text: &str, strict: bool) -> Result<Timestamp, Failure> {
    let mut reader = Reader { rest: text };
    let year = reader.year()?;
    reader.expect("-")?;
    let month = reader.number("month", true, 1..=12)?;
    reader.expect("-")?;
    let day = reader.number("day of month", true, 0..=99)?;
    reader.expect("T")?;
    let before_hour = reader.rest;
    let hour = reader.number("hour", false, 0..=23)?;
    let hour_length = before_hour.len() - reader.rest.len();
    reader.expect(":")?;
    let minute = reader.number("minute", true, 0..=59)?;
    reader.expect(":")?;
    let second = reader.number("second", true, 0..=59)?;
    let (nanos, comma) = reader.fraction();
    let offset = reader.offset()?;
    let failure =
        |part, found: &str, message| Err(Failure { part, found: found.to_owned(), message });
    if !reader.rest.is_empty() {
        return failure("timestamp segment", reader.rest, None);
    }
    if day < 1 || day > days_in_month(year, month) {
        return failure("", "", Some("day out of range"));
    }
    // These parts have only now been read to their end, so their errors come last.
    if strict && hour_length < 2 {
        return failure("hour", &before_hour[..1], None);
    }
    if strict && comma {
        return failure("timestamp segment", ",", None);
    }
    if strict
        && let Some((hours, minutes)) = offset
        && (hours.abs() >= 24 || minutes.abs() >= 60)
    {
        return failure("UTC offset", &text[text.len().saturating_sub(6)..], None);
    }
    let offset = offset.map_or(0, |(hours, minutes)| hours * 3600 + minutes * 60);
    Ok(Timestamp::from_civil((year, month, day), (hour, minute, second), nanos, offset))
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn fail<T>(&self, part: &'static str) -> Result<T, Failure> {
        Err(Failure { part, found: self.rest.to_owned(), message: None })
    }

    fn expect(&mut self, separator: &'static str) -> Result<(), Failure> {
        match self.rest.strip_prefix(separator) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => self.fail(separator),
        }
    }

    fn digit(&self, index: usize) -> Option<i64> {
        let byte = *self.rest.as_bytes().get(index)?;
        byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
    }

    fn year(&mut self) -> Result<i64, Failure> {
        let digits: Option<Vec<i64>> = (0..4).map(|index| self.digit(index)).collect();
        let Some(digits) = digits else { return self.fail("year") };
        self.rest = &self.rest[4..];
        Ok(digits.into_iter().fold(0, |year, digit| year * 10 + digit))
    }

    /// One or two digits; the text that follows is to blame for a number out of range.
    fn number(
        &mut self,
        part: &'static str,
        two_digits: bool,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<i64, Failure> {
        let (value, length) = match (self.digit(0), self.digit(1)) {
            (Some(tens), Some(ones)) => (tens * 10 + ones, 2),
            (Some(ones), None) if !two_digits => (ones, 1),
            _ => return self.fail(part),
        };
        self.rest = &self.rest[length..];
        if range.contains(&value) { Ok(value) } else { self.fail(part) }
    }

    /// Nanoseconds, and whether a comma introduced them.
    fn fraction(&mut self) -> (i64, bool) {
        let comma = self.rest.starts_with(',');
        if !(comma || self.rest.starts_with('.')) || self.digit(1).is_none() {
            return (0, false);
        }
        let mut nanos = 0;
        let mut unit = 100_000_000;
        let mut at = 1;
        while let Some(digit) = self.digit(at) {
            nanos += digit * unit;
            unit /= 10;
            at += 1;
        }
        self.rest = &self.rest[at..];
        (nanos, comma)
    }

    /// Hours and minutes, both with the sign; none for UTC.
    fn offset(&mut self) -> Result<Option<(i64, i64)>, Failure> {
        const PART: &str = "UTC offset";
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(None);
        }
        let bytes = self.rest.as_bytes();
        let two = |index| Some(self.digit(index)? * 10 + self.digit(index + 1)?);
        let (Some(sign), Some(b':'), Some(hours), Some(minutes)) =
            (bytes.first(), bytes.get(3), two(1), two(4))
        else {
            return self.fail(PART);
        };
        let sign = match sign {
            b'+' => 1,
            b'-' => -1,
            _ => return self.fail(PART),
        };
        self.rest = &self.rest[6..];
        if hours > 24 || minutes > 60 {
            return self.fail(PART);
        }
        Ok(Some((sign * hours, sign * minutes)))
    }
}

const PREFIX: &str = "not a valid RFC3339 timestamp: ";

impl Failure {
    fn plain(&self) -> String {
        let what = match (self.part, self.found.as_str()) {
            ("T", _) => "missing required time introducer 'T'".to_owned(),
            (separator @ (":" | "-"), "") => {
                format!("end of string where {} is expected", quoted(separator))
            }
            (separator @ (":" | "-"), found) => {
                format!("found {} where {} is expected", quoted(found), quoted(separator))
            }
            (part, "") => format!("end of string before {part}"),
            (part, found) => format!("cannot use {} as {part}", quoted(found)),
        };
        format!("{PREFIX}{what}")
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.message, self.part, self.found.as_str()) {
            (Some(message), ..) => write!(f, "{PREFIX}{message}"),
            (_, "hour", found) if found.contains(':') => {
                write!(f, "{PREFIX}hour must be between 0 and 23 inclusive")
            }
            (_, part @ ("hour" | "minute"), found) if found.len() != 2 && !found.is_empty() => {
                write!(f, "{PREFIX}{part} must have exactly two digits")
            }
            _ => f.write_str(&self.plain()),
        }
    }
}

/// Reads a length of time such as `-1.5h` or `1h30m`, in nanoseconds.
pub(super) fn parse_duration(text: &str) -> Result<i128, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = &rest[..digits(rest)];
        rest = &rest[whole.len()..];
        let mut fraction = "";
        let mut has_point = false;
        if let Some(after) = rest.strip_prefix('.') {
            has_point = true;
            fraction = &after[..digits(after)];
            rest = &after[fraction.len()..];
        }
        if whole.is_empty() && (!has_point || fraction.is_empty()) {
            return Err(invalid());
        }
        let unit_length = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
        let (unit, after) = rest.split_at(unit_length);
        rest = after;
        let scale: i128 = match unit {
            "" => return Err(format!("time: missing unit in duration {}", quoted(text))),
            "ns" => 1,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOS,
            "m" => 60 * NANOS,
            "h" => 3600 * NANOS,
            _ => {
                let unit = quoted(unit);
                return Err(format!("time: unknown unit {unit} in duration {}", quoted(text)));
            }
        };
        let value = whole.trim_start_matches('0');
        if value.len() > 19 {
            return Err(invalid());
        }
        let value: i128 =
            if value.is_empty() { 0 } else { value.parse().map_err(|_| invalid())? };
        // More digits than these make no nanosecond.
        let fraction = &fraction[..fraction.len().min(18)];
        let mut part = 0;
        if !fraction.is_empty() {
            let digits: i128 = fraction.parse().map_err(|_| invalid())?;
            let length = u32::try_from(fraction.len()).unwrap_or_default();
            part = digits * scale / 10i128.pow(length);
        }
        total += value * scale + part;
        if total > i128::from(i64::MAX) + i128::from(negative) {
            return Err(invalid());
        }
    }
    Ok(if negative { -total } else { total })
}
