//! A user pool of Amazon Cognito, as the home of passwords.

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use reinvite_domain::{OrganisationId, User};

use crate::Error;

/// A user pool.
#[derive(Clone, Debug)]
pub struct UserPool {
    client: Client,
    id: String,
    /// The organisation whose users it has: a login id, or a subject, is one user's in an organisation only.
    organisation: String,
    /// Passwords a second that may be set in it.
    pub rate: u32,
}

/// What became of a password that was to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSet {
    /// It is set.
    Done,
    /// The pool's policy does not take it.
    AgainstPolicy,
    /// The pool has no such user.
    NoSuchUser,
}

impl UserPool {
    /// The pool of that id, with the users of one organisation, in which so many passwords a second may be set.
    #[must_use]
    pub fn new(
        client: Client,
        id: impl Into<String>,
        organisation: impl Into<String>,
        rate: u32,
    ) -> Self {
        Self {
            client,
            id: id.into(),
            organisation: organisation.into(),
            rate,
        }
    }

    /// Sets a user's password; a temporary one must be changed at the first login. The pool knows the user by their
    /// `subject`, which is a `sub` of its own, or else by the login id; users of other organisations are not in it.
    /// Repeating it does no harm.
    pub async fn set_password(
        &self,
        organisation: &OrganisationId,
        user: &User,
        password: &str,
        permanent: bool,
    ) -> Result<PasswordSet, Error> {
        if organisation.as_str() != self.organisation {
            return Ok(PasswordSet::NoSuchUser);
        }
        let answer = self
            .client
            .admin_set_user_password()
            .user_pool_id(&self.id)
            .username(user.subject.as_deref().unwrap_or(&user.login_id))
            .password(password)
            .permanent(permanent)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(PasswordSet::Done),
            Err(SdkError::ServiceError(error)) if error.err().is_invalid_password_exception() => {
                Ok(PasswordSet::AgainstPolicy)
            }
            Err(SdkError::ServiceError(error)) if error.err().is_user_not_found_exception() => {
                Ok(PasswordSet::NoSuchUser)
            }
            // What it says may repeat what was sent.
            Err(error) => Err(Error::Call {
                operation: "AdminSetUserPassword",
                code: error.code().map(str::to_string),
                source: "the user pool did not set a password".into(),
            }),
        }
    }
}
