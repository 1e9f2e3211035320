//! `POST /local/token`: the token endpoint of the code flow (RFC 6749, 4.1.3 and 6).

use axum::{
    Form, Json,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{
    StatusCode,
    header::{CACHE_CONTROL, HeaderValue},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{
    sign_in::SignIn,
    signer::{CONSOLE_CLIENT, CONSOLE_TOKEN_LIFE, SignedIn},
};

/// The form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ExchangeForm {
    grant_type: String,
    client_id: String,
    code: String,
    code_verifier: String,
    redirect_uri: String,
    refresh_token: String,
}

/// The answer.
#[derive(Serialize)]
struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    refresh_token: String,
}

/// The request is refused. The texts are the codes of RFC 6749, 5.2.
#[derive(Clone, Copy, Debug, Error)]
enum ExchangeError {
    /// The body is no form.
    #[error("invalid_request")]
    Request,
    /// The client is another.
    #[error("invalid_client")]
    Client,
    /// The code or token was used, has expired, was made up, or belongs to another request.
    #[error("invalid_grant")]
    Grant,
    /// The grant is of another type.
    #[error("unsupported_grant_type")]
    GrantType,
    /// The tokens cannot be made.
    #[error("server_error")]
    Server,
}

/// Answers tokens for a code with its verifier, or for a refresh token.
pub async fn exchange(
    State(sign_in): State<SignIn>,
    form: Result<Form<ExchangeForm>, FormRejection>,
) -> Response {
    let tokens = form
        .map_err(|_| ExchangeError::Request)
        .and_then(|Form(form)| form.redeem(&sign_in))
        .and_then(|signed_in| answer(&sign_in, signed_in));

    let mut response = match tokens {
        Ok(tokens) => Json(tokens).into_response(),
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl ExchangeForm {
    /// The user of the code or the refresh token, which is then good no more.
    fn redeem(&self, sign_in: &SignIn) -> Result<SignedIn, ExchangeError> {
        if self.client_id != CONSOLE_CLIENT {
            return Err(ExchangeError::Client);
        }

        match &*self.grant_type {
            "authorization_code" => self.redeem_code(sign_in),
            "refresh_token" => sign_in
                .refresh_tokens
                .redeem(&self.refresh_token, sign_in.issuer.now())
                .ok_or(ExchangeError::Grant),
            _ => Err(ExchangeError::GrantType),
        }
    }

    fn redeem_code(&self, sign_in: &SignIn) -> Result<SignedIn, ExchangeError> {
        let now = sign_in.issuer.now();
        let authorization = sign_in.codes.redeem(&self.code, now);
        let authorization = authorization.ok_or(ExchangeError::Grant)?;

        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&self.code_verifier));
        let is_of_request = challenge == authorization.code_challenge
            && self.redirect_uri == authorization.redirect_uri;
        is_of_request
            .then_some(authorization.signed_in)
            .ok_or(ExchangeError::Grant)
    }
}

fn answer(sign_in: &SignIn, signed_in: SignedIn) -> Result<TokenResponse, ExchangeError> {
    let access_token = sign_in.issuer.console_token(&signed_in).map_err(|error| {
        tracing::error!(%error, "token cannot be signed");
        ExchangeError::Server
    })?;
    let refresh_token = sign_in
        .refresh_tokens
        .issue(signed_in, sign_in.issuer.now())
        .map_err(|error| {
            tracing::error!(%error, "refresh token cannot be made");
            ExchangeError::Server
        })?;

    Ok(TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in: CONSOLE_TOKEN_LIFE.num_seconds(),
        refresh_token,
    })
}

impl IntoResponse for ExchangeError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Server => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}
