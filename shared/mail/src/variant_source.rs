use reinvite_domain::Variant;
use serde::Deserialize;

use crate::text_of_html::text_of_html;

/// A language variant as its author sends it: the text may be absent, and is made from the HTML then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VariantSource {
    /// The source of the subject.
    pub subject: String,
    /// The source of the HTML.
    pub html: String,
    /// The source of the text.
    pub text: Option<String>,
    /// Whether an answer said that the text was made.
    pub text_made: Option<bool>,
}

impl VariantSource {
    /// The variant, with its text.
    ///
    /// A text that an answer said was made follows the HTML, until its author changes it. An answer
    /// that is sent back unchanged gives the same variant like this. `stored` is the variant in its
    /// place now.
    #[must_use]
    pub fn into_variant(self, stored: Option<&Variant>) -> Variant {
        let made = || text_of_html(&self.html);
        let was_made = |text: &str| {
            stored.is_some_and(|stored| stored.text_made && stored.text == text)
                || (self.text_made == Some(true) && made() == text)
        };

        let (text, text_made) = match self.text {
            Some(text) if !was_made(&text) => (text, false),
            _ => (made(), true),
        };
        Variant {
            subject: self.subject,
            html: self.html,
            text,
            text_made,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(html: &str, text: Option<&str>, text_made: Option<bool>) -> VariantSource {
        VariantSource {
            subject: "s".into(),
            html: html.into(),
            text: text.map(str::to_owned),
            text_made,
        }
    }

    #[test]
    fn a_text_is_made_until_its_author_writes_one() {
        let made = source("<p>a</p>", None, None).into_variant(None);
        assert_eq!((&*made.text, made.text_made), ("a", true));

        let sent_back = source("<p>a</p>", Some("a"), Some(true));
        assert_eq!(sent_back.clone().into_variant(None), made);
        assert_eq!(sent_back.into_variant(Some(&made)), made);

        let changed_html = source("<p>b</p>", Some("a"), Some(true)).into_variant(Some(&made));
        assert_eq!((&*changed_html.text, changed_html.text_made), ("b", true));

        for text_made in [None, Some(true), Some(false)] {
            let written = source("<p>a</p>", Some("c"), text_made).into_variant(Some(&made));
            assert_eq!((&*written.text, written.text_made), ("c", false));
        }
        let written = source("<p>a</p>", Some("a"), None).into_variant(None);
        assert_eq!((&*written.text, written.text_made), ("a", false));
    }
}
