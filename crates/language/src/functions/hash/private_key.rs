//! Reading RSA private keys in PEM.

use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;

use super::super::encoding::base64;
use super::super::text::quoted;

pub(super) fn parse(text: &str) -> Result<RsaPrivateKey, String> {
    let no_key = || "invalid private key: ssh: no key found".to_owned();
    let (kind, body) = block(text).ok_or_else(no_key)?;
    let (headers, body) = match body.split_once("\n\n") {
        Some((headers, body)) if headers.contains(':') => (headers, body),
        _ => ("", body),
    };
    if headers.contains("ENCRYPTED") || kind == "ENCRYPTED PRIVATE KEY" {
        return Err("invalid private key: ssh: this private key is passphrase protected".to_owned());
    }
    let bytes: String = body.split_whitespace().collect();
    let bytes = base64::decode(&bytes).map_err(|_| no_key())?;
    let invalid = |why: &str| format!("invalid ASN1 data in the given private key: {why}");
    match kind {
        "RSA PRIVATE KEY" => match RsaPrivateKey::from_pkcs1_der(&bytes) {
            Ok(key) => Ok(key),
            Err(_) => Err(invalid(truncation(&bytes))),
        },
        "PRIVATE KEY" => match RsaPrivateKey::from_pkcs8_der(&bytes) {
            Ok(key) => Ok(key),
            Err(_) => Err(invalid(truncation(&bytes))),
        },
        "DSA PRIVATE KEY" | "EC PRIVATE KEY" | "OPENSSH PRIVATE KEY" => {
            Err("invalid private key type: only RSA keys in PKCS #1 or #8 can decrypt".to_owned())
        }
        _ => Err(format!("invalid private key: ssh: unsupported key type {}", quoted(kind))),
    }
}

/// The label and the content of the first PEM block.
fn block(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (kind, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    Some((kind, body))
}

/// What is wrong with the outermost element, which is where cut keys show.
fn truncation(bytes: &[u8]) -> &'static str {
    match bytes {
        [] | [_] => "sequence truncated",
        [_, length, rest @ ..] if *length & 0x80 != 0 => {
            let count = usize::from(length & 0x7f);
            let Some(digits) = rest.get(..count) else { return "truncated tag or length" };
            let length = digits.iter().fold(0usize, |length, &digit| {
                length.saturating_mul(256).saturating_add(usize::from(digit))
            });
            if length > rest.len() - count { "data truncated" } else { "tags don't match" }
        }
        [_, length, rest @ ..] if usize::from(*length) > rest.len() => "data truncated",
        _ => "sequence truncated",
    }
}
