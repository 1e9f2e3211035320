//! The links and temporary passwords of mails: derived from the stage key when a mail is rendered,
//! and derived again from the same inputs.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::Passwords;
use reinvite_domain::{
    Invitation, Language, PasswordChange, Recipient, Resend, SecretInputs, StageKey, User, UserId,
};
use reinvite_mail::{PasswordPart, format_expiry};
use reinvite_store::OperatorContext;

use crate::{Engine, Error, chunk_memory::ChunkMemory};

/// A password change as it is applied when a mail is rendered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AppliedChange {
    /// The change. A user who holds roles by now keeps their password.
    pub change: PasswordChange,
    /// The generation of the link or temporary password; for a mail without one, the generation
    /// before which earlier links end.
    pub generation: Option<u32>,
}

/// A secret that is about to be derived: for whom, by which key, and from when on.
pub(crate) struct SecretRequest<'a> {
    pub resend: &'a Resend,
    pub context: &'a OperatorContext,
    pub user: &'a User,
    /// The language of the mail, in which its expiry is written.
    pub language: &'a Language,
    pub applied: AppliedChange,
    pub key_id: Option<&'a str>,
    pub issued_at: DateTime<Utc>,
}

impl SecretRequest<'_> {
    /// The inputs of the secret; `None` for a mail without one.
    pub fn inputs(&self) -> Option<SecretInputs> {
        let validity = &self.resend.validity;
        let expires_at = validity.expiry(self.applied.change, self.issued_at)?;
        let default_zone = self.context.organisation.settings.time_zone;
        let zone = self.user.time_zone.unwrap_or(default_zone);

        Some(SecretInputs {
            key: self.key_id?.into(),
            generation: self.applied.generation?,
            expires_at,
            expires_shown: format_expiry(expires_at, zone, self.language),
        })
    }
}

/// The invitation that a mail of a resend with a link is.
pub(crate) fn invitation(resend: &Resend, user: &UserId, inputs: &SecretInputs) -> Invitation {
    Invitation {
        organisation: resend.organisation.clone(),
        user: user.clone(),
        generation: inputs.generation,
        expires_at: inputs.expires_at,
        issued_by: resend.id.to_string(),
    }
}

/// The password part of a mail, with its secret. Equal inputs give an equal secret.
pub(crate) fn password_part(
    passwords: Option<&Passwords>,
    resend: &Resend,
    user: &UserId,
    change: PasswordChange,
    inputs: Option<(&SecretInputs, &StageKey)>,
) -> PasswordPart {
    let (Some(passwords), Some((inputs, key))) = (passwords, inputs) else {
        return PasswordPart::Keep;
    };

    let expires_at = inputs.expires_shown.clone();
    match change {
        PasswordChange::Keep => PasswordPart::Keep,
        PasswordChange::SetLink => {
            let invitation = invitation(resend, user, inputs);
            PasswordPart::SetLink {
                invitation_url: passwords.link(&invitation.token(key)),
                expires_at,
            }
        }
        PasswordChange::Temporary => PasswordPart::Temporary {
            password: key.temporary_password(&resend.organisation, &resend.id, user),
            expires_at,
        },
    }
}

/// Reads the stage key, and hashes the temporary passwords of a wave: before the wave has a slot,
/// because hashing takes longer than a slot waits.
pub(crate) async fn prepare(
    engine: &Engine,
    resend: &Resend,
    wave: &[&Recipient],
    memory: &mut ChunkMemory,
) -> Result<(), Error> {
    let Some(passwords) = &engine.passwords else {
        return Ok(());
    };
    if wave
        .iter()
        .all(|recipient| recipient.password_change.is_keep())
    {
        return Ok(());
    }

    let key = match &memory.key {
        Some(key) => key.clone(),
        None => passwords.keyring.keys(engine.clock().now()).await?.current,
    };
    memory.key = Some(key.clone());
    if passwords.user_pool.is_some() {
        return Ok(());
    }

    for recipient in temporary(wave) {
        if memory.hashes.contains_key(&recipient.position) {
            continue;
        }
        let (organisation, user) = (&resend.organisation, &recipient.user_id);
        let password = key.temporary_password(organisation, &resend.id, user);
        let salt = key.salt(organisation, &resend.id, user);
        let hash = passwords.hashing.hash(&password, salt)?;
        memory.hashes.insert(recipient.position, hash);
        // Other tasks of this process get a turn.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// The time between waves, at least: a user pool takes only so many passwords a second.
pub(crate) fn min_time_between_waves(engine: &Engine, wave: &[&Recipient]) -> TimeDelta {
    let user_pool = engine
        .passwords
        .as_ref()
        .and_then(|passwords| passwords.user_pool.as_ref());
    let Some(user_pool) = user_pool else {
        return TimeDelta::zero();
    };

    let passwords = i64::try_from(temporary(wave).count()).unwrap_or(i64::MAX);
    let rate = i64::from(user_pool.passwords_per_second().max(1));
    TimeDelta::milliseconds(passwords.saturating_mul(1_000) / rate)
}

fn temporary<'a>(wave: &'a [&Recipient]) -> impl Iterator<Item = &'a Recipient> {
    wave.iter()
        .copied()
        .filter(|recipient| recipient.password_change == PasswordChange::Temporary)
}
