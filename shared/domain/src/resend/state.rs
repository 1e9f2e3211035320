//! The states of a resend, and why it is paused or failed.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

/// The state of a resend.
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
pub enum ResendState {
    /// Its recipients are being written.
    Preparing,
    /// It waits for its start.
    Scheduled,
    /// Its mails go out.
    Sending,
    /// It is stopped and can be resumed.
    Paused,
    /// Every recipient has an outcome.
    Completed,
    /// An operator stopped it for good.
    Cancelled,
    /// It could not be prepared.
    Failed,
}

impl ResendState {
    /// Every state, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// The state's name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether the state is final: no transition leaves it.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }
}

/// Why a resend is paused.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PauseReason {
    /// An operator paused it.
    Operator,
    /// Too many mails bounced.
    BounceRate,
    /// SES refuses this account, sender or configuration.
    SendingDisabled,
    /// SES did not answer, or could not be reached.
    NoAnswer,
    /// It was to send mails during maintenance.
    Maintenance,
}

impl PauseReason {
    /// The names of all reasons.
    pub const NAMES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The reason's name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Why a resend could not be prepared.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FailureReason {
    /// No selected user is eligible.
    NobodyEligible,
    /// It has more recipients than the daily limit had left.
    DailyLimit,
    /// The template does not show what the mail is for: its link, temporary password or note.
    TemplateUnfit,
}

impl FailureReason {
    /// The names of all reasons.
    pub const NAMES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The reason's name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}
