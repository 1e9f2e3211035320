//! A request's body, checked for its media type and its size.

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::header::CONTENT_TYPE,
};

use crate::{Problem, ProblemKind};

/// The largest body, in bytes: 4 MB, so that its base64 fits into the 6 MB of a Lambda event.
pub const MAX_BODY_BYTES: usize = 4_000_000;

/// A body with its media type, without the type's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaBody {
    /// The media type: one of those that were allowed.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Bytes,
}

/// Reads the body of a request whose `Content-Type` must be `media_type`.
///
/// Parameters of the media type, such as `charset`, are ignored.
///
/// # Errors
///
/// 415 for another media type, 413 for a body of more than [`MAX_BODY_BYTES`].
pub async fn read_body(request: Request, media_type: &'static str) -> Result<Bytes, Problem> {
    let body = read_body_of(request, &[media_type]).await?;
    Ok(body.bytes)
}

/// Reads a body as [`read_body`] does; its `Content-Type` must be one of `media_types`.
///
/// # Errors
///
/// As [`read_body`].
pub async fn read_body_of(
    request: Request,
    media_types: &[&'static str],
) -> Result<MediaBody, Problem> {
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();

    let mut allowed = media_types.iter();
    let Some(media_type) = allowed.find(|media_type| essence.eq_ignore_ascii_case(media_type))
    else {
        return Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            format!("The body must be {}.", media_types.join(" or ")),
        ));
    };

    // The Lambda event holds the whole body, so reading can only fail at the limit.
    let bytes = to_bytes(request.into_body(), MAX_BODY_BYTES).await;
    let bytes = bytes.map_err(|_| {
        Problem::new(
            ProblemKind::TooLarge,
            "The body must not be larger than 4 MB.",
        )
    })?;
    Ok(MediaBody { media_type, bytes })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn read_size(content_type: &str, size: usize) -> Result<usize, ProblemKind> {
        let request = Request::builder()
            .header(CONTENT_TYPE, content_type)
            .body(Body::from(vec![b'a'; size]))
            .unwrap();
        read_body(request, "text/csv")
            .await
            .map(|bytes| bytes.len())
            .map_err(|problem| problem.kind())
    }

    #[tokio::test]
    async fn another_media_type_and_a_byte_too_many_are_refused() {
        assert_eq!(
            read_size("text/csv; charset=utf-8", MAX_BODY_BYTES).await,
            Ok(MAX_BODY_BYTES)
        );
        assert_eq!(read_size("Text/CSV", 1).await, Ok(1));
        assert_eq!(
            read_size("text/csv", MAX_BODY_BYTES + 1).await,
            Err(ProblemKind::TooLarge)
        );
        assert_eq!(
            read_size("application/json", 1).await,
            Err(ProblemKind::UnsupportedMediaType)
        );
        assert_eq!(
            read_size("", 1).await,
            Err(ProblemKind::UnsupportedMediaType)
        );
    }
}
