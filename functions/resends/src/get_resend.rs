//! `GET /v1/resends/{id}`

use axum::{Json, extract::State};
use reinvite_domain::ResendId;
use reinvite_web::{Caller, PathId, Problem};

use crate::{
    find_resend::find_resend,
    function::ResendsFunction,
    resend_response::{ResendResponse, resend_response},
};

/// Reads a resend: its state, its counts, their progress, and when it is expected to finish.
pub async fn get_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
) -> Result<ResendResponse, Problem> {
    // Read before the counts, so that no sample is newer than they are.
    let progress = function.api.store.resend_progress.get(&id).await?;
    let resend = find_resend(&function, &context, &id).await?;

    let now = function.api.clock.now();
    let progress = progress.map(|progress| progress.with_current(now, &resend.counts));
    let (etag, Json(mut body)) = resend_response(&function, &context, resend).await?;
    body.progress = progress;
    Ok((etag, Json(body)))
}
