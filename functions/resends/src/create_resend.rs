//! `POST /v1/resends`

use axum::extract::State;
use reinvite_web::{Caller, IdempotencyKey, JsonBody, Problem, require_permission};

use crate::{
    create_once::{create_once, repeat_creation},
    create_request::CreateResendRequest,
    created_response::CreatedResendResponse,
    function::ResendsFunction,
    parse_draft::parse_draft,
    request_echo::RequestEcho,
};

/// Creates a resend, once for each idempotency key.
pub async fn create_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    key: IdempotencyKey,
    body: JsonBody<CreateResendRequest>,
) -> Result<CreatedResendResponse, Problem> {
    require_permission(
        context.operator.edits_users(),
        "Making a resend needs group_manager with edit.",
    )?;

    let echo = RequestEcho::new(&body.value);
    let idempotent = key.into_request(&context, "/v1/resends", &body.bytes);
    if let Some(response) = repeat_creation(&function, &context, &idempotent, &echo).await? {
        return Ok(response);
    }

    let draft = parse_draft(&function, &context, body.value).await?;
    create_once(&function, &context, draft, &idempotent, &echo).await
}
