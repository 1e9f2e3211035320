//! Language tags (RFC 5646).

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::{registry::is_registered, suggestion::suggested_tag};
use crate::{Rule, SerdeRule};

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
            Err(refused(text))
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
            Err(refused(&text).into())
        }
    }
}

/// Reads a tag in the body of a request, for `#[serde(deserialize_with)]`: it is registered.
///
/// # Errors
///
/// The tag breaks [`Rule::LanguageTag`].
pub fn deserialize_registered<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Language, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|rule: Rule| D::Error::custom(SerdeRule::from(rule)))
}

fn refused(text: &str) -> Rule {
    Rule::LanguageTag {
        tag: suggested_tag(text),
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
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read_stored(tag: &str) -> Option<Language> {
        serde_json::from_value(tag.into()).ok()
    }

    #[derive(Debug, Deserialize)]
    struct SampleRequest {
        #[serde(deserialize_with = "deserialize_registered")]
        language: Language,
    }

    #[test]
    fn a_stored_tag_is_read_whether_it_is_registered_or_not() {
        for tag in ["en", "English", "xx", "en-YX", "i-klingon", "x-ours", "12"] {
            let language = read_stored(tag).unwrap();
            assert_eq!(language.as_str(), tag);
            assert_eq!(
                language.is_registered(),
                tag.parse::<Language>().is_ok(),
                "{tag}"
            );
        }
        for tag in ["", "en_US", "en--US", "Englishes", "日本語", "en "] {
            assert_eq!(read_stored(tag), None, "{tag}");
        }
    }

    #[test]
    fn a_tag_in_a_request_is_registered() {
        let read = |tag: &str| serde_json::from_value::<SampleRequest>(json!({"language": tag}));
        assert_eq!(read("pt-BR").unwrap().language.as_str(), "pt-BR");

        let refusal = read("English").unwrap_err().to_string();
        let tag = Some("en".into());
        assert_eq!(SerdeRule::read(&refusal), Some(Rule::LanguageTag { tag }));
    }

    #[test]
    fn a_tag_has_at_most_35_characters() {
        let longest = format!("en-x-{}", ["abcdefgh"; 3].join("-"));
        assert_eq!(longest.len(), 31);
        assert!(format!("{longest}-abc").parse::<Language>().is_ok());
        assert!(format!("{longest}-abcd").parse::<Language>().is_err());
        assert_eq!(read_stored(&format!("{longest}-abcd")), None);
    }

    proptest! {
        /// The case of a tag makes no difference to whether it is registered.
        #[test]
        fn a_tag_is_registered_in_any_case(
            subtags in prop::collection::vec("[a-z]{2,4}|[0-9]{3}|[a-z0-9]{5,8}", 1..4),
        ) {
            let tag = subtags.join("-");
            let upper = tag.to_ascii_uppercase().parse::<Language>();
            prop_assert_eq!(tag.parse::<Language>().is_ok(), upper.is_ok());
        }

        /// A tag that a request may name is stored and read as it is.
        #[test]
        fn a_registered_tag_is_stored_as_it_is(
            tag in "[a-z]{2}(-Hant|-Latn)?(-[A-Z]{2})?(-x-[a-z0-9]{1,8})?",
        ) {
            if let Ok(language) = tag.parse::<Language>() {
                prop_assert_eq!(read_stored(&tag), Some(language));
            }
        }
    }
}
