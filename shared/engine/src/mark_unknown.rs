//! Mails in doubt: claimed, and it is not known whether SES accepted them. Their inputs are known,
//! and kept with the recipients.

use chrono::{DateTime, Utc};
use reinvite_domain::{
    Chunk, Claim, EarlierLinks, KeepReason, MailValues, PasswordChange, Recipient, RecipientState,
    Resend, User,
};
use reinvite_mail::CompiledTemplate;
use reinvite_store::OperatorContext;

use crate::{
    Engine, Error,
    secrets::{AppliedChange, secret_inputs},
    user_pool::set_temporary_password,
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
    let (context, users) = store
        .responsible_operator(&resend.organisation, &resend.responsible, ids, now)
        .await?;
    let template = engine.templates.get(store, resend).await?;
    let claimed_at = chunk.claim.as_ref().map(|claim| claim.at);

    let mut unknown = Vec::new();
    for recipient in recipients {
        // A reattempt keeps the inputs of the first attempt.
        if recipient.state == RecipientState::Sending {
            unknown.push(Recipient {
                state: RecipientState::Unknown,
                claimed_at,
                ..(*recipient).clone()
            });
            continue;
        }

        let user = users.get(&recipient.user_id);
        let inputs = chunk.claim.as_ref().zip(user).and_then(|(claim, user)| {
            claimed_mail(resend, &context, &template, (claim, recipient), user)
        });
        let marked = first_attempt_in_doubt(resend, recipient, claimed_at, inputs);
        let is_set = match user {
            Some(user) => set_temporary_password(engine, resend, user, &marked).await?,
            None => true,
        };
        if is_set {
            unknown.push(marked);
        }
    }
    Ok(unknown)
}

/// A recipient whose first attempt is in doubt.
fn first_attempt_in_doubt(
    resend: &Resend,
    recipient: &Recipient,
    claimed_at: Option<DateTime<Utc>>,
    inputs: Option<(MailValues, AppliedChange)>,
) -> Recipient {
    let mut unknown = Recipient {
        state: RecipientState::Unknown,
        attempt: 1,
        claimed_at,
        ..recipient.clone()
    };
    let Some((values, AppliedChange { change, generation })) = inputs else {
        return unknown;
    };

    if change != unknown.password_change {
        unknown.password_change = change;
        unknown.password_change_reason = Some(KeepReason::HoldsRoles);
    }
    unknown.ends_links_before = generation.filter(|_| resend.earlier_links == EarlierLinks::End);
    unknown.mail = Some(values);
    unknown
}

/// The values of a mail as its claim fixed them.
fn claimed_mail(
    resend: &Resend,
    context: &OperatorContext,
    template: &CompiledTemplate,
    (claim, recipient): (&Claim, &Recipient),
    user: &User,
) -> Option<(MailValues, AppliedChange)> {
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

    let language =
        template.choose_language(user.language.as_ref(), &resend.sender_profile.language)?;
    let (operator, groups) = (&context.operator, &context.tree.groups);
    let values = MailValues::new(user, &resend.id, operator, groups, language)?;
    let secret = secret_inputs(
        resend,
        context,
        (user, &values.language),
        applied,
        (claim.key.as_deref(), claim.issued_at),
    );
    let values = MailValues {
        invitation: inputs.invitation,
        secret,
        ..values
    };
    Some((values, applied))
}
