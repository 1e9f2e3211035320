//! Which users get a mail, and why the others do not.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Access, Operator, ResendId, Status, User};

/// Why a user gets no mail: excluded when the resend is prepared, or skipped when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionReason {
    /// The user does not exist, or the operator may not see them.
    NotFound,
    /// The operator may see the user, but not invite them.
    NotPermitted,
    /// The account is not active.
    NotActive,
    /// The start lies outside the account's validity.
    OutsideValidity,
    /// The user has no address.
    NoEmail,
    /// The address bounced or complained before.
    Suppressed,
    /// The last invitation is more recent than the cooldown.
    RecentlyInvited,
    /// The user logged in for the first time after the resend was prepared.
    LoggedIn,
    /// The responsible operator may no longer invite any user.
    OperatorNotPermitted,
    /// The resend was cancelled.
    Cancelled,
    /// The user set a password with the link or temporary password of a mail in doubt, or a later
    /// one.
    Accepted,
    /// The address is no longer the one that a mail in doubt went to.
    AddressChanged,
    /// The link or temporary password of a mail in doubt has ended.
    LinkEnded,
    /// The template cannot be rendered for the user.
    NotRenderable,
}

/// The context of an eligibility check besides the user.
#[derive(Clone, Copy, Debug)]
pub struct EligibilityCheck<'a> {
    /// The responsible operator.
    pub operator: &'a Operator,
    /// When the mail would leave.
    pub at: DateTime<Utc>,
    /// The time after an invitation in which a user gets no other; `None` if the cooldown does not
    /// apply.
    pub cooldown: Option<TimeDelta>,
}

impl EligibilityCheck<'_> {
    /// Checks whether `user` gets a mail; fails with the first reason in the order of the contract.
    ///
    /// ```
    /// # use reinvite_domain::*;
    /// let owner = User { roles: vec![Role::Owner], ..User::new(UserId::new("o")?, "owner".into()) };
    /// let now = chrono::DateTime::UNIX_EPOCH;
    /// let operator = Operator::new(owner, &GroupTree::default(), now);
    /// let check = EligibilityCheck { operator: &operator, at: now, cooldown: None };
    /// assert_eq!(check.check(None, false), Err(ExclusionReason::NotFound));
    /// let user = User::new(UserId::new("u")?, "user".into());
    /// assert_eq!(check.check(Some(&user), false), Err(ExclusionReason::NoEmail));
    /// # Ok::<(), Rule>(())
    /// ```
    pub fn check(&self, user: Option<&User>, is_suppressed: bool) -> Result<(), ExclusionReason> {
        let user = user.ok_or(ExclusionReason::NotFound)?;

        match self.operator.access(&user.groups) {
            None => return Err(ExclusionReason::NotFound),
            Some(Access::View) => return Err(ExclusionReason::NotPermitted),
            Some(Access::Edit) => {}
        }

        if user.status != Status::Active {
            Err(ExclusionReason::NotActive)
        } else if !user.valid_at(self.at) {
            Err(ExclusionReason::OutsideValidity)
        } else if user.email.is_none() {
            Err(ExclusionReason::NoEmail)
        } else if is_suppressed {
            Err(ExclusionReason::Suppressed)
        } else if self.is_in_cooldown(user) {
            Err(ExclusionReason::RecentlyInvited)
        } else {
            Ok(())
        }
    }

    /// Checks the recipient again just before the mail of `resend` is rendered. `had_logged_in` says
    /// whether the user had logged in when the resend was prepared.
    ///
    /// An invitation by this resend starts no cooldown: its mail is being repeated.
    pub fn recheck(
        &self,
        resend: &ResendId,
        user: Option<&User>,
        is_suppressed: bool,
        had_logged_in: bool,
    ) -> Result<(), ExclusionReason> {
        if !self.operator.edits_users() {
            return Err(ExclusionReason::OperatorNotPermitted);
        }

        let is_own_stamp = user.is_some_and(|user| user.last_invited_by.as_ref() == Some(resend));
        let cooldown = self.cooldown.filter(|_| !is_own_stamp);
        EligibilityCheck { cooldown, ..*self }.check(user, is_suppressed)?;

        let has_logged_in = user.is_some_and(|user| user.first_login_at.is_some());
        if has_logged_in && !had_logged_in {
            Err(ExclusionReason::LoggedIn)
        } else {
            Ok(())
        }
    }

    fn is_in_cooldown(&self, user: &User) -> bool {
        self.cooldown
            .and_then(|cooldown| user.cooldown_end(cooldown))
            .is_some_and(|end| self.at < end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*, sample::select};

    use super::*;
    use crate::{GroupId, GroupTree, Role, UserId};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn operator(roles: Vec<Role>) -> Operator {
        let user = User {
            roles,
            ..User::new(UserId::new("op").unwrap(), "op".into())
        };
        let group = crate::Group {
            id: GroupId::new("g").unwrap(),
            name: "g".into(),
            parent_id: None,
            roles: vec![],
        };
        Operator::new(user, &GroupTree::new([group]), at(0))
    }

    fn manager(access: Access) -> Operator {
        operator(vec![Role::GroupManager {
            group: GroupId::new("g").unwrap(),
            access,
        }])
    }

    fn member() -> User {
        let mut user = User::new(UserId::new("u").unwrap(), "u".into());
        user.groups = vec![GroupId::new("g").unwrap()];
        user.email = Some("u@example.com".parse().unwrap());
        user
    }

    #[test]
    fn the_first_reason_in_the_order_of_the_contract_is_told() {
        let everything_wrong = User {
            status: Status::Inactive,
            valid_until: Some(at(50)),
            email: None,
            last_invited_at: Some(at(99)),
            ..member()
        };
        let mut user = everything_wrong;
        let view = manager(Access::View);
        let edit = manager(Access::Edit);
        let with = |operator| EligibilityCheck {
            operator,
            at: at(100),
            cooldown: Some(TimeDelta::seconds(60)),
        };
        let without_roles = operator(vec![]);
        assert_eq!(
            with(&without_roles).check(Some(&user), true),
            Err(ExclusionReason::NotFound)
        );
        assert_eq!(
            with(&view).check(Some(&user), true),
            Err(ExclusionReason::NotPermitted)
        );
        assert_eq!(
            with(&edit).check(Some(&user), true),
            Err(ExclusionReason::NotActive)
        );
        user.status = Status::Active;
        assert_eq!(
            with(&edit).check(Some(&user), true),
            Err(ExclusionReason::OutsideValidity)
        );
        user.valid_until = Some(at(101));
        assert_eq!(
            with(&edit).check(Some(&user), true),
            Err(ExclusionReason::NoEmail)
        );
        user.email = member().email;
        assert_eq!(
            with(&edit).check(Some(&user), true),
            Err(ExclusionReason::Suppressed)
        );
        assert_eq!(
            with(&edit).check(Some(&user), false),
            Err(ExclusionReason::RecentlyInvited)
        );
        user.last_invited_at = Some(at(40));
        assert_eq!(with(&edit).check(Some(&user), false), Ok(()));
    }

    #[test]
    fn a_repeated_wave_is_not_stopped_by_its_own_stamp() {
        let ours = ResendId::new("ours").unwrap();
        let edit = manager(Access::Edit);
        let check = EligibilityCheck {
            operator: &edit,
            at: at(100),
            cooldown: Some(TimeDelta::seconds(60)),
        };
        let stamped = |by: &str| User {
            last_invited_at: Some(at(99)),
            last_invited_by: Some(ResendId::new(by).unwrap()),
            ..member()
        };
        assert_eq!(
            check.recheck(&ours, Some(&stamped("ours")), false, false),
            Ok(())
        );
        assert_eq!(
            check.recheck(&ours, Some(&stamped("other")), false, false),
            Err(ExclusionReason::RecentlyInvited)
        );
    }

    #[test]
    fn a_user_who_joined_since_is_skipped_and_one_who_had_joined_before_is_not() {
        let ours = ResendId::new("ours").unwrap();
        let edit = manager(Access::Edit);
        let check = EligibilityCheck {
            operator: &edit,
            at: at(100),
            cooldown: None,
        };
        let joined = User {
            first_login_at: Some(at(50)),
            ..member()
        };
        assert_eq!(
            check.recheck(&ours, Some(&joined), false, false),
            Err(ExclusionReason::LoggedIn)
        );
        assert_eq!(check.recheck(&ours, Some(&joined), false, true), Ok(()));
    }

    #[test]
    fn an_operator_who_may_no_longer_invite_users_stops_every_mail() {
        let view = manager(Access::View);
        let check = EligibilityCheck {
            operator: &view,
            at: at(100),
            cooldown: None,
        };
        let ours = ResendId::new("ours").unwrap();
        assert_eq!(
            check.recheck(&ours, Some(&member()), false, false),
            Err(ExclusionReason::OperatorNotPermitted)
        );
    }

    fn any_user() -> impl Strategy<Value = User> {
        let instant = || option::of((0..200_i64).prop_map(at));
        let groups = proptest::collection::vec(select(vec!["g", "below", "other"]), 0..3);
        let status = select(Status::ALL);
        (
            groups,
            status,
            any::<bool>(),
            instant(),
            instant(),
            instant(),
            instant(),
            any::<bool>(),
        )
            .prop_map(
                |(groups, status, has_address, from, until, invited, login, by_us)| User {
                    groups: groups
                        .into_iter()
                        .map(|group| GroupId::new(group).unwrap())
                        .collect(),
                    status,
                    email: has_address.then(|| "u@example.com".parse().unwrap()),
                    valid_from: from,
                    valid_until: until,
                    last_invited_at: invited,
                    last_invited_by: invited.and(by_us.then(|| ResendId::new("ours").unwrap())),
                    first_login_at: login,
                    ..User::new(UserId::new("u").unwrap(), "u".into())
                },
            )
    }

    fn any_operator() -> impl Strategy<Value = Operator> {
        let access = select(vec![None, Some(Access::View), Some(Access::Edit)]);
        (
            access,
            select(vec!["g", "below", "other"]),
            select(vec![None, Some(Role::Owner), Some(Role::DirectoryManager)]),
        )
            .prop_map(|(access, group, role)| {
                let grant = access.map(|access| Role::GroupManager {
                    group: GroupId::new(group).unwrap(),
                    access,
                });
                let group = |id: &str, parent: Option<&str>| crate::Group {
                    id: GroupId::new(id).unwrap(),
                    name: id.into(),
                    parent_id: parent.map(|parent| GroupId::new(parent).unwrap()),
                    roles: vec![],
                };
                let tree = GroupTree::new([
                    group("g", None),
                    group("below", Some("g")),
                    group("other", None),
                ]);
                let roles = grant.into_iter().chain(role).collect();
                Operator::new(
                    User {
                        roles,
                        ..User::new(UserId::new("op").unwrap(), "op".into())
                    },
                    &tree,
                    at(0),
                )
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn an_eligible_user_has_no_reason_and_any_other_user_has_the_first(
            user in any_user(), operator in any_operator(),
            suppressed: bool, cooldown in option::of(1..100_i64),
        ) {
            let cooldown = cooldown.map(TimeDelta::seconds);
            let check = EligibilityCheck { operator: &operator, at: at(100), cooldown };
            let access = operator.access(&user.groups);
            // Each reason of the contract's order, and whether it applies.
            let applies = [
                (ExclusionReason::NotFound, access.is_none()),
                (ExclusionReason::NotPermitted, access == Some(Access::View)),
                (ExclusionReason::NotActive, user.status != Status::Active),
                (ExclusionReason::OutsideValidity, !user.valid_at(at(100))),
                (ExclusionReason::NoEmail, user.email.is_none()),
                (ExclusionReason::Suppressed, suppressed),
                (
                    ExclusionReason::RecentlyInvited,
                    user.last_invited_at
                        .zip(cooldown)
                        .is_some_and(|(last, cooldown)| at(100) - last < cooldown),
                ),
            ];
            let first = applies.into_iter().find(|(_, applies)| *applies).map(|(reason, _)| reason);
            prop_assert_eq!(check.check(Some(&user), suppressed).err(), first);
            let ours = ResendId::new("ours").unwrap();
            // The check before the mail gives the same answer if nothing changed, except that the
            // resend's own stamp starts no cooldown.
            let again = check.recheck(&ours, Some(&user), suppressed, user.first_login_at.is_some());
            if operator.edits_users() {
                let stamped = user.last_invited_by.as_ref() == Some(&ours)
                    && first == Some(ExclusionReason::RecentlyInvited);
                prop_assert_eq!(again.err(), first.filter(|_| !stamped));
            } else {
                prop_assert_eq!(again, Err(ExclusionReason::OperatorNotPermitted));
            }
        }
    }
}
