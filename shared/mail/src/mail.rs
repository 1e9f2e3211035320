use std::fmt;

use reinvite_domain::MailText;
use serde::{Deserialize, Serialize};

/// A rendered mail, as one recipient gets it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// One line without control characters.
    pub subject: String,
    /// A whole HTML document.
    pub html: String,
    /// Plain text; lines end in `\n`.
    pub text: String,
    /// The language of the variant that the mail was rendered from, as a BCP 47 tag (`en`, `ja`).
    pub language: String,
}

/// Shows the language only: the other fields hold names and addresses, which belong in no log.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// A rendered mail whose texts may share a layout with those of other recipients.
pub struct FilledMail {
    /// One line without control characters.
    pub subject: String,
    /// A whole HTML document.
    pub html: MailText,
    /// Plain text; lines end in `\n`.
    pub text: MailText,
    /// The language of the variant, as in [`Mail`].
    pub language: String,
}

impl From<FilledMail> for Mail {
    fn from(filled: FilledMail) -> Self {
        Self {
            subject: filled.subject,
            html: filled.html.into(),
            text: filled.text.into(),
            language: filled.language,
        }
    }
}

/// Shows what [`Mail`] shows.
impl fmt::Debug for FilledMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilledMail")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}
