//! `POST /v1/resends/{id}/resume`

use axum::extract::State;
use reinvite_domain::{AuditAction, ResendCommand, ResendId, ResendTransition, SenderJob};
use reinvite_web::{Caller, IfMatch, PathId, Problem};

use crate::{
    apply_command::{CommandEffect, apply_command},
    function::ResendsFunction,
    resend_response::{ResendResponse, resend_response},
};

const RESUME: CommandEffect = CommandEffect {
    command: ResendCommand::Resume,
    transition: |context| ResendTransition::Resumed {
        operator: context.operator.user.id.clone(),
        at: context.now,
    },
    audit: |resend_id| AuditAction::ResendResumed { resend_id },
    job: |resend| {
        Some(SenderJob::Resume {
            resend: resend.id.clone(),
            version: resend.version + 1,
        })
    },
};

/// Resumes a paused resend.
pub async fn resume_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
) -> Result<ResendResponse, Problem> {
    let resend = apply_command(&function, &context, &id, if_match.as_ref(), RESUME).await?;
    resend_response(&function, &context, resend).await
}
