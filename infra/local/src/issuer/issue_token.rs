//! `GET /local/token`: a token without a password.

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{problem::problem, sign_in::SignIn, signer::MACHINE_CLIENT};

/// The query.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRequest {
    login_id: Option<String>,
    client_id: Option<String>,
    organisation: Option<String>,
}

/// Answers a token of a user, or of the machine client.
pub async fn issue_token(
    State(sign_in): State<SignIn>,
    Query(request): Query<TokenRequest>,
) -> Response {
    let organisation = request.organisation.unwrap_or(sign_in.organisation);
    let token = match (request.login_id, request.client_id) {
        (Some(login_id), None) => {
            let found = (sign_in.accounts.find_user)(organisation.clone(), login_id.clone());
            let Some(user_id) = found.await else {
                let detail = format!("No user has the login id {login_id}.");
                return problem(StatusCode::NOT_FOUND, &detail);
            };
            sign_in.issuer.token(&user_id, &organisation)
        }
        (None, Some(client)) if client == MACHINE_CLIENT => sign_in.issuer.client_token(),
        (None, Some(_)) => return problem(StatusCode::NOT_FOUND, "The only client is lms."),
        _ => {
            return problem(
                StatusCode::BAD_REQUEST,
                "Name either a loginId or a clientId.",
            );
        }
    };

    match token {
        Ok(token) => Json(json!({ "token": token })).into_response(),
        Err(error) => {
            tracing::error!(%error, "token cannot be signed");
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The token cannot be signed.",
            )
        }
    }
}
