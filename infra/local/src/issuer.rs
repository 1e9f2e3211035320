//! The local identity provider: signs tokens, and gives them to the people who work at this machine.

mod key;

use std::{path::Path, sync::Arc};

use axum::{
    Json, Router,
    extract::{Query, State},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::TimeDelta;
use futures::future::BoxFuture;
use http::{StatusCode, header::CONTENT_TYPE};
use jsonwebtoken::{Header, jwk::JwkSet};
use reinvite_aws::Clock;
use reinvite_web::TokenCheck;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::loopback;
pub use key::KeyError;
use key::{ALGORITHM, Key};

/// The client without a user, as an LMS would have one that keeps its users in step.
pub const MACHINE_CLIENT: &str = "lms";

/// The life of a token.
const TOKEN_LIFE: TimeDelta = TimeDelta::hours(12);

/// Issues tokens for one audience. Clones share the key.
#[derive(Clone)]
pub struct Issuer {
    key: Arc<Key>,
    /// The tokens' `iss`.
    name: String,
    audience: String,
    /// The gateway's check for these tokens.
    check: TokenCheck,
    clock: Clock,
}

/// A token's payload.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    org: &'a str,
    /// Seconds since 1970, as RFC 7519 has it.
    iat: i64,
    exp: i64,
}

impl Issuer {
    /// Opens the issuer's key in `folder`, making it on the first start; without a folder the key lives as long as
    /// the process. `issuer` is the tokens' `iss`, `audience` their `aud`.
    pub fn open(
        folder: Option<&Path>,
        issuer: &str,
        audience: &str,
        clock: Clock,
    ) -> Result<Self, KeyError> {
        let key = Arc::new(Key::open(folder)?);
        let audiences = vec![audience.to_owned(), MACHINE_CLIENT.to_owned()];
        let check = TokenCheck::new(&key.public, issuer, audiences)?;

        Ok(Self {
            key,
            check,
            name: issuer.to_owned(),
            audience: audience.to_owned(),
            clock,
        })
    }

    /// A token for a user of an organisation, good for 12 hours.
    pub fn token(
        &self,
        user_id: &str,
        organisation: &str,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let now = self.clock.now();
        let claims = Claims {
            iss: &self.name,
            aud: &self.audience,
            sub: user_id,
            org: organisation,
            iat: now.timestamp(),
            exp: (now + TOKEN_LIFE).timestamp(),
        };
        self.signed(&claims)
    }

    /// A token of the machine client, as Cognito issues one to a client without a user.
    pub fn client_token(&self) -> Result<String, jsonwebtoken::errors::Error> {
        let now = self.clock.now();
        let claims = json!({
            "iss": self.name,
            "sub": MACHINE_CLIENT,
            "client_id": MACHINE_CLIENT,
            "token_use": "access",
            "iat": now.timestamp(),
            "exp": (now + TOKEN_LIFE).timestamp(),
        });
        self.signed(&claims)
    }

    fn signed(&self, claims: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header {
            kid: Some(self.key.id.clone()),
            ..Header::new(ALGORITHM)
        };
        jsonwebtoken::encode(&header, claims, &self.key.encoding)
    }

    /// The gateway's check for these tokens.
    #[must_use]
    pub fn authorizer(&self) -> TokenCheck {
        self.check.clone()
    }

    /// The public keys of these tokens.
    #[must_use]
    pub fn keys(&self) -> &JwkSet {
        &self.key.public
    }
}

/// Finds the id of the user with a login id, in an organisation.
pub type FindUser = Arc<dyn Fn(String, String) -> BoxFuture<'static, Option<String>> + Send + Sync>;

#[derive(Clone)]
struct TokenEndpoint {
    issuer: Issuer,
    organisation: String,
    find_user: FindUser,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenRequest {
    login_id: Option<String>,
    client_id: Option<String>,
    organisation: Option<String>,
}

/// Serves `/local/token` and `/local/keys`.
///
/// `GET /local/token?loginId=owner` answers `{"token": "..."}` for a user of `organisation`, or of the organisation that the
/// query names with `organisation=`. `GET /local/token?clientId=lms` answers a token of the machine client. The endpoint
/// asks for no password: it answers only on loopback, and no page of another site can read the answer.
///
/// `GET /local/keys` answers the public keys of the tokens, as a JWKS.
pub fn router(issuer: Issuer, organisation: &str, find_user: FindUser) -> Router {
    Router::new()
        .route("/local/token", get(issue_token))
        .route("/local/keys", get(keys))
        .layer(middleware::from_fn(loopback::only))
        .with_state(TokenEndpoint {
            issuer,
            organisation: organisation.to_owned(),
            find_user,
        })
}

async fn keys(State(endpoint): State<TokenEndpoint>) -> Json<JwkSet> {
    Json(endpoint.issuer.keys().clone())
}

async fn issue_token(
    State(endpoint): State<TokenEndpoint>,
    Query(request): Query<TokenRequest>,
) -> Response {
    let organisation = request.organisation.unwrap_or(endpoint.organisation);
    let token = match (request.login_id, request.client_id) {
        (Some(login_id), None) => {
            let Some(user_id) = (endpoint.find_user)(organisation.clone(), login_id.clone()).await
            else {
                return problem(
                    StatusCode::NOT_FOUND,
                    &format!("No user has the login id {login_id}."),
                );
            };
            endpoint.issuer.token(&user_id, &organisation)
        }
        (None, Some(client)) if client == MACHINE_CLIENT => endpoint.issuer.client_token(),
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

fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    });
    (
        status,
        [(CONTENT_TYPE, "application/problem+json")],
        body.to_string(),
    )
        .into_response()
}
