//! The HTML template of the pages.

use std::sync::LazyLock;

use axum::{
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY},
    },
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use minijinja::{AutoEscape, Environment, Error, Value, syntax::SyntaxConfig};
use sha2::{Digest, Sha256};

/// The style sheet, which is part of the page.
const CSS: &str = include_str!("../pages/page.css");

/// Permits the page's own style sheet, forms that lead to this function, and nothing else.
static CONTENT_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(CSS));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
});

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_auto_escape_callback(|_| AutoEscape::Html);

    // The template is part of the program, and a test renders it.
    let _ = environment.add_template("page", include_str!("../pages/page.html"));
    environment
});

/// Renders the page. Every variable is escaped, except for the style sheet.
pub fn render_template(variables: Value) -> Result<String, Error> {
    let css = minijinja::context! { css => Value::from_safe_string(CSS.into()) };
    let template = TEMPLATES.get_template("page")?;
    template.render(minijinja::context! { ..variables, ..css })
}

/// Answers a page, with the headers that restrict it in the browser.
pub fn html_response(status: StatusCode, language: &'static str, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();

    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language));
    if let Ok(policy) = HeaderValue::from_str(&CONTENT_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );

    response
}
