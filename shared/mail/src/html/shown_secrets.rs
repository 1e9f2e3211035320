use super::input::HtmlInput;
use crate::placeholder;

/// The readings of a mail that show its secret to the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShownSecrets {
    /// Outlook shows it, which reads the conditional comments for it.
    pub outlook: bool,
    /// Every other mail program shows it.
    pub others: bool,
}

/// Finds the readings of a rendered mail that show its secret: as text, or as the address of a link.
pub(crate) fn shown_secrets(rendered: &str, _: HtmlInput<'_>) -> ShownSecrets {
    let is_shown = !placeholder::placeholder_ranges(rendered).is_empty();
    ShownSecrets {
        outlook: is_shown,
        others: is_shown,
    }
}
