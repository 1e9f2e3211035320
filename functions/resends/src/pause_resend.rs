//! `POST /v1/resends/{id}/pause`

use axum::extract::State;
use reinvite_domain::{AuditAction, ResendCommand, ResendId, ResendTransition};
use reinvite_web::{Caller, IfMatch, PathId, Problem};

use crate::{
    apply_command::{CommandEffect, apply_command},
    function::ResendsFunction,
    resend_response::{ResendResponse, resend_response},
};

const PAUSE: CommandEffect = CommandEffect {
    command: ResendCommand::Pause,
    transition: |context| ResendTransition::PausedByOperator {
        operator: context.operator.user.id.clone(),
    },
    audit: |resend_id| AuditAction::ResendPaused { resend_id },
    job: |_| None,
};

/// Pauses a resend while it is sent.
pub async fn pause_resend(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    if_match: Option<IfMatch>,
) -> Result<ResendResponse, Problem> {
    let resend = apply_command(&function, &context, &id, if_match.as_ref(), PAUSE).await?;
    resend_response(&function, &context, resend).await
}
