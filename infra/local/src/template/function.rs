//! The functions of the template.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use super::{document::FunctionProperties, error::TemplateError, reference};

/// A Lambda function, with values that may hold intrinsic functions.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredFunction {
    /// The logical id, such as `SenderFunction`.
    pub logical_id: String,
    /// `FunctionName`: the name in the account.
    pub deployed_name: Option<Value>,
    /// The seconds that an invocation may take; Lambda's default if there are none.
    pub timeout_seconds: Option<u32>,
    /// The environment variables: those of all functions, and the function's own, which win.
    pub variables: BTreeMap<String, Value>,
    /// The logical id of the role.
    pub role: Option<String>,
    /// The logical id of the log group.
    pub log_group: Option<String>,
    /// The logical id of the queue that takes the events whose invocations failed.
    pub failed_events: Option<String>,
}

impl DeclaredFunction {
    pub(super) fn new(
        logical_id: String,
        properties: FunctionProperties,
        shared_variables: &BTreeMap<String, Value>,
    ) -> Result<Self, TemplateError> {
        let mut variables = shared_variables.clone();
        variables.extend(properties.environment.variables);

        let (role, log_group) = (properties.role, properties.logging_config.log_group);
        let failed_events = properties.event_invoke_config.destination_config.on_failure;
        Ok(Self {
            logical_id,
            deployed_name: properties.function_name,
            timeout_seconds: properties.timeout,
            variables,
            role: role.as_ref().map(reference::logical_id).transpose()?,
            log_group: log_group.as_ref().map(reference::referred_id).transpose()?,
            failed_events: failed_events
                .map(|events| reference::logical_id(&events.destination))
                .transpose()?,
        })
    }
}

/// The short name of a function: `sender` for `SenderFunction`.
pub fn short_name(logical_id: &str) -> String {
    let name = logical_id.strip_suffix("Function").unwrap_or(logical_id);
    name.to_lowercase()
}
