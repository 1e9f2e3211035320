use reinvite_domain::{Role, User};
use serde::Serialize;
use serde_with::skip_serializing_none;

/// The roles that are granted to a user directly, and the `sub` of the user's tokens.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub struct RolesResponse {
    roles: Vec<Role>,
    subject: Option<String>,
}

impl From<User> for RolesResponse {
    fn from(user: User) -> Self {
        Self {
            roles: user.roles,
            subject: user.subject,
        }
    }
}
