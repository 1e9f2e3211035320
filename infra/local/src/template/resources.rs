//! The template's resources in the shapes of `CloudFormation` and SAM, as far as the local stack reads them.

use std::{collections::BTreeMap, num::NonZeroUsize};

use serde::Deserialize;
use serde_yaml_ng::Value;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    pub resources: BTreeMap<String, Resource>,
}

/// A resource, or an event of a function.
#[derive(Deserialize)]
pub struct Resource {
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(rename = "Properties", default)]
    pub properties: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableProperties {
    pub billing_mode: serde_json::Value,
    pub attribute_definitions: serde_json::Value,
    pub key_schema: serde_json::Value,
    #[serde(default)]
    pub global_secondary_indexes: Option<serde_json::Value>,
    pub time_to_live_specification: Option<TimeToLive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimeToLive {
    pub attribute_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueueProperties {
    pub visibility_timeout: Option<u32>,
    pub message_retention_period: Option<u32>,
    pub redrive_policy: Option<RedrivePolicy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedrivePolicy {
    pub dead_letter_target_arn: Value,
    pub max_receive_count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionProperties {
    pub timeout: Option<u32>,
    #[serde(default)]
    pub events: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HttpApiEvent {
    pub method: String,
    pub path: String,
    pub auth: Option<Auth>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Auth {
    pub authorizer: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SqsEvent {
    pub queue: Value,
    pub batch_size: NonZeroUsize,
    #[serde(default)]
    pub maximum_batching_window_in_seconds: u32,
    pub scaling_config: ScalingConfig,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduleEvent {
    pub schedule_expression: String,
    pub input: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingConfig {
    pub maximum_concurrency: NonZeroUsize,
}
