//! Functions that calculate with IP address prefixes.

use num_bigint::BigInt;
use num_traits::{One as _, Signed as _, ToPrimitive as _};
use provision_schema::{Refinement, Type, Value};

use super::parameter_types::{number, string};
use super::text::{integer_argument, string_argument};
use super::{Function, FunctionContext, FunctionError, Parameter};

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "cidrcontains",
        description: "Tells whether an address or prefix lies within a prefix.",
        parameters: &[
            Parameter::new("containing_prefix", string),
            Parameter::new("contained_ip_or_prefix", string),
        ],
        variadic: None,
        result_type: |_| Ok(Type::Bool),
        implementation: cidrcontains,
        refinement: Refinement::default,
    },
    Function {
        name: "cidrhost",
        description: "The address of a host within a prefix.",
        parameters: &[Parameter::new("prefix", string), Parameter::new("hostnum", number)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: cidrhost,
        refinement: Refinement::not_null,
    },
    Function {
        name: "cidrnetmask",
        description: "The netmask of an IPv4 prefix.",
        parameters: &[Parameter::new("prefix", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: cidrnetmask,
        refinement: Refinement::not_null,
    },
    Function {
        name: "cidrsubnet",
        description: "A subnet of a prefix, by its number.",
        parameters: &[
            Parameter::new("prefix", string),
            Parameter::new("newbits", number),
            Parameter::new("netnum", number),
        ],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: cidrsubnet,
        refinement: Refinement::not_null,
    },
    Function {
        name: "cidrsubnets",
        description: "Subnets of a prefix that follow one another.",
        parameters: &[Parameter::new("prefix", string)],
        variadic: Some(Parameter::new("newbits", number)),
        result_type: |_| Ok(Type::list(Type::String)),
        implementation: cidrsubnets,
        refinement: Refinement::not_null,
    },
];

/// An address of 32 or 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Address {
    value: u128,
    bits: u32,
}

#[derive(Clone, Copy, Debug)]
struct Prefix {
    /// With nothing set outside the prefix.
    address: Address,
    length: u32,
}

impl Address {
    /// Four decimal parts, where leading zeros mean nothing, or an IPv6 address.
    fn parse(text: &str) -> Option<Address> {
        if let Some(value) = parse_v4(text) {
            return Some(Address { value: value.into(), bits: 32 });
        }
        // The last two groups may be written like an IPv4 address, leading zeros and all.
        let (head, tail) = text.rsplit_once(':')?;
        let text = match parse_v4(tail) {
            Some(value) => format!("{head}:{:x}:{:x}", value >> 16, value & 0xffff),
            None => text.to_owned(),
        };
        if text.contains('.') {
            return None;
        }
        let address: std::net::Ipv6Addr = text.parse().ok()?;
        let value = u128::from(address);
        match value >> 32 == 0xffff {
            true => Some(Address { value: value & 0xffff_ffff, bits: 32 }),
            false => Some(Address { value, bits: 128 }),
        }
    }

    fn masked(self, length: u32) -> Address {
        Address { value: self.value & !self.host_mask(length), ..self }
    }

    /// All bits behind a prefix of that length.
    fn host_mask(self, length: u32) -> u128 {
        let all = u128::MAX >> (128 - self.bits);
        all.checked_shr(length).unwrap_or(0)
    }
}

fn parse_v4(text: &str) -> Option<u32> {
    let mut value = 0u32;
    let mut count = 0;
    for part in text.split('.') {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let part = part.trim_start_matches('0');
        let part: u8 = if part.is_empty() { 0 } else { part.parse().ok()? };
        value = value.checked_mul(256)?.checked_add(part.into())?;
        count += 1;
        if count > 4 {
            return None;
        }
    }
    (count == 4).then_some(value)
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match u32::try_from(self.value) {
            Ok(value) if self.bits == 32 => std::net::Ipv4Addr::from(value).fmt(f),
            _ => std::net::Ipv6Addr::from(self.value).fmt(f),
        }
    }
}

impl Prefix {
    fn parse(text: &str) -> Result<Prefix, String> {
        Prefix::try_parse(text).ok_or_else(|| format!("invalid CIDR address: {text}"))
    }

    fn try_parse(text: &str) -> Option<Prefix> {
        let (address, length) = text.split_once('/')?;
        if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut length: u32 = length.parse().ok()?;
        let is_v6 = address.contains(':');
        let address = Address::parse(address)?;
        if is_v6 && address.bits == 32 {
            // An IPv4 address in IPv6 clothes: the prefix counts from the front of those.
            length = length.checked_sub(96)?;
        }
        (length <= address.bits).then(|| Prefix { address: address.masked(length), length })
    }

    fn last(self) -> Address {
        let value = self.address.value | self.address.host_mask(self.length);
        Address { value, ..self.address }
    }

    fn contains(self, address: Address) -> bool {
        address.bits == self.address.bits && address.masked(self.length) == self.address
    }
}

impl std::fmt::Display for Prefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

fn prefix_argument(arguments: &[Value]) -> Result<Prefix, FunctionError> {
    Prefix::parse(string_argument(arguments, 0))
        .map_err(|error| FunctionError::new(format!("invalid CIDR expression: {error}")))
}

fn whole_argument(arguments: &[Value], index: usize) -> Result<BigInt, FunctionError> {
    let number = arguments.get(index).and_then(Value::as_number);
    number
        .and_then(|number| number.to_bigint())
        .ok_or_else(|| FunctionError::new("value must be a whole number"))
}

fn cidrcontains(
    arguments: &[Value],
    _: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let (prefix, other) = (string_argument(arguments, 0), string_argument(arguments, 1));
    let containing = Prefix::parse(prefix).map_err(FunctionError::new)?;
    let (first, last) = match (Address::parse(other), Prefix::try_parse(other)) {
        (Some(address), _) => (address, address),
        (None, Some(contained)) => (contained.address, contained.last()),
        (None, None) => {
            return Err(FunctionError::new(format!("invalid IP address or prefix: {other}")));
        }
    };
    if first.bits != containing.address.bits {
        let message = format!("address family mismatch: {prefix} vs. {other}");
        return Err(FunctionError::new(message));
    }
    Ok((containing.contains(first) && containing.contains(last)).into())
}

fn cidrhost(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let number = whole_argument(arguments, 1)?;
    let prefix = prefix_argument(arguments)?;
    let highest = BigInt::from(prefix.address.host_mask(prefix.length));
    // Negative numbers count from the end.
    let host = if number.is_negative() { &highest + BigInt::one() + &number } else { number };
    match host.to_u128() {
        Some(value) if host <= highest => {
            let value = prefix.address.value | value;
            Ok(Address { value, ..prefix.address }.to_string().into())
        }
        _ => Err(FunctionError::new(format!(
            "prefix of {} does not accommodate a host numbered {host}",
            prefix.length
        ))),
    }
}

fn cidrnetmask(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let prefix = prefix_argument(arguments)?;
    if prefix.address.bits != 32 {
        let text = string_argument(arguments, 0);
        let message = format!("IPv6 addresses cannot have a netmask: {text}");
        return Err(FunctionError::new(message));
    }
    let value = !prefix.address.host_mask(prefix.length) & 0xffff_ffff;
    Ok(Address { value, bits: 32 }.to_string().into())
}

fn cidrsubnet(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let new_bits = integer_argument(arguments, 1).map_err(FunctionError::new)?;
    let number = whole_argument(arguments, 2)?;
    let prefix = prefix_argument(arguments)?;
    let bits = prefix.address.bits;
    let length = i64::from(prefix.length).saturating_add(new_bits);
    let length = match u32::try_from(length) {
        Ok(length) if length <= bits => length,
        _ => {
            return Err(FunctionError::new(format!(
                "insufficient address space to extend prefix of {} by {new_bits}",
                prefix.length
            )));
        }
    };
    let highest = (BigInt::one() << u32::try_from(new_bits).unwrap_or(0)) - BigInt::one();
    let value = match number.to_u128() {
        Some(value) if number <= highest => value,
        _ => {
            return Err(FunctionError::new(format!(
                "prefix extension of {new_bits} does not accommodate a subnet numbered {number}"
            )));
        }
    };
    // A prefix of no bits at all has only the subnet zero.
    let value = prefix.address.value | value.checked_shl(bits - length).unwrap_or(0);
    let address = Address { value, bits }.masked(length);
    Ok(Prefix { address, length }.to_string().into())
}

fn cidrsubnets(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let prefix = Prefix::parse(string_argument(arguments, 0))
        .map_err(|error| FunctionError::argument(0, format!("invalid CIDR expression: {error}")))?;
    let bits = prefix.address.bits;
    let mut subnets = Vec::with_capacity(arguments.len().saturating_sub(1));
    // The first free address, and the subnet before it; none when the address space has ended.
    let mut free = Some(prefix.address.value);
    let mut previous: Option<Prefix> = None;
    for index in 1..arguments.len() {
        let fail = |message: String| Err(FunctionError::argument(index, message));
        let new_bits = match integer_argument(arguments, index) {
            Ok(new_bits) => new_bits,
            Err(message) => return fail(message),
        };
        let new_bits = match u32::try_from(new_bits) {
            Ok(0) | Err(_) if new_bits < 1 => {
                return fail("must extend prefix by at least one bit".to_owned());
            }
            Ok(new_bits) if new_bits <= 32 => new_bits,
            _ => return fail("may not extend prefix by more than 32 bits".to_owned()),
        };
        let length = prefix.length + new_bits;
        if length > bits {
            let protocol = if bits == 32 { "IPv4" } else { "IPv6" };
            return fail(format!(
                "would extend prefix to {length} bits, which is too long for an {protocol} address"
            ));
        }
        // Subnets start at multiples of their size.
        let mask = prefix.address.host_mask(length);
        let start = free.and_then(|free| free.checked_add(mask)).map(|free| free & !mask);
        let subnet = start
            .map(|value| Prefix { address: Address { value, bits }, length })
            .filter(|subnet| prefix.contains(subnet.address));
        let Some(subnet) = subnet else {
            let after = previous.unwrap_or(prefix);
            return fail(format!(
                "not enough remaining address space for a subnet with a prefix of {length} bits \
                 after {after}"
            ));
        };
        free = subnet.last().value.checked_add(1);
        previous = Some(subnet);
        subnets.push(Value::from(subnet.to_string()));
    }
    Ok(Value::list(Type::String, subnets))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, number, sensitive};
    use super::*;

    #[test]
    fn contains() {
        let contains = |a: &str, b: &str, expected: &str| {
            check("cidrcontains", &[a.into(), b.into()], expected);
        };
        contains("192.168.2.0/20", "192.168.2.1", "true");
        contains("192.168.2.0/20", "192.126.2.1", "false");
        contains("192.168.2.0/20", "192.168.2.0/22", "true");
        contains("192.168.2.0/20", "192.168.0.0/16", "false");
        contains("fe80::/48", "fe80::1", "true");
        contains("fe80::/48", "192.168.2.1", "address family mismatch: fe80::/48 vs. 192.168.2.1");
        contains("192.168.2.1", "192.168.2.1", "invalid CIDR address: 192.168.2.1");
        contains("192.168.2.0/20", "x", "invalid IP address or prefix: x");
    }

    #[test]
    fn host() {
        let host = |prefix: &str, n: &str, expected: &str| {
            check("cidrhost", &[prefix.into(), number(n)], expected);
        };
        host("10.0.0.0/8", "-1", r#""10.255.255.255""#);
        host("10.0.0.0/30", "-4", r#""10.0.0.0""#);
        host("010.001.0.0/30", "1", r#""10.1.0.1""#);
        host("fd00:fd12:3456:7890:00a2::/72", "34", r#""fd00:fd12:3456:7890::22""#);
        host("fd00::/64", "18446744073709551615", r#""fd00::ffff:ffff:ffff:ffff""#);
        host("10.0.0.0/30", "4", "prefix of 30 does not accommodate a host numbered 4");
        host("10.0.0.0/30", "-5", "prefix of 30 does not accommodate a host numbered -1");
        host("10.0.0.0/8", "1.5", "value must be a whole number");
        host("10.0.0.0", "1", "invalid CIDR expression: invalid CIDR address: 10.0.0.0");
        host("10.0.0.0/33", "1", "invalid CIDR expression: invalid CIDR address: 10.0.0.0/33");
        host("10.0.0.256/8", "1", "invalid CIDR expression: invalid CIDR address: 10.0.0.256/8");
        check("cidrhost", &[sensitive("10.0.0.0/8"), number("1")], r#"marked("10.0.0.1")"#);
    }

    #[test]
    fn netmask() {
        check("cidrnetmask", &["10.0.0.0/12".into()], r#""255.240.0.0""#);
        check("cidrnetmask", &["0.0.0.0/0".into()], r#""0.0.0.0""#);
        check(
            "cidrnetmask",
            &["fd00::/8".into()],
            "IPv6 addresses cannot have a netmask: fd00::/8",
        );
        check("cidrnetmask", &[Value::unknown(Type::String)], "unknown(string, not null)");
    }

    #[test]
    fn subnet() {
        let subnet = |prefix: &str, bits: &str, n: &str, expected: &str| {
            check("cidrsubnet", &[prefix.into(), number(bits), number(n)], expected);
        };
        subnet("10.1.2.3/8", "8", "3", r#""10.3.0.0/16""#);
        subnet("10.0.0.0/8", "0", "0", r#""10.0.0.0/8""#);
        subnet("10.0.0.0/8", "-1", "0", r#""10.0.0.0/7""#);
        subnet("fd00::/8", "64", "5", r#""fd00::500:0:0:0/72""#);
        subnet("fd00::/8", "120", "18446744073709551616", r#""fd00:0:0:1::/128""#);
        subnet("fd00::/8", "70", "3", r#""fd00::c:0:0:0/78""#);
        subnet(
            "10.0.0.0/8",
            "8",
            "256",
            "prefix extension of 8 does not accommodate a subnet numbered 256",
        );
        subnet("10.0.0.0/8", "25", "0", "insufficient address space to extend prefix of 8 by 25");
        subnet("10.0.0.0/8", "-9", "0", "insufficient address space to extend prefix of 8 by -9");
        subnet(
            "10.0.0.0/8",
            "99999999999999999999",
            "1",
            "value must be a whole number, between -9223372036854775808 and 9223372036854775807",
        );
    }

    #[test]
    fn subnets() {
        let subnets = |prefix: &str, bits: &[&str], expected: &str| {
            let bits = bits.iter().map(|bits| number(bits));
            let arguments: Vec<Value> = std::iter::once(prefix.into()).chain(bits).collect();
            check("cidrsubnets", &arguments, expected);
        };
        subnets(
            "10.1.0.0/16",
            &["4", "4", "8", "4"],
            r#"["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]"#,
        );
        subnets(
            "fd00::/56",
            &["16", "16", "16", "32"],
            r#"["fd00::/72", "fd00::100:0:0:0/72", "fd00::200:0:0:0/72", "fd00::300:0:0:0/88"]"#,
        );
        subnets("10.1.0.0/16", &[], "[]");
        subnets(
            "10.1.0.0/16",
            &["1", "1", "1"],
            "argument 3: not enough remaining address space for a subnet with a prefix of 17 bits \
             after 10.1.128.0/17",
        );
        subnets(
            "0.0.0.0/0",
            &["1", "1", "1"],
            "argument 3: not enough remaining address space for a subnet with a prefix of 1 bits \
             after 128.0.0.0/1",
        );
        subnets("10.1.0.0/16", &["0"], "argument 1: must extend prefix by at least one bit");
        subnets("10.1.0.0/16", &["33"], "argument 1: may not extend prefix by more than 32 bits");
        subnets(
            "10.1.0.0/16",
            &["17"],
            "argument 1: would extend prefix to 33 bits, which is too long for an IPv4 address",
        );
        subnets(
            "10.1.0.0",
            &["1"],
            "argument 0: invalid CIDR expression: invalid CIDR address: 10.1.0.0",
        );
    }
}
