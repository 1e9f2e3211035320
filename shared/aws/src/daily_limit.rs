//! How many recipients an organisation's resends have, by the day they were made on.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use reinvite_domain::OrganisationId;

use crate::{
    Error, Store,
    error::unbuilt,
    table::{Key, number},
};

/// How long a day's record is kept: its last resend may be cancelled a year later, but then the day counts no more.
const KEPT: TimeDelta = TimeDelta::days(3);

impl Store {
    /// The write that adds recipients to a day, or takes some back, to be part of a transaction. Its condition fails where
    /// the day would have more than `limit`.
    pub(crate) fn count_recipients(
        &self,
        organisation: &OrganisationId,
        day: NaiveDate,
        difference: i64,
        limit: u32,
    ) -> Result<TransactWriteItem, Error> {
        let key = Key::new(format!("{organisation}#recipients"), day.to_string());
        let expires = (day.and_time(NaiveTime::MIN).and_utc() + KEPT).timestamp();
        let mut update = Update::builder()
            .table_name(&self.resends.name)
            .set_key(Some(key.attributes()))
            .update_expression("SET recipients = if_not_exists(recipients, :none) + :difference, expires = :expires")
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":difference", number(difference))
            .expression_attribute_values(":expires", number(expires));
        if difference > 0 {
            update = update
                .condition_expression(
                    "(attribute_not_exists(recipients) AND :none <= :room) OR recipients <= :room",
                )
                .expression_attribute_values(":room", number(i64::from(limit) - difference));
        }
        let update = update.build().map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
