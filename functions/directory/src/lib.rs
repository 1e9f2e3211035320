#![doc = include_str!("../README.md")]

mod address;
mod answered;
mod change;
mod grants;
mod group;
mod groups;
mod import;
mod import_plan;
mod keep_in_step;
mod last_owner;
mod limits;
mod me;
mod organisation;
mod protected;
mod roles;
mod unsuppress;
mod user_answer;
mod user_fields;
mod users;

use std::sync::Arc;

use axum::{
    Router,
    extract::FromRef,
    routing::{get, post},
};
use lambda_runtime::Error;
use reinvite_aws::{Host, InvalidEnvironment, Mailer, MailerConfig};
use reinvite_web::{Api, ApiConfig, answer};
use serde_json::Value;

pub use organisation::NotCreated;

/// What this function works with.
#[derive(Clone, Debug)]
pub struct Directory {
    /// What every HTTP function works with.
    pub api: Arc<Api>,
    /// Tells old addresses that they were changed.
    pub mailer: Mailer,
}

impl Directory {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (api, mailer) = host.read(|environment| {
            let api = ApiConfig::read(environment);
            let mailer = MailerConfig::read(environment);
            Some((api?, mailer?))
        })?;

        Ok(Self {
            api: Arc::new(Api::connect(host, api)),
            mailer: Mailer::connect(&host.sdk, mailer),
        })
    }
}

impl FromRef<Directory> for Arc<Api> {
    fn from_ref(directory: &Directory) -> Self {
        directory.api.clone()
    }
}

/// The routes of this function.
pub fn router(directory: Directory) -> Router {
    let routes = Router::new()
        .route("/v1/me", get(me::show))
        .route("/v1/groups", get(groups::list))
        .route(
            "/v1/groups/{id}",
            get(group::show).put(group::put).delete(group::delete),
        )
        .route("/v1/users", get(users::list))
        .route("/v1/users/import", post(import::import))
        .route(
            "/v1/users/{id}",
            get(users::show)
                .patch(address::patch)
                .put(keep_in_step::put)
                .delete(keep_in_step::delete),
        )
        .route("/v1/users/{id}/roles", get(roles::show).put(roles::put))
        .route("/v1/users/{id}/unsuppress", post(unsuppress::unsuppress))
        .with_state(directory);
    reinvite_web::router(routes)
}

/// Answers an event: `{"createOrganisation": …}`, which only who may invoke the function can send, or a request of the
/// HTTP API. Requests are always answered; of an organisation that is not made the error says why ([`NotCreated`]).
pub async fn handle(api: &Api, router: &Router, mut event: Value) -> Result<Value, Error> {
    match event.get_mut("createOrganisation") {
        Some(sent) => Ok(organisation::create(api, sent.take()).await?),
        None => answer(router, event).await,
    }
}
