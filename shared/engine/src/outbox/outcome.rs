//! Counts mails of the outbox.

use reinvite_domain::Metric;

/// Counts a mail by what became of it.
pub(super) fn count_outcome(outcome: &'static str) {
    metrics::counter!(Metric::OutboxMails.name(), "Outcome" => outcome).increment(1);
}
