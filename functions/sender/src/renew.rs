//! Sending a new link to who asked for one at the address that is registered.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{
    MailOutcome, OperatorContext, OutgoingMail, Passwords, Reservation, SendOutcome, random,
};
use reinvite_domain::{
    EarlierLinks, EmailAddress, Invitation, LinkGenerations, MailValues, OrganisationId,
    PasswordChange, Resend, ResendId, SecretInputs, SenderProfile, User, UserId,
};
use reinvite_mail::{CompiledTemplate, PasswordPart, format_expiry, renewal_variants};

use crate::{JobError, Sender};

/// A slot further away than this is left to invitations: whoever asked can ask again.
const WAIT: TimeDelta = TimeDelta::seconds(30);

impl Sender {
    /// Mails a new link to the user among these who was invited last, if they may have one. It is counted before it is sent:
    /// a message that comes again finds that, and sends nothing. One that does not go is not counted.
    pub(crate) async fn renew(
        &self,
        organisation: &OrganisationId,
        users: &[UserId],
    ) -> Result<(), JobError> {
        let Some(passwords) = &self.passwords else {
            return Ok(());
        };
        let store = &self.clients.store;
        let now = self.clock.now();
        let found = store.users(organisation, users).await?;
        let links = store.links(organisation, users).await?;
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_by_key(|user| std::cmp::Reverse(user.last_invited_at));
        for user in found {
            let links = links.get(&user.id).cloned().unwrap_or_default();
            let Some(address) = user.email.clone().filter(|_| user.in_use_at(now)) else {
                continue;
            };
            let Some((resend, values)) = self.unused(organisation, &user, &links).await? else {
                continue;
            };
            if !store.suppressed(organisation, [&address]).await?.is_empty()
                || !store.count_renewal(organisation, &address, now).await?
            {
                return Ok(());
            }
            let (context, _) = store
                .responsible(organisation, &resend.responsible, [], now)
                .await?;
            let link = self.new_link(passwords, &context, &user, &links).await?;
            let mail = link.map(|(made, url)| with_link(values, &user, made, url));
            let gone = match mail {
                Some((values, secret)) => {
                    self.mail_link(&address, &values, &resend.sender_profile, secret, now)
                        .await?
                }
                None => false,
            };
            if gone {
                tracing::info!(organisation = %organisation, user = %user.id, "a new link was mailed");
            } else {
                tracing::warn!(organisation = %organisation, user = %user.id, "a new link was not mailed");
                store.uncount_renewal(organisation, &address, now).await?;
            }
            return Ok(());
        }
        Ok(())
    }

    /// The resend whose mail invited the user last, and what it said, where that brought a link or a temporary password that
    /// was not used.
    async fn unused(
        &self,
        organisation: &OrganisationId,
        user: &User,
        links: &LinkGenerations,
    ) -> Result<Option<(Resend, MailValues)>, JobError> {
        let store = &self.clients.store;
        let Some(last) = &user.last_invited_by else {
            return Ok(None);
        };
        let Some(recipient) = store.recipient(organisation, last, &user.id).await? else {
            return Ok(None);
        };
        let Some(values) = recipient
            .mail
            .filter(|_| recipient.state.may_have_arrived())
        else {
            return Ok(None);
        };
        let Some(made) = &values.secret else {
            return Ok(None);
        };
        let used = links
            .used
            .as_ref()
            .is_some_and(|used| used.generation >= made.generation);
        let resend = if used {
            None
        } else {
            store.resend(last).await?
        };
        Ok(resend.map(|resend| (resend, values)))
    }

    /// A link that leaves the earlier ones good; `None` where something changed meanwhile: whoever asked can ask again.
    async fn new_link(
        &self,
        passwords: &Passwords,
        context: &OperatorContext,
        user: &User,
        links: &LinkGenerations,
    ) -> Result<Option<(SecretInputs, String)>, JobError> {
        let key = passwords.keyring.keys(context.now).await?.current;
        let issued_by = format!("renewal-{}", ResendId::generate(context.now, random()?));
        let generation = links.generation_for(&issued_by, EarlierLinks::Keep);
        let settings = &context.organisation.settings;
        let Some(expires_at) = settings
            .validity()
            .expiry(PasswordChange::SetLink, context.now)
        else {
            return Ok(None);
        };
        let organisation = &context.organisation.id;
        let after = links.after_issuing(generation, &issued_by);
        if after.next != links.next {
            let made = [(user.id.clone(), links.clone(), after)];
            if !self
                .clients
                .store
                .make_links(organisation, &made)
                .await?
                .iter()
                .all(|made| *made)
            {
                return Ok(None);
            }
        }
        let invitation = Invitation {
            organisation: organisation.clone(),
            user: user.id.clone(),
            generation,
            expires_at,
            issued_by,
        };
        let language = user.language.as_ref().unwrap_or(&settings.language);
        let expires_shown = format_expiry(
            expires_at,
            user.time_zone.unwrap_or(settings.time_zone),
            language,
        );
        let made = SecretInputs {
            key: key.id().into(),
            generation,
            expires_at,
            expires_shown,
        };
        Ok(Some((made, passwords.link(&invitation, &key)?)))
    }

    /// Mails a link; false where it certainly did not go, for there was no slot or SES did not take it.
    async fn mail_link(
        &self,
        to: &EmailAddress,
        values: &MailValues,
        sender_profile: &SenderProfile,
        secret: PasswordPart,
        now: DateTime<Utc>,
    ) -> Result<bool, JobError> {
        let template = CompiledTemplate::new(renewal_variants())
            .map_err(|error| JobError::Template(Some(error)))?;
        let language = template.choose_language(Some(&values.language), &sender_profile.language);
        let language = language.ok_or(JobError::Template(None))?;
        let values = MailValues {
            language,
            ..values.clone()
        };
        let mail = template
            .render(&values, sender_profile, secret)
            .ok_or(JobError::Template(None))?;
        let mail = mail.map_err(|error| JobError::Template(Some(error)))?;
        let tags = vec![("renewal", "1".to_string())];
        let mail = OutgoingMail {
            to: to.clone(),
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
            tags,
        };
        let slot = match self
            .clients
            .pacer
            .reserve(1, TimeDelta::zero(), now)
            .await?
        {
            Reservation::Slot(slot, _) if slot <= now + WAIT => slot,
            _ => return Ok(false),
        };
        self.clock.sleep_until(slot).await;
        let answer = self.clients.mailer.send(sender_profile, &[mail]).await?;
        Ok(match answer {
            SendOutcome::Each(answers) => answers
                .iter()
                .any(|answer| matches!(answer, MailOutcome::Accepted(_))),
            SendOutcome::All(_) => false,
            SendOutcome::Doubt => true,
        })
    }
}

/// What the mail says: as the last invitation did, of the user as they are now, with the new link.
fn with_link(
    values: MailValues,
    user: &User,
    made: SecretInputs,
    invitation_url: String,
) -> (MailValues, PasswordPart) {
    let secret = PasswordPart::SetLink {
        invitation_url,
        expires_at: made.expires_shown,
    };
    let email = user
        .email
        .as_ref()
        .map_or_else(String::new, |email| email.as_str().into());
    let language = user.language.clone().unwrap_or(values.language);
    let values = MailValues {
        name: user.name().into(),
        login_id: user.login_id.clone(),
        email,
        language,
        secret: None,
        ..values
    };
    (values, secret)
}
