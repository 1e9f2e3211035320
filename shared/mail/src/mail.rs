use std::fmt;

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
