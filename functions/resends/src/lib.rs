//! The HTTP function that previews, makes, steers and follows resends.

mod create;
mod follow;
mod history;
mod mail;
mod preview;
mod recipients;
mod request;
mod retry;
mod steer;
mod template;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    extract::FromRef,
    routing::{get, post},
};
use chrono::TimeDelta;
use reinvite_aws::Clients;
use reinvite_domain::Credentials;
use reinvite_web::Api;

/// How long a caller waits while recipients are written down, or skipped; the queue does what is left.
pub(crate) const CALLER_WAITS: TimeDelta = TimeDelta::seconds(10);

/// What this function works with.
#[derive(Clone, Debug)]
pub struct Resends {
    /// What every HTTP function works with.
    pub api: Arc<Api>,
    /// What preparing resends needs.
    pub clients: Clients,
}

impl Resends {
    /// Where the deployment keeps passwords.
    pub(crate) const fn credentials(&self) -> Credentials {
        self.clients.preparation.credentials
    }
}

impl FromRef<Resends> for Arc<Api> {
    fn from_ref(resends: &Resends) -> Self {
        resends.api.clone()
    }
}

/// The routes of this function.
pub fn router(resends: Resends) -> Router {
    reinvite_web::router(
        Router::new()
            .route("/v1/resends", get(follow::list).post(create::create))
            .route("/v1/resends/preview", post(preview::preview))
            .route(
                "/v1/resends/{id}",
                get(follow::one).patch(steer::reschedule),
            )
            .route("/v1/resends/{id}/cancel", post(steer::cancel))
            .route("/v1/resends/{id}/pause", post(steer::pause))
            .route("/v1/resends/{id}/resume", post(steer::resume))
            .route("/v1/resends/{id}/retry", post(retry::retry))
            .route("/v1/resends/{id}/recipients", get(recipients::list))
            .route("/v1/resends/{id}/excluded", get(recipients::excluded))
            .route("/v1/resends/{id}/recipients/{user}/mail", get(mail::mail))
            .route("/v1/users/{id}/resend", post(create::create_for_one))
            .route("/v1/users/{id}/resends", get(history::list))
            .with_state(resends),
    )
}
