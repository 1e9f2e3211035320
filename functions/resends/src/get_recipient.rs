//! `GET /v1/resends/{id}/recipients/{user}`

use axum::{Json, extract::State};
use reinvite_domain::{ResendId, UserId};
use reinvite_web::{Caller, PathId, Problem};

use crate::{
    find_recipient::find_recipient, find_resend::find_resend, function::ResendsFunction,
    recipient_response::RecipientResponse,
};

/// Reads one recipient of a resend.
pub async fn get_recipient(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId((id, user)): PathId<(ResendId, UserId)>,
) -> Result<Json<RecipientResponse>, Problem> {
    find_resend(&function, &context, &id).await?;
    let (recipient, user) = find_recipient(&function, &context, &id, &user).await?;

    Ok(Json(RecipientResponse::new(recipient, user.as_ref())))
}
