//! `POST /v1/resends/{id}/retry`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use reinvite_domain::{Resend, ResendId, ResendState};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, JsonBody, PathId, Problem, ProblemKind};
use serde::Deserialize;

use crate::{
    create_once::{create_once, repeat_creation},
    find_resend::find_editable_resend,
    function::ResendsFunction,
    preview_resend::preview_draft,
    request_echo::RequestEcho,
    resend_draft::ResendDraft,
    retry_candidates::find_retry_candidates,
    retry_draft::retry_draft,
    retry_mode::RetryMode,
    retry_states::parse_retry_states,
};

/// The body of a request to retry a resend.
#[derive(Default, Deserialize)]
pub struct RetryRequest {
    states: Option<Vec<String>>,
}

/// Invites recipients of a resend again, by default those whose mails failed: creates a resend with
/// the same content, once for each idempotency key. A dry run answers a preview, and writes nothing.
pub async fn retry_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    mode: RetryMode,
    body: Option<JsonBody<RetryRequest>>,
) -> Result<Response, Problem> {
    let resend = find_editable_resend(&function, &context, &id).await?;
    let (request, bytes) = body
        .map(|body| (body.value, body.bytes))
        .unwrap_or_default();

    let key = match mode {
        RetryMode::Create(key) => key,
        RetryMode::DryRun(query) => {
            let draft = draft_retry(&function, &context, resend, &request).await?;
            let preview = preview_draft(&function, &context, &draft, &query).await?;
            return Ok(Json(preview).into_response());
        }
    };

    let echo = RequestEcho::default();
    let idempotent = key.into_request(&context, format!("/v1/resends/{id}/retry"), &bytes);
    if let Some(response) = repeat_creation(&function, &context, &idempotent, &echo).await? {
        return Ok(response.into_response());
    }
    let draft = draft_retry(&function, &context, resend, &request).await?;
    if draft.selection.ids.is_empty() {
        return Err(Problem::new(
            ProblemKind::NobodyEligible,
            "Nobody of it is left to be retried.",
        ));
    }

    let created = create_once(&function, &context, draft, &idempotent, &echo).await?;
    Ok(created.into_response())
}

/// Drafts the retry that a request asks for. Its selection may be empty.
async fn draft_retry(
    function: &ResendsFunction,
    context: &OperatorContext,
    resend: Resend,
    request: &RetryRequest,
) -> Result<ResendDraft, Problem> {
    let states = parse_retry_states(request.states.as_deref())?;
    require_retryable(&resend)?;

    let store = &function.api.store;
    let users = find_retry_candidates(store, &resend, &states).await?;
    retry_draft(function, context, resend, users).await
}

/// Rejects a retry of a resend that has not ended. A cancelled one has ended once each of its recipients
/// has an outcome: a wave may still be on its way.
fn require_retryable(resend: &Resend) -> Result<(), Problem> {
    let detail = match resend.state {
        ResendState::Completed | ResendState::Failed => return Ok(()),
        ResendState::Cancelled if resend.is_at_rest() => return Ok(()),
        ResendState::Cancelled => {
            "The resend is being cancelled: it can be retried in a few seconds.".to_owned()
        }
        state => format!(
            "The resend is {}: it can be retried once it has ended.",
            state.name()
        ),
    };
    Err(Problem::new(ProblemKind::Conflict, detail))
}
