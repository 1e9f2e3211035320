//! Names of languages, which people write in place of a tag.

use std::{collections::HashMap, sync::LazyLock};

use crate::text::folded;

/// Names in English and in the language itself, folded, and the tag that they mean.
const NAMES: &[(&[&str], &str)] = &[
    (&["arabic", "العربية"], "ar"),
    (&["chinese", "中文", "中国語"], "zh"),
    (
        &["simplified chinese", "chinese (simplified)", "简体中文"],
        "zh-Hans",
    ),
    (
        &["traditional chinese", "chinese (traditional)", "繁體中文"],
        "zh-Hant",
    ),
    (&["czech", "čeština"], "cs"),
    (&["danish", "dansk"], "da"),
    (&["dutch", "nederlands"], "nl"),
    (&["english", "英語", "eng"], "en"),
    (&["finnish", "suomi"], "fi"),
    (&["french", "français", "francais", "フランス語"], "fr"),
    (&["german", "deutsch", "ドイツ語"], "de"),
    (&["greek", "ελληνικά"], "el"),
    (&["hebrew", "עברית"], "he"),
    (&["hindi", "हिन्दी"], "hi"),
    (&["hungarian", "magyar"], "hu"),
    (&["indonesian", "bahasa indonesia"], "id"),
    (&["italian", "italiano", "イタリア語"], "it"),
    (&["japanese", "日本語", "jpn"], "ja"),
    (&["korean", "한국어", "韓国語"], "ko"),
    (&["norwegian", "norsk"], "no"),
    (&["polish", "polski"], "pl"),
    (
        &["portuguese", "português", "portugues", "ポルトガル語"],
        "pt",
    ),
    (&["romanian", "română"], "ro"),
    (&["russian", "русский", "ロシア語"], "ru"),
    (
        &["spanish", "español", "espanol", "castellano", "スペイン語"],
        "es",
    ),
    (&["swedish", "svenska"], "sv"),
    (&["thai", "ไทย", "タイ語"], "th"),
    (&["turkish", "türkçe"], "tr"),
    (&["ukrainian", "українська"], "uk"),
    (&["vietnamese", "tiếng việt", "ベトナム語"], "vi"),
];

/// The tags by folded name.
static TAGS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let named = NAMES
        .iter()
        .flat_map(|(names, tag)| names.iter().map(|name| (folded(name), *tag)));
    named.collect()
});

/// Returns the tag of the language with a name.
pub(super) fn tag_of_name(name: &str) -> Option<&'static str> {
    TAGS.get(&folded(name.trim())).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn no_name_is_a_tag_and_every_tag_is_registered() {
        for (name, tag) in &*TAGS {
            assert!(name.parse::<Language>().is_err(), "{name}");
            assert!(tag.parse::<Language>().is_ok(), "{tag}");
        }

        let names = NAMES.iter().flat_map(|(names, _)| names.iter());
        assert_eq!(TAGS.len(), names.count(), "a name is there twice");
    }

    #[test]
    fn a_name_is_known_in_any_case() {
        for (name, tag) in [
            ("English", "en"),
            (" ENGLISH ", "en"),
            ("日本語", "ja"),
            ("DEUTSCH", "de"),
            ("Chinese (Traditional)", "zh-Hant"),
        ] {
            assert_eq!(tag_of_name(name), Some(tag), "{name}");
        }
        assert_eq!(tag_of_name("Elvish"), None);
    }
}
