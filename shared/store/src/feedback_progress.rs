//! How far the function `feedback` has come with the events of SES: one record.

use chrono::{DateTime, Utc};
use reinvite_domain::FeedbackProgress;

use crate::{Error, attribute::value, keys, table::Table, update::ItemUpdate};

/// The record of the progress.
#[derive(Clone, Debug)]
pub struct FeedbackProgressRecord(pub(crate) Table);

impl FeedbackProgressRecord {
    /// Reads the progress.
    pub async fn get(&self) -> Result<FeedbackProgress, Error> {
        let found = self.0.get(&keys::feedback_progress()).await?;
        Ok(found.unwrap_or_default())
    }

    /// Writes the instant up to which events have been read, and when one could not be recorded;
    /// `None` leaves what is there.
    pub async fn write(
        &self,
        read_until: Option<DateTime<Utc>>,
        failed_at: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        let update = ItemUpdate::of(keys::feedback_progress())
            .set_some("readUntil", read_until.map(value).transpose()?)
            .set_some("failedAt", failed_at.map(value).transpose()?);
        self.0.update(update).await.map(|_| ())
    }
}
