//! The answer of `TransactWriteItems` to each `ClientRequestToken`. The AWS SDK gives one to every call. `dynoxide` keeps
//! them too, but goes through all of them at each call.

use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use dynoxide::{
    DynoxideError,
    actions::transact_write_items::{TransactWriteItemsRequest, TransactWriteItemsResponse},
};
use serde_json::Value;

use crate::clock::Clock;

/// The time for which a repeated token means a repeated call (DynamoDB API reference, `TransactWriteItems`).
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(10);

/// The most characters of a token.
const MAX_TOKEN_LENGTH: usize = 36;

/// The tokens of the last ten minutes. Clones share them.
#[derive(Clone)]
pub struct Tokens {
    clock: Clock,
    answers: Arc<Mutex<Answers>>,
}

#[derive(Default)]
struct Answers {
    /// A hash of the request, and the answer.
    by_token: HashMap<String, (u64, TransactWriteItemsResponse)>,
    /// The tokens with the instant of their call, the oldest first.
    by_age: VecDeque<(DateTime<Utc>, String)>,
}

impl Tokens {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            answers: Arc::default(),
        }
    }

    /// Whether a request was run with its token before, so that its answer is repeated.
    pub fn has_answer_to(&self, request: &Value) -> bool {
        let token = request["ClientRequestToken"].as_str();
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.forget_before(self.clock.now() - TOKEN_LIFE);
        token.is_some_and(|token| answers.by_token.contains_key(token))
    }

    /// Runs a request, or repeats the answer if the request was run with its token before. A request that failed runs
    /// again.
    pub fn once(
        &self,
        mut request: TransactWriteItemsRequest,
        body: &[u8],
        run: impl FnOnce(TransactWriteItemsRequest) -> Result<TransactWriteItemsResponse, DynoxideError>,
    ) -> Result<TransactWriteItemsResponse, DynoxideError> {
        let token = request
            .client_request_token
            .take_if(|token| (1..=MAX_TOKEN_LENGTH).contains(&token.len()));
        let Some(token) = token else {
            return run(request);
        };
        let hash = hash(body)?;

        // Locked while the request runs: another call with the same token waits.
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        answers.forget_before(now - TOKEN_LIFE);

        match answers.by_token.get(&token) {
            Some((known, answer)) if *known == hash => return Ok(answer.clone()),
            Some(_) => {
                let text = "the token was given with another request".to_owned();
                return Err(DynoxideError::IdempotentParameterMismatchException(text));
            }
            None => {}
        }

        let answer = run(request)?;
        answers.by_age.push_back((now, token.clone()));
        answers.by_token.insert(token, (hash, answer.clone()));
        Ok(answer)
    }
}

impl Answers {
    fn forget_before(&mut self, instant: DateTime<Utc>) {
        while let Some((_, old)) = self.by_age.pop_front_if(|(since, _)| *since <= instant) {
            self.by_token.remove(&old);
        }
    }
}

/// A hash that does not depend on the order of members: the SDK writes an item's attributes in no certain order, and two
/// calls with the same parameters are one.
fn hash(body: &[u8]) -> Result<u64, DynoxideError> {
    let request: Value = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    let mut hasher = DefaultHasher::new();
    request.hash(&mut hasher);
    Ok(hasher.finish())
}
