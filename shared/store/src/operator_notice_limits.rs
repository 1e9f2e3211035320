//! Limits of notices about resends to an operator.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use reinvite_domain::{OrganisationId, UserId};

use crate::{
    Error,
    attribute::{number, seconds},
    condition::Condition,
    keys,
    table::Table,
    update::ItemUpdate,
};

/// Notices to one operator in an hour.
const NOTICES_PER_HOUR: u32 = 20;

/// How long the record of an hour is kept.
const RECORD_LIFE: TimeDelta = TimeDelta::hours(2);

/// Limits of notices to operators.
#[derive(Clone, Debug)]
pub struct OperatorNoticeLimits(pub(crate) Table);

impl OperatorNoticeLimits {
    /// Counts a notice before it is sent; answers when it may go instead if the operator has
    /// reached the limit of the hour.
    pub async fn count(
        &self,
        organisation: &OrganisationId,
        operator: &UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
        let key = keys::operator_notices_of_hour(organisation, operator, hour);
        let update = ItemUpdate::of(key)
            .set_by(
                "#mails = if_not_exists(#mails, :none) + :one",
                [(":none", number(0)), (":one", number(1))],
            )
            .set("expires", seconds(hour + RECORD_LIFE))
            .only_if(Condition::new(
                "attribute_not_exists(#mails) OR #mails < :limit",
                [(":limit", number(NOTICES_PER_HOUR))],
            ));

        let is_counted = self.0.update_once(update).await?;
        Ok((!is_counted).then(|| hour + TimeDelta::hours(1)))
    }
}
