//! How a deployment changes passwords: with which keys, where links lead, and where passwords are kept.

use std::sync::Arc;

use aws_config::SdkConfig;
use reinvite_domain::{Credentials, Invitation, StageKey, credential::Hashing};

use crate::{Error, Keyring, PasswordsConfig, UserPool};

/// What changing passwords needs; a deployment whose LMS keeps them has none of it.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// The keys.
    pub keyring: Arc<Keyring>,
    /// Where links lead: a token follows.
    invitation_url: String,
    /// What hashing costs.
    pub hashing: Hashing,
    /// The user pool that keeps the passwords; without one they are in the table.
    pub user_pool: Option<UserPool>,
}

impl Passwords {
    /// As configured; `None` where the LMS keeps passwords.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, config: &PasswordsConfig, hashing: Hashing) -> Option<Self> {
        let user_pool = match config.credentials {
            Credentials::None => return None,
            Credentials::Table => None,
            Credentials::Cognito => Some(UserPool::new(
                aws_sdk_cognitoidentityprovider::Client::new(sdk),
                &*config.user_pool_id,
                &*config.user_pool_organisation,
                config.user_pool_rate,
            )),
        };
        let keyring = Keyring::new(
            aws_sdk_secretsmanager::Client::new(sdk),
            &*config.key_secret,
        );
        let invitation_url = config.invitation_url.clone();
        Some(Self {
            keyring: Arc::new(keyring),
            invitation_url,
            hashing,
            user_pool,
        })
    }

    /// The link of an invitation.
    pub fn link(&self, invitation: &Invitation, key: &StageKey) -> Result<String, Error> {
        let token = invitation.sign(key);
        let token = token.map_err(|error| Error::Call {
            operation: "signing a token",
            code: None,
            source: error.into(),
        })?;
        Ok(format!(
            "{}/{token}",
            self.invitation_url.trim_end_matches('/')
        ))
    }
}
