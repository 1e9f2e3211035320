//! What becomes of the functions' AWS calls.

use std::sync::{Arc, Mutex, PoisonError};

use reinvite_emulators::connector::{Call, Fault};

/// What becomes of the calls of the functions; every one passes until it is told otherwise.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Watched>>);

#[derive(Default)]
struct Watched {
    calls: Vec<Call>,
    plan: Option<Plan>,
}

type Plan = Box<dyn FnMut(&Call, usize) -> Fault + Send>;

impl Faults {
    /// From now on asks `plan` of each call, which is told how many there were since, from 1.
    pub fn plan(&self, plan: impl FnMut(&Call, usize) -> Fault + Send + 'static) {
        let mut watched = self.watched();
        watched.calls.clear();
        watched.plan = Some(Box::new(plan));
    }

    /// From now on the first call of that operation comes to `fault`; every other passes.
    pub fn plan_first(&self, operation: &'static str, fault: Fault) {
        let mut fault = Some(fault);
        self.plan(move |call, _| {
            if call.operation == operation {
                fault.take().unwrap_or(Fault::Pass)
            } else {
                Fault::Pass
            }
        });
    }

    /// The calls since the last plan.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.watched().calls.clone()
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn of(&self, call: &Call) -> Fault {
        let mut watched = self.watched();
        watched.calls.push(call.clone());
        let number = watched.calls.len();
        watched
            .plan
            .as_mut()
            .map_or(Fault::Pass, |plan| plan(call, number))
    }
}
