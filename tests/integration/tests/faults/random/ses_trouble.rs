//! Troubles of the SES account, which last for a part of a run.

use fastrand::Rng;
use reinvite_emulators::sesv2::Account;

/// A state of the account in which SES refuses mails, or does not say what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SesTrouble {
    /// The sender's identity is not verified.
    UnverifiedSender,
    /// The configuration set does not exist.
    NoConfigurationSet,
    /// The sender may not use the identity.
    Forbidden,
    /// The account may send nothing.
    SendingDisabled,
    /// The account is in the sandbox, and no recipient is verified.
    Sandbox,
    /// The quota of the day is spent.
    QuotaSpent,
    /// Accepted mails have no message id.
    NoMessageIds,
}

impl SesTrouble {
    /// Every trouble.
    pub const ALL: [Self; 7] = [
        Self::UnverifiedSender,
        Self::NoConfigurationSet,
        Self::Forbidden,
        Self::SendingDisabled,
        Self::Sandbox,
        Self::QuotaSpent,
        Self::NoMessageIds,
    ];

    /// Draws a trouble.
    pub fn draw(rng: &mut Rng) -> Self {
        Self::ALL[rng.usize(..Self::ALL.len())]
    }

    /// The name under which it is counted.
    pub fn name(self) -> String {
        format!("SES: {self:?}")
    }

    /// Brings an account into trouble.
    pub fn befall(self, account: &mut Account) {
        match self {
            Self::UnverifiedSender => account.verified_identities.clear(),
            Self::NoConfigurationSet => account.configuration_sets.clear(),
            Self::Forbidden => account.allowed_resources = Some(Vec::new()),
            Self::SendingDisabled => account.sending_enabled = false,
            Self::Sandbox => {
                account.production_access = false;
                account.verified_identities = vec!["invitations@example.com".to_owned()];
            }
            Self::QuotaSpent => account.max_24_hour_send = Some(1),
            Self::NoMessageIds => account.omits_message_ids = true,
        }
    }
}
