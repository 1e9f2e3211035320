//! Reads `noscript` as markup, as mail programs do: they run no scripts.

use std::borrow::Cow;

/// The name that stands for `noscript` while a tokenizer reads the HTML, which would take the content
/// for raw text. It is as long, and no HTML has it: the renderer removes control characters.
pub(crate) const NOSCRIPT: &str = "noscrip\u{2}";

const NAME: &str = "noscript";

/// Renames the tags of `noscript`.
pub(crate) fn rename_noscript(html: &str) -> Cow<'_, str> {
    let mut renamed = String::new();
    let mut from = 0;

    for at in tag_offsets(html) {
        renamed.push_str(&html[from..at]);
        renamed.push_str(NOSCRIPT);
        from = at + NAME.len();
    }

    if from == 0 {
        return html.into();
    }
    renamed.push_str(&html[from..]);
    renamed.into()
}

/// Whether a text in which `noscript` is renamed would end one for a reader that runs scripts.
pub(crate) fn holds_end_tag(text: &str) -> bool {
    text.contains(&format!("</{NOSCRIPT}"))
}

/// The offsets of the name in start tags and end tags.
fn tag_offsets(html: &str) -> impl Iterator<Item = usize> {
    html.match_indices('<').filter_map(|(open, _)| {
        let bytes = html.as_bytes();
        let at = open + 1 + usize::from(bytes.get(open + 1) == Some(&b'/'));
        let end = at + NAME.len();

        let has_name = bytes
            .get(at..end)
            .is_some_and(|name| name.eq_ignore_ascii_case(NAME.as_bytes()));
        let ends = bytes
            .get(end)
            .is_none_or(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte));
        (has_name && ends).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_are_renamed_at_the_same_length() {
        let html = "<noscript><p>noscript</p></NOSCRIPT ><noscripts></noscript";
        let renamed = rename_noscript(html);

        assert_eq!(renamed.len(), html.len());
        assert_eq!(renamed.matches(NOSCRIPT).count(), 3);
        assert!(renamed.contains("<p>noscript</p>") && renamed.contains("<noscripts>"));
        assert!(holds_end_tag(&renamed));
        assert!(matches!(rename_noscript("<p>x</p>"), Cow::Borrowed(_)));
    }
}
