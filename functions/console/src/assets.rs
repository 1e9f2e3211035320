//! The files of the bundle, which `build.rs` compresses and names.

use axum::{
    extract::Path,
    http::{
        HeaderMap, HeaderValue,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use reinvite_web::Problem;

/// The folder of the files.
pub const FOLDER: &str = "/console/assets/";

/// A file with another content has another name, so a browser may keep it for a year.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// A file of the bundle.
#[derive(Debug)]
pub struct Asset {
    /// The name in the bundle, such as `app.js`.
    pub name: &'static str,
    /// The name with a hash of the content, under which it is served.
    pub served_as: &'static str,
    /// The content.
    pub content: &'static [u8],
    /// The content, compressed with Brotli.
    pub compressed: &'static [u8],
}

/// Every file of the bundle.
pub static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The bundle has no such file.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the bundle has no file {0}")]
pub struct NoSuchAsset(&'static str);

impl Asset {
    /// The media type; `None` for a kind of file that the console does not have.
    #[must_use]
    pub fn media_type(&self) -> Option<&'static str> {
        match self.name.rsplit_once('.')?.1 {
            "js" => Some("text/javascript; charset=utf-8"),
            "css" => Some("text/css; charset=utf-8"),
            "svg" => Some("image/svg+xml"),
            "txt" => Some("text/plain; charset=utf-8"),
            _ => None,
        }
    }
}

/// The path of a file, by its name in the bundle.
pub fn address(name: &'static str) -> Result<String, NoSuchAsset> {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    asset
        .map(|asset| format!("{FOLDER}{}", asset.served_as))
        .ok_or(NoSuchAsset(name))
}

/// Answers a file, compressed if the browser takes it.
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let found = ASSETS.iter().find(|asset| asset.served_as == name);
    let Some((asset, media_type)) = found.and_then(|asset| Some((asset, asset.media_type()?)))
    else {
        return Problem::not_found().into_response();
    };

    let mut response = if takes_brotli(&headers) {
        let encoding = (CONTENT_ENCODING, HeaderValue::from_static("br"));
        ([encoding], asset.compressed).into_response()
    } else {
        asset.content.into_response()
    };
    for (name, value) in [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, IMMUTABLE),
        (VARY, "Accept-Encoding"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// Whether the browser takes Brotli (RFC 9110, 12.5.3). One that names it with the weight 0 does not.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let names_it = |coding: &str| {
        let mut parts = coding.split(';').map(str::trim);
        let is_brotli = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        is_brotli && weight.is_none_or(|weight| weight > 0.0)
    };

    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(names_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_taken_where_it_is_named_with_a_weight() {
        for (accepted, expected) in [
            ("br", true),
            ("gzip, deflate, br, zstd", true),
            ("gzip;q=1.0, BR;q=0.5", true),
            ("", false),
            ("gzip", false),
            ("*", false),
            ("br;q=0", false),
            ("br; q=0.000", false),
            ("brotli", false),
        ] {
            let value = HeaderValue::from_static(accepted);
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, value)]);
            assert_eq!(takes_brotli(&headers), expected, "{accepted}");
        }
    }
}
