//! A user of an organisation.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    EmailAddress, GroupId, Language, ResendId, Role, Rule, UserId, Zone, link_generations::is_zero,
};

/// The status of an account.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// In use. Only active users get mails.
    Active,
    /// Stopped for a while.
    Suspended,
    /// No longer in use.
    Inactive,
    /// Waits for approval.
    PendingApproval,
    /// Not approved.
    Rejected,
    /// Not in use yet.
    NotYetValid,
}

impl Status {
    /// Every status, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// Parses the name of a status.
    pub fn parse(name: &str) -> Result<Self, Rule> {
        name.parse().map_err(|_| Rule::unknown_value(Self::ALL))
    }
}

/// A user: an account of the LMS or SaaS beside which Reinvite runs. It stays under 1 KB as stored.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The id that the LMS chose.
    pub id: UserId,
    /// The text that the user types to log in. It is unique in the organisation and compared exactly.
    pub login_id: String,
    /// The name in the greeting of mails.
    pub display_name: Option<String>,
    /// The address; several users may share one.
    pub email: Option<EmailAddress>,
    /// The status of the account.
    pub status: Status,
    /// The groups of which the user is a direct member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
    /// When the user first logged in.
    pub first_login_at: Option<DateTime<Utc>>,
    /// When the user signed up.
    pub signed_up_at: Option<DateTime<Utc>>,
    /// The account is valid from this instant on.
    pub valid_from: Option<DateTime<Utc>>,
    /// The account is valid until just before this instant.
    pub valid_until: Option<DateTime<Utc>>,
    /// The language that the user reads.
    pub language: Option<Language>,
    /// The time zone in which the user lives.
    pub time_zone: Option<Zone>,
    /// Roles granted to the user directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The version of the group tree in which they were granted.
    #[serde(default)]
    pub roles_as_of: u64,
    /// The `sub` of the user's tokens, if operators are found by it.
    pub subject: Option<String>,
    /// When the user was created: it tells the user from earlier ones with the same id.
    pub created_at: Option<DateTime<Utc>>,
    /// Whether entries of the user in lists are left to do, because a change did not fit into one
    /// transaction.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relisting: bool,
    /// Whether the user has attributes, which are kept beside the user.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_attributes: bool,
    /// The version, raised by every change except an invitation.
    pub version: u64,
    /// The number of invitations.
    pub invite_count: u32,
    /// When the last invitation was sent.
    pub last_invited_at: Option<DateTime<Utc>>,
    /// The resend of the last invitation.
    pub last_invited_by: Option<ResendId>,
    /// How often an invitation was taken back because its mail did not leave. A worker that read the user before
    /// that does not stamp the user any more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub invitations_taken_back: u32,
}

impl User {
    /// Creates an active user without groups.
    #[must_use]
    pub const fn new(id: UserId, login_id: String) -> Self {
        Self {
            id,
            login_id,
            display_name: None,
            email: None,
            status: Status::Active,
            groups: Vec::new(),
            first_login_at: None,
            signed_up_at: None,
            valid_from: None,
            valid_until: None,
            language: None,
            time_zone: None,
            roles: Vec::new(),
            roles_as_of: 0,
            subject: None,
            created_at: None,
            relisting: false,
            has_attributes: false,
            version: 0,
            invite_count: 0,
            last_invited_at: None,
            last_invited_by: None,
            invitations_taken_back: 0,
        }
    }

    /// Whether the user's links and temporary passwords end when the user becomes `after`.
    #[must_use]
    pub fn ends_links(&self, after: &Self) -> bool {
        let has_new_roles = after.roles.iter().any(|role| !self.roles.contains(role));
        let gains_roles = has_new_roles || self.roles_as_of != after.roles_as_of;
        let leaves_active = self.status == Status::Active && after.status != Status::Active;

        self.email != after.email || leaves_active || gains_roles
    }

    /// Returns the resend to which the first login of `after`, this user as changed, is attributed:
    /// the resend of the last invitation before it. `None` if the change has no first login, or no
    /// invitation came before.
    #[must_use]
    pub fn first_login_attribution(&self, after: &Self) -> Option<&ResendId> {
        if self.first_login_at.is_some() {
            return None;
        }

        let first_login_at = after.first_login_at?;
        let last_invited_at = self.last_invited_at?;
        self.last_invited_by
            .as_ref()
            .filter(|_| last_invited_at <= first_login_at)
    }

    /// Whether the user's address is among these suppressed addresses, which are folded.
    #[must_use]
    pub fn is_suppressed(&self, suppressed: &HashSet<String>) -> bool {
        self.email
            .as_ref()
            .is_some_and(|email| suppressed.contains(&email.folded()))
    }

    /// Whether this is the user who had the id at `at`, and not one who was created with it later.
    #[must_use]
    pub fn existed_at(&self, at: DateTime<Utc>) -> bool {
        self.created_at.is_none_or(|created_at| created_at <= at)
    }

    /// When the user may be invited again after the last invitation.
    #[must_use]
    pub fn cooldown_end(&self, cooldown: TimeDelta) -> Option<DateTime<Utc>> {
        self.last_invited_at.map(|invited_at| invited_at + cooldown)
    }

    /// Returns the name in the greeting; the login id if no name is known.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.login_id)
    }

    /// Whether the account is in use at `at`: it is active and valid.
    #[must_use]
    pub fn in_use_at(&self, at: DateTime<Utc>) -> bool {
        self.status == Status::Active && self.valid_at(at)
    }

    /// Whether `at` lies within the account's validity.
    #[must_use]
    pub fn valid_at(&self, at: DateTime<Utc>) -> bool {
        self.valid_from.is_none_or(|from| from <= at)
            && self.valid_until.is_none_or(|until| at < until)
    }
}
