//! A recipient: one user in one resend.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{ExclusionReason, FailedReason, KeepReason, MailValues, PasswordChange, User, UserId};

/// A mail that was in doubt after this many attempts is left to an operator.
pub const MAX_ATTEMPTS: u32 = 5;

/// The state of a recipient's mail.
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
    /// No attempt has a result yet.
    Pending,
    /// A reattempt is under way.
    Sending,
    /// The mail is in doubt: the call to SES gave no answer.
    Unknown,
    /// SES accepted the mail.
    Sent,
    /// The mailbox accepted the mail.
    Delivered,
    /// The mailbox refused the mail.
    Bounced,
    /// The user marked the mail as spam.
    Complained,
    /// SES refused the mail, or it could not be rendered.
    Failed,
    /// No mail was sent, for a reason; after an attempt in doubt, no other mail.
    Skipped,
}

impl RecipientState {
    /// Every state, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// The state's name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether an index lists the recipients in this state: operators search for these states.
    #[must_use]
    pub const fn is_indexed(self) -> bool {
        matches!(
            self,
            Self::Unknown | Self::Bounced | Self::Complained | Self::Failed | Self::Skipped
        )
    }
}

/// A recipient at a position of a chunk. It stays under 1 KB as stored.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// The user.
    pub user_id: UserId,
    /// When the user was created.
    pub user_created_at: Option<DateTime<Utc>>,
    /// The number of the chunk.
    pub chunk: u32,
    /// The position in the chunk, from 0.
    pub position: u16,
    /// The state of the mail.
    pub state: RecipientState,
    /// Why the recipient was skipped or failed.
    pub reason: Option<OutcomeReason>,
    /// The effect of the mail on the password.
    pub password_change: PasswordChange,
    /// Why the password is kept although a change was requested.
    pub password_change_reason: Option<KeepReason>,
    /// Whether the user had logged in when the resend was prepared.
    pub had_logged_in: bool,
    /// The number of attempts.
    pub attempt: u32,
    /// When the attempt in doubt was claimed.
    pub claimed_at: Option<DateTime<Utc>>,
    /// For a mail in doubt: the user's links before this generation end once an event shows that the
    /// mail has left.
    pub ends_links_before: Option<u32>,
    /// When SES accepted the mail.
    pub sent_at: Option<DateTime<Utc>>,
    /// The message id that SES gave.
    pub message_id: Option<String>,
    /// The values of the mail that depend on the recipient, from which it can be rendered again.
    pub mail: Option<MailValues>,
}

/// Why a recipient was skipped or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OutcomeReason {
    /// The recipient was skipped for this reason.
    Skipped(ExclusionReason),
    /// The mail failed for this reason.
    Failed(FailedReason),
}

impl Recipient {
    /// Creates a pending recipient who has not logged in and whose password change nothing limits.
    #[must_use]
    pub const fn pending(
        user_id: UserId,
        chunk: u32,
        position: u16,
        password_change: PasswordChange,
    ) -> Self {
        Self {
            user_id,
            user_created_at: None,
            chunk,
            position,
            state: RecipientState::Pending,
            reason: None,
            password_change,
            password_change_reason: None,
            had_logged_in: false,
            attempt: 0,
            claimed_at: None,
            ends_links_before: None,
            sent_at: None,
            message_id: None,
            mail: None,
        }
    }

    /// Whether a mail may have reached the user: also the first mail to a recipient whose second
    /// attempt was skipped.
    #[must_use]
    pub const fn may_have_arrived(&self) -> bool {
        use RecipientState::{Complained, Delivered, Sent, Skipped, Unknown};
        match self.state {
            Unknown | Sent | Delivered | Complained => true,
            Skipped => self.attempt > 0,
            _ => false,
        }
    }

    /// Whether it is certain that no mail to the user has left.
    #[must_use]
    pub const fn got_no_mail(&self) -> bool {
        use RecipientState::{Failed, Skipped};
        match self.state {
            Skipped => self.attempt == 0,
            Failed => self.sent_at.is_none(),
            _ => false,
        }
    }

    /// Whether this recipient is the user, and not an earlier user with the same id.
    #[must_use]
    pub fn is(&self, user: &User) -> bool {
        self.user_id == user.id && self.user_created_at == user.created_at
    }

    /// Whether another attempt may follow an attempt in doubt. A recipient with a reason gets none.
    #[must_use]
    pub fn allows_reattempt(&self) -> bool {
        self.state == RecipientState::Unknown
            && self.reason.is_none()
            && self.attempt < MAX_ATTEMPTS
    }
}
