//! The tag that was probably meant by a text that is none.

use icu_locale::{Locale, LocaleCanonicalizer};

use super::{names::tag_of_name, registry::is_registered};

/// Returns the registered tag that was probably meant: by a language's name, such as `English` or
/// `English (US)`, by a locale of another program, such as `en_US.UTF-8`, or by a code that tags do
/// not use, such as `eng`.
pub(super) fn suggested_tag(text: &str) -> Option<String> {
    let (name, _) = text.split_once('(').unwrap_or((text, ""));
    tag_of_name(text)
        .or_else(|| tag_of_name(name))
        .map(str::to_owned)
        .or_else(|| tag_of_locale(text))
}

/// The tag of a locale as POSIX, Java and others write it.
fn tag_of_locale(text: &str) -> Option<String> {
    let locale = text.trim().split(['.', '@']).next()?.replace('_', "-");
    if is_registered(&locale) {
        return Some(locale);
    }

    let mut locale = Locale::try_from_str(&locale).ok()?;
    LocaleCanonicalizer::new_common().canonicalize(&mut locale);
    Some(locale.to_string()).filter(|tag| is_registered(tag))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_probable_tag_is_suggested() {
        for (text, tag) in [
            ("English", "en"),
            ("English (US)", "en"),
            ("Chinese (Simplified)", "zh-Hans"),
            ("日本語", "ja"),
            ("en_US", "en-US"),
            ("ja_JP.UTF-8", "ja-JP"),
            ("sr_RS@latin", "sr-RS"),
            (" de ", "de"),
            ("eng", "en"),
            ("jpn", "ja"),
            ("deu_CH", "de-CH"),
            ("fra", "fr"),
        ] {
            assert_eq!(suggested_tag(text).as_deref(), Some(tag), "{text}");
        }
        for text in ["", "?", "Elvish", "xx", "en-", "en--US", "C", "(", "_"] {
            assert_eq!(suggested_tag(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_suggestion_is_registered(text in "([A-Za-z]{2,4}[-_.@( ]?){1,4}|\\PC{0,12}") {
            if let Some(tag) = suggested_tag(&text) {
                prop_assert!(is_registered(&tag), "{}", tag);
            }
        }
    }
}
