//! The JWT authorizer of an HTTP API.

use chrono::DateTime;
use http::{HeaderMap, header::AUTHORIZATION};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reinvite_aws::Clock;
use serde_json::{Map, Value};

/// A token's claims as the gateway hands them on: all of them text.
pub type Claims = Map<String, Value>;

/// Lets in tokens of one issuer for one audience.
#[derive(Clone)]
pub struct Authorizer {
    key: DecodingKey,
    validation: Validation,
    audiences: Vec<String>,
    clock: Clock,
}

impl Authorizer {
    /// Tokens must be signed by the owner of `key` with `algorithm`, name `issuer` in `iss` and one of `audiences` in
    /// `aud` or `client_id`, and not have expired.
    #[must_use]
    pub fn new(
        key: DecodingKey,
        algorithm: Algorithm,
        issuer: &str,
        audiences: &[&str],
        clock: Clock,
    ) -> Self {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["iss", "exp"]);
        // Checked below: `exp` against the stack's clock, `aud` together with `client_id`.
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self {
            key,
            validation,
            audiences: audiences
                .iter()
                .map(|&audience| audience.to_owned())
                .collect(),
            clock,
        }
    }

    /// The claims of the request's token, if it is to be let in.
    pub(super) fn claims(&self, headers: &HeaderMap) -> Option<Claims> {
        let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
        // A scheme's case does not matter (RFC 9110, 11.1).
        let token = header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let token = token.map_or(header, |(_, token)| token.trim_start());
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation)
            .ok()?
            .claims;
        (self.is_for_us(&claims) && self.is_in_force(&claims)).then(|| as_text(claims))
    }

    fn is_for_us(&self, claims: &Claims) -> bool {
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

    /// `exp`, `nbf` and `iat` (RFC 7519, 4.1), seconds since 1970.
    fn is_in_force(&self, claims: &Claims) -> bool {
        let now = self.clock.now();
        let time = |name| {
            claims.get(name).map(|value| {
                value
                    .as_i64()
                    .and_then(|time| DateTime::from_timestamp(time, 0))
            })
        };
        let has_begun = |name| time(name).is_none_or(|time| time.is_some_and(|time| time <= now));
        time("exp").flatten().is_some_and(|expiry| now < expiry)
            && has_begun("nbf")
            && has_begun("iat")
    }
}

/// Claims as API Gateway writes them: lists in brackets, separated by spaces.
fn as_text(claims: Claims) -> Claims {
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
        .map(|(name, value)| (name, Value::String(text(value))))
        .collect()
}
