//! Idempotency keys.
//!
//! The store writes the record of a key, in the transaction that does the request.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderValue, request::Parts},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reinvite_store::{EarlierRequest, IdempotentRequest, OperatorContext};
use sha2::{Digest, Sha256};

use crate::{Problem, ProblemKind};

/// The name of the header with the key.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The longest key, in characters.
const MAX_KEY_CHARACTERS: usize = 128;

/// The `Idempotency-Key` of a request: 1 to 128 printable ASCII characters.
///
/// A call that requires the header answers 400 without it. A call that does not extracts
/// `Option<IdempotencyKey>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = parts
            .headers
            .get(IDEMPOTENCY_KEY)
            .map(HeaderValue::as_bytes)
            .filter(|key| is_usable(key));

        key.map(|key| Self(String::from_utf8_lossy(key).into_owned()))
            .ok_or_else(|| {
                Problem::new(
                    ProblemKind::IdempotencyKeyMissing,
                    "This call needs a header Idempotency-Key of 1 to 128 printable ASCII \
                     characters.",
                )
            })
    }
}

fn is_usable(key: &[u8]) -> bool {
    (1..=MAX_KEY_CHARACTERS).contains(&key.len())
        && key.iter().all(|byte| (b' '..=b'~').contains(byte))
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key(IDEMPOTENCY_KEY) {
            return Ok(None);
        }

        <Self as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(Some)
    }
}

impl IdempotencyKey {
    /// The request that the operator sent to `path` with this key and this body.
    #[must_use]
    pub fn into_request(
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

/// The id of the resource that an earlier request with the same key created.
///
/// # Errors
///
/// 422 if the earlier request had another body.
pub fn created_id(earlier: EarlierRequest) -> Result<String, Problem> {
    match earlier {
        EarlierRequest::Done(id) => Ok(id),
        EarlierRequest::AnotherBody => Err(Problem::new(
            ProblemKind::IdempotencyKeyReused,
            "This Idempotency-Key came with another body before.",
        )),
    }
}

/// The fingerprint by which bodies are compared: SHA-256, as base64url without padding.
fn fingerprint(body: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn extract(value: &[u8]) -> Result<String, ProblemKind> {
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
        assert_eq!(extract(b"a ~!").await.as_deref(), Ok("a ~!"));
        assert!(extract(&[b'k'; 128]).await.is_ok());

        for bad in [&b""[..], &[b'k'; 129], "é".as_bytes(), b"a\tb"] {
            assert_eq!(
                extract(bad).await,
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
