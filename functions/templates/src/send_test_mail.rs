//! `POST /v1/templates/{id}/test`

use axum::{Json, extract::State};
use reinvite_aws::{MailOutcome, OutgoingMail, SendOutcome, random};
use reinvite_domain::{AuditAction, EmailAddress, Role, TemplateId};
use reinvite_mail::Mail;
use reinvite_store::{Error, IdempotentRequest, OperatorContext, TestMailCount};
use reinvite_web::{
    Caller, IdempotencyKey, JsonBody, PathId, Problem, ProblemKind, created_id, require_permission,
};

use crate::find_template::{find_template, find_template_version};
use crate::function::TemplatesFunction;
use crate::sample_mail::{SampleMail, SampleMailRequest, render_sample_mail};

/// Renders a mail as a preview does, and sends it to the operator's own address.
///
/// The mail is counted before it is sent. A repeated request sends nothing, and answers the mail of the
/// version that was sent.
pub async fn send_test_mail(
    State(function): State<TemplatesFunction>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    key: IdempotencyKey,
    body: JsonBody<SampleMailRequest>,
) -> Result<Json<Mail>, Problem> {
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
        return Ok(Json(sample.mail));
    }

    let Some(address) = context.operator.user.email.clone() else {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "Your account has no address to send a test mail to.",
        ));
    };
    if count_test_mail(&function, &context, &idempotent, id, &sample).await? {
        deliver(&function, &context, &idempotent, address, &sample).await?;
    }
    Ok(Json(sample.mail))
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
        html: sample.mail.html.clone(),
        text: sample.mail.text.clone(),
        tags: vec![("test", "1".to_string())],
    };
    let outcome = function.mailer.send(&sample.sender_profile, &[mail]).await;

    match outcome {
        // A mail in doubt may have left, and a second one is worse than none.
        SendOutcome::Doubt => Ok(()),
        SendOutcome::Each(outcomes)
            if matches!(
                outcomes.as_slice(),
                [MailOutcome::Accepted(_) | MailOutcome::Doubt]
            ) =>
        {
            Ok(())
        }
        refused => {
            let store = &function.api.store;
            store.test_mail_limits.uncount(context, idempotent).await?;
            tracing::error!(?refused, "SES did not take a test mail");
            Err(Problem::new(
                ProblemKind::Internal,
                "The mail was not taken by SES. Try again later.",
            ))
        }
    }
}
