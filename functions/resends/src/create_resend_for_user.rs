//! `POST /v1/users/{id}/resend`

use axum::extract::State;
use reinvite_domain::{Access, UserId};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, IdempotencyKey, JsonBody, PathId, Problem, require_permission};

use crate::{
    create_once::{create_once, repeat_creation},
    create_request::CreateResendRequest,
    created_response::CreatedResendResponse,
    function::ResendsFunction,
    parse_draft::parse_draft_for_user,
    request_echo::RequestEcho,
};

/// Creates a resend for one user, once for each idempotency key.
pub async fn create_resend_for_user(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    key: IdempotencyKey,
    body: Option<JsonBody<CreateResendRequest>>,
) -> Result<CreatedResendResponse, Problem> {
    require_invitable(&function, &context, &id).await?;

    let (request, bytes) = body
        .map(|body| (body.value, body.bytes))
        .unwrap_or_default();
    let echo = RequestEcho::new(&request);
    let idempotent = key.into_request(&context, format!("/v1/users/{id}/resend"), &bytes);
    if let Some(response) = repeat_creation(&function, &context, &idempotent, &echo).await? {
        return Ok(response);
    }

    let draft = parse_draft_for_user(&function, &context, id, request).await?;
    create_once(&function, &context, draft, &idempotent, &echo).await
}

/// Permits operators who may invite the user; 404 for a user whom they may not see.
async fn require_invitable(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &UserId,
) -> Result<(), Problem> {
    let users = &function.api.store.users;
    let user = users.get(&context.organisation.id, id).await?;
    let access = user
        .and_then(|user| context.operator.access(&user.groups))
        .ok_or_else(Problem::not_found)?;

    require_permission(
        access == Access::Edit,
        "Inviting the user needs group_manager with edit on one of their groups.",
    )
}
