//! Steering a resend that was made: another start, pause, resume, cancel.

use axum::extract::State;
use chrono::TimeDelta;
use reinvite_aws::random;
use reinvite_domain::{
    Access, AuditAction, FieldError, Resend, ResendCommand, ResendId, ResendState,
    ResendTransition, SenderJob, chunk::RECIPIENTS_PER_CHUNK, resend::MAX_IDS_PREPARED_AT_ONCE,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, IfMatch, JsonBody, PathId, Problem, ProblemKind, permitted};
use serde::Deserialize;

use crate::engine_problem::engine_problem;
use crate::{CALLER_WAITS, Resends, follow::Shown, request::start};

/// How long the message waits that finishes what the call may leave undone: by then the state is written.
const AFTERWARDS: TimeDelta = TimeDelta::seconds(1);

/// How often a state that others change meanwhile is looked at again.
const TRIES: usize = 5;

/// The body of a request for another start.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnotherStart {
    start_at: String,
    time_zone: Option<String>,
}

/// `PATCH /v1/resends/{id}`: a local time that names no zone is one of the resend's.
pub async fn reschedule(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
    JsonBody { value: sent, .. }: JsonBody<AnotherStart>,
) -> Result<Shown, Problem> {
    let resend = resends.steerable(&id, &context).await?;
    let mut wrong = Vec::<FieldError>::new();
    let (start, zone) = start(
        Some(&sent.start_at),
        sent.time_zone.as_deref(),
        resend.time_zone,
        context.now,
        &mut wrong,
    );
    let Some(start) = start else {
        return Err(Problem::fields(ProblemKind::Invalid, wrong));
    };
    checked(if_match.as_ref(), &resend)?;
    ResendCommand::Reschedule
        .next_state(resend.state)
        .map_err(wrong_state)?;
    let work = SenderJob::Start { resend: id.clone() };
    resends.preparer.queue.send(&work, AFTERWARDS).await?;
    let change = ResendTransition::Rescheduled {
        operator: context.operator.user.id.clone(),
        start_at: start.at,
        time_zone: zone,
    };
    let audit = context.audit(
        AuditAction::ResendRescheduled {
            resend_id: id,
            start_at: start.at,
        },
        random()?,
    );
    let changed = resends
        .api
        .store
        .resends
        .change(&resend, &change, Some(&audit))
        .await?;
    let changed = changed.ok_or(reinvite_store::Error::Changed)?;
    if changed.state == ResendState::Scheduled {
        resends
            .preparer
            .schedule(&changed, context.now)
            .await
            .map_err(engine_problem)?;
    }
    resends.shown(changed).await
}

/// `POST /v1/resends/{id}/pause`
pub async fn pause(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
) -> Result<Shown, Problem> {
    let resend = resends
        .steer(&id, ResendCommand::Pause, if_match.as_ref(), &context)
        .await?;
    resends.shown(resend).await
}

/// `POST /v1/resends/{id}/resume`
pub async fn resume(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
) -> Result<Shown, Problem> {
    let resend = resends
        .steer(&id, ResendCommand::Resume, if_match.as_ref(), &context)
        .await?;
    resends.shown(resend).await
}

/// `POST /v1/resends/{id}/cancel`: of a small resend, whom it has not reached is skipped when this is answered.
pub async fn cancel(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
) -> Result<Shown, Problem> {
    let mut resend = resends
        .steer(&id, ResendCommand::Cancel, if_match.as_ref(), &context)
        .await?;
    let small = usize::try_from(resend.chunks)
        .is_ok_and(|chunks| chunks <= MAX_IDS_PREPARED_AT_ONCE / RECIPIENTS_PER_CHUNK);
    if small && resend.chunks_left > 0 {
        let clock = &resends.api.clock;
        resends
            .preparer
            .finish_cancelled(&resend, clock.now() + CALLER_WAITS)
            .await
            .map_err(engine_problem)?;
        resend = resends.visible(&id, &context).await?;
    }
    resends.shown(resend).await
}

impl Resends {
    /// The resend of that id, where the operator may steer it.
    pub(crate) async fn steerable(
        &self,
        id: &ResendId,
        context: &OperatorContext,
    ) -> Result<Resend, Problem> {
        let resend = self.visible(id, context).await?;
        let may = resend.access(&context.operator) == Some(Access::Edit);
        permitted(
            may,
            "Steering the resend needs group_manager with edit on its group.",
        )?;
        Ok(resend)
    }

    /// Steers a resend, and again where its state changed meanwhile. The message that does what follows is sent before the
    /// state is written: a call that is cut off in between leaves nothing undone.
    async fn steer(
        &self,
        id: &ResendId,
        steering: ResendCommand,
        if_match: Option<&IfMatch>,
        context: &OperatorContext,
    ) -> Result<Resend, Problem> {
        let operator = context.operator.user.id.clone();
        for _ in 0..TRIES {
            let resend = self.steerable(id, context).await?;
            if steering
                .next_state(resend.state)
                .map_err(wrong_state)?
                .is_none()
            {
                return Ok(resend);
            }
            checked(if_match, &resend)?;
            let resend_id = id.clone();
            let (work, change, action) = match steering {
                ResendCommand::Pause => (
                    None,
                    ResendTransition::PausedByOperator {
                        operator: operator.clone(),
                    },
                    AuditAction::ResendPaused { resend_id },
                ),
                ResendCommand::Resume => {
                    let work = SenderJob::Resume {
                        resend: id.clone(),
                        version: resend.version + 1,
                    };
                    (
                        Some(work),
                        ResendTransition::Resumed {
                            operator: operator.clone(),
                            at: context.now,
                        },
                        AuditAction::ResendResumed { resend_id },
                    )
                }
                ResendCommand::Cancel | ResendCommand::Reschedule => {
                    let work = SenderJob::Cancel { resend: id.clone() };
                    (
                        Some(work),
                        ResendTransition::Cancelled {
                            operator: operator.clone(),
                        },
                        AuditAction::ResendCancelled { resend_id },
                    )
                }
            };
            if let Some(work) = work {
                self.preparer.queue.send(&work, AFTERWARDS).await?;
            }
            let audit = context.audit(action, random()?);
            if let Some(changed) = self
                .api
                .store
                .resends
                .change(&resend, &change, Some(&audit))
                .await?
            {
                return Ok(changed);
            }
        }
        Err(reinvite_store::Error::Changed.into())
    }
}

fn checked(if_match: Option<&IfMatch>, resend: &Resend) -> Result<(), Problem> {
    if_match.map_or(Ok(()), |if_match| if_match.check(resend.version))
}

fn wrong_state(wrong: reinvite_domain::CommandNotAllowed) -> Problem {
    Problem::new(ProblemKind::Conflict, wrong.to_string())
}
