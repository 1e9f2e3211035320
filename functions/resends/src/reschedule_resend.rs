//! `PATCH /v1/resends/{id}`

use axum::{Json, extract::State, http::HeaderName};
use reinvite_aws::random;
use reinvite_domain::{
    AuditAction, DailyUsage, Resend, ResendCommand, ResendId, ResendState, ResendTransition,
    SenderJob,
};
use reinvite_store::{Error, OperatorContext, Retries};
use reinvite_web::{Caller, IfMatch, JsonBody, PathId, Problem, ProblemKind, etag};
use serde::{Deserialize, Serialize};

use crate::{
    apply_command::{COMMAND_JOB_DELAY, check_version, command_not_allowed},
    create_once::daily_limit_reached,
    engine_problem::engine_problem,
    find_resend::find_editable_resend,
    function::ResendsFunction,
    notice::Notice,
    parse_start::{ParsedStart, parse_start},
    resend_response::{ResendBody, resend_body},
};

/// The body of a request to change the start.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RescheduleRequest {
    start_at: String,
    time_zone: Option<String>,
}

/// A resend with another start, with its version as the `ETag`.
pub type RescheduledResponse = ([(HeaderName, String); 1], Json<RescheduledBody>);

/// A resend with another start.
#[derive(Serialize)]
pub struct RescheduledBody {
    #[serde(flatten)]
    resend: ResendBody,
    notices: Vec<Notice>,
}

/// Changes the start of a resend before it starts. Without `timeZone` a local time is one of the
/// resend's time zone.
pub async fn reschedule_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
    JsonBody { value: request, .. }: JsonBody<RescheduleRequest>,
) -> Result<RescheduledResponse, Problem> {
    let rescheduled = reschedule(&function, &context, &id, if_match.as_ref(), &request).await?;
    if rescheduled.state == ResendState::Scheduled {
        let preparer = &function.preparer;
        preparer
            .schedule(&rescheduled)
            .await
            .map_err(engine_problem)?;
    }
    let etag = etag(rescheduled.version);
    let body = RescheduledBody {
        notices: Notice::of_start(Some(&request.start_at), &rescheduled),
        resend: resend_body(&function, &context, rescheduled).await?,
    };
    Ok((etag, Json(body)))
}

/// Reads the resend and changes its start, and again while the resend changes in between: then the
/// new version is one that the request allows, or not.
async fn reschedule(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &ResendId,
    if_match: Option<&IfMatch>,
    request: &RescheduleRequest,
) -> Result<Resend, Problem> {
    let mut retries = Retries::begin();
    while retries.attempt().await {
        let resend = find_editable_resend(function, context, id).await?;
        let mut errors = Vec::new();
        let start = parse_start(
            Some(&request.start_at),
            request.time_zone.as_deref(),
            resend.time_zone,
            context.now,
            &mut errors,
        );
        let start = start.ok_or_else(|| Problem::fields(ProblemKind::Invalid, errors))?;
        check_version(if_match, &resend)?;
        ResendCommand::Reschedule
            .next_state(resend.state)
            .map_err(command_not_allowed)?;

        if let Some(changed) = change_start(function, context, &resend, start).await? {
            return Ok(changed);
        }
    }
    Err(Error::Changed.into())
}

/// Writes the new start; `None` if the resend has changed since it was read.
///
/// The job that starts the resend is sent first. So a request that is cut off between the two
/// leaves a start that happens.
async fn change_start(
    function: &ResendsFunction,
    context: &OperatorContext,
    resend: &Resend,
    start: ParsedStart,
) -> Result<Option<Resend>, Problem> {
    let job = SenderJob::Start {
        resend: resend.id.clone(),
    };
    function
        .preparer
        .queue
        .send(&job, COMMAND_JOB_DELAY)
        .await?;

    let settings = &context.organisation.settings;
    let recipients = resend.daily_usage.recipients;
    let usage = DailyUsage::new(start.time.at, settings.time_zone, recipients);
    let transition = ResendTransition::Rescheduled {
        operator: context.operator.user.id.clone(),
        start_at: start.time.at,
        time_zone: start.time_zone,
        day: usage.day,
        daily_limit: settings.daily_recipients,
    };
    let action = AuditAction::ResendRescheduled {
        resend_id: resend.id.clone(),
        start_at: start.time.at,
        start_at_before: Some(resend.start_at),
    };
    let audit = context.audit(action, random()?);
    let resends = &function.api.store.resends;
    match resends.change(resend, &transition, Some(&audit)).await {
        Ok(changed) => Ok(changed),
        Err(Error::DailyLimit) => Err(daily_limit_reached(context, usage)),
        Err(error) => Err(error.into()),
    }
}
