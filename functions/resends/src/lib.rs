#![doc = include_str!("../README.md")]

mod create;
mod engine_problem;
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
use reinvite_aws::{Host, InvalidEnvironment, Mailer, MailerConfig};
use reinvite_domain::Credentials;
use reinvite_engine::{Pacer, Preparer, PreparerConfig};
use reinvite_web::{Api, ApiConfig};

/// How long a caller waits while recipients are written down, or skipped; the queue does what is left.
pub(crate) const CALLER_WAITS: TimeDelta = TimeDelta::seconds(10);

/// What this function works with.
#[derive(Clone, Debug)]
pub struct Resends {
    /// What every HTTP function works with.
    pub api: Arc<Api>,
    /// Prepares, schedules and cancels resends.
    pub preparer: Preparer,
    /// SES.
    pub mailer: Mailer,
    /// The pace of the account.
    pub pacer: Arc<Pacer>,
    /// The address at which users log in, unless their organisation has set one.
    pub login_url: String,
}

impl Resends {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (api, preparer, mailer, login_url) = host.read(|environment| {
            let api = ApiConfig::read(environment);
            let preparer = PreparerConfig::read(environment);
            let mailer = MailerConfig::read(environment);
            let login_url = environment.https_url("LOGIN_URL");
            Some((api?, preparer?, mailer?, login_url?))
        })?;

        let api = Api::connect(host, api);
        let mailer = Mailer::connect(&host.sdk, mailer);
        let store = api.store.clone();
        Ok(Self {
            preparer: Preparer::connect(&host.sdk, preparer, store.clone(), host.clock.clone()),
            pacer: Arc::new(Pacer::new(store, mailer.clone())),
            mailer,
            api: Arc::new(api),
            login_url,
        })
    }

    /// Where the deployment keeps passwords.
    pub(crate) const fn credentials(&self) -> Credentials {
        self.preparer.credentials
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
