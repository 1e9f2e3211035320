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

    /// Whether the value is an invitation link and nothing else.
    pub(crate) fn is_invitation_link(self, value: &str) -> bool {
        match self {
            Self::TemplateSource => jinja::sole_variable(value) == Some("invitation_url"),
            Self::RenderedMail { .. } => value == placeholder::INVITATION_URL,
        }
    }
}
