//! The composition root of the function.

use std::sync::Arc;

use aws_types::SdkConfig;
use axum::extract::FromRef;
use lambda_runtime::Error;
use reinvite_aws::{Clock, Config, Store};
use reinvite_domain::Credentials;
use reinvite_web::Api;

/// The clients and settings of the function.
#[derive(Clone, Debug)]
pub struct SettingsFunction {
    /// The clients that every HTTP function has.
    pub api: Arc<Api>,
    /// The hosts that a login URL may name.
    pub login_hosts: Arc<[String]>,
    /// The service that keeps the deployment's passwords.
    pub credentials: Credentials,
}

impl SettingsFunction {
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
            config.login_hosts(),
            config.credentials(),
        );
        let (tables, identity, login_hosts, credentials) = config.check(read)?;

        let api = Api {
            store: Store::connect(sdk, &tables),
            clock,
            identity,
        };
        Ok(Self {
            api: Arc::new(api),
            login_hosts: login_hosts.into(),
            credentials,
        })
    }
}

impl FromRef<SettingsFunction> for Arc<Api> {
    fn from_ref(function: &SettingsFunction) -> Self {
        function.api.clone()
    }
}
