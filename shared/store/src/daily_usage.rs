//! The number of recipients that an organisation's resends have, by the day of their creation.

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use reinvite_domain::OrganisationId;

use crate::{
    Error,
    attribute::{number, seconds},
    condition::Condition,
    keys,
    table::Table,
    update::ItemUpdate,
};

/// How long the record of a day is kept. A resend may be cancelled a year after its creation, but
/// the day's limit no longer matters then.
const RECORD_LIFE: TimeDelta = TimeDelta::days(3);

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
