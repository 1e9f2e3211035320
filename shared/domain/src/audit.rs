//! The audit trail: who did what and when. It holds ids and choices, never a name, an address or a secret.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    AuditId, EarlierLinks, ExclusionReason, Filter, GroupId, PasswordChange, ResendId, Role,
    TemplateId, UserId,
};

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The entry; later ones sort later.
    pub id: AuditId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub operator: UserId,
    /// What.
    #[serde(flatten)]
    pub action: AuditAction,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "action",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum AuditAction {
    /// Made a resend.
    ResendCreated {
        /// The resend.
        resend_id: ResendId,
        /// For whom.
        selection: Box<AuditedSelection>,
        /// The template.
        template_id: TemplateId,
        /// The version of it.
        template_version: u32,
        /// Whether a variant was edited for this resend.
        edited: bool,
        /// What happens to passwords.
        password_change: PasswordChange,
        /// What happens to earlier links.
        earlier_links: EarlierLinks,
        /// Whether users who had logged in get the password change, too.
        change_for_logged_in: bool,
        /// Whether the cooldown was waived.
        ignore_cooldown: bool,
        /// When it starts.
        start_at: DateTime<Utc>,
        /// The resend whose failed recipients it retries.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_of: Option<ResendId>,
    },
    /// Its recipients were written down.
    ResendPrepared {
        /// The resend.
        resend_id: ResendId,
        /// How many get it.
        eligible: u32,
        /// How many do not, by reason.
        excluded: BTreeMap<ExclusionReason, u32>,
    },
    /// Gave a resend another start.
    ResendRescheduled {
        /// The resend.
        resend_id: ResendId,
        /// When it starts now.
        start_at: DateTime<Utc>,
    },
    /// Stopped a resend for a while.
    ResendPaused {
        /// The resend.
        resend_id: ResendId,
    },
    /// Let it go on.
    ResendResumed {
        /// The resend.
        resend_id: ResendId,
    },
    /// Stopped it for good.
    ResendCancelled {
        /// The resend.
        resend_id: ResendId,
    },
    /// Made a template.
    TemplateCreated {
        /// The template.
        template_id: TemplateId,
    },
    /// Changed it.
    TemplateChanged {
        /// The template.
        template_id: TemplateId,
        /// The version this made.
        version: u32,
    },
    /// Deleted it.
    TemplateDeleted {
        /// The template.
        template_id: TemplateId,
    },
    /// Sent a test mail to their own address.
    TemplateTested {
        /// The template.
        template_id: TemplateId,
        /// The version of it.
        template_version: u32,
        /// Whether a variant was edited for it.
        edited: bool,
    },
    /// Changed the settings.
    SettingsChanged {
        /// The version this made.
        version: u64,
        /// The fields that differ, as the contract names them.
        fields: Vec<String>,
    },
    /// Made a user.
    UserCreated {
        /// The user.
        user_id: UserId,
    },
    /// Changed a user.
    UserChanged {
        /// The user.
        user_id: UserId,
        /// The fields that differ, as the contract names them.
        fields: Vec<String>,
    },
    /// Deleted a user.
    UserDeleted {
        /// The user.
        user_id: UserId,
    },
    /// Granted roles to a user.
    RolesChanged {
        /// The user.
        user_id: UserId,
        /// What the user holds now.
        roles: Vec<Role>,
    },
    /// Took a user's address off the suppression list.
    AddressUnsuppressed {
        /// The user.
        user_id: UserId,
    },
    /// Made a group.
    GroupCreated {
        /// The group.
        group_id: GroupId,
    },
    /// Changed a group.
    GroupChanged {
        /// The group.
        group_id: GroupId,
        /// The fields that differ, as the contract names them.
        fields: Vec<String>,
        /// The roles its members hold now.
        roles: Vec<Role>,
    },
    /// Deleted a group.
    GroupDeleted {
        /// The group.
        group_id: GroupId,
    },
    /// Began to import users.
    ImportStarted {
        /// Lines of the file, besides its header.
        lines: usize,
    },
    /// Imported them.
    ImportEnded {
        /// Users made.
        created: usize,
        /// Users changed.
        updated: usize,
        /// Users that were so already.
        unchanged: usize,
    },
    /// A user set a password, with the link of an invitation: here the operator is the user.
    PasswordSet {
        /// The user.
        user_id: UserId,
        /// The resend, or the renewal, that made the link.
        issued_by: String,
    },
    /// The organisation was made, with its first owner.
    OrganisationCreated {},
}

/// For whom a resend is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditedSelection {
    /// The filter, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// The users listed, or left out of the filter: the first [`MAX_AUDITED_IDS`] of them.
    pub user_ids: Vec<UserId>,
    /// How many there are.
    pub count: usize,
}

/// Ids told of a selection: all of them are kept with the resend.
pub const MAX_AUDITED_IDS: usize = 200;
