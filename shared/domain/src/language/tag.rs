//! Language tags (RFC 5646).

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::registry::is_registered;
use crate::{Rule, SerdeRule, language_names::suggested_tag};

/// The longest tag, in bytes: RFC 5646 section 4.4.1 asks for room for as much.
const MAX_BYTES: usize = 35;

/// A language tag of at most 35 characters.
///
/// A tag in a request is registered with IANA, with all its subtags: [`FromStr`] and
/// [`is_registered`](Self::is_registered) check it. A stored tag is read as it is. It may be one that
/// was taken before tags were looked up, or is not registered any more.
///
/// ```
/// use reinvite_domain::Language;
///
/// assert_eq!("zh-Hant-HK".parse::<Language>().map(|tag| tag.to_string()), Ok("zh-Hant-HK".into()));
/// assert!("English".parse::<Language>().is_err());
/// assert!(serde_json::from_str::<Language>("\"English\"").is_ok_and(|tag| !tag.is_registered()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// Returns the tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether IANA has registered the tag's language, script, region and variants, or the
    /// whole tag.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        is_registered(&self.0)
    }

    /// Returns the first subtag: the language without script and region.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

/// Reads a tag that somebody names: it is registered (RFC 5646 section 2.2.9).
impl FromStr for Language {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        let language = Self(text.into());
        if language.is_registered() && text.len() <= MAX_BYTES {
            Ok(language)
        } else {
            Err(Rule::LanguageTag {
                tag: suggested_tag(text).map(str::to_string),
            })
        }
    }
}

/// Reads a tag that is stored, registered or not.
impl TryFrom<String> for Language {
    type Error = SerdeRule;

    fn try_from(text: String) -> Result<Self, SerdeRule> {
        let is_well_formed = text.split('-').all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });

        if is_well_formed && text.len() <= MAX_BYTES {
            Ok(Self(text))
        } else {
            Err(Rule::LanguageTag { tag: None }.into())
        }
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
