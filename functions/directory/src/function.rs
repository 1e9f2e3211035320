//! The composition root of the function.

use std::sync::Arc;

use axum::extract::FromRef;
use reinvite_aws::{Host, InvalidEnvironment, Mailer, MailerConfig};
use reinvite_web::{Api, ApiConfig};

/// The clients of the function.
#[derive(Clone, Debug)]
pub struct DirectoryFunction {
    /// The clients that every HTTP function has.
    pub api: Arc<Api>,
    /// Sends the notice of a corrected address.
    pub mailer: Mailer,
}

impl DirectoryFunction {
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

impl FromRef<DirectoryFunction> for Arc<Api> {
    fn from_ref(function: &DirectoryFunction) -> Self {
        function.api.clone()
    }
}
