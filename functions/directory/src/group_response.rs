use reinvite_domain::{Group, GroupId, Role};
use serde::Serialize;
use serde_with::skip_serializing_none;

/// A group without its id, in an answer to an owner.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupResponse {
    name: String,
    parent_id: Option<GroupId>,
    roles: Vec<Role>,
}

impl From<Group> for GroupResponse {
    fn from(group: Group) -> Self {
        Self {
            name: group.name,
            parent_id: group.parent_id,
            roles: group.roles,
        }
    }
}
