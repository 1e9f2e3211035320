//! The queue of SES events, which is asked before a mail in doubt is repeated.

use chrono::{DateTime, Utc};
use reinvite_domain::{QueueVerdict, Recipient, Resend};

use crate::{Engine, Error};

/// Whether the events of mails in doubt may still be in the queue, so that none is repeated yet.
pub(crate) async fn may_hold_events(
    engine: &Engine,
    resend: &Resend,
    in_doubt: &[&Recipient],
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let claims = in_doubt.iter().filter_map(|recipient| recipient.claimed_at);
    let Some(last_claim) = claims.max() else {
        return Ok(false);
    };
    let queued = engine.events.messages().await?;
    let progress = engine.store().feedback_progress.get().await?;

    match progress.judge(queued, last_claim, now) {
        QueueVerdict::Clear => Ok(false),
        QueueVerdict::Wait => {
            tracing::warn!(
                resend = %resend.id,
                mails = in_doubt.len(),
                queued,
                "mails in doubt wait for the queue of SES events"
            );
            Ok(true)
        }
        QueueVerdict::GiveUp => {
            tracing::error!(
                resend = %resend.id,
                mails = in_doubt.len(),
                queued,
                "mails in doubt are repeated although SES events have waited for hours"
            );
            Ok(false)
        }
    }
}
