//! Functions of providers, by the names they have when the provider's local name is the usual one.

mod expression;

use provision_schema::{Fields, Refinement, Type, Value};

use super::parameter_types::{any, string};
use super::text::string_argument;
use super::{Function, FunctionContext, FunctionError, Parameter};
use crate::ast::Body;
use crate::diagnostics::Diagnostics;
use crate::evaluate::{Names, Scope, evaluate};
use crate::references;
use crate::source::Sources;
use crate::syntax;

pub(super) static TABLE: &[Function] = &[
    Function {
        name: "provider::aws::arn_build",
        description: "Builds an ARN from its parts.",
        parameters: &[
            Parameter::new("partition", string),
            Parameter::new("service", string),
            Parameter::new("region", string),
            Parameter::new("account_id", string),
            Parameter::new("resource", string),
        ],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: arn_build,
        refinement: Refinement::default,
    },
    Function {
        name: "provider::aws::arn_parse",
        description: "Takes an ARN apart.",
        parameters: &[Parameter::new("arn", string)],
        variadic: None,
        result_type: |_| Ok(Type::object(ARN_PARTS.map(|part| (part, Type::String)))),
        implementation: arn_parse,
        refinement: Refinement::default,
    },
    Function {
        name: "provider::aws::trim_iam_role_path",
        description: "Takes the path out of the ARN of an IAM role.",
        parameters: &[Parameter::new("arn", string)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: trim_iam_role_path,
        refinement: Refinement::default,
    },
    Function {
        name: "provider::terraform::encode_expr",
        description: "Writes a value as an expression of the language.",
        parameters: &[Parameter::new("expr", any)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: |arguments, _, _| {
            Ok(arguments.first().map(expression::encode).unwrap_or_default().into())
        },
        refinement: Refinement::default,
    },
    Function {
        name: "provider::terraform::decode_tfvars",
        description: "Reads a file of variable values as an object.",
        parameters: &[Parameter::new("content", string)],
        variadic: None,
        result_type: |_| Ok(Type::Dynamic),
        implementation: decode_tfvars,
        refinement: Refinement::default,
    },
    Function {
        name: "provider::terraform::encode_tfvars",
        description: "Writes an object as a file of variable values.",
        parameters: &[Parameter::new("input", any)],
        variadic: None,
        result_type: |_| Ok(Type::String),
        implementation: encode_tfvars,
        refinement: Refinement::default,
    },
];

const ARN_PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

/// The five parts of an ARN; the last one may contain colons.
fn parse_arn(text: &str) -> Result<[&str; 5], &'static str> {
    let rest = text.strip_prefix("arn:").ok_or("arn: invalid prefix")?;
    let parts: Vec<&str> = rest.splitn(5, ':').collect();
    parts.try_into().map_err(|_| "arn: not enough sections")
}

fn join_arn(parts: [&str; 5]) -> String {
    format!("arn:{}", parts.join(":"))
}

fn arn_build(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    Ok(join_arn([0, 1, 2, 3, 4].map(|index| string_argument(arguments, index))).into())
}

fn arn_parse(arguments: &[Value], _: &Type, _: &FunctionContext) -> Result<Value, FunctionError> {
    let parts = parse_arn(string_argument(arguments, 0))
        .map_err(|error| FunctionError::new(format!("arn parsing failed: {error}")))?;
    let parts = parts.map(Value::from);
    Ok(Value::object(ARN_PARTS.into_iter().zip(parts).collect::<Fields>()))
}

fn trim_iam_role_path(
    arguments: &[Value],
    _: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let [partition, service, region, account, resource] =
        parse_arn(string_argument(arguments, 0)).map_err(FunctionError::new)?;
    if service != "iam" {
        return Err(FunctionError::new("service must be \"iam\""));
    }
    if !region.is_empty() {
        return Err(FunctionError::new("region must be empty"));
    }
    if !resource.starts_with("role/") {
        return Err(FunctionError::new("resource must begin with \"role/\""));
    }
    let name = resource.rsplit('/').next().unwrap_or_default();
    Ok(join_arn([partition, service, region, account, &format!("role/{name}")]).into())
}

fn decode_tfvars(
    arguments: &[Value],
    _: &Type,
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    let text = string_argument(arguments, 0);
    let sources = Sources::default();
    let file = sources.add("<decode_tfvars argument>", text);
    let mut found = Diagnostics::new();
    let body = Body::Native(syntax::parse_body(file, text, &mut found));
    let names = Names(Vec::new());
    let scope = Scope::new(&names, context);
    let mut entries = Vec::new();
    for attribute in body.just_attributes(&mut found) {
        if let Some(reference) = references::of_expression(&attribute.expr).first() {
            let detail = "Variables may not be used here.";
            found.error("Variables not allowed", detail, reference.root.span);
            continue;
        }
        let value = evaluate(&attribute.expr, &scope, &mut found);
        entries.push((attribute.name.text.clone(), value));
    }
    match found.iter().find(|it| it.is_error()) {
        Some(error) => Err(FunctionError::new(format!("{}: {}", error.summary, error.detail))),
        None => Ok(Value::object_of(entries)),
    }
}

fn encode_tfvars(
    arguments: &[Value],
    _: &Type,
    _: &FunctionContext,
) -> Result<Value, FunctionError> {
    let value = arguments.first();
    let (Some(fields), Some(Type::Object(_))) =
        (value.and_then(Value::as_fields), value.map(Value::ty))
    else {
        return Err(FunctionError::new("invalid input: must be an object"));
    };
    let mut text = String::new();
    for (name, value) in fields {
        if !expression::is_identifier(name) {
            return Err(FunctionError::new(format!(
                "invalid input: object key: {name} - must be a valid identifier"
            )));
        }
        text.push_str(&format!("{name} = {}\n", expression::encode(value)));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, number, sensitive};
    use super::*;

    #[test]
    fn arns() {
        let arn = "arn:aws:iam::444455556666:role/with/path/example";
        check(
            "provider::aws::arn_parse",
            &[arn.into()],
            r#"{account_id: "444455556666", partition: "aws", region: "", resource: "role/with/path/example", service: "iam"}"#,
        );
        check(
            "provider::aws::arn_parse",
            &["invalid".into()],
            "arn parsing failed: arn: invalid prefix",
        );
        check(
            "provider::aws::arn_parse",
            &["arn:aws".into()],
            "arn parsing failed: arn: not enough sections",
        );
        check(
            "provider::aws::arn_build",
            &["aws".into(), "iam".into(), "".into(), "1".into(), "role/a:b".into()],
            r#""arn:aws:iam::1:role/a:b""#,
        );
        check(
            "provider::aws::trim_iam_role_path",
            &[sensitive(arn)],
            r#"marked("arn:aws:iam::444455556666:role/example")"#,
        );
        check(
            "provider::aws::trim_iam_role_path",
            &["arn:aws:s3:::a".into()],
            "service must be \"iam\"",
        );
        check(
            "provider::aws::arn_parse",
            &[Value::unknown(Type::String)],
            "unknown(object({account_id=string,partition=string,region=string,resource=string,service=string}))",
        );
    }

    #[test]
    fn expressions() {
        let inner = Value::object_of([("j", number("1")), ("kkk", number("2"))]);
        let value = Value::object_of([
            ("1a", number("2")),
            ("a", number("1")),
            ("bcd", "x".into()),
            ("f", Value::object_of::<&str>([])),
            ("g", Value::tuple(vec![])),
            ("h", Value::object_of([("i", inner)])),
            (
                "l",
                Value::tuple(vec![
                    Value::object_of([("a", number("1"))]),
                    Value::object_of([("b", number("2"))]),
                ]),
            ),
            ("m-n", number("1")),
            ("é y", Value::tuple(vec![number("1"), "a".into(), Value::null(Type::Dynamic)])),
        ]);
        let expected = r#"{
  "1a" = 2
  a    = 1
  bcd  = "x"
  f    = {}
  g    = []
  h = {
    i = {
      j   = 1
      kkk = 2
    }
  }
  l = [{
    a = 1
    }, {
    b = 2
  }]
  m-n   = 1
  "é y" = [1, "a", null]
}"#;
        check("provider::terraform::encode_expr", &[value], &format!("{expected:?}"));
        check(
            "provider::terraform::encode_expr",
            &["a\n\"b\\ ${x} %{y} $x \t\u{1}".into()],
            &format!("{:?}", r#""a\n\"b\\ $${x} %%{y} $x \t\u0001""#),
        );
        let variables =
            Value::object_of([("a", number("1")), ("bcd", Value::object_of([("d", number("1"))]))]);
        check(
            "provider::terraform::encode_tfvars",
            &[variables],
            &format!("{:?}", "a = 1\nbcd = {\n  d = 1\n}\n"),
        );
        check(
            "provider::terraform::encode_tfvars",
            &[Value::tuple(vec![])],
            "invalid input: must be an object",
        );
        check(
            "provider::terraform::encode_tfvars",
            &[Value::object_of([("a b", number("1"))])],
            "invalid input: object key: a b - must be a valid identifier",
        );
        check(
            "provider::terraform::encode_expr",
            &[Value::null(Type::Dynamic)],
            "argument 0: argument must not be null",
        );
    }
}
