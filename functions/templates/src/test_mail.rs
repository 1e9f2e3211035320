//! A test mail to the operator's own address: `POST /v1/templates/{id}/test`.

use axum::{Json, extract::State};
use reinvite_aws::{MailOutcome, OutgoingMail, SendOutcome, TestMail};
use reinvite_domain::{AuditAction, Role, TemplateId};
use reinvite_mail::Mail;
use reinvite_web::{
    Caller, IdempotencyKey, JsonBody, PathId, Problem, ProblemKind, made, permitted,
};

use crate::{
    Templates,
    found::{template, template_at},
    preview::Asked,
};

/// Renders a mail as [`preview`](crate::preview) does, and sends it to whoever asks. It is counted before it is sent: a
/// request that is repeated sends nothing again, and answers alike.
pub async fn send(
    State(templates): State<Templates>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    key: IdempotencyKey,
    body: JsonBody<Asked>,
) -> Result<Json<Mail>, Problem> {
    permitted(
        context.operator.holds(&Role::TemplateManager),
        "Sending test mails needs template_manager.",
    )?;
    let store = &templates.api.store;
    let once = key.once(&context, format!("/v1/templates/{id}/test"), &body.bytes);
    // The version that went: it may have changed since.
    let sent = store
        .remembered(&once, context.now)
        .await?
        .map(made)
        .transpose()?;
    let template = match sent.as_ref().and_then(|version| version.parse().ok()) {
        Some(version) => template_at(&templates.api, &context, &id, version).await?,
        None => template(&templates.api, &context, &id).await?,
    };
    let previewed = templates.render(template, body.value, &context).await?;
    if sent.is_some() {
        return Ok(Json(previewed.mail));
    }
    let Some(to) = context.operator.user.email.clone() else {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "Your account has no address to send a test mail to.",
        ));
    };
    let audit = context.audit(AuditAction::TemplateTested {
        template_id: id,
        template_version: previewed.version,
        edited: previewed.edited,
    })?;
    match store
        .count_test_mail(&context, &once, previewed.version, &audit)
        .await?
    {
        TestMail::Counted => {}
        TestMail::Repeated => {
            made(
                store
                    .remembered(&once, context.now)
                    .await?
                    .ok_or(reinvite_aws::Error::Conflict)?,
            )?;
            return Ok(Json(previewed.mail));
        }
        TestMail::Spent(until) => {
            let wait = (until - context.now).num_seconds().unsigned_abs() + 1;
            let detail = "You may send 20 test mails an hour.";
            return Err(Problem::new(ProblemKind::TooManyRequests, detail).retry_after(wait));
        }
    }
    let mail = previewed.mail.clone();
    let tags = vec![("test", "1".to_string())];
    let outgoing = OutgoingMail {
        to,
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        tags,
    };
    match templates
        .mailer
        .send(&previewed.sender_profile, &[outgoing])
        .await?
    {
        // Of a mail in doubt nobody knows: a second one is worse than none.
        SendOutcome::Doubt => Ok(Json(previewed.mail)),
        SendOutcome::Each(answers) if matches!(answers.as_slice(), [MailOutcome::Accepted(_)]) => {
            Ok(Json(previewed.mail))
        }
        refused => {
            store.uncount_test_mail(&context, &once).await?;
            tracing::error!(?refused, "SES did not take a test mail");
            Err(Problem::new(
                ProblemKind::Internal,
                "The mail was not taken by SES. Try again later.",
            ))
        }
    }
}
