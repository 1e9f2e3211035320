//! Authorization codes, refresh tokens and sessions: random texts, each good for a while, and until it is redeemed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};

/// Tickets for a `T` each, kept in memory. Clones share them.
pub struct Tickets<T> {
    life: TimeDelta,
    issued: Arc<Mutex<Issued<T>>>,
}

/// The value of each ticket, and the instant at which it expires.
type Issued<T> = HashMap<String, (DateTime<Utc>, T)>;

impl<T> Clone for Tickets<T> {
    fn clone(&self) -> Self {
        Self {
            life: self.life,
            issued: self.issued.clone(),
        }
    }
}

impl<T> Tickets<T> {
    /// Issues tickets that are good for `life`.
    pub fn new(life: TimeDelta) -> Self {
        Self {
            life,
            issued: Arc::default(),
        }
    }

    /// Issues a ticket, and forgets those that have expired.
    pub fn issue(&self, value: T, now: DateTime<Utc>) -> Result<String, reinvite_aws::Error> {
        let ticket = BASE64_URL_SAFE_NO_PAD.encode(reinvite_aws::random::<32>()?);

        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.retain(|_, (expires, _)| now < *expires);
        issued.insert(ticket.clone(), (now + self.life, value));
        Ok(ticket)
    }

    /// Reads the value of a ticket, which stays good.
    pub fn read(&self, ticket: &str, now: DateTime<Utc>) -> Option<T>
    where
        T: Clone,
    {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let (expires, value) = issued.get(ticket)?;
        (now < *expires).then(|| value.clone())
    }

    /// Takes a ticket. It is good no more, whatever the caller does with its value.
    pub fn redeem(&self, ticket: &str, now: DateTime<Utc>) -> Option<T> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let (expires, value) = issued.remove(ticket)?;
        (now < expires).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once_and_for_its_life() {
        let tickets = Tickets::new(TimeDelta::seconds(60));
        let now = DateTime::UNIX_EPOCH;
        let at = |seconds| now + TimeDelta::seconds(seconds);

        let ticket = tickets.issue("first", now).unwrap();
        assert_eq!(tickets.redeem("another", at(59)), None);
        assert_eq!(tickets.read(&ticket, at(59)), Some("first"));
        assert_eq!(tickets.redeem(&ticket, at(59)), Some("first"));
        assert_eq!(tickets.redeem(&ticket, at(59)), None, "used");
        assert_eq!(tickets.read(&ticket, at(59)), None, "used");

        let ticket = tickets.issue("second", now).unwrap();
        assert_eq!(tickets.read(&ticket, at(60)), None, "expired");
        assert_eq!(tickets.redeem(&ticket, at(60)), None, "expired");
    }
}
