//! The composition root of the function.

use std::sync::Arc;

use aws_types::SdkConfig;
use axum::extract::FromRef;
use lambda_runtime::Error;
use reinvite_aws::{Clock, Config, Mailer, Store};
use reinvite_web::Api;

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
