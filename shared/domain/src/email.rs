//! E-mail addresses to which SES can send.

use std::{fmt, str::FromStr};

use email_address::Options;
use serde::{Deserialize, Serialize};

use crate::{Rule, SerdeRule};

/// An address, `local@domain`, without a display name. The domain is in ASCII (IDNA) and lower case.
///
/// ```
/// use reinvite_domain::EmailAddress;
///
/// assert_eq!("Aiko@例え.jp".parse::<EmailAddress>()?.as_str(), "Aiko@xn--r8jz45g.jp");
/// assert!("愛子@example.jp".parse::<EmailAddress>().is_err());
/// # Ok::<(), reinvite_domain::Rule>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Returns the address in the form that SES takes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Returns the key of the address on the suppression list: mailboxes hardly ever differ by case
    /// alone.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        let (local, domain) = text.rsplit_once('@').ok_or(Rule::NotAnAddress)?;
        if !local.is_ascii() {
            return Err(Rule::AddressNotAscii);
        }
        // RFC 5321 has quoted local parts and advises against them; hardly any mailbox has one.
        if local.starts_with('"') {
            return Err(Rule::NotAnAddress);
        }

        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| Rule::NotAnAddress)?;
        let address = format!("{local}@{domain}");
        let options = Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();

        email_address::EmailAddress::parse_with_options(&address, options)
            .map(|_| Self(address))
            .map_err(|_| Rule::NotAnAddress)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = SerdeRule;

    fn try_from(text: String) -> Result<Self, SerdeRule> {
        Ok(text.parse::<Self>()?)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// Keeps addresses out of logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_deliverable_address_is_one() {
        for bad in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@b",
            "A <a@example.com>",
            "a@example.com\r\nBcc: b@example.com",
            "a b@example.com",
            "a@[127.0.0.1]",
            "a@exa mple.com",
            "a@@example.com",
            "\"a b\"@example.com",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
        for good in [
            "a@example.com",
            "a.b+tag@mail.example.co.jp",
            "o'neil@example.com",
        ] {
            assert_eq!(good.parse::<EmailAddress>().unwrap().as_str(), good);
        }
    }

    #[test]
    fn an_address_does_not_show_in_debug_output() {
        assert_eq!(
            format!("{:?}", "a@example.com".parse::<EmailAddress>().unwrap()),
            "EmailAddress(…)"
        );
    }
}
