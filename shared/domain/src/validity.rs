//! How long links and temporary passwords are valid.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::PasswordChange;

/// How long a link and a temporary password are valid, as the settings were when the resend was
/// created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Validity {
    /// Hours of a link.
    pub link_hours: u32,
    /// Hours of a temporary password.
    pub temporary_hours: u32,
}

impl Validity {
    /// Returns when the link or temporary password of a mail made at `now` expires: a whole minute,
    /// as the mail shows it. `None` if the mail has neither.
    ///
    /// ```
    /// # use reinvite_domain::{PasswordChange::*, Validity};
    /// # let at = |seconds| chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds);
    /// let validity = Validity { link_hours: 1, temporary_hours: 2 };
    /// assert_eq!(validity.expiry(SetLink, at(1)), Some(at(3_660)));
    /// assert_eq!((validity.expiry(Temporary, at(0)), validity.expiry(Keep, at(0))), (Some(at(7_200)), None));
    /// ```
    #[must_use]
    pub fn expiry(&self, change: PasswordChange, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let minutes = (now.timestamp_millis() + 59_999).div_euclid(60_000);
        let minutes = minutes + self.hours(change)?.num_minutes();
        DateTime::from_timestamp(minutes * 60, 0)
    }

    /// Returns an instant less than a minute before the link or temporary password that expires at
    /// `expiry` was issued. `None` if the mail has neither.
    ///
    /// ```
    /// # use reinvite_domain::{PasswordChange::*, Validity};
    /// # let at = |seconds| chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds);
    /// let validity = Validity { link_hours: 1, temporary_hours: 2 };
    /// let expiry = validity.expiry(Temporary, at(90)).unwrap();
    /// assert_eq!(validity.issued_after(Temporary, expiry), Some(at(60)));
    /// ```
    #[must_use]
    pub fn issued_after(
        &self,
        change: PasswordChange,
        expiry: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        Some(expiry - self.hours(change)? - TimeDelta::minutes(1))
    }

    fn hours(self, change: PasswordChange) -> Option<TimeDelta> {
        let hours = match change {
            PasswordChange::Keep => return None,
            PasswordChange::SetLink => self.link_hours,
            PasswordChange::Temporary => self.temporary_hours,
        };
        Some(TimeDelta::hours(hours.into()))
    }
}
