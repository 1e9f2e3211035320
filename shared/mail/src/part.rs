use std::fmt;

/// A part of a mail, and the source it is rendered from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The subject line.
    Subject,
    /// The HTML body.
    Html,
    /// The plain text body.
    Text,
}

/// As the fields of a template are called: `subject`, `html`, `text`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subject => "subject",
            Self::Html => "html",
            Self::Text => "text",
        })
    }
}
