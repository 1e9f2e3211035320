//! Counts of the events of a run, or of many runs.

use std::collections::BTreeMap;

/// Counts by name: calls, kinds of faults, mails, states.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<String, u64>);

impl Tally {
    /// Adds to one count.
    pub fn count(&mut self, name: impl Into<String>, times: u64) {
        *self.0.entry(name.into()).or_default() += times;
    }

    /// Adds every count of another tally.
    pub fn add(&mut self, other: Self) {
        for (name, times) in other.0 {
            self.count(name, times);
        }
    }

    /// The counts by name.
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.0
    }
}
