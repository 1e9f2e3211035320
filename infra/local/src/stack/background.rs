//! The invocations that AWS makes by itself: queues, schedules and rates.

use chrono::TimeDelta;
use futures::future::join_all;
use reinvite_aws::Clock;
use reinvite_emulators::{
    Services,
    lambda::{EventSource, Functions},
};

use crate::template::Recurring;

/// The interval at which DynamoDB's expired items are deleted. AWS takes days.
const EXPIRY_INTERVAL: TimeDelta = TimeDelta::hours(1);

/// The invocations that are made without a request.
pub struct Background<'a> {
    pub services: &'a Services,
    pub functions: &'a Functions,
    pub clock: &'a Clock,
}

impl Background<'_> {
    /// Invokes the functions for as long as it is polled.
    pub async fn run(&self, sources: &[EventSource], recurring: &[Recurring]) {
        let queues = sources.iter().map(|source| self.poll_queue(source));
        let rates = recurring
            .iter()
            .map(|recurring| self.invoke_at_rate(recurring));
        let schedules = self
            .services
            .scheduler
            .fire(|firing| self.functions.clone().deliver(firing));

        tokio::join!(
            join_all(queues),
            schedules,
            self.delete_expired(),
            join_all(rates),
        );
    }

    async fn poll_queue(&self, source: &EventSource) {
        if let Err(error) = source.run(self.functions).await {
            tracing::error!(%error, queue = source.queue, "queue cannot be read");
        }
    }

    async fn delete_expired(&self) {
        loop {
            self.clock
                .sleep_until(self.clock.now() + EXPIRY_INTERVAL)
                .await;

            if let Err(error) = self.services.database.sweep_ttl() {
                tracing::error!(%error, "expired items cannot be deleted");
            }
        }
    }

    /// Begins at once, as a schedule with a rate and without a start does (EventBridge Scheduler user guide).
    async fn invoke_at_rate(&self, recurring: &Recurring) {
        let interval = TimeDelta::minutes(recurring.minutes.into());
        loop {
            let invocation = self
                .functions
                .invoke(&recurring.function, recurring.input.clone());
            if let Err(error) = invocation.await {
                tracing::error!(%error, function = recurring.function, "recurring invocation failed");
            }
            self.clock.sleep_until(self.clock.now() + interval).await;
        }
    }
}
