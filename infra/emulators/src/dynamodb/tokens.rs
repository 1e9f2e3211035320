//! What `TransactWriteItems` answered to each `ClientRequestToken`: the AWS SDK gives one to every call. `dynoxide` keeps them
//! too, but goes through all of them at each call.

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

/// How long the same token is the same call (DynamoDB API reference, `TransactWriteItems`).
const KEPT: TimeDelta = TimeDelta::minutes(10);

/// A token has 1 to 36 characters.
const LONGEST: usize = 36;

/// The tokens of the last ten minutes. Clones share them.
#[derive(Clone)]
pub struct Tokens {
    clock: Clock,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// A hash of the request, and the answer.
    answers: HashMap<String, (u64, TransactWriteItemsResponse)>,
    /// Since when, the oldest first.
    since: VecDeque<(DateTime<Utc>, String)>,
}

impl Tokens {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            kept: Arc::default(),
        }
    }

    /// Runs the request, unless it was run under its token before: then the answer is the same. One that failed may be
    /// asked again.
    pub fn once(
        &self,
        mut request: TransactWriteItemsRequest,
        body: &[u8],
        run: impl FnOnce(TransactWriteItemsRequest) -> Result<TransactWriteItemsResponse, DynoxideError>,
    ) -> Result<TransactWriteItemsResponse, DynoxideError> {
        let token = request
            .client_request_token
            .take_if(|token| (1..=LONGEST).contains(&token.len()));
        let Some(token) = token else {
            return run(request);
        };
        let hash = hash(body)?;
        // For as long as it runs: whoever has the same token waits.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        while let Some((_, old)) = kept.since.pop_front_if(|(since, _)| *since + KEPT <= now) {
            kept.answers.remove(&old);
        }
        match kept.answers.get(&token) {
            Some((known, answer)) if *known == hash => return Ok(answer.clone()),
            Some(_) => {
                let text = "the token was given with another request";
                return Err(DynoxideError::IdempotentParameterMismatchException(
                    text.to_owned(),
                ));
            }
            None => {}
        }
        let answer = run(request)?;
        kept.since.push_back((now, token.clone()));
        kept.answers.insert(token, (hash, answer.clone()));
        Ok(answer)
    }
}

/// The same for bodies that differ in the order of their members alone: the SDK writes an item's attributes in no certain
/// order, and two calls with the same parameters are one.
fn hash(body: &[u8]) -> Result<u64, DynoxideError> {
    let request: Value = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    let mut hasher = DefaultHasher::new();
    request.hash(&mut hasher);
    Ok(hasher.finish())
}
