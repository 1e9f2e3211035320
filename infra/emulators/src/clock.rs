//! The time, as the emulators are given it.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

/// A source of the present instant. Clones share it.
///
/// Waiting uses tokio's timers, so the source must keep pace with tokio's time: with the wall clock on a running runtime,
/// or with [`tokio::time::Instant`] on a paused one.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks `now` for the present instant.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }

    /// Waits until `instant`; returns at once if it has passed.
    pub async fn sleep_until(&self, instant: DateTime<Utc>) {
        if let Ok(wait) = (instant - self.now()).to_std()
            && wait > Duration::ZERO
        {
            tokio::time::sleep(wait).await;
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Clock").field(&self.now()).finish()
    }
}
