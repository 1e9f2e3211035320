//! The HTTP function of an organisation's settings and its audit trail.

mod audit;
mod sent;
mod settings;

use std::sync::Arc;

use axum::{Router, extract::FromRef, routing::get};
use reinvite_domain::Credentials;
use reinvite_web::Api;

/// What this function works with.
#[derive(Clone, Debug)]
pub struct SettingsOf {
    /// What every HTTP function works with.
    pub api: Arc<Api>,
    /// The hosts that `loginUrl` may name.
    pub login_hosts: Arc<[String]>,
    /// Where the deployment keeps passwords.
    pub credentials: Credentials,
}

impl FromRef<SettingsOf> for Arc<Api> {
    fn from_ref(settings: &SettingsOf) -> Self {
        settings.api.clone()
    }
}

/// The routes of this function.
pub fn router(settings: SettingsOf) -> Router {
    reinvite_web::router(
        Router::new()
            .route("/v1/settings", get(settings::show).put(settings::put))
            .route("/v1/audit", get(audit::list))
            .with_state(settings),
    )
}
