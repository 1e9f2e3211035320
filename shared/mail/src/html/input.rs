use std::ops::Range;

use crate::{jinja, placeholder};

/// The kind of HTML to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HtmlInput<'a> {
    /// The source of a template, with tags of Jinja.
    TemplateSource,
    /// A rendered mail with a placeholder for its secret.
    RenderedMail {
        /// The secret; absent in a mail without one.
        secret: Option<&'a str>,
    },
}

impl HtmlInput<'_> {
    /// Whether the text is from a source and holds a tag of Jinja.
    pub(crate) fn is_templated(self, text: &str) -> bool {
        self == Self::TemplateSource && jinja::contains_tag(text)
    }

    /// The byte ranges of secrets in the HTML: tags that name one, or placeholders, in order.
    pub(crate) fn secret_ranges(self, html: &str) -> Vec<Range<usize>> {
        match self {
            Self::TemplateSource => jinja::secret_tags(html),
            Self::RenderedMail { .. } => {
                let mut ranges = placeholder::placeholder_ranges(html);
                ranges.sort_by_key(|range| range.start);
                ranges
            }
        }
    }

    /// Whether the value is an invitation link and nothing else.
    pub(crate) fn is_invitation_link(self, value: &str) -> bool {
        match self {
            Self::TemplateSource => jinja::sole_variable(value) == Some("invitation_url"),
            Self::RenderedMail { .. } => value.trim_ascii() == placeholder::INVITATION_URL,
        }
    }
}
