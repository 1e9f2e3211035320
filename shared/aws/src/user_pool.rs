//! A user pool of Amazon Cognito that keeps the passwords of one organisation.

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::DateTime as AwsDateTime,
    types::UserStatusType,
};
use aws_types::SdkConfig;
use chrono::{DateTime, Utc};
use reinvite_domain::{OrganisationId, User};

use crate::{Environment, Error};

/// The highest rate at which passwords may be set: a sanity check of the configuration.
const MAX_PASSWORDS_PER_SECOND: u32 = 10_000;

/// The configuration of a user pool.
#[derive(Clone, Debug)]
pub struct UserPoolConfig {
    /// `USER_POOL_ID`: the id of the pool.
    pub id: String,
    /// `USER_POOL_ORGANISATION`: the organisation whose users the pool has. A login id or a subject
    /// is unique in one organisation only.
    pub organisation: String,
    /// `USER_POOL_RATE`: passwords a second that may be set, 1 to 10,000.
    pub passwords_per_second: u32,
}

impl UserPoolConfig {
    /// Reads the configuration from environment variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let id = environment.required("USER_POOL_ID");
        let organisation = environment.required("USER_POOL_ORGANISATION");
        let rate = environment
            .optional("USER_POOL_RATE")
            .and_then(|rate| rate.parse().ok())
            .filter(|rate| (1..=MAX_PASSWORDS_PER_SECOND).contains(rate));
        if rate.is_none() {
            environment.problem("USER_POOL_RATE must be 1 to 10,000");
        }

        Some(Self {
            id: id?,
            organisation: organisation?,
            passwords_per_second: rate?,
        })
    }
}

/// A user pool.
#[derive(Clone, Debug)]
pub struct UserPool {
    client: Client,
    config: UserPoolConfig,
}

/// The result of setting a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetPasswordOutcome {
    /// It is set.
    Done,
    /// The pool's policy refuses it.
    AgainstPolicy,
    /// The pool has no such user.
    NoSuchUser,
}

impl UserPool {
    /// Connects to the pool.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, config: UserPoolConfig) -> Self {
        Self {
            client: Client::new(sdk),
            config,
        }
    }

    /// Passwords a second that may be set.
    #[must_use]
    pub const fn passwords_per_second(&self) -> u32 {
        self.config.passwords_per_second
    }

    /// Whether the user has chosen a password in the pool since an instant. The pool shows that the
    /// user has a password of their own, and when the user was last changed.
    pub async fn has_chosen_password_since(
        &self,
        organisation: &OrganisationId,
        user: &User,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        if organisation.as_str() != self.config.organisation {
            return Ok(false);
        }

        let result = self
            .client
            .admin_get_user()
            .user_pool_id(&self.config.id)
            .username(username(user))
            .send()
            .await;
        match result {
            Ok(found) => {
                let is_own = found.user_status() == Some(&UserStatusType::Confirmed);
                let changed_at = found.user_last_modified_date().map(AwsDateTime::secs);
                Ok(is_own && changed_at.is_none_or(|changed_at| changed_at >= since.timestamp()))
            }
            Err(SdkError::ServiceError(error)) if error.err().is_user_not_found_exception() => {
                Ok(false)
            }
            Err(error) => Err(Error::call(
                "AdminGetUser",
                error.code(),
                "the user pool did not show a user",
            )),
        }
    }

    /// Sets a user's password. A password that is not permanent must be changed at the first login.
    ///
    /// Users of other organisations are not in the pool. A repetition does no harm.
    pub async fn set_password(
        &self,
        organisation: &OrganisationId,
        user: &User,
        password: &str,
        permanent: bool,
    ) -> Result<SetPasswordOutcome, Error> {
        if organisation.as_str() != self.config.organisation {
            return Ok(SetPasswordOutcome::NoSuchUser);
        }

        let result = self
            .client
            .admin_set_user_password()
            .user_pool_id(&self.config.id)
            .username(username(user))
            .password(password)
            .permanent(permanent)
            .send()
            .await;
        match result {
            Ok(_) => Ok(SetPasswordOutcome::Done),
            Err(SdkError::ServiceError(error)) if error.err().is_invalid_password_exception() => {
                Ok(SetPasswordOutcome::AgainstPolicy)
            }
            Err(SdkError::ServiceError(error)) if error.err().is_user_not_found_exception() => {
                Ok(SetPasswordOutcome::NoSuchUser)
            }
            // The SDK's error may repeat the request, and the password with it.
            Err(error) => Err(Error::call(
                "AdminSetUserPassword",
                error.code(),
                "the user pool did not set a password",
            )),
        }
    }
}

/// The name by which the pool knows a user: their `subject`, which is a `sub` of its own, or else the
/// login id.
fn username(user: &User) -> &str {
    user.subject.as_deref().unwrap_or(&user.login_id)
}
