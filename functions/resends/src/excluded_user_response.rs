use chrono::{DateTime, Utc};
use reinvite_domain::{ExclusionReason, FieldError, User, UserId};
use reinvite_store::ExcludedUser;
use serde::Serialize;
use serde_with::skip_serializing_none;

/// An excluded user as the API answers it.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExcludedUserResponse {
    /// The user, or an id that the request named.
    pub user_id: UserId,
    /// The user's login id, if the operator may see the user.
    pub login_id: Option<String>,
    /// The user's name, if the operator may see the user.
    pub display_name: Option<String>,
    /// The reason.
    pub reason: ExclusionReason,
    /// In a preview: when the cooldown of the user ends, if it is the reason.
    pub until: Option<DateTime<Utc>>,
    /// In a preview: why the template cannot be rendered for the user.
    pub defect: Option<FieldError>,
}

impl ExcludedUserResponse {
    /// The answer for an excluded user. `user` is `None` unless the operator may see the user.
    pub fn new(user_id: UserId, user: Option<&User>, reason: ExclusionReason) -> Self {
        Self {
            user_id,
            login_id: user.map(|user| user.login_id.clone()),
            display_name: user.and_then(|user| user.display_name.clone()),
            reason,
            until: None,
            defect: None,
        }
    }
}

/// The answer to the operator who asked for the user: it says no more than the request did.
impl From<ExcludedUser> for ExcludedUserResponse {
    fn from(excluded: ExcludedUser) -> Self {
        Self::new(excluded.user_id, None, excluded.reason)
    }
}
