//! The sweep of the outbox.

use chrono::{DateTime, Utc};
use reinvite_domain::{OutboxKey, OutboxMail, SenderJob};

use crate::{Engine, Error};

/// Looks at the mails whose message may be lost at an instant, and at events that have none.
pub(crate) async fn sweep(engine: &Engine, instant: DateTime<Utc>) -> Result<(), Error> {
    for key in engine.store().outbox.due(instant).await? {
        if let Err(error) = look_at(engine, &key, instant).await {
            let OutboxKey { organisation, mail } = &key;
            tracing::error!(%organisation, %mail, %error, "the sweep failed for a mail of the outbox");
        }
    }
    Ok(())
}

async fn look_at(engine: &Engine, key: &OutboxKey, instant: DateTime<Utc>) -> Result<(), Error> {
    let outbox = &engine.store().outbox;
    let Some(mail) = outbox.get(key).await? else {
        return Ok(());
    };
    if mail.wake_at().is_none_or(|wake_at| instant < wake_at) {
        return Ok(());
    }

    let job = SenderJob::Mail {
        mail: key.clone(),
        version: mail.version,
    };
    engine.queue().send_now(&job).await?;
    let next = OutboxMail::wake_after_sweep(engine.clock().now());
    Ok(outbox.looked_at(&mail, next).await?)
}
