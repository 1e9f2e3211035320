//! The mail with a new link, at the registered address of the user who asked for it.
//!
//! The link is derived when the mail is made. The outbox keeps only its issuer, so that a repeated
//! attempt makes the same link.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::Passwords;
use reinvite_domain::{
    EarlierLinks, EmailAddress, Invitation, IssuedInvitation, LinkGenerations, MailValues,
    OrganisationId, OutboxMail, PasswordChange, Recipient, Resend, User, UserId,
    outbox::OutboxContent,
};
use reinvite_mail::{CompiledTemplate, PasswordPart, format_expiry, renewal_variants};
use reinvite_store::{IssuedLink, OperatorContext, Store};

use super::draft::{Draft, is_suppressed, to_send};
use crate::{Engine, Error};

/// Time before the next attempt when the user's links change at the same moment.
const LINKS_CHANGED_BACKOFF: TimeDelta = TimeDelta::seconds(5);

/// The resend whose mail invited the user last, and the values of that mail, if it had a link or a
/// temporary password that was not used.
pub(crate) async fn unused_invitation(
    store: &Store,
    organisation: &OrganisationId,
    user: &User,
    links: &LinkGenerations,
) -> Result<Option<(Resend, MailValues)>, Error> {
    let Some(resend) = &user.last_invited_by else {
        return Ok(None);
    };
    let recipient = store.recipients.get(organisation, resend, &user.id).await?;
    let values = recipient
        .filter(Recipient::may_have_arrived)
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

/// Takes back the count of a link that SES refuses, so that the user can ask again.
pub(super) async fn take_back(engine: &Engine, mail: &OutboxMail) -> Result<(), Error> {
    let OutboxContent::NewLink {
        user, counted_at, ..
    } = &mail.content
    else {
        return Ok(());
    };

    let store = engine.store();
    let organisation = &mail.key.organisation;
    let user = store.users.get(organisation, user).await?;
    if let Some(address) = user.and_then(|user| user.email) {
        store
            .renewal_limits
            .uncount(organisation, &address, *counted_at)
            .await?;
    }
    Ok(())
}

/// Takes back the link of a mail that certainly did not leave: the invitation before is the last one
/// again.
pub(super) async fn withdraw(engine: &Engine, mail: &OutboxMail) -> Result<(), Error> {
    let OutboxContent::NewLink {
        user, issued_by, ..
    } = &mail.content
    else {
        return Ok(());
    };

    let store = engine.store();
    let organisation = &mail.key.organisation;
    let mut links = store
        .links
        .get_many(organisation, std::slice::from_ref(user))
        .await?;
    let links = links.remove(user).unwrap_or_default();
    let user = store.users.get(organisation, user).await?;
    let (Some(user), Some(_)) = (user, links.after_refusal(issued_by)) else {
        return Ok(());
    };
    let withdrawn = IssuedLink {
        user: user.id,
        login_id: user.login_id,
        before: links.clone(),
        after: links,
    };
    Ok(store.links.withdraw(organisation, &[withdrawn]).await?)
}

/// A new link that is about to be mailed.
pub(super) struct NewLink<'a> {
    engine: &'a Engine,
    passwords: &'a Passwords,
    resend: Resend,
    user: User,
    links: LinkGenerations,
    issued_by: &'a str,
}

impl<'a> NewLink<'a> {
    /// Decides about the mail, and issues its link.
    pub(super) async fn draft(
        engine: &'a Engine,
        organisation: &OrganisationId,
        user: &UserId,
        issued_by: &'a str,
        now: DateTime<Utc>,
    ) -> Result<Draft, Error> {
        let store = engine.store();
        let Some(passwords) = &engine.passwords else {
            return Ok(Draft::Drop("the deployment keeps no passwords"));
        };
        let user = store.users.get(organisation, user).await?;
        let Some(user) = user.filter(|user| user.in_use_at(now)) else {
            return Ok(Draft::Drop("the user is not in use"));
        };
        let Some(address) = user.email.clone() else {
            return Ok(Draft::Drop("the user has no address"));
        };
        if is_suppressed(engine, organisation, &address).await? {
            return Ok(Draft::Drop("the address is suppressed"));
        }
        let ids = [user.id.clone()];
        let links = store.links.get_many(organisation, &ids).await?;
        let links = links.into_values().next().unwrap_or_default();
        let unused = unused_invitation(store, organisation, &user, &links).await?;
        let Some((resend, values)) = unused else {
            return Ok(Draft::Drop("the user has no unused invitation"));
        };

        let link = Self {
            engine,
            passwords,
            resend,
            user,
            links,
            issued_by,
        };
        let context = store.context_of_resend(&link.resend, [], now).await?;
        match link.issue(&context.operator).await? {
            Some(part) => link.render(&values, address, part),
            None => Ok(Draft::Wait(now + LINKS_CHANGED_BACKOFF)),
        }
    }

    /// Issues a link that leaves earlier ones good; `None` if the user's links have changed since
    /// they were read.
    async fn issue(&self, context: &OperatorContext) -> Result<Option<PasswordPart>, Error> {
        let organisation = &context.organisation.id;
        let settings = &context.organisation.settings;
        let key = self.passwords.keyring.keys(context.now).await?.current;
        let generation = self
            .links
            .generation_for(self.issued_by, EarlierLinks::Keep);
        let validity = settings.validity();
        let Some(expires_at) = validity.expiry(PasswordChange::SetLink, context.now) else {
            return Ok(None);
        };

        let after = self.links.after_issuing(IssuedInvitation {
            generation,
            expires_at,
            issued_by: self.issued_by.into(),
        });
        if after.invitation != self.links.invitation {
            let issued = IssuedLink {
                user: self.user.id.clone(),
                login_id: self.user.login_id.clone(),
                before: self.links.clone(),
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
            issued_by: self.issued_by.into(),
        };
        let token = invitation.token(&key);
        let invitation_url = self.passwords.link(&token);
        let records = &self.engine.store().link_records;
        records.put(&[(token, invitation.record(&key))]).await?;

        let language = self.user.language.as_ref().unwrap_or(&settings.language);
        let zone = self.user.time_zone.unwrap_or(settings.time_zone);
        Ok(Some(PasswordPart::SetLink {
            invitation_url,
            expires_at: format_expiry(expires_at, zone, language),
        }))
    }

    /// The mail has the values of the last invitation, the user as they are now, and the new link.
    fn render(
        &self,
        values: &MailValues,
        address: EmailAddress,
        part: PasswordPart,
    ) -> Result<Draft, Error> {
        let profile = self.resend.sender_profile.clone();
        let template = CompiledTemplate::new(renewal_variants()).map_err(Error::Template)?;
        let preferred = self.user.language.as_ref().unwrap_or(&values.language);
        let language = template
            .choose_language(Some(preferred), &profile.language)
            .ok_or(Error::TemplateWithoutLanguage)?;
        let values = MailValues {
            language,
            name: self.user.name().into(),
            login_id: self.user.login_id.clone(),
            email: address.as_str().into(),
            secret: None,
            ..values.clone()
        };

        let rendered = template
            .render(&values, &profile, part)
            .ok_or(Error::TemplateWithoutLanguage)?;
        Ok(match rendered {
            Ok(mail) => to_send(profile, address, mail, ("renewal", "1".into())),
            Err(_) => Draft::Drop("it cannot be rendered"),
        })
    }
}
