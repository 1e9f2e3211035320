//! A resend that has ended although one of its calls met with a fault.

use std::collections::BTreeMap;

use reinvite_emulators::connector::{Call, Fault};
use reinvite_test_kit::World;
use serde_json::Value;

/// Seconds that a resend may take, the visibility timeout of the queue and the retries of the schedule included.
const MAX_SECONDS: u64 = 3_600;

/// Seconds until the last event about a mail has been handled.
const EVENTS_AFTER: u64 = 600;

/// A resend that has ended.
pub struct FinishedResend {
    /// The number of AWS calls from its creation to its end.
    pub calls: usize,
    /// The AWS calls from its creation until the last event about a mail has been handled.
    pub made: Vec<Call>,
    /// The resend, as the API shows it.
    pub resend: Value,
    /// The number of mails that each address got.
    pub mails: BTreeMap<String, usize>,
}

impl FinishedResend {
    /// Creates a resend and waits for its end. The call with the number `at`, from 1, meets with `fault`; 0 is no call.
    pub async fn with_fault(world: &World, body: Value, at: usize, fault: Fault) -> Self {
        Self::with_plan(world, body, at, move |_| fault).await
    }

    /// As [`Self::with_fault`], with a fault that depends on the call.
    pub async fn with_plan(
        world: &World,
        body: Value,
        at: usize,
        fault: impl Fn(&Call) -> Fault + Send + 'static,
    ) -> Self {
        let owner = world.owner();
        world.faults.plan(move |call, number| {
            if number == at {
                fault(call)
            } else {
                Fault::Pass
            }
        });

        let id = created(world, &body).await;
        assert!(id.is_string(), "fault at call {at}: never created");
        let mut resend = world.ended(&id, MAX_SECONDS).await;
        let calls = world.faults.calls().len();

        world.pass(EVENTS_AFTER).await;
        let path = format!("/v1/resends/{}", id.as_str().unwrap());
        if let Ok(answer) = owner.get(&path).await {
            resend = answer;
        }

        let mut mails = BTreeMap::new();
        for address in world.inbox() {
            *mails.entry(address).or_insert(0) += 1;
        }

        Self {
            calls,
            made: world.faults.calls(),
            resend,
            mails,
        }
    }
}

/// Creates a resend and returns its id. A caller that gets no good answer repeats the request, up to three times.
async fn created(world: &World, body: &Value) -> Value {
    for _ in 0..3 {
        let (status, answer) = world
            .owner()
            .post("/v1/resends", &[("idempotency-key", "k")], body)
            .await
            .unwrap();

        if status.is_success() {
            return answer["id"].clone();
        }
    }
    Value::Null
}
