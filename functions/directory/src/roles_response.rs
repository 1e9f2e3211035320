use reinvite_domain::{GroupTree, Role, User, own_roles};
use serde::Serialize;
use serde_with::skip_serializing_none;

/// The roles that are granted to a user directly, and the `sub` of the user's tokens.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub struct RolesResponse {
    roles: Vec<Role>,
    subject: Option<String>,
}

impl RolesResponse {
    /// Answers the roles that have not ended with their groups.
    pub fn new(user: User, tree: &GroupTree) -> Self {
        Self {
            roles: own_roles(&user, tree),
            subject: user.subject,
        }
    }
}
