//! `POST /v1/resends/{id}/cancel`

use axum::extract::State;
use reinvite_domain::{
    AuditAction, Resend, ResendCommand, ResendId, ResendTransition, SenderJob,
    chunk::RECIPIENTS_PER_CHUNK, resend::MAX_IDS_PREPARED_IN_REQUEST,
};
use reinvite_web::{Caller, IfMatch, PathId, Problem};

use crate::{
    apply_command::{CommandEffect, apply_command},
    engine_problem::engine_problem,
    find_resend::find_resend,
    function::ResendsFunction,
    resend_response::{ResendResponse, resend_response},
};

/// The most chunks of a resend that is finished while the caller waits.
const MAX_CHUNKS_FINISHED_AT_ONCE: usize = MAX_IDS_PREPARED_IN_REQUEST / RECIPIENTS_PER_CHUNK;

const CANCEL: CommandEffect = CommandEffect {
    command: ResendCommand::Cancel,
    transition: |context| ResendTransition::Cancelled {
        operator: context.operator.user.id.clone(),
    },
    audit: |resend_id| AuditAction::ResendCancelled { resend_id },
    job: |resend| {
        Some(SenderJob::Cancel {
            resend: resend.id.clone(),
        })
    },
};

/// Cancels a resend.
///
/// The recipients of a small resend whom no mail has reached are skipped before the answer. The
/// sender skips those of a large one.
pub async fn cancel_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
) -> Result<ResendResponse, Problem> {
    let mut resend = apply_command(&function, &context, &id, if_match.as_ref(), CANCEL).await?;

    if is_small(&resend) && resend.chunks_left > 0 {
        let deadline = function.caller_deadline();
        let preparer = &function.preparer;
        preparer
            .finish_cancelled(&resend, deadline)
            .await
            .map_err(engine_problem)?;
        resend = find_resend(&function, &context, &id).await?;
    }

    resend_response(&function, &context, resend).await
}

fn is_small(resend: &Resend) -> bool {
    usize::try_from(resend.chunks).is_ok_and(|chunks| chunks <= MAX_CHUNKS_FINISHED_AT_ONCE)
}
