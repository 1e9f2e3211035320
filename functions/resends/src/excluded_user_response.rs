use reinvite_domain::{ExclusionReason, FieldError, UserId};
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
    /// The user's name, if the operator may see the user.
    pub display_name: Option<String>,
    /// The reason.
    pub reason: ExclusionReason,
    /// In a preview: why the template cannot be rendered for the user.
    pub defect: Option<FieldError>,
}

/// The answer to the operator who asked for the user: it says no more than the request did.
impl From<ExcludedUser> for ExcludedUserResponse {
    fn from(excluded: ExcludedUser) -> Self {
        Self {
            user_id: excluded.user_id,
            display_name: None,
            reason: excluded.reason,
            defect: None,
        }
    }
}
