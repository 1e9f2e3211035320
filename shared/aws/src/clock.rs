//! The time, from one place.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::time::Instant;

/// A clock. The rules get instants as arguments; only the shell asks a clock.
///
/// The virtual clock follows tokio's own, so that a test on a paused runtime moves through hours in
/// no time, and every timer of the program moves with it.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's wall clock.
    System,
    /// An instant, and tokio's time since.
    Virtual {
        /// The instant that the clock began with.
        base: DateTime<Utc>,
        /// Tokio's time then.
        since: Instant,
    },
}

impl Clock {
    /// A clock that begins at `base` and goes on with tokio's time.
    #[must_use]
    pub fn starting_at(base: DateTime<Utc>) -> Self {
        Self::Virtual {
            base,
            since: Instant::now(),
        }
    }

    /// The present instant, to the millisecond.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match self {
            Self::System => wall_clock(),
            Self::Virtual { base, since } => *base + since.elapsed(),
        };
        now.trunc_subsecs(3)
    }

    /// Waits until an instant; not at all if it has passed.
    pub async fn sleep_until(&self, instant: DateTime<Utc>) {
        if let Ok(wait) = (instant - self.now()).to_std()
            && wait > Duration::ZERO
        {
            tokio::time::sleep(wait).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock itself")]
fn wall_clock() -> DateTime<Utc> {
    Utc::now()
}
