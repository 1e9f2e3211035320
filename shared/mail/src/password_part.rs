use std::fmt;

use reinvite_domain::PasswordChange;
use serde::Serialize;

/// `password_change` in a template, with the link or the temporary password of the mail.
///
/// A secret and its expiry are fields of their variant, so that no other mail can have them.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "password_change", rename_all = "snake_case")]
pub enum PasswordPart {
    /// The password stays as it is.
    Keep,
    /// The reader follows a link to set a password.
    SetLink {
        /// The link.
        invitation_url: String,
        /// The expiry of the link, in the reader's language and time zone.
        expires_at: String,
    },
    /// The reader gets a temporary password, which is good only for setting another.
    Temporary {
        /// The temporary password.
        password: String,
        /// The expiry of the password, in the reader's language and time zone.
        expires_at: String,
    },
}

impl PasswordPart {
    /// A part with a mask in place of the secret, to show a mail that was sent.
    #[must_use]
    pub fn redacted(change: PasswordChange, expires_at: String) -> Self {
        match change {
            PasswordChange::Keep => Self::Keep,
            PasswordChange::SetLink => Self::SetLink {
                invitation_url: "https://hidden.invalid/".to_owned(),
                expires_at,
            },
            PasswordChange::Temporary => Self::Temporary {
                password: "••••-••••-••••-••••".to_owned(),
                expires_at,
            },
        }
    }

    /// The kind of password change.
    #[must_use]
    pub const fn change(&self) -> PasswordChange {
        match self {
            Self::Keep => PasswordChange::Keep,
            Self::SetLink { .. } => PasswordChange::SetLink,
            Self::Temporary { .. } => PasswordChange::Temporary,
        }
    }
}

/// Shows the kind only, never the secret.
impl fmt::Debug for PasswordPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.change().fmt(f)
    }
}
