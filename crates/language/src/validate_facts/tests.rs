use provision_schema::facts::Protocol;
use provision_schema::{Catalogue, Type};

use super::*;
use crate::ast::Body;
use crate::decode::decode_with_places;
use crate::evaluate::{Names, Scope};
use crate::functions::FunctionContext;
use crate::source::Sources;
use crate::syntax::parse_body;

/// Decodes and checks the body of a resource of that type and compares what is said.
#[track_caller]
fn check(kind: &str, text: &str, expected: &str) {
    let facts = Catalogue::resource(kind).expect("a known type");
    let sources = Sources::default();
    let file = sources.add("main.tf", text);
    let mut diagnostics = Diagnostics::new();
    let body = Body::Native(parse_body(file, text, &mut diagnostics));
    let names = [
        ("unknown", Value::unknown(Type::String)),
        ("secret", Value::string("hidden").sensitive()),
    ];
    let names = Names(names.map(|(name, value)| (Arc::from(name), value)).into());
    let functions = FunctionContext::new(".");
    let scope = Scope::new(&names, &functions);
    let decoded = decode_with_places(&body, &facts.schema.block, &scope, &mut diagnostics);
    validate_facts(&decoded, facts, &mut diagnostics);
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|it| {
            let place = it.subject.map(|span| sources.get(span.file).slice(span).to_owned());
            let place = place.unwrap_or_default().replace('\n', "\\n");
            let detail =
                if it.detail.is_empty() { String::new() } else { format!(": {}", it.detail) };
            format!("{}{detail} <{place}>", it.summary)
        })
        .collect();
    let actual = lines.join("\n");
    assert_eq!(actual.trim(), expected.trim(), "\n{actual}");
}

#[test]
fn protocols_are_told_apart() {
    let protocol = |kind| Catalogue::resource(kind).map(|facts| facts.protocol);
    assert_eq!(protocol("aws_vpc"), Some(Protocol::Sdk));
    assert_eq!(protocol("aws_s3_bucket_lifecycle_configuration"), Some(Protocol::Framework));
}

#[test]
fn values() {
    check(
        "aws_vpc",
        r#"
cidr_block          = "10.0.0.0/8"
instance_tenancy    = "shared"
ipv4_netmask_length = 33
arn                 = "x"
id                  = "vpc-1"
"#,
        r#"
Value for unconfigurable attribute: Can't configure a value for "arn": its value will be decided automatically based on the result of applying this configuration. <"x">
expected "cidr_block" to contain a network Value with between 16 and 28 significant bits, got: 8 <"10.0.0.0/8">
Invalid or unknown key <"vpc-1">
expected instance_tenancy to be one of ["default" "dedicated"], got shared <"shared">
expected ipv4_netmask_length to be in the range (16 - 28), got 33 <33>
Conflicting configuration arguments: "cidr_block": conflicts with ipv4_netmask_length <cidr_block          = "10.0.0.0/8">
Missing required argument: "ipv4_netmask_length": all of `ipv4_ipam_pool_id,ipv4_netmask_length` must be specified <ipv4_netmask_length = 33>
"#,
    );
}

#[test]
fn what_is_not_known() {
    check(
        "aws_vpc",
        r#"
cidr_block       = unknown
instance_tenancy = unknown
arn              = null
"#,
        r#"

"#,
    );
}

#[test]
fn relations() {
    check(
        "aws_instance",
        r#"
ami              = "ami-1"
cpu_core_count   = 1.5
user_data        = "x"
user_data_base64 = "!"
root_block_device {
  volume_type = "x"
}
"#,
        r#"
Argument is deprecated: cpu_core_count is deprecated. <cpu_core_count   = 1.5>
Attribute must be a whole number, got 1.5 <1.5>
expected "user_data_base64" to be a base64 string, got ! <"!">
Missing required argument: "instance_type": one of `instance_type,launch_template` must be specified <\nami              = "ami-1"\ncpu_core_count   = 1.5\nuser_data        = "x"\nuser_data_base64 = "!"\nroot_block_device {\n  volume_type = "x"\n}\n>
Conflicting configuration arguments: "user_data": conflicts with user_data_base64 <user_data        = "x">
expected volume_type to be one of ["standard" "io1" "io2" "gp2" "sc1" "st1" "gp3"], got x <"x">
"#,
    );
}

#[test]
fn relations_that_are_not_known() {
    check(
        "aws_instance",
        r#"
ami              = unknown
user_data        = unknown
user_data_base64 = "aGk="
launch_template {
  id = unknown
}
"#,
        r#"

"#,
    );
}

#[test]
fn dynamic_blocks_that_are_not_known() {
    check(
        "aws_instance",
        r#"
ami = "ami-1"
dynamic "launch_template" {
  for_each = unknown == "" ? ["a"] : []
  content {
    id = "lt-1"
  }
}
"#,
        r#"

"#,
    );
}

#[test]
fn load_balancer() {
    check(
        "aws_lb",
        r#"
name    = "internal-x"
subnets = []
subnet_mapping {
  subnet_id = "subnet-1"
}
"#,
        r#"
invalid value for name (must not match regular expression "^internal-") <"internal-x">
Invalid combination of arguments: "subnets": only one of `subnet_mapping,subnets` can be specified, but `subnet_mapping,subnets` were specified. <subnets = []>
"#,
    );
}

#[test]
fn nested() {
    check(
        "aws_lb_target_group",
        r#"
port = 700000
health_check {
  interval = 1
  path     = "${unknown}"
}
"#,
        r#"
expected port to be in the range (1 - 65535), got 700000 <700000>
expected health_check.0.interval to be in the range (5 - 300), got 1 <1>
"#,
    );
}

#[test]
fn fields_of_attributes() {
    check(
        "aws_security_group",
        r#"
ingress {
  from_port = null
  to_port   = 1.5
  protocol  = "tcp"
}
egress = [{
  from_port        = 0
  to_port          = 0
  protocol         = null
  cidr_blocks      = []
  description      = null
  ipv6_cidr_blocks = null
  prefix_list_ids  = null
  security_groups  = null
  self             = null
}]
"#,
        r#"
Missing required argument: The argument "egress.0.protocol" is required, but no definition was found. <[{\n  from_port        = 0\n  to_port          = 0\n  protocol         = null\n  cidr_blocks      = []\n  description      = null\n  ipv6_cidr_blocks = null\n  prefix_list_ids  = null\n  security_groups  = null\n  self             = null\n}]>
Missing required argument: The argument "ingress.0.from_port" is required, but no definition was found. <ingress>
Attribute must be a whole number, got 1.5 <ingress>
"#,
    );
}

#[test]
fn texts() {
    check(
        "aws_iam_role",
        r#"
assume_role_policy   = "{"
max_session_duration = 1
permissions_boundary = "arn:aws:iam::12:policy/x"
managed_policy_arns  = ["x", "arn:aws:iam::aws:policy/ReadOnlyAccess", unknown]
"#,
        r#"
"assume_role_policy" contains an invalid JSON policy: EOF while parsing an object at line 1 column 1 <"{">
Argument is deprecated: managed_policy_arns is deprecated. <managed_policy_arns  = ["x", "arn:aws:iam::aws:policy/ReadOnlyAccess", unknown]>
"managed_policy_arns.1" (x) is an invalid ARN: arn: invalid prefix <["x", "arn:aws:iam::aws:policy/ReadOnlyAccess", unknown]>
expected max_session_duration to be in the range (3600 - 43200), got 1 <1>
"permissions_boundary" (arn:aws:iam::12:policy/x) is an invalid ARN: invalid account ID value (an account ID is 12 digits) <"arn:aws:iam::12:policy/x">
"#,
    );
}

#[test]
fn null_is_missing() {
    check(
        "aws_iam_policy",
        r#"
policy = null
"#,
        r#"
Missing required argument: The argument "policy" is required, but no definition was found. <null>
"#,
    );
}

#[test]
fn together() {
    check(
        "aws_route53_record",
        r#"
name                             = "x"
type                             = "Z"
zone_id                          = ""
multivalue_answer_routing_policy = true
"#,
        r#"
expected type to be one of ["SOA" "A" "TXT" "NS" "CNAME" "MX" "NAPTR" "PTR" "SRV" "SPF" "AAAA" "CAA" "DS" "TLSA" "SSHFP" "SVCB" "HTTPS"], got Z <"Z">
zone_id must not be empty <"">
Missing required argument: "multivalue_answer_routing_policy": all of `multivalue_answer_routing_policy,set_identifier` must be specified <multivalue_answer_routing_policy = true>
Invalid combination of arguments: "records": one of `alias,records` must be specified <\nname                             = "x"\ntype                             = "Z"\nzone_id                          = ""\nmultivalue_answer_routing_policy = true\n>
"#,
    );
}

#[test]
fn read_only() {
    check(
        "aws_s3_bucket_lifecycle_configuration",
        r#"
bucket = "b"
id     = "x"
"#,
        r#"
Invalid Configuration for Read-Only Attribute: The attribute "id" is read-only: its value is decided on apply. Remove the line that sets it. <"x">
"#,
    );
}

#[test]
fn secrets() {
    check(
        "aws_db_instance",
        r#"
instance_class = "db.t3.micro"
identifier     = secret
backup_window  = secret
password       = ""
"#,
        r#"
"backup_window" ((sensitive value)) must satisfy the format of "hh24:mi-hh24:mi" <secret>
"#,
    );
}

#[test]
fn utility() {
    check(
        "random_string",
        r#"
length = 0
number = true
"#,
        r#"
expected length to be at least (1), got 0 <0>
Argument is deprecated: Use numeric instead. <number = true>
"#,
    );
}

#[test]
fn what_the_provider_accepts() {
    check("aws_ecs_cluster", "name = \"shop\"", "");
    check(
        "aws_cloudwatch_event_rule",
        "event_bus_name = \"shop\"\nschedule_expression = \"rate(1 day)\"",
        "",
    );
    check(
        "aws_s3_bucket_lifecycle_configuration",
        "bucket = \"b\"\nrule {\n  id = \"all\"\n  status = \"Enabled\"\n  expiration {\n    days = 1\n  }\n}",
        "",
    );
    // Elements of maps are not looked at.
    let roles = "identity_pool_id = \"p\"\nroles = {\n  authenticated = \"role\"\n}";
    check("aws_cognito_identity_pool_roles_attachment", roles, "");
}
