//! The owners of an organisation over time: an organisation always has an active one.

use chrono::{DateTime, Utc};

use crate::{GroupTree, Role, Status, User, granted_roles};

/// The time during which a user is an active owner, from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure {
    from: DateTime<Utc>,
    /// The first instant after it; `None` if it never ends.
    until: Option<DateTime<Utc>>,
}

impl Tenure {
    /// Returns the tenure of a user; `None` if the user is not an owner, is not active, or is no
    /// longer valid.
    #[must_use]
    pub fn of(user: &User, tree: &GroupTree, now: DateTime<Utc>) -> Option<Self> {
        let is_owner = granted_roles(user, tree).contains(&Role::Owner);
        let tenure = Self {
            from: user.valid_from.map_or(now, |from| from.max(now)),
            until: user.valid_until,
        };
        (is_owner && user.status == Status::Active && !tenure.is_empty()).then_some(tenure)
    }

    /// Whether every instant of `other` lies within this tenure.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let ends_later = match (self.until, other.until) {
            (None, _) => true,
            (Some(own), Some(other)) => own >= other,
            (Some(_), None) => false,
        };
        self.from <= other.from && ends_later
    }

    /// Returns the part that two tenures share.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Option<Self> {
        let shared = Self {
            from: self.from.max(other.from),
            until: self.until.into_iter().chain(other.until).min(),
        };
        (!shared.is_empty()).then_some(shared)
    }

    fn is_empty(&self) -> bool {
        self.until.is_some_and(|until| until <= self.from)
    }
}

/// Whether at every instant from now on one of the tenures is under way.
#[must_use]
pub fn is_always_owned(mut tenures: Vec<Tenure>, now: DateTime<Utc>) -> bool {
    tenures.sort_by_key(|tenure| tenure.from);

    let mut owned_until = now;
    for tenure in tenures {
        if tenure.from > owned_until {
            return false;
        }
        match tenure.until {
            None => return true,
            Some(until) => owned_until = owned_until.max(until),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::{collection::vec, option, prelude::*};

    use super::*;
    use crate::UserId;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn hour(hours: i64) -> DateTime<Utc> {
        NOW + TimeDelta::hours(hours)
    }

    fn owner(from: Option<i64>, until: Option<i64>) -> User {
        User {
            roles: vec![Role::Owner],
            valid_from: from.map(hour),
            valid_until: until.map(hour),
            ..User::new(UserId::new("o").unwrap(), "o".into())
        }
    }

    fn tenure(user: &User) -> Option<Tenure> {
        Tenure::of(user, &GroupTree::default(), NOW)
    }

    /// Validities that begin and end within a day before and after now.
    fn validity() -> impl Strategy<Value = (Option<i64>, Option<i64>)> {
        (option::of(-24..24_i64), option::of(-24..24_i64))
    }

    proptest! {
        #[test]
        fn an_organisation_is_owned_if_somebody_is_an_active_owner_in_each_hour(
            validities in vec(validity(), 0..4),
        ) {
            let owners: Vec<_> = validities.iter().map(|(from, until)| owner(*from, *until)).collect();
            let is_owned_at = |hours| owners.iter().any(|owner| owner.in_use_at(hour(hours)));

            let tenures = owners.iter().filter_map(tenure).collect();
            prop_assert_eq!(is_always_owned(tenures, NOW), (0..=24).all(is_owned_at));
        }

        #[test]
        fn a_tenure_covers_another_if_they_share_all_of_it(one in validity(), other in validity()) {
            let (one, other) = (tenure(&owner(one.0, one.1)), tenure(&owner(other.0, other.1)));
            if let (Some(one), Some(other)) = (one, other) {
                prop_assert_eq!(one.covers(&other), one.shared_with(&other) == Some(other));
            }
        }
    }

    #[test]
    fn a_user_who_is_not_active_or_holds_another_role_has_no_tenure() {
        let suspended = User {
            status: Status::Suspended,
            ..owner(None, None)
        };
        let manager = User {
            roles: vec![Role::TemplateManager],
            ..owner(None, None)
        };
        assert!(tenure(&owner(None, None)).is_some());
        assert_eq!((tenure(&suspended), tenure(&manager)), (None, None));
    }
}
