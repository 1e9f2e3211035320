//! A JSON body.

use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, OptionalFromRequest, Request},
};
use reinvite_domain::FieldError;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::{Problem, ProblemKind, read_body};

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
        let value = parse(&bytes)?;
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

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde would read an array as an object whose fields come in order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::fields(
            ProblemKind::Malformed,
            vec![FieldError::pointer("", "must be an object")],
        ));
    }

    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| parse_problem(json_pointer(error.path()), &error.into_inner()))?;
    json.end()
        .map_err(|error| parse_problem(String::new(), &error))?;

    Ok(value)
}

fn parse_problem(pointer: String, error: &serde_json::Error) -> Problem {
    let kind = if breaks_a_rule(error) {
        ProblemKind::Invalid
    } else {
        ProblemKind::Malformed
    };
    Problem::fields(
        kind,
        vec![FieldError::pointer(pointer, &text_without_position(error))],
    )
}

/// Whether a value has the right shape and breaks a rule.
///
/// serde says "unknown variant" or "invalid value". The errors of the domain's types start with
/// "must".
fn breaks_a_rule(error: &serde_json::Error) -> bool {
    let text = error.to_string();
    error.is_data()
        && ["unknown variant", "invalid value", "must "]
            .iter()
            .any(|start| text.starts_with(start))
}

/// The text of an error without its line and column, because the JSON pointer names the position.
///
/// A syntax error has no useful pointer and keeps them.
fn text_without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if !error.is_data() {
        return text;
    }

    match text.rsplit_once(" at line ") {
        Some((rule, _)) => rule.to_string(),
        None => text,
    }
}

/// The JSON pointer (RFC 6901) of a path.
fn json_pointer(path: &Path) -> String {
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
    struct SampleRequest {
        #[serde(rename = "list")]
        _list: Vec<SampleEntry>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
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
        assert_eq!(pointer_of_error("{}").await, "");
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
