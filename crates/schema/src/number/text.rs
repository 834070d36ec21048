//! Numbers as decimal text.

use std::fmt;

use num_bigint::BigUint;
use num_integer::Integer as _;
use num_traits::{One as _, Zero as _};

use super::{
    Big, MAX_EXPONENT, Number, PRECISION, Repr, WORD, bit_length, divide_rounded_down, make, signed,
};

/// Digits beyond these cannot change what a number is rounded to, unless it lies closer to the
/// middle of two numbers than anybody writes down.
const MAX_DIGITS: usize = 1 << 17;
/// Bits in a decimal digit.
const BITS_PER_DIGIT: f64 = std::f64::consts::LOG2_10;

impl Number {
    /// Reads decimal text: an optional sign, digits with an optional point, an optional exponent
    /// of ten (`e`) or two (`p`); or `Inf` and `inf`.
    pub fn parse(text: &str) -> Option<Number> {
        let (negative, unsigned) = split_sign(text)?;
        if unsigned.len() < 18 && !unsigned.is_empty() && all_digits(unsigned) {
            let value: i64 = unsigned.parse().ok()?;
            return Some(Number(Repr::Int(if negative { -value } else { value }, PRECISION)));
        }
        if matches!(unsigned, "Inf" | "inf") {
            return Some(Number(Repr::Infinity { negative }));
        }
        let (digits, binary, exponent) = match unsigned.find(['e', 'E', 'p', 'P']) {
            Some(at) => {
                let binary = unsigned[at..].starts_with(['p', 'P']);
                (&unsigned[..at], binary, parse_exponent(&unsigned[at + 1..])?)
            }
            None => (unsigned, false, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let (decimal, binary) = if binary { (0, exponent) } else { (exponent, 0) };
        let decimal = decimal.saturating_sub(i64::try_from(fraction.len()).ok()?);
        let mut digits = format!("{whole}{fraction}");
        let mut dropped = 0;
        let leading = digits.len() - digits.trim_start_matches('0').len();
        if digits.len() - leading > MAX_DIGITS {
            let cut = leading + MAX_DIGITS;
            let inexact = digits[cut..].bytes().any(|digit| digit != b'0');
            dropped = i64::try_from(digits.len() - cut).ok()?;
            digits.truncate(cut);
            if inexact {
                dropped -= 1;
                digits.push('1');
            }
        }
        let mantissa = BigUint::parse_bytes(&digits.as_bytes()[leading.min(digits.len())..], 10)
            .unwrap_or_default();
        Some(from_decimal(negative, mantissa, decimal.saturating_add(dropped), binary))
    }

    /// Reads a whole number in a base from 2 to 62. Up to base 36 capital letters are the same as
    /// small ones, beyond it they come after them.
    pub fn parse_base(text: &str, base: u32) -> Option<Number> {
        if !(2..=62).contains(&base) {
            return None;
        }
        let (negative, unsigned) = split_sign(text)?;
        let mut digits = Vec::with_capacity(unsigned.len());
        for byte in unsigned.bytes() {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
                b'A'..=b'Z' => byte - b'A' + 36,
                _ => return None,
            };
            if u32::from(digit) >= base {
                return None;
            }
            digits.push(digit);
        }
        if digits.is_empty() {
            return None;
        }
        let magnitude = BigUint::from_radix_be(&digits, base)?;
        Some(Number::from_bigint(&signed(negative, magnitude)))
    }
}

fn split_sign(text: &str) -> Option<(bool, &str)> {
    Some(match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    })
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads an exponent; one too large to matter is cut to a value that is still out of range.
fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text)?;
    if digits.is_empty() || !all_digits(digits) {
        return None;
    }
    // Even a text of that many digits is out of range with it.
    let exponent = digits.parse::<i64>().unwrap_or(i64::MAX).min(1 << 50);
    Some(if negative { -exponent } else { exponent })
}

fn from_decimal(negative: bool, mantissa: BigUint, decimal: i64, binary: i64) -> Number {
    if mantissa.is_zero() {
        return Number(Repr::Int(0, PRECISION));
    }
    let magnitude = bit_length(&mantissa) as f64 + decimal as f64 * BITS_PER_DIGIT + binary as f64;
    let limit = MAX_EXPONENT as f64 + 8.0;
    if magnitude > limit {
        return Number(Repr::Infinity { negative });
    }
    if magnitude < -limit {
        return Number(Repr::Int(0, PRECISION));
    }
    // What is left is a power that the length of the mantissa makes up for.
    let scale = power_of_ten(decimal.unsigned_abs());
    if decimal >= 0 {
        return make(negative, mantissa * scale, binary, PRECISION);
    }
    let (quotient, exponent) = divide_rounded_down(&mantissa, &scale, PRECISION);
    make(negative, quotient, exponent.saturating_add(binary), PRECISION)
}

fn power_of_ten(exponent: u64) -> BigUint {
    BigUint::from(10u8).pow(u32::try_from(exponent).unwrap_or(u32::MAX))
}

/// Prints the shortest decimal that reads back as the same number at its precision, never with
/// an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(value, precision)
                if *precision >= WORD
                    || value.unsigned_abs().checked_shr(*precision) == Some(0) =>
            {
                write!(f, "{value}")
            }
            Repr::Int(..) => write_shortest(&self.to_big(), f),
            Repr::Big(big) => write_shortest(big, f),
            Repr::Infinity { negative: false } => f.write_str("+Inf"),
            Repr::Infinity { negative: true } => f.write_str("-Inf"),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn write_shortest(big: &Big, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if big.negative {
        f.write_str("-")?;
    }
    if big.exponent >= 0 && big.exponent + bit_length(&big.mantissa) <= i64::from(big.precision) {
        return write!(f, "{}", &big.mantissa << big.exponent.unsigned_abs());
    }
    let (digits, point) = shortest_digits(big);
    let digits = std::str::from_utf8(&digits).map_err(|_| fmt::Error)?;
    // Padding by the formatter would not do: it stops at 65535.
    let zeros = |count: usize| "0".repeat(count);
    let Ok(point) = usize::try_from(point) else {
        return write!(f, "0.{}{digits}", zeros(usize::try_from(-point).unwrap_or(0)));
    };
    match digits.split_at_checked(point) {
        Some(("", fraction)) => write!(f, "0.{fraction}"),
        Some((whole, "")) => f.write_str(whole),
        Some((whole, fraction)) => write!(f, "{whole}.{fraction}"),
        None => write!(f, "{digits}{}", zeros(point - digits.len())),
    }
}

/// The digits without leading or trailing zeros, and where in them the point is.
///
/// All numbers that are nearer to this one than to its neighbours lie between two bounds, half
/// the weight of the last bit away. The first digit in which the number differs from a bound is
/// where it can be cut or rounded.
fn shortest_digits(big: &Big) -> (Vec<u8>, i64) {
    let precision = i64::from(big.precision);
    let length = bit_length(&big.mantissa);
    // The mantissa with all its bits and one more, which has the weight of half the last.
    let value = &big.mantissa << (precision + 1 - length).max(0).unsigned_abs();
    let exponent = big.exponent - (precision + 1 - length).max(0);
    let inclusive = !value.bit(1);

    // Beyond so many digits the bounds have long parted.
    let wanted = (precision as f64 / BITS_PER_DIGIT) as i64 + 25;
    let first_digit = ((big.exponent + length) as f64 / BITS_PER_DIGIT) as i64;
    let unit = first_digit - wanted;
    let lower = Decimal::new(&value - 1u8, exponent, unit);
    let upper = Decimal::new(&value + 1u8, exponent, unit);
    let number = Decimal::new(value, exponent, unit);

    for (index, &digit) in number.digits.iter().enumerate() {
        let (low, high) = (lower.at(index), upper.at(index));
        let may_cut = low != digit || inclusive && index + 1 == lower.digits.len();
        let may_rise =
            high != digit && (inclusive || digit + 1 < high || index + 1 < upper.digits.len());
        match (may_cut, may_rise) {
            (true, true) if number.rounds_up_after(index) => return number.risen(index),
            (true, _) => return number.cut(index),
            (false, true) => return number.risen(index),
            (false, false) => (),
        }
    }
    number.cut(number.digits.len())
}

/// The first digits of a number. If there are more, the last one is a 1 in their place.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// `mantissa * 2^exponent`, cut to whole multiples of `10^unit`.
    fn new(mantissa: BigUint, exponent: i64, unit: i64) -> Decimal {
        let mut numerator = mantissa;
        let mut divisor = BigUint::one();
        if unit < 0 {
            numerator *= power_of_ten(unit.unsigned_abs());
        } else {
            divisor = power_of_ten(unit.unsigned_abs());
        }
        let inexact;
        if exponent >= 0 {
            let (quotient, remainder) = (numerator << exponent.unsigned_abs()).div_rem(&divisor);
            inexact = !remainder.is_zero();
            numerator = quotient;
        } else {
            let lost = exponent.unsigned_abs();
            let (quotient, remainder) = numerator.div_rem(&divisor);
            inexact =
                !remainder.is_zero() || quotient.trailing_zeros().is_some_and(|zeros| zeros < lost);
            numerator = quotient >> lost;
        }
        let mut digits = numerator.to_string().into_bytes();
        let point = i64::try_from(digits.len()).unwrap_or(0) + unit;
        if inexact {
            digits.push(b'1');
        }
        Decimal { digits: without_trailing_zeros(digits), point }
    }

    fn at(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(b'0')
    }

    /// Whether the number is nearer to the higher of its two neighbours that end at this digit;
    /// in the middle, whether that one is even.
    fn rounds_up_after(&self, index: usize) -> bool {
        let half = self.at(index + 1) == b'5' && self.digits.len() == index + 2;
        if half { self.digits[index] % 2 == 1 } else { self.at(index + 1) >= b'5' }
    }

    fn cut(&self, index: usize) -> (Vec<u8>, i64) {
        let end = self.digits.len().min(index + 1);
        (without_trailing_zeros(self.digits[..end].to_vec()), self.point)
    }

    fn risen(&self, index: usize) -> (Vec<u8>, i64) {
        match self.digits[..=index].iter().rposition(|digit| *digit < b'9') {
            Some(at) => {
                let mut digits = self.digits[..=at].to_vec();
                digits[at] += 1;
                (digits, self.point)
            }
            None => (vec![b'1'], self.point + 1),
        }
    }
}

fn without_trailing_zeros(mut digits: Vec<u8>) -> Vec<u8> {
    while digits.len() > 1 && digits.last() == Some(&b'0') {
        digits.pop();
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = Number::parse(text).map_or("none".to_owned(), |number| number.to_string());
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn reading() {
        check("0", "0");
        check("-0", "0");
        check("007", "7");
        check("+1", "1");
        check("1.50", "1.5");
        check("5.", "5");
        check(".5", "0.5");
        check("1e5", "100000");
        check("1E+5", "100000");
        check("25e-3", "0.025");
        check("1p4", "16");
        check("1P-1", "0.5");
        check("Inf", "+Inf");
        check("-inf", "-Inf");
        check("12345678901234567890", "12345678901234567890");
        check("-123456789012345678901234567890.5", "-123456789012345678901234567890.5");
        check("1e-7", "0.0000001");
        for wrong in [
            "", "-", ".", "e5", "1e", "1e+", "0x10", "1_000", " 1", "1 ", "infinity", "--1", "١",
            "1.2.3", "é",
        ] {
            check(wrong, "none");
        }
    }

    #[test]
    fn out_of_range() {
        check("1e99999999999999999999", "+Inf");
        check("-1e1000000", "-Inf");
        check("1e-99999999999999999999", "0");
        let zeros = "0".repeat(300_000);
        check(&format!("0.{zeros}1"), "0");
        check(&format!("1{zeros}e-300000"), "1");
        check(&format!("0.{zeros}1e300001"), "1");
        let digits = "7".repeat(300_000);
        check(&format!("{digits}e-299999"), &format!("7.{}", "7".repeat(152) + "8"));
    }

    #[test]
    fn bases() {
        let cases = [
            ("ff", 16, "255"),
            ("-FF", 16, "-255"),
            ("+Zz", 62, "3817"),
            ("zZ", 36, "1295"),
            ("1010", 2, "10"),
            ("12", 2, "none"),
            ("", 10, "none"),
            ("-", 10, "none"),
            ("1_0", 10, "none"),
            ("1", 63, "none"),
            ("1", 1, "none"),
        ];
        for (text, base, expected) in cases {
            let shown = Number::parse_base(text, base).map_or("none".into(), |it| it.to_string());
            assert_eq!(shown, expected, "{text} in base {base}");
        }
        let long = "1".repeat(800);
        let exact = Number::parse_base(&long, 10).map(|number| number.to_string());
        assert_eq!(exact, Some(long));
    }

    #[test]
    fn doubles_print_with_the_digits_of_doubles() {
        let cases = [
            (2f64.powi(60), "1152921504606847000"),
            (2f64.powi(70), "1180591620717411300000"),
            (2f64.powi(-30), "0.0000000009313225746154785"),
            (2f64.powi(-100), "0.0000000000000000000000000000007888609052210118"),
            (1e22, "10000000000000000000000"),
            (1e23, "100000000000000000000000"),
            (std::f64::consts::SQRT_2, "1.4142135623730951"),
            (-0.1, "-0.1"),
        ];
        for (value, expected) in cases {
            let shown = Number::from_f64(value).map(|number| number.to_string());
            assert_eq!(shown.as_deref(), Some(expected));
        }
    }

    #[test]
    fn extreme_numbers_are_quick() {
        for text in ["1e78000", "1e-78000", "3.7e-70001", "123456789e77000"] {
            let shown = Number::parse(text).map(|number| number.to_string()).unwrap_or_default();
            assert_eq!(Number::parse(&shown), Number::parse(text));
        }
        // This is what other implementations print, too.
        let power = Number::parse("1p26600");
        let shown = power.as_ref().map(Number::to_string).unwrap_or_default();
        assert!(shown.starts_with("24996814186687463284310071220951226544399997427409"));
        check("25e-70000", &format!("0.{}25", "0".repeat(69998)));
    }

    proptest! {
        #[test]
        fn doubles_read_back(value in any::<f64>()) {
            if let Some(number) = Number::from_f64(value).filter(|number| !number.is_infinite()) {
                prop_assert_eq!(number.to_string().parse::<f64>().ok(), Some(value));
                prop_assert_eq!(Number::parse(&number.to_string()).map(|it| it.to_f64()), Some(value));
            }
        }

        #[test]
        fn decimals_stay_as_written(text in "-?[1-9][0-9]{0,70}\\.[0-9]{0,70}[1-9]") {
            prop_assert_eq!(Number::parse(&text).map(|number| number.to_string()), Some(text));
        }

        #[test]
        fn quotients_read_back(a in any::<i64>(), b in 1..u64::MAX, exponent in -300..300) {
            let factor = Number::parse(&format!("1e{exponent}"));
            let quotient = Number::parse(&a.to_string())
                .and_then(|a| a.divide(&Number::from(b)))
                .and_then(|quotient| quotient.multiply(&factor?));
            let read = quotient.as_ref().and_then(|number| Number::parse(&number.to_string()));
            prop_assert_eq!(read, quotient);
        }

        #[test]
        fn nothing_panics(text in "[-+]?[0-9]{0,5}[.ep]?[-+]?[0-9]{0,7}") {
            let number = Number::parse(&text);
            // Below a power of two numbers are denser than above. The shortest text takes no notice
            // of that, here as in other implementations, and may read as the lower neighbour.
            let is_power = matches!(number.as_ref().map(|it| &it.0), Some(Repr::Big(big))
                if big.mantissa.count_ones() == 1);
            prop_assume!(!is_power);
            prop_assert_eq!(number.as_ref().and_then(|it| Number::parse(&it.to_string())), number);
        }
    }
}
