//! Numbers as the language has them: binary floating point with up to 512 bits of precision.
//!
//! Neither doubles nor decimals would do: `0.1 + 0.2` prints `0.3`, twenty-digit integers survive,
//! and `1 / 3` prints as many digits as tell it apart at 512 bits. A number remembers the
//! precision it was made with, because what a function computed in double precision prints
//! with the digits of a double.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer as _;
use num_traits::{One as _, ToPrimitive as _, Zero as _};

/// The precision of literals and of numbers read from text, in bits.
const PRECISION: u64 = 512;
/// The precision of a double.
const DOUBLE: u64 = 53;
/// Numbers beyond two to this power count as infinite and those below its inverse as zero, so
/// that no input can make us write out millions of digits.
const MAX_EXPONENT: i64 = 1 << 18;

#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    Int(i64),
    Big(Arc<Big>),
    Infinity { negative: bool },
}

/// `mantissa * 2^exponent`, with an odd mantissa (zero is always `Int`).
#[derive(Clone, Debug)]
struct Big {
    negative: bool,
    mantissa: BigUint,
    exponent: i64,
    precision: u64,
}

impl Number {
    pub const ZERO: Number = Number(Repr::Int(0));
    pub const ONE: Number = Number(Repr::Int(1));
    pub const INFINITY: Number = Number(Repr::Infinity { negative: false });
    pub const NEGATIVE_INFINITY: Number = Number(Repr::Infinity { negative: true });

    /// Reads decimal text: an optional sign, digits with an optional point, an optional exponent.
    pub fn parse(text: &str) -> Option<Number> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        if unsigned.len() < 18 && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
            let value: i64 = unsigned.parse().ok()?;
            return Some(Number(Repr::Int(if negative { -value } else { value })));
        }
        let (digits, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], parse_exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let mantissa = BigUint::parse_bytes(format!("{whole}{fraction}").as_bytes(), 10)?;
        let exponent = exponent.saturating_sub(i64::try_from(fraction.len()).ok()?);
        Some(from_decimal(negative, mantissa, exponent))
    }

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

    pub fn from_bigint(value: &BigInt) -> Number {
        make(value.sign() == Sign::Minus, value.magnitude().clone(), 0, PRECISION)
    }

    /// Rounded to the nearest double; infinite where it is out of range.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Int(value) => *value as f64,
            Repr::Infinity { negative: true } => f64::NEG_INFINITY,
            Repr::Infinity { negative: false } => f64::INFINITY,
            // The decimal text tells any two doubles apart, and reading it rounds correctly.
            Repr::Big(big) => {
                let magnitude = big.exponent + bit_length(&big.mantissa);
                let sign = if big.negative { -1.0 } else { 1.0 };
                match magnitude {
                    ..-1100 => sign * 0.0,
                    1030.. => sign * f64::INFINITY,
                    _ => self.to_string().parse().unwrap_or(f64::NAN),
                }
            }
        }
    }

    /// The value if it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub fn to_usize(&self) -> Option<usize> {
        usize::try_from(self.to_i64()?).ok()
    }

    /// The value if it is a whole number.
    pub fn to_bigint(&self) -> Option<BigInt> {
        match &self.0 {
            Repr::Int(value) => Some(BigInt::from(*value)),
            Repr::Infinity { .. } => None,
            Repr::Big(big) if big.exponent < 0 => None,
            Repr::Big(big) => {
                let magnitude = &big.mantissa << big.exponent.unsigned_abs();
                Some(BigInt::from_biguint(sign_of(big.negative), magnitude))
            }
        }
    }

    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Int(_) => true,
            Repr::Big(big) => big.exponent >= 0,
            Repr::Infinity { .. } => false,
        }
    }

    pub fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinity { .. })
    }

    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Int(value) => *value < 0,
            Repr::Big(big) => big.negative,
            Repr::Infinity { negative } => *negative,
        }
    }

    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Int(0))
    }

    #[must_use]
    pub fn negate(&self) -> Number {
        match &self.0 {
            Repr::Int(value) => match value.checked_neg() {
                Some(value) => Number(Repr::Int(value)),
                None => Number::from_bigint(&-BigInt::from(*value)),
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
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0)
            && let Some(sum) = a.checked_add(*b)
        {
            return Some(Number(Repr::Int(sum)));
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
        Some(make(sum.sign() == Sign::Minus, sum.magnitude().clone(), low.exponent, precision))
    }

    /// None for the difference of equal infinities.
    pub fn subtract(&self, other: &Number) -> Option<Number> {
        self.add(&other.negate())
    }

    /// None for zero times infinity.
    pub fn multiply(&self, other: &Number) -> Option<Number> {
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0)
            && let Some(product) = a.checked_mul(*b)
        {
            return Some(Number(Repr::Int(product)));
        }
        let negative = self.is_negative() != other.is_negative();
        if self.is_infinite() || other.is_infinite() {
            let undefined = self.is_zero() || other.is_zero();
            return (!undefined).then_some(Number(Repr::Infinity { negative }));
        }
        let (a, b) = (self.to_big(), other.to_big());
        let precision = a.precision.max(b.precision);
        Some(make(negative, a.mantissa * b.mantissa, a.exponent + b.exponent, precision))
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
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0)
            && let Some(0) = a.checked_rem(*b)
        {
            return Some(Number(Repr::Int(a / b)));
        }
        let (a, b) = (self.to_big(), other.to_big());
        let precision = a.precision.max(b.precision);
        let (quotient, exponent) = divide_rounded_down(&a.mantissa, &b.mantissa, precision);
        Some(make(negative, quotient, exponent + a.exponent - b.exponent, precision))
    }

    /// What remains after dividing and cutting the quotient to a whole number.
    pub fn remainder(&self, other: &Number) -> Option<Number> {
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0)
            && let Some(remainder) = a.checked_rem(*b)
        {
            return Some(Number(Repr::Int(remainder)));
        }
        if other.is_infinite() && !self.is_infinite() {
            return Some(self.clone());
        }
        let whole = self.divide(other)?.truncate();
        self.subtract(&whole.multiply(other)?)
    }

    #[must_use]
    pub fn truncate(&self) -> Number {
        match &self.0 {
            Repr::Big(big) if big.exponent < 0 => {
                let whole = &big.mantissa >> big.exponent.unsigned_abs();
                make(big.negative, whole, 0, big.precision)
            }
            _ => self.clone(),
        }
    }

    #[must_use]
    pub fn floor(&self) -> Number {
        let whole = self.truncate();
        match self.is_negative() && whole != *self {
            true => whole.subtract(&Number::ONE).unwrap_or(whole),
            false => whole,
        }
    }

    #[must_use]
    pub fn ceil(&self) -> Number {
        self.negate().floor().negate()
    }

    fn to_big(&self) -> Big {
        match &self.0 {
            Repr::Big(big) => (**big).clone(),
            Repr::Int(value) => Big {
                negative: *value < 0,
                mantissa: BigUint::from(value.unsigned_abs()),
                exponent: 0,
                precision: PRECISION,
            },
            Repr::Infinity { negative } => Big {
                negative: *negative,
                mantissa: BigUint::one(),
                exponent: MAX_EXPONENT,
                precision: PRECISION,
            },
        }
    }
}

fn sign_of(negative: bool) -> Sign {
    if negative { Sign::Minus } else { Sign::Plus }
}

fn signed(negative: bool, magnitude: BigUint) -> BigInt {
    BigInt::from_biguint(sign_of(negative), magnitude)
}

fn bit_length(value: &BigUint) -> i64 {
    i64::try_from(value.bits()).unwrap_or(i64::MAX)
}

/// Reads an exponent; one too large to matter is cut to a value that is still out of range.
fn parse_exponent(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(sign * digits.parse::<i64>().unwrap_or(i64::MAX).min(4 * MAX_EXPONENT))
}

fn from_decimal(negative: bool, mantissa: BigUint, exponent: i64) -> Number {
    if mantissa.is_zero() {
        return Number::ZERO;
    }
    // Decimal digits are a little more than three bits each, so this is far out of range.
    let magnitude = exponent.saturating_mul(3).saturating_add(bit_length(&mantissa));
    if magnitude > 2 * MAX_EXPONENT {
        return Number(Repr::Infinity { negative });
    }
    if exponent < -2 * MAX_EXPONENT {
        return Number::ZERO;
    }
    let scale =
        BigUint::from(10u32).pow(u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX));
    if exponent >= 0 {
        return make(negative, mantissa * scale, 0, PRECISION);
    }
    let (quotient, exponent) = divide_rounded_down(&mantissa, &scale, PRECISION);
    make(negative, quotient, exponent, PRECISION)
}

/// A quotient with more bits than `precision`, and its exponent. Where the division leaves a
/// remainder the last bit is set, so that a later rounding to `precision` is exact.
fn divide_rounded_down(a: &BigUint, b: &BigUint, precision: u64) -> (BigUint, i64) {
    let wanted = i64::try_from(precision + 2).unwrap_or(i64::MAX);
    let shift = (wanted + bit_length(b) - bit_length(a)).max(0);
    let (quotient, remainder) = (a << shift.unsigned_abs()).div_rem(b);
    let mut quotient = quotient << 1u8;
    if !remainder.is_zero() {
        quotient |= BigUint::one();
    }
    (quotient, -shift - 1)
}

/// Rounds to the nearest number of that precision, to an even mantissa from the middle.
fn make(negative: bool, mantissa: BigUint, exponent: i64, precision: u64) -> Number {
    let (mut mantissa, mut exponent) = (mantissa, exponent);
    if let Some(excess) = mantissa.bits().checked_sub(precision)
        && excess > 0
    {
        let half = BigUint::one() << (excess - 1);
        let kept = &mantissa >> excess;
        let lost = &mantissa - (&kept << excess);
        let up = match lost.cmp(&half) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => kept.is_odd(),
        };
        mantissa = if up { kept + 1u8 } else { kept };
        exponent = exponent.saturating_add(i64::try_from(excess).unwrap_or(i64::MAX));
    }
    let Some(zeros) = mantissa.trailing_zeros() else { return Number::ZERO };
    mantissa >>= zeros;
    exponent = exponent.saturating_add(i64::try_from(zeros).unwrap_or(i64::MAX));

    let magnitude = exponent.saturating_add(bit_length(&mantissa));
    if magnitude > MAX_EXPONENT {
        return Number(Repr::Infinity { negative });
    }
    if magnitude < -MAX_EXPONENT {
        return Number::ZERO;
    }
    if exponent >= 0 && magnitude <= 62 {
        let value = (mantissa << exponent.unsigned_abs()).to_i64().unwrap_or(i64::MAX);
        return Number(Repr::Int(if negative { -value } else { value }));
    }
    Number(Repr::Big(Arc::new(Big { negative, mantissa, exponent, precision })))
}

/// Prints the shortest decimal that reads back as the same number at its precision, never with
/// an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(value) => write!(f, "{value}"),
            Repr::Infinity { negative: false } => f.write_str("+Inf"),
            Repr::Infinity { negative: true } => f.write_str("-Inf"),
            Repr::Big(big) => {
                let sign = if big.negative { "-" } else { "" };
                write!(f, "{sign}{}", shortest_decimal(big))
            }
        }
    }
}

fn shortest_decimal(big: &Big) -> String {
    let precision = i64::try_from(big.precision).unwrap_or(i64::MAX);
    // The weight of the last bit at full precision.
    let last_bit = big.exponent + bit_length(&big.mantissa) - precision;
    if big.exponent >= 0 && last_bit <= 0 {
        return (&big.mantissa << big.exponent.unsigned_abs()).to_string();
    }
    // Everything is counted in quarters of the last bit, so that both neighbours' middles are
    // whole: the lower one is nearer when the number is a power of two.
    let unit = last_bit - 2;
    let value = &big.mantissa << (big.exponent - unit).unsigned_abs();
    let below: BigUint = if big.mantissa.is_one() { BigUint::one() } else { BigUint::from(2u8) };
    let (low, high) = (&value - below, &value + BigUint::from(2u8));
    let even = big.exponent > last_bit;

    // Bring all three to a whole number of 10^-places.
    let (places, [low, value, high]) = if unit >= 0 {
        let shift = unit.unsigned_abs();
        (0, [low << shift, value << shift, high << shift])
    } else {
        let places = unit.unsigned_abs();
        let scale = BigUint::from(5u8).pow(u32::try_from(places).unwrap_or(u32::MAX));
        (
            usize::try_from(places).unwrap_or(usize::MAX),
            [low * &scale, value * &scale, high * &scale],
        )
    };
    let digits = shortest_between(&low, &value, &high, even);
    place_point(&digits, value.to_string().len().max(digits.len()), places, &value)
}

/// The first digits of `value`, as few as stay between `low` and `high` (which belong to the
/// interval when `inclusive`), followed by nothing.
fn shortest_between(low: &BigUint, value: &BigUint, high: &BigUint, inclusive: bool) -> String {
    let digits = value.to_string();
    let total = digits.len();
    for count in 1..=total {
        let scale = BigUint::from(10u8).pow(u32::try_from(total - count).unwrap_or(0));
        let down = value / &scale;
        let lower = &down * &scale;
        let upper = &lower + &scale;
        let down_fits = lower > *low || (inclusive && lower == *low);
        let up_fits = upper < *high || (inclusive && upper == *high);
        let nearer_up = (value - &lower) * 2u8 >= scale && lower != *value;
        let chosen = match (down_fits, up_fits) {
            (true, true) if nearer_up => &upper / &scale,
            (true, _) => down,
            (false, true) => &upper / &scale,
            (false, false) => continue,
        };
        let mut text = chosen.to_string();
        // Rounding up 99 gives 100, one digit more in front: keep the weight of the last digit.
        text.push_str(&"0".repeat(total - count));
        return text;
    }
    digits
}

/// Puts the decimal point `places` from the right of the digits and drops zeros behind it.
fn place_point(digits: &str, _length: usize, places: usize, _value: &BigUint) -> String {
    if places == 0 {
        return digits.to_owned();
    }
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other) == Ordering::Equal
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
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0) {
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
        // `make` keeps one form for each number, so equal numbers hash alike.
        match &self.0 {
            Repr::Int(value) => value.hash(state),
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
                    Ok(value) => Number(Repr::Int(value)),
                    Err(_) => Number::from_bigint(&BigInt::from(value)),
                }
            }
        })*
    };
}

from_integers!(i32, i64, u8, u16, u32, u64, usize);
