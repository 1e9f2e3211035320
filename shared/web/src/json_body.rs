//! A JSON body.

use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, OptionalFromRequest, Request},
};
use reinvite_domain::FieldError;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::{Problem, ProblemKind, body};

/// A body of `application/json`, read as a `T`. What is no `T` is refused with a pointer to the first wrong place: 400 where
/// its shape is wrong, 422 where a value of the right shape breaks a rule.
#[derive(Clone, Debug)]
pub struct JsonBody<T> {
    /// What it says.
    pub value: T,
    /// The body as it was sent, for its fingerprint.
    pub bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = body(request, "application/json").await?;
        let value = read(&bytes)?;
        Ok(Self { value, bytes })
    }
}

/// Where everything has a default, a request may come without a body.
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

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // An array would be taken for an object whose fields come in a row.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::fields(
            ProblemKind::Malformed,
            vec![FieldError::pointer("", "must be an object")],
        ));
    }
    let wrong = |pointer: String, error: serde_json::Error| {
        let kind = if breaks_a_rule(&error) {
            ProblemKind::Invalid
        } else {
            ProblemKind::Malformed
        };
        Problem::fields(kind, vec![FieldError::pointer(pointer, &rule(&error))])
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| wrong(pointer(error.path()), error.into_inner()))?;
    json.end().map_err(|error| wrong(String::new(), error))?;
    Ok(value)
}

/// Whether a value has the right shape and breaks a rule: one that is none of those known, or what a type of ours says. Types
/// of ours say what a value must be.
fn breaks_a_rule(error: &serde_json::Error) -> bool {
    let text = error.to_string();
    error.is_data()
        && ["unknown variant", "invalid value", "must "]
            .iter()
            .any(|start| text.starts_with(start))
}

/// What is wrong, without the line and column of a body that programs write: the pointer says where.
fn rule(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if !error.is_data() {
        return text;
    }
    text.rsplit_once(" at line ")
        .map_or(text.clone(), |(rule, _)| rule.to_string())
}

/// The JSON pointer (RFC 6901) of a path.
fn pointer(path: &Path) -> String {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key: name } | Segment::Enum { variant: name } => {
            format!("/{}", name.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use axum::{body::to_bytes, response::IntoResponse};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sent {
        #[serde(rename = "list")]
        _list: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[serde(rename = "a")]
        _a: Option<u8>,
    }

    async fn refused(json: &str) -> String {
        let response = read::<Sent>(json.as_bytes()).unwrap_err().into_response();
        assert_eq!(response.status(), 400);
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        body["errors"][0]["pointer"].as_str().unwrap().into()
    }

    #[tokio::test]
    async fn the_pointer_leads_to_the_first_wrong_place() {
        assert!(read::<Sent>(br#"{"list": [{}]}"#).is_ok());
        assert_eq!(
            refused(r#"{"list": [{"a": 1}, {"a": "1"}]}"#).await,
            "/list/1/a"
        );
        assert_eq!(refused(r#"{"list": [{"b/c": 1}]}"#).await, "/list/0/b~1c");
        assert_eq!(refused(r#"{"list": [{}]} x"#).await, "");
        assert_eq!(refused("{}").await, "");
        refused(r#"{"list": [{]}"#).await;
        refused("").await;
        assert_eq!(refused("[[{\"a\": 1}]]").await, "", "an array is no object");
    }

    #[derive(Debug, Deserialize)]
    struct Ruled {
        #[serde(rename = "id")]
        _id: reinvite_domain::UserId,
        #[serde(rename = "access")]
        _access: Option<reinvite_domain::Access>,
    }

    #[test]
    fn a_value_of_the_right_shape_that_breaks_a_rule_is_wrong_and_not_malformed() {
        let kind = |json: &str| read::<Ruled>(json.as_bytes()).unwrap_err().kind();
        assert_eq!(kind(r#"{"id": "a b"}"#), ProblemKind::Invalid);
        assert_eq!(
            kind(r#"{"id": "a", "access": "own"}"#),
            ProblemKind::Invalid
        );
        assert_eq!(kind(r#"{"id": 7}"#), ProblemKind::Malformed);
        assert_eq!(kind(r#"{"access": "edit"}"#), ProblemKind::Malformed);
    }
}
