//! Functions that compute digests of strings and files, unique identifiers and the like.

mod private_key;

use md5::Md5;
use provision_schema::{Refinement, Type, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use uuid::Uuid;

use super::encoding::base64;
use super::files;
use super::parameter_types::{number, string};
use super::text::{integer_argument, quoted, string_argument};
use super::{Function, FunctionContext, FunctionError, Parameter};

macro_rules! of_string {
    ($name:literal, $description:literal, $digest:ty, $encode:expr) => {
        Function {
            name: $name,
            description: $description,
            parameters: &[Parameter::new("str", string)],
            variadic: None,
            result_type: |_| Ok(Type::String),
            implementation: |arguments, _, _| {
                let digest = <$digest>::digest(string_argument(arguments, 0).as_bytes());
                Ok($encode(&digest).into())
            },
            refinement: Refinement::not_null,
        }
    };
}

macro_rules! of_file {
    ($name:literal, $description:literal, $digest:ty, $encode:expr) => {
        Function {
            name: $name,
            description: $description,
            parameters: &[Parameter::new("path", string)],
            variadic: None,
            result_type: |_| Ok(Type::String),
            implementation: |arguments, _, context| {
                let bytes = files::read_bytes(context, string_argument(arguments, 0))
                    .map_err(|error| FunctionError::new(error.to_string()))?;
                Ok($encode(&<$digest>::digest(&bytes)).into())
            },
            refinement: Refinement::not_null,
        }
    };
}

pub(super) static TABLE: &[Function] = &[
    of_string!("base64sha256", "The SHA256 digest in Base64.", Sha256, base64::encode),
    of_string!("base64sha512", "The SHA512 digest in Base64.", Sha512, base64::encode),
    Function {
        name: "bcrypt",
        description: "Hashes a password with the Blowfish cipher.",
        parameters: &[Parameter::new("str", string)],
        variadic: Some(Parameter::new("cost", number)),
        result_type: |_| Ok(Type::String),
        implementation: bcrypt,
        refinement: Refinement::not_null,
    },
    of_file!("filebase64sha256", "The SHA256 digest of a file in Base64.", Sha256, base64::encode),
    of_file!("filebase64sha512", "The SHA512 digest of a file in Base64.", Sha512, base64::encode),
    of_file!("filemd5", "The MD5 digest of a file.", Md5, hexadecimal),
    of_file!("filesha1", "The SHA1 digest of a file.", Sha1, hexadecimal),
    of_file!("filesha256", "The SHA256 digest of a file.", Sha256, hexadecimal),
    of_file!("filesha512", "The SHA512 digest of a file.", Sha512, hexadecimal),
    of_string!("md5", "The MD5 digest of a string.", Md5, hexadecimal),
    Function {
        name: "rsadecrypt",
        description: "Decrypts a Base64 ciphertext with an RSA private key.",
        parameters: &[Parameter::new("ciphertext", string), Parameter::new("privatekey", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: rsadecrypt,
        refinement: Refinement::not_null,
    },
    of_string!("sha1", "The SHA1 digest of a string.", Sha1, hexadecimal),
    of_string!("sha256", "The SHA256 digest of a string.", Sha256, hexadecimal),
    of_string!("sha512", "The SHA512 digest of a string.", Sha512, hexadecimal),
    Function {
        name: "uuid",
        description: "A random identifier.",
        parameters: &[],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |_, _, context| {
            Ok(match context.apply_time {
                Some(_) => Value::from(Uuid::new_v4().to_string()),
                None => Value::unknown_not_null(Type::String),
            })
        },
        refinement: Refinement::not_null,
    },
    Function {
        name: "uuidv5",
        description: "An identifier that follows from a namespace and a name.",
        parameters: &[Parameter::new("namespace", string), Parameter::new("name", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: uuidv5,
        refinement: Refinement::not_null,
    },
];

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bcrypt(
    arguments: &[Value],
    _: &Type,
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    const DEFAULT_COST: i64 = 10;
    let failed =
        |why: &str| Err(FunctionError::new(format!("error occurred generating password {why}")));
    let cost = match arguments.len() {
        1 => DEFAULT_COST,
        _ => integer_argument(arguments, 1).map_err(FunctionError::new)?,
    };
    if arguments.len() > 2 {
        return Err(FunctionError::new("bcrypt() takes no more than two arguments"));
    }
    let password = string_argument(arguments, 0);
    if password.len() > 72 {
        return failed("bcrypt: password length exceeds 72 bytes");
    }
    let cost = match u32::try_from(cost) {
        Ok(cost @ 4..=31) => cost,
        Ok(32..) => {
            let why =
                format!("crypto/bcrypt: cost {cost} is outside allowed inclusive range 4..31");
            return failed(&why);
        }
        _ => 10,
    };
    if context.apply_time.is_none() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    match bcrypt::hash_with_result(password, cost) {
        Ok(parts) => Ok(parts.format_for_version(bcrypt::Version::TwoA).into()),
        Err(error) => failed(&error.to_string()),
    }
}

fn rsadecrypt(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let text = string_argument(arguments, 0);
    let ciphertext = base64::decode(text).map_err(|_| {
        let text = quoted(text);
        let message = format!("failed to decode input {text}: cipher text must be base64-encoded");
        FunctionError::argument(0, message)
    })?;
    let key = private_key::parse(string_argument(arguments, 1))
        .map_err(|message| FunctionError::argument(1, message))?;
    let plain = key
        .decrypt(rsa::Pkcs1v15Encrypt, &ciphertext)
        .map_err(|_| FunctionError::new("failed to decrypt: crypto/rsa: decryption error"))?;
    Ok(String::from_utf8_lossy(&plain).into_owned().into())
}

fn uuidv5(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let namespace = match string_argument(arguments, 0) {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => parse_uuid(other).map_err(|error| {
            FunctionError::new(format!("uuidv5() doesn't support namespace {other} ({error})"))
        })?,
    };
    Ok(Uuid::new_v5(&namespace, string_argument(arguments, 1).as_bytes()).to_string().into())
}

/// Plain, in braces, as a URN or without hyphens.
fn parse_uuid(text: &str) -> Result<Uuid, String> {
    const URN: &str = "urn:uuid:";
    let invalid = || "invalid UUID format".to_owned();
    let text = match text.len() {
        36 => text,
        45 => {
            let (prefix, rest) = text.split_at_checked(URN.len()).ok_or_else(invalid)?;
            if !prefix.eq_ignore_ascii_case(URN) {
                return Err(format!("invalid urn prefix: {}", quoted(prefix)));
            }
            rest
        }
        38 => text.get(1..37).ok_or_else(invalid)?,
        32 => {
            let number = u128::from_str_radix(text, 16).map_err(|_| invalid())?;
            return match text.starts_with('+') {
                true => Err(invalid()),
                false => Ok(Uuid::from_u128(number)),
            };
        }
        length => return Err(format!("invalid UUID length: {length}")),
    };
    Uuid::try_parse(text).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_in, number, sensitive};
    use super::*;

    #[test]
    fn digests() {
        check("md5", &["tada".into()], r#""ce47d07243bb6eaf5e1322c81baf9bbf""#);
        check("sha1", &["test".into()], r#""a94a8fe5ccb19ba61c4c0873d391e987982fbbd3""#);
        check(
            "sha256",
            &["test".into()],
            r#""9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""#,
        );
        check(
            "base64sha256",
            &["test".into()],
            r#""n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=""#,
        );
        check(
            "base64sha512",
            &["test".into()],
            r#""7iaw3Ur350mqGo7jwQrpkj9hiYB3Lkc/iBml1JQODbJ6wYX4oOHV+E+IvIh/1nsUNzLDBMxfqa2Ob1f1ACio/w==""#,
        );
        check("sha512", &[Value::unknown(Type::String)], "unknown(string, not null)");
        check("md5", &[sensitive("tada")], r#"marked("ce47d07243bb6eaf5e1322c81baf9bbf")"#);
        check("md5", &[Value::null(Type::String)], "argument 0: argument must not be null");
        check("filemd5", &["nope".into()], "open /nope: no such file or directory");
    }

    #[test]
    fn identifiers() {
        let uuid = |namespace: &str, expected: &str| {
            check("uuidv5", &[namespace.into(), "www.example.com".into()], expected);
        };
        uuid("dns", r#""2ed6657d-e927-568b-95e1-2665a8aea6a2""#);
        uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", r#""2ed6657d-e927-568b-95e1-2665a8aea6a2""#);
        uuid("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", r#""2ed6657d-e927-568b-95e1-2665a8aea6a2""#);
        uuid("6ba7b8109dad11d180b400c04fd430c8", r#""2ed6657d-e927-568b-95e1-2665a8aea6a2""#);
        uuid(
            "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            r#""2ed6657d-e927-568b-95e1-2665a8aea6a2""#,
        );
        uuid("abc", "uuidv5() doesn't support namespace abc (invalid UUID length: 3)");
        uuid(
            "6ba7b810+9dad-11d1-80b4-00c04fd430c8",
            "uuidv5() doesn't support namespace 6ba7b810+9dad-11d1-80b4-00c04fd430c8 \
             (invalid UUID format)",
        );
        check("uuid", &[], "unknown(string, not null)");
    }

    #[test]
    fn passwords() {
        check("bcrypt", &["a".into()], "unknown(string, not null)");
        check(
            "bcrypt",
            &["a".into(), number("1"), number("2")],
            "bcrypt() takes no more than two arguments",
        );
        check(
            "bcrypt",
            &["a".into(), number("32")],
            "error occurred generating password crypto/bcrypt: cost 32 is outside allowed \
             inclusive range 4..31",
        );
        let mut context = FunctionContext::new("/");
        context.apply_time = Some(String::new());
        let call = |name: &str, arguments: &[Value]| {
            super::super::find(name).expect("a function").call(arguments, &context)
        };
        let hash = call("bcrypt", &["a".into(), number("4")]).expect("a hash");
        let hash = hash.as_str().expect("a string").to_owned();
        assert!(hash.starts_with("$2a$04$") && bcrypt::verify("a", &hash).expect("valid"));
        assert_ne!(call("uuid", &[]), call("uuid", &[]));
        check_in(
            &context,
            "bcrypt",
            &["a".repeat(73).into()],
            "error occurred generating password bcrypt: password length exceeds 72 bytes",
        );
    }

    #[test]
    fn decryption() {
        let decrypt = |text: &str, key: &str, expected: &str| {
            check("rsadecrypt", &[text.into(), key.into()], expected);
        };
        decrypt(
            "xx!",
            "a",
            "argument 0: failed to decode input \"xx!\": cipher text must be base64-encoded",
        );
        decrypt("aaaa", "a", "argument 1: invalid private key: ssh: no key found");
        decrypt(
            "aaaa",
            "-----BEGIN FOO-----\nMIIE\n-----END FOO-----\n",
            "argument 1: invalid private key: ssh: unsupported key type \"FOO\"",
        );
        decrypt(
            "aaaa",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n",
            "argument 1: invalid ASN1 data in the given private key: truncated tag or length",
        );
        decrypt(
            "aaaa",
            "-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE KEY-----\n",
            "argument 1: invalid ASN1 data in the given private key: sequence truncated",
        );
    }
}
