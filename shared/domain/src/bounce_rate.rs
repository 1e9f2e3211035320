//! The bounce rate at which a resend pauses itself.

use serde::{Deserialize, Serialize};

/// Fewer bounces than this never pause a resend, whatever their share.
const MIN_BOUNCES: u32 = 10;

/// The mails of a resend that SES accepted, and those of them that bounced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailCounts {
    /// Mails that SES accepted.
    pub sent: u32,
    /// Mails that bounced.
    pub bounced: u32,
}

impl MailCounts {
    /// Whether at least ten of the mails since `earlier` bounced, and more than `percent` of them.
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
