//! Sends a mail: reserves a slot, decides, claims, sends and records.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{MailOutcome, OutgoingMail, SendOutcome};
use reinvite_domain::{
    Metric, OutboxMail, SenderProfile,
    outbox::{MailStep, OutboxContent},
    pace::Throttling,
};
use reinvite_store::{Error as StoreError, Retries};

use super::{
    address_notice,
    draft::Draft,
    entry::write,
    new_link::{self, NewLink},
    operator_notice,
    outcome::count_outcome,
};
use crate::{Engine, Error, Reservation};

/// A worker waits this long for a slot. A later slot is waited for in the queue.
const MAX_WAIT_FOR_SLOT: TimeDelta = TimeDelta::seconds(5);

/// A mail is made this long before its slot.
const READY_BEFORE_SLOT: TimeDelta = TimeDelta::milliseconds(150);

/// Time before the next attempt while SES takes no mail of this account.
const DISABLED_BACKOFF: TimeDelta = TimeDelta::minutes(1);

/// Time before the next attempt when the day's quota is spent.
const QUOTA_BACKOFF: TimeDelta = TimeDelta::minutes(15);

/// The fate of a mail that was given to SES.
enum Fate {
    /// It was sent, or may have been.
    Sent,
    /// It was not sent: SES throttles the account.
    Throttled,
    /// It was not sent, and may be sent after this time at the earliest.
    Later(TimeDelta),
    /// SES never takes it.
    Refused,
}

/// Sends a mail at its slot, or puts it back if that is far.
pub(super) async fn send(engine: &Engine, mail: &OutboxMail) -> Result<(), Error> {
    let Some(slot) = reserve_slot(engine, mail).await? else {
        return Ok(());
    };
    engine.clock().sleep_until(slot - READY_BEFORE_SLOT).await;

    let mut retries = Retries::begin();
    while retries.attempt().await {
        let now = engine.clock().now();
        let current = engine.store().outbox.get(&mail.key).await?;
        let Some(current) = current.filter(|current| current.next_step(now) == MailStep::Send)
        else {
            return Ok(());
        };
        let next = match draft(engine, &current, now).await? {
            Draft::Send(profile, outgoing) => {
                let claimed = current.claimed(engine.clock().now());
                if engine.store().outbox.write(&claimed).await? {
                    engine.clock().sleep_until(slot).await;
                    return deliver(engine, &claimed, &profile, *outgoing).await;
                }
                continue;
            }
            Draft::Wait(until) => current.put_back(until, None),
            Draft::Drop(reason) => {
                tracing::info!(
                    organisation = %mail.key.organisation,
                    mail = %mail.key.mail,
                    reason,
                    "a mail of the outbox is not sent"
                );
                new_link::withdraw(engine, &current).await?;
                current.dropped(now)
            }
        };
        if write(engine, &next).await? {
            return Ok(());
        }
    }
    Err(StoreError::Changed.into())
}

/// Decides about a mail, and makes it.
async fn draft(engine: &Engine, mail: &OutboxMail, now: DateTime<Utc>) -> Result<Draft, Error> {
    let organisation = &mail.key.organisation;
    match &mail.content {
        OutboxContent::AddressNotice(notice) => {
            address_notice::draft(engine, organisation, notice, now).await
        }
        OutboxContent::NewLink {
            user, issued_by, ..
        } => NewLink::draft(engine, organisation, user, issued_by, now).await,
        OutboxContent::OperatorNotice { event, operator } => {
            operator_notice::draft(engine, mail, event, operator, now).await
        }
        OutboxContent::ResendEvent(_) => Ok(Draft::Drop("an event is no mail")),
    }
}

/// A slot for the mail: the one that it has reserved, unless it was missed, or a new one. `None` if
/// the mail was put back instead.
async fn reserve_slot(engine: &Engine, mail: &OutboxMail) -> Result<Option<DateTime<Utc>>, Error> {
    let now = engine.clock().now();
    let reserved = mail.slot.filter(|slot| *slot >= now);
    let slot = if let Some(slot) = reserved {
        slot
    } else {
        let earliest = now + READY_BEFORE_SLOT;
        match engine.pacer.reserve(1, TimeDelta::zero(), earliest).await? {
            Reservation::Slot(slot, _) => slot,
            Reservation::QuotaSpent(until) => {
                write(engine, &mail.put_back(until, None)).await?;
                return Ok(None);
            }
        }
    };

    if slot - now > MAX_WAIT_FOR_SLOT {
        let due_at = slot - MAX_WAIT_FOR_SLOT;
        write(engine, &mail.put_back(due_at, Some(slot))).await?;
        return Ok(None);
    }
    Ok(Some(slot))
}

/// Gives a claimed mail to SES, and records what became of it.
async fn deliver(
    engine: &Engine,
    claimed: &OutboxMail,
    profile: &SenderProfile,
    outgoing: OutgoingMail,
) -> Result<(), Error> {
    let outcome = match engine.mailer.send(profile, &[&outgoing]).await {
        SendOutcome::Doubt => MailOutcome::Doubt,
        SendOutcome::NoConnection => MailOutcome::Unsent,
        SendOutcome::Each(outcomes) => outcomes.into_iter().next().unwrap_or(MailOutcome::Doubt),
        SendOutcome::All(outcome) => outcome,
    };
    count_outcome(outcome.name());

    let fate = fate_of(&outcome);
    if matches!(fate, Fate::Throttled) {
        metrics::counter!(Metric::Throttles.name()).increment(1);
        let now = engine.clock().now();
        let throttling = Throttling {
            slot: claimed.slot.unwrap_or(now),
            some_accepted: false,
        };
        engine.pacer.slow_down(throttling, now).await?;
    }

    record(engine, claimed, &fate).await
}

fn fate_of(outcome: &MailOutcome) -> Fate {
    match outcome {
        MailOutcome::Accepted(_) | MailOutcome::Doubt => Fate::Sent,
        MailOutcome::Throttled => Fate::Throttled,
        MailOutcome::Transient | MailOutcome::Unsent => Fate::Later(TimeDelta::zero()),
        MailOutcome::QuotaSpent => Fate::Later(QUOTA_BACKOFF),
        MailOutcome::Disabled(_) => Fate::Later(DISABLED_BACKOFF),
        MailOutcome::Rejected(_) => Fate::Refused,
    }
}

/// Records the fate of a claimed mail. Its cause may have been told again meanwhile.
async fn record(engine: &Engine, claimed: &OutboxMail, fate: &Fate) -> Result<(), Error> {
    let mut retries = Retries::begin();
    while retries.attempt().await {
        let current = engine.store().outbox.get(&claimed.key).await?;
        let Some(current) = current.filter(|current| current.state == claimed.state) else {
            return Ok(());
        };

        if !matches!(fate, Fate::Sent) {
            new_link::withdraw(engine, &current).await?;
        }
        let now = engine.clock().now();
        let next = match fate {
            Fate::Sent => current.sent(now),
            Fate::Throttled => current.refused(now, TimeDelta::zero()),
            Fate::Later(at_least) => current.refused(now, *at_least),
            Fate::Refused => {
                new_link::take_back(engine, &current).await?;
                current.dropped(now)
            }
        };
        if write(engine, &next).await? {
            log(&current, fate);
            return Ok(());
        }
    }
    Err(StoreError::Changed.into())
}

fn log(mail: &OutboxMail, fate: &Fate) {
    let (organisation, mail) = (&mail.key.organisation, &mail.key.mail);
    match fate {
        Fate::Sent => tracing::info!(%organisation, %mail, "a mail of the outbox is sent"),
        Fate::Throttled | Fate::Later(_) => {
            tracing::warn!(%organisation, %mail, "a mail of the outbox waits for SES");
        }
        Fate::Refused => {
            tracing::error!(%organisation, %mail, "SES refuses a mail of the outbox");
        }
    }
}
