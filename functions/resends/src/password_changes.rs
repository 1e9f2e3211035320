//! The password changes that a resend makes.

use std::collections::BTreeMap;

use reinvite_domain::{
    Credentials, FieldError, KeepReason, PasswordChange, RequestedPasswordChange, Rule, User,
    UserId, resend::MAX_SELECTION_IDS,
};
use reinvite_store::OperatorContext;

/// The password changes that a resend makes.
#[derive(Clone, Debug)]
pub struct PasswordChanges {
    /// The password change of users without a choice of their own.
    pub change: PasswordChange,
    /// Password changes chosen for single users.
    pub by_user: BTreeMap<UserId, PasswordChange>,
    /// Whether the password change also applies to users who have logged in before.
    pub change_for_logged_in: bool,
    /// The service that keeps the deployment's passwords.
    pub credentials: Credentials,
}

impl PasswordChanges {
    /// The change of a user's password, and why the user keeps it although a change was requested.
    pub fn for_user(
        &self,
        user: &User,
        context: &OperatorContext,
    ) -> (PasswordChange, Option<KeepReason>) {
        let requested = RequestedPasswordChange {
            change: self.change,
            by_user: &self.by_user,
            change_for_logged_in: self.change_for_logged_in,
        };
        requested.for_user(
            user,
            &context.operator,
            &context.tree.groups,
            self.credentials,
        )
    }
}

/// Parses the password change of a request, or adds the wrong field to `errors`.
///
/// Without `name` the organisation's setting applies, if the deployment still keeps passwords.
pub fn parse_password_change(
    name: Option<&str>,
    context: &OperatorContext,
    credentials: Credentials,
    errors: &mut Vec<FieldError>,
) -> PasswordChange {
    let parsed =
        name.and_then(|name| parse_change("/passwordChange".into(), name, credentials, errors));

    match (parsed, credentials) {
        (Some(change), _) => change,
        (None, Credentials::None) => PasswordChange::Keep,
        (None, _) => context.organisation.settings.password_change,
    }
}

/// Parses the password changes of single users, and adds every wrong field to `errors`.
///
/// Above [`MAX_SELECTION_IDS`] users it parses only the first ones.
pub fn parse_changes_by_user(
    requested: &BTreeMap<UserId, String>,
    credentials: Credentials,
    errors: &mut Vec<FieldError>,
) -> BTreeMap<UserId, PasswordChange> {
    if requested.len() > MAX_SELECTION_IDS {
        let max = MAX_SELECTION_IDS;
        let rule = Rule::TooManyUsers { max };
        errors.push(FieldError::pointer("/passwordChangeByUser", rule));
    }

    requested
        .iter()
        .take(MAX_SELECTION_IDS)
        .filter_map(|(user, name)| {
            let pointer = format!("/passwordChangeByUser/{user}");
            let change = parse_change(pointer, name, credentials, errors)?;
            Some((user.clone(), change))
        })
        .collect()
}

fn parse_change(
    pointer: String,
    name: &str,
    credentials: Credentials,
    errors: &mut Vec<FieldError>,
) -> Option<PasswordChange> {
    PasswordChange::parse(name, credentials)
        .map_err(|rule| errors.push(FieldError::pointer(pointer, rule)))
        .ok()
}
