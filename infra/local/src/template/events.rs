//! The events that invoke a function.

use std::{collections::BTreeMap, num::NonZeroUsize};

use serde_yaml_ng::Value;

use super::{
    document::{HttpApiEvent, Resource, ScheduleEvent, SqsEvent},
    error::TemplateError,
    reference::logical_id,
};

/// A route of the HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `ANY` or an HTTP method.
    pub method: String,
    /// A path with parameters in braces, such as `/v1/users/{id}`.
    pub path: String,
    /// The function that answers.
    pub function: String,
    /// Whether a request needs a token.
    pub authorized: bool,
}

/// A queue that invokes a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEvent {
    /// The queue.
    pub queue: String,
    /// The function.
    pub function: String,
    /// The most messages in one invocation.
    pub batch_size: NonZeroUsize,
    /// The seconds that the first message of a batch waits for others.
    pub batching_window: u32,
    /// The most invocations at once.
    pub maximum_concurrency: NonZeroUsize,
}

/// A function that is invoked at a rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurring {
    /// The function.
    pub function: String,
    /// The minutes between two invocations.
    pub minutes: u32,
    /// The event of each invocation.
    pub input: serde_json::Value,
}

/// The events of one function.
#[derive(Default)]
pub struct Events {
    pub routes: Vec<Route>,
    pub queues: Vec<QueueEvent>,
    pub recurring: Vec<Recurring>,
}

impl Events {
    /// Reads the events of `function`; those of other types are left out.
    pub fn read(
        function: &str,
        declared: BTreeMap<String, Resource>,
    ) -> Result<Self, TemplateError> {
        let mut events = Self::default();
        for event in declared.into_values() {
            match event.kind.as_str() {
                "HttpApi" => events.routes.push(route(function, event.properties)?),
                "SQS" => events.queues.push(queue(function, event.properties)?),
                "ScheduleV2" => events
                    .recurring
                    .push(recurring(function, event.properties)?),
                _ => {}
            }
        }
        Ok(events)
    }
}

fn route(function: &str, properties: Value) -> Result<Route, TemplateError> {
    let HttpApiEvent { method, path, auth } = serde_yaml_ng::from_value(properties)?;
    let authorizer = auth.and_then(|auth| auth.authorizer);

    Ok(Route {
        method,
        path,
        function: function.to_owned(),
        authorized: authorizer.as_deref() != Some("NONE"),
    })
}

fn queue(function: &str, properties: Value) -> Result<QueueEvent, TemplateError> {
    let event: SqsEvent = serde_yaml_ng::from_value(properties)?;

    Ok(QueueEvent {
        queue: logical_id(&event.queue)?,
        function: function.to_owned(),
        batch_size: event.batch_size,
        batching_window: event.maximum_batching_window_in_seconds,
        maximum_concurrency: event.scaling_config.maximum_concurrency,
    })
}

fn recurring(function: &str, properties: Value) -> Result<Recurring, TemplateError> {
    let event: ScheduleEvent = serde_yaml_ng::from_value(properties)?;
    let input = serde_json::from_str(&event.input).ok();

    let Some((minutes, input)) = rate_minutes(&event.schedule_expression).zip(input) else {
        return Err(TemplateError::Schedule(event.schedule_expression));
    };
    Ok(Recurring {
        function: function.to_owned(),
        minutes,
        input,
    })
}

/// The minutes of `rate(1 minute)` or `rate(5 minutes)`.
fn rate_minutes(expression: &str) -> Option<u32> {
    let rate = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    rate.strip_suffix(" minute")
        .or_else(|| rate.strip_suffix(" minutes"))?
        .parse()
        .ok()
}
