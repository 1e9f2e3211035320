//! The composition root of the function.

use std::sync::Arc;

use axum::extract::FromRef;
use reinvite_aws::{Environment, Host, InvalidEnvironment, PasswordConfig};
use reinvite_domain::Credentials;
use reinvite_web::{Api, ApiConfig};

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
    /// Builds the function from its environment variables.
    ///
    /// # Errors
    ///
    /// Every variable that is missing or wrong.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (api, login_hosts, credentials) = host.read(|environment| {
            let api = ApiConfig::read(environment);
            let login_hosts = read_login_hosts(environment);
            let credentials = PasswordConfig::read_credentials(environment);
            Some((api?, login_hosts?, credentials?))
        })?;

        Ok(Self {
            api: Arc::new(Api::connect(host, api)),
            login_hosts: login_hosts.into(),
            credentials,
        })
    }
}

/// Reads `LOGIN_HOSTS`, the hosts that an organisation's login URL may name; if it is empty, the
/// host of `LOGIN_URL`.
fn read_login_hosts(environment: &mut Environment) -> Option<Vec<String>> {
    let login_url = environment.https_url("LOGIN_URL")?;
    let hosts = environment.list("LOGIN_HOSTS");

    if !hosts.is_empty() {
        return Some(hosts);
    }

    let without_scheme = login_url.split_once("://").map_or("", |(_, rest)| rest);
    let host = without_scheme.split(['/', '?', '#', ':']).next()?;
    Some(vec![host.to_string()])
}

impl FromRef<SettingsFunction> for Arc<Api> {
    fn from_ref(function: &SettingsFunction) -> Self {
        function.api.clone()
    }
}
