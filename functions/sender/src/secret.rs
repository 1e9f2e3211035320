//! The secrets of mails: made when a mail is made, from what is fixed with its claim, and made again from the same.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{Error, OperatorContext, Passwords};
use reinvite_domain::{
    EarlierLinks, Invitation, Language, LinkGenerations, PasswordChange, Recipient, Resend,
    SecretInputs, StageKey, User, UserId, credential::PendingCredential,
    password_change::roles_protect_password,
};
use reinvite_mail::{PasswordPart, format_expiry};

use crate::{JobError, Sender, chunk::Memory};

/// What becomes of a user's password, and of earlier links.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    /// What becomes of the password now: a recipient who holds roles by now keeps it.
    pub change: PasswordChange,
    /// The generation of the link or temporary password; of a mail without one, the generation that earlier ones end before.
    pub generation: Option<u32>,
}

impl Sender {
    /// What is known of the links of a wave's users, where any of it matters.
    pub(crate) async fn links_of(
        &self,
        resend: &Resend,
        wave: &[&Recipient],
    ) -> Result<HashMap<UserId, LinkGenerations>, JobError> {
        let changes = wave
            .iter()
            .any(|recipient| !recipient.password_change.is_keep());
        if self.passwords.is_none() || !(changes || resend.earlier_links == EarlierLinks::End) {
            return Ok(HashMap::new());
        }
        let users: Vec<_> = wave
            .iter()
            .map(|recipient| recipient.user_id.clone())
            .collect();
        Ok(self
            .clients
            .store
            .links(&resend.organisation, &users)
            .await?)
    }

    /// What becomes of a recipient's password when the mail is made.
    pub(crate) fn change_of(
        &self,
        resend: &Resend,
        context: &OperatorContext,
        recipient: &Recipient,
        user: &User,
        links: &LinkGenerations,
    ) -> Change {
        let kept = self.passwords.is_none()
            || roles_protect_password(user, &context.operator, &context.tree.groups);
        let change = if kept {
            PasswordChange::Keep
        } else {
            recipient.password_change
        };
        let generation = if change.is_keep() {
            (resend.earlier_links == EarlierLinks::End && links.any_open()).then_some(links.next)
        } else {
            Some(links.generation_for(resend.id.as_str(), resend.earlier_links))
        };
        Change { change, generation }
    }

    /// Hashes the temporary passwords of a wave, and gets the key that its secrets are made with: before the wave has a
    /// slot, for this takes longer than a slot waits.
    pub(crate) async fn prepare_secrets(
        &self,
        resend: &Resend,
        wave: &[&Recipient],
        memory: &mut Memory,
    ) -> Result<(), JobError> {
        let Some(passwords) = &self.passwords else {
            return Ok(());
        };
        if wave
            .iter()
            .all(|recipient| recipient.password_change.is_keep())
        {
            return Ok(());
        }
        if memory.key.is_none() {
            memory.key = Some(passwords.keyring.keys(self.clock.now()).await?.current);
        }
        let Some(key) = memory
            .key
            .as_ref()
            .filter(|_| passwords.user_pool.is_none())
        else {
            return Ok(());
        };
        for recipient in wave
            .iter()
            .filter(|recipient| recipient.password_change == PasswordChange::Temporary)
        {
            if memory.hashes.contains_key(&recipient.position) {
                continue;
            }
            let password =
                key.temporary_password(&resend.organisation, &resend.id, &recipient.user_id);
            let salt = key.salt(&resend.organisation, &resend.id, &recipient.user_id);
            let hash = passwords
                .hashing
                .hash(&password, salt)
                .map_err(JobError::Password)?;
            memory.hashes.insert(recipient.position, hash);
            // Others of this process have their turn.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// How far apart waves are at least: a user pool takes only so many passwords a second.
    pub(crate) fn apart(&self, wave: &[&Recipient]) -> TimeDelta {
        let Some(pool) = self
            .passwords
            .as_ref()
            .and_then(|passwords| passwords.user_pool.as_ref())
        else {
            return TimeDelta::zero();
        };
        let temporary =
            |recipient: &&&Recipient| recipient.password_change == PasswordChange::Temporary;
        let passwords = i64::try_from(wave.iter().filter(temporary).count()).unwrap_or(i64::MAX);
        TimeDelta::milliseconds(passwords.saturating_mul(1_000) / i64::from(pool.rate.max(1)))
    }
}

/// What the secret of a mail to this user is made of; `None` where the mail has none.
pub(crate) fn made_of(
    resend: &Resend,
    context: &OperatorContext,
    user: &User,
    language: &Language,
    change: Change,
    key: Option<&str>,
    made_at: DateTime<Utc>,
) -> Option<SecretInputs> {
    let expires_at = resend.validity.expiry(change.change, made_at)?;
    let zone = user
        .time_zone
        .unwrap_or(context.organisation.settings.time_zone);
    let expires_shown = format_expiry(expires_at, zone, language);
    Some(SecretInputs {
        key: key?.into(),
        generation: change.generation?,
        expires_at,
        expires_shown,
    })
}

/// The secret itself: the same again from the same.
pub(crate) fn secret(
    passwords: Option<&Passwords>,
    resend: &Resend,
    user: &UserId,
    change: PasswordChange,
    made: Option<(&SecretInputs, &StageKey)>,
) -> Result<PasswordPart, Error> {
    let (Some(passwords), Some((made, key))) = (passwords, made) else {
        return Ok(PasswordPart::Keep);
    };
    let expires_at = made.expires_shown.clone();
    Ok(match change {
        PasswordChange::Keep => PasswordPart::Keep,
        PasswordChange::SetLink => {
            let invitation = Invitation {
                organisation: resend.organisation.clone(),
                user: user.clone(),
                generation: made.generation,
                expires_at: made.expires_at,
                issued_by: resend.id.to_string(),
            };
            PasswordPart::SetLink {
                invitation_url: passwords.link(&invitation, key)?,
                expires_at,
            }
        }
        PasswordChange::Temporary => {
            let password = key.temporary_password(&resend.organisation, &resend.id, user);
            PasswordPart::Temporary {
                password,
                expires_at,
            }
        }
    })
}

/// The credential that a temporary password is kept as.
pub(crate) fn pending(resend: &Resend, made: &SecretInputs, hash: String) -> PendingCredential {
    PendingCredential {
        resend: resend.id.clone(),
        hash,
        generation: made.generation,
        expires_at: made.expires_at,
    }
}
