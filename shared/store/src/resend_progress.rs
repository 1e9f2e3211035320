//! The samples of a resend's outcomes over time: one item for each resend.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    ResendId,
    resend::{ProgressSample, ProgressSamples},
};
use serde::Deserialize;

use crate::{
    Error,
    attribute::{number, value},
    condition::Condition,
    keys,
    table::{Table, Updated},
    update::ItemUpdate,
};

/// The samples of resends.
#[derive(Clone, Debug)]
pub struct ResendProgress(pub(crate) Table);

/// A sample as it is stored: the instant in milliseconds since 1970, sent, delivered, failed and skipped.
type StoredSample = (i64, u32, u32, u32, u32);

/// The samples as they are stored; `spacing` is in milliseconds.
#[derive(Deserialize)]
struct StoredProgress {
    samples: Vec<StoredSample>,
    spacing: i64,
    writes: u16,
}

impl ResendProgress {
    /// Reads the samples of a resend; `None` before the first one.
    pub async fn get(&self, resend: &ResendId) -> Result<Option<ProgressSamples>, Error> {
        let stored: Option<StoredProgress> = self.0.get(&keys::progress(resend)).await?;
        Ok(stored.map(|stored| ProgressSamples {
            samples: stored.samples.into_iter().map(sample).collect(),
            spacing: TimeDelta::milliseconds(stored.spacing),
            writes: stored.writes,
        }))
    }

    /// Writes samples in place of those that were read, which had one write less. If another worker has
    /// written since, nothing is written; answers whether it was.
    pub async fn save(&self, resend: &ResendId, progress: &ProgressSamples) -> Result<bool, Error> {
        let samples: Vec<_> = progress.samples.iter().map(stored_sample).collect();
        let read = progress.writes.saturating_sub(1);
        let unchanged = if read == 0 {
            Condition::absent()
        } else {
            Condition::new("#writes = :read", [(":read", number(read))])
        };

        let update = ItemUpdate::of(keys::progress(resend))
            .set("samples", value(samples)?)
            .set("spacing", number(progress.spacing.num_milliseconds()))
            .set("writes", number(progress.writes))
            .only_if(unchanged);
        let updated = self.0.update(update).await?;
        Ok(matches!(updated, Updated::Written(_)))
    }
}

fn stored_sample(sample: &ProgressSample) -> StoredSample {
    (
        sample.at.timestamp_millis(),
        sample.sent,
        sample.delivered,
        sample.failed,
        sample.skipped,
    )
}

fn sample((at, sent, delivered, failed, skipped): StoredSample) -> ProgressSample {
    ProgressSample {
        at: DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default(),
        sent,
        delivered,
        failed,
        skipped,
    }
}
