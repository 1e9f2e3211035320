//! The one place that asks what time it is.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::time::Instant;

/// The time, in the shell's hands; the rules get instants as arguments.
///
/// The virtual clock follows tokio's own, so a test on a paused runtime moves through hours in no time, and every
/// timer of the program moves with it.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's wall clock.
    System,
    /// An instant and the tokio time since.
    Virtual {
        /// What the clock said when it was made.
        base: DateTime<Utc>,
        /// When it was made.
        since: Instant,
    },
}

impl Clock {
    /// The machine's wall clock.
    #[must_use]
    pub const fn system() -> Self {
        Self::System
    }

    /// A clock that says `base` now and goes on with tokio's time.
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

    /// Waits until `instant`; at once where it is past.
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
