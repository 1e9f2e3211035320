//! Verifies a bearer token, as the JWT authorizer of an HTTP API does.

use std::collections::HashMap;

use axum::http::{HeaderMap, header::AUTHORIZATION};
use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode_header,
    jwk::{Jwk, JwkSet},
};
use serde_json::{Map, Value};

/// A token's claims as API Gateway hands them on: all of them text.
pub type TokenClaims = HashMap<String, String>;

/// The algorithms of signatures. None of them takes a public key for a secret.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::RS256, Algorithm::EdDSA];

/// Keys that verify no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeys {
    /// There is no key.
    #[error("must hold a key")]
    None,
    /// A key has no id, or two have the same.
    #[error("must give each key a kid of its own")]
    Id,
    /// A key is for another algorithm.
    #[error("must name the alg of each key: RS256 or EdDSA")]
    Algorithm,
    /// The parameters of a key are wrong.
    #[error("holds a key that cannot be read")]
    Key,
}

/// Accepts tokens of one issuer for one of some audiences.
#[derive(Clone, Debug)]
pub struct TokenCheck {
    /// The keys by `kid`.
    keys: HashMap<String, VerifyingKey>,
    issuer: String,
    audiences: Vec<String>,
}

/// A public key and the one algorithm that it is used with.
#[derive(Clone, Debug)]
struct VerifyingKey {
    key: DecodingKey,
    validation: Validation,
}

impl TokenCheck {
    /// Tokens must be signed with one of `keys` and its own algorithm, name `issuer` in `iss` and one of `audiences` in
    /// `aud` or, if there is none, in `client_id`, and be in force.
    pub fn new(
        keys: &JwkSet,
        issuer: impl Into<String>,
        audiences: Vec<String>,
    ) -> Result<Self, InvalidKeys> {
        if keys.keys.is_empty() {
            return Err(InvalidKeys::None);
        }

        let mut by_id = HashMap::new();
        for jwk in &keys.keys {
            let id = jwk.common.key_id.clone().filter(|id| !id.is_empty());
            let id = id.ok_or(InvalidKeys::Id)?;
            if by_id.insert(id, VerifyingKey::new(jwk)?).is_some() {
                return Err(InvalidKeys::Id);
            }
        }

        Ok(Self {
            keys: by_id,
            issuer: issuer.into(),
            audiences,
        })
    }

    /// The claims of a request's token, if it is to be let in.
    #[must_use]
    pub fn claims(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Option<TokenClaims> {
        let token = bearer_token(headers)?;
        let header = decode_header(token).ok()?;
        // An extension that must be understood is not (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            return None;
        }

        let VerifyingKey { key, validation } = self.keys.get(&header.kid?)?;
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, key, validation);
        let claims = claims.ok()?.claims;

        let is_accepted = self.is_of_issuer(&claims)
            && self.is_for_audience(&claims)
            && is_in_force(&claims, now);
        is_accepted.then(|| as_text(claims))
    }

    fn is_of_issuer(&self, claims: &Map<String, Value>) -> bool {
        claims.get("iss").and_then(Value::as_str) == Some(&self.issuer)
    }

    fn is_for_audience(&self, claims: &Map<String, Value>) -> bool {
        let is_ours = |value: &Value| {
            value
                .as_str()
                .is_some_and(|value| self.audiences.iter().any(|audience| audience == value))
        };
        match claims.get("aud") {
            Some(Value::Array(audiences)) => audiences.iter().any(is_ours),
            Some(audience) => is_ours(audience),
            None => claims.get("client_id").is_some_and(is_ours),
        }
    }
}

impl VerifyingKey {
    fn new(jwk: &Jwk) -> Result<Self, InvalidKeys> {
        let algorithm = jwk.common.key_algorithm.ok_or(InvalidKeys::Algorithm)?;
        let algorithm = Algorithm::try_from(algorithm).map_err(|_| InvalidKeys::Algorithm)?;
        if !ALGORITHMS.contains(&algorithm) {
            return Err(InvalidKeys::Algorithm);
        }

        let key = DecodingKey::from_jwk(jwk).map_err(|_| InvalidKeys::Key)?;
        if key.family() != algorithm.family() {
            return Err(InvalidKeys::Algorithm);
        }

        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["iss", "exp"]);
        // Checked above: times against the caller's clock, `aud` together with `client_id`.
        validation.validate_exp = false;
        validation.validate_aud = false;
        Ok(Self { key, validation })
    }
}

/// The token of the one header `Authorization`. As in API Gateway, the scheme may be left out.
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }

    // A scheme's case does not matter (RFC 9110, 11.1).
    let token = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    Some(token.map_or(value, |(_, token)| token.trim_start_matches(' ')))
}

/// `exp`, `nbf` and `iat` (RFC 7519, 4.1), seconds since 1970.
fn is_in_force(claims: &Map<String, Value>, now: DateTime<Utc>) -> bool {
    let time = |name| {
        claims.get(name).map(|value| {
            value
                .as_i64()
                .and_then(|time| DateTime::from_timestamp(time, 0))
        })
    };
    let has_begun = |name| time(name).is_none_or(|time| time.is_some_and(|time| time <= now));

    time("exp").flatten().is_some_and(|expiry| now < expiry) && has_begun("nbf") && has_begun("iat")
}

/// Claims as API Gateway writes them: lists in brackets, separated by spaces.
fn as_text(claims: Map<String, Value>) -> TokenClaims {
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Array(values) => {
            let values: Vec<String> = values
                .iter()
                .map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                })
                .collect();
            format!("[{}]", values.join(" "))
        }
        other => other.to_string(),
    };
    claims
        .into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect()
}
