//! Roles: what a user may do, granted to the user or to a group and then held by its direct members.

use serde::{Deserialize, Serialize};

use crate::GroupId;

/// How far a group manager may go in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// See its users.
    View,
    /// Invite them, and put their addresses right.
    Edit,
}

/// One role as granted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case", deny_unknown_fields)]
pub enum Role {
    /// Manages a group and the groups below it.
    GroupManager {
        /// The group.
        group: GroupId,
        /// How far.
        access: Access,
    },
    /// Edits templates.
    TemplateManager,
    /// Edits settings, reads the audit trail.
    SettingsManager,
    /// Keeps the users of the whole organisation in step.
    DirectoryManager,
    /// Everything.
    Owner,
}
