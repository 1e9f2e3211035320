//! Creates a resend once for each idempotency key.

use reinvite_aws::random;
use reinvite_domain::{DailyUsage, ResendId};
use reinvite_store::{Error, IdempotentRequest, NewResend, OperatorContext};
use reinvite_web::{Problem, ProblemKind, created_id};

use crate::{
    count_recipients::{CountedRecipients, count_recipients},
    created_response::{CreatedResendResponse, created_response},
    function::ResendsFunction,
    new_resend::{creation_audit, new_resend},
    request_echo::RequestEcho,
    resend_draft::ResendDraft,
};

/// The answer to a request that was done before; `None` if it was not.
///
/// A repeated request is not checked again: its start may be in the past by now. Only the first
/// answer has the notices about recipients and the template.
pub async fn repeat_creation(
    function: &ResendsFunction,
    context: &OperatorContext,
    idempotent: &IdempotentRequest,
    echo: &RequestEcho,
) -> Result<Option<CreatedResendResponse>, Problem> {
    let store = &function.api.store;
    let earlier = store
        .idempotent_requests
        .earlier(idempotent, context.now)
        .await?;
    let Some(earlier) = earlier else {
        return Ok(None);
    };

    let id = ResendId::new(created_id(earlier)?).map_err(|_| Problem::not_found())?;
    let resend = store.resends.get(&id).await?;
    let resend = resend.ok_or_else(Problem::not_found)?;
    created_response(function, context, resend, echo, Vec::new())
        .await
        .map(Some)
}

/// Creates the resend of a draft, or answers the one that a concurrent request with the same key
/// has created.
///
/// # Errors
///
/// No selected user is eligible, a template cannot be rendered, or the resend exceeds the daily
/// limit.
pub async fn create_once(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: ResendDraft,
    idempotent: &IdempotentRequest,
    echo: &RequestEcho,
) -> Result<CreatedResendResponse, Problem> {
    let CountedRecipients {
        count: recipients,
        notices,
    } = count_recipients(&draft, &function.api.store, context).await?;
    let daily_limit = context.organisation.settings.daily_recipients;
    if recipients > daily_limit {
        let detail = format!("It has {recipients} recipients, and a day may have {daily_limit}.");
        return Err(Problem::new(ProblemKind::AboveDailyLimit, detail));
    }

    let resend = new_resend(&draft, recipients, context)?;
    let audit = context.audit(creation_audit(&draft, &resend), random()?);
    let new = NewResend {
        resend: &resend,
        ids: &draft.selection.ids,
        choices: &draft.passwords.by_user,
        note: draft.note.as_ref(),
        variants: &draft.template.variants,
        audit: &audit,
        daily_limit,
        retried: draft.retried.as_ref(),
    };
    let resends = &function.api.store.resends;
    match resends.create(&new, idempotent, context.now).await {
        Ok(true) => created_response(function, context, resend, echo, notices).await,
        Ok(false) => repeat_creation(function, context, idempotent, echo)
            .await?
            .ok_or_else(|| Error::Changed.into()),
        Err(Error::DailyLimit) => Err(daily_limit_reached(context, resend.daily_usage)),
        Err(error) => Err(error.into()),
    }
}

/// The answer to a resend for which the day of its start has too few recipients left.
pub fn daily_limit_reached(context: &OperatorContext, usage: DailyUsage) -> Problem {
    let zone = context.organisation.settings.time_zone;
    let wait = usage.until_end(context.now, zone);
    // Rounded up, so that a caller does not come back before midnight.
    let wait_seconds = wait.num_seconds().unsigned_abs() + 1;

    let detail = format!(
        "The organisation's limit of recipients has not so many left on {}.",
        usage.day
    );
    Problem::new(ProblemKind::DailyLimit, detail).retry_after(wait_seconds)
}
