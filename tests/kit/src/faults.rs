//! The results of the functions' AWS calls: each passes, or meets with a fault.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reinvite_emulators::connector::{Call, Fault};

/// Decides the result of each AWS call of the functions, and records the calls. Without a plan, every call passes.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Observation>>);

/// The plan, and the calls since it was made.
#[derive(Default)]
struct Observation {
    calls: Vec<Call>,
    /// Each call to DynamoDB with its capacity units, if they are measured.
    capacity: Vec<(Call, f64)>,
    plan: Option<FaultPlan>,
}

/// Decides the result of a call. The second argument is the number of the call since the plan was made, from 1.
type FaultPlan = Box<dyn FnMut(&Call, usize) -> Fault + Send>;

impl Faults {
    /// Replaces the plan and forgets the calls so far. The second argument of `plan` is the number of the call, from 1.
    pub fn plan(&self, plan: impl FnMut(&Call, usize) -> Fault + Send + 'static) {
        let mut observation = self.observation();
        observation.calls.clear();
        observation.capacity.clear();
        observation.plan = Some(Box::new(plan));
    }

    /// Replaces the plan: the first call of `operation` meets with `fault`, and every other call passes.
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

    /// The calls since the plan was made.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.observation().calls.clone()
    }

    /// The capacity units of DynamoDB that a function has consumed since the plan was made.
    #[must_use]
    pub fn capacity_units(&self, function: &str) -> f64 {
        let observation = self.observation();
        let is_own = |call: &Call| call.function.as_deref() == Some(function);
        let own = observation.capacity.iter().filter(|(call, _)| is_own(call));
        own.map(|(_, units)| units).sum()
    }

    /// Records the capacity units of a call.
    pub(crate) fn consumed(&self, call: &Call, units: f64) {
        self.observation().capacity.push((call.clone(), units));
    }

    /// Records a call and decides its result.
    pub(crate) fn decide(&self, call: &Call) -> Fault {
        let mut observation = self.observation();
        observation.calls.push(call.clone());

        let number = observation.calls.len();
        observation
            .plan
            .as_mut()
            .map_or(Fault::Pass, |plan| plan(call, number))
    }

    fn observation(&self) -> MutexGuard<'_, Observation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
