//! The services over HTTP, all on one port.

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;

use crate::{
    operation::{Operation, Service},
    refusal::Refusal,
    services::Services,
};

/// The longest request that any service takes: DynamoDB's 16 MB.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Serves the services. The operation, and with it the service, is read from each request.
pub fn router(services: Services) -> Router {
    Router::new().fallback(answer).with_state(services)
}

async fn answer(State(services): State<Services>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(operation) = Operation::of(&parts) else {
        return Refusal::unknown_operation().into_rest_json();
    };

    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            "Request body is too large.",
        )
        .into_rest_json();
    };

    match operation.service {
        Service::DynamoDb => services.dynamodb.answer(&operation.name, &body).await,
        Service::Ses => services.ses.answer(&operation.name, &body),
        Service::Scheduler => services.scheduler.answer(&operation, &parts.uri, &body),
        Service::SecretsManager => services.secrets.answer(&operation.name, &body),
        Service::Cognito => services.user_pool.answer(&operation.name, &body),
        Service::Sqs => services.sqs.answer(&operation.name, &body).await,
    }
}
