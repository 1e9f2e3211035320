//! How much may be sent now: recipients in any second, and in any 24 hours.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// The window of the sending quota.
pub const DAY: TimeDelta = TimeDelta::hours(24);

/// The window of the send rate.
const SECOND: TimeDelta = TimeDelta::seconds(1);

/// Why a mail may not go out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    /// The send rate of this second is used up.
    Rate,
    /// The quota of these 24 hours is used up.
    Quota,
}

/// The mails of the last 24 hours, against the limits.
#[derive(Debug)]
pub struct Allowance {
    rate: u64,
    quota: Option<u64>,
    /// When, and to how many recipients; oldest first.
    sent: VecDeque<(DateTime<Utc>, u64)>,
    /// The sum of `sent`.
    day: u64,
}

impl Allowance {
    /// `sent`: instants and recipients of the last 24 hours, oldest first.
    pub fn new(rate: u32, quota: Option<u64>, sent: Vec<(DateTime<Utc>, u64)>) -> Self {
        let day = sent.iter().map(|(_, recipients)| recipients).sum();
        Self {
            rate: u64::from(rate),
            quota,
            sent: sent.into(),
            day,
        }
    }

    /// Replaces the limits.
    pub fn set_limits(&mut self, rate: u32, quota: Option<u64>) {
        self.rate = u64::from(rate);
        self.quota = quota;
    }

    /// Takes `recipients` from the allowance, or says which limit forbids it. The quota is looked at first: waiting
    /// a second does not help against it.
    pub fn take(&mut self, now: DateTime<Utc>, recipients: u64) -> Result<(), Exhausted> {
        if self
            .quota
            .is_some_and(|quota| self.sent_last_day(now) + recipients > quota)
        {
            return Err(Exhausted::Quota);
        }

        let this_second: u64 = self
            .sent
            .iter()
            .rev()
            .take_while(|(at, _)| now - *at < SECOND)
            .map(|(_, recipients)| recipients)
            .sum();
        if this_second + recipients > self.rate {
            return Err(Exhausted::Rate);
        }

        match self.sent.back_mut() {
            Some((at, sum)) if *at == now => *sum += recipients,
            _ => self.sent.push_back((now, recipients)),
        }
        self.day += recipients;
        Ok(())
    }

    /// Recipients of the 24 hours before `now`.
    pub fn sent_last_day(&mut self, now: DateTime<Utc>) -> u64 {
        while let Some((_, recipients)) = self.sent.pop_front_if(|(at, _)| now - *at >= DAY) {
            self.day -= recipients;
        }
        self.day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(milliseconds).unwrap()
    }

    #[test]
    fn no_second_wherever_it_begins_sees_more_than_the_rate() {
        let mut allowance = Allowance::new(3, None, Vec::new());
        assert_eq!(allowance.take(at(0), 1), Ok(()));
        assert_eq!(allowance.take(at(900), 2), Ok(()));
        assert_eq!(allowance.take(at(999), 1), Err(Exhausted::Rate));
        assert_eq!(allowance.take(at(1000), 1), Ok(()));
        assert_eq!(allowance.take(at(1899), 1), Err(Exhausted::Rate));
        assert_eq!(allowance.take(at(1900), 2), Ok(()));
    }

    #[test]
    fn the_day_rolls_and_counts_what_was_sent_before_a_restart() {
        let day = DAY.num_milliseconds();
        let mut allowance = Allowance::new(10, Some(5), vec![(at(0), 2), (at(10), 2)]);
        assert_eq!(allowance.take(at(5_000), 2), Err(Exhausted::Quota));
        assert_eq!(allowance.take(at(5_000), 1), Ok(()));
        assert_eq!(allowance.take(at(day - 1), 1), Err(Exhausted::Quota));
        assert_eq!(allowance.take(at(day), 2), Ok(()));
        assert_eq!(allowance.sent_last_day(at(day)), 5);
    }
}
