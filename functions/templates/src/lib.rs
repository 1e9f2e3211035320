//! The HTTP function of templates: list, edit, preview, and test mails.

mod change;
mod found;
mod list;
mod preview;
mod test_mail;
mod variables;

use std::sync::Arc;

use axum::{
    Router,
    extract::FromRef,
    routing::{get, post},
};
use reinvite_aws::Mailer;
use reinvite_web::Api;

/// What this function works with.
#[derive(Clone, Debug)]
pub struct Templates {
    /// What every HTTP function works with.
    pub api: Arc<Api>,
    /// Sends test mails.
    pub mailer: Mailer,
    /// Where users of an organisation log in that set none.
    pub login_url: String,
}

impl FromRef<Templates> for Arc<Api> {
    fn from_ref(templates: &Templates) -> Self {
        templates.api.clone()
    }
}

/// The routes of this function.
pub fn router(templates: Templates) -> Router {
    reinvite_web::router(
        Router::new()
            .route("/v1/templates", get(list::list).post(change::create))
            .route("/v1/templates/variables", get(variables::list))
            .route(
                "/v1/templates/{id}",
                get(found::show).put(change::put).delete(change::delete),
            )
            .route("/v1/templates/{id}/preview", post(preview::preview))
            .route("/v1/templates/{id}/test", post(test_mail::send))
            .with_state(templates),
    )
}
