//! The headers that restrict the page and the frames in the browser.

use axum::{
    http::{
        HeaderName, HeaderValue,
        header::{
            CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::Response,
};

/// The policy of the frame in which a mail is shown. The console fills it, and it loads nothing.
pub const MAIL_FRAME: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// The policy of the frame in which a mail is shown with its images.
pub const MAIL_FRAME_IMAGES: &str = "default-src 'none'; style-src 'unsafe-inline'; \
     img-src https: data:; frame-ancestors 'self'";

/// Two years.
const TRANSPORT_SECURITY: &str = "max-age=63072000";

/// Features of the browser that the console does not use.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), \
     payment=(), usb=()";

/// The policy of the page, which runs only its own scripts and connects only to its own origin and to `token_origin`, the
/// origin of the token endpoint if that is another.
#[must_use]
pub fn page(token_origin: Option<&str>) -> String {
    let token_origin = token_origin.map(|origin| format!(" {origin}"));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'{}; frame-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'",
        token_origin.unwrap_or_default()
    )
}

/// Adds a policy, and the headers that the page and the frames have in common. A browser that has once reached the console
/// over TLS does so from then on, but not on loopback, which has none.
pub fn restrict(response: &mut Response, policy: &str, is_loopback: bool) {
    let headers = response.headers_mut();
    for (name, value) in [
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !is_loopback {
        let value = HeaderValue::from_static(TRANSPORT_SECURITY);
        headers.insert(STRICT_TRANSPORT_SECURITY, value);
    }
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}
