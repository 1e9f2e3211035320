//! Applies an operator's command to a resend, with optimistic locking.

use chrono::TimeDelta;
use reinvite_aws::random;
use reinvite_domain::{
    AuditAction, CommandNotAllowed, Resend, ResendCommand, ResendId, ResendTransition, SenderJob,
};
use reinvite_store::{Error, OperatorContext, Retries};
use reinvite_web::{IfMatch, Problem, ProblemKind};

use crate::{find_resend::find_editable_resend, function::ResendsFunction};

/// The delay of the job that finishes a command. By then the transition is written.
pub const COMMAND_JOB_DELAY: TimeDelta = TimeDelta::seconds(1);

/// A command, and its effect on a resend that allows it.
#[derive(Clone, Copy)]
pub struct CommandEffect {
    /// The command.
    pub command: ResendCommand,
    /// The transition that the command writes.
    pub transition: fn(&OperatorContext) -> ResendTransition,
    /// The audited action.
    pub audit: fn(ResendId) -> AuditAction,
    /// The job of the sender that finishes the command, if it needs one.
    pub job: fn(&Resend) -> Option<SenderJob>,
}

/// Applies a command, and repeats it if a concurrent request changes the resend. A command that was
/// applied before changes nothing.
///
/// The job is sent before the transition is written. So a request that is cut off between the two
/// leaves no work undone.
///
/// # Errors
///
/// The operator may not give the command, the state of the resend does not allow it, or `If-Match`
/// names another version.
pub async fn apply_command(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &ResendId,
    if_match: Option<&IfMatch>,
    effect: CommandEffect,
) -> Result<Resend, Problem> {
    let mut retries = Retries::begin();
    while retries.attempt().await {
        let resend = find_editable_resend(function, context, id).await?;
        let next_state = effect.command.next_state(resend.state);
        if next_state.map_err(command_not_allowed)?.is_none() {
            return Ok(resend);
        }
        check_version(if_match, &resend)?;

        if let Some(job) = (effect.job)(&resend) {
            let queue = &function.preparer.queue;
            queue.send(&job, COMMAND_JOB_DELAY).await?;
        }

        let transition = (effect.transition)(context);
        let audit = context.audit((effect.audit)(id.clone()), random()?);
        let resends = &function.api.store.resends;
        let changed = resends.change(&resend, &transition, Some(&audit)).await?;
        if let Some(changed) = changed {
            return Ok(changed);
        }
    }
    Err(Error::Changed.into())
}

/// Checks the version that the request names, if it names one.
pub fn check_version(if_match: Option<&IfMatch>, resend: &Resend) -> Result<(), Problem> {
    if_match.map_or(Ok(()), |if_match| if_match.check(resend.version))
}

/// The answer to a command that the state of the resend does not allow.
pub fn command_not_allowed(error: CommandNotAllowed) -> Problem {
    Problem::new(ProblemKind::Conflict, error.to_string())
}
