//! `POST /v1/templates/{id}/test`

use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{MailOutcome, OutgoingMail, SendOutcome, random};
use reinvite_domain::{AuditAction, EmailAddress, Role, TemplateId, pace::Throttling};
use reinvite_engine::{Error as EngineError, Reservation};
use reinvite_store::{Error, IdempotentRequest, OperatorContext, TestMailCount};
use reinvite_web::{
    Caller, IdempotencyKey, JsonBody, PathId, Problem, ProblemKind, created_id, require_permission,
};

use crate::find_template::{find_template, find_template_version};
use crate::function::TemplatesFunction;
use crate::sample_mail::{SampleMail, SampleMailRequest, SampleMailResponse, render_sample_mail};

/// A caller waits this long for a slot: with 20 s for SES, less than the function's 29 s.
const MAX_WAIT_FOR_SLOT: TimeDelta = TimeDelta::seconds(6);

/// When a caller may ask again after SES throttled the mail.
const WAIT_FOR_SES: TimeDelta = TimeDelta::seconds(5);

/// When a caller may ask again after the day's quota was spent.
const WAIT_FOR_QUOTA: TimeDelta = TimeDelta::minutes(15);

const SES_BUSY: &str = "Amazon SES is busy.";

const QUOTA_SPENT: &str = "The account has sent all mails that it may send in a day.";

/// Renders a mail as a preview does, and sends it to the operator's own address.
///
/// It waits for a slot in the account's pace, and is refused if that is not soon: only the caller knows
/// an edited text, so nothing of it is stored. The mail is counted before it is sent. A repeated request sends nothing, and answers the mail of the
/// version that was sent.
pub async fn send_test_mail(
    State(function): State<TemplatesFunction>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    key: IdempotencyKey,
    body: JsonBody<SampleMailRequest>,
) -> Result<Json<SampleMailResponse>, Problem> {
    require_permission(
        context.operator.holds(&Role::TemplateManager),
        "Sending test mails needs template_manager.",
    )?;
    let idempotent = key.into_request(&context, format!("/v1/templates/{id}/test"), &body.bytes);

    let sent_version = find_sent_version(&function, &context, &idempotent).await?;
    let template = match sent_version.as_ref().and_then(|text| text.parse().ok()) {
        Some(version) => find_template_version(&function.api, &context, &id, version).await?,
        None => find_template(&function.api, &context, &id).await?,
    };
    let sample = render_sample_mail(&function, &context, template, body.value).await?;
    if sent_version.is_some() {
        return Ok(Json(sample.into()));
    }

    let address = find_own_address(&function, &context).await?;
    let slot = reserve_slot(&function).await?;
    if count_test_mail(&function, &context, &idempotent, id, &sample).await? {
        function.api.clock.sleep_until(slot).await;
        deliver(&function, &context, &idempotent, address, &sample).await?;
    }
    Ok(Json(sample.into()))
}

/// The operator's address.
///
/// # Errors
///
/// 409 if there is none, or if it is suppressed.
async fn find_own_address(
    function: &TemplatesFunction,
    context: &OperatorContext,
) -> Result<EmailAddress, Problem> {
    let conflict = |detail| Err(Problem::new(ProblemKind::Conflict, detail));
    let Some(address) = context.operator.user.email.clone() else {
        return conflict("Your account has no address to send a test mail to.");
    };

    let suppressions = &function.api.store.suppressions;
    let suppressed = suppressions
        .among(&context.organisation.id, [&address])
        .await?;
    if !suppressed.is_empty() {
        return conflict(
            "Your address is suppressed: a mail to it bounced or was marked as spam. An owner can \
             take it off the list.",
        );
    }
    Ok(address)
}

/// Reserves a slot in the pace of the account.
///
/// # Errors
///
/// 429 if the next slot is not soon, or the day's quota is spent.
async fn reserve_slot(function: &TemplatesFunction) -> Result<DateTime<Utc>, Problem> {
    let now = function.api.clock.now();
    let latest = now + MAX_WAIT_FOR_SLOT;

    match function.pacer.reserve_until(latest, now).await {
        Ok(Reservation::Slot(slot, _)) if slot <= latest => Ok(slot),
        Ok(Reservation::Slot(slot, _)) => Err(wait("Other mails are going out.", slot - now)),
        Ok(Reservation::QuotaSpent(until)) => Err(wait(QUOTA_SPENT, until - now)),
        Err(EngineError::PaceUnknown | EngineError::Store(Error::Changed)) => {
            Err(wait(SES_BUSY, WAIT_FOR_SES))
        }
        Err(EngineError::Store(error)) => Err(error.into()),
        Err(error) => Err(Problem::internal(&error)),
    }
}

/// The problem of a test mail that has to wait.
fn wait(reason: &str, time: TimeDelta) -> Problem {
    let seconds = time.num_seconds().unsigned_abs() + 1;
    let detail = format!("{reason} Send the test mail again in {seconds} seconds.");
    Problem::new(ProblemKind::TooManyRequests, detail).retry_after(seconds)
}

/// The template version that an earlier request with the same key sent.
async fn find_sent_version(
    function: &TemplatesFunction,
    context: &OperatorContext,
    idempotent: &IdempotentRequest,
) -> Result<Option<String>, Problem> {
    let store = &function.api.store;
    let earlier = store
        .idempotent_requests
        .earlier(idempotent, context.now)
        .await?;
    earlier.map(created_id).transpose()
}

/// Counts the mail towards the operator's limit.
///
/// Returns false if a concurrent request with the same key has counted it.
async fn count_test_mail(
    function: &TemplatesFunction,
    context: &OperatorContext,
    idempotent: &IdempotentRequest,
    template_id: TemplateId,
    sample: &SampleMail,
) -> Result<bool, Problem> {
    let audit = context.audit(
        AuditAction::TemplateTested {
            template_id,
            template_version: sample.template_version,
            edited: sample.is_edited,
        },
        random()?,
    );

    let store = &function.api.store;
    match store
        .test_mail_limits
        .count(context, idempotent, sample.template_version, &audit)
        .await?
    {
        TestMailCount::Counted => Ok(true),
        TestMailCount::Repeated => {
            find_sent_version(function, context, idempotent)
                .await?
                .ok_or(Error::Changed)?;
            Ok(false)
        }
        TestMailCount::LimitReached(until) => {
            let wait_seconds = (until - context.now).num_seconds().unsigned_abs() + 1;
            let detail = "You may send 20 test mails an hour.";
            Err(Problem::new(ProblemKind::TooManyRequests, detail).retry_after(wait_seconds))
        }
    }
}

/// Sends the mail. A mail that SES refuses is not counted.
async fn deliver(
    function: &TemplatesFunction,
    context: &OperatorContext,
    idempotent: &IdempotentRequest,
    address: EmailAddress,
    sample: &SampleMail,
) -> Result<(), Problem> {
    let mail = OutgoingMail {
        to: address,
        subject: sample.mail.subject.clone(),
        html: sample.mail.html.clone().into(),
        text: sample.mail.text.clone().into(),
        tags: vec![("test", "1".to_string())],
    };
    let outcome = match function.mailer.send(&sample.sender_profile, &[&mail]).await {
        SendOutcome::Each(outcomes) => outcomes.into_iter().next().unwrap_or(MailOutcome::Doubt),
        SendOutcome::All(outcome) => outcome,
        SendOutcome::NoConnection => MailOutcome::Unsent,
        SendOutcome::Doubt => MailOutcome::Doubt,
    };
    // A mail in doubt may have left, and a second one is worse than none.
    if matches!(outcome, MailOutcome::Accepted(_) | MailOutcome::Doubt) {
        return Ok(());
    }

    let store = &function.api.store;
    store.test_mail_limits.uncount(context, idempotent).await?;
    if outcome == MailOutcome::Throttled
        && let Err(error) = slow_down(function).await
    {
        tracing::warn!(%error, "the pace could not be slowed after SES throttled a test mail");
    }
    tracing::warn!(
        organisation = %context.organisation.id,
        operator = %context.operator.user.id,
        ?outcome,
        "SES did not take a test mail"
    );
    Err(refusal(&outcome))
}

async fn slow_down(function: &TemplatesFunction) -> Result<bool, EngineError> {
    let now = function.api.clock.now();
    let throttling = Throttling {
        slot: now,
        some_accepted: false,
    };
    function.pacer.slow_down(throttling, now).await
}

/// The problem of a test mail that SES does not take.
fn refusal(outcome: &MailOutcome) -> Problem {
    match outcome {
        MailOutcome::QuotaSpent => wait(QUOTA_SPENT, WAIT_FOR_QUOTA),
        MailOutcome::Disabled(_) => Problem::new(
            ProblemKind::Conflict,
            "Amazon SES does not let this account or sender send. Ask the engineers of your platform.",
        ),
        MailOutcome::Rejected(reason) => Problem::new(
            ProblemKind::Conflict,
            format!(
                "Amazon SES does not take a mail to your address: {}.",
                reason.name()
            ),
        ),
        _ => wait(SES_BUSY, WAIT_FOR_SES),
    }
}
