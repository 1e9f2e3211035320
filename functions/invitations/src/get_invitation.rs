//! `GET /v1/invitations/{token}`

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use reinvite_domain::InvitationState;
use reinvite_web::PathId;
use serde::Serialize;

use crate::find_invitation::FoundInvitation;
use crate::form::wants_page;
use crate::function::InvitationsFunction;
use crate::page::Page;

/// The state of a link.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InvitationResponse {
    state: InvitationState,
    expires_at: DateTime<Utc>,
}

/// Answers the state of a link: in JSON, or as a page for a browser.
pub async fn get_invitation(
    State(function): State<InvitationsFunction>,
    PathId(token): PathId<String>,
    headers: HeaderMap,
) -> Response {
    let found = function.find_invitation(&token).await;

    match found {
        Ok(found) if wants_page(&headers) => {
            Page::of_state(found.state, &token).respond(found.addressee())
        }
        Ok(found) => Json(InvitationResponse::from(found)).into_response(),
        Err(problem) if wants_page(&headers) => {
            Page::of_problem(&problem, None).respond_to(&headers)
        }
        Err(problem) => problem.into_response(),
    }
}

impl From<FoundInvitation> for InvitationResponse {
    fn from(found: FoundInvitation) -> Self {
        Self {
            state: found.state,
            expires_at: found.invitation.expires_at,
        }
    }
}
