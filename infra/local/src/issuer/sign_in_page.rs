//! The sign-in page: HTML without scripts, which loads nothing.

use std::sync::LazyLock;

use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{
    HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use minijinja::{AutoEscape, Environment, Error, context, value::Value};
use sha2::{Digest, Sha256};

use super::{
    accounts::{OperatorAccount, Operators},
    problem::problem,
    translations::Translations,
};

/// The style sheet, which is part of the page.
const CSS: &str = include_str!("sign_in.css");

/// Permits the page's own style sheet and its form.
static CONTENT_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(CSS));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
});

/// Answers the page.
pub fn answer(operators: &Operators, translations: &'static Translations) -> Response {
    let html = match render(operators, translations) {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "sign-in page cannot be rendered");
            return problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The page cannot be rendered.",
            );
        }
    };

    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_LANGUAGE, translations.language),
        (REFERRER_POLICY, "no-referrer"),
        (VARY, "Accept-Language"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&CONTENT_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn render(operators: &Operators, translations: &Translations) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page", include_str!("sign_in.html"))?;

    let accounts: Vec<_> = operators
        .accounts
        .iter()
        .map(|account| shown(account, translations))
        .collect();
    environment.get_template("page")?.render(context! {
        language => translations.language,
        title => translations.title,
        text => translations.text,
        nobody => translations.nobody,
        more => operators.more.then_some(translations.more),
        organisation => &operators.organisation,
        css => Value::from_safe_string(CSS.into()),
        accounts,
    })
}

/// An account as the template shows it.
fn shown(account: &OperatorAccount, translations: &Translations) -> Value {
    let roles: Vec<_> = account
        .roles
        .iter()
        .map(|(role, group)| translations.role(role, group.as_deref()))
        .collect();
    context! { name => &account.name, login_id => &account.login_id, roles }
}
