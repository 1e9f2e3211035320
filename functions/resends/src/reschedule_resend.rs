//! `PATCH /v1/resends/{id}`

use axum::extract::State;
use reinvite_aws::random;
use reinvite_domain::{
    AuditAction, Resend, ResendCommand, ResendId, ResendState, ResendTransition, SenderJob,
};
use reinvite_store::{Error, OperatorContext};
use reinvite_web::{Caller, IfMatch, JsonBody, PathId, Problem, ProblemKind};
use serde::Deserialize;

use crate::{
    apply_command::{COMMAND_JOB_DELAY, check_version, command_not_allowed},
    engine_problem::engine_problem,
    find_resend::find_editable_resend,
    function::ResendsFunction,
    parse_start::{ParsedStart, parse_start},
    resend_response::{ResendResponse, resend_response},
};

/// The body of a request to change the start.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RescheduleRequest {
    start_at: String,
    time_zone: Option<String>,
}

/// Changes the start of a resend before it starts. Without `timeZone` a local time is one of the
/// resend's time zone.
pub async fn reschedule_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
    JsonBody { value: request, .. }: JsonBody<RescheduleRequest>,
) -> Result<ResendResponse, Problem> {
    let resend = find_editable_resend(&function, &context, &id).await?;
    let mut errors = Vec::new();
    let start = parse_start(
        Some(&request.start_at),
        request.time_zone.as_deref(),
        resend.time_zone,
        context.now,
        &mut errors,
    );
    let start = start.ok_or_else(|| Problem::fields(ProblemKind::Invalid, errors))?;
    check_version(if_match.as_ref(), &resend)?;
    ResendCommand::Reschedule
        .next_state(resend.state)
        .map_err(command_not_allowed)?;

    let rescheduled = change_start(&function, &context, &resend, start).await?;
    if rescheduled.state == ResendState::Scheduled {
        let preparer = &function.preparer;
        preparer
            .schedule(&rescheduled)
            .await
            .map_err(engine_problem)?;
    }
    resend_response(&function, rescheduled).await
}

/// Writes the new start.
///
/// The job that starts the resend is sent first. So a request that is cut off between the two
/// leaves a start that happens.
async fn change_start(
    function: &ResendsFunction,
    context: &OperatorContext,
    resend: &Resend,
    start: ParsedStart,
) -> Result<Resend, Problem> {
    let job = SenderJob::Start {
        resend: resend.id.clone(),
    };
    function
        .preparer
        .queue
        .send(&job, COMMAND_JOB_DELAY)
        .await?;

    let transition = ResendTransition::Rescheduled {
        operator: context.operator.user.id.clone(),
        start_at: start.time.at,
        time_zone: start.time_zone,
    };
    let action = AuditAction::ResendRescheduled {
        resend_id: resend.id.clone(),
        start_at: start.time.at,
    };
    let audit = context.audit(action, random()?);
    let resends = &function.api.store.resends;
    let changed = resends.change(resend, &transition, Some(&audit)).await?;
    changed.ok_or_else(|| Error::Changed.into())
}
