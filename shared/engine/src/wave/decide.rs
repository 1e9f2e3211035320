//! Decides about each recipient of a wave, and renders the mails that go.

use reinvite_aws::OutgoingMail;
use reinvite_domain::{
    EarlierLinks, EligibilityCheck, ExclusionReason, FailedReason, KeepReason, LinkGenerations,
    MailInputs, MailValues, PasswordChange, Recipient, StageKey, User, pace::MAX_WAVE_BYTES,
    password_change::roles_protect_password,
};
use reinvite_store::OperatorContext;

use super::{AttemptPolicy, Wave, read::WaveFacts};
use crate::{
    Error,
    chunk_memory::ChunkMemory,
    mail::{outgoing_mail, rerender_mail},
    secrets::{AppliedChange, SecretRequest, password_part},
    user_pool::has_chosen_password,
};

/// The decisions about a wave.
#[derive(Default)]
pub(super) struct Decided<'f> {
    /// Mails that go.
    pub mails: Vec<PreparedMail<'f>>,
    /// Recipients who get no mail, with the outcome.
    pub without_mail: Vec<Recipient>,
}

impl Decided<'_> {
    pub fn is_empty(&self) -> bool {
        self.mails.is_empty() && self.without_mail.is_empty()
    }
}

/// A mail that is ready to go.
pub(super) struct PreparedMail<'f> {
    pub user: &'f User,
    /// The recipient, with the password change as it is applied.
    pub recipient: Recipient,
    pub mail: OutgoingMail,
    pub applied: AppliedChange,
    /// The values of the mail; `None` for a reattempt, whose values are in `recipient.mail`.
    pub values: Option<MailValues>,
    /// The user's links as they were read.
    pub links: LinkGenerations,
}

impl PreparedMail<'_> {
    /// The inputs that would differ if the mail were rendered again later.
    pub fn inputs(&self) -> Option<MailInputs> {
        let values = self.values.as_ref()?;
        Some(MailInputs {
            invitation: values.invitation,
            generation: self.applied.generation,
            keeps_password: self.recipient.password_change_reason == Some(KeepReason::HoldsRoles),
        })
    }
}

/// The decision about one recipient.
enum Decision<'f> {
    Send(Box<PreparedMail<'f>>),
    NoMail(Box<Recipient>),
}

impl Wave<'_> {
    /// Decides about the recipients in order, until the mails fill a call. Recipients after that
    /// are left to the next wave.
    pub(super) async fn decide<'f>(
        &self,
        facts: &'f WaveFacts,
        memory: &ChunkMemory,
    ) -> Result<Decided<'f>, Error> {
        let mut decided = Decided::default();
        let mut bytes = 0;

        for recipient in self.recipients {
            match self.decide_one(facts, recipient, memory).await? {
                Decision::NoMail(recipient) => decided.without_mail.push(*recipient),
                Decision::Send(mail) => {
                    bytes += mail.mail.encoded_bytes();
                    if bytes > MAX_WAVE_BYTES && !decided.mails.is_empty() {
                        break;
                    }
                    decided.mails.push(*mail);
                }
            }
        }
        Ok(decided)
    }

    async fn decide_one<'f>(
        &self,
        facts: &'f WaveFacts,
        recipient: &Recipient,
        memory: &ChunkMemory,
    ) -> Result<Decision<'f>, Error> {
        let user = facts.user_of(&recipient.user_id);
        let user = user.filter(|user| recipient.is(user));
        let check = self.eligibility_check(facts);
        let verdict = check.recheck(
            &self.resend.id,
            user,
            facts.is_suppressed(user),
            recipient.had_logged_in,
        );
        let excluded =
            |reason| Decision::NoMail(Box::new(self.policy.ineligible(recipient, reason)));
        let user = match (verdict, user) {
            (Err(reason), _) => return Ok(excluded(reason)),
            (Ok(()), Some(user)) => user,
            (Ok(()), None) => return Ok(excluded(ExclusionReason::NotFound)),
        };

        if let Some(reason) = self.outdated(facts, recipient, user).await? {
            return Ok(excluded(reason));
        }

        let mail = match self.policy {
            AttemptPolicy::First => {
                self.render_first(facts, recipient, user, memory.key.as_ref())?
            }
            AttemptPolicy::Reattempt => {
                let mail = self.rerender(facts, recipient, user).await?;
                mail.ok_or(FailedReason::NotRenderable)
            }
        };
        Ok(match mail {
            Ok(mail) => Decision::Send(Box::new(mail)),
            Err(reason) => Decision::NoMail(Box::new(self.policy.unrenderable(recipient, reason))),
        })
    }

    /// Why a mail in doubt must not be repeated to a user who may be mailed.
    async fn outdated(
        &self,
        facts: &WaveFacts,
        recipient: &Recipient,
        user: &User,
    ) -> Result<Option<ExclusionReason>, Error> {
        if self.policy == AttemptPolicy::First {
            return Ok(None);
        }
        let outdated = recipient.outdated(user, &facts.links_of(&user.id));
        if outdated.is_some() {
            return Ok(outdated);
        }
        let has_chosen = has_chosen_password(self.engine, self.resend, user, recipient).await?;
        Ok(has_chosen.then_some(ExclusionReason::Accepted))
    }

    fn eligibility_check<'f>(&self, facts: &'f WaveFacts) -> EligibilityCheck<'f> {
        let context = &facts.context;
        let cooldown = match self.policy {
            AttemptPolicy::First if !self.resend.ignore_cooldown => {
                context.organisation.settings.cooldown()
            }
            // A user whose mail is in doubt was stamped by the first attempt.
            _ => None,
        };
        EligibilityCheck {
            operator: &context.operator,
            at: context.now,
            cooldown,
        }
    }

    /// The first mail to a recipient, or why it cannot be made.
    fn render_first<'f>(
        &self,
        facts: &WaveFacts,
        recipient: &Recipient,
        user: &'f User,
        key: Option<&StageKey>,
    ) -> Result<Result<PreparedMail<'f>, FailedReason>, Error> {
        let resend = self.resend;
        let links = facts.links_of(&user.id);
        let applied = self.applied_change(&facts.context, recipient, user, &links);
        let mut recipient = recipient.clone();
        if applied.change != recipient.password_change {
            recipient.password_change = applied.change;
            recipient.password_change_reason = Some(KeepReason::HoldsRoles);
        }

        let values = self.mail_values(facts, user, applied, key)?;
        let (Some(values), Some(to)) = (values, user.email.clone()) else {
            return Ok(Err(FailedReason::NotRenderable));
        };
        let part = password_part(
            self.engine.passwords.as_ref(),
            resend,
            &user.id,
            applied.change,
            values.secret.as_ref().zip(key),
        );

        let rendered = facts.template.fill(&values, &resend.sender_profile, part);
        let mail = match rendered {
            Some(Ok(mail)) => mail,
            Some(Err(error)) if error.is_lacking_secret() => {
                return Ok(Err(FailedReason::TemplateLacksSecret));
            }
            _ => return Ok(Err(FailedReason::NotRenderable)),
        };
        Ok(Ok(PreparedMail {
            user,
            mail: outgoing_mail(resend, &recipient, to, mail),
            recipient,
            applied,
            values: Some(values),
            links,
        }))
    }

    /// The values of a user's first mail; `None` for a user without an address.
    fn mail_values(
        &self,
        facts: &WaveFacts,
        user: &User,
        applied: AppliedChange,
        key: Option<&StageKey>,
    ) -> Result<Option<MailValues>, Error> {
        let (resend, context) = (self.resend, &facts.context);
        let language = facts
            .template
            .choose_language(user.language.as_ref(), &resend.sender_profile.language)
            .ok_or(Error::TemplateWithoutLanguage)?;
        let secret = SecretRequest {
            resend,
            context,
            user,
            language: &language,
            applied,
            key_id: key.map(StageKey::id),
            issued_at: context.now,
        };
        let secret = secret.inputs();

        let read = facts.template.attributes_in(&language);
        let (operator, groups) = (&context.operator, &context.tree.groups);
        let values = MailValues::new(user, &resend.id, operator, groups, language);
        Ok(values.map(|values| {
            let values = MailValues { secret, ..values };
            match facts.attributes.get(&user.id) {
                Some(attributes) => values.with_attributes(attributes, &read),
                None => values,
            }
        }))
    }

    /// The change of a recipient's password, by the user's roles and links as they are now.
    fn applied_change(
        &self,
        context: &OperatorContext,
        recipient: &Recipient,
        user: &User,
        links: &LinkGenerations,
    ) -> AppliedChange {
        let resend = self.resend;
        let keeps = self.engine.passwords.is_none()
            || roles_protect_password(user, &context.operator, &context.tree.groups);
        let change = if keeps {
            PasswordChange::Keep
        } else {
            recipient.password_change
        };

        let generation = if change.is_keep() {
            let ends_earlier = resend.earlier_links == EarlierLinks::End && links.any_open();
            ends_earlier.then_some(links.next)
        } else {
            Some(links.generation_for(resend.id.as_str(), resend.earlier_links))
        };
        AppliedChange { change, generation }
    }

    /// The mail of the first attempt once more; `None` if its inputs are not known.
    async fn rerender<'f>(
        &self,
        facts: &WaveFacts,
        recipient: &Recipient,
        user: &'f User,
    ) -> Result<Option<PreparedMail<'f>>, Error> {
        let mail = rerender_mail(self.engine, self.resend, recipient).await?;
        Ok(mail.map(|mail| PreparedMail {
            user,
            recipient: recipient.clone(),
            mail,
            applied: AppliedChange {
                change: recipient.password_change,
                generation: recipient.ends_links_before,
            },
            values: None,
            links: facts.links_of(&user.id),
        }))
    }
}
