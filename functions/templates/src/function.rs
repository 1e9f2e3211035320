//! The composition root of the function.

use std::sync::Arc;

use axum::extract::FromRef;
use reinvite_aws::{Host, InvalidEnvironment, Mailer, MailerConfig, PasswordConfig};
use reinvite_domain::Credentials;
use reinvite_engine::Pacer;
use reinvite_web::{Api, ApiConfig};

/// The clients and settings of the function.
#[derive(Clone, Debug)]
pub struct TemplatesFunction {
    /// The clients that every HTTP function has.
    pub api: Arc<Api>,
    /// Sends test mails.
    pub mailer: Mailer,
    /// The pace of the account, in which test mails take their turn.
    pub pacer: Arc<Pacer>,
    /// The address at which users log in, unless their organisation has set one.
    pub login_url: String,
    /// The service that keeps the deployment's passwords.
    pub credentials: Credentials,
}

impl TemplatesFunction {
    /// Builds the function from its environment variables.
    ///
    /// # Errors
    ///
    /// Every variable that is missing or wrong.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (api, mailer, login_url, credentials) = host.read(|environment| {
            let api = ApiConfig::read(environment);
            let mailer = MailerConfig::read(environment);
            let login_url = environment.https_url("LOGIN_URL");
            let credentials = PasswordConfig::read_credentials(environment);
            Some((api?, mailer?, login_url?, credentials?))
        })?;

        let api = Arc::new(Api::connect(host, api));
        let mailer = Mailer::connect(&host.sdk, mailer);
        let pacer = Pacer::new(api.store.clone(), mailer.clone(), host.clock.clone());
        Ok(Self {
            api,
            mailer,
            pacer: Arc::new(pacer),
            login_url,
            credentials,
        })
    }
}

impl FromRef<TemplatesFunction> for Arc<Api> {
    fn from_ref(function: &TemplatesFunction) -> Self {
        function.api.clone()
    }
}
