//! The free fields of a user, which templates may show.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Rule, text::parse_name};

/// The most attributes of a user.
pub const MAX_ATTRIBUTES: usize = 10;

/// The most characters of a value.
pub const MAX_VALUE_CHARS: usize = 200;

/// The most bytes that the values of a user have together.
pub const MAX_VALUE_BYTES: usize = 1_024;

/// The most characters of a name.
const MAX_NAME_CHARS: usize = 32;

/// The free fields of a user, by name. None has an empty value.
///
/// ```
/// use reinvite_domain::{Attributes, Rule};
///
/// let mut attributes = Attributes::default();
/// attributes.set("department", "Sales")?;
/// assert_eq!(attributes.get("department"), Some("Sales"));
/// assert_eq!(attributes.set("Department", "Sales"), Err(Rule::AttributeName));
///
/// attributes.set("department", "")?;
/// assert!(attributes.is_empty());
/// # Ok::<(), Rule>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns the names and values, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Sets an attribute to the text that a caller wrote; an empty text removes it.
    ///
    /// The text is cleaned as a name is. [`check_size`](Self::check_size) follows when all are set.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), Rule> {
        check_attribute_name(name)?;
        match parse_attribute(text)? {
            Some(value) => self.0.insert(name.into(), value),
            None => self.0.remove(name),
        };
        Ok(())
    }

    /// Sets an attribute to a value of [`parse_attribute`]; `None` removes it.
    pub fn replace(&mut self, name: &str, value: Option<String>) {
        match value {
            Some(value) => self.0.insert(name.into(), value),
            None => self.0.remove(name),
        };
    }

    /// Checks the number of attributes, and the bytes that their values have together.
    pub fn check_size(&self) -> Result<(), Rule> {
        let bytes: usize = self.0.values().map(String::len).sum();
        if self.0.len() > MAX_ATTRIBUTES {
            Err(Rule::TooManyUserAttributes {
                max: MAX_ATTRIBUTES,
            })
        } else if bytes > MAX_VALUE_BYTES {
            Err(Rule::UserAttributesTooLong {
                max: MAX_VALUE_BYTES,
            })
        } else {
            Ok(())
        }
    }
}

/// Checks the name of an attribute: a letter, then up to 31 letters, digits and `_`; no capitals.
pub fn check_attribute_name(name: &str) -> Result<(), Rule> {
    let is_good = name.len() <= MAX_NAME_CHARS
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_good {
        Ok(())
    } else {
        Err(Rule::AttributeName)
    }
}

/// Parses a value, without white space at either end; `None` if nothing is left.
pub fn parse_attribute(text: &str) -> Result<Option<String>, Rule> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    parse_name(text, MAX_VALUE_CHARS).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(values: impl IntoIterator<Item = (String, String)>) -> Result<Attributes, Rule> {
        let mut attributes = Attributes::default();
        for (name, value) in values {
            attributes.set(&name, &value)?;
        }
        attributes.check_size().map(|()| attributes)
    }

    #[test]
    fn a_name_begins_with_a_letter_and_has_no_capitals() {
        let longest = "a".repeat(32);
        for good in ["a", "first_name", "x_1_", &longest] {
            assert_eq!(check_attribute_name(good), Ok(()), "{good}");
        }
        for bad in ["", "_a", "1a", "aB", "a-b", "a.b", "é", &"a".repeat(33)] {
            assert_eq!(check_attribute_name(bad), Err(Rule::AttributeName), "{bad}");
        }
    }

    #[test]
    fn ten_attributes_of_a_kilobyte_are_the_most() {
        let many = |count: usize, value: &str| {
            with((0..count).map(|index| (format!("a{index}"), value.to_string())))
        };
        assert!(many(10, "x").is_ok());
        assert_eq!(many(11, "x"), Err(Rule::TooManyUserAttributes { max: 10 }));

        // 341 characters of three bytes are 1,023 bytes.
        let in_two = |second: usize| {
            with([
                ("a".into(), "あ".repeat(200)),
                ("b".into(), "あ".repeat(second)),
            ])
        };
        assert!(in_two(141).is_ok());
        assert_eq!(in_two(142), Err(Rule::UserAttributesTooLong { max: 1_024 }));
        let too_long = Rule::Length { min: 1, max: 200 };
        assert_eq!(with([("a".into(), "x".repeat(201))]), Err(too_long));
    }

    #[test]
    fn a_value_is_one_line_and_an_empty_one_is_none() {
        let broken = with([("a".into(), "x\ny".into())]);
        assert_eq!(broken, Err(Rule::ControlCharacter));
        assert!(with([("a".into(), " \u{A0}".into())]).unwrap().is_empty());
        let trimmed = with([("a".into(), "\u{3000}x ".into())]).unwrap();
        assert_eq!(trimmed.get("a"), Some("x"));
    }
}
