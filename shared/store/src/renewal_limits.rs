//! Limits of renewed links: by the address that a link goes to, and by the source of the request.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use reinvite_domain::{EmailAddress, OrganisationId, OutboxMail};

use crate::{
    Error,
    attribute::{millis, number, seconds, text},
    condition::Condition,
    keys,
    outbox::outbox_write,
    table::Table,
    transaction::Transaction,
    update::ItemUpdate,
};

/// Time between two renewed links to one address, at least.
const TIME_BETWEEN_LINKS: TimeDelta = TimeDelta::minutes(15);

/// Renewed links to one address in a day.
const LINKS_PER_DAY: u32 = 5;

/// Requests of one source that are considered in an hour.
const REQUESTS_PER_HOUR: u32 = 30;

/// How long a record is kept.
const RECORD_LIFE: TimeDelta = TimeDelta::days(2);

/// Limits of renewed links.
#[derive(Clone, Debug)]
pub struct RenewalLimits(pub(crate) Table);

/// The result of counting a new link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewLinkCount {
    /// It is counted, and in the outbox.
    Counted,
    /// The address has reached a limit, or got a link since it was asked for.
    Refused,
}

/// The conditions of a count that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CountGuard {
    Outbox,
}

impl RenewalLimits {
    /// Counts a link that was asked for at `asked_at`, and puts its mail into the outbox, in one
    /// transaction, unless the address has reached a limit or got a link since then.
    /// [`Error::Changed`] if the mail has changed meanwhile.
    pub async fn count(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
        mail: &OutboxMail,
        asked_at: DateTime<Utc>,
    ) -> Result<NewLinkCount, Error> {
        let now = mail.since;
        let day = now.date_naive().to_string();
        let update = || {
            ItemUpdate::of(keys::renewals(organisation, address))
                .set("lastAt", millis(now))
                .set("expires", seconds(now + RECORD_LIFE))
                .only_if(Condition::new(
                    "attribute_not_exists(#lastAt) OR #lastAt <= :latest AND #lastAt < :asked",
                    [
                        (":latest", millis(now - TIME_BETWEEN_LINKS)),
                        (":asked", millis(asked_at)),
                    ],
                ))
        };

        let first_of_day = update()
            .set("day", text(&*day))
            .set("mails", number(1))
            .only_if(Condition::new(
                "attribute_not_exists(#day) OR #day <> :day",
                [(":day", text(&*day))],
            ));
        if self.count_with(first_of_day, mail).await? {
            return Ok(NewLinkCount::Counted);
        }

        let another_of_day = update()
            .set_by("#mails = #mails + :one", [(":one", number(1))])
            .only_if(Condition::new(
                "#day = :day AND #mails < :limit",
                [(":day", text(&*day)), (":limit", number(LINKS_PER_DAY))],
            ));
        Ok(if self.count_with(another_of_day, mail).await? {
            NewLinkCount::Counted
        } else {
            NewLinkCount::Refused
        })
    }

    /// Writes the count and the mail; answers `false` if the limit does not allow it.
    async fn count_with(&self, count: ItemUpdate, mail: &OutboxMail) -> Result<bool, Error> {
        let mut transaction = Transaction::new();
        transaction.add(self.0.update_write(count)?);
        transaction.guard(CountGuard::Outbox, outbox_write(&self.0, mail)?);

        match transaction.try_commit(&self.0.client).await? {
            Ok(()) => Ok(true),
            Err(refused) if refused.by(CountGuard::Outbox) => Err(Error::Changed),
            Err(_) => Ok(false),
        }
    }

    /// Takes back the count of a link that was not mailed.
    pub async fn uncount(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
        counted_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let update = ItemUpdate::of(keys::renewals(organisation, address))
            .set("lastAt", millis(counted_at - TIME_BETWEEN_LINKS))
            .set_by("#mails = #mails - :one", [(":one", number(1))])
            .only_if(Condition::new(
                "#lastAt = :counted",
                [(":counted", millis(counted_at))],
            ));
        self.0.update_once(update).await.map(|_| ())
    }

    /// Counts a request for a new link by its source; answers `false` if the source has reached the
    /// limit of the hour.
    pub async fn count_request(&self, source: &str, now: DateTime<Utc>) -> Result<bool, Error> {
        let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
        let update = ItemUpdate::of(keys::renewal_requests(source, hour))
            .set_by(
                "#requests = if_not_exists(#requests, :none) + :one",
                [(":none", number(0)), (":one", number(1))],
            )
            .set("expires", seconds(now + RECORD_LIFE))
            .only_if(Condition::new(
                "attribute_not_exists(#requests) OR #requests < :limit",
                [(":limit", number(REQUESTS_PER_HOUR))],
            ));
        self.0.update_once(update).await
    }
}
