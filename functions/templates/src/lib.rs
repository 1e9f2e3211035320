#![doc = include_str!("../README.md")]

mod conflicts;
mod create_template;
mod delete_template;
mod find_template;
mod get_template;
mod list_templates;
mod list_variables;
mod permissions;
mod preview_template;
mod sample_mail;
mod send_test_mail;
mod template_request;
mod template_response;
mod update_template;

use std::sync::Arc;

use aws_types::SdkConfig;
use axum::{
    Router,
    extract::FromRef,
    routing::{get, post},
};
use lambda_runtime::Error;
use reinvite_aws::{Clock, Config, Mailer, Store};
use reinvite_web::Api;

use crate::{
    create_template::create_template, delete_template::delete_template, get_template::get_template,
    list_templates::list_templates, list_variables::list_variables,
    preview_template::preview_template, send_test_mail::send_test_mail,
    update_template::update_template,
};

/// The clients and settings of the function.
#[derive(Clone, Debug)]
pub struct TemplatesFunction {
    /// The clients that every HTTP function has.
    pub api: Arc<Api>,
    /// Sends test mails.
    pub mailer: Mailer,
    /// The address at which users log in, unless their organisation has set one.
    pub login_url: String,
}

impl TemplatesFunction {
    /// Connects the function to AWS, as its environment variables say.
    ///
    /// # Errors
    ///
    /// Every variable that is missing or wrong.
    pub fn new(
        variables: impl IntoIterator<Item = (String, String)>,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, Error> {
        let mut config = Config::new(variables);
        let read = (
            config.tables(),
            config.identity(),
            config.from_address(),
            config.login_url(),
        );
        let (tables, identity, from, login_url) = config.check(read)?;
        let from = from.ok_or("configuration: FROM_ADDRESS must be set")?;

        let api = Api {
            store: Store::connect(sdk, &tables),
            clock,
            identity,
        };
        Ok(Self {
            api: Arc::new(api),
            mailer: Mailer::connect(sdk, from),
            login_url,
        })
    }
}

impl FromRef<TemplatesFunction> for Arc<Api> {
    fn from_ref(function: &TemplatesFunction) -> Self {
        function.api.clone()
    }
}

/// The routes of the function.
pub fn router(function: TemplatesFunction) -> Router {
    reinvite_web::router(
        Router::new()
            .route("/v1/templates", get(list_templates).post(create_template))
            .route("/v1/templates/variables", get(list_variables))
            .route(
                "/v1/templates/{id}",
                get(get_template)
                    .put(update_template)
                    .delete(delete_template),
            )
            .route("/v1/templates/{id}/preview", post(preview_template))
            .route("/v1/templates/{id}/test", post(send_test_mail))
            .with_state(function),
    )
}
