//! Idempotency keys. The record of one is written by the store, in the transaction that does what was asked.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderValue, request::Parts},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reinvite_store::{EarlierRequest, IdempotentRequest, OperatorContext};
use sha2::{Digest, Sha256};

use crate::{Problem, ProblemKind};

/// The `Idempotency-Key` of a request that must have one: 1 to 128 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let usable = |key: &&[u8]| {
            (1..=128).contains(&key.len()) && key.iter().all(|byte| (b' '..=b'~').contains(byte))
        };
        let key = parts
            .headers
            .get("idempotency-key")
            .map(HeaderValue::as_bytes)
            .filter(usable);
        key.map(|key| Self(String::from_utf8_lossy(key).into_owned())).ok_or_else(|| {
            let rule = "This call needs a header Idempotency-Key of 1 to 128 printable ASCII characters.";
            Problem::new(ProblemKind::IdempotencyKeyMissing, rule)
        })
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key("idempotency-key") {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(Some)
    }
}

impl IdempotencyKey {
    /// The request that this operator sent to `path` under this key.
    #[must_use]
    pub fn once(
        self,
        context: &OperatorContext,
        path: impl Into<String>,
        body: &[u8],
    ) -> IdempotentRequest {
        IdempotentRequest {
            organisation: context.organisation.id.clone(),
            operator: context.operator.user.id.clone(),
            path: path.into(),
            key: self.0,
            fingerprint: fingerprint(body),
        }
    }
}

/// The id of what the same request made before; 422 where it was another one.
pub fn made(remembered: EarlierRequest) -> Result<String, Problem> {
    match remembered {
        EarlierRequest::Done(id) => Ok(id),
        EarlierRequest::AnotherBody => {
            let detail = "This Idempotency-Key came with another body before.";
            Err(Problem::new(ProblemKind::IdempotencyKeyReused, detail))
        }
    }
}

/// What tells one body from another: SHA-256, as base64url.
fn fingerprint(body: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn key(value: &[u8]) -> Result<String, ProblemKind> {
        let (mut parts, ()) = Request::builder()
            .header("Idempotency-Key", value)
            .body(())
            .unwrap()
            .into_parts();
        <IdempotencyKey as FromRequestParts<()>>::from_request_parts(&mut parts, &())
            .await
            .map(|key| key.0)
            .map_err(|problem| problem.kind())
    }

    #[tokio::test]
    async fn a_key_is_1_to_128_printable_ascii_characters() {
        assert_eq!(key(b"a ~!").await.as_deref(), Ok("a ~!"));
        assert!(key(&[b'k'; 128]).await.is_ok());
        for bad in [&b""[..], &[b'k'; 129], "é".as_bytes(), b"a\tb"] {
            assert_eq!(
                key(bad).await,
                Err(ProblemKind::IdempotencyKeyMissing),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_fingerprint_is_the_sha_256_of_the_body() {
        // FIPS 180-4's own example: SHA-256 of "abc" begins with ba7816bf and ends with 15ad.
        assert_eq!(
            fingerprint(b"abc"),
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
        );
    }
}
