//! How a deployment changes passwords: by which keys, with which links, and where it keeps them.

use std::sync::Arc;

use aws_types::SdkConfig;
use reinvite_domain::{
    Credentials, LinkToken, MAX_LINK_BASE_CHARACTERS, MAX_LINK_CHARACTERS, credential::Hashing,
};

use crate::{Environment, Keyring, UserPool, UserPoolConfig};

/// The configuration of password changes, for a deployment that keeps passwords.
#[derive(Clone, Debug)]
pub struct PasswordConfig {
    /// `KEY_SECRET`: the secret in Secrets Manager with the stage key.
    pub key_secret: String,
    /// `INVITATION_URL`: the address of links, https; `/` and a token follow.
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
        let invitation_url = read_invitation_url(environment);
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

/// Reads the address of links, which leaves room for a token.
fn read_invitation_url(environment: &mut Environment) -> Option<String> {
    let url = environment.https_url("INVITATION_URL")?;
    if url.trim_end_matches('/').len() <= MAX_LINK_BASE_CHARACTERS {
        return Some(url);
    }

    environment.problem(format!(
        "INVITATION_URL must have at most {MAX_LINK_BASE_CHARACTERS} characters: links of more than \
         {MAX_LINK_CHARACTERS} break in text mails"
    ));
    None
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

    /// The link with a token, of at most [`MAX_LINK_CHARACTERS`].
    #[must_use]
    pub fn link(&self, token: &LinkToken) -> String {
        let base = self.invitation_url.trim_end_matches('/');
        format!("{base}/{}", token.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_leaves_no_room_for_a_token_is_refused_at_the_start() {
        let read = |length: usize| {
            let host = "h".repeat(length - "https:///v1/invitations".len());
            let url = format!("https://{host}/v1/invitations");
            let variables = [("INVITATION_URL".to_string(), url)].into();
            Environment::read(&variables, read_invitation_url).map_err(|error| error.to_string())
        };

        assert_eq!(read(95).unwrap().len(), 95);
        assert!(read(96).unwrap_err().contains("at most 95 characters"));
    }
}
