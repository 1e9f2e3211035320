//! SQS's errors: each has a name in the JSON protocol, and the older name of the query protocol that SDKs report.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode, header::CONTENT_TYPE};
use serde_json::json;

use super::service::Answer;
use crate::refusal::Refusal;

const JSON: &str = "application/x-amz-json-1.0";

/// The header that carries the query protocol's name.
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

/// An answer in AWS JSON 1.0.
pub fn aws_json(answer: Answer) -> Response {
    let refusal = match answer {
        Ok(body) => {
            return (
                [(CONTENT_TYPE, JSON)],
                Json(body).into_response().into_body(),
            )
                .into_response();
        }
        Err(refusal) => refusal,
    };

    let fault = if refusal.status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    let query_error = format!("{};{fault}", query_code(refusal.code));

    let body = json!({ "__type": format!("com.amazonaws.sqs#{}", refusal.code), "message": refusal.message });
    let body = Json(body).into_response().into_body();
    (
        refusal.status,
        [(CONTENT_TYPE, JSON.to_owned()), (QUERY_ERROR, query_error)],
        body,
    )
        .into_response()
}

/// The query protocol's name of an error; most are the same.
pub fn query_code(code: &'static str) -> &'static str {
    match code {
        "BatchEntryIdsNotDistinct" => "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
        "BatchRequestTooLong" => "AWS.SimpleQueueService.BatchRequestTooLong",
        "EmptyBatchRequest" => "AWS.SimpleQueueService.EmptyBatchRequest",
        "InvalidBatchEntryId" => "AWS.SimpleQueueService.InvalidBatchEntryId",
        "MessageNotInflight" => "AWS.SimpleQueueService.MessageNotInflight",
        "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue",
        "QueueNameExists" => "QueueAlreadyExists",
        "TooManyEntriesInBatchRequest" => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        same => same,
    }
}

/// A parameter is there and wrong.
pub fn invalid_parameter(name: &str, value: impl std::fmt::Display, reason: &str) -> Refusal {
    Refusal::bad_request(
        "InvalidParameterValue",
        format!("Value {value} for parameter {name} is invalid. Reason: {reason}"),
    )
}

/// The queue is not there.
pub fn queue_does_not_exist() -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "QueueDoesNotExist",
        "The specified queue does not exist.",
    )
}

/// A number, checked against its bounds.
pub fn within(
    name: &str,
    value: i64,
    bounds: std::ops::RangeInclusive<i64>,
) -> Result<i64, Refusal> {
    if bounds.contains(&value) {
        return Ok(value);
    }
    let reason = format!("Must be between {} and {}.", bounds.start(), bounds.end());
    Err(invalid_parameter(name, value, &reason))
}
