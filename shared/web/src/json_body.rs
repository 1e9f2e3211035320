//! A JSON body.

use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, OptionalFromRequest, Request},
};
use serde::de::DeserializeOwned;

use crate::{
    Problem,
    json::{self, JsonError},
    read_body,
};

/// A body of `application/json` that deserializes to a `T`.
///
/// # Errors
///
/// Rejects a body that does not deserialize, with a JSON pointer to the first error: 400 for a
/// wrong shape, 422 for a value of the right shape that breaks a rule.
#[derive(Clone, Debug)]
pub struct JsonBody<T> {
    /// The deserialized body.
    pub value: T,
    /// The bytes of the body, for its fingerprint.
    pub bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = read_body(request, "application/json").await?;
        let value = json::read(&bytes).map_err(JsonError::into_body_problem)?;
        Ok(Self { value, bytes })
    }
}

/// `None` for an empty body, for a call whose fields all have defaults.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.body().is_end_stream() {
            return Ok(None);
        }

        <Self as FromRequest<S>>::from_request(request, state)
            .await
            .map(Some)
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::to_bytes, response::IntoResponse};
    use serde::Deserialize;

    use super::*;
    use crate::ProblemKind;

    fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
        json::read(bytes).map_err(JsonError::into_body_problem)
    }

    #[derive(Debug, Deserialize)]
    struct SampleRequest {
        #[serde(rename = "list")]
        _list: Vec<SampleEntry>,
    }

    #[derive(Debug, Deserialize)]
    struct SampleEntry {
        #[serde(rename = "a")]
        _a: Option<u8>,
    }

    async fn pointer_of_error(json: &str) -> String {
        let response = parse::<SampleRequest>(json.as_bytes())
            .unwrap_err()
            .into_response();
        assert_eq!(response.status(), 400);

        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        body["errors"][0]["pointer"].as_str().unwrap().into()
    }

    #[tokio::test]
    async fn the_pointer_leads_to_the_first_wrong_place() {
        assert!(parse::<SampleRequest>(br#"{"list": [{}]}"#).is_ok());
        assert_eq!(
            pointer_of_error(r#"{"list": [{"a": 1}, {"a": "1"}]}"#).await,
            "/list/1/a"
        );
        assert_eq!(
            pointer_of_error(r#"{"list": [{"b/c": 1}]}"#).await,
            "/list/0/b~1c"
        );
        assert_eq!(pointer_of_error(r#"{"list": [{}]} x"#).await, "");
        assert_eq!(pointer_of_error("{}").await, "/list");
        assert_eq!(pointer_of_error(r#"{"list": [[1]]}"#).await, "/list/0");
        assert_eq!(
            pointer_of_error(r#"{"list": [], "list": []}"#).await,
            "/list"
        );
        pointer_of_error(r#"{"list": [{]}"#).await;
        pointer_of_error("").await;
        assert_eq!(
            pointer_of_error("[[{\"a\": 1}]]").await,
            "",
            "an array is no object"
        );
    }

    #[derive(Debug, Deserialize)]
    struct RequestWithRules {
        #[serde(rename = "id")]
        _id: reinvite_domain::UserId,
        #[serde(rename = "access")]
        _access: Option<reinvite_domain::Access>,
    }

    #[test]
    fn a_value_of_the_right_shape_that_breaks_a_rule_is_wrong_and_not_malformed() {
        let kind = |json: &str| {
            parse::<RequestWithRules>(json.as_bytes())
                .unwrap_err()
                .kind()
        };
        assert_eq!(kind(r#"{"id": "a b"}"#), ProblemKind::Invalid);
        assert_eq!(
            kind(r#"{"id": "a", "access": "own"}"#),
            ProblemKind::Invalid
        );
        assert_eq!(kind(r#"{"id": 7}"#), ProblemKind::Malformed);
        assert_eq!(kind(r#"{"access": "edit"}"#), ProblemKind::Malformed);
    }
}
