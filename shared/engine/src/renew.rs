//! Mailing a new link to a user who asked for one, at the registered address.

use std::cmp::Reverse;

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{MailOutcome, OutgoingMail, Passwords, SendOutcome, random};
use reinvite_domain::{
    EarlierLinks, EmailAddress, Invitation, LinkGenerations, MailValues, OrganisationId,
    PasswordChange, Resend, ResendId, SecretInputs, SenderProfile, User, UserId,
};
use reinvite_mail::{CompiledTemplate, PasswordPart, format_expiry, renewal_variants};
use reinvite_store::{IssuedLink, OperatorContext};

use crate::{Engine, Error, Reservation};

/// A later slot is left to invitations: the user can ask again.
const MAX_WAIT_FOR_SLOT: TimeDelta = TimeDelta::seconds(30);

/// A link that was issued.
struct NewLink {
    inputs: SecretInputs,
    url: String,
}

/// Mails a new link to the user among these who was invited last, if they may have one.
///
/// The link is counted before it is mailed, so that a repeated message finds the count and mails
/// nothing. A mail that did not go is not counted.
pub(crate) async fn renew(
    engine: &Engine,
    organisation: &OrganisationId,
    users: &[UserId],
) -> Result<(), Error> {
    let Some(passwords) = &engine.passwords else {
        return Ok(());
    };
    let store = engine.store();
    let now = engine.clock().now();
    let found = store.users.get_many(organisation, users).await?;
    let links = store.links.get_many(organisation, users).await?;
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|user| Reverse(user.last_invited_at));

    for user in found {
        let links = links.get(&user.id).cloned().unwrap_or_default();
        let address = user.email.clone().filter(|_| user.in_use_at(now));
        let Some(address) = address else { continue };
        let unused = unused_invitation(engine, organisation, &user, &links).await?;
        let Some((resend, values)) = unused else {
            continue;
        };

        let suppressed = store.suppressions.among(organisation, [&address]).await?;
        let may_go = suppressed.is_empty()
            && store
                .renewal_limits
                .count(organisation, &address, now)
                .await?;
        if may_go {
            let renewal = Renewal {
                engine,
                passwords,
                resend: &resend,
                user: &user,
                address: &address,
                now,
            };
            renewal.send(values, &links).await?;
        }
        return Ok(());
    }
    Ok(())
}

/// The resend whose mail invited the user last, and the values of that mail, if it had a link or a
/// temporary password that was not used.
async fn unused_invitation(
    engine: &Engine,
    organisation: &OrganisationId,
    user: &User,
    links: &LinkGenerations,
) -> Result<Option<(Resend, MailValues)>, Error> {
    let store = engine.store();
    let Some(resend) = &user.last_invited_by else {
        return Ok(None);
    };
    let recipient = store.recipients.get(organisation, resend, &user.id).await?;
    let values = recipient
        .filter(|recipient| recipient.may_have_arrived())
        .and_then(|recipient| recipient.mail);
    let Some(values) = values else {
        return Ok(None);
    };
    let Some(inputs) = &values.secret else {
        return Ok(None);
    };

    let is_used = links
        .used
        .as_ref()
        .is_some_and(|used| used.generation >= inputs.generation);
    if is_used {
        return Ok(None);
    }
    let resend = store.resends.get(resend).await?;
    Ok(resend.map(|resend| (resend, values)))
}

/// A new link that is about to be mailed.
struct Renewal<'a> {
    engine: &'a Engine,
    passwords: &'a Passwords,
    resend: &'a Resend,
    user: &'a User,
    address: &'a EmailAddress,
    now: DateTime<Utc>,
}

impl Renewal<'_> {
    /// Issues and mails the link, or takes its count back.
    async fn send(&self, values: MailValues, links: &LinkGenerations) -> Result<(), Error> {
        let store = self.engine.store();
        let organisation = &self.resend.organisation;
        let (context, _) = store
            .responsible_operator(organisation, &self.resend.responsible, [], self.now)
            .await?;

        let is_mailed = match self.issue(&context, links).await? {
            Some(link) => self.mail(&values, link).await?,
            None => false,
        };
        if is_mailed {
            tracing::info!(organisation = %organisation, user = %self.user.id, "new link mailed");
            return Ok(());
        }

        tracing::warn!(organisation = %organisation, user = %self.user.id, "new link not mailed");
        store
            .renewal_limits
            .uncount(organisation, self.address, self.now)
            .await?;
        Ok(())
    }

    /// Issues a link that leaves earlier ones good; `None` if the user's links have changed since
    /// they were read. The user can ask again.
    async fn issue(
        &self,
        context: &OperatorContext,
        links: &LinkGenerations,
    ) -> Result<Option<NewLink>, Error> {
        let organisation = &context.organisation.id;
        let settings = &context.organisation.settings;
        let key = self.passwords.keyring.keys(context.now).await?.current;
        let issued_by = format!("renewal-{}", ResendId::generate(context.now, random()?));
        let generation = links.generation_for(&issued_by, EarlierLinks::Keep);
        let validity = settings.validity();
        let Some(expires_at) = validity.expiry(PasswordChange::SetLink, context.now) else {
            return Ok(None);
        };

        let after = links.after_issuing(generation, &issued_by);
        if after.next != links.next {
            let issued = IssuedLink {
                user: self.user.id.clone(),
                before: links.clone(),
                after,
            };
            let stored = &self.engine.store().links;
            let written = stored.issue(organisation, &[issued]).await?;
            if !written.iter().all(|written| *written) {
                return Ok(None);
            }
        }

        let invitation = Invitation {
            organisation: organisation.clone(),
            user: self.user.id.clone(),
            generation,
            expires_at,
            issued_by,
        };
        let language = self.user.language.as_ref().unwrap_or(&settings.language);
        let zone = self.user.time_zone.unwrap_or(settings.time_zone);
        let inputs = SecretInputs {
            key: key.id().into(),
            generation,
            expires_at,
            expires_shown: format_expiry(expires_at, zone, language),
        };
        let url = self.passwords.link(&invitation, &key)?;
        Ok(Some(NewLink { inputs, url }))
    }

    /// Mails a link; answers `false` if it certainly did not go: there was no slot, or SES refused
    /// it.
    async fn mail(&self, values: &MailValues, link: NewLink) -> Result<bool, Error> {
        let engine = self.engine;
        let profile = &self.resend.sender_profile;
        let mail = self.render(profile, values, link)?;

        let reserved = engine.pacer.reserve(1, TimeDelta::zero(), self.now).await?;
        let slot = match reserved {
            Reservation::Slot(slot, _) if slot <= self.now + MAX_WAIT_FOR_SLOT => slot,
            _ => return Ok(false),
        };
        engine.clock().sleep_until(slot).await;

        Ok(match engine.mailer.send(profile, &[mail]).await {
            SendOutcome::Each(outcomes) => outcomes
                .iter()
                .any(|outcome| matches!(outcome, MailOutcome::Accepted(_) | MailOutcome::Doubt)),
            SendOutcome::All(_) | SendOutcome::NoConnection => false,
            SendOutcome::Doubt => true,
        })
    }

    /// The mail has the values of the last invitation, the user as they are now, and the new link.
    fn render(
        &self,
        profile: &SenderProfile,
        values: &MailValues,
        link: NewLink,
    ) -> Result<OutgoingMail, Error> {
        let template = CompiledTemplate::new(renewal_variants()).map_err(Error::Template)?;
        let preferred = self.user.language.as_ref().unwrap_or(&values.language);
        let language = template
            .choose_language(Some(preferred), &profile.language)
            .ok_or(Error::TemplateWithoutLanguage)?;
        let values = MailValues {
            language,
            name: self.user.name().into(),
            login_id: self.user.login_id.clone(),
            email: self.address.as_str().into(),
            secret: None,
            ..values.clone()
        };
        let part = PasswordPart::SetLink {
            invitation_url: link.url,
            expires_at: link.inputs.expires_shown,
        };

        let mail = template
            .render(&values, profile, part)
            .ok_or(Error::TemplateWithoutLanguage)?
            .map_err(Error::Template)?;
        Ok(OutgoingMail {
            to: self.address.clone(),
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
            tags: vec![("renewal", "1".to_string())],
        })
    }
}
