//! Firing: at its time, once and again until it is delivered, and to the dead-letter queue when that does not help.

use std::{collections::HashMap, future::Future, sync::atomic::Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::{Id, JoinSet};

use super::{schedule::ActionAfterCompletion, service::Scheduler, store::Stored};
use crate::{arn, refusal::Refusal, sqs::MessageAttribute};

/// Seconds before the second try; each further wait is twice as long. AWS gives no numbers.
const FIRST_BACKOFF_SECONDS: i64 = 1;

/// The longest wait between two tries, in seconds.
const MAX_BACKOFF_SECONDS: i64 = 60;

/// An event for the target of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing {
    /// The target's ARN.
    pub arn: String,
    /// The schedule's input, JSON text; `{}` where the schedule names none.
    pub input: String,
}

/// Schedules being delivered, by the task that delivers.
type UnderWay = HashMap<Id, Stored>;

impl Scheduler {
    /// Fires schedules for as long as it is polled; overdue schedules fire at once. `deliver` returns the reason if a target
    /// did not take a firing. Deliveries run side by side. A delivery that is cut off by the end of this future is repeated
    /// by the next one.
    pub async fn fire<Delivery>(&self, deliver: impl Fn(Firing) -> Delivery)
    where
        Delivery: Future<Output = Result<(), String>> + Send + 'static,
    {
        let mut deliveries: JoinSet<Result<(), String>> = JoinSet::new();
        let mut under_way = UnderWay::new();
        loop {
            // Registered before the look, so that a schedule made in between ends the wait.
            let changed = self.changed.notified();
            let wake = self
                .start_due(&mut under_way, |firing, again| {
                    if let Some(after) = again {
                        let repeated = self.repeat(after, deliver(firing.clone()));
                        deliveries.spawn(repeated);
                    }
                    deliveries.spawn(deliver(firing)).id()
                })
                .unwrap_or_else(|refusal| {
                    tracing::error!(code = refusal.code, "schedules cannot be read");
                    None
                });

            tokio::select! {
                () = changed => {}
                () = self.sleep_until(wake) => {}
                Some(ended) = deliveries.join_next_with_id() => {
                    // A delivery that panicked has failed. One that only repeats another counts for nothing.
                    let (id, outcome) = ended.unwrap_or_else(|error| (error.id(), Err(error.to_string())));
                    if let Some(stored) = under_way.remove(&id)
                        && let Err(refusal) = self.settle(&stored, outcome)
                    {
                        tracing::error!(code = refusal.code, schedule = stored.name, "a firing cannot be settled");
                    }
                }
            }
        }
    }

    /// Starts the due schedules that are not under way; returns the instant of the next one.
    fn start_due(
        &self,
        under_way: &mut UnderWay,
        mut start: impl FnMut(Firing, Option<TimeDelta>) -> Id,
    ) -> Result<Option<DateTime<Utc>>, Refusal> {
        loop {
            let next = self
                .next_to_fire(under_way.len() + 1)?
                .into_iter()
                .find(|next| {
                    under_way
                        .values()
                        .all(|stored| stored.revision != next.revision)
                });
            let Some(stored) = next else { return Ok(None) };
            let next_try = stored
                .next_try
                .and_then(DateTime::from_timestamp_millis)
                .unwrap_or_default();

            if next_try > self.clock.now() {
                return Ok(Some(next_try));
            }

            let target = &stored.body.schedule.target;
            let firing = Firing {
                arn: target.arn.clone(),
                input: target.input_or_default().to_owned(),
            };
            let again = self.punctuality.of(stored.revision).again;
            under_way.insert(start(firing, again), stored);
        }
    }

    /// Delivers a firing once more, some time after it was delivered.
    fn repeat<Delivery>(
        &self,
        after: TimeDelta,
        delivery: Delivery,
    ) -> impl Future<Output = Result<(), String>> + Send + use<Delivery>
    where
        Delivery: Future<Output = Result<(), String>> + Send + 'static,
    {
        let (clock, repeated) = (self.clock.clone(), self.punctuality.repeated.clone());
        let at = clock.now() + after;
        async move {
            clock.sleep_until(at).await;
            repeated.fetch_add(1, Ordering::Relaxed);
            delivery.await
        }
    }

    async fn sleep_until(&self, wake: Option<DateTime<Utc>>) {
        match wake {
            Some(wake) => self.clock.sleep_until(wake).await,
            None => std::future::pending().await,
        }
    }

    fn settle(&self, stored: &Stored, outcome: Result<(), String>) -> Result<(), Refusal> {
        let Err(reason) = outcome else {
            return self.end(stored);
        };
        let now = self.clock.now().timestamp_millis();
        let policy = &stored.body.schedule.target.retry_policy;
        let next_try =
            now + (FIRST_BACKOFF_SECONDS << stored.attempts.min(6)).min(MAX_BACKOFF_SECONDS) * 1000;
        let too_old = stored.due.unwrap_or(now) + policy.maximum_event_age_in_seconds * 1000;
        if stored.attempts < policy.maximum_retry_attempts && next_try <= too_old {
            tracing::warn!(
                schedule = stored.name,
                reason,
                "a firing failed and is tried again"
            );
            return self.postpone(stored, Some(next_try));
        }
        tracing::error!(schedule = stored.name, reason, "a firing failed for good");
        self.bury(stored, reason);
        self.end(stored)
    }

    fn end(&self, stored: &Stored) -> Result<(), Refusal> {
        match stored.body.schedule.action_after_completion {
            ActionAfterCompletion::Delete => self.delete_ended(stored),
            ActionAfterCompletion::None => self.postpone(stored, None),
        }
    }

    /// Puts the input into the dead-letter queue, with the attributes that tell why.
    fn bury(&self, stored: &Stored, reason: String) {
        let schedule = &stored.body.schedule;
        let Some(queue) = schedule
            .target
            .dead_letter_arn()
            .and_then(|arn| arn::queue_name(arn))
        else {
            return;
        };

        let text = |value: String| MessageAttribute {
            data_type: "String".to_owned(),
            string_value: Some(value),
            binary_value: None,
        };
        let attributes = [
            ("ERROR_MESSAGE", reason),
            ("RETRY_ATTEMPTS", stored.attempts.to_string()),
            (
                "SCHEDULE_ARN",
                arn::schedule(&schedule.group_name, &stored.name),
            ),
            ("TARGET_ARN", schedule.target.arn.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), text(value)))
        .into();

        if let Err(error) = self
            .sqs
            .deliver(queue, schedule.target.input_or_default(), attributes)
        {
            tracing::error!(%error, schedule = stored.name, "a firing cannot be put into the dead-letter queue");
        }
    }
}
