//! Changes of a resend's state: each one transaction, with the audit entry that tells of it and what it counts against the
//! day's limit.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use reinvite_domain::{
    AuditEntry, Counts, DailyUsage, FailureReason, PauseReason, Resend, ResendState, UserId,
};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    Error, Store,
    error::unbuilt,
    resends::{organisation_state, resend_key},
    table::number,
    wakes::wake,
};

/// How a resend changes from one state to another.
#[derive(Clone, Debug)]
pub enum ResendTransition {
    /// Its recipients are written down.
    Prepared {
        /// Eligible and excluded.
        counts: Counts,
        /// How many chunks.
        chunks: u32,
        /// The most recipients of a day.
        daily_limit: u32,
    },
    /// It could not be made.
    Failed(FailureReason, Counts),
    /// Its mails go out.
    Started {
        /// Chunks whose messages are alive at once.
        lanes: u32,
    },
    /// SES makes it stop for a while.
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

impl ResendTransition {
    /// The state it makes of one.
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

    /// The state it leaves, and whether only as the resend was read: what became of a resend that was paused and resumed
    /// meanwhile is completed all the same.
    const fn from(&self, read: ResendState) -> (ResendState, bool) {
        match self {
            // Whoever resumed it meanwhile knew of the bounces.
            Self::Paused(PauseReason::BounceRate) => (ResendState::Sending, true),
            Self::Paused(_) | Self::Completed => (ResendState::Sending, false),
            _ => (read, true),
        }
    }

    /// What its recipients count against the day's limit from now on.
    const fn daily_usage(&self, resend: &Resend) -> u32 {
        match self {
            Self::Prepared { counts, .. } => counts.eligible,
            Self::Failed(..) => 0,
            // Nobody got a mail of it.
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

impl Store {
    /// Changes a resend's state, on condition that it is still in the one it was read in; answers with the resend as it is
    /// then, or `None` where somebody else was sooner. [`Error::DailyLimit`] where the day has not so many recipients left.
    pub async fn change_resend(
        &self,
        resend: &Resend,
        change: &ResendTransition,
        audit: Option<&AuditEntry>,
    ) -> Result<Option<Resend>, Error> {
        let daily_usage = DailyUsage {
            recipients: change.daily_usage(resend),
            ..resend.daily_usage
        };
        let difference =
            i64::from(daily_usage.recipients) - i64::from(resend.daily_usage.recipients);
        let mut writes = vec![self.transition(resend, change, daily_usage)?];
        if difference != 0 {
            let limit = match change {
                ResendTransition::Prepared { daily_limit, .. } => *daily_limit,
                _ => u32::MAX,
            };
            writes.push(self.count_recipients(
                &resend.organisation,
                daily_usage.day,
                difference,
                limit,
            )?);
        }
        if let Some(audit) = audit {
            writes.push(self.audit_write(&resend.organisation, audit)?);
        }
        match self.resends.transact(writes).await? {
            Ok(()) => self.resend(&resend.id).await,
            Err(failed) if failed.first() == Some(&true) => Ok(None),
            Err(_) => Err(Error::DailyLimit),
        }
    }

    /// Writes what the lists of a cancelled resend come to; repeated, nothing. Answers with the resend as it is then.
    pub(crate) async fn end_preparation(
        &self,
        resend: &Resend,
        counts: &Counts,
        chunks: u32,
    ) -> Result<Resend, Error> {
        let update = Update::builder()
            .table_name(&self.resends.name)
            .set_key(Some(resend_key(&resend.id).attributes()))
            .update_expression("SET counts = :counts, chunks = :chunks, chunksLeft = :chunks")
            .condition_expression("chunks = :none")
            .expression_attribute_values(":counts", to_attribute_value(counts)?)
            .expression_attribute_values(":chunks", number(chunks))
            .expression_attribute_values(":none", number(0))
            .build()
            .map_err(unbuilt)?;
        // Where the condition does not hold, it was written before.
        let _ = self
            .resends
            .transact(vec![TransactWriteItem::builder().update(update).build()])
            .await?;
        self.resend(&resend.id).await?.ok_or(Error::Conflict)
    }

    fn transition(
        &self,
        resend: &Resend,
        change: &ResendTransition,
        daily_usage: DailyUsage,
    ) -> Result<TransactWriteItem, Error> {
        let (from, as_read) = change.from(resend.state);
        let to = change.to(from);
        let mut sets = vec![
            ("state", to_attribute_value(to)?),
            (
                "organisationState",
                crate::table::text(organisation_state(&resend.organisation, to)),
            ),
            ("dailyUsage", to_attribute_value(daily_usage)?),
        ];
        match change {
            ResendTransition::Prepared { counts, chunks, .. } => {
                sets.push(("counts", to_attribute_value(counts)?));
                sets.push(("chunks", number(chunks)));
                sets.push(("chunksLeft", number(chunks)));
            }
            ResendTransition::Failed(reason, counts) => {
                sets.push(("failureReason", to_attribute_value(reason)?));
                sets.push(("counts", to_attribute_value(counts)?));
            }
            ResendTransition::Started { lanes } => sets.push(("lanes", number(lanes))),
            ResendTransition::Paused(reason) => {
                sets.push(("pauseReason", to_attribute_value(reason)?))
            }
            ResendTransition::PausedBy(operator) => {
                sets.push(("pauseReason", to_attribute_value(PauseReason::Operator)?));
                sets.push(("responsible", to_attribute_value(operator)?));
            }
            ResendTransition::Rescheduled(operator, start_at, zone) => {
                sets.push(("startAt", to_attribute_value(start_at)?));
                sets.push(("timeZone", to_attribute_value(zone)?));
                sets.push(("responsible", to_attribute_value(operator)?));
            }
            ResendTransition::Resumed(operator, at) => {
                sets.push(("responsible", to_attribute_value(operator)?));
                sets.push(("resumedAt", to_attribute_value(at)?));
                sets.push((
                    "mailCountsAtResume",
                    to_attribute_value(resend.counts.mailed())?,
                ));
            }
            ResendTransition::Cancelled(operator) => {
                sets.push(("responsible", to_attribute_value(operator)?));
            }
            ResendTransition::Completed => {}
        }
        let start_at = if let ResendTransition::Rescheduled(_, start_at, _) = change {
            *start_at
        } else {
            resend.start_at
        };
        let wake_at = resend.wake_at(to, start_at);
        sets.extend(wake_at.map(wake).into_iter().flatten());
        let mut conditions = vec!["#state = :from"];
        let mut values: HashMap<String, AttributeValue> = [
            (":from".into(), to_attribute_value(from)?),
            (":one".into(), number(1)),
        ]
        .into();
        let mut names: HashMap<String, String> = [("#state".into(), "state".into())].into();
        if as_read {
            conditions.push("version = :version");
            values.insert(":version".into(), number(resend.version));
        }
        if matches!(change, ResendTransition::Completed) {
            conditions.push("chunksLeft = :none");
            values.insert(":none".into(), number(0));
        }
        let mut expression = String::from("SET version = version + :one");
        for (index, (name, value)) in sets.into_iter().enumerate() {
            expression += &format!(", #s{index} = :s{index}");
            names.insert(format!("#s{index}"), name.into());
            values.insert(format!(":s{index}"), value);
        }
        let unpaused = to != ResendState::Paused && resend.pause_reason.is_some();
        let removed = [
            ("pauseReason", unpaused),
            ("wake", wake_at.is_none()),
            ("wakeAt", wake_at.is_none()),
        ];
        let removed: Vec<_> = removed
            .into_iter()
            .filter(|(_, removed)| *removed)
            .map(|(name, _)| name)
            .collect();
        if !removed.is_empty() {
            expression += &format!(" REMOVE {}", removed.join(", "));
        }
        let update = Update::builder()
            .table_name(&self.resends.name)
            .set_key(Some(resend_key(&resend.id).attributes()))
            .update_expression(expression)
            .condition_expression(conditions.join(" AND "))
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
