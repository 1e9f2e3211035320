//! Metrics, alarms and the dashboard: an operator is told when something breaks.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod alarms;
mod dashboard;
mod emf;
mod metrics;
mod recorded;
mod template;
