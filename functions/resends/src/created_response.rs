//! Answers a resend that was created, now or by an earlier request with the same key.

use axum::{
    Json,
    http::{HeaderName, StatusCode},
};
use chrono::TimeDelta;
use reinvite_domain::{Resend, ResendId, ResendState, SenderJob};
use reinvite_mail::CleanedFinding;
use reinvite_store::{Error, OperatorContext};
use reinvite_web::{Problem, etag};
use serde::Serialize;

use crate::{
    engine_problem::engine_problem,
    excluded_user_response::ExcludedUserResponse,
    function::ResendsFunction,
    notice::Notice,
    request_echo::RequestEcho,
    resend_response::{ResendBody, resend_body},
};

/// The most excluded users in the answer; `/v1/resends/{id}/excluded` lists all of them.
const MAX_EXCLUDED_IN_RESPONSE: usize = 200;

/// A resend that was created, with its version as the `ETag`: 201 if it was prepared while the
/// caller waited, or else 202.
pub type CreatedResendResponse = (
    StatusCode,
    [(HeaderName, String); 1],
    Json<CreatedResendBody>,
);

/// A resend that was created.
#[derive(Serialize)]
pub struct CreatedResendBody {
    #[serde(flatten)]
    resend: ResendBody,
    excluded: Vec<ExcludedUserResponse>,
    notices: Vec<Notice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cleaned: Option<Vec<CleanedFinding>>,
}

/// Prepares a resend that is not prepared yet, and answers it.
///
/// A resend that is still not prepared afterwards is left to the sender. `notices` are those about
/// its recipients and its template.
pub async fn created_response(
    function: &ResendsFunction,
    context: &OperatorContext,
    mut resend: Resend,
    echo: &RequestEcho,
    notices: Vec<Notice>,
) -> Result<CreatedResendResponse, Problem> {
    let (mut status, mut excluded) = (StatusCode::ACCEPTED, Vec::new());
    if resend.prepared_in_request {
        resend = prepare_while_caller_waits(function, context, resend).await?;
        excluded = first_excluded(function, &resend.id).await?;
        status = StatusCode::CREATED;
    }
    if resend.state == ResendState::Preparing {
        let job = SenderJob::Prepare {
            resend: resend.id.clone(),
        };
        let queue = &function.preparer.queue;
        queue.send(&job, TimeDelta::zero()).await?;
    }

    let etag = etag(resend.version);
    let mut all_notices = Notice::of_start(echo.start_at.as_deref(), &resend);
    all_notices.extend(notices);
    let body = CreatedResendBody {
        notices: all_notices,
        cleaned: echo.cleaned.clone(),
        resend: resend_body(function, context, resend).await?,
        excluded,
    };
    Ok((status, etag, Json(body)))
}

async fn prepare_while_caller_waits(
    function: &ResendsFunction,
    context: &OperatorContext,
    resend: Resend,
) -> Result<Resend, Problem> {
    if resend.state != ResendState::Preparing {
        return Ok(resend);
    }

    let deadline = function.caller_deadline();
    let prepared = function.preparer.prepare(&resend, context, deadline);
    Box::pin(prepared).await.map_err(engine_problem)
}

async fn first_excluded(
    function: &ResendsFunction,
    id: &ResendId,
) -> Result<Vec<ExcludedUserResponse>, Error> {
    let lists = function.api.store.recipient_lists.all(id).await?;
    Ok(lists
        .into_iter()
        .flat_map(|list| list.excluded)
        .map(ExcludedUserResponse::from)
        .take(MAX_EXCLUDED_IN_RESPONSE)
        .collect())
}
