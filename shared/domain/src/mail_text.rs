//! A text of a mail, and what it shares with the mails of other recipients.

use std::fmt;
use std::sync::Arc;

/// The HTML or the plain text of a mail.
#[derive(Clone)]
pub enum MailText {
    /// A text of its own.
    Whole(String),
    /// A layout that mails share, and the values of this mail.
    Filled {
        /// The layout that the mails share.
        layout: Arc<TextLayout>,
        /// The values by number, escaped for the text.
        values: Vec<String>,
    },
}

/// A text with places for values.
#[derive(Debug)]
pub struct TextLayout(Vec<LayoutPiece>);

/// A piece of a layout.
#[derive(Clone, Debug)]
pub enum LayoutPiece {
    /// Text that the mails share.
    Text(String),
    /// The place of the value with this number.
    Value(usize),
}

impl MailText {
    /// The pieces of the text in order.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        let (whole, filled) = match self {
            Self::Whole(text) => (Some(&**text), None),
            Self::Filled { layout, values } => (None, Some(layout.pieces_with(values))),
        };
        whole.into_iter().chain(filled.into_iter().flatten())
    }

    /// The length in bytes.
    #[must_use]
    pub fn byte_length(&self) -> usize {
        self.pieces().map(str::len).sum()
    }
}

impl TextLayout {
    /// A layout of these pieces.
    #[must_use]
    pub const fn new(pieces: Vec<LayoutPiece>) -> Self {
        Self(pieces)
    }

    /// The pieces in order.
    #[must_use]
    pub fn pieces(&self) -> &[LayoutPiece] {
        &self.0
    }

    /// The text with these values, in pieces.
    pub fn pieces_with<'a>(&'a self, values: &'a [String]) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(|piece| match piece {
            LayoutPiece::Text(text) => Some(&**text),
            LayoutPiece::Value(number) => values.get(*number).map(String::as_str),
        })
    }
}

impl From<String> for MailText {
    fn from(text: String) -> Self {
        Self::Whole(text)
    }
}

impl From<MailText> for String {
    fn from(text: MailText) -> Self {
        match text {
            MailText::Whole(text) => text,
            MailText::Filled { .. } => {
                let mut whole = Self::with_capacity(text.byte_length());
                whole.extend(text.pieces());
                whole
            }
        }
    }
}

/// Shows nothing of the text: names and addresses belong in no log.
impl fmt::Debug for MailText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailText").finish_non_exhaustive()
    }
}
