//! The pace of the account: one record, which every sender of the account shares.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    pace::{Pace, SlotChoice, Slots, Slowdown},
    resend::{DailyQuota, SendingAccount, Throughput},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    attribute::number,
    condition::Condition,
    keys,
    table::{Table, Updated, decode},
    update::ItemUpdate,
};

/// The record is asked of SES again after this time.
const RECORD_LIFE: TimeDelta = TimeDelta::seconds(60);

/// More mails than any account may send in a day: no limit.
const UNLIMITED_MAILS: i64 = 1 << 50;

/// The pace of the account.
#[derive(Clone, Debug)]
pub struct PaceRecord(pub(crate) Table);

/// The pace as it is recorded. Times are microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedPace {
    /// Mails a second.
    rate: f64,
    /// Mails in any 24 hours.
    daily: i64,
    /// Mails left of the day as SES counts them, less the mails that were reserved since.
    remaining: i64,
    /// The instant when SES was asked.
    asked_at: i64,
    /// The theoretical arrival time of the generic cell rate algorithm (ITU-T I.371): the next free
    /// slot.
    free_at: i64,
    /// The last slot.
    #[serde(default)]
    slot_at: i64,
    /// Mails of the last slot: small waves share one.
    #[serde(default)]
    slot_mails: i64,
    /// The part of the rate that SES took before it last throttled.
    accepted_factor: f64,
    /// The part of the rate at which it throttled.
    refused_factor: f64,
    /// The first slot after the last throttling.
    slowed_from: i64,
    /// Whether the account is out of the sandbox.
    production_access: bool,
    /// Whether the account may send.
    sending_enabled: bool,
}

/// The result of a conditional write of the record.
#[derive(Clone, Copy, Debug)]
pub enum SlotWrite {
    /// It is written: the record as it is now.
    Written(RecordedPace),
    /// The condition did not hold: the record as it is.
    Changed(RecordedPace),
    /// There is no record.
    Missing,
}

impl RecordedPace {
    /// The pace at `now`.
    #[must_use]
    pub fn pace(&self, now: DateTime<Utc>) -> Pace {
        Pace::new(self.rate).slowed(self.slowdown(), now)
    }

    /// The effect of throttling.
    #[must_use]
    pub const fn slowdown(&self) -> Slowdown {
        Slowdown {
            accepted: self.accepted_factor,
            refused: self.refused_factor,
            from: self.slowed_from,
        }
    }

    /// The slots.
    #[must_use]
    pub const fn slots(&self) -> Slots {
        Slots {
            free_at: self.free_at,
            slot_at: self.slot_at,
            slot_mails: self.slot_mails,
        }
    }

    /// Mails left of the day.
    #[must_use]
    pub const fn mails_left(&self) -> i64 {
        self.remaining
    }

    /// The account as SES last told of it, less the mails that were reserved since.
    #[must_use]
    pub fn account(&self) -> SendingAccount {
        SendingAccount {
            throughput: self.throughput(),
            has_production_access: self.production_access,
            is_enabled: self.sending_enabled,
        }
    }

    fn throughput(&self) -> Throughput {
        let quota = DailyQuota {
            mails: self.daily,
            left: self.remaining,
        };
        Throughput {
            rate: self.rate,
            quota: (self.daily < UNLIMITED_MAILS).then_some(quota),
        }
    }

    /// Whether SES was asked less than a minute ago.
    #[must_use]
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.asked_at > (now - RECORD_LIFE).timestamp_micros()
    }

    /// Whether SES was asked at that instant, in microseconds since 1970, or later.
    #[must_use]
    pub const fn was_asked_since(&self, instant: i64) -> bool {
        self.asked_at >= instant
    }

    /// The instant of the last slot.
    #[must_use]
    pub fn last_slot(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.slot_at).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// The instant of the next free slot.
    #[must_use]
    pub fn next_slot(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.free_at).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl PaceRecord {
    /// Reads the record, strongly consistent.
    pub async fn get(&self) -> Result<Option<RecordedPace>, Error> {
        self.0.get(&keys::pace()).await
    }

    /// Takes the lease of the one worker that asks SES; answers `false` if another worker has it.
    pub async fn may_ask(&self, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool, Error> {
        let update = ItemUpdate::of(keys::pace_lease())
            .set("until", number(until.timestamp_micros()))
            .only_if(Condition::new(
                "attribute_not_exists(#until) OR #until < :now",
                [(":now", number(now.timestamp_micros()))],
            ));
        self.0.update_once(update).await
    }

    /// Writes what SES tells of the account. Slots that were reserved stay.
    pub async fn put_account(
        &self,
        account: SendingAccount,
        now: DateTime<Utc>,
    ) -> Result<RecordedPace, Error> {
        let throughput = account.throughput;
        let quota = throughput.quota.unwrap_or(DailyQuota {
            mails: UNLIMITED_MAILS,
            left: UNLIMITED_MAILS,
        });
        let mut update = ItemUpdate::of(keys::pace())
            .set("rate", number(throughput.rate))
            .set("daily", number(quota.mails))
            .set("remaining", number(quota.left))
            .set("askedAt", number(now.timestamp_micros()))
            .set(
                "productionAccess",
                AttributeValue::Bool(account.has_production_access),
            )
            .set("sendingEnabled", AttributeValue::Bool(account.is_enabled));
        for (attribute, initially) in [
            ("freeAt", 0),
            ("slotAt", 0),
            ("slotMails", 0),
            ("acceptedFactor", 1),
            ("refusedFactor", 1),
            ("slowedFrom", 0),
        ] {
            update = update.set_by(
                &format!("#{attribute} = if_not_exists(#{attribute}, :initial_{attribute})"),
                [(&format!(":initial_{attribute}"), number(initially))],
            );
        }

        match self.0.update(update).await? {
            Updated::Written(item) => decode(item),
            // The update has no condition.
            Updated::Refused(_) => Err(Error::Changed),
        }
    }

    /// Records a throttling, unless another worker has recorded one since the record was read.
    pub async fn put_slowdown(
        &self,
        read: &RecordedPace,
        slowdown: Slowdown,
    ) -> Result<SlotWrite, Error> {
        let update = ItemUpdate::of(keys::pace())
            .set("acceptedFactor", number(slowdown.accepted))
            .set("refusedFactor", number(slowdown.refused))
            .set("slowedFrom", number(slowdown.from))
            .only_if(Condition::new(
                "#slowedFrom = :known",
                [(":known", number(read.slowed_from))],
            ));
        self.write(update).await
    }

    /// Reserves a slot for `mails`, if the record still allows it as it was read.
    ///
    /// A slot after others is taken by adding to the record, whatever it has by now; a free slot is
    /// taken at `now`. `Slots::after_reservation` does the same with slots in memory.
    pub async fn take_slot(
        &self,
        read: &RecordedPace,
        mails: i64,
        apart: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<SlotWrite, Error> {
        let pace = read.pace(now);
        let interval = pace.interval(apart).num_microseconds().unwrap_or(i64::MAX);
        let micros = now.timestamp_micros();

        let mut update = ItemUpdate::of(keys::pace()).only_if(Condition::new(
            "#rate = :rate AND #slowedFrom = :slowed AND #remaining >= :mails",
            [
                (":rate", number(read.rate)),
                (":slowed", number(read.slowed_from)),
                (":mails", number(mails)),
            ],
        ));
        update = update.set_by("#remaining = #remaining - :mails", []);

        update = match read.slots().choose(mails, pace, apart, now) {
            SlotChoice::Shared => {
                let capacity = i64::try_from(pace.largest_wave()).unwrap_or(i64::MAX);
                update
                    .set_by("#slotMails = #slotMails + :mails", [])
                    .only_if(Condition::new(
                        "#slotAt = :slot AND #slotMails <= :room",
                        [
                            (":slot", number(read.slot_at)),
                            (":room", number(capacity - mails)),
                        ],
                    ))
            }
            SlotChoice::NextFree => update
                .set_by(
                    "#slotAt = #freeAt, #slotMails = :mails, #freeAt = #freeAt + :interval",
                    [(":interval", number(interval))],
                )
                .only_if(Condition::new("#freeAt > :now", [(":now", number(micros))])),
            SlotChoice::Now => update
                .set_by(
                    "#slotAt = :now, #slotMails = :mails, #freeAt = :now + :interval",
                    [(":interval", number(interval))],
                )
                .only_if(Condition::new(
                    "#freeAt <= :now",
                    [(":now", number(micros))],
                )),
        };
        self.write(update).await
    }

    async fn write(&self, update: ItemUpdate) -> Result<SlotWrite, Error> {
        Ok(match self.0.update(update).await? {
            Updated::Written(item) => SlotWrite::Written(decode(item)?),
            Updated::Refused(Some(item)) => SlotWrite::Changed(decode(item)?),
            Updated::Refused(None) => SlotWrite::Missing,
        })
    }
}
