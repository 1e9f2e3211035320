//! Samples of a resend's outcomes over time.

use std::time::Duration;

use reinvite_domain::{Resend, resend::ProgressSamples};
use reinvite_store::Error as StoreError;

use crate::Engine;

/// A sample may hold up a worker for this long.
const TIME_FOR_SAMPLE: Duration = Duration::from_secs(1);

/// Keeps a sample of a resend's counts, if one is due. It only serves a chart: one that cannot be written
/// soon, or that another worker's comes before, is left out, and the worker goes on.
pub(crate) async fn sample_progress(engine: &Engine, resend: &Resend) {
    let sampled = tokio::time::timeout(TIME_FOR_SAMPLE, sample(engine, resend)).await;
    if let Err(error) = sampled.unwrap_or(Err(StoreError::Changed)) {
        tracing::warn!(
            resend = %resend.id,
            %error,
            "the progress of a resend was not sampled"
        );
    }
}

/// The samples are read before the counts, so that no sample is older than one before it.
async fn sample(engine: &Engine, resend: &Resend) -> Result<(), StoreError> {
    let store = engine.store();
    let stored = store.resend_progress.get(&resend.id).await?;
    let mut samples = stored.unwrap_or_else(|| ProgressSamples::new(resend.start_at));
    let Some(current) = store.resends.get(&resend.id).await? else {
        return Ok(());
    };

    if samples.record(engine.clock().now(), &current.counts) {
        store.resend_progress.save(&resend.id, &samples).await?;
    }
    Ok(())
}
