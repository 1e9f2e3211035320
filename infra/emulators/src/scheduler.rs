//! EventBridge Scheduler: one-time schedules that fire.

mod client_token;
mod expression;
mod firing;
mod operations;
mod punctuality;
mod schedule;
mod service;
mod store;
mod validation;

use axum::{extract::Query, response::Response};
use http::Uri;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    clock::Clock,
    operation::Operation,
    refusal::{Refusal, rest_json},
    sqs::Sqs,
    state::State,
};
pub use firing::Firing;
pub use punctuality::FiringTime;
pub use service::Scheduler;
use validation::{DEFAULT_GROUP, check_name, validation};

/// The query string of `GetSchedule` and `DeleteSchedule`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryString {
    group_name: Option<String>,
    client_token: Option<String>,
}

impl Scheduler {
    pub(crate) fn open(state: State, clock: Clock, sqs: Sqs) -> rusqlite::Result<Self> {
        let scheduler = Self::new(state, clock, sqs);
        scheduler.provide_group(DEFAULT_GROUP)?;
        Ok(scheduler)
    }

    pub(crate) fn answer(&self, operation: &Operation, uri: &Uri, body: &[u8]) -> Response {
        rest_json(self.run(operation, uri, body))
    }

    fn run(&self, operation: &Operation, uri: &Uri, body: &[u8]) -> Result<Value, Refusal> {
        let Query(query) = Query::<QueryString>::try_from_uri(uri)
            .map_err(|error| validation(error.to_string()))?;
        let name = operation.resource.as_deref().unwrap_or_default();
        check_name("name", name)?;
        match operation.name.as_str() {
            "CreateSchedule" => self.create_schedule(name, &input(body)?),
            "GetSchedule" => {
                self.get_schedule(group_or_default(query.group_name.as_deref())?, name)
            }
            "UpdateSchedule" => self.update_schedule(name, &input(body)?),
            "DeleteSchedule" => self.delete_schedule(
                group_or_default(query.group_name.as_deref())?,
                name,
                query.client_token.as_deref(),
            ),
            "CreateScheduleGroup" => self.create_schedule_group(name, &input(body)?),
            _ => Err(Refusal::unknown_operation()),
        }
    }
}

/// A request's JSON object. One without a body is one without members.
fn input(body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_slice(body).map_err(|error| validation(error.to_string()))
}

fn group_or_default(name: Option<&str>) -> Result<&str, Refusal> {
    let name = name.unwrap_or(DEFAULT_GROUP);
    check_name("groupName", name)?;
    Ok(name)
}
