//! A recipient: one user in one resend.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    ExclusionReason, GroupTree, KeepReason, Language, Operator, PasswordChange, ResendId, User,
    UserId, chunk::MAX_ATTEMPTS,
};

/// What became of a recipient's mail.
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
pub enum RecipientState {
    /// Nothing yet.
    Pending,
    /// A second attempt is under way.
    Sending,
    /// It was given to SES, which did not say what became of it.
    Unknown,
    /// SES accepted it.
    Sent,
    /// The mailbox accepted it.
    Delivered,
    /// The mailbox refused it.
    Bounced,
    /// The user called it spam.
    Complained,
    /// SES refused it, or it could not be rendered.
    Failed,
    /// It was not sent, for a reason.
    Skipped,
}

impl RecipientState {
    /// Every value, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// The state's name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether a mail may have reached the user.
    #[must_use]
    pub fn may_have_arrived(self) -> bool {
        matches!(
            self,
            Self::Unknown | Self::Sent | Self::Delivered | Self::Complained
        )
    }

    /// Whether an index lists recipients in this state: those somebody looks for by it.
    #[must_use]
    pub fn is_indexed(self) -> bool {
        matches!(
            self,
            Self::Unknown | Self::Bounced | Self::Complained | Self::Failed | Self::Skipped
        )
    }
}

/// A recipient, at a position of a chunk. Stays under 1 KB as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// The user.
    pub user_id: UserId,
    /// The chunk.
    pub chunk: u32,
    /// The place in the chunk, from 0.
    pub position: u16,
    /// What became of the mail.
    pub state: RecipientState,
    /// Why it was skipped or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<OutcomeReason>,
    /// What happens to the password.
    pub password_change: PasswordChange,
    /// Why nothing, where something was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_change_reason: Option<KeepReason>,
    /// Whether the user had logged in when the resend was made.
    pub had_logged_in: bool,
    /// How many times the mail was tried.
    pub attempt: u32,
    /// When the attempt was claimed that nothing is known of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<DateTime<Utc>>,
    /// Links of the user before this generation end if it is found out that the mail went: nothing was known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_links_before: Option<u32>,
    /// When SES accepted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    /// The id SES gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// What the mail says of its reader, from which it is rendered again to be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailValues>,
}

/// Why a recipient was skipped or failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OutcomeReason {
    /// Skipped for this reason.
    Skipped(ExclusionReason),
    /// Failed: SES's status in lower case, or `template_failed`.
    Failed(String),
}

/// What a mail says of its reader.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailValues {
    /// The variant of the template.
    pub language: Language,
    /// The user's name.
    pub name: String,
    /// The login id.
    pub login_id: String,
    /// The address.
    pub email: String,
    /// The paths of the user's groups in the operator's scope.
    pub groups: Vec<String>,
    /// The operator's name.
    pub operator_name: String,
    /// The user's n-th invitation.
    pub invitation: u32,
    /// What its link or temporary password is made of; none of a mail that leaves the password alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretInputs>,
}

/// What a link or a temporary password is made of, besides the organisation, the resend and the user: with these it can be
/// made again, and without the key nothing follows from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretInputs {
    /// The key.
    pub key: String,
    /// The generation of the user's links.
    pub generation: u32,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// The same as the mail says it.
    pub expires_shown: String,
}

impl Recipient {
    /// Whether another attempt may follow one that nothing is known of: a reason says that none may.
    #[must_use]
    pub fn allows_reattempt(&self) -> bool {
        self.state == RecipientState::Unknown
            && self.reason.is_none()
            && self.attempt < MAX_ATTEMPTS
    }
}

impl MailValues {
    /// What the mail of `resend` says to `user`, as invited by `operator`. The number of the invitation is the one the
    /// user gets, or has, by this resend. `None` where there is no address.
    #[must_use]
    pub fn new(
        user: &User,
        resend: &ResendId,
        operator: &Operator,
        tree: &GroupTree,
        language: Language,
    ) -> Option<Self> {
        let visible = |group: &_| operator.group_access(group).is_some();
        let stamped = user.last_invited_by.as_ref() == Some(resend);
        Some(Self {
            language,
            name: user.name().into(),
            login_id: user.login_id.clone(),
            email: user.email.as_ref()?.as_str().into(),
            groups: user
                .groups
                .iter()
                .filter(|group| visible(group))
                .map(|group| tree.path(group, visible))
                .collect(),
            operator_name: operator.user.name().into(),
            invitation: user.invite_count + u32::from(!stamped),
            secret: None,
        })
    }
}

/// Keeps names and addresses out of logs.
impl fmt::Debug for MailValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailValues")
            .field("invitation", &self.invitation)
            .finish_non_exhaustive()
    }
}

/// How many recipients: eligible, excluded, and in each state with an outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Who gets a mail, or was to get one.
    pub eligible: u32,
    /// Who was selected and is not eligible.
    pub excluded: u32,
    /// Recipients by state; who is in none of them is `pending`.
    pub states: BTreeMap<RecipientState, u32>,
    /// Users who first logged in after this mail, their last invitation.
    #[serde(default, rename = "loggedInAfter")]
    pub logged_in_after: u32,
}

impl Counts {
    /// Counts outcomes anew.
    #[must_use]
    pub fn by_state<'a>(
        recipients: impl IntoIterator<Item = &'a Recipient>,
    ) -> BTreeMap<RecipientState, u32> {
        let mut states = BTreeMap::new();
        for recipient in recipients {
            if recipient.state != RecipientState::Pending {
                *states.entry(recipient.state).or_default() += 1;
            }
        }
        states
    }

    /// Recipients without an outcome.
    #[must_use]
    pub fn pending(&self) -> u32 {
        self.eligible.saturating_sub(self.states.values().sum())
    }
}
