//! The two policies of a wave: first attempts, and reattempts at mails in doubt.

use reinvite_domain::{ExclusionReason, FailedReason, OutcomeReason, Recipient, RecipientState};

/// The attempt that a wave makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptPolicy {
    /// The first attempt: nothing has left yet.
    First,
    /// Another attempt: an earlier mail may have left.
    Reattempt,
}

impl AttemptPolicy {
    /// The state of a recipient between the claim and the result.
    pub const fn claimed_state(self) -> RecipientState {
        match self {
            Self::First => RecipientState::Pending,
            Self::Reattempt => RecipientState::Sending,
        }
    }

    /// A recipient who may not be mailed. After an attempt in doubt they are skipped only if the
    /// mail has no point any more.
    pub fn ineligible(self, recipient: &Recipient, reason: ExclusionReason) -> Recipient {
        let state = match self {
            Self::Reattempt if !reason.makes_mail_pointless() => RecipientState::Unknown,
            Self::First | Self::Reattempt => RecipientState::Skipped,
        };
        Recipient {
            state,
            reason: Some(OutcomeReason::Skipped(reason)),
            ..recipient.clone()
        }
    }

    /// A recipient whose mail cannot be made.
    pub fn unrenderable(self, recipient: &Recipient, reason: FailedReason) -> Recipient {
        let reason = Some(OutcomeReason::Failed(reason));
        match self {
            Self::First => Recipient {
                state: RecipientState::Failed,
                reason,
                attempt: 1,
                ..recipient.clone()
            },
            Self::Reattempt => Recipient {
                state: RecipientState::Unknown,
                reason,
                ..recipient.clone()
            },
        }
    }
}
