//! Names of languages, which people write in place of a tag.

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

/// Returns the tag that was probably meant by the name of a language.
pub fn suggested_tag(name: &str) -> Option<&'static str> {
    let name = folded(name.trim());
    NAMES
        .iter()
        .find(|(names, _)| names.iter().any(|known| folded(known) == name))
        .map(|(_, tag)| *tag)
}

#[cfg(test)]
mod tests {
    use crate::{Language, Rule};

    #[test]
    fn a_name_of_a_language_is_refused_with_its_tag() {
        for (name, tag) in [
            ("English", "en"),
            ("日本語", "ja"),
            ("Deutsch", "de"),
            ("jpn", "ja"),
        ] {
            let tag = Some(tag.to_string());
            assert_eq!(name.parse::<Language>(), Err(Rule::LanguageTag { tag }));
        }
        assert_eq!(
            "?".parse::<Language>(),
            Err(Rule::LanguageTag { tag: None })
        );
    }
}
