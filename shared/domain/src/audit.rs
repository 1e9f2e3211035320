//! The audit trail: which operator did what, and when. An entry has ids and choices, never a name,
//! an address or a secret.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::{
    AuditId, EarlierLinks, ExclusionReason, Filter, GroupId, PasswordChange, ResendId, Role,
    SuppressionId, TemplateId, UserId,
};

/// The most ids of a selection in an audit entry. All of them are stored with the resend.
pub const MAX_AUDITED_IDS: usize = 200;

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The id of the entry; later entries sort later.
    pub id: AuditId,
    /// When the action was taken.
    pub at: DateTime<Utc>,
    /// The operator who took it.
    pub operator: UserId,
    /// The action.
    #[serde(flatten)]
    pub action: AuditAction,
}

/// An action of an operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
#[serde(
    tag = "action",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum AuditAction {
    /// Created a resend.
    ResendCreated {
        /// The resend.
        resend_id: ResendId,
        /// The users that it asks for.
        selection: Box<AuditedSelection>,
        /// The template.
        template_id: TemplateId,
        /// The version of the template.
        template_version: u32,
        /// Whether the operator edited a variant for this resend.
        edited: bool,
        /// The password change.
        password_change: PasswordChange,
        /// The number of password changes that were chosen for single users. `GET
        /// /v1/resends/{id}/choices` lists them.
        #[serde(default, skip_serializing_if = "is_zero")]
        choices: usize,
        /// The SHA-256 of the note, in hexadecimal digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note_hash: Option<String>,
        /// Whether links of earlier invitations end.
        earlier_links: EarlierLinks,
        /// Whether the password change also applies to users who have logged in before.
        change_for_logged_in: bool,
        /// Whether the cooldown does not apply.
        ignore_cooldown: bool,
        /// When it starts.
        start_at: DateTime<Utc>,
        /// The resend whose failed recipients it retries.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_of: Option<ResendId>,
    },
    /// Prepared a resend: its recipients are written.
    ResendPrepared {
        /// The resend.
        resend_id: ResendId,
        /// The number of recipients.
        eligible: u32,
        /// Excluded users by reason.
        excluded: BTreeMap<ExclusionReason, u32>,
    },
    /// Changed the start of a resend.
    ResendRescheduled {
        /// The resend.
        resend_id: ResendId,
        /// The new start.
        start_at: DateTime<Utc>,
        /// The start before the change, which entries of earlier versions lack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start_at_before: Option<DateTime<Utc>>,
    },
    /// Paused a resend.
    ResendPaused {
        /// The resend.
        resend_id: ResendId,
    },
    /// Resumed a resend.
    ResendResumed {
        /// The resend.
        resend_id: ResendId,
    },
    /// Cancelled a resend.
    ResendCancelled {
        /// The resend.
        resend_id: ResendId,
    },
    /// Created a template.
    TemplateCreated {
        /// The template.
        template_id: TemplateId,
    },
    /// Changed a template.
    TemplateChanged {
        /// The template.
        template_id: TemplateId,
        /// The new version.
        version: u32,
    },
    /// Deleted a template.
    TemplateDeleted {
        /// The template.
        template_id: TemplateId,
    },
    /// Sent a test mail to the operator's own address.
    TemplateTested {
        /// The template.
        template_id: TemplateId,
        /// The version of the template.
        template_version: u32,
        /// Whether the operator edited a variant for this mail.
        edited: bool,
    },
    /// Changed the settings.
    SettingsChanged {
        /// The new version.
        version: u64,
        /// The changed fields, by their names in the contract.
        fields: Vec<String>,
    },
    /// Created a user.
    UserCreated {
        /// The user.
        user_id: UserId,
    },
    /// Changed a user.
    UserChanged {
        /// The user.
        user_id: UserId,
        /// The changed fields, by their names in the contract.
        fields: Vec<String>,
    },
    /// Deleted a user.
    UserDeleted {
        /// The user.
        user_id: UserId,
    },
    /// Changed the roles of a user.
    RolesChanged {
        /// The user.
        user_id: UserId,
        /// The roles that the user now holds.
        roles: Vec<Role>,
    },
    /// Removed a user's address from the suppression list.
    AddressUnsuppressed {
        /// The user.
        user_id: UserId,
    },
    /// Removed an address from the suppression list, by its id.
    SuppressionDeleted {
        /// The id of the suppressed address.
        suppression_id: SuppressionId,
    },
    /// Created a group.
    GroupCreated {
        /// The group.
        group_id: GroupId,
    },
    /// Changed a group.
    GroupChanged {
        /// The group.
        group_id: GroupId,
        /// The changed fields, by their names in the contract.
        fields: Vec<String>,
        /// The roles that its members now hold.
        roles: Vec<Role>,
    },
    /// Deleted a group.
    GroupDeleted {
        /// The group.
        group_id: GroupId,
    },
    /// Started an import of users.
    ImportStarted {
        /// Lines of the file, without its header.
        lines: usize,
    },
    /// Finished an import of users.
    ImportEnded {
        /// Created users.
        created: usize,
        /// Changed users.
        updated: usize,
        /// Users that already had the imported values.
        unchanged: usize,
    },
    /// Set a password with the link of an invitation. The operator of this entry is the user.
    PasswordSet {
        /// The user.
        user_id: UserId,
        /// The resend or renewal that issued the link.
        issued_by: String,
    },
    /// Created the organisation with its first owner.
    OrganisationCreated {},
}

impl AuditAction {
    /// The names of all actions, in the order of their kinds.
    pub const NAMES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The name of the action in the contract.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The resend that the action created or changed.
    #[must_use]
    pub const fn resend_id(&self) -> Option<&ResendId> {
        match self {
            Self::ResendCreated { resend_id, .. }
            | Self::ResendPrepared { resend_id, .. }
            | Self::ResendRescheduled { resend_id, .. }
            | Self::ResendPaused { resend_id }
            | Self::ResendResumed { resend_id }
            | Self::ResendCancelled { resend_id } => Some(resend_id),
            _ => None,
        }
    }

    /// The user that the action created or changed.
    #[must_use]
    pub const fn user_id(&self) -> Option<&UserId> {
        match self {
            Self::UserCreated { user_id }
            | Self::UserChanged { user_id, .. }
            | Self::UserDeleted { user_id }
            | Self::RolesChanged { user_id, .. }
            | Self::AddressUnsuppressed { user_id }
            | Self::PasswordSet { user_id, .. } => Some(user_id),
            _ => None,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The selection of a resend, as the audit trail shows it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditedSelection {
    /// The filter, if the selection has one.
    pub filter: Option<Filter>,
    /// The first [`MAX_AUDITED_IDS`] users that are listed, or left out of the filter.
    pub user_ids: Vec<UserId>,
    /// The number of users that are listed, or left out of the filter.
    pub count: usize,
}
