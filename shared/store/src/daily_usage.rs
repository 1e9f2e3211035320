//! The number of recipients that an organisation's resends have, by the day of their start.

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use reinvite_domain::OrganisationId;
use serde::Deserialize;

use crate::{
    Error, Resends,
    attribute::{number, seconds},
    condition::Condition,
    keys,
    table::Table,
    update::ItemUpdate,
};

/// How long the record of a day is kept: its limit no longer matters then.
const RECORD_LIFE: TimeDelta = TimeDelta::days(3);

/// The recipients of a day, as far as they are read.
#[derive(Deserialize)]
struct RecipientsOfDay {
    recipients: u32,
}

impl Resends {
    /// Reads the number of recipients that an organisation's resends have on the day of their start.
    pub async fn recipients_of_day(
        &self,
        organisation: &OrganisationId,
        day: NaiveDate,
    ) -> Result<u32, Error> {
        let key = keys::recipients_of_day(organisation, day);
        let usage: Option<RecipientsOfDay> = self.0.get(&key).await?;
        Ok(usage.map_or(0, |usage| usage.recipients))
    }
}

/// The write that adds recipients to a day, or takes some back, to be part of a transaction. Its
/// condition fails if the day would have more than `limit`.
pub(crate) fn usage_write(
    resends: &Table,
    organisation: &OrganisationId,
    day: NaiveDate,
    difference: i64,
    limit: u32,
) -> Result<TransactWriteItem, Error> {
    let expires = day.and_time(NaiveTime::MIN).and_utc() + RECORD_LIFE;
    let mut update = ItemUpdate::of(keys::recipients_of_day(organisation, day))
        .set_by(
            "#recipients = if_not_exists(#recipients, :none) + :difference",
            [(":none", number(0)), (":difference", number(difference))],
        )
        .set("expires", seconds(expires));

    if difference > 0 {
        let room = i64::from(limit) - difference;
        update = update.only_if(Condition::new(
            "(attribute_not_exists(#recipients) AND :none <= :room) OR #recipients <= :room",
            [(":none", number(0)), (":room", number(room))],
        ));
    }
    resends.update_write(update)
}
