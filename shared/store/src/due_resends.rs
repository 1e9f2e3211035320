//! Resends that the sweep has to look at: a sparse index by the instant when.

use chrono::{DateTime, Utc};
use reinvite_domain::{Resend, ResendId};
use serde::Deserialize;

use crate::{
    Error,
    attribute::{millis, number, text},
    condition::Condition,
    error::failed,
    keys,
    table::{Table, decode},
    update::ItemUpdate,
};

/// Resends that one sweep looks at; the next sweep comes a minute later.
const RESENDS_PER_SWEEP: i32 = 100;

/// The one partition of the index `ByWake`. A resend is written to it only when its state changes.
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
        let output = self
            .0
            .client
            .query()
            .table_name(&self.0.name)
            .index_name("ByWake")
            .key_condition_expression("wake = :resends AND wakeAt <= :now")
            .expression_attribute_values(":resends", text(WAKE_PARTITION))
            .expression_attribute_values(":now", millis(now))
            .limit(RESENDS_PER_SWEEP)
            .send()
            .await
            .map_err(failed("Query"))?;

        let items = output.items.unwrap_or_default();
        items
            .into_iter()
            .map(|item| decode(item).map(|DueResend { pk, wake_at }| (pk, wake_at)))
            .collect()
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
