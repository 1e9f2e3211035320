//! The entry of a mail and its message.

use chrono::{DateTime, Utc};
use reinvite_aws::{MAX_DELAY, Queue};
use reinvite_domain::{OutboxMail, SenderJob, outbox::MailStep};

use crate::{Engine, Error};

/// Sends the message of a mail, unless it is due so late that the sweep sends it.
pub async fn announce(
    queue: &Queue,
    mail: &OutboxMail,
    now: DateTime<Utc>,
) -> Result<(), reinvite_aws::Error> {
    let delay = mail.due_at - now;
    if delay > MAX_DELAY {
        return Ok(());
    }

    let job = SenderJob::Mail {
        mail: mail.key.clone(),
        version: mail.version,
    };
    queue.send(&job, delay).await
}

/// Writes the next version of a mail, and sends its message if it waits; answers whether the mail
/// had not changed.
pub(super) async fn write(engine: &Engine, mail: &OutboxMail) -> Result<bool, Error> {
    let is_written = engine.store().outbox.write(mail).await?;
    let now = engine.clock().now();
    if is_written && matches!(mail.next_step(now), MailStep::Send | MailStep::WaitUntil(_)) {
        announce(engine.queue(), mail, now).await?;
    }
    Ok(is_written)
}
