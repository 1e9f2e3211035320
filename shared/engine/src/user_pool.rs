//! Temporary passwords in a user pool: set when SES has accepted the mail, or may have.

use reinvite_aws::{Passwords, SetPasswordOutcome, UserPool};
use reinvite_domain::{PasswordChange, Recipient, Resend, SecretInputs, User};

use crate::{Engine, Error};

/// A temporary password of a mail, for a user pool.
struct PoolPassword<'a> {
    passwords: &'a Passwords,
    user_pool: &'a UserPool,
    inputs: &'a SecretInputs,
}

impl<'a> PoolPassword<'a> {
    /// The temporary password that a mail has; `None` if the pool gets none.
    fn of(engine: &'a Engine, user: &User, recipient: &'a Recipient) -> Option<Self> {
        let passwords = engine.passwords.as_ref()?;
        let user_pool = passwords.user_pool.as_ref()?;
        let inputs = recipient.mail.as_ref()?.secret.as_ref()?;
        // A user who has logged in since has a password, which this one would replace.
        let is_set =
            recipient.password_change == PasswordChange::Temporary && user.first_login_at.is_none();
        is_set.then_some(Self {
            passwords,
            user_pool,
            inputs,
        })
    }
}

/// Whether the user has chosen a password in the user pool since the temporary password of a mail
/// was issued.
pub(crate) async fn has_chosen_password(
    engine: &Engine,
    resend: &Resend,
    user: &User,
    recipient: &Recipient,
) -> Result<bool, Error> {
    let Some(password) = PoolPassword::of(engine, user, recipient) else {
        return Ok(false);
    };
    let expires_at = password.inputs.expires_at;
    let issued = resend
        .validity
        .issued_after(recipient.password_change, expires_at);
    let Some(since) = issued else {
        return Ok(false);
    };

    let chosen = password
        .user_pool
        .has_chosen_password_since(&resend.organisation, user, since)
        .await?;
    Ok(chosen)
}

/// Sets the temporary password of a mail that may have been set before, unless the user has chosen a
/// password since; answers as [`set_temporary_password`].
pub(crate) async fn set_temporary_password_again(
    engine: &Engine,
    resend: &Resend,
    user: &User,
    recipient: &Recipient,
) -> Result<bool, Error> {
    match has_chosen_password(engine, resend, user, recipient).await {
        Ok(true) => Ok(true),
        Ok(false) => set_temporary_password(engine, resend, user, recipient).await,
        Err(error) => {
            log_not_set(resend, user, &error);
            Ok(false)
        }
    }
}

/// Sets the temporary password of a recipient in the user pool, if the deployment has one; answers
/// `false` if a later attempt has to set it.
///
/// A password that the pool refuses for good is logged, and not tried again.
pub(crate) async fn set_temporary_password(
    engine: &Engine,
    resend: &Resend,
    user: &User,
    recipient: &Recipient,
) -> Result<bool, Error> {
    let Some(PoolPassword {
        passwords,
        user_pool,
        inputs,
    }) = PoolPassword::of(engine, user, recipient)
    else {
        return Ok(true);
    };

    let now = engine.clock().now();
    let keys = passwords.keyring.keys_with(&inputs.key, now).await?;
    let Some(key) = keys.get(&inputs.key) else {
        return Ok(true);
    };
    let password = key.temporary_password(&resend.organisation, &resend.id, &user.id);

    match user_pool
        .set_password(&resend.organisation, user, &password, false)
        .await
    {
        Ok(SetPasswordOutcome::Done) => Ok(true),
        Ok(refused) => {
            tracing::error!(
                resend = %resend.id,
                user = %user.id,
                ?refused,
                "the user pool refuses a temporary password"
            );
            Ok(true)
        }
        Err(error) => {
            log_not_set(resend, user, &error.into());
            Ok(false)
        }
    }
}

fn log_not_set(resend: &Resend, user: &User, error: &Error) {
    tracing::error!(
        resend = %resend.id,
        user = %user.id,
        %error,
        "a temporary password could not be set in the user pool and will be set again"
    );
}
