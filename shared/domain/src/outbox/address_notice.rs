//! The notice of a changed address: which former addresses of a user are told, and when.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{EmailAddress, UserId};

/// A user gets at most one notice in this time.
const TIME_BETWEEN_NOTICES: TimeDelta = TimeDelta::hours(1);

/// An address that the user had for less than this is passing, and is never told. So a caller who
/// changes an address to and fro mails no stranger.
const PASSING: TimeDelta = TimeDelta::minutes(1);

/// An address that the user had for this long always gets its notice. There is at most one such
/// address for each notice that may go.
const ESTABLISHED: TimeDelta = TIME_BETWEEN_NOTICES;

/// The most addresses that wait for their notice. More than one wait only while SES takes no mail.
const MAX_WAITING: usize = 10;

/// The notices of one user: the former addresses that wait for one, and what the limit needs.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressNotice {
    /// The user.
    pub user: UserId,
    /// The operator who changed the address last.
    pub operator: UserId,
    /// Former addresses that are to be told, the oldest first.
    pub waiting: Vec<FormerAddress>,
    /// Since when the user has the current address.
    pub held_since: DateTime<Utc>,
    /// When the last notice was sent.
    pub told_at: Option<DateTime<Utc>>,
}

/// The change of a user's address.
#[derive(Clone, Copy, Debug)]
pub struct AddressChange<'a> {
    /// The user.
    pub user: &'a UserId,
    /// The address until then.
    pub old: &'a EmailAddress,
    /// The operator.
    pub operator: &'a UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// An address that a user had.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FormerAddress {
    /// The address.
    pub address: EmailAddress,
    /// Since when the user had it; `None` if that is longer ago than any record.
    pub from: Option<DateTime<Utc>>,
    /// When it was changed.
    pub until: DateTime<Utc>,
}

impl FormerAddress {
    /// For how long the user had the address.
    fn held(&self) -> TimeDelta {
        self.from.map_or(TimeDelta::MAX, |from| {
            self.until.signed_duration_since(from)
        })
    }

    fn is_established(&self) -> bool {
        self.held() >= ESTABLISHED
    }
}

impl AddressNotice {
    /// Returns the notices of a user after a change, given those before, if any.
    ///
    /// Of several addresses that the user had for less than an hour, the one held longest is told.
    #[must_use]
    pub fn after_change(before: Option<&Self>, change: &AddressChange<'_>) -> Self {
        let former = FormerAddress {
            address: change.old.clone(),
            from: before.map(|notice| notice.held_since),
            until: change.at,
        };
        let mut waiting = before.map_or_else(Vec::new, |notice| notice.waiting.clone());
        let earlier = waiting
            .iter_mut()
            .find(|earlier| earlier.address == former.address);
        match earlier {
            _ if former.held() < PASSING => {}
            // It is told once, and counts as held for the longer of both times.
            Some(earlier) if earlier.held() < former.held() => *earlier = former,
            Some(_) => {}
            None => waiting.push(former),
        }

        let is_brief = |former: &&FormerAddress| !former.is_established();
        let longest = waiting
            .iter()
            .filter(is_brief)
            .map(FormerAddress::held)
            .max();
        waiting.retain(|former| former.is_established() || Some(former.held()) == longest);
        waiting.truncate(MAX_WAITING);

        Self {
            user: change.user.clone(),
            operator: change.operator.clone(),
            waiting,
            held_since: change.at,
            told_at: before.and_then(|notice| notice.told_at),
        }
    }

    /// Returns when the next notice may go, at `now` at the earliest; `None` if none waits.
    #[must_use]
    pub fn due_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let allowed = self.told_at.map(|told| told + TIME_BETWEEN_NOTICES);
        (!self.waiting.is_empty()).then(|| allowed.unwrap_or(now).max(now))
    }

    /// Returns the notices after the next one was sent at `now`, or may have been.
    #[must_use]
    pub fn after_sending(&self, now: DateTime<Utc>) -> Self {
        Self {
            told_at: Some(now),
            ..self.without_next()
        }
    }

    /// Returns the notices without the next one.
    #[must_use]
    pub fn without_next(&self) -> Self {
        Self {
            waiting: self.waiting.iter().skip(1).cloned().collect(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn address(name: &str) -> EmailAddress {
        format!("{name}@example.com").parse().unwrap()
    }

    /// Makes changes, each with the seconds since the one before and the new address, and sends each
    /// notice when it is due. Returns the notices with their times.
    fn told(changes: &[(i64, &str)]) -> Vec<(i64, EmailAddress)> {
        let (user, operator) = (UserId::new("u").unwrap(), UserId::new("o").unwrap());
        let (mut now, mut current) = (0, address("real"));
        let mut notice: Option<AddressNotice> = None;
        let mut told = Vec::new();

        let end = [(1_000_000, "real")];
        for (wait, new) in changes.iter().chain(&end) {
            let next = now + wait;
            while let Some(waiting) = notice.clone()
                && let Some(due) = waiting.due_at(at(now))
                && due < at(next)
            {
                told.push((due.timestamp(), waiting.waiting[0].address.clone()));
                notice = Some(waiting.after_sending(due));
            }
            now = next;
            let change = AddressChange {
                user: &user,
                old: &current,
                operator: &operator,
                at: at(now),
            };
            notice = Some(AddressNotice::after_change(notice.as_ref(), &change));
            current = address(new);
        }
        told
    }

    #[test]
    fn an_address_changed_to_and_fro_tells_the_one_that_the_user_had() {
        let changes: Vec<_> = (0..15)
            .map(|number| (0, ["strange", "other", "real"][number % 3]))
            .collect();
        let told = told(&changes);
        assert_eq!(told, [(0, address("real"))]);
    }

    #[test]
    fn a_later_change_of_the_hour_is_told_after_it() {
        let told = told(&[(0, "second"), (600, "third"), (900, "fourth")]);
        assert_eq!(told, [(0, address("real")), (3_600, address("third"))]);
    }

    #[test]
    fn an_address_that_comes_back_for_an_hour_waits_for_its_notice_whatever_follows_it() {
        let (user, operator) = (UserId::new("u").unwrap(), UserId::new("o").unwrap());
        let mut notice: Option<AddressNotice> = None;

        // SES takes no mail. The user has the second for a minute, and later for an hour.
        for (now, old) in [
            (0, "real"),
            (60, "second"),
            (70, "third"),
            (3_670, "second"),
            (5_470, "fourth"),
        ] {
            let change = AddressChange {
                user: &user,
                old: &address(old),
                operator: &operator,
                at: at(now),
            };
            notice = Some(AddressNotice::after_change(notice.as_ref(), &change));
        }

        let waiting = notice.unwrap().waiting;
        let waiting: Vec<_> = waiting.iter().map(|former| &former.address).collect();
        assert_eq!(
            waiting,
            [&address("real"), &address("second"), &address("fourth")]
        );
    }

    proptest! {
        #[test]
        fn no_address_is_mailed_that_passes_and_none_that_was_established_is_left_out(
            changes in vec((0..5_000_i64, "[a-e]"), 1..30),
        ) {
            let changes: Vec<_> = changes.iter().map(|(wait, name)| (*wait, name.as_str())).collect();
            let told = told(&changes);
            let times: Vec<_> = told.iter().map(|(at, _)| *at).collect();
            prop_assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 3_600), "{times:?}");

            // The user has each new address until the next change.
            for pair in changes.windows(2) {
                let ((_, name), (held, _)) = (pair[0], pair[1]);
                if held >= 3_600 {
                    prop_assert!(told.iter().any(|(_, to)| *to == address(name)), "{name}");
                }
            }
            let longest_held = |name: &str| {
                changes
                    .windows(2)
                    .filter(|pair| pair[0].1 == name)
                    .map(|pair| pair[1].0)
                    .max()
                    .unwrap_or(i64::MAX)
            };
            for name in ["a", "b", "c", "d", "e"] {
                let was_told = told.iter().any(|(_, to)| *to == address(name));
                let was_last = changes.last().is_some_and(|(_, last)| *last == name);
                prop_assert!(!was_told || was_last || longest_held(name) >= 60, "{name}");
            }
        }
    }
}
