//! The composition root of the function.

use std::sync::Arc;

use axum::extract::FromRef;
use reinvite_aws::{Host, InvalidEnvironment, PasswordConfig, Queue};
use reinvite_domain::Credentials;
use reinvite_web::{Api, ApiConfig};

/// The clients of the function.
#[derive(Clone, Debug)]
pub struct DirectoryFunction {
    /// The clients that every HTTP function has.
    pub api: Arc<Api>,
    /// The sender's queue, which takes the notices of corrected addresses.
    pub queue: Queue,
    /// The service that keeps the deployment's passwords.
    pub credentials: Credentials,
}

impl DirectoryFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (api, queue_url, credentials) = host.read(|environment| {
            let api = ApiConfig::read(environment);
            let queue_url = environment.required("QUEUE_URL");
            let credentials = PasswordConfig::read_credentials(environment);
            Some((api?, queue_url?, credentials?))
        })?;

        Ok(Self {
            api: Arc::new(Api::connect(host, api)),
            queue: Queue::connect(&host.sdk, queue_url),
            credentials,
        })
    }
}

impl FromRef<DirectoryFunction> for Arc<Api> {
    fn from_ref(function: &DirectoryFunction) -> Self {
        function.api.clone()
    }
}
