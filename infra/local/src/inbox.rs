//! The inbox: every mail that the local SES accepted, as its recipient would see it.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};
use reinvite_emulators::sesv2::Mailbox;
use serde::Deserialize;
use serde_json::json;

use crate::loopback;

/// The page. It holds its own style and script.
const PAGE: &str = include_str!("inbox.html");

/// The page loads nothing from elsewhere; mails are shown in it and may show pictures.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
     img-src data: https:; form-action 'none'; frame-ancestors 'none'",
);

/// The most mails on a page of the list.
const MAX_MAILS_PER_PAGE: u32 = 200;

#[derive(Deserialize)]
struct Page {
    before: Option<i64>,
    limit: Option<u32>,
}

/// `GET /inbox` is the page; `GET /inbox.json` all mails, newest last; `GET /inbox/mails?before=&limit=` a page of the
/// list, newest first, as `{count, mails: [{id, to, subject, at}]}`; `GET /inbox/mails/{id}` one mail. Mails hold
/// secrets, so only this machine's own pages get them.
pub fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/inbox", get(page))
        .route("/inbox.json", get(all))
        .route("/inbox/mails", get(list))
        .route("/inbox/mails/{id}", get(one))
        .layer(middleware::from_fn(loopback::only))
        .with_state(mailbox)
}

async fn page() -> Response {
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE)).into_response()
}

async fn all(State(mailbox): State<Mailbox>) -> Response {
    json_or_error(mailbox.all_as_json().map(Some))
}

async fn list(State(mailbox): State<Mailbox>, Query(page): Query<Page>) -> Response {
    let limit = page
        .limit
        .unwrap_or(MAX_MAILS_PER_PAGE)
        .min(MAX_MAILS_PER_PAGE);
    match mailbox
        .count()
        .and_then(|count| Ok((count, mailbox.page(page.before, limit)?)))
    {
        Ok((count, mails)) => Json(json!({ "count": count, "mails": mails })).into_response(),
        Err(error) => json_or_error(Err(error)),
    }
}

async fn one(State(mailbox): State<Mailbox>, Path(id): Path<i64>) -> Response {
    json_or_error(mailbox.one_as_json(id))
}

fn json_or_error(json: rusqlite::Result<Option<String>>) -> Response {
    match json {
        Ok(Some(json)) => ([(CONTENT_TYPE, "application/json")], json).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "mails cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
