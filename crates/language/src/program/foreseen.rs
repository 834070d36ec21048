//! What is sure of a value before AWS is asked for it: that it is there, how it begins, or even
//! all of it, as the region that a provider is configured for. It decides many a `count`, as in
//! `var.zone_id != null`, that would have to wait otherwise.

use provision_schema::address::{Mode, Resource as ResourceAddress};
use provision_schema::schema::Schema;
use provision_schema::{Fields, Kind, Refinement, Type, Value};

use super::order::Object;
use super::{ModuleId, NodeId, Program, planned};
use crate::config::ProviderKey;

/// Attributes of data sources that have a value whenever reading succeeds, and how it begins.
const NEVER_NULL: &[(&str, &[(&str, &str)])] = &[
    ("aws_availability_zones", &[("names", ""), ("zone_ids", "")]),
    ("aws_caller_identity", &[("account_id", ""), ("arn", "arn:"), ("user_id", "")]),
    ("aws_canonical_user_id", &[("id", "")]),
    ("aws_cloudfront_log_delivery_canonical_user_id", &[("id", "")]),
    ("aws_iam_policy_document", &[("json", "{"), ("minified_json", "{")]),
    ("aws_iam_role", &[("arn", "arn:")]),
    ("aws_kms_alias", &[("arn", "arn:"), ("target_key_arn", "arn:")]),
    ("aws_kms_key", &[("arn", "arn:")]),
    ("aws_partition", &[("partition", "aws"), ("dns_suffix", ""), ("reverse_dns_prefix", "")]),
    ("aws_region", &[("name", ""), ("description", ""), ("endpoint", "")]),
    ("aws_route53_zone", &[("zone_id", ""), ("name", ""), ("arn", "arn:")]),
    ("aws_s3_bucket", &[("arn", "arn:")]),
    ("aws_subnet", &[("arn", "arn:"), ("vpc_id", "vpc-")]),
    ("aws_subnets", &[("ids", "")]),
    ("aws_vpc", &[("arn", "arn:"), ("cidr_block", "")]),
];

/// Regions by how their names begin, with the partition and what its host names end in.
const PARTITIONS: &[(&str, &str, &str, &str)] = &[
    ("us-gov-", "aws-us-gov", "amazonaws.com", "com.amazonaws"),
    ("cn-", "aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
];
/// Where the regions of the partition `aws` are.
const AREAS: &[&str] = &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"];

impl Program {
    /// The object that a body asks for, with what is sure of its unknown parts.
    pub(super) fn foresee(
        &self,
        module: ModuleId,
        position: u32,
        address: &ResourceAddress,
        schema: &Schema,
        configured: &Value,
    ) -> Value {
        let object = planned::planned(configured.clone(), &schema.block);
        let (object, marks) = object.unmark();
        let Kind::Object(fields) = object.kind() else { return object.with_marks(marks) };
        let options = match (address.mode, &*address.kind) {
            (Mode::Managed, "aws_acm_certificate") => validation_options(configured, schema),
            _ => None,
        };
        let derived = match (address.mode, &*address.kind) {
            (Mode::Data, "aws_region") => self.region_of(module, position, fields),
            (Mode::Data, "aws_partition") => self.partition_of(module, position),
            _ => Vec::new(),
        };
        let fields: Fields = fields
            .iter()
            .map(|(name, value)| {
                let known = derived.iter().find(|(it, _)| *it == &**name);
                let value = match (known, value.as_unknown()) {
                    (None, Some(_)) if &**name == VALIDATION_OPTIONS && options.is_some() => {
                        options.clone().unwrap_or_else(|| value.clone())
                    }
                    (_, None) => value.clone(),
                    (Some((_, text)), Some(_)) => Value::string(&**text),
                    (None, Some(unknown)) => match sure(address, schema, name) {
                        Some(refinement) if unknown.refinement == Refinement::default() => {
                            Value::unknown_refined(value.ty(), refinement)
                        }
                        _ => value.clone(),
                    },
                };
                (name.clone(), value)
            })
            .collect();
        Value::object(fields).with_marks(marks)
    }

    fn region_of(
        &self,
        module: ModuleId,
        position: u32,
        fields: &Fields,
    ) -> Vec<(&'static str, String)> {
        // A data source that is given a name or an end point speaks of that region.
        let given = |name: &str| fields.get(name).is_some_and(|it| it.as_unknown().is_none());
        if given("name") || given("endpoint") {
            return Vec::new();
        }
        match self.provider_region(module, position) {
            Some(region) => vec![("id", region.clone()), ("name", region)],
            None => Vec::new(),
        }
    }

    fn partition_of(&self, module: ModuleId, position: u32) -> Vec<(&'static str, String)> {
        let region = self.provider_region(module, position);
        let Some((partition, suffix, reverse)) = region.as_deref().and_then(partition) else {
            return Vec::new();
        };
        let values = [
            ("id", partition),
            ("partition", partition),
            ("dns_suffix", suffix),
            ("reverse_dns_prefix", reverse),
        ];
        values.map(|(name, value)| (name, value.to_owned())).into()
    }

    /// The region that the configuration of a resource's provider names; none if it is left to
    /// the environment or not known yet.
    fn provider_region(&self, module: ModuleId, position: u32) -> Option<String> {
        let config = self.module(module);
        let resource = &config.resources[position as usize];
        let key = match &resource.provider {
            Some(reference) => reference.key.clone(),
            None => ProviderKey { local_name: "aws".into(), alias: None },
        };
        let found = self.order.find_provider(self.module_state(module).position, &key)?;
        let Object::Provider(provider) = found.object else { return None };
        let mut holder = module;
        while self.module_state(holder).position != found.module {
            holder = self.module_state(holder).caller?.0;
        }
        if self.module(holder).providers[provider].for_each.is_some() {
            return None;
        }
        let node = NodeId(self.module_state(holder).first_provider + provider as u32);
        let (configured, _) = self.value(node).unmark();
        let Kind::Object(fields) = configured.kind() else { return None };
        let (region, _) = fields.get("region")?.clone().unmark();
        region.as_str().filter(|it| !it.is_empty()).map(str::to_owned)
    }
}

const VALIDATION_OPTIONS: &str = "domain_validation_options";

/// What a certificate's names are proven with: an option for each name, told apart by it.
fn validation_options(configured: &Value, schema: &Schema) -> Option<Value> {
    let (configured, _) = configured.clone().unmark_deep();
    let Kind::Object(fields) = configured.kind() else { return None };
    let field = |name: &str| fields.get(name);
    if field("validation_method")?.as_str() != Some("DNS") {
        return None;
    }
    let mut names = vec![field("domain_name")?];
    let others = field("subject_alternative_names")?;
    if !others.is_null() {
        names.extend(others.as_elements()?.iter());
    }
    let Type::Set(element) = &schema.block.attributes.get(VALIDATION_OPTIONS)?.ty else {
        return None;
    };
    let Type::Object(object) = &**element else { return None };
    let mut texts: Vec<&str> = Vec::new();
    for name in names {
        let text = name.as_str()?;
        texts.push(text.strip_suffix('.').unwrap_or(text));
    }
    texts.sort_unstable();
    texts.dedup();
    let options = texts.into_iter().map(|text| {
        Value::object_of(object.attributes.iter().map(|(name, ty)| {
            let value = match &**name {
                "domain_name" => Value::string(text),
                _ => Value::unknown(ty.clone()),
            };
            (name.clone(), value)
        }))
    });
    Some(Value::set((**element).clone(), options.collect::<Vec<_>>()))
}

/// What is sure of an attribute that AWS decides.
fn sure(address: &ResourceAddress, schema: &Schema, name: &str) -> Option<Refinement> {
    let attribute = schema.block.attributes.get(name).filter(|it| it.computed)?;
    let text = attribute.ty == Type::String;
    match (address.mode, name) {
        (Mode::Managed, "id") if text => Some(Refinement::not_null()),
        (Mode::Managed, "arn")
            if text && !attribute.optional && address.kind.starts_with("aws_") =>
        {
            Some(Refinement::prefix("arn:"))
        }
        (Mode::Data, _) => {
            let (_, attributes) = NEVER_NULL.iter().find(|(kind, _)| *kind == &*address.kind)?;
            let (_, prefix) = attributes.iter().find(|(it, _)| *it == name)?;
            Some(if text { Refinement::prefix(*prefix) } else { Refinement::not_null() })
        }
        _ => None,
    }
}

fn partition(region: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let known = PARTITIONS.iter().find(|(start, ..)| region.starts_with(start));
    if let Some((_, partition, suffix, reverse)) = known {
        return Some((partition, suffix, reverse));
    }
    // An area, a word and a number; what else there may be belongs to partitions of their own.
    let mut parts = region.split('-');
    let (area, word, number) = (parts.next()?, parts.next()?, parts.next()?);
    let ordinary = AREAS.contains(&area)
        && !word.starts_with("iso")
        && number.bytes().all(|it| it.is_ascii_digit())
        && parts.next().is_none();
    ordinary.then_some(("aws", "amazonaws.com", "com.amazonaws"))
}
