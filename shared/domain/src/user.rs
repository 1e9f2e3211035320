//! A user of an organisation.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{EmailAddress, GroupId, Language, ResendId, Role, UserId, text::names};

/// Whether an account is in use.
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
    /// In use: the only status that is invited.
    Active,
    /// Stopped for a while.
    Suspended,
    /// No longer in use.
    Inactive,
    /// Waits for somebody to approve it.
    PendingApproval,
    /// Was not approved.
    Rejected,
    /// Not in use yet.
    NotYetValid,
}

impl Status {
    /// Every value, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// The status of that name.
    pub fn parse(name: &str) -> Result<Self, String> {
        name.parse()
            .map_err(|_| format!("must be one of {}", names(Self::ALL)))
    }
}

/// A user: an account of the LMS or SaaS that Reinvite stands beside. Stays under 1 KB as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The id the LMS chose.
    pub id: UserId,
    /// What the user types to log in; unique in the organisation, compared to the letter.
    pub login_id: String,
    /// The name mails greet with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Where mails go; several users may share one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Whether the account is in use.
    pub status: Status,
    /// The groups the user belongs to directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
    /// When the user first logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_login_at: Option<DateTime<Utc>>,
    /// When the user signed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_up_at: Option<DateTime<Utc>>,
    /// The account is valid from this instant on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<DateTime<Utc>>,
    /// The account is valid until just before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<DateTime<Utc>>,
    /// The language the user reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The zone the user lives in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Tz>,
    /// Roles granted to the user directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The `sub` of the user's tokens, where operators are found by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Raised by every change but an invitation.
    pub version: u64,
    /// How many invitations were sent to the user.
    pub invite_count: u32,
    /// When the last one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_invited_at: Option<DateTime<Utc>>,
    /// The resend it belonged to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_invited_by: Option<ResendId>,
}

impl User {
    /// A new, active user who is in no group.
    #[must_use]
    pub fn new(id: UserId, login_id: String) -> Self {
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
            subject: None,
            version: 0,
            invite_count: 0,
            last_invited_at: None,
            last_invited_by: None,
        }
    }

    /// The fields that differ of those that are kept in step, as the contract names them.
    #[must_use]
    pub fn changed_fields(&self, other: &Self) -> Vec<&'static str> {
        let fields = [
            ("loginId", self.login_id == other.login_id),
            ("displayName", self.display_name == other.display_name),
            ("email", self.email == other.email),
            ("status", self.status == other.status),
            ("groups", self.groups == other.groups),
            ("firstLoginAt", self.first_login_at == other.first_login_at),
            ("signedUpAt", self.signed_up_at == other.signed_up_at),
            ("validFrom", self.valid_from == other.valid_from),
            ("validUntil", self.valid_until == other.valid_until),
            ("language", self.language == other.language),
            ("timeZone", self.time_zone == other.time_zone),
        ];
        fields
            .into_iter()
            .filter(|(_, same)| !same)
            .map(|(name, _)| name)
            .collect()
    }

    /// Whether the links and temporary passwords of this user end as they become `after`.
    #[must_use]
    pub fn ends_links(&self, after: &Self) -> bool {
        let gains_roles = after.roles.iter().any(|role| !self.roles.contains(role));
        let leaves_active = self.status == Status::Active && after.status != Status::Active;
        self.email != after.email || leaves_active || gains_roles
    }

    /// The resend whose mail `after`, this user as changed, answered by logging in for the first time; none where there was
    /// no invitation before that.
    #[must_use]
    pub fn first_login_attribution(&self, after: &Self) -> Option<&ResendId> {
        let login = after
            .first_login_at
            .filter(|_| self.first_login_at.is_none())?;
        self.last_invited_by
            .as_ref()
            .filter(|_| self.last_invited_at.is_some_and(|invited| invited <= login))
    }

    /// The name to greet with; the login id where no name is known.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.login_id)
    }

    /// Whether the account can be used at `at`: it is active, and valid then.
    #[must_use]
    pub fn in_use_at(&self, at: DateTime<Utc>) -> bool {
        self.status == Status::Active && self.valid_at(at)
    }

    /// Whether `at` lies in the account's validity period.
    #[must_use]
    pub fn valid_at(&self, at: DateTime<Utc>) -> bool {
        self.valid_from.is_none_or(|from| from <= at)
            && self.valid_until.is_none_or(|until| at < until)
    }
}
