//! Mails in doubt: claimed, and nobody knows whether SES took them. What they were made of is known, and kept.

use reinvite_aws::{OutgoingMail, PasswordSet};
use reinvite_domain::{
    Chunk, Claim, EarlierLinks, KeepReason, MailValues, PasswordChange, Recipient, RecipientState,
    Resend, User,
};

use crate::{
    JobError, Sender,
    secret::{Change, made_of, secret},
    wave::outgoing,
};

impl Sender {
    /// The recipients as `unknown`, with what their mails were made of by the chunk's claim. In a user pool their temporary
    /// passwords are set: the mails may have arrived. Whose could not be set is left out, to be tried again.
    pub(crate) async fn unknown(
        &self,
        resend: &Resend,
        chunk: &Chunk,
        recipients: &[&Recipient],
    ) -> Result<Vec<Recipient>, JobError> {
        let ids = recipients.iter().map(|recipient| &recipient.user_id);
        let now = self.clock.now();
        let (context, users) = self
            .clients
            .store
            .responsible(&resend.organisation, &resend.responsible, ids, now)
            .await?;
        let template = self.template(resend).await?;
        let mut unknown = Vec::new();
        let claimed_at = chunk.claim.as_ref().map(|claim| claim.at);
        for recipient in recipients {
            if recipient.state == RecipientState::Sending {
                // Another attempt: what it was made of is known since the first.
                unknown.push(Recipient {
                    state: RecipientState::Unknown,
                    claimed_at,
                    ..(*recipient).clone()
                });
                continue;
            }
            let user = users.get(&recipient.user_id);
            let mail = chunk.claim.as_ref().zip(user).and_then(|(claim, user)| {
                let language = template
                    .choose_language(user.language.as_ref(), &resend.sender_profile.language)?;
                let values = MailValues::new(
                    user,
                    &resend.id,
                    &context.operator,
                    &context.tree.groups,
                    language,
                )?;
                let change = claimed(claim, recipient)?;
                let inputs = claim.inputs_of(recipient.position)?;
                let key = claim.key.as_deref();
                let secret = made_of(
                    resend,
                    &context,
                    user,
                    &values.language,
                    change,
                    key,
                    claim.issued_at,
                );
                Some((
                    MailValues {
                        invitation: inputs.invitation,
                        secret,
                        ..values
                    },
                    change,
                ))
            });
            let mut it = Recipient {
                state: RecipientState::Unknown,
                attempt: 1,
                claimed_at,
                ..(*recipient).clone()
            };
            if let Some((values, Change { change, generation })) = mail {
                if change != it.password_change {
                    (it.password_change, it.password_change_reason) =
                        (change, Some(KeepReason::HoldsRoles));
                }
                it.ends_links_before =
                    generation.filter(|_| resend.earlier_links == EarlierLinks::End);
                it.mail = Some(values);
            }
            let set = match user {
                Some(user) => self.set_in_pool(resend, user, &it).await?,
                None => true,
            };
            unknown.extend(set.then_some(it));
        }
        Ok(unknown)
    }

    /// Ends the earlier links of those whose mails went as an event said, for nobody knew it before.
    pub(crate) async fn end_links_of_settled(
        &self,
        resend: &Resend,
        recipients: &[Recipient],
    ) -> Result<(), JobError> {
        use RecipientState::{Complained, Delivered, Sent};
        let settled = recipients
            .iter()
            .filter(|it| matches!(it.state, Sent | Delivered | Complained));
        let ended: Vec<_> = settled
            .filter_map(|it| Some((it.user_id.clone(), it.ends_links_before?)))
            .collect();
        if !ended.is_empty() {
            self.clients
                .store
                .end_links_before(&resend.organisation, &ended)
                .await?;
        }
        Ok(())
    }

    /// Sets a temporary password in the user pool, where there is one; false where that is to be tried again.
    pub(crate) async fn set_in_pool(
        &self,
        resend: &Resend,
        user: &User,
        it: &Recipient,
    ) -> Result<bool, JobError> {
        let Some(passwords) = &self.passwords else {
            return Ok(true);
        };
        let made = it.mail.as_ref().and_then(|mail| mail.secret.as_ref());
        let (Some(pool), Some(made)) = (&passwords.user_pool, made) else {
            return Ok(true);
        };
        // Who logged in since has a password, which it would replace.
        if it.password_change != PasswordChange::Temporary || user.first_login_at.is_some() {
            return Ok(true);
        }
        let Some(key) = passwords
            .keyring
            .keys_with(&made.key, self.clock.now())
            .await?
            .get(&made.key)
            .cloned()
        else {
            return Ok(true);
        };
        let password = key.temporary_password(&resend.organisation, &resend.id, &user.id);
        match pool
            .set_password(&resend.organisation, user, &password, false)
            .await
        {
            Ok(PasswordSet::Done) => Ok(true),
            Ok(refused) => {
                tracing::error!(resend = %resend.id, user = %user.id, ?refused, "the user pool takes no temporary password");
                Ok(true)
            }
            Err(error) => {
                tracing::error!(resend = %resend.id, user = %user.id, %error, "a temporary password is to be set again");
                Ok(false)
            }
        }
    }

    /// The mail of a recipient made again, to the letter, from what the first was made of; `None` where that is not known.
    pub async fn made_again(
        &self,
        resend: &Resend,
        recipient: &Recipient,
    ) -> Result<Option<OutgoingMail>, JobError> {
        let Some(values) = &recipient.mail else {
            return Ok(None);
        };
        let key = match (&self.passwords, &values.secret) {
            (Some(passwords), Some(made)) => {
                let keys = passwords
                    .keyring
                    .keys_with(&made.key, self.clock.now())
                    .await?;
                // Without its key the secret cannot be made again.
                let Some(key) = keys.get(&made.key).cloned() else {
                    return Ok(None);
                };
                Some(key)
            }
            _ => None,
        };
        let made = values.secret.as_ref().zip(key.as_ref());
        let secret = secret(
            self.passwords.as_ref(),
            resend,
            &recipient.user_id,
            recipient.password_change,
            made,
        )?;
        let template = self.template(resend).await?;
        let Some(Ok(mail)) = template.render(values, &resend.sender_profile, secret) else {
            return Ok(None);
        };
        let Ok(to) = values.email.parse() else {
            return Ok(None);
        };
        Ok(Some(outgoing(resend, recipient, to, mail)))
    }
}

/// What the claim says of the recipient's password.
fn claimed(claim: &Claim, recipient: &Recipient) -> Option<Change> {
    let inputs = claim.inputs_of(recipient.position)?;
    let change = if inputs.keeps_password {
        PasswordChange::Keep
    } else {
        recipient.password_change
    };
    Some(Change {
        change,
        generation: inputs.generation,
    })
}
