//! Base64 in its standard alphabet, read as leniently as Go reads it: line breaks are skipped and
//! left-over bits may be anything, but padding must be there.

use base64::Engine as _;

pub(in super::super) fn encode(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The error is the offset of the symbol that is wrong.
pub(in super::super) fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let bytes = text.as_bytes();
    let mut result = Vec::with_capacity(bytes.len() / 4 * 3);
    let mut at = 0;
    let skip_breaks = |at: &mut usize| {
        while let Some(b'\r' | b'\n') = bytes.get(*at) {
            *at += 1;
        }
    };
    loop {
        let mut group = [0u8; 4];
        let mut count = 0;
        let start = at;
        while count < 4 {
            skip_breaks(&mut at);
            let Some(&byte) = bytes.get(at) else {
                return match count {
                    0 => Ok(result),
                    _ => Err(at.saturating_sub(count).max(start)),
                };
            };
            at += 1;
            if let Some(sextet) = sextet(byte) {
                group[count] = sextet;
                count += 1;
                continue;
            }
            if byte != b'=' || count < 2 {
                return Err(at - 1);
            }
            if count == 2 {
                skip_breaks(&mut at);
                match bytes.get(at) {
                    None => return Err(bytes.len()),
                    Some(b'=') => at += 1,
                    Some(_) => return Err(at - 1),
                }
            }
            skip_breaks(&mut at);
            if at < bytes.len() {
                return Err(at);
            }
            result.push(group[0] << 2 | group[1] >> 4);
            if count == 3 {
                result.push(group[1] << 4 | group[2] >> 2);
            }
            return Ok(result);
        }
        result.push(group[0] << 2 | group[1] >> 4);
        result.push(group[1] << 4 | group[2] >> 2);
        result.push(group[2] << 6 | group[3]);
    }
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
