//! Languages: tags (RFC 5646), and which variant of a template a reader gets.

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A text that is no language tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a language tag such as en or ja-JP")]
pub struct InvalidLanguage;

/// A language tag, well-formed as RFC 5646 section 2.1 has it, at most 35 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first subtag: the language without region and script.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// The one of `variants` for a reader of `wanted`, in an organisation that speaks `fallback`: the same tag, else the
    /// same primary language; of the reader first, then of the organisation; else the first there is.
    pub fn choose<'v>(
        wanted: Option<&Self>,
        fallback: &Self,
        variants: &(impl Iterator<Item = &'v Self> + Clone),
    ) -> Option<&'v Self> {
        let find = |language: &Self| {
            let same = |variant: &&Self| variant.0.eq_ignore_ascii_case(&language.0);
            let related =
                |variant: &&Self| variant.primary().eq_ignore_ascii_case(language.primary());
            variants
                .clone()
                .find(same)
                .or_else(|| variants.clone().find(related))
        };
        wanted
            .and_then(find)
            .or_else(|| find(fallback))
            .or_else(|| variants.clone().next())
    }
}

impl FromStr for Language {
    type Err = InvalidLanguage;

    fn from_str(text: &str) -> Result<Self, InvalidLanguage> {
        let mut subtags = text.split('-');
        let primary = subtags.next().is_some_and(|tag| {
            (2..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        let rest = subtags.all(|tag| {
            (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if primary && rest && text.len() <= 35 {
            Ok(Self(text.into()))
        } else {
            Err(InvalidLanguage)
        }
    }
}

impl TryFrom<String> for Language {
    type Error = InvalidLanguage;

    fn try_from(text: String) -> Result<Self, InvalidLanguage> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

/// So that a map is asked by a tag.
impl Borrow<str> for Language {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_nearest_variant() {
        let tag = |text: &str| text.parse::<Language>().unwrap();
        let variants = [tag("en"), tag("ja"), tag("pt-BR")];
        let choose = |wanted: Option<&str>, fallback: &str| {
            Language::choose(wanted.map(tag).as_ref(), &tag(fallback), &variants.iter())
                .unwrap()
                .to_string()
        };
        assert_eq!(choose(Some("ja-JP"), "en"), "ja");
        assert_eq!(choose(Some("PT"), "en"), "pt-BR");
        assert_eq!(choose(Some("fr"), "ja"), "ja");
        assert_eq!(choose(None, "de"), "en");
    }
}
