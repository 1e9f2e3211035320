//! A JSON body.

use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, OptionalFromRequest, Request},
    http::header::CONTENT_TYPE,
};
use reinvite_domain::FieldError;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::{Kind, Problem, body};

/// A body of `application/json`, read as a `T`. What is no `T` is refused with a pointer to the first wrong place.
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
        if !request.headers().contains_key(CONTENT_TYPE) && request.body().is_end_stream() {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let wrong = |pointer: String, error: serde_json::Error| {
        Problem::fields(Kind::Malformed, vec![FieldError::pointer(pointer, &error)])
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| wrong(pointer(error.path()), error.into_inner()))?;
    json.end().map_err(|error| wrong(String::new(), error))?;
    Ok(value)
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
        assert_eq!(refused(r#"{"list": [{"a": 1}, {"a": "1"}]}"#).await, "/list/1/a");
        assert_eq!(refused(r#"{"list": [{"b/c": 1}]}"#).await, "/list/0/b~1c");
        assert_eq!(refused(r#"{"list": [{}]} x"#).await, "");
        assert_eq!(refused("{}").await, "");
        refused(r#"{"list": [{]}"#).await;
        refused("").await;
    }
}
