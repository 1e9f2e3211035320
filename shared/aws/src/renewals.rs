//! How often somebody may ask for a new link: by the address it goes to, and by where the request comes from.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use reinvite_domain::{EmailAddress, OrganisationId};
use sha2::{Digest, Sha256};

use crate::{
    Error, Store,
    table::{Key, number, text},
};

/// A new link to one address, at most once in this time,
const APART: TimeDelta = TimeDelta::minutes(15);

/// and this often on one day.
const DAILY: u32 = 5;

/// Requests of one source in an hour that are looked at.
const HOURLY: u32 = 30;

/// How long a record is kept.
const KEPT: TimeDelta = TimeDelta::days(2);

/// Neither addresses nor sources are kept in clear for this.
fn hashed(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn of_address(organisation: &OrganisationId, address: &EmailAddress) -> Key {
    Key::new(
        format!("{organisation}#renewals#{}", hashed(&address.folded())),
        "renewals",
    )
}

impl Store {
    /// Counts a new link that is about to be mailed to an address; false where that would be one too many.
    pub async fn count_renewal(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let key = of_address(organisation, address);
        let day = now.date_naive().to_string();
        let update = |condition: &str| {
            self.resends
                .update_item(&key)
                .condition_expression(format!(
                    "(attribute_not_exists(lastAt) OR lastAt <= :apart) AND ({condition})"
                ))
                .expression_attribute_names("#day", "day")
                .expression_attribute_values(":apart", number((now - APART).timestamp_millis()))
                .expression_attribute_values(":now", number(now.timestamp_millis()))
                .expression_attribute_values(":day", text(&*day))
                .expression_attribute_values(":one", number(1))
                .expression_attribute_values(":expires", number((now + KEPT).timestamp()))
        };
        let first = update("attribute_not_exists(#day) OR #day <> :day");
        let sets = "SET lastAt = :now, #day = :day, mails = :one, expires = :expires";
        if self.resends.update_once(first, sets).await?.is_some() {
            return Ok(true);
        }
        let another = update("#day = :day AND mails < :most")
            .expression_attribute_values(":most", number(DAILY));
        let sets = "SET lastAt = :now, mails = mails + :one, expires = :expires";
        Ok(self.resends.update_once(another, sets).await?.is_some())
    }

    /// Takes back what was counted then: that mail did not go.
    pub async fn uncount_renewal(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
        counted: DateTime<Utc>,
    ) -> Result<(), Error> {
        let call = self
            .resends
            .update_item(&of_address(organisation, address))
            .condition_expression("lastAt = :counted")
            .expression_attribute_values(":counted", number(counted.timestamp_millis()))
            .expression_attribute_values(":before", number((counted - APART).timestamp_millis()))
            .expression_attribute_values(":one", number(1));
        self.resends
            .update_once(call, "SET lastAt = :before, mails = mails - :one")
            .await?;
        Ok(())
    }

    /// Counts a request for a new link by where it comes from; false where the hour has had enough of them.
    pub async fn count_renewal_request(
        &self,
        source: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
        let key = Key::new(
            format!("sources#{}", hashed(source)),
            hour.timestamp().to_string(),
        );
        let call = self
            .resends
            .update_item(&key)
            .condition_expression("attribute_not_exists(requests) OR requests < :most")
            .expression_attribute_values(":most", number(HOURLY))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires", number((now + KEPT).timestamp()));
        let sets = "SET requests = if_not_exists(requests, :none) + :one, expires = :expires";
        Ok(self.resends.update_once(call, sets).await?.is_some())
    }
}
