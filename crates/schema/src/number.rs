//! Numbers as the language has them: binary floating point with up to 512 bits of precision.
//!
//! Neither doubles nor decimals would do: `0.1 + 0.2` prints `0.3`, twenty-digit integers survive,
//! and `1 / 3` prints as many digits as tell it apart at 512 bits. A number remembers the
//! precision it was made with, because what a function computed in double precision prints
//! with the digits of a double.

mod text;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer as _;
use num_traits::{One as _, ToPrimitive as _, Zero as _};

/// The precision of literals and of numbers read from text, in bits.
const PRECISION: u32 = 512;
/// The precision of a double.
const DOUBLE: u32 = 53;
/// The precision of whole numbers that the program makes, such as the length of a list.
const WORD: u32 = 64;
/// Numbers beyond two to this power count as infinite and those below its inverse as zero, so
/// that no input can make us write out millions of digits.
const MAX_EXPONENT: i64 = 1 << 18;

#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    /// Every whole number in this range is one of these. The second part is the precision.
    Int(i64, u32),
    Big(Arc<Big>),
    Infinity {
        negative: bool,
    },
}

/// `mantissa * 2^exponent`, with an odd mantissa (zero is always `Int`).
#[derive(Clone, Debug)]
struct Big {
    negative: bool,
    mantissa: BigUint,
    exponent: i64,
    precision: u32,
}

impl Number {
    pub const ZERO: Number = Number(Repr::Int(0, WORD));
    pub const ONE: Number = Number(Repr::Int(1, WORD));
    pub const INFINITY: Number = Number(Repr::Infinity { negative: false });
    pub const NEGATIVE_INFINITY: Number = Number(Repr::Infinity { negative: true });

    pub fn from_f64(value: f64) -> Option<Number> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Number(Repr::Infinity { negative: value < 0.0 }));
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let biased = i64::try_from((bits >> 52) & 0x7ff).ok()?;
        let (mantissa, exponent) =
            if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
        Some(make(value.is_sign_negative(), BigUint::from(mantissa), exponent, DOUBLE))
    }

    /// Exact, however large.
    pub fn from_bigint(value: &BigInt) -> Number {
        let precision = u32::try_from(value.bits()).unwrap_or(u32::MAX).max(WORD);
        make(value.sign() == Sign::Minus, value.magnitude().clone(), 0, precision)
    }

    /// Rounded to the nearest double; infinite where it is out of range.
    pub fn to_f64(&self) -> f64 {
        let big = match &self.0 {
            Repr::Int(value, _) => return *value as f64,
            Repr::Infinity { negative: true } => return f64::NEG_INFINITY,
            Repr::Infinity { negative: false } => return f64::INFINITY,
            Repr::Big(big) => big,
        };
        let sign = if big.negative { -1.0 } else { 1.0 };
        let length = bit_length(&big.mantissa);
        let magnitude = big.exponent + length;
        if magnitude > 1024 {
            return sign * f64::INFINITY;
        }
        // The smallest doubles have fewer bits.
        let kept = (magnitude + 1074).min(i64::from(DOUBLE));
        if kept < 0 {
            return sign * 0.0;
        }
        let excess = (length - kept).max(0);
        let rounded = round_off(&big.mantissa, excess.unsigned_abs());
        let exponent = big.exponent + excess;
        // Both factors and the result are doubles, so that nothing is rounded a second time.
        let half = exponent / 2;
        sign * rounded.to_f64().unwrap_or(f64::INFINITY)
            * power_of_two(half)
            * power_of_two(exponent - half)
    }

    /// The value if it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(value, _) => Some(*value),
            _ => None,
        }
    }

    pub fn to_usize(&self) -> Option<usize> {
        usize::try_from(self.to_i64()?).ok()
    }

    /// The value if it is a whole number.
    pub fn to_bigint(&self) -> Option<BigInt> {
        match &self.0 {
            Repr::Int(value, _) => Some(BigInt::from(*value)),
            Repr::Infinity { .. } => None,
            Repr::Big(big) if big.exponent < 0 => None,
            Repr::Big(big) => {
                Some(signed(big.negative, &big.mantissa << big.exponent.unsigned_abs()))
            }
        }
    }

    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Int(..) => true,
            Repr::Big(big) => big.exponent >= 0,
            Repr::Infinity { .. } => false,
        }
    }

    pub fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinity { .. })
    }

    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Int(value, _) => *value < 0,
            Repr::Big(big) => big.negative,
            Repr::Infinity { negative } => *negative,
        }
    }

    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Int(0, _))
    }

    #[must_use]
    pub fn negate(&self) -> Number {
        match &self.0 {
            Repr::Int(value, precision) => match value.checked_neg() {
                Some(value) => Number(Repr::Int(value, *precision)),
                None => make(false, BigUint::from(value.unsigned_abs()), 0, *precision),
            },
            Repr::Infinity { negative } => Number(Repr::Infinity { negative: !negative }),
            Repr::Big(big) => {
                make(!big.negative, big.mantissa.clone(), big.exponent, big.precision)
            }
        }
    }

    #[must_use]
    pub fn abs(&self) -> Number {
        if self.is_negative() { self.negate() } else { self.clone() }
    }

    /// None for the sum of opposite infinities.
    pub fn add(&self, other: &Number) -> Option<Number> {
        if let Some((a, b, precision)) = self.exact_with(other)
            && let Some(sum) = a.checked_add(b)
        {
            return Some(Number(Repr::Int(sum, precision)));
        }
        let (a, b) = match (&self.0, &other.0) {
            (Repr::Infinity { negative: a }, Repr::Infinity { negative: b }) if a != b => {
                return None;
            }
            (Repr::Infinity { .. }, _) => return Some(self.clone()),
            (_, Repr::Infinity { .. }) => return Some(other.clone()),
            _ => (self.to_big(), other.to_big()),
        };
        let precision = a.precision.max(b.precision);
        let (high, low) = if a.exponent >= b.exponent { (&a, &b) } else { (&b, &a) };
        let shift = (high.exponent - low.exponent).unsigned_abs();
        let aligned = signed(high.negative, &high.mantissa << shift);
        let sum = aligned + signed(low.negative, low.mantissa.clone());
        Some(make(sum.sign() == Sign::Minus, sum.into_parts().1, low.exponent, precision))
    }

    /// None for the difference of equal infinities.
    pub fn subtract(&self, other: &Number) -> Option<Number> {
        self.add(&other.negate())
    }

    /// None for zero times infinity. The product has all the digits that fit, also when the
    /// factors have fewer.
    pub fn multiply(&self, other: &Number) -> Option<Number> {
        if let Some((a, b, precision)) = self.exact_with(other)
            && let Some(product) = a.checked_mul(b)
        {
            return Some(Number(Repr::Int(product, precision)));
        }
        let negative = self.is_negative() != other.is_negative();
        if self.is_infinite() || other.is_infinite() {
            let undefined = self.is_zero() || other.is_zero();
            return (!undefined).then_some(Number(Repr::Infinity { negative }));
        }
        let (a, b) = (self.to_big(), other.to_big());
        let product = a.mantissa * b.mantissa;
        let zeros = product.trailing_zeros().unwrap_or(0);
        let needed = u32::try_from(product.bits() - zeros).unwrap_or(u32::MAX).min(PRECISION);
        let precision = a.precision.max(b.precision).max(needed);
        Some(make(negative, product, a.exponent + b.exponent, precision))
    }

    /// None for zero by zero and for infinity by infinity; anything else by zero is infinite.
    pub fn divide(&self, other: &Number) -> Option<Number> {
        let negative = self.is_negative() != other.is_negative();
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return None,
            (true, false) => return Some(Number(Repr::Infinity { negative })),
            (false, true) => return Some(Number::ZERO),
            (false, false) => (),
        }
        if other.is_zero() {
            return (!self.is_zero()).then_some(Number(Repr::Infinity { negative }));
        }
        if let Some((a, b, precision)) = self.exact_with(other)
            && let Some(0) = a.checked_rem(b)
        {
            return Some(Number(Repr::Int(a / b, precision)));
        }
        let (a, b) = (self.to_big(), other.to_big());
        let precision = a.precision.max(b.precision);
        let (quotient, exponent) = divide_rounded_down(&a.mantissa, &b.mantissa, precision);
        Some(make(negative, quotient, exponent + a.exponent - b.exponent, precision))
    }

    /// What remains after dividing and cutting the quotient to a whole number. None where there
    /// is no quotient, and for an infinite number or division by zero.
    pub fn remainder(&self, other: &Number) -> Option<Number> {
        if let Some((a, b, precision)) = self.exact_with(other)
            && let Some(remainder) = a.checked_rem(b)
        {
            return Some(Number(Repr::Int(remainder, precision)));
        }
        if other.is_infinite() && !self.is_infinite() {
            return Some(self.clone());
        }
        let quotient = self.divide(other)?;
        if quotient.is_infinite() {
            return None;
        }
        let product = quotient.truncate().multiply(other)?.with_precision(self.precision());
        self.subtract(&product)
    }

    #[must_use]
    pub fn truncate(&self) -> Number {
        match &self.0 {
            Repr::Big(big) if big.exponent < 0 => make(big.negative, whole(big), 0, big.precision),
            _ => self.clone(),
        }
    }

    #[must_use]
    pub fn floor(&self) -> Number {
        match &self.0 {
            Repr::Big(big) if big.exponent < 0 && big.negative => {
                make(true, whole(big) + 1u8, 0, big.precision)
            }
            _ => self.truncate(),
        }
    }

    #[must_use]
    pub fn ceil(&self) -> Number {
        match &self.0 {
            Repr::Big(big) if big.exponent < 0 && !big.negative => {
                make(false, whole(big) + 1u8, 0, big.precision)
            }
            _ => self.truncate(),
        }
    }

    fn precision(&self) -> u32 {
        match &self.0 {
            Repr::Int(_, precision) => *precision,
            Repr::Big(big) => big.precision,
            Repr::Infinity { .. } => PRECISION,
        }
    }

    fn with_precision(&self, precision: u32) -> Number {
        if self.is_infinite() {
            return self.clone();
        }
        let big = self.to_big();
        make(big.negative, big.mantissa, big.exponent, precision)
    }

    /// Both as integers if what is computed with them needs no rounding as long as it is an
    /// integer too, and its precision.
    fn exact_with(&self, other: &Number) -> Option<(i64, i64, u32)> {
        match (&self.0, &other.0) {
            (Repr::Int(a, first), Repr::Int(b, second)) => {
                let precision = *first.max(second);
                (precision >= WORD).then_some((*a, *b, precision))
            }
            _ => None,
        }
    }

    fn to_big(&self) -> Big {
        match &self.0 {
            Repr::Big(big) => (**big).clone(),
            Repr::Int(value, precision) => {
                let zeros = if *value == 0 { 0 } else { value.trailing_zeros() };
                Big {
                    negative: *value < 0,
                    mantissa: BigUint::from(value.unsigned_abs() >> zeros),
                    exponent: i64::from(zeros),
                    precision: *precision,
                }
            }
            Repr::Infinity { negative } => Big {
                negative: *negative,
                mantissa: BigUint::one(),
                exponent: MAX_EXPONENT,
                precision: PRECISION,
            },
        }
    }
}

/// The whole part of a number with a fraction.
fn whole(big: &Big) -> BigUint {
    &big.mantissa >> big.exponent.unsigned_abs()
}

fn signed(negative: bool, magnitude: BigUint) -> BigInt {
    BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, magnitude)
}

fn bit_length(value: &BigUint) -> i64 {
    i64::try_from(value.bits()).unwrap_or(i64::MAX)
}

/// Two to a power for which there is a double that is not one of the smallest.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits((exponent + 1023).clamp(1, 2046).unsigned_abs() << 52)
}

/// A quotient with more bits than `precision`, and its exponent. Where the division leaves a
/// remainder the last bit is set, so that a later rounding to `precision` is exact.
fn divide_rounded_down(a: &BigUint, b: &BigUint, precision: u32) -> (BigUint, i64) {
    let shift = (i64::from(precision) + 2 + bit_length(b) - bit_length(a)).max(0);
    let (quotient, remainder) = (a << shift.unsigned_abs()).div_rem(b);
    let mut quotient = quotient << 1u8;
    if !remainder.is_zero() {
        quotient |= BigUint::one();
    }
    (quotient, -shift - 1)
}

/// Drops so many bits, rounding to the nearest number, to an even one from the middle.
fn round_off(mantissa: &BigUint, excess: u64) -> BigUint {
    if excess == 0 {
        return mantissa.clone();
    }
    let kept = mantissa >> excess;
    let at_least_half = mantissa.bit(excess - 1);
    let exactly_half = mantissa.trailing_zeros() == Some(excess - 1);
    if at_least_half && (!exactly_half || kept.is_odd()) { kept + 1u8 } else { kept }
}

/// The number of that precision nearest to `mantissa * 2^exponent`.
fn make(negative: bool, mantissa: BigUint, exponent: i64, precision: u32) -> Number {
    let excess = mantissa.bits().saturating_sub(u64::from(precision));
    let mut mantissa = if excess > 0 { round_off(&mantissa, excess) } else { mantissa };
    let zeros = match mantissa.trailing_zeros() {
        Some(zeros) => zeros,
        None => return Number(Repr::Int(0, precision)),
    };
    mantissa >>= zeros;
    let exponent = exponent.saturating_add(i64::try_from(excess + zeros).unwrap_or(i64::MAX));

    let magnitude = exponent.saturating_add(bit_length(&mantissa));
    if magnitude > MAX_EXPONENT {
        return Number(Repr::Infinity { negative });
    }
    if magnitude < -MAX_EXPONENT {
        return Number(Repr::Int(0, precision));
    }
    if exponent >= 0 && magnitude <= 64 {
        let value = (&mantissa << exponent.unsigned_abs()).to_i128().unwrap_or(i128::MAX);
        if let Ok(value) = i64::try_from(if negative { -value } else { value }) {
            return Number(Repr::Int(value, precision));
        }
    }
    Number(Repr::Big(Arc::new(Big { negative, mantissa, exponent, precision })))
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        // There is one form for each number.
        match (&self.0, &other.0) {
            (Repr::Int(a, _), Repr::Int(b, _)) => a == b,
            (Repr::Infinity { negative: a }, Repr::Infinity { negative: b }) => a == b,
            (Repr::Big(a), Repr::Big(b)) => {
                a.negative == b.negative && a.exponent == b.exponent && a.mantissa == b.mantissa
            }
            _ => false,
        }
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        if let (Repr::Int(a, _), Repr::Int(b, _)) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        match (self.is_negative(), other.is_negative()) {
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (true, true) => return other.negate().cmp(&self.negate()),
            (false, false) => (),
        }
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (false, false) => (),
        }
        let (a, b) = (self.to_big(), other.to_big());
        let magnitude = |big: &Big| match big.mantissa.is_zero() {
            true => i64::MIN,
            false => big.exponent + bit_length(&big.mantissa),
        };
        magnitude(&a).cmp(&magnitude(&b)).then_with(|| {
            let low = a.exponent.min(b.exponent);
            let aligned = |big: &Big| &big.mantissa << (big.exponent - low).unsigned_abs();
            aligned(&a).cmp(&aligned(&b))
        })
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // There is one form for each number, so equal numbers hash alike.
        match &self.0 {
            Repr::Int(value, _) => value.hash(state),
            Repr::Infinity { negative } => (*negative, 0u8).hash(state),
            Repr::Big(big) => (big.negative, big.exponent, &big.mantissa).hash(state),
        }
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {
        $(impl From<$integer> for Number {
            fn from(value: $integer) -> Number {
                match i64::try_from(value) {
                    Ok(value) => Number(Repr::Int(value, WORD)),
                    Err(_) => Number::from_bigint(&BigInt::from(value)),
                }
            }
        })*
    };
}

from_integers!(i32, i64, u8, u16, u32, u64, usize, i128, u128);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or(Number::ZERO)
    }

    fn show(result: Option<Number>) -> String {
        result.map_or("none".to_owned(), |number| number.to_string())
    }

    /// `a`, `operator` and `b` separated by spaces. A number with a `d` in front is a double, one
    /// with a `w` is a whole number made by the program.
    #[track_caller]
    fn check(expression: &str, expected: &str) {
        let operand = |text: &str| match (text.strip_prefix('d'), text.strip_prefix('w')) {
            (Some(double), _) => Number::from_f64(double.parse().unwrap_or(0.0)),
            (_, Some(word)) => word.parse::<i64>().ok().map(Number::from),
            _ => Number::parse(text),
        };
        let parts: Vec<&str> = expression.split(' ').collect();
        let result = match parts.as_slice() {
            [a, operator, b] => operand(a).zip(operand(b)).and_then(|(a, b)| match *operator {
                "+" => a.add(&b),
                "-" => a.subtract(&b),
                "*" => a.multiply(&b),
                "/" => a.divide(&b),
                _ => a.remainder(&b),
            }),
            _ => None,
        };
        assert_eq!(show(result), expected, "{expression}");
    }

    #[test]
    fn arithmetic() {
        check("0.1 + 0.2", "0.3");
        check("0.1 * 3", "0.3");
        check("10 / 4", "2.5");
        check("1 / 1024", "0.0009765625");
        check("9223372036854775807 + 1", "9223372036854775808");
        check("9223372036854775808 - 1", "9223372036854775807");
        check("-9223372036854775808 / -1", "9223372036854775808");
        check(
            "12345678901234567890 * 98765432109876543210",
            "1219326311370217952237463801111263526900",
        );
        check("5 % 3", "2");
        check("-5 % 3", "-2");
        check("5 % -3", "2");
        check("100000000000000000000 % 7", "2");
        check(&format!("5 % {}", "0.3"), &format!("0.1{}76", "9".repeat(152)));
        check("1 / 0", "+Inf");
        check("-1 / 0", "-Inf");
        check("0 / 0", "none");
        check("1 % 0", "none");
        check("Inf - Inf", "none");
        check("Inf * 0", "none");
        check("1 / Inf", "0");
        check("7 % Inf", "7");
    }

    #[test]
    fn a_result_has_the_greater_precision() {
        let thirds = "3".repeat(152);
        check("1 / 3", &format!("0.{thirds}{}", "335"));
        check("2 / 3", &format!("0.{}7", "6".repeat(153)));
        check("w1 / w3", "0.33333333333333333334");
        check("w1 / 3", &format!("0.{thirds}{}", "335"));
        check("d8 / d3.3219280948873626", "2.408239965311849");
        check("d3.3219280948873626 * d3.3219280948873626", "11.035206267601982509193905455762");
        check("d9007199254740992 + d1", "9007199254740992");
        check("d9007199254740992 + w1", "9007199254740993");
        check("1e100 / 3", &format!("{}.{}4", "3".repeat(100), "3".repeat(54)));
    }

    #[test]
    fn rounding() {
        let cases = [
            ("2.5", "2", "2", "3"),
            ("-2.5", "-2", "-3", "-2"),
            ("0.5", "0", "0", "1"),
            ("-0.5", "0", "-1", "0"),
            ("7", "7", "7", "7"),
            ("Inf", "+Inf", "+Inf", "+Inf"),
            (
                "123456789012345678901.5",
                "123456789012345678901",
                "123456789012345678901",
                "123456789012345678902",
            ),
        ];
        for (text, truncated, floor, ceil) in cases {
            let number = number(text);
            let results = [number.truncate(), number.floor(), number.ceil()];
            assert_eq!(
                results.map(|number| number.to_string()),
                [truncated, floor, ceil],
                "{text}"
            );
        }
    }

    #[test]
    fn doubles_at_the_edges() {
        let smallest = f64::from_bits(1);
        for value in [smallest, f64::MIN_POSITIVE, f64::MAX, 5e-324, 1e308, 0.1, 1e22] {
            let number = Number::from_f64(value).unwrap_or(Number::ZERO);
            assert_eq!(number.to_f64(), value);
        }
        assert_eq!(number("1e309").to_f64(), f64::INFINITY);
        assert_eq!(number("1e-400").to_f64(), 0.0);
        assert_eq!(number("2e-324").to_f64(), 0.0);
        assert_eq!(number("3e-324").to_f64(), smallest);
        assert_eq!(Number::from(9007199254740993i64).to_f64(), 9007199254740992.0);
        assert_eq!(number("9007199254740993.0000000001").to_f64(), 9007199254740994.0);
    }

    #[test]
    fn one_form_for_each_number() {
        let hash = |number: &Number| {
            let mut hasher = std::hash::DefaultHasher::new();
            number.hash(&mut hasher);
            hasher.finish()
        };
        for text in ["9223372036854775807", "-9223372036854775808", "4611686018427387904", "0"] {
            let (parsed, made) = (number(text), Number::from(text.parse::<i64>().unwrap_or(1)));
            assert_eq!(parsed, made);
            assert_eq!(hash(&parsed), hash(&made));
            assert_eq!(parsed.to_i64(), made.to_i64());
        }
    }

    fn from_i128(value: i128) -> Number {
        number(&value.to_string())
    }

    proptest! {
        #[test]
        fn agrees_with_integers(a in any::<i64>(), b in any::<i64>()) {
            let (x, y) = (Number::from(a), number(&b.to_string()));
            let (wide_a, wide_b) = (i128::from(a), i128::from(b));
            prop_assert_eq!(x.add(&y), Some(from_i128(wide_a + wide_b)));
            prop_assert_eq!(x.subtract(&y), Some(from_i128(wide_a - wide_b)));
            prop_assert_eq!(x.multiply(&y), Some(from_i128(wide_a * wide_b)));
            if b != 0 {
                prop_assert_eq!(x.remainder(&y), Some(from_i128(wide_a % wide_b)));
                let quotient = x.divide(&y).map(|quotient| quotient.truncate());
                prop_assert_eq!(quotient, Some(from_i128(wide_a / wide_b)));
            }
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
            prop_assert_eq!(x.to_string(), a.to_string());
        }

        #[test]
        fn agrees_with_doubles(a in any::<f64>(), b in any::<f64>()) {
            if let (Some(x), Some(y)) = (Number::from_f64(a), Number::from_f64(b)) {
                prop_assert_eq!(x.to_f64(), a);
                prop_assert_eq!(Some(x.cmp(&y)), a.partial_cmp(&b));
                let (sum, quotient) = (a + b, a / b);
                if sum.is_finite() {
                    prop_assert_eq!(x.add(&y).map(|sum| sum.to_f64()), Some(sum));
                }
                if quotient.is_normal() {
                    prop_assert_eq!(x.divide(&y).map(|it| it.to_f64()), Some(quotient));
                }
            }
        }
    }
}
