//! Language tags (RFC 5646), and the choice of a template's variant for a user.

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Rule, SerdeRule, language_names::suggested_tag};

/// A language tag, well-formed by RFC 5646 section 2.1, of at most 35 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// Returns the tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the first subtag: the language without script and region.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Chooses among `variants` for a user who reads `wanted`, in an organisation with the language
    /// `fallback`.
    ///
    /// It prefers the same tag, then the same primary language: first the user's, then the
    /// organisation's. Otherwise it takes the first variant.
    pub fn choose<'v>(
        wanted: Option<&Self>,
        fallback: &Self,
        variants: &(impl Iterator<Item = &'v Self> + Clone),
    ) -> Option<&'v Self> {
        let find = |language: &Self| {
            let is_same = |variant: &&Self| variant.0.eq_ignore_ascii_case(&language.0);
            let is_related =
                |variant: &&Self| variant.primary().eq_ignore_ascii_case(language.primary());
            variants
                .clone()
                .find(is_same)
                .or_else(|| variants.clone().find(is_related))
        };

        wanted
            .and_then(find)
            .or_else(|| find(fallback))
            .or_else(|| variants.clone().next())
    }
}

impl FromStr for Language {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        let mut subtags = text.split('-');
        let has_primary = subtags.next().is_some_and(|tag| {
            (2..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        let rest_is_valid = subtags.all(|tag| {
            (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });

        if has_primary && rest_is_valid && text.len() <= 35 && suggested_tag(text).is_none() {
            Ok(Self(text.into()))
        } else {
            Err(Rule::LanguageTag {
                tag: suggested_tag(text).map(str::to_string),
            })
        }
    }
}

impl TryFrom<String> for Language {
    type Error = SerdeRule;

    fn try_from(text: String) -> Result<Self, SerdeRule> {
        Ok(text.parse::<Self>()?)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

/// Lets a map with languages as keys be searched by a tag.
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
