//! The local identity provider: signs tokens, and gives them to the people who work at this machine.

mod accounts;
mod authorize;
mod exchange;
mod issue_token;
mod key;
mod problem;
mod session;
mod sign_in;
mod sign_in_page;
mod sign_out;
mod signer;
mod tickets;
mod translations;

use axum::{
    Json, Router,
    extract::State,
    middleware,
    routing::{get, post},
};
use jsonwebtoken::jwk::JwkSet;

use crate::loopback;
pub use accounts::{Accounts, FindUser, ListOperators, OperatorAccount, Operators};
pub use key::KeyError;
use sign_in::SignIn;
pub use signer::{CONSOLE_CLIENT, Issuer, MACHINE_CLIENT, SignedIn};

/// Serves `/local/token`, `/local/authorize`, `/local/sign-out` and `/local/keys`. All of them answer only on loopback, and no
/// page of another site can read an answer.
///
/// `GET /local/token?loginId=owner` answers `{"token": "..."}` for a user of `organisation`, or of the organisation that the
/// query names with `organisation=`. `GET /local/token?clientId=lms` answers a token of the machine client. Neither asks for a
/// password.
///
/// `GET /local/authorize` and `POST /local/token` are the code flow with PKCE (RFC 6749, RFC 7636) of the console. The sign-in
/// page offers the organisation's operators to choose from, and a cookie keeps the choice until `GET /local/sign-out`.
///
/// `GET /local/keys` answers the public keys of the tokens, as a JWKS.
pub fn router(issuer: Issuer, organisation: &str, accounts: Accounts) -> Router {
    let token = get(issue_token::issue_token).merge(post(exchange::exchange));
    let authorize = get(authorize::show_operators).merge(post(authorize::sign_in));

    Router::new()
        .route("/local/token", token)
        .route("/local/authorize", authorize)
        .route("/local/sign-out", get(sign_out::sign_out))
        .route("/local/keys", get(keys))
        .layer(middleware::from_fn(loopback::only))
        .with_state(SignIn::new(issuer, organisation, accounts))
}

async fn keys(State(sign_in): State<SignIn>) -> Json<JwkSet> {
    Json(sign_in.issuer.keys().clone())
}
