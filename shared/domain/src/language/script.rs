//! The script in which a language is written.

use icu_locale::{
    LanguageIdentifier, LocaleExpander,
    subtags::{Region, Script},
};
use oxilangtag::LanguageTag;

/// A language with the script and the region that its tag names or implies. Neither is known for a
/// language without data in CLDR.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenLanguage {
    /// The script, such as `Hant` for `zh-HK`.
    pub script: Option<Script>,
    /// The region, such as `TW` for `zh-Hant`.
    pub region: Option<Region>,
    /// The region in which most people read the language in the script.
    pub usual_region: Option<Region>,
}

impl WrittenLanguage {
    /// Reads a tag. CLDR's likely subtags tell what it leaves out.
    pub fn of(tag: &str) -> Self {
        let mut written = named(tag).unwrap_or(LanguageIdentifier::UNKNOWN);
        maximize(&mut written);

        let mut usual = written.clone();
        usual.region = None;
        maximize(&mut usual);

        Self {
            script: written.script,
            region: written.region,
            usual_region: usual.region,
        }
    }
}

/// The language, script and region that a tag names. An extended language names the language alone:
/// `zh-yue` is `yue`.
fn named(tag: &str) -> Option<LanguageIdentifier> {
    let tag = LanguageTag::parse(tag).ok()?;
    let language = tag.extended_language().unwrap_or(tag.primary_language());

    let mut named =
        LanguageIdentifier::from(language.parse::<icu_locale::subtags::Language>().ok()?);
    named.script = tag.script().and_then(|script| script.parse().ok());
    named.region = tag.region().and_then(|region| region.parse().ok());
    Some(named)
}

/// Adds the likely script and region; `und` has none, for it may be any language.
fn maximize(language: &mut LanguageIdentifier) {
    if !language.language.is_unknown() {
        LocaleExpander::new_common().maximize(language);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_implies_a_script() {
        let cases = [
            ("zh", "Hans"),
            ("zh-CN", "Hans"),
            ("zh-SG", "Hans"),
            ("zh-Hans-HK", "Hans"),
            ("zh-TW", "Hant"),
            ("zh-HK", "Hant"),
            ("ZH-mo", "Hant"),
            ("zh-yue-HK", "Hant"),
            ("yue", "Hant"),
            ("sr", "Cyrl"),
            ("sr-RS", "Cyrl"),
            ("sr-ME", "Latn"),
            ("pa", "Guru"),
            ("pa-PK", "Arab"),
            ("uz", "Latn"),
            ("uz-AF", "Arab"),
            ("az-IR", "Arab"),
            ("mn-CN", "Mong"),
            ("kk-CN", "Arab"),
            ("ku-IQ", "Arab"),
            ("en-AU", "Latn"),
            ("ja", "Jpan"),
            ("de-1996", "Latn"),
        ];
        for (tag, script) in cases {
            let found = WrittenLanguage::of(tag)
                .script
                .map(|script| script.to_string());
            assert_eq!(found.as_deref(), Some(script), "{tag}");
        }

        for tag in ["und", "und-JP", "tlh", "i-klingon", "x-ours", "", "zxx"] {
            assert_eq!(WrittenLanguage::of(tag).script, None, "{tag}");
        }
    }
}
