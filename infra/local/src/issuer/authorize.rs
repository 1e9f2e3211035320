//! `/local/authorize`: the sign-in page of the code flow (RFC 6749, 4.1.1), and the answer to it. A session needs no page.

use axum::{
    Form,
    extract::{Query, State, rejection::QueryRejection},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use http::{
    HeaderMap, StatusCode,
    header::{ACCEPT_LANGUAGE, CACHE_CONTROL, HOST, HeaderValue, SET_COOKIE},
};
use serde::Deserialize;

use super::{
    accounts::Operators,
    problem::problem,
    session::{Session, is_own},
    sign_in::{Authorization, SignIn},
    sign_in_page,
    signer::{CONSOLE_CLIENT, SignedIn},
    translations::Translations,
};

/// The page of the console to which a code is sent.
const SIGNED_IN_PATH: &str = "/console/signed-in";

/// The length of 32 bytes in base64url.
const S256_CHALLENGE_CHARACTERS: usize = 43;

/// The query of the request. The form posts to the address of its page, so both requests have it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AuthorizeRequest {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    state: String,
    code_challenge: String,
    code_challenge_method: String,
    /// The languages of the page, separated by blanks.
    ui_locales: Option<String>,
    /// The questions that are asked although there is a session, separated by blanks.
    prompt: String,
    organisation: Option<String>,
}

/// The form of the page.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ChosenOperator {
    login_id: String,
}

/// Answers a page that offers the organisation's operators, or at once a code for the operator of the session.
pub async fn show_operators(
    State(sign_in): State<SignIn>,
    headers: HeaderMap,
    request: Result<Query<AuthorizeRequest>, QueryRejection>,
) -> Response {
    let request = match accepted(request, &headers) {
        Ok(request) => request,
        Err(refusal) => return problem(StatusCode::BAD_REQUEST, &refusal),
    };
    let organisation = request.organisation(&sign_in);
    let operators = (sign_in.accounts.list_operators)(organisation.clone()).await;
    let Some(operators) = operators else {
        let detail = format!("There is no organisation {organisation}.");
        return problem(StatusCode::NOT_FOUND, &detail);
    };
    if let Some(signed_in) = known_operator(&sign_in, &headers, &request, &operators).await {
        return send_code(&sign_in, request, signed_in);
    }

    let translations = Translations::preferred(
        request.ui_locales.as_deref(),
        headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok()),
    );
    sign_in_page::answer(&operators, translations)
}

/// Sends a code for the chosen operator to the console, and begins their session.
pub async fn sign_in(
    State(sign_in): State<SignIn>,
    headers: HeaderMap,
    request: Result<Query<AuthorizeRequest>, QueryRejection>,
    Form(chosen): Form<ChosenOperator>,
) -> Response {
    let request = match accepted(request, &headers) {
        Ok(request) => request,
        Err(refusal) => return problem(StatusCode::BAD_REQUEST, &refusal),
    };
    if !is_own(&headers) {
        return problem(StatusCode::FORBIDDEN, "The form is one of another site.");
    }
    let session = Session {
        login_id: chosen.login_id,
        organisation: request.organisation(&sign_in),
    };
    let Some(signed_in) = find_user(&sign_in, &session).await else {
        let detail = format!("No user has the login id {}.", session.login_id);
        return problem(StatusCode::NOT_FOUND, &detail);
    };

    match session.begin(&headers, &sign_in.sessions, sign_in.issuer.now()) {
        Ok(cookie) => {
            let begun = AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie)));
            (begun, send_code(&sign_in, request, signed_in)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "session cannot be made");
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The session cannot be made.",
            )
        }
    }
}

/// The operator of the session, if no question is needed: the console itself asks, it does not want another choice, and the
/// user is still an operator.
async fn known_operator(
    sign_in: &SignIn,
    headers: &HeaderMap,
    request: &AuthorizeRequest,
    operators: &Operators,
) -> Option<SignedIn> {
    let session = Session::of(headers, &sign_in.sessions, sign_in.issuer.now())?;
    let is_operator = operators
        .accounts
        .iter()
        .any(|account| account.login_id == session.login_id);
    let goes_on = is_own(headers)
        && !request.asks_who()
        && session.organisation == request.organisation(sign_in)
        && is_operator;
    if !goes_on {
        return None;
    }
    find_user(sign_in, &session).await
}

async fn find_user(sign_in: &SignIn, session: &Session) -> Option<SignedIn> {
    let organisation = session.organisation.clone();
    let found = (sign_in.accounts.find_user)(organisation.clone(), session.login_id.clone());
    found.await.map(|user_id| SignedIn {
        user_id,
        organisation,
    })
}

/// Sends a code for a user to the console.
fn send_code(sign_in: &SignIn, request: AuthorizeRequest, signed_in: SignedIn) -> Response {
    let authorization = Authorization {
        signed_in,
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge,
    };
    match sign_in.codes.issue(authorization, sign_in.issuer.now()) {
        Ok(code) => {
            let (console, state) = (request.redirect_uri, encoded(&request.state));
            let redirect = Redirect::to(&format!("{console}?code={code}&state={state}"));
            let no_store = (CACHE_CONTROL, HeaderValue::from_static("no-store"));
            ([no_store], redirect).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "authorization code cannot be made");
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The authorization code cannot be made.",
            )
        }
    }
}

/// The request, if it is one of this very origin's console; otherwise the reason why it is refused. The refusal is answered
/// here and not sent on: the redirect address is not to be trusted.
fn accepted(
    request: Result<Query<AuthorizeRequest>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<AuthorizeRequest, String> {
    let Query(request) = request.map_err(|error| error.body_text())?;

    let own = own_address(headers, SIGNED_IN_PATH);
    let refusal = if request.client_id != CONSOLE_CLIENT {
        format!("client_id must be {CONSOLE_CLIENT}.")
    } else if request.redirect_uri != own {
        format!("redirect_uri must be {own}.")
    } else if request.response_type != "code" {
        "response_type must be code.".to_owned()
    } else if request.code_challenge_method != "S256" {
        "code_challenge_method must be S256.".to_owned()
    } else if request.code_challenge.len() != S256_CHALLENGE_CHARACTERS {
        "code_challenge must be the SHA-256 of the verifier in base64url.".to_owned()
    } else {
        return Ok(request);
    };
    Err(refusal)
}

/// The address of a path at the host and port that the browser named.
pub fn own_address(headers: &HeaderMap, path: &str) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    format!("http://{}{path}", host.unwrap_or_default())
}

impl AuthorizeRequest {
    /// Whether the operator is to be asked even if there is a session.
    fn asks_who(&self) -> bool {
        let mut prompts = self.prompt.split_ascii_whitespace();
        prompts.any(|prompt| ["login", "select_account"].contains(&prompt))
    }

    fn organisation(&self, sign_in: &SignIn) -> String {
        let named = self.organisation.as_ref();
        named.unwrap_or(&sign_in.organisation).clone()
    }
}

/// A text as the value of a query (RFC 3986, 2.1).
fn encoded(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_state_comes_back_as_the_console_sent_it() {
        assert_eq!(encoded("aZ09-._~"), "aZ09-._~");
        assert_eq!(encoded("a&b=c d\r\né"), "a%26b%3Dc%20d%0D%0A%C3%A9");
    }
}
