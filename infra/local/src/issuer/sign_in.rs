//! The state of the issuer's endpoints.

use chrono::TimeDelta;

use super::{
    accounts::Accounts,
    session::Session,
    signer::{Issuer, SignedIn},
    tickets::Tickets,
};

/// The life of an authorization code.
const CODE_LIFE: TimeDelta = TimeDelta::minutes(1);

/// The life of a refresh token and of a session, as long as that of a token that a developer asks for.
const SESSION_LIFE: TimeDelta = TimeDelta::hours(12);

/// The state of the issuer's endpoints. Clones share it.
#[derive(Clone)]
pub struct SignIn {
    /// Signs tokens.
    pub issuer: Issuer,
    /// The organisation of requests that name none.
    pub organisation: String,
    /// The users.
    pub accounts: Accounts,
    /// The authorization codes.
    pub codes: Tickets<Authorization>,
    /// The refresh tokens. Each renewal answers another.
    pub refresh_tokens: Tickets<SignedIn>,
    /// The issuer's own sessions, by the value of their cookies.
    pub sessions: Tickets<Session>,
}

/// An authorization: a user who signed in, and what the console must show to get the tokens.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// The user.
    pub signed_in: SignedIn,
    /// The address to which the code was sent.
    pub redirect_uri: String,
    /// The hash of the verifier (RFC 7636).
    pub code_challenge: String,
}

impl SignIn {
    /// The state without any code.
    pub fn new(issuer: Issuer, organisation: &str, accounts: Accounts) -> Self {
        Self {
            issuer,
            organisation: organisation.to_owned(),
            accounts,
            codes: Tickets::new(CODE_LIFE),
            refresh_tokens: Tickets::new(SESSION_LIFE),
            sessions: Tickets::new(SESSION_LIFE),
        }
    }
}
