//! E-mail addresses to which SES can send.

use std::{borrow::Cow, fmt, str::FromStr};

use email_address::Options;
use serde::{Deserialize, Serialize};

use crate::{Rule, SerdeRule};

/// The domains of the Japanese carriers that issued, until 2009, addresses with dots in a row or before
/// the `@`.
const CARRIERS_WITH_FREE_DOTS: [&str; 2] = ["docomo.ne.jp", "ezweb.ne.jp"];

/// The most bytes of a local part (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

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
    /// Returns the address as people write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the address in the form that SES takes: a local part with dots in a row or at its end is
    /// quoted (RFC 5321, section 4.1.2).
    #[must_use]
    pub fn mailbox(&self) -> Cow<'_, str> {
        match self.0.rsplit_once('@') {
            Some((local, domain)) if has_free_dots(local) => {
                Cow::Owned(format!("\"{local}\"@{domain}"))
            }
            _ => Cow::Borrowed(&self.0),
        }
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
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| Rule::NotAnAddress)?;
        let (local, checked) = if issued_free_dots(&domain) {
            let local = without_quotes(local);
            (local, with_single_dots(local))
        } else {
            (local, local.into())
        };
        // RFC 5321 has quoted local parts and advises against them; hardly any mailbox has one.
        if local.starts_with('"') || local.len() > MAX_LOCAL_BYTES {
            return Err(Rule::NotAnAddress);
        }

        let address = format!("{checked}@{domain}");
        let options = Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();

        email_address::EmailAddress::parse_with_options(&address, options)
            .map(|_| Self(format!("{local}@{domain}")))
            .map_err(|_| Rule::NotAnAddress)
    }
}

/// Whether a domain is one of a carrier that issued addresses with dots in odd places, or below it.
fn issued_free_dots(domain: &str) -> bool {
    CARRIERS_WITH_FREE_DOTS.iter().any(|carrier| {
        domain
            .strip_suffix(carrier)
            .is_some_and(|below| below.is_empty() || below.ends_with('.'))
    })
}

fn has_free_dots(local: &str) -> bool {
    local.ends_with('.') || local.contains("..")
}

/// Returns a local part without the quotes that only its dots need, which SES names it with.
fn without_quotes(local: &str) -> &str {
    let quoted = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    quoted
        .filter(|inner| has_free_dots(inner) && !inner.contains(['"', '\\']))
        .unwrap_or(local)
}

/// Returns a local part without the dots that only old carriers allow. A dot at its begin stays.
fn with_single_dots(local: &str) -> Cow<'_, str> {
    if !has_free_dots(local) {
        return Cow::Borrowed(local);
    }
    let mut single = local.to_owned();
    while single.contains("..") {
        single = single.replace("..", ".");
    }
    Cow::Owned(single.trim_end_matches('.').into())
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
    fn an_old_carriers_address_is_kept_and_mailed_in_quotes() {
        for (written, mailbox) in [
            ("taro.@docomo.ne.jp", "\"taro.\"@docomo.ne.jp"),
            ("a..b@docomo.ne.jp", "\"a..b\"@docomo.ne.jp"),
            ("a...b..@EZweb.ne.jp", "\"a...b..\"@ezweb.ne.jp"),
            ("t.@k.ezweb.ne.jp", "\"t.\"@k.ezweb.ne.jp"),
            ("a.b@docomo.ne.jp", "a.b@docomo.ne.jp"),
            ("taro@example.jp", "taro@example.jp"),
        ] {
            let address: EmailAddress = written.parse().unwrap();
            assert_eq!(address.mailbox(), mailbox);
            assert_eq!(address.as_str(), written.replace("EZ", "ez"));
            assert_eq!(mailbox.parse().as_ref(), Ok(&address), "{mailbox}");
        }
        for bad in [
            "taro.@example.jp",
            "a..b@notdocomo.ne.jp",
            "a..b@docomo.ne.jp.example.com",
            ".@docomo.ne.jp",
            ".taro@docomo.ne.jp",
            "..@docomo.ne.jp",
            "a b.@docomo.ne.jp",
            "\"a b.\"@docomo.ne.jp",
            "\"taro\"@docomo.ne.jp",
            "taro.@docomo.ne.jp\r\nBcc: b@example.com",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
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
