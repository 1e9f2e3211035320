//! `/local/sign-out`: ends the issuer's session, with the parameters of a user pool's `/logout`.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use http::{
    HeaderMap, StatusCode,
    header::{CACHE_CONTROL, HeaderValue, SET_COOKIE},
};
use serde::Deserialize;

use super::{
    authorize::own_address, problem::problem, session, sign_in::SignIn, signer::CONSOLE_CLIENT,
};

/// The page of the console to which an operator returns.
const SIGNED_OUT_PATH: &str = "/";

/// The query of the request.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignOutRequest {
    client_id: String,
    logout_uri: String,
}

/// Ends the session, and sends the browser back to the console of this origin.
pub async fn sign_out(
    State(sign_in): State<SignIn>,
    headers: HeaderMap,
    request: Result<Query<SignOutRequest>, QueryRejection>,
) -> Response {
    let own = own_address(&headers, SIGNED_OUT_PATH);
    let refusal = match request {
        Err(error) => error.body_text(),
        Ok(Query(request)) if request.client_id != CONSOLE_CLIENT => {
            format!("client_id must be {CONSOLE_CLIENT}.")
        }
        Ok(Query(request)) if request.logout_uri != own => format!("logout_uri must be {own}."),
        Ok(_) => {
            let cookie = session::end(&headers, &sign_in.sessions, sign_in.issuer.now());
            let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            let deleted = AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie)));
            return (no_store, deleted, Redirect::to(&own)).into_response();
        }
    };
    problem(StatusCode::BAD_REQUEST, &refusal)
}
