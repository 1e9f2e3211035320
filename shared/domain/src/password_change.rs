//! What a resend does to a user's password, and to whose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{GroupTree, Operator, User, UserId, granted_roles, text::names};

/// What a resend does to passwords.
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
    /// Nothing: the mail has the login link.
    #[default]
    Keep,
    /// The mail has a link to set one, good once and for a while.
    SetLink,
    /// The mail has one that is good for a while, and only for setting another.
    Temporary,
}

impl PasswordChange {
    /// Every value, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// The one of that name, where the deployment can do it.
    pub fn parse(name: &str, credentials: Credentials) -> Result<Self, String> {
        match name.parse() {
            Ok(Self::Keep) => Ok(Self::Keep),
            Ok(change) if credentials != Credentials::None => Ok(change),
            Ok(_) => Err("must be keep: this deployment leaves passwords to the LMS".into()),
            Err(_) => Err(format!("must be one of {}", names(Self::ALL))),
        }
    }

    /// Whether nothing happens.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// Where a deployment keeps credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// The LMS keeps them: passwords are left alone.
    None,
    /// In the table of users, where a login service verifies them.
    Table,
    /// In a user pool of Amazon Cognito.
    Cognito,
}

/// Why a user keeps their password although a change was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepReason {
    /// The user has logged in before.
    LoggedIn,
    /// The user holds roles, and it is no owner who asks.
    HoldsRoles,
}

/// What is asked for of passwords.
#[derive(Clone, Copy, Debug)]
pub struct RequestedPasswordChange<'a> {
    /// Of everybody,
    pub change: PasswordChange,
    /// but of these.
    pub by_user: &'a BTreeMap<UserId, PasswordChange>,
    /// Whether users who had logged in get it, too.
    pub change_for_logged_in: bool,
}

impl RequestedPasswordChange<'_> {
    /// What happens to the password of a user, and why nothing where something was asked for: this beats a choice for the
    /// user alone.
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
    /// # Ok::<(), InvalidId>(())
    /// ```
    #[must_use]
    pub fn for_user(
        &self,
        user: &User,
        operator: &Operator,
        tree: &GroupTree,
        credentials: Credentials,
    ) -> (PasswordChange, Option<KeepReason>) {
        let asked = self.by_user.get(&user.id).copied().unwrap_or(self.change);
        // A user pool has one password for each user: a temporary one would lock out who has another.
        let lockout = credentials == Credentials::Cognito && asked == PasswordChange::Temporary;
        let reason = if asked.is_keep() {
            None
        } else if user.first_login_at.is_some() && (lockout || !self.change_for_logged_in) {
            Some(KeepReason::LoggedIn)
        } else {
            roles_protect_password(user, operator, tree).then_some(KeepReason::HoldsRoles)
        };
        (
            if reason.is_some() {
                PasswordChange::Keep
            } else {
                asked
            },
            reason,
        )
    }
}

/// Whether the user's roles keep their password from this operator.
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
        fn a_password_is_changed_only_as_asked_and_of_nobody_who_is_protected(
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
        assert_eq!(
            PasswordChange::parse("keep", Credentials::None),
            Ok(PasswordChange::Keep)
        );
        assert!(
            PasswordChange::parse("set_link", Credentials::None)
                .unwrap_err()
                .contains("leaves passwords")
        );
        assert_eq!(
            PasswordChange::parse("temporary", Credentials::Cognito),
            Ok(PasswordChange::Temporary)
        );
        assert!(
            PasswordChange::parse("reset", Credentials::Table)
                .unwrap_err()
                .contains("set_link")
        );
    }
}
