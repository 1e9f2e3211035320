//! When so many mails of a resend bounce that it stops by itself.

use serde::{Deserialize, Serialize};

use crate::{Counts, RecipientState};

/// Fewer bounces than this stop nothing, whatever their share.
const MIN_BOUNCES: u32 = 10;

/// How many mails went, and how many of them bounced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailCounts {
    /// Mails that SES accepted.
    pub sent: u32,
    /// Those of them that bounced.
    pub bounced: u32,
}

impl Counts {
    /// The mails among the outcomes.
    #[must_use]
    pub fn mailed(&self) -> MailCounts {
        use RecipientState::{Bounced, Complained, Delivered, Sent};
        let of = |state| self.states.get(&state).copied().unwrap_or_default();
        MailCounts {
            sent: [Sent, Delivered, Bounced, Complained]
                .map(of)
                .into_iter()
                .sum(),
            bounced: of(Bounced),
        }
    }
}

impl MailCounts {
    /// Whether more than `percent` of the mails bounced that went after `earlier`, and ten at least.
    ///
    /// ```
    /// # use reinvite_domain::MailCounts;
    /// let none = MailCounts::default();
    /// assert!(!MailCounts { sent: 9, bounced: 9 }.bounces_too_often(none, 5));
    /// assert!(!MailCounts { sent: 200, bounced: 10 }.bounces_too_often(none, 5));
    /// assert!(MailCounts { sent: 199, bounced: 10 }.bounces_too_often(none, 5));
    /// assert!(!MailCounts { sent: 1_000, bounced: 60 }.bounces_too_often(MailCounts { sent: 900, bounced: 51 }, 5));
    /// ```
    #[must_use]
    pub fn bounces_too_often(self, earlier: Self, percent: u32) -> bool {
        let sent = self.sent.saturating_sub(earlier.sent);
        let bounced = self.bounced.saturating_sub(earlier.bounced);
        bounced >= MIN_BOUNCES && u64::from(bounced) * 100 > u64::from(sent) * u64::from(percent)
    }
}
