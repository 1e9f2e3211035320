//! The pace that every sender of an account shares: one record, one conditional write for each wave.

use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    pace::{Pace, SlotChoice, Slots, Slowdown},
    resend::{DailyQuota, Throughput},
};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::{
    Error, LONGEST_DELAY, Store,
    error::failed,
    mailer::Mailer,
    table::{Key, number},
};

/// What SES allows is asked for again after this long.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// SES counts a mail in what it says of the day this long after its slot, at most.
const COUNTED_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// More mails than any account may send in a day: no limit.
const UNLIMITED: i64 = 1 << 50;

/// The record of the account's pace. Times are microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    /// Mails a second.
    rate: f64,
    /// Mails in any 24 hours.
    daily: i64,
    /// Mails left of the day that `GetAccount` counts, less those reserved since.
    remaining: i64,
    /// When `GetAccount` said so.
    asked_at: i64,
    /// The theoretical arrival time of the generic cell rate algorithm (ITU-T I.371): the next free slot.
    free_at: i64,
    /// The last slot, and how many mails it has: small waves share one.
    #[serde(default)]
    slot_at: i64,
    #[serde(default)]
    slot_mails: i64,
    /// What throttling left of the rate, and when it did.
    #[serde(default = "whole")]
    factor: f64,
    #[serde(default)]
    slowed_at: i64,
}

const fn whole() -> f64 {
    1.0
}

/// A reservation of a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// So many mails may go at this instant: fewer than asked for where the day has no more left.
    Slot(DateTime<Utc>, usize),
    /// The day's quota does not allow it before this instant.
    QuotaSpent(DateTime<Utc>),
}

/// Reserves slots in the pace of the account.
#[derive(Debug)]
pub struct Pacer {
    store: Store,
    mailer: Mailer,
    known: Mutex<Option<Record>>,
}

fn key() -> Key {
    Key::new("pace", "account")
}

impl Pacer {
    /// The pace kept in these tables, of the account that mailer sends from.
    #[must_use]
    pub const fn new(store: Store, mailer: Mailer) -> Self {
        Self {
            store,
            mailer,
            known: Mutex::new(None),
        }
    }

    /// The pace by the send rate as it was at most a minute ago.
    pub async fn pace(&self, now: DateTime<Utc>) -> Result<Pace, Error> {
        Ok(self.record(now).await?.pace(now))
    }

    /// SES throttled: everybody who shares the pace goes at half of it. Of several who find that out at once, one halves it,
    /// and is told so.
    pub async fn slow_down(&self, now: DateTime<Utc>) -> Result<bool, Error> {
        let known = self.record(now).await?;
        let Some(Slowdown { factor, at }) = known.slowdown().halved(now) else {
            return Ok(false);
        };
        let call = self
            .update()
            .update_expression("SET factor = :factor, slowedAt = :now")
            .condition_expression("slowedAt = :known")
            .expression_attribute_values(":factor", number(factor))
            .expression_attribute_values(":now", number(at))
            .expression_attribute_values(":known", number(known.slowed_at));
        Ok(self.write(call).await?.is_ok())
    }

    /// How fast mails go, as of at most a minute ago.
    pub async fn throughput(&self, now: DateTime<Utc>) -> Result<Throughput, Error> {
        let Record {
            rate,
            daily,
            remaining,
            ..
        } = self.record(now).await?;
        let quota = (daily < UNLIMITED).then_some(DailyQuota {
            mails: daily,
            left: remaining,
        });
        Ok(Throughput { rate, quota })
    }

    async fn record(&self, now: DateTime<Utc>) -> Result<Record, Error> {
        let known = match self.known().filter(|record| record.is_fresh(now)) {
            Some(record) => record,
            None => match self
                .store
                .resends
                .get::<Record>(&key())
                .await?
                .filter(|record| record.is_fresh(now))
            {
                Some(record) => self.learn(record),
                None => self.ask(now).await?,
            },
        };
        Ok(known)
    }

    /// Reserves a slot for a wave of `mails`: the last one, where that is ahead and has room, else the next one. The slot
    /// behind a new one is at least `apart` later.
    pub async fn reserve(
        &self,
        mails: usize,
        apart: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Reservation, Error> {
        let micros = now.timestamp_micros();
        loop {
            let Some(known) = self.known().filter(|record| record.is_fresh(now)) else {
                self.record(now).await?;
                continue;
            };
            let wanted = i64::try_from(mails)
                .unwrap_or(i64::MAX)
                .min(known.remaining);
            if wanted <= 0 {
                // Mails that were reserved and never sent are left of the day: SES says so once the last slot is past.
                let counted = known.slot_at + COUNTED_WITHIN.num_microseconds().unwrap_or_default();
                if counted <= known.asked_at {
                    return Ok(Reservation::QuotaSpent(now + LONGEST_DELAY));
                }
                if micros < counted {
                    return Ok(Reservation::QuotaSpent(
                        DateTime::from_timestamp_micros(counted).unwrap_or(now),
                    ));
                }
                self.ask_once_after(counted, now).await?;
                continue;
            }
            let pace = known.pace(now);
            let capacity = i64::try_from(pace.largest_wave()).unwrap_or(i64::MAX);
            let interval = pace.interval(apart).num_microseconds().unwrap_or(i64::MAX);
            let place = known.slots().choose(wanted, pace, apart, now);
            let shared = place == SlotChoice::Shared;
            // A slot behind others is taken by adding to the record, whatever it says by now; a free one is taken now.
            // `Slots::after_reservation` says the same of slots in memory.
            let (sets, condition) = match place {
                SlotChoice::Shared => (
                    "slotMails = slotMails + :mails",
                    "slotAt = :slot AND slotMails <= :room",
                ),
                SlotChoice::NextFree => (
                    "slotAt = freeAt, slotMails = :mails, freeAt = freeAt + :interval",
                    "freeAt > :now",
                ),
                SlotChoice::Now => (
                    "slotAt = :now, slotMails = :mails, freeAt = :now + :interval",
                    "freeAt <= :now",
                ),
            };
            let mut call = self
                .update()
                .update_expression(format!("SET {sets}, remaining = remaining - :mails"))
                .condition_expression(format!(
                    "{condition} AND rate = :rate AND slowedAt = :slowed AND askedAt > :stale AND remaining >= :mails"
                ))
                .expression_attribute_values(":slowed", number(known.slowed_at))
                .expression_attribute_values(":mails", number(wanted))
                .expression_attribute_values(":rate", number(known.rate))
                .expression_attribute_values(":stale", number((now - FRESH).timestamp_micros()));
            call = if shared {
                call.expression_attribute_values(":slot", number(known.slot_at))
                    .expression_attribute_values(":room", number(capacity - wanted))
            } else {
                call.expression_attribute_values(":interval", number(interval))
                    .expression_attribute_values(":now", number(micros))
            };
            match self.write(call).await? {
                Ok(record) => {
                    let slot = DateTime::from_timestamp_micros(record.slot_at).unwrap_or(now);
                    return Ok(Reservation::Slot(
                        slot,
                        usize::try_from(wanted).unwrap_or(mails),
                    ));
                }
                Err(Some(_)) => {}
                Err(None) => {
                    self.ask(now).await?;
                }
            }
        }
    }

    /// Asks SES, unless another did since that instant.
    async fn ask_once_after(&self, instant: i64, now: DateTime<Utc>) -> Result<Record, Error> {
        match self.store.resends.get::<Record>(&key()).await? {
            Some(record) if record.asked_at >= instant => Ok(self.learn(record)),
            _ => self.ask(now).await,
        }
    }

    /// Asks SES, and writes what it says; slots that were reserved stay so.
    async fn ask(&self, now: DateTime<Utc>) -> Result<Record, Error> {
        let Throughput { rate, quota } = self.mailer.throughput().await?;
        let quota = quota.unwrap_or(DailyQuota {
            mails: UNLIMITED,
            left: UNLIMITED,
        });
        let call = self
            .update()
            .update_expression(
                "SET rate = :rate, daily = :daily, remaining = :remaining, askedAt = :now, \
                 freeAt = if_not_exists(freeAt, :none), slotAt = if_not_exists(slotAt, :none), \
                 slotMails = if_not_exists(slotMails, :none), slowedAt = if_not_exists(slowedAt, :none), \
                 factor = if_not_exists(factor, :whole)",
            )
            .expression_attribute_values(":whole", number(whole()))
            .expression_attribute_values(":rate", number(rate))
            .expression_attribute_values(":daily", number(quota.mails))
            .expression_attribute_values(":remaining", number(quota.left))
            .expression_attribute_values(":now", number(now.timestamp_micros()))
            .expression_attribute_values(":none", number(0));
        // It has no condition that may not hold.
        self.write(call).await?.map_err(|_| Error::Conflict)
    }

    /// An update of the record, to be said.
    fn update(&self) -> UpdateItemFluentBuilder {
        self.store
            .resends
            .update_item(&key())
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// Writes the record, and learns what it is then; where the condition does not hold, what it is, if there is one.
    async fn write(
        &self,
        call: UpdateItemFluentBuilder,
    ) -> Result<Result<Record, Option<Record>>, Error> {
        match call.send().await {
            Ok(answer) => Ok(Ok(
                self.learn(from_item(answer.attributes.unwrap_or_default())?)
            )),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    let record = refused.item.clone().map(from_item).transpose()?;
                    Ok(Err(record.map(|record| self.learn(record))))
                }
                _ => Err(failed("UpdateItem")(error)),
            },
        }
    }

    fn known(&self) -> Option<Record> {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, record: Record) -> Record {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
        record
    }
}

impl Record {
    fn pace(&self, now: DateTime<Utc>) -> Pace {
        Pace::new(self.rate).slowed(self.slowdown(), now)
    }

    const fn slowdown(&self) -> Slowdown {
        Slowdown {
            factor: self.factor,
            at: self.slowed_at,
        }
    }

    const fn slots(&self) -> Slots {
        Slots {
            free_at: self.free_at,
            slot_at: self.slot_at,
            slot_mails: self.slot_mails,
        }
    }

    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.asked_at > (now - FRESH).timestamp_micros()
    }
}
