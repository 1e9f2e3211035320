//! The shapes of `CloudFormation` and SAM that the local stack reads.

use std::{collections::BTreeMap, num::NonZeroUsize};

use serde::Deserialize;
use serde_yaml_ng::Value;

/// A template.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    #[serde(default)]
    pub conditions: BTreeMap<String, Value>,
    #[serde(default)]
    pub globals: Globals,
    pub resources: BTreeMap<String, Resource>,
}

/// A parameter of the deployment.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parameter {
    pub default: Option<Value>,
}

/// Properties that all functions share.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Globals {
    #[serde(default)]
    pub function: FunctionProperties,
}

/// A resource, or an event of a function.
#[derive(Deserialize)]
pub struct Resource {
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(rename = "Properties", default)]
    pub properties: Value,
}

/// `AWS::DynamoDB::Table`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableProperties {
    pub billing_mode: serde_json::Value,
    pub attribute_definitions: serde_json::Value,
    pub key_schema: serde_json::Value,
    pub global_secondary_indexes: Option<serde_json::Value>,
    pub time_to_live_specification: Option<TimeToLive>,
}

/// The expiry of a table's items.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimeToLive {
    pub attribute_name: String,
}

/// `AWS::SQS::Queue`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueueProperties {
    pub visibility_timeout: Option<u32>,
    pub message_retention_period: Option<u32>,
    pub redrive_policy: Option<RedrivePolicy>,
}

/// The dead-letter queue of a queue.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedrivePolicy {
    pub dead_letter_target_arn: Value,
    pub max_receive_count: u32,
}

/// `AWS::Serverless::Function`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionProperties {
    pub function_name: Option<Value>,
    pub timeout: Option<u32>,
    pub role: Option<Value>,
    #[serde(default)]
    pub logging_config: LoggingConfig,
    #[serde(default)]
    pub event_invoke_config: EventInvokeConfig,
    #[serde(default)]
    pub environment: Environment,
    #[serde(default)]
    pub events: BTreeMap<String, Resource>,
}

/// The log of a function.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoggingConfig {
    pub log_group: Option<Value>,
}

/// The asynchronous invocations of a function.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EventInvokeConfig {
    pub destination_config: DestinationConfig,
}

/// The destinations of asynchronous invocations.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DestinationConfig {
    pub on_failure: Option<Destination>,
}

/// The destination of the events that a function failed to handle.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Destination {
    pub destination: Value,
}

/// `AWS::IAM::Role`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleProperties {
    #[serde(default)]
    pub policies: Vec<InlinePolicy>,
}

/// A policy within a role.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    pub policy_document: PolicyDocument,
}

/// The document of a policy, whose statements may depend on conditions.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    pub statement: Vec<Value>,
}

/// The environment of a function.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    #[serde(default)]
    pub variables: BTreeMap<String, Value>,
}

/// `AWS::Serverless::HttpApi`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HttpApiProperties {
    pub cors_configuration: Option<Value>,
}

/// A route of the HTTP API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HttpApiEvent {
    pub method: String,
    pub path: String,
    pub auth: Option<Auth>,
}

/// The authorizer of a route.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Auth {
    pub authorizer: Option<String>,
}

/// A queue that invokes a function.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SqsEvent {
    pub queue: Value,
    pub batch_size: NonZeroUsize,
    #[serde(default)]
    pub maximum_batching_window_in_seconds: u32,
    pub scaling_config: ScalingConfig,
}

/// The concurrency of a queue's invocations.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingConfig {
    pub maximum_concurrency: NonZeroUsize,
}

/// A recurring invocation.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduleEvent {
    pub schedule_expression: String,
    pub input: String,
}
