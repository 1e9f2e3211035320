//! A request's body: of the right media type and not too large.

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::header::CONTENT_TYPE,
};

use crate::{Problem, ProblemKind};

/// The largest body taken: 4 MB, which leaves room for the base64 of one within the 6 MB of a Lambda event.
pub const MOST_BYTES: usize = 4_000_000;

/// The body of a request whose `Content-Type` must be `media_type`; parameters such as `charset` do not matter.
pub async fn body(request: Request, media_type: &str) -> Result<Bytes, Problem> {
    let sent = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(media_type) {
        return Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            format!("The body must be {media_type}."),
        ));
    }
    // The event was read whole before, so the limit is all that can fail.
    to_bytes(request.into_body(), MOST_BYTES)
        .await
        .map_err(|_| {
            Problem::new(
                ProblemKind::TooLarge,
                "The body must not be larger than 4 MB.",
            )
        })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn sent(content_type: &str, size: usize) -> Result<usize, ProblemKind> {
        let request = Request::builder()
            .header(CONTENT_TYPE, content_type)
            .body(Body::from(vec![b'a'; size]))
            .unwrap();
        body(request, "text/csv")
            .await
            .map(|bytes| bytes.len())
            .map_err(|problem| problem.kind())
    }

    #[tokio::test]
    async fn another_media_type_and_a_byte_too_many_are_refused() {
        assert_eq!(
            sent("text/csv; charset=utf-8", MOST_BYTES).await,
            Ok(MOST_BYTES)
        );
        assert_eq!(sent("Text/CSV", 1).await, Ok(1));
        assert_eq!(
            sent("text/csv", MOST_BYTES + 1).await,
            Err(ProblemKind::TooLarge)
        );
        assert_eq!(
            sent("application/json", 1).await,
            Err(ProblemKind::UnsupportedMediaType)
        );
        assert_eq!(sent("", 1).await, Err(ProblemKind::UnsupportedMediaType));
    }
}
