//! How a deployment changes passwords: by which keys, with which links, and where it keeps them.

use std::sync::Arc;

use aws_types::SdkConfig;
use reinvite_domain::{Credentials, Invitation, StageKey, credential::Hashing};

use crate::{Environment, Error, Keyring, UserPool, UserPoolConfig};

/// The configuration of password changes, for a deployment that keeps passwords.
#[derive(Clone, Debug)]
pub struct PasswordConfig {
    /// `KEY_SECRET`: the secret in Secrets Manager with the stage key.
    pub key_secret: String,
    /// `INVITATION_URL`: the address of links, https; a token follows.
    pub invitation_url: String,
    /// The user pool that keeps the passwords; without one they are in the table.
    pub user_pool: Option<UserPoolConfig>,
}

impl PasswordConfig {
    /// Reads `CREDENTIALS`: `none` (also if it is not set), `table` or `cognito`.
    pub fn read_credentials(environment: &mut Environment) -> Option<Credentials> {
        match environment.optional("CREDENTIALS").as_deref() {
            None | Some("none") => Some(Credentials::None),
            Some("table") => Some(Credentials::Table),
            Some("cognito") => Some(Credentials::Cognito),
            Some(_) => {
                environment.problem("CREDENTIALS must be none, table or cognito");
                None
            }
        }
    }

    /// Reads the configuration from environment variables; the inner `None` says that the LMS keeps
    /// passwords.
    pub fn read(environment: &mut Environment) -> Option<Option<Self>> {
        let credentials = Self::read_credentials(environment)?;
        if credentials == Credentials::None {
            return Some(None);
        }

        let key_secret = environment.required("KEY_SECRET");
        let invitation_url = environment.https_url("INVITATION_URL");
        let user_pool = match credentials {
            Credentials::Cognito => Some(UserPoolConfig::read(environment)),
            _ => None,
        };
        Some(Some(Self {
            key_secret: key_secret?,
            invitation_url: invitation_url?,
            user_pool: match user_pool {
                Some(config) => Some(config?),
                None => None,
            },
        }))
    }
}

/// The parts of a password change.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// The stage keys.
    pub keyring: Arc<Keyring>,
    /// The cost of hashing.
    pub hashing: Hashing,
    /// The user pool that keeps the passwords; without one they are in the table.
    pub user_pool: Option<UserPool>,
    invitation_url: String,
}

impl Passwords {
    /// Connects to the parts.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, config: PasswordConfig) -> Self {
        Self {
            keyring: Arc::new(Keyring::connect(sdk, config.key_secret)),
            hashing: Hashing::default(),
            user_pool: config
                .user_pool
                .map(|user_pool| UserPool::connect(sdk, user_pool)),
            invitation_url: config.invitation_url,
        }
    }

    /// The link of an invitation.
    pub fn link(&self, invitation: &Invitation, key: &StageKey) -> Result<String, Error> {
        let token = invitation
            .sign(key)
            .map_err(|error| Error::unmade("signing a token", error))?;
        Ok(format!(
            "{}/{token}",
            self.invitation_url.trim_end_matches('/')
        ))
    }
}
