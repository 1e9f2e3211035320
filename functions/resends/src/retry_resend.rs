//! `POST /v1/resends/{id}/retry`

use axum::extract::State;
use reinvite_domain::{ResendId, ResendState};
use reinvite_web::{Caller, IdempotencyKey, JsonBody, PathId, Problem, ProblemKind};
use serde::Deserialize;

use crate::{
    create_once::{create_once, repeat_creation},
    created_response::CreatedResendResponse,
    find_resend::find_editable_resend,
    function::ResendsFunction,
    retry_candidates::find_retry_candidates,
    retry_draft::retry_draft,
    retry_states::parse_retry_states,
};

/// The body of a request to retry a resend.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryRequest {
    states: Option<Vec<String>>,
}

/// Invites the recipients of a resend whose mails failed again: creates a resend with the same
/// content, once for each idempotency key.
pub async fn retry_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    key: IdempotencyKey,
    body: Option<JsonBody<RetryRequest>>,
) -> Result<CreatedResendResponse, Problem> {
    let resend = find_editable_resend(&function, &context, &id).await?;
    let (request, bytes) = body
        .map(|body| (body.value, body.bytes))
        .unwrap_or_default();

    let idempotent = key.into_request(&context, format!("/v1/resends/{id}/retry"), &bytes);
    if let Some(response) = repeat_creation(&function, &context, &idempotent).await? {
        return Ok(response);
    }

    let states = parse_retry_states(request.states.as_deref())?;
    require_retryable(resend.state)?;

    let store = &function.api.store;
    let users = find_retry_candidates(store, &resend, &states).await?;
    if users.is_empty() {
        return Err(Problem::new(
            ProblemKind::NobodyEligible,
            "Nobody of it is left to be retried.",
        ));
    }

    let draft = retry_draft(&function, &context, resend, users).await?;
    create_once(&function, &context, draft, &idempotent).await
}

/// Rejects a retry of a resend that has not ended.
fn require_retryable(state: ResendState) -> Result<(), Problem> {
    if matches!(
        state,
        ResendState::Completed | ResendState::Cancelled | ResendState::Failed
    ) {
        return Ok(());
    }

    let detail = format!(
        "The resend is {}: it can be retried once it has ended.",
        state.name()
    );
    Err(Problem::new(ProblemKind::Conflict, detail))
}
