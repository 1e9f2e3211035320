//! The password change of a resend, and the users whose password it changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{GroupTree, Operator, Rule, User, UserId, granted_roles};

/// The effect of a mail on the password of its user.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PasswordChange {
    /// The password stays: the mail has the login link.
    #[default]
    Keep,
    /// The mail has a link to set a password. It is valid once and for a limited time.
    SetLink,
    /// The mail has a temporary password. It is valid for a limited time, and only for setting a new
    /// password.
    Temporary,
}

impl PasswordChange {
    /// Every password change, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// Returns the changes that a deployment can make, in the order of the contract.
    #[must_use]
    pub const fn allowed(credentials: Credentials) -> &'static [Self] {
        match credentials {
            Credentials::None => &[Self::Keep],
            Credentials::Table | Credentials::Cognito => Self::ALL,
        }
    }

    /// Parses a name; fails if the deployment cannot make the change.
    pub fn parse(name: &str, credentials: Credentials) -> Result<Self, Rule> {
        match name.parse() {
            Ok(change) if Self::allowed(credentials).contains(&change) => Ok(change),
            Ok(_) => Err(Rule::PasswordsOfTheLms),
            Err(_) => Err(Rule::unknown_value(Self::ALL)),
        }
    }

    /// Whether the password stays.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// The store of a deployment's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// The LMS: Reinvite leaves passwords alone.
    None,
    /// The table of users, where a login service verifies them.
    Table,
    /// A user pool of Amazon Cognito.
    Cognito,
}

/// Why a user keeps the password although a change was requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepReason {
    /// The user has logged in before.
    LoggedIn,
    /// The user holds roles, and the operator is not an owner.
    HoldsRoles,
}

/// The password changes that a resend requests.
#[derive(Clone, Copy, Debug)]
pub struct RequestedPasswordChange<'a> {
    /// The change for every user without one of their own.
    pub change: PasswordChange,
    /// The changes for single users.
    pub by_user: &'a BTreeMap<UserId, PasswordChange>,
    /// Whether the change also applies to users who have logged in before.
    pub change_for_logged_in: bool,
}

impl RequestedPasswordChange<'_> {
    /// Returns the password change for a user, and why the password stays although a change was
    /// requested. The reasons also apply to a change for this user alone.
    ///
    /// ```
    /// # use reinvite_domain::{*, password_change::*};
    /// # let now = chrono::DateTime::UNIX_EPOCH;
    /// # let owner = User { roles: vec![Role::Owner], ..User::new(UserId::new("o")?, "owner".into()) };
    /// # let (tree, by_user) = (GroupTree::default(), Default::default());
    /// let operator = Operator::new(owner, &tree, now);
    /// let asked = RequestedPasswordChange { change: PasswordChange::SetLink, by_user: &by_user, change_for_logged_in: false };
    /// let mut user = User::new(UserId::new("u")?, "user".into());
    /// assert_eq!(asked.for_user(&user, &operator, &tree, Credentials::Table), (PasswordChange::SetLink, None));
    /// user.first_login_at = Some(now);
    /// let kept = (PasswordChange::Keep, Some(KeepReason::LoggedIn));
    /// assert_eq!(asked.for_user(&user, &operator, &tree, Credentials::Table), kept);
    /// # Ok::<(), Rule>(())
    /// ```
    #[must_use]
    pub fn for_user(
        &self,
        user: &User,
        operator: &Operator,
        tree: &GroupTree,
        credentials: Credentials,
    ) -> (PasswordChange, Option<KeepReason>) {
        let requested = self.by_user.get(&user.id).copied().unwrap_or(self.change);
        // A user pool has one password per user: a temporary one would lock the user out.
        let locks_out =
            credentials == Credentials::Cognito && requested == PasswordChange::Temporary;
        let has_logged_in = user.first_login_at.is_some();

        if requested.is_keep() {
            (PasswordChange::Keep, None)
        } else if has_logged_in && (locks_out || !self.change_for_logged_in) {
            (PasswordChange::Keep, Some(KeepReason::LoggedIn))
        } else if roles_protect_password(user, operator, tree) {
            (PasswordChange::Keep, Some(KeepReason::HoldsRoles))
        } else {
            (requested, None)
        }
    }
}

/// Whether the user's roles protect the password from this operator.
#[must_use]
pub fn roles_protect_password(user: &User, operator: &Operator, tree: &GroupTree) -> bool {
    !operator.is_owner() && !granted_roles(user, tree).is_empty()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::Role;

    fn any_change() -> impl Strategy<Value = PasswordChange> {
        select(PasswordChange::ALL)
    }

    proptest! {
        #[test]
        fn a_password_is_changed_only_as_requested_and_never_a_protected_one(
            whole in any_change(), own in proptest::option::of(any_change()), change_for_logged_in: bool,
            has_logged_in: bool, holds_roles: bool, by_owner: bool, in_pool: bool,
        ) {
            let id = UserId::new("u").unwrap();
            let by_user = own.map(|own| (id.clone(), own)).into_iter().collect();
            let asked = RequestedPasswordChange { change: whole, by_user: &by_user, change_for_logged_in };
            let user = User {
                first_login_at: has_logged_in.then_some(DateTime::UNIX_EPOCH),
                roles: if holds_roles { vec![Role::TemplateManager] } else { vec![] },
                ..User::new(id, "u".into())
            };
            let roles = vec![if by_owner { Role::Owner } else { Role::SettingsManager }];
            let operator = User { roles, ..User::new(UserId::new("op").unwrap(), "op".into()) };
            let tree = GroupTree::default();
            let operator = Operator::new(operator, &tree, DateTime::UNIX_EPOCH);
            let credentials = if in_pool { Credentials::Cognito } else { Credentials::Table };
            let (change, reason) = asked.for_user(&user, &operator, &tree, credentials);
            let wanted = own.unwrap_or(whole);
            prop_assert_eq!(reason.is_some(), change != wanted);
            if change != PasswordChange::Keep {
                prop_assert!(!has_logged_in || change_for_logged_in);
                prop_assert!(!holds_roles || by_owner);
                prop_assert!(!(has_logged_in && in_pool && change == PasswordChange::Temporary));
            } else if reason.is_some() {
                prop_assert!(has_logged_in || holds_roles);
            }
        }
    }

    #[test]
    fn without_credentials_of_its_own_a_deployment_keeps_every_password() {
        let none = PasswordChange::allowed(Credentials::None);
        assert_eq!(none, [PasswordChange::Keep]);
        for credentials in [Credentials::Table, Credentials::Cognito] {
            let allowed = PasswordChange::allowed(credentials);
            assert_eq!(allowed, PasswordChange::ALL);
        }

        assert_eq!(
            PasswordChange::parse("keep", Credentials::None),
            Ok(PasswordChange::Keep)
        );
        assert_eq!(
            PasswordChange::parse("set_link", Credentials::None),
            Err(Rule::PasswordsOfTheLms)
        );
        assert_eq!(
            PasswordChange::parse("temporary", Credentials::Cognito),
            Ok(PasswordChange::Temporary)
        );
        assert_eq!(
            PasswordChange::parse("reset", Credentials::Table),
            Err(Rule::unknown_value(PasswordChange::ALL))
        );
    }
}
