//! Signs tokens.

use std::{path::Path, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Header, errors::Error, jwk::JwkSet};
use reinvite_aws::Clock;
use reinvite_web::TokenCheck;
use serde::Serialize;
use serde_json::json;

use super::key::{ALGORITHM, Key, KeyError};

/// The client without a user, as an LMS would have one that keeps its users in step.
pub const MACHINE_CLIENT: &str = "lms";

/// The public client of the console.
pub const CONSOLE_CLIENT: &str = "console";

/// The life of a token that a developer asks for.
const TOKEN_LIFE: TimeDelta = TimeDelta::hours(12);

/// The life of a token of the console, as Cognito has it by default.
pub const CONSOLE_TOKEN_LIFE: TimeDelta = TimeDelta::hours(1);

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

/// A user who signed in on the console.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The user.
    pub user_id: String,
    /// The organisation.
    pub organisation: String,
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
    pub fn token(&self, user_id: &str, organisation: &str) -> Result<String, Error> {
        self.user_token(user_id, organisation, TOKEN_LIFE)
    }

    /// A token for a user who signed in on the console, good for an hour.
    ///
    /// There is no ID token: this issuer speaks OAuth 2.0 and not `OpenID` Connect, and the console has no use for one.
    pub fn console_token(&self, signed_in: &SignedIn) -> Result<String, Error> {
        self.user_token(
            &signed_in.user_id,
            &signed_in.organisation,
            CONSOLE_TOKEN_LIFE,
        )
    }

    /// A token of the machine client, as Cognito issues one to a client without a user.
    pub fn client_token(&self) -> Result<String, Error> {
        let now = self.now();
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

    fn user_token(
        &self,
        user_id: &str,
        organisation: &str,
        life: TimeDelta,
    ) -> Result<String, Error> {
        let now = self.now();
        self.signed(&Claims {
            iss: &self.name,
            aud: &self.audience,
            sub: user_id,
            org: organisation,
            iat: now.timestamp(),
            exp: (now + life).timestamp(),
        })
    }

    fn signed(&self, claims: &impl Serialize) -> Result<String, Error> {
        let header = Header {
            kid: Some(self.key.id.clone()),
            ..Header::new(ALGORITHM)
        };
        jsonwebtoken::encode(&header, claims, &self.key.encoding)
    }

    /// The time by which tokens are valid.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
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
