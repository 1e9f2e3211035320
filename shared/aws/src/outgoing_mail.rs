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
    #[must_use]
    pub fn encoded_bytes(&self) -> usize {
        let texts = self.html.pieces().chain(self.text.pieces());
        encoded(&self.subject) + texts.map(encoded).sum::<usize>() + ENTRY_OVERHEAD_BYTES
    }
}

/// The bytes of a text as JSON within JSON: a quote or a line break takes up to four.
fn encoded(text: &str) -> usize {
    let is_escaped = |byte: &&u8| matches!(byte, 0..=31 | b'"' | b'\\');
    // A count that fits in a byte is a vector instruction for many bytes at once.
    let in_part = |part: &[u8]| part.iter().filter(is_escaped).fold(0_u8, |sum, _| sum + 1);
    let parts = text.as_bytes().chunks(usize::from(u8::MAX));
    text.len() + 3 * parts.map(in_part).map(usize::from).sum::<usize>()
}
