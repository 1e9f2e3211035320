//! Temporary passwords in a user pool: set when SES has accepted the mail, or may have.

use reinvite_aws::SetPasswordOutcome;
use reinvite_domain::{PasswordChange, Recipient, Resend, User};

use crate::{Engine, Error};

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
    let Some(passwords) = &engine.passwords else {
        return Ok(true);
    };
    let inputs = recipient
        .mail
        .as_ref()
        .and_then(|mail| mail.secret.as_ref());
    let (Some(user_pool), Some(inputs)) = (&passwords.user_pool, inputs) else {
        return Ok(true);
    };
    // A user who has logged in since has a password, which this one would replace.
    if recipient.password_change != PasswordChange::Temporary || user.first_login_at.is_some() {
        return Ok(true);
    }

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
            tracing::error!(
                resend = %resend.id,
                user = %user.id,
                %error,
                "a temporary password could not be set in the user pool and will be set again"
            );
            Ok(false)
        }
    }
}
