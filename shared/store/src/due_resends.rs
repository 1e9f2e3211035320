//! Resends that the sweep has to look at: a sparse index by the instant when.

use chrono::{DateTime, Utc};
use reinvite_domain::{Resend, ResendId};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Error,
    attribute::{millis, number, text},
    condition::Condition,
    error::failed,
    keys,
    table::{Table, decode},
    update::ItemUpdate,
};

/// Items of a kind that one sweep looks at; the next sweep comes a minute later.
const ITEMS_PER_SWEEP: i32 = 100;

/// The partition of the index `ByWake` for resends. A resend is written to it only when its state changes.
pub(crate) const WAKE_PARTITION: &str = "resends";

/// Resends by the instant when the sweep has to look at them.
#[derive(Clone, Debug)]
pub struct DueResends(pub(crate) Table);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DueResend {
    pk: ResendId,
    wake_at: i64,
}

impl DueResends {
    /// Reads the resends that are due by now, the longest overdue first, each with the instant in
    /// milliseconds since 1970 when it was due.
    pub async fn list(&self, now: DateTime<Utc>) -> Result<Vec<(ResendId, i64)>, Error> {
        let due: Vec<DueResend> = due_items(&self.0, WAKE_PARTITION, now).await?;
        Ok(due
            .into_iter()
            .map(|DueResend { pk, wake_at }| (pk, wake_at))
            .collect())
    }

    /// Says when to look at a resend next, or never, unless the resend has changed since it was due.
    pub async fn looked_at(
        &self,
        resend: &Resend,
        due_at: i64,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let update = ItemUpdate::of(keys::resend(&resend.id))
            .only_if(Condition::version(resend.version))
            .only_if(Condition::new("#wakeAt = :due", [(":due", number(due_at))]));
        let update = match resend.wake_after_sweep(now) {
            Some(next) => update.set("wakeAt", millis(next)),
            None => update.remove("wake").remove("wakeAt"),
        };

        self.0.update(update).await.map(|_| ())
    }
}

/// Reads the items of a partition of `ByWake` that are due by now, the longest overdue first.
pub(crate) async fn due_items<T: DeserializeOwned>(
    table: &Table,
    partition: &str,
    now: DateTime<Utc>,
) -> Result<Vec<T>, Error> {
    let output = table
        .client
        .query()
        .table_name(&table.name)
        .index_name("ByWake")
        .key_condition_expression("wake = :partition AND wakeAt <= :now")
        .expression_attribute_values(":partition", text(partition))
        .expression_attribute_values(":now", millis(now))
        .limit(ITEMS_PER_SWEEP)
        .send()
        .await
        .map_err(failed("Query"))?;

    let items = output.items.unwrap_or_default();
    items.into_iter().map(decode).collect()
}
