//! The composition root of the function.

use std::sync::Arc;

use axum::extract::FromRef;
use reinvite_aws::{Host, InvalidEnvironment, Queue};
use reinvite_web::{Api, ApiConfig};

/// The clients of the function.
#[derive(Clone, Debug)]
pub struct DirectoryFunction {
    /// The clients that every HTTP function has.
    pub api: Arc<Api>,
    /// The sender's queue, which takes the notices of corrected addresses.
    pub queue: Queue,
}

impl DirectoryFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (api, queue_url) = host.read(|environment| {
            let api = ApiConfig::read(environment);
            let queue_url = environment.required("QUEUE_URL");
            Some((api?, queue_url?))
        })?;

        Ok(Self {
            api: Arc::new(Api::connect(host, api)),
            queue: Queue::connect(&host.sdk, queue_url),
        })
    }
}

impl FromRef<DirectoryFunction> for Arc<Api> {
    fn from_ref(function: &DirectoryFunction) -> Self {
        function.api.clone()
    }
}
