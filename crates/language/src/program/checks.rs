//! Conditions of instances, check blocks, provider arguments and provisioners: what is looked at for
//! what is wrong in it, and has no value that others use.

use std::sync::{Arc, LazyLock};

use provision_schema::schema::{AttributeSchema, BlockSchema};
use provision_schema::{Type, Value};

use super::{ModuleId, ModuleScope, Outcome, Program};
use crate::config::{Condition, Resource};
use crate::decode::decode;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::explain;

const INVALID: &str = "Invalid condition result";

impl Program {
    /// Preconditions and postconditions; what is unknown is checked when it is known.
    pub(super) fn check_conditions(
        &self,
        module: ModuleId,
        position: u32,
        instance: u32,
        diagnostics: &mut Diagnostics,
    ) {
        let config = self.module(module);
        let resource = &config.resources[position as usize];
        let lifecycle = &resource.lifecycle;
        if lifecycle.preconditions.is_empty() && lifecycle.postconditions.is_empty() {
            return;
        }
        let scope = ModuleScope::in_instance(self, module, position, instance);
        let failed =
            |summary: &str, it: &Condition, scope: &ModuleScope<'_>, found: &mut Diagnostics| {
                let before = found.len();
                if let Outcome::Failed(message) = self.condition(it, scope, INVALID, found) {
                    found.error(summary, message, it.condition.span);
                }
                explain(&it.condition, &self.scope(scope), before, found);
            };
        for condition in &lifecycle.preconditions {
            failed("Resource precondition failed", condition, &scope, diagnostics);
        }
        if lifecycle.postconditions.is_empty() {
            return;
        }
        let node = {
            let state = self.module_state(module);
            let instances = &state.resources[position as usize].instances;
            instances.get_index(instance as usize).map(|(_, it)| it.object)
        };
        let itself = node.map_or_else(Value::dynamic, |node| self.value(node));
        let scope = scope.with_self(itself);
        for condition in &lifecycle.postconditions {
            failed("Resource postcondition failed", condition, &scope, diagnostics);
        }
    }

    /// What fails in a check block is a warning.
    pub(super) fn run_check(&self, module: ModuleId, position: u32, diagnostics: &mut Diagnostics) {
        let config = self.module(module);
        let check = &config.checks[position as usize];
        let scope = ModuleScope::new(self, module).in_check();
        for assertion in &check.asserts {
            let before = diagnostics.len();
            let outcome = self.condition(assertion, &scope, INVALID, diagnostics);
            if let Outcome::Failed(message) = outcome {
                let summary = "Check block assertion failed";
                diagnostics.warning(summary, message, assertion.condition.span);
            }
            explain(&assertion.condition, &self.scope(&scope), before, diagnostics);
        }
    }

    /// The arguments of a provider configuration; with `for_each` each is unknown here.
    pub(super) fn compute_provider(
        &self,
        module: ModuleId,
        position: u32,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let config = self.module(module);
        let provider = &config.providers[position as usize];
        let local_name = &provider.key.local_name;
        let required = config.terraform.required_providers.get(local_name);
        let source = match required {
            Some(required) => required.source.to_string(),
            None => format!("hashicorp/{local_name}"),
        };
        let source = source.strip_prefix("registry.terraform.io/").unwrap_or(&source);
        let source = source.strip_prefix("registry.opentofu.org/").unwrap_or(source);
        let Some(facts) = self.schemas.provider(source) else { return Value::dynamic() };
        let scope = ModuleScope::in_provider(self, module, provider.for_each.is_some());
        decode(&provider.body, &facts.schema.block, &self.scope(&scope), diagnostics)
    }

    /// The arguments of provisioners and connections. They may use `self`, which is not known
    /// while they are only checked.
    pub(super) fn check_provisioners(
        &self,
        resource: &Resource,
        scope: &ModuleScope<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        if resource.provisioners.is_empty() && resource.connection.is_none() {
            return;
        }
        let scope = scope.for_provisioner();
        let connections = resource.provisioners.iter().filter_map(|it| it.connection.as_ref());
        for (body, _) in resource.connection.iter().chain(connections) {
            decode(body, &SCHEMAS.connection, &self.scope(&scope), diagnostics);
        }
        for provisioner in &resource.provisioners {
            let schema = match &*provisioner.kind {
                "local-exec" => &SCHEMAS.local_exec,
                "remote-exec" => &SCHEMAS.remote_exec,
                "file" => &SCHEMAS.file,
                kind => {
                    let detail = format!(
                        "There is no provisioner {kind:?}. There are \"local-exec\", \
                         \"remote-exec\" and \"file\"."
                    );
                    let span = provisioner.kind.span;
                    diagnostics
                        .push(Diagnostic::error("Unsupported provisioner type", detail).at(span));
                    continue;
                }
            };
            decode(&provisioner.body, schema, &self.scope(&scope), diagnostics);
        }
    }
}

struct ProvisionerSchemas {
    local_exec: BlockSchema,
    remote_exec: BlockSchema,
    file: BlockSchema,
    connection: BlockSchema,
}

static SCHEMAS: LazyLock<ProvisionerSchemas> = LazyLock::new(|| {
    let texts = |names: &[&str]| -> Vec<(Arc<str>, AttributeSchema)> {
        names.iter().map(|name| ((*name).into(), AttributeSchema::optional(Type::String))).collect()
    };
    let one = |name: &str, schema: AttributeSchema| (Arc::from(name), schema);
    let list = || AttributeSchema::optional(Type::list(Type::String));
    let bool = || AttributeSchema::optional(Type::Bool);
    let schema = |parts: Vec<Vec<(Arc<str>, AttributeSchema)>>| {
        BlockSchema::new(parts.into_iter().flatten(), [])
    };
    ProvisionerSchemas {
        local_exec: schema(vec![
            vec![
                one("command", AttributeSchema::required(Type::String)),
                one("interpreter", list()),
                one("environment", AttributeSchema::optional(Type::map(Type::String))),
                one("quiet", bool()),
            ],
            texts(&["working_dir"]),
        ]),
        remote_exec: schema(vec![
            vec![one("inline", list()), one("scripts", list())],
            texts(&["script"]),
        ]),
        file: schema(vec![
            vec![one("destination", AttributeSchema::required(Type::String))],
            texts(&["source", "content"]),
        ]),
        connection: schema(vec![
            texts(&[
                "type",
                "user",
                "password",
                "host",
                "port",
                "timeout",
                "script_path",
                "target_platform",
                "private_key",
                "certificate",
                "host_key",
                "proxy_scheme",
                "proxy_host",
                "proxy_port",
                "proxy_user_name",
                "proxy_user_password",
                "bastion_host",
                "bastion_host_key",
                "bastion_port",
                "bastion_user",
                "bastion_password",
                "bastion_private_key",
                "bastion_certificate",
                "agent_identity",
                "cacert",
            ]),
            vec![
                one("agent", bool()),
                one("https", bool()),
                one("insecure", bool()),
                one("use_ntlm", bool()),
            ],
        ]),
    }
});
