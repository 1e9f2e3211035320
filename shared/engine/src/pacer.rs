//! The pace that all senders of an account share: one record, one conditional write for each wave.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{MAX_DELAY, Mailer};
use reinvite_domain::{pace::Pace, resend::Throughput};
use reinvite_store::{RecordedPace, SlotWrite, Store};

use crate::Error;

/// SES counts a mail at most this long after its slot.
const SES_COUNTS_WITHIN: TimeDelta = TimeDelta::seconds(10);

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
    /// The record as this process last saw it.
    cached: Mutex<Option<RecordedPace>>,
}

impl Pacer {
    /// The pace of the account that the mailer sends from.
    #[must_use]
    pub const fn new(store: Store, mailer: Mailer) -> Self {
        Self {
            store,
            mailer,
            cached: Mutex::new(None),
        }
    }

    /// The pace by the send rate as it was at most a minute ago.
    pub async fn pace(&self, now: DateTime<Utc>) -> Result<Pace, Error> {
        Ok(self.record(now).await?.pace(now))
    }

    /// Send rate and daily quota as they were at most a minute ago.
    pub async fn throughput(&self, now: DateTime<Utc>) -> Result<Throughput, Error> {
        Ok(self.record(now).await?.throughput())
    }

    /// Halves the pace of all senders after a throttling; answers whether this call did. Of several
    /// workers that are throttled at once, one halves it.
    pub async fn slow_down(&self, now: DateTime<Utc>) -> Result<bool, Error> {
        let record = self.record(now).await?;
        let Some(slowdown) = record.slowdown().halved(now) else {
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
        now: DateTime<Utc>,
    ) -> Result<Reservation, Error> {
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
            match written {
                SlotWrite::Written(record) => {
                    let mails = usize::try_from(wanted).unwrap_or(mails);
                    return Ok(Reservation::Slot(record.last_slot(), mails));
                }
                SlotWrite::Changed(_) => {}
                SlotWrite::Missing => {
                    self.ask_ses(now).await?;
                }
            }
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
        match current.filter(|record| record.was_asked_since(counted_at.timestamp_micros())) {
            Some(record) => self.cache(record),
            None => {
                self.ask_ses(now).await?;
            }
        }
        Ok(None)
    }

    /// The record, at most a minute old.
    async fn record(&self, now: DateTime<Utc>) -> Result<RecordedPace, Error> {
        if let Some(record) = self.cached().filter(|record| record.is_fresh(now)) {
            return Ok(record);
        }

        let stored = self.store.pace_record.get().await?;
        match stored.filter(|record| record.is_fresh(now)) {
            Some(record) => {
                self.cache(record);
                Ok(record)
            }
            None => self.ask_ses(now).await,
        }
    }

    /// Asks SES for rate and quota, and records them.
    async fn ask_ses(&self, now: DateTime<Utc>) -> Result<RecordedPace, Error> {
        let throughput = self.mailer.throughput().await?;
        let record = self
            .store
            .pace_record
            .put_throughput(throughput, now)
            .await?;
        self.cache(record);
        Ok(record)
    }

    fn learn(&self, written: SlotWrite) {
        match written {
            SlotWrite::Written(record) | SlotWrite::Changed(record) => self.cache(record),
            SlotWrite::Missing => {}
        }
    }

    fn cached(&self) -> Option<RecordedPace> {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self, record: RecordedPace) {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
    }
}
