//! The mail to an operator about an event of a resend.

use chrono::{DateTime, Utc};
use reinvite_domain::{
    OutboxMail, RecipientState, Resend, SenderProfile, UserId,
    resend::{ResendEvent, ResendEventType},
};
use reinvite_mail::ResendNotice;
use reinvite_store::OperatorContext;

use super::draft::{Draft, is_suppressed, to_send};
use crate::{Engine, Error};

/// Decides about the mail to an operator. The first attempt counts towards the limit.
pub(super) async fn draft(
    engine: &Engine,
    mail: &OutboxMail,
    event: &ResendEvent,
    operator: &UserId,
    now: DateTime<Utc>,
) -> Result<Draft, Error> {
    let store = engine.store();
    let organisation = &mail.key.organisation;
    let resend = store.resends.get(&event.resend).await?;
    let context = store.operator_context(organisation, operator, now).await?;
    let Some((resend, context)) = resend.zip(context) else {
        return Ok(Draft::Drop("the operator was deleted"));
    };
    let user = &context.operator.user;
    // An account that is not in use holds no roles.
    let is_operator = !context.operator.roles().is_empty();
    if !is_operator || resend.access(&context.operator).is_none() {
        return Ok(Draft::Drop("the operator may not see the resend"));
    }
    let Some(address) = &user.email else {
        return Ok(Draft::Drop("the operator has no address"));
    };
    if is_suppressed(engine, organisation, address).await? {
        return Ok(Draft::Drop("the address is suppressed"));
    }

    let limits = &store.operator_notice_limits;
    if mail.refusals == 0
        && let Some(until) = limits.count(organisation, operator, now).await?
    {
        return Ok(Draft::Wait(until));
    }

    let profile = SenderProfile::new(&context.organisation, "");
    let rendered =
        notice(event, &resend, &context).render(user.language.as_ref(), &profile.language);
    Ok(match rendered {
        Ok(mail) => to_send(profile, address.clone(), mail, ("event", event.id.clone())),
        Err(_) => Draft::Drop("it cannot be rendered"),
    })
}

fn notice(event: &ResendEvent, resend: &Resend, context: &OperatorContext) -> ResendNotice {
    let (name, reason) = match event.event_type {
        ResendEventType::Paused(reason) => ("paused", reason.name()),
        ResendEventType::Failed(reason) => ("failed", reason.name()),
        ResendEventType::MostlySkipped => ("skipped", ""),
    };
    let counts = &resend.counts;
    let mailed = counts.mailed();

    ResendNotice {
        name: context.operator.user.name().into(),
        organisation: context.organisation.name.clone(),
        resend: resend.id.to_string(),
        event: name,
        reason: reason.into(),
        recipients: counts.eligible,
        excluded: counts.excluded,
        sent: mailed.sent,
        bounced: mailed.bounced,
        skipped: counts
            .states
            .get(&RecipientState::Skipped)
            .copied()
            .unwrap_or_default(),
        pending: counts.pending(),
    }
}
