//! Writing numbers for the number verbs.

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::Zero as _;
use provision_schema::Number;

use super::verbs::Verb;

/// A positive number as decimal digits: `0.digits * 10^point`, without zeros at either end.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

pub(super) fn integer(verb: &Verb, number: &BigInt) -> String {
    let (radix, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let sign = sign_text(verb, number.sign() == Sign::Minus);
    let prefix = if verb.sharp { prefix } else { "" };
    let mut digits = number.magnitude().to_str_radix(radix);
    if verb.mode == 'X' {
        digits.make_ascii_uppercase();
    }
    let mut zeros = 0;
    if let Some(precision) = verb.precision {
        if precision == 0 && number.is_zero() {
            return String::new();
        }
        zeros = precision.saturating_sub(digits.len());
    }
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if verb.minus {
        right = missing;
    } else if verb.zero && verb.precision.is_none() {
        zeros = missing;
    } else {
        left = missing;
    }
    let repeat = |text: &str, count: usize| text.repeat(count);
    format!(
        "{}{sign}{prefix}{}{digits}{}",
        repeat(" ", left),
        repeat("0", zeros),
        repeat(" ", right)
    )
}

pub(super) fn float(verb: &Verb, number: &Number) -> String {
    let mut sign = sign_text(verb, number.is_negative());
    let text = if number.is_infinite() {
        if sign.is_empty() {
            sign = "+";
        }
        "Inf".to_owned()
    } else {
        let precision = match verb.mode {
            'g' | 'G' => verb.precision,
            _ => Some(verb.precision.unwrap_or(6)),
        };
        magnitude(&number.abs(), verb.mode, precision)
    };
    let missing = verb.width.unwrap_or(0).saturating_sub(sign.len() + text.len());
    if verb.minus {
        format!("{sign}{text}{}", " ".repeat(missing))
    } else if verb.zero && !number.is_infinite() {
        format!("{sign}{}{text}", "0".repeat(missing))
    } else {
        format!("{}{sign}{text}", " ".repeat(missing))
    }
}

/// As few digits as tell the number apart, with an exponent when it is large or small.
pub(super) fn shortest(number: &Number) -> String {
    if number.is_infinite() {
        return number.to_string();
    }
    let sign = if number.is_negative() { "-" } else { "" };
    format!("{sign}{}", magnitude(&number.abs(), 'g', None))
}

fn sign_text(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

/// `precision` is none for as few digits as tell the number apart.
fn magnitude(number: &Number, mode: char, precision: Option<usize>) -> String {
    let letter = if mode.is_ascii_uppercase() { 'E' } else { 'e' };
    let Some(precision) = precision else {
        let decimal = decimal_of_text(&number.to_string());
        let digits = decimal.digits.len();
        let exponent = decimal.point - 1;
        return match !(-4..6).contains(&exponent) {
            true => with_exponent(&decimal, digits.saturating_sub(1), letter),
            false => {
                let places = i64::try_from(digits).unwrap_or(i64::MAX) - decimal.point;
                plain(&decimal, usize::try_from(places).unwrap_or(0))
            }
        };
    };
    let signed = i64::try_from(precision).unwrap_or(i64::MAX);
    let exact = exact_decimal(number);
    match mode {
        'e' | 'E' => with_exponent(&exact.rounded(signed + 1), precision, letter),
        'f' => {
            let wanted = exact.point.saturating_add(signed);
            plain(&exact.rounded(wanted), precision)
        }
        _ => {
            let precision = precision.max(1);
            let signed = signed.max(1);
            let decimal = exact.rounded(signed);
            let digits = decimal.digits.len();
            let count = i64::try_from(digits).unwrap_or(i64::MAX);
            let limit = if signed > count && count >= decimal.point { count } else { signed };
            let exponent = decimal.point - 1;
            if exponent < -4 || exponent >= limit {
                return with_exponent(&decimal, precision.min(digits).saturating_sub(1), letter);
            }
            let precision = if signed > decimal.point { count } else { signed };
            plain(&decimal, usize::try_from(precision - decimal.point).unwrap_or(0))
        }
    }
}

fn with_exponent(decimal: &Decimal, places: usize, letter: char) -> String {
    let digit = |index: usize| char::from(decimal.digits.get(index).copied().unwrap_or(b'0'));
    let mut text = String::new();
    text.push(digit(0));
    if places > 0 {
        text.push('.');
        text.extend((1..=places).map(digit));
    }
    let exponent = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{text}{letter}{sign}{:02}", exponent.unsigned_abs())
}

fn plain(decimal: &Decimal, places: usize) -> String {
    let digit = |index: i64| {
        let digit = usize::try_from(index).ok().and_then(|index| decimal.digits.get(index));
        char::from(digit.copied().unwrap_or(b'0'))
    };
    let mut text = String::new();
    if decimal.point > 0 {
        text.extend((0..decimal.point).map(digit));
    } else {
        text.push('0');
    }
    if places > 0 {
        let places = i64::try_from(places).unwrap_or(i64::MAX);
        text.push('.');
        text.extend((0..places).map(|place| digit(decimal.point + place)));
    }
    text
}

impl Decimal {
    /// The first `count` digits, rounded to even from the exact middle.
    fn rounded(mut self, count: i64) -> Decimal {
        let Ok(count) = usize::try_from(count) else {
            return Decimal { digits: Vec::new(), point: 0 };
        };
        let Some(&next) = self.digits.get(count) else { return self };
        let is_middle = next == b'5' && count + 1 == self.digits.len();
        let up = match is_middle {
            true => count > 0 && (self.digits[count - 1] - b'0') % 2 == 1,
            false => next >= b'5',
        };
        self.digits.truncate(count);
        if up {
            loop {
                match self.digits.pop() {
                    Some(b'9') => (),
                    Some(digit) => {
                        self.digits.push(digit + 1);
                        break;
                    }
                    None => {
                        self.digits.push(b'1');
                        self.point += 1;
                        break;
                    }
                }
            }
        }
        self.trimmed()
    }

    fn trimmed(mut self) -> Decimal {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
        self
    }
}

/// Reads digits with an optional point.
fn decimal_of_text(text: &str) -> Decimal {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let leading = all.iter().take_while(|&&digit| digit == b'0').count();
    let point = i64::try_from(whole.len()).unwrap_or(0) - i64::try_from(leading).unwrap_or(0);
    Decimal { digits: all[leading..].to_vec(), point }.trimmed()
}

/// All digits of a number, which as a binary fraction has finitely many.
fn exact_decimal(number: &Number) -> Decimal {
    const STEP: u32 = 60;
    let step = Number::from(1i64 << STEP);
    let mut scaled = number.clone();
    let mut bits = 0u32;
    // Multiplying by a power of two loses nothing. The loop ends, as exponents are bounded.
    let whole = loop {
        match scaled.to_bigint() {
            Some(whole) => break whole,
            None => match scaled.multiply(&step) {
                Some(product) => {
                    scaled = product;
                    bits += STEP;
                }
                None => break BigInt::zero(),
            },
        }
        if bits > 1 << 20 {
            break BigInt::zero();
        }
    };
    // n / 2^b = n * 5^b / 10^b
    let digits = whole.magnitude() * BigUint::from(5u32).pow(bits);
    let text = if digits.is_zero() { String::new() } else { digits.to_string() };
    let point = i64::try_from(text.len()).unwrap_or(0) - i64::from(bits);
    Decimal { digits: text.into_bytes(), point }.trimmed()
}
