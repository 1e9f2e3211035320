//! The composition root of the function.

use std::sync::Arc;

use axum::extract::FromRef;
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{Host, InvalidEnvironment};
use reinvite_domain::{Credentials, SenderProfile};
use reinvite_engine::{Preparer, PreparerConfig};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, ApiConfig};

/// The longest time that a caller waits while recipients are prepared or skipped. The sender does
/// the rest.
const MAX_CALLER_WAIT: TimeDelta = TimeDelta::seconds(10);

/// The clients and settings of the function.
#[derive(Clone, Debug)]
pub struct ResendsFunction {
    /// The clients that every HTTP function has.
    pub api: Arc<Api>,
    /// Prepares, schedules and cancels resends.
    pub preparer: Preparer,
    /// The address at which users log in, unless their organisation has set one.
    pub login_url: String,
}

impl ResendsFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (api, preparer, login_url) = host.read(|environment| {
            let api = ApiConfig::read(environment);
            let preparer = PreparerConfig::read(environment);
            let login_url = environment.https_url("LOGIN_URL");
            Some((api?, preparer?, login_url?))
        })?;

        let api = Api::connect(host, api);
        let store = api.store.clone();
        Ok(Self {
            preparer: Preparer::connect(&host.sdk, preparer, store, host.clock.clone()),
            api: Arc::new(api),
            login_url,
        })
    }

    /// The service that keeps the deployment's passwords.
    pub(crate) const fn credentials(&self) -> Credentials {
        self.preparer.credentials
    }

    /// The sender as every mail of a resend that is created now shows it.
    pub(crate) fn sender_profile(&self, context: &OperatorContext) -> SenderProfile {
        SenderProfile::new(&context.organisation, &self.login_url)
    }

    /// The instant until which a request may work while its caller waits.
    pub(crate) fn caller_deadline(&self) -> DateTime<Utc> {
        self.api.clock.now() + MAX_CALLER_WAIT
    }
}

impl FromRef<ResendsFunction> for Arc<Api> {
    fn from_ref(function: &ResendsFunction) -> Self {
        function.api.clone()
    }
}
