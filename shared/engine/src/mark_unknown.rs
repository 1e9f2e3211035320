//! Mails in doubt: claimed, and it is not known whether SES accepted them. Their inputs are known,
//! and kept with the recipients.

use reinvite_domain::{
    Chunk, Claim, EarlierLinks, KeepReason, MailValues, Metric, PasswordChange, Recipient,
    RecipientState, Resend, User,
};
use reinvite_mail::CompiledTemplate;
use reinvite_store::OperatorContext;

use crate::{
    Engine, Error,
    secrets::{AppliedChange, SecretRequest},
    user_pool::set_temporary_password_again,
};

/// Marks positions of an abandoned claim as `unknown`. The inputs of their mails stay with the
/// recipients, so that a reattempt is identical.
pub(crate) async fn mark_unknown(
    engine: &Engine,
    resend: &Resend,
    chunk: &Chunk,
    recipients: &[Recipient],
    positions: &[u16],
) -> Result<(), Error> {
    tracing::warn!(
        resend = %resend.id,
        chunk = chunk.number,
        mails = positions.len(),
        "claimed mails have no result and become unknown"
    );
    let in_doubt: Vec<_> = recipients
        .iter()
        .filter(|recipient| positions.contains(&recipient.position))
        .collect();
    let unknown = as_unknown(engine, resend, chunk, &in_doubt).await?;

    // A claim has either first attempts or reattempts.
    let from = in_doubt
        .first()
        .map_or(RecipientState::Pending, |recipient| recipient.state);
    engine
        .store()
        .recipients
        .record(&resend.id, from, &unknown)
        .await?;
    let doubts = u64::try_from(unknown.len()).unwrap_or(u64::MAX);
    metrics::counter!(Metric::Doubts.name()).increment(doubts);

    if unknown.len() < in_doubt.len() {
        return Err(Error::TemporaryPasswordsNotSet);
    }
    Ok(())
}

/// Ends the earlier links of users whose mails were accepted, as only an event told.
pub(crate) async fn end_links_of_settled(
    engine: &Engine,
    resend: &Resend,
    recipients: &[Recipient],
) -> Result<(), Error> {
    use RecipientState::{Complained, Delivered, Sent};

    let ended: Vec<_> = recipients
        .iter()
        .filter(|recipient| matches!(recipient.state, Sent | Delivered | Complained))
        .filter_map(|recipient| Some((recipient.user_id.clone(), recipient.ends_links_before?)))
        .collect();
    if !ended.is_empty() {
        let links = &engine.store().links;
        links.end_before(&resend.organisation, &ended).await?;
    }
    Ok(())
}

/// The recipients as `unknown`, with the inputs of their mails.
///
/// A mail in doubt may have arrived, so a user pool gets its temporary password. A recipient whose
/// password could not be set is left out, and tried again.
async fn as_unknown(
    engine: &Engine,
    resend: &Resend,
    chunk: &Chunk,
    recipients: &[&Recipient],
) -> Result<Vec<Recipient>, Error> {
    let store = engine.store();
    let ids = recipients.iter().map(|recipient| &recipient.user_id);
    let now = engine.clock().now();
    let context = store.context_of_resend(resend, ids, now).await?;
    let template = engine.templates.get(store, resend).await?;
    let abandoned = AbandonedClaim {
        resend,
        claim: chunk.claim.as_ref(),
        context: &context.operator,
        template: &template,
    };

    let mut unknown = Vec::new();
    for recipient in recipients {
        let user = context.users.get(&recipient.user_id);
        let user = user.filter(|user| recipient.is(user));
        let marked = abandoned.mark(recipient, user);
        // A reattempt keeps the password of the first attempt, which is in the user pool.
        let is_set = match user {
            Some(user) if recipient.state != RecipientState::Sending => {
                set_temporary_password_again(engine, resend, user, &marked).await?
            }
            _ => true,
        };
        if is_set {
            unknown.push(marked);
        }
    }
    Ok(unknown)
}

/// A claim without results, and what its mails were rendered from.
struct AbandonedClaim<'a> {
    resend: &'a Resend,
    claim: Option<&'a Claim>,
    context: &'a OperatorContext,
    template: &'a CompiledTemplate,
}

impl AbandonedClaim<'_> {
    /// A recipient as `unknown`. A reattempt keeps the inputs of the first attempt.
    fn mark(&self, recipient: &Recipient, user: Option<&User>) -> Recipient {
        let mut unknown = Recipient {
            state: RecipientState::Unknown,
            claimed_at: self.claim.map(|claim| claim.at),
            ..recipient.clone()
        };
        if recipient.state == RecipientState::Sending {
            return unknown;
        }

        unknown.attempt = 1;
        let inputs = user.and_then(|user| self.mail_of(recipient, user));
        let Some((values, AppliedChange { change, generation })) = inputs else {
            return unknown;
        };
        if change != unknown.password_change {
            unknown.password_change = change;
            unknown.password_change_reason = Some(KeepReason::HoldsRoles);
        }
        unknown.ends_links_before =
            generation.filter(|_| self.resend.earlier_links == EarlierLinks::End);
        unknown.mail = Some(values);
        unknown
    }

    /// The values of a mail as the claim fixed them, and its password change.
    fn mail_of(&self, recipient: &Recipient, user: &User) -> Option<(MailValues, AppliedChange)> {
        let claim = self.claim?;
        let inputs = claim.inputs_of(recipient.position)?;
        let change = if inputs.keeps_password {
            PasswordChange::Keep
        } else {
            recipient.password_change
        };
        let applied = AppliedChange {
            change,
            generation: inputs.generation,
        };

        let fallback = &self.resend.sender_profile.language;
        let language = self
            .template
            .choose_language(user.language.as_ref(), fallback)?;
        let (operator, groups) = (&self.context.operator, &self.context.tree.groups);
        let values = MailValues::new(user, &self.resend.id, operator, groups, language)?;
        let secret = SecretRequest {
            resend: self.resend,
            context: self.context,
            user,
            language: &values.language,
            applied,
            key_id: claim.key.as_deref(),
            issued_at: claim.issued_at,
        };
        let secret = secret.inputs();
        let values = MailValues {
            invitation: inputs.invitation,
            secret,
            ..values
        };
        Some((values, applied))
    }
}
