//! The variant of a template for a reader.

use super::{Language, script::WrittenLanguage};

impl Language {
    /// Chooses among `variants` for a user who reads `wanted`, in an organisation with the language
    /// `fallback`.
    ///
    /// For the user's language, then for the organisation's, it looks the tag up as RFC 4647 section
    /// 3.4 does, shortened from the right. A variant that is found so in another script, as `zh` is for
    /// `zh-HK`, gives way to one of the same language in the reader's script: written, or implied by
    /// the region as in `zh-TW`. Without any of them it takes the first variant.
    pub fn choose<'v>(
        wanted: Option<&Self>,
        fallback: &Self,
        variants: &(impl Iterator<Item = &'v Self> + Clone),
    ) -> Option<&'v Self> {
        wanted
            .and_then(|wanted| find_for(wanted, variants))
            .or_else(|| find_for(fallback, variants))
            .or_else(|| variants.clone().next())
    }

    fn is(&self, tag: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(tag)
    }
}

/// Finds the variant for a reader of one language; `None` if no variant is in it and in their script.
fn find_for<'v>(
    wanted: &Language,
    variants: &(impl Iterator<Item = &'v Language> + Clone),
) -> Option<&'v Language> {
    let by_tag = shortened(wanted.as_str()).find_map(|tag| variants.clone().find(|v| v.is(tag)));

    let script = WrittenLanguage::of(wanted.as_str()).script;
    let is_readable = |variant: &&Language| WrittenLanguage::of(variant.as_str()).script == script;
    by_tag
        .filter(is_readable)
        .or_else(|| find_in_script(wanted, variants))
        .or(by_tag)
}

/// The tag, and what is left of it as its last subtags go, one after the other. A subtag of one letter
/// begins an extension, and goes with the subtag behind it.
fn shortened(tag: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(tag), |tag| {
        let (rest, _) = tag.rsplit_once('-')?;
        match rest.rsplit_once('-') {
            Some((before, last)) if last.len() == 1 => Some(before),
            _ => Some(rest),
        }
    })
}

/// Finds a variant of the same language in the same script. It prefers one for the same region, then
/// one for the region in which most people read the language in that script.
fn find_in_script<'v>(
    wanted: &Language,
    variants: &(impl Iterator<Item = &'v Language> + Clone),
) -> Option<&'v Language> {
    let reader = WrittenLanguage::of(wanted.as_str());
    let distance = |variant: &Language| {
        let region = WrittenLanguage::of(variant.as_str()).region;
        if region == reader.region {
            0
        } else if region == reader.usual_region {
            1
        } else {
            2
        }
    };

    variants
        .clone()
        .filter(|variant| variant.primary().eq_ignore_ascii_case(wanted.primary()))
        .filter(|variant| {
            let script = WrittenLanguage::of(variant.as_str()).script;
            script == reader.script || reader.script.is_none()
        })
        .min_by_key(|variant| distance(variant))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::subsequence};

    use super::*;

    fn tag(text: &str) -> Language {
        text.parse().unwrap()
    }

    fn choose(wanted: &str, fallback: &str, variants: &[&str]) -> String {
        let variants: Vec<_> = variants.iter().copied().map(tag).collect();
        let wanted = (!wanted.is_empty()).then(|| tag(wanted));
        Language::choose(wanted.as_ref(), &tag(fallback), &variants.iter())
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_tag_is_shortened_from_the_right() {
        let of = |tag| shortened(tag).collect::<Vec<_>>();
        assert_eq!(
            of("zh-Hant-CN-x-private1-private2"),
            [
                "zh-Hant-CN-x-private1-private2",
                "zh-Hant-CN-x-private1",
                "zh-Hant-CN",
                "zh-Hant",
                "zh"
            ]
        );
        assert_eq!(of("de-u-co-phonebk"), ["de-u-co-phonebk", "de-u-co", "de"]);
        assert_eq!(of("i-klingon"), ["i-klingon", "i"]);
    }

    #[test]
    fn a_reader_gets_the_nearest_variant() {
        let variants = ["en", "ja", "pt-BR"];
        assert_eq!(choose("ja-JP", "en", &variants), "ja");
        assert_eq!(choose("PT", "en", &variants), "pt-BR");
        assert_eq!(choose("fr", "ja", &variants), "ja");
        assert_eq!(choose("", "de", &variants), "en");

        assert_eq!(choose("de-CH-1996", "en", &["de", "de-CH", "en"]), "de-CH");
        assert_eq!(choose("en-GB", "ja", &["en-AU", "en-US", "ja"]), "en-US");
        assert_eq!(choose("es-AR", "en", &["en", "es-419"]), "es-419");
        assert_eq!(choose("tlh", "en", &["en", "tlh-Latn"]), "tlh-Latn");
    }

    #[test]
    fn a_reader_gets_a_variant_in_a_script_they_read() {
        let cases: &[(&str, &[&str], &str)] = &[
            ("zh-HK", &["en", "zh-CN", "zh-Hant"], "zh-Hant"),
            ("zh-HK", &["en", "zh-CN", "zh-TW"], "zh-TW"),
            ("zh-HK", &["en", "zh-CN"], "en"),
            ("zh-HK", &["en", "zh-Hans"], "en"),
            ("zh-HK", &["en", "zh"], "zh"),
            ("zh-HK", &["en", "zh", "zh-Hant"], "zh-Hant"),
            ("zh-HK", &["zh-Hant", "zh-Hant-HK", "zh-TW"], "zh-Hant-HK"),
            ("zh-Hant-HK", &["zh-CN", "zh-HK", "zh-TW"], "zh-HK"),
            ("zh-Hant", &["en", "zh-CN", "zh-MO", "zh-TW"], "zh-TW"),
            ("zh-MO", &["en", "zh-CN", "zh-HK"], "zh-HK"),
            ("zh-SG", &["en", "zh-CN", "zh-TW"], "zh-CN"),
            ("zh", &["en", "zh-CN", "zh-TW"], "zh-CN"),
            ("zh", &["en", "zh-Hans", "zh-Hant"], "zh-Hans"),
            ("zh", &["en", "zh-TW"], "en"),
            ("sr-ME", &["en", "sr-Cyrl", "sr-Latn"], "sr-Latn"),
            ("sr-ME", &["en", "sr-RS"], "en"),
            ("sr", &["en", "sr-Cyrl", "sr-Latn"], "sr-Cyrl"),
            ("pa-PK", &["en", "pa-Arab", "pa-IN"], "pa-Arab"),
            ("pa-PK", &["en", "pa-IN"], "en"),
            ("uz-AF", &["en", "uz-Arab", "uz-Latn"], "uz-Arab"),
            ("uz-Cyrl-UZ", &["en", "uz-Latn"], "en"),
        ];
        for (wanted, variants, chosen) in cases {
            assert_eq!(
                choose(wanted, "en", variants),
                *chosen,
                "{wanted} {variants:?}"
            );
        }
    }

    const TAGS: [&str; 14] = [
        "en",
        "en-GB",
        "ja",
        "sr",
        "sr-Latn",
        "sr-ME",
        "zh",
        "zh-CN",
        "zh-HK",
        "zh-Hans",
        "zh-Hant",
        "zh-Hant-HK",
        "zh-MO",
        "zh-TW",
    ];

    proptest! {
        /// Nobody gets a variant of their language that names another script, or implies it by its
        /// region.
        #[test]
        fn no_reader_gets_another_script(
            wanted in prop::sample::select(&TAGS[..]),
            mut variants in subsequence(&TAGS[..], 0..TAGS.len()),
        ) {
            // Without the organisation's language the first variant is taken, in any script.
            variants.push("ja");
            let chosen = choose(wanted, "ja", &variants);
            let script = |tag: &str| WrittenLanguage::of(tag).script;

            let is_own = tag(&chosen).primary() == tag(wanted).primary();
            let is_bare = !chosen.contains('-');
            let has_own_script = variants.iter().any(|variant| {
                tag(variant).primary() == tag(wanted).primary() && script(variant) == script(wanted)
            });
            if has_own_script {
                prop_assert_eq!(script(&chosen), script(wanted));
                prop_assert!(is_own);
            } else {
                prop_assert!(!is_own || is_bare, "{}", chosen);
            }
            if variants.contains(&wanted) {
                prop_assert_eq!(chosen, wanted);
            }
        }

        /// A tag with the script that another implies is read alike.
        #[test]
        fn a_written_script_counts_as_an_implied_one(
            variants in subsequence(&["en", "ja", "zh-CN", "zh-Hans", "zh-Hant", "zh-TW"], 1..=6),
        ) {
            let of = |wanted: &str| WrittenLanguage::of(&choose(wanted, "ja", &variants)).script;
            prop_assert_eq!(of("zh-HK"), of("zh-Hant-HK"));
            prop_assert_eq!(of("zh-HK"), of("zh-Hant"));
            prop_assert_eq!(of("zh-CN"), of("zh"));
        }
    }
}
