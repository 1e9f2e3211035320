//! A mail as SES gets it.

use reinvite_domain::{EmailAddress, MailText};

/// Bytes of an entry besides its texts: destination, tags and JSON.
const ENTRY_OVERHEAD_BYTES: usize = 500;

/// A mail that is ready to go. It has no `Debug`, so that it cannot be logged.
#[derive(Clone)]
pub struct OutgoingMail {
    /// The recipient's address.
    pub to: EmailAddress,
    /// The subject.
    pub subject: String,
    /// The HTML.
    pub html: MailText,
    /// The text.
    pub text: MailText,
    /// Tags that come back with events of the mail: names and values of `[A-Za-z0-9_-]`.
    pub tags: Vec<(&'static str, String)>,
}

impl OutgoingMail {
    /// The most bytes that the mail takes in a call.
    ///
    /// Its texts are JSON within JSON: a quote or a line break takes up to four bytes.
    #[must_use]
    pub fn encoded_bytes(&self) -> usize {
        let encoded = |text: &str| {
            let is_escaped = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'\t');
            text.len() + 3 * text.bytes().filter(is_escaped).count()
        };
        let texts = self.html.pieces().chain(self.text.pieces());
        encoded(&self.subject) + texts.map(encoded).sum::<usize>() + ENTRY_OVERHEAD_BYTES
    }
}
