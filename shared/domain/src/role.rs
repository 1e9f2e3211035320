//! Roles: granted to a user, or to a group whose direct members then hold them.

use serde::{Deserialize, Serialize};

use crate::{GroupId, Rule, SerdeRule};

/// The names of the roles, in the order of the contract.
const ROLE_NAMES: [&str; 5] = [
    "group_manager",
    "template_manager",
    "settings_manager",
    "directory_manager",
    "owner",
];

/// The access of a group manager to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Sees its users.
    View,
    /// Invites its users and corrects their addresses.
    Edit,
}

/// A granted role.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case", try_from = "GrantedRole")]
pub enum Role {
    /// Manages a group and the groups below it.
    GroupManager {
        /// The group.
        group: GroupId,
        /// The access to the group.
        access: Access,
    },
    /// Edits templates.
    TemplateManager,
    /// Edits settings, reads the audit trail.
    SettingsManager,
    /// Synchronises the users of the whole organisation with the LMS.
    DirectoryManager,
    /// Holds every role.
    Owner,
}

/// A role as a request writes it. Only a group manager may have a group and an access: with any other
/// role, they would seem to limit it.
#[derive(Deserialize)]
struct GrantedRole {
    role: String,
    group: Option<GroupId>,
    access: Option<Access>,
}

impl TryFrom<GrantedRole> for Role {
    type Error = SerdeRule;

    fn try_from(granted: GrantedRole) -> Result<Self, SerdeRule> {
        let GrantedRole {
            role,
            group,
            access,
        } = granted;

        match (&*role, group, access) {
            ("group_manager", Some(group), Some(access)) => {
                Ok(Self::GroupManager { group, access })
            }
            ("group_manager", ..) => Err(Rule::RoleNeedsGroup.into()),
            (_, Some(_), _) | (_, _, Some(_)) => Err(Rule::RoleTakesNoGroup.into()),
            ("template_manager", ..) => Ok(Self::TemplateManager),
            ("settings_manager", ..) => Ok(Self::SettingsManager),
            ("directory_manager", ..) => Ok(Self::DirectoryManager),
            ("owner", ..) => Ok(Self::Owner),
            _ => Err(Rule::unknown_value(&ROLE_NAMES).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_what_it_needs_and_nothing_that_would_seem_to_limit_it() {
        let read = |json: &str| serde_json::from_str::<Role>(json);
        for good in [
            r#"{"role":"owner"}"#,
            r#"{"role":"group_manager","group":"g","access":"view"}"#,
        ] {
            assert_eq!(serde_json::to_string(&read(good).unwrap()).unwrap(), good);
        }
        for bad in [
            r#"{"role":"owner","group":"g"}"#,
            r#"{"role":"template_manager","access":"edit"}"#,
            r#"{"role":"group_manager","group":"g"}"#,
            r#"{"role":"superuser"}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
