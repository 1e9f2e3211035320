//! How many recipients a resend has, by outcome.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{MailCounts, Recipient, RecipientState};

/// The users of a resend: eligible, excluded, and recipients by outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Recipients.
    pub eligible: u32,
    /// Excluded users.
    pub excluded: u32,
    /// Recipients by state; those in no state of the map are `pending`.
    pub states: BTreeMap<RecipientState, u32>,
    /// Users who first logged in after this mail, their last invitation.
    #[serde(default)]
    pub logged_in_after: u32,
}

impl Counts {
    /// Counts recipients by state, except those that are `pending`.
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

    /// Returns the number of recipients without an outcome.
    #[must_use]
    pub fn pending(&self) -> u32 {
        self.eligible.saturating_sub(self.states.values().sum())
    }

    /// Returns the mails among the outcomes.
    #[must_use]
    pub fn mailed(&self) -> MailCounts {
        use RecipientState::{Bounced, Complained, Delivered, Sent};

        let count_of = |state| self.states.get(&state).copied().unwrap_or_default();
        MailCounts {
            sent: [Sent, Delivered, Bounced, Complained]
                .map(count_of)
                .into_iter()
                .sum(),
            bounced: count_of(Bounced),
        }
    }
}
