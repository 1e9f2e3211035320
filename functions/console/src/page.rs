//! The page of the console, and the frames in which it shows mails.

use axum::{
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reinvite_web::Problem;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{assets, function::ConsoleFunction, origin::Origin, policy, sign_in::SignIn};

/// The path of the frame in which a mail is shown.
pub const MAIL_FRAME: &str = "/console/mail-frame";

/// The path of the frame in which a mail is shown with its images.
pub const MAIL_FRAME_IMAGES: &str = "/console/mail-frame-images";

const PAGE: &str = include_str!("page.html");

const FRAME: &str = include_str!("mail_frame.html");

/// The configuration that the page carries.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    sign_in: Option<SignIn>,
    editor: String,
    mail_frame: &'static str,
    mail_frame_images: &'static str,
}

/// Answers the page.
pub async fn page(State(function): State<ConsoleFunction>, headers: HeaderMap) -> Response {
    let own = Origin::of(&headers);
    let sign_in = function.sign_in.as_ref();
    let token_origin = sign_in.and_then(|sign_in| sign_in.foreign_origin());

    match render(sign_in.and_then(|sign_in| sign_in.at(own))) {
        Ok(html) => answer(html, &policy::page(token_origin), &headers),
        Err(problem) => problem.into_response(),
    }
}

/// Answers the frame in which a mail is shown.
pub async fn mail_frame(headers: HeaderMap) -> Response {
    answer(FRAME.to_owned(), policy::MAIL_FRAME, &headers)
}

/// Answers the frame in which a mail is shown with its images.
pub async fn mail_frame_images(headers: HeaderMap) -> Response {
    answer(FRAME.to_owned(), policy::MAIL_FRAME_IMAGES, &headers)
}

/// The page with its configuration.
fn render(sign_in: Option<SignIn>) -> Result<String, Problem> {
    let configuration = Configuration {
        sign_in,
        editor: address("editor.js")?,
        mail_frame: MAIL_FRAME,
        mail_frame_images: MAIL_FRAME_IMAGES,
    };
    let configuration =
        serde_json::to_string(&configuration).map_err(|error| Problem::internal(&error))?;

    // The configuration comes last: no text of it is taken for a place of the page.
    Ok(PAGE
        .replace("{icon}", &address("icon.svg")?)
        .replace("{style}", &address("app.css")?)
        .replace("{script}", &address("app.js")?)
        .replace("{configuration}", &in_script(&configuration)))
}

/// The address of a file of the bundle.
fn address(name: &'static str) -> Result<String, Problem> {
    assets::address(name).map_err(|error| Problem::internal(&error))
}

/// JSON as the text of a `script` element, which nothing in it ends.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// Answers HTML that the browser keeps, and asks for each time whether it is still the same.
fn answer(html: String, policy: &str, request: &HeaderMap) -> Response {
    let tag = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&html));
    let tag = format!("\"{tag}\"");
    let known = request
        .get(IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| tags.contains(&tag));

    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let html_type = HeaderValue::from_static("text/html; charset=utf-8");
        ([(CONTENT_TYPE, html_type)], html).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    policy::restrict(&mut response, policy, Origin::of(request).is_loopback());
    response
}

#[cfg(test)]
mod tests {
    use super::in_script;

    #[test]
    fn no_text_of_the_configuration_ends_the_script_element() {
        let text = "</script><!-- & -->";
        let json = serde_json::to_string(text).unwrap();
        let escaped = in_script(&json);
        assert!(!escaped.contains(['<', '>', '&']), "{escaped}");
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }
}
