//! How many calls of an operation are taken in any second.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use crate::refusal::Refusal;

/// The window of the limit.
const SECOND: TimeDelta = TimeDelta::seconds(1);

/// The calls of the last second. Refused calls do not count.
#[derive(Debug, Default)]
pub struct CallLimit(VecDeque<DateTime<Utc>>);

impl CallLimit {
    /// Takes a call, or refuses it as AWS throttles; `most` is `None` without a limit.
    pub fn take(&mut self, now: DateTime<Utc>, most: Option<u32>) -> Result<(), Refusal> {
        while self.0.pop_front_if(|at| now - *at >= SECOND).is_some() {}

        if most.is_some_and(|most| self.0.len() >= usize::try_from(most).unwrap_or(usize::MAX)) {
            return Err(Refusal::bad_request("ThrottlingException", "Rate exceeded"));
        }
        self.0.push_back(now);
        Ok(())
    }
}
