//! The subtags that IANA has registered.

use std::{collections::HashMap, sync::LazyLock};

use oxilangtag::LanguageTag;

/// Subtags in lower case, a line for each kind and first letter; `language_subtags.py` makes it.
const FILE: &str = include_str!("../../data/language-subtags.txt");

/// The subtags of each kind, sorted.
static SUBTAGS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut subtags: HashMap<_, Vec<_>> = HashMap::new();
    for line in FILE.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let kind = words.next().unwrap_or_default();
        subtags.entry(kind).or_default().extend(words);
    }
    subtags
});

/// Whether a tag is valid by RFC 5646 section 2.2.9: its language, script, region and variants are
/// registered, or the whole tag is as a grandfathered one, and no variant and no extension is there
/// twice.
///
/// Extensions and private subtags behind a registered language are not looked up.
pub(super) fn is_registered(text: &str) -> bool {
    if has("grandfathered", text) {
        return true;
    }
    let Ok(tag) = LanguageTag::parse(text) else {
        return false;
    };

    has("language", tag.primary_language())
        && (tag.extended_language().is_none() || has("extlang", tag.full_language()))
        && tag.script().is_none_or(|script| has("script", script))
        && tag.region().is_none_or(|region| has("region", region))
        && tag.variant_subtags().all(|variant| has("variant", variant))
        && are_distinct(tag.variant_subtags().map(str::to_ascii_lowercase))
        && are_distinct(
            tag.extension_subtags()
                .map(|(name, _)| name.to_ascii_lowercase()),
        )
}

fn has(kind: &str, subtag: &str) -> bool {
    let subtag = subtag.to_ascii_lowercase();
    SUBTAGS
        .get(kind)
        .is_some_and(|known| known.binary_search(&subtag.as_str()).is_ok())
}

fn are_distinct<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut items: Vec<_> = items.collect();
    items.sort();
    items.is_sorted_by(|one, next| one < next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subtags_of_each_kind_are_sorted() {
        for kind in [
            "language",
            "extlang",
            "script",
            "region",
            "variant",
            "grandfathered",
        ] {
            let subtags = &SUBTAGS[kind];
            assert!(subtags.len() > 20, "{kind}");
            assert!(subtags.is_sorted_by(|one, next| one < next), "{kind}");
        }
        assert_eq!(SUBTAGS.len(), 6);
    }

    #[test]
    fn a_tag_is_registered_with_all_its_subtags() {
        for good in [
            "en",
            "EN",
            "ja-JP",
            "pt-BR",
            "zh-Hant-HK",
            "sr-Latn",
            "es-419",
            "de-CH-1996",
            "sl-rozaj-biske",
            "zh-yue-HK",
            "yue",
            "qaa",
            "en-Qaaa",
            "de-u-co-phonebk",
            "en-x-ours",
            "zh-min-nan",
            "i-klingon",
            "iw",
        ] {
            assert!(is_registered(good), "{good}");
        }

        for bad in [
            "",
            "e",
            "English",
            "english",
            "xx",
            "en-YX",
            "en-Abcd",
            "en-qwert",
            "en_US",
            "en-",
            "en-yue",
            "zh-abc",
            "x-ours",
            "i-nothing",
            "de-1996-1996",
            "en-u-aa-u-bb",
            "ja-Japan",
            "en--US",
            "en-a",
        ] {
            assert!(!is_registered(bad), "{bad}");
        }
    }
}
