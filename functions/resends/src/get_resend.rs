//! `GET /v1/resends/{id}`

use axum::extract::State;
use reinvite_domain::ResendId;
use reinvite_web::{Caller, PathId, Problem};

use crate::{
    find_resend::find_resend,
    function::ResendsFunction,
    resend_response::{ResendResponse, resend_response},
};

/// Reads a resend: its state, its counts, and when it is expected to finish.
pub async fn get_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
) -> Result<ResendResponse, Problem> {
    let resend = find_resend(&function, &context, &id).await?;
    resend_response(&function, &context, resend).await
}
