//! The pace that all senders of an account share: one record, one conditional write for each wave.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{Clock, MAX_DELAY, Mailer};
use reinvite_domain::pace::{Pace, Throttling};
use reinvite_store::{RecordedPace, Retries, SlotWrite, Store};

use crate::Error;

/// SES counts a mail at most this long after its slot.
const SES_COUNTS_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// A worker that asks SES has this long before another one asks.
const TIME_TO_ASK: TimeDelta = TimeDelta::seconds(10);

/// How often a worker that knows no pace at all looks whether another one has recorded it.
const POLL_INTERVAL: TimeDelta = TimeDelta::milliseconds(500);

/// How often it looks: a little longer than another worker may ask.
const MAX_LOOKS: u32 = 24;

/// A reservation for a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// A slot for this number of mails: fewer than asked for if the day has no more left.
    Slot(DateTime<Utc>, usize),
    /// The daily quota has no mail left before this instant.
    QuotaSpent(DateTime<Utc>),
}

/// Reserves slots in the pace of the account.
#[derive(Debug)]
pub struct Pacer {
    store: Store,
    mailer: Mailer,
    clock: Clock,
    /// The record as this process last saw it.
    cached: Mutex<Option<RecordedPace>>,
}

impl Pacer {
    /// The pace of the account that the mailer sends from.
    #[must_use]
    pub const fn new(store: Store, mailer: Mailer, clock: Clock) -> Self {
        Self {
            store,
            mailer,
            clock,
            cached: Mutex::new(None),
        }
    }

    /// The pace by what is known of the account. Of many workers, one asks SES once a minute.
    pub async fn pace(&self, now: DateTime<Utc>) -> Result<Pace, Error> {
        Ok(self.record(now).await?.pace(now))
    }

    /// Slows all senders down after a throttling; answers whether this call did. Of several workers
    /// that are throttled at once, one slows the pace.
    pub async fn slow_down(
        &self,
        throttling: Throttling,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let record = self.record(now).await?;
        let slowdown = record
            .slowdown()
            .after_throttling(throttling, record.slots().free_at, now);
        let Some(slowdown) = slowdown else {
            return Ok(false);
        };

        let written = self
            .store
            .pace_record
            .put_slowdown(&record, slowdown)
            .await?;
        self.learn(written);
        Ok(matches!(written, SlotWrite::Written(_)))
    }

    /// Reserves a slot for a wave of `mails`: the last slot if it is ahead and has room, else the
    /// next one. The slot after a new one is at least `apart` later.
    pub async fn reserve(
        &self,
        mails: usize,
        apart: TimeDelta,
        mut now: DateTime<Utc>,
    ) -> Result<Reservation, Error> {
        let mut retries = Retries::begin();
        loop {
            let record = self.record(now).await?;
            let wanted = i64::try_from(mails)
                .unwrap_or(i64::MAX)
                .min(record.mails_left());
            if wanted <= 0 {
                match self.wait_for_quota(&record, now).await? {
                    Some(until) => return Ok(Reservation::QuotaSpent(until)),
                    None => continue,
                }
            }

            let written = self
                .store
                .pace_record
                .take_slot(&record, wanted, apart, now)
                .await?;
            self.learn(written);
            if let SlotWrite::Written(record) = written {
                let mails = usize::try_from(wanted).unwrap_or(mails);
                return Ok(Reservation::Slot(record.last_slot(), mails));
            }
            retries.wait_after_change().await?;
            now = now.max(self.clock.now());
        }
    }

    /// Reserves a slot for one mail, or answers the next slot without reserving it if that is later
    /// than `latest`.
    pub async fn reserve_until(
        &self,
        latest: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Reservation, Error> {
        let next = self.record(now).await?.next_slot();
        if next > latest {
            return Ok(Reservation::Slot(next, 0));
        }
        self.reserve(1, TimeDelta::zero(), now).await
    }

    /// How long to wait when the record has no mail left of the day; `None` if SES was asked again.
    ///
    /// Mails that were reserved and never sent are left of the day. SES tells once the last slot
    /// is past.
    async fn wait_for_quota(
        &self,
        record: &RecordedPace,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let counted_at = record.last_slot() + SES_COUNTS_WITHIN;
        if record.was_asked_since(counted_at.timestamp_micros()) {
            return Ok(Some(now + MAX_DELAY));
        }
        if now < counted_at {
            return Ok(Some(counted_at));
        }

        let current = self.store.pace_record.get().await?;
        let told = current.filter(|record| record.was_asked_since(counted_at.timestamp_micros()));
        let told = match told {
            Some(record) => Some(record),
            None => self.ask_alone(now).await?,
        };
        if let Some(record) = told {
            self.cache(record);
        }
        Ok(told.is_none().then(|| now + TIME_TO_ASK))
    }

    /// The record, at most a minute old, or older while another worker asks SES or while SES does
    /// not answer.
    pub(crate) async fn record(&self, now: DateTime<Utc>) -> Result<RecordedPace, Error> {
        if let Some(record) = self.cached().filter(|record| record.is_fresh(now)) {
            return Ok(record);
        }

        for _ in 0..MAX_LOOKS {
            let now = now.max(self.clock.now());
            let stored = self.store.pace_record.get().await?;
            let known = match stored.filter(|record| record.is_fresh(now)) {
                Some(record) => Some(record),
                None => self.ask_alone(now).await?.or(stored),
            };
            if let Some(record) = known {
                self.cache(record);
                return Ok(record);
            }
            let next_look = self.clock.now() + POLL_INTERVAL;
            self.clock.sleep_until(next_look).await;
        }
        Err(Error::PaceUnknown)
    }

    /// Asks SES for rate and quota, and records them; `None` if another worker is asking, or if SES
    /// does not tell.
    async fn ask_alone(&self, now: DateTime<Utc>) -> Result<Option<RecordedPace>, Error> {
        let pace_record = &self.store.pace_record;
        if !pace_record.may_ask(now, now + TIME_TO_ASK).await? {
            return Ok(None);
        }

        match self.mailer.account().await {
            Ok(account) => Ok(Some(pace_record.put_account(account, now).await?)),
            Err(error) => {
                tracing::warn!(%error, "SES does not tell the send rate: the known one is used");
                Ok(None)
            }
        }
    }

    fn learn(&self, written: SlotWrite) {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        *cached = match written {
            SlotWrite::Written(record) | SlotWrite::Changed(record) => Some(record),
            SlotWrite::Missing => None,
        };
    }

    fn cached(&self) -> Option<RecordedPace> {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self, record: RecordedPace) {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
    }
}
