//! Requests of a browser.

use axum::{
    Form,
    extract::{FromRequest, Request},
    http::{
        HeaderMap, HeaderName,
        header::{ACCEPT, CONTENT_TYPE},
    },
};
use serde::de::DeserializeOwned;

/// Whether the client wants a page, as a browser does.
pub fn wants_page(headers: &HeaderMap) -> bool {
    header_text(headers, &ACCEPT).contains("text/html")
}

/// Whether the body comes from a page's form.
pub fn is_form(headers: &HeaderMap) -> bool {
    let media_type = header_text(headers, &CONTENT_TYPE);
    let essence = media_type.split(';').next().unwrap_or_default();
    essence
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The text of a header; empty if the request does not have it.
pub fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The fields of a form; a form that cannot be read has empty fields.
pub async fn read_form<T: Default + DeserializeOwned>(request: Request) -> T {
    Form::<T>::from_request(request, &())
        .await
        .map(|Form(fields)| fields)
        .unwrap_or_default()
}
