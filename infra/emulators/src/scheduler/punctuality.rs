//! How punctual the firings are: AWS fires within a minute after the time, and at least once.

use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicU64};

use chrono::TimeDelta;

/// How one schedule fires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FiringTime {
    /// How long after its time it fires.
    pub late: TimeDelta,
    /// How long after its delivery it fires once more, if it does.
    pub again: Option<TimeDelta>,
}

type Decide = Arc<dyn Fn(u64) -> FiringTime + Send + Sync>;

/// Decides how each schedule fires, by a number that each change of a schedule raises. At first every schedule fires on time,
/// once. Clones share it.
#[derive(Clone, Default)]
pub struct Punctuality {
    decide: Arc<Mutex<Option<Decide>>>,
    /// The number of firings that were repeated.
    pub repeated: Arc<AtomicU64>,
}

impl Punctuality {
    pub fn set(&self, decide: impl Fn(u64) -> FiringTime + Send + Sync + 'static) {
        *self.decide.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(decide));
    }

    pub fn of(&self, revision: i64) -> FiringTime {
        let decide = self.decide.lock().unwrap_or_else(PoisonError::into_inner);
        let decide = decide.as_ref();
        decide.map_or_else(FiringTime::default, |decide| {
            decide(revision.unsigned_abs())
        })
    }
}
