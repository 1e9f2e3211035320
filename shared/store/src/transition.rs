//! Changes of a resend's state: each is one transaction, with its audit entry and with the change
//! of its share of the daily limit.

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use reinvite_domain::{
    AuditEntry, Counts, DailyUsage, FailureReason, OrganisationId, PauseReason, Resend,
    ResendState, UserId,
};

use crate::{
    Error, Resends,
    attribute::{millis, number, text, value},
    audit_trail::entry_write,
    condition::Condition,
    daily_usage::usage_write,
    due_resends::WAKE_PARTITION,
    keys,
    table::Table,
    transaction::Transaction,
    update::ItemUpdate,
};

/// How a resend changes from one state to another.
#[derive(Clone, Debug)]
pub enum ResendTransition {
    /// Its recipients are written down.
    Prepared {
        /// Eligible and excluded users.
        counts: Counts,
        /// The number of chunks.
        chunks: u32,
        /// The organisation's limit of recipients in a day.
        daily_limit: u32,
    },
    /// It could not be prepared.
    Failed(FailureReason, Counts),
    /// Its mails go out.
    Started {
        /// Chunks in parallel.
        lanes: u32,
    },
    /// It pauses itself.
    Paused(PauseReason),
    /// Every recipient has an outcome.
    Completed,
    /// An operator gave it another start.
    Rescheduled(UserId, DateTime<Utc>, Tz),
    /// An operator paused it.
    PausedBy(UserId),
    /// An operator resumed it.
    Resumed(UserId, DateTime<Utc>),
    /// An operator cancelled it.
    Cancelled(UserId),
}

/// Conditions of a transition that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TransitionGuard {
    State,
}

impl ResendTransition {
    /// The state after the transition.
    const fn to(&self, from: ResendState) -> ResendState {
        match self {
            Self::Prepared { .. } => ResendState::Scheduled,
            Self::Failed(..) => ResendState::Failed,
            Self::Started { .. } | Self::Resumed(..) => ResendState::Sending,
            Self::Paused(_) | Self::PausedBy(_) => ResendState::Paused,
            Self::Completed => ResendState::Completed,
            Self::Rescheduled(..) => from,
            Self::Cancelled(_) => ResendState::Cancelled,
        }
    }

    /// The state before the transition, and whether the resend must have the version that was read:
    /// a resend that was paused and resumed since is completed all the same.
    const fn from(&self, read: ResendState) -> (ResendState, bool) {
        match self {
            // An operator who resumed it since knew of the bounces.
            Self::Paused(PauseReason::BounceRate) => (ResendState::Sending, true),
            Self::Paused(_) | Self::Completed => (ResendState::Sending, false),
            _ => (read, true),
        }
    }

    /// The recipients that count against the daily limit after the transition.
    const fn daily_usage(&self, resend: &Resend) -> u32 {
        match self {
            Self::Prepared { counts, .. } => counts.eligible,
            Self::Failed(..) => 0,
            // No mail has left.
            Self::Cancelled(_)
                if matches!(
                    resend.state,
                    ResendState::Preparing | ResendState::Scheduled
                ) =>
            {
                0
            }
            _ => resend.daily_usage.recipients,
        }
    }
}

impl Resends {
    /// Changes the state of a resend if it is still in the state it was read in; answers the resend
    /// as it is then, or `None` if another change came first.
    ///
    /// [`Error::DailyLimit`] if the day does not have enough recipients left.
    pub async fn change(
        &self,
        resend: &Resend,
        transition: &ResendTransition,
        audit: Option<&AuditEntry>,
    ) -> Result<Option<Resend>, Error> {
        let table = &self.0;
        let usage = DailyUsage {
            recipients: transition.daily_usage(resend),
            ..resend.daily_usage
        };
        let difference = i64::from(usage.recipients) - i64::from(resend.daily_usage.recipients);
        let limit = match transition {
            ResendTransition::Prepared { daily_limit, .. } => *daily_limit,
            _ => u32::MAX,
        };

        let mut transaction = Transaction::new();
        transaction.guard(
            TransitionGuard::State,
            transition_write(table, resend, transition, usage)?,
        );
        if difference != 0 {
            let organisation = &resend.organisation;
            transaction.add(usage_write(
                table,
                organisation,
                usage.day,
                difference,
                limit,
            )?);
        }
        if let Some(audit) = audit {
            transaction.add(entry_write(table, &resend.organisation, audit)?);
        }

        match transaction.try_commit(&table.client).await? {
            Ok(()) => self.get(&resend.id).await,
            Err(refused) if refused.by(TransitionGuard::State) => Ok(None),
            Err(_) => Err(Error::DailyLimit),
        }
    }
}

/// The partition of the index `ByState`.
pub(crate) fn organisation_state(organisation: &OrganisationId, state: ResendState) -> String {
    format!("{organisation}#{}", state.name())
}

fn transition_write(
    table: &Table,
    resend: &Resend,
    transition: &ResendTransition,
    usage: DailyUsage,
) -> Result<TransactWriteItem, Error> {
    let (from, as_read) = transition.from(resend.state);
    let to = transition.to(from);

    let mut update = ItemUpdate::of(keys::resend(&resend.id))
        .set("state", value(to)?)
        .set(
            "organisationState",
            text(organisation_state(&resend.organisation, to)),
        )
        .set("dailyUsage", value(usage)?)
        .set_by("#version = #version + :one", [(":one", number(1))])
        .only_if(Condition::new("#state = :from", [(":from", value(from)?)]));
    if as_read {
        update = update.only_if(Condition::version(resend.version));
    }
    if matches!(transition, ResendTransition::Completed) {
        update = update.only_if(Condition::new(
            "#chunksLeft = :none",
            [(":none", number(0))],
        ));
    }

    update = set_attributes(update, resend, transition)?;
    if to != ResendState::Paused && resend.pause_reason.is_some() {
        update = update.remove("pauseReason");
    }
    table.update_write(set_wake(update, resend, transition, to))
}

/// The attributes that only this kind of transition sets.
fn set_attributes(
    update: ItemUpdate,
    resend: &Resend,
    transition: &ResendTransition,
) -> Result<ItemUpdate, Error> {
    Ok(match transition {
        ResendTransition::Prepared { counts, chunks, .. } => update
            .set("counts", value(counts)?)
            .set("chunks", number(chunks))
            .set("chunksLeft", number(chunks)),
        ResendTransition::Failed(reason, counts) => update
            .set("failureReason", value(reason)?)
            .set("counts", value(counts)?),
        ResendTransition::Started { lanes } => update.set("lanes", number(lanes)),
        ResendTransition::Paused(reason) => update.set("pauseReason", value(reason)?),
        ResendTransition::PausedBy(operator) => update
            .set("pauseReason", value(PauseReason::Operator)?)
            .set("responsible", value(operator)?),
        ResendTransition::Rescheduled(operator, start_at, zone) => update
            .set("startAt", value(start_at)?)
            .set("timeZone", value(zone)?)
            .set("responsible", value(operator)?),
        ResendTransition::Resumed(operator, at) => update
            .set("responsible", value(operator)?)
            .set("resumedAt", value(at)?)
            .set("mailCountsAtResume", value(resend.counts.mailed())?),
        ResendTransition::Cancelled(operator) => update.set("responsible", value(operator)?),
        ResendTransition::Completed => update,
    })
}

/// When the sweep has to look at the resend next, if ever.
fn set_wake(
    update: ItemUpdate,
    resend: &Resend,
    transition: &ResendTransition,
    to: ResendState,
) -> ItemUpdate {
    let start_at = match transition {
        ResendTransition::Rescheduled(_, start_at, _) => *start_at,
        _ => resend.start_at,
    };
    match resend.wake_at(to, start_at) {
        Some(at) => update
            .set("wake", text(WAKE_PARTITION))
            .set("wakeAt", millis(at)),
        None => update.remove("wake").remove("wakeAt"),
    }
}
