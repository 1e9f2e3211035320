//! The outbox: sends mails that belong to no resend, each in a slot of the account's pace, and at
//! most once.
//!
//! The entry of a mail is written in the transaction of its cause. A message takes it to the sender,
//! and the sweep sends a lost message again. SES has no idempotency token, so a worker claims the
//! entry before it sends. A claim without a result is doubt, and doubt is not repeated.

mod address_notice;
mod draft;
mod entry;
mod new_link;
mod operator_notice;
mod outcome;
mod resend_event;
mod send;
mod sweep;

use reinvite_aws::MailOutcome;
use reinvite_domain::{
    OutboxKey, OutboxMail,
    outbox::{MailStep, OutboxContent},
};

use crate::{Engine, Error};

pub use entry::announce;
pub(crate) use new_link::unused_invitation;
pub(crate) use sweep::sweep;

use entry::write;
use outcome::count_outcome;

/// Takes the next step of a mail, unless it was put back since the message was sent. During maintenance the
/// message is dropped, and the sweep sends it again afterwards.
pub(crate) async fn run(engine: &Engine, key: &OutboxKey, version: u32) -> Result<(), Error> {
    if engine.in_maintenance {
        return Ok(());
    }

    let mail = engine.store().outbox.get(key).await?;
    match mail.filter(|mail| mail.version <= version) {
        Some(mail) => step(engine, &mail).await,
        None => Ok(()),
    }
}

async fn step(engine: &Engine, mail: &OutboxMail) -> Result<(), Error> {
    let now = engine.clock().now();
    match (mail.next_step(now), &mail.content) {
        (MailStep::Nothing, _) => Ok(()),
        (MailStep::WaitUntil(_), _) => Ok(announce(engine.queue(), mail, now).await?),
        (MailStep::Send, OutboxContent::ResendEvent(event)) => {
            resend_event::expand(engine, mail, event).await
        }
        (MailStep::Send, _) => send::send(engine, mail).await,
        (MailStep::SettleDoubt, _) => {
            tracing::warn!(
                organisation = %mail.key.organisation,
                mail = %mail.key.mail,
                "a mail of the outbox may or may not have been sent"
            );
            count_outcome(MailOutcome::Doubt.name());
            write(engine, &mail.sent(now)).await.map(|_| ())
        }
        (MailStep::GiveUp, _) => {
            tracing::error!(
                organisation = %mail.key.organisation,
                mail = %mail.key.mail,
                "a mail of the outbox could not be sent and is given up"
            );
            count_outcome("given_up");
            new_link::withdraw(engine, mail).await?;
            write(engine, &mail.dropped(now)).await.map(|_| ())
        }
    }
}
