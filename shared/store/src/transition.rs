//! Changes of a resend's state: each is one transaction, with its audit entry, with the change of
//! its share of the daily limit, and with the event of which operators get a mail. The domain decides
//! what a transition changes.

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{
    AuditEntry, Metric, OutboxMail, Resend, ResendChange, ResendTransition, resend::ResendEvent,
};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::{
    Error, Resends,
    attribute::{millis, number, text, value},
    audit_trail::entry_write,
    condition::Condition,
    daily_usage::usage_write,
    due_resends::WAKE_PARTITION,
    error::unwritable,
    keys,
    outbox::outbox_write,
    table::{Item, Table, unique_mark},
    transaction::Transaction,
    update::ItemUpdate,
};

/// Conditions of a transition that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TransitionGuard {
    State,
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
        let Ok(change) = resend.change(transition) else {
            return Ok(None);
        };

        let mut transaction = Transaction::new();
        transaction.guard(TransitionGuard::State, change_write(table, &change)?);
        let daily_limit = change.daily_limit.unwrap_or(u32::MAX);
        for (day, difference) in &change.usage_changes {
            let organisation = &resend.organisation;
            let write = usage_write(table, organisation, *day, *difference, daily_limit)?;
            transaction.add(write);
        }
        if let Some(audit) = audit {
            transaction.add(entry_write(table, &resend.organisation, audit)?);
        }
        if let Some(event) = ResendEvent::of(&change.next, unique_mark()?) {
            let mail = OutboxMail::resend_event(&resend.organisation, event);
            transaction.add(outbox_write(table, &mail)?);
        }

        match transaction.try_commit(&table.client).await? {
            Ok(()) => {
                if change.next.state != resend.state {
                    count_state(&change.next);
                }
                self.get(&resend.id).await
            }
            Err(refused) if refused.by(TransitionGuard::State) => Ok(None),
            Err(_) => Err(Error::DailyLimit),
        }
    }
}

/// Counts a resend that came into its state.
pub(crate) fn count_state(resend: &Resend) {
    metrics::counter!(
        Metric::ResendStates.name(),
        "State" => resend.state.name(),
        "Reason" => resend.state_reason(),
    )
    .increment(1);
}

/// The conditional update of the resend's item: only the fields that the transition writes.
fn change_write(table: &Table, change: &ResendChange) -> Result<TransactWriteItem, Error> {
    let next = &change.next;
    let state = keys::organisation_state(&next.organisation, next.state);
    let mut update = ItemUpdate::of(keys::resend(&next.id))
        .set("organisationState", text(state))
        .set_by("#version = #version + :one", [(":one", number(1))]);

    let mut attributes: Item = to_item(next).map_err(unwritable)?;
    for field in &change.fields {
        update = match attributes.remove(field.name()) {
            Some(value) => update.set(field.name(), value),
            None => update.remove(field.name()),
        };
    }
    update = match change.wake_at {
        Some(at) => update
            .set("wake", text(WAKE_PARTITION))
            .set("wakeAt", millis(at)),
        None => update.remove("wake").remove("wakeAt"),
    };

    table.update_write(guarded(update, change)?)
}

/// Adds the guard of the transition to its update.
fn guarded(mut update: ItemUpdate, change: &ResendChange) -> Result<ItemUpdate, Error> {
    let from = value(change.guard.state)?;
    update = update.only_if(Condition::new("#state = :from", [(":from", from)]));
    if let Some(version) = change.guard.version {
        update = update.only_if(Condition::version(version));
    }
    if change.guard.no_chunks_left {
        let none = [(":none", number(0))];
        update = update.only_if(Condition::new("#chunksLeft = :none", none));
    }
    Ok(update)
}
