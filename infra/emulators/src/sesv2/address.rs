//! E-mail addresses as SES takes them: ASCII, the domain in punycode, a display name before it if need be.

use super::errors::bad_request;
use crate::refusal::Refusal;

/// The domain of the mailbox simulator.
const SIMULATOR: &str = "simulator.amazonses.com";

/// The longest address in octets: a local part of 64, the `@`, and a domain of 255 (RFC 5321, 4.5.3.1).
const MAX_ADDRESS_CHARACTERS: usize = 320;

/// The longest local part in octets (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_CHARACTERS: usize = 64;

/// An address without its display name.
#[derive(Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// `local@domain`.
    pub address: &'a str,
    at: usize,
}

impl Address<'_> {
    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.address.get(..self.at).unwrap_or_default()
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.address.get(self.at + 1..).unwrap_or_default()
    }

    /// Whether it is a mailbox of the simulator.
    pub fn is_of_simulator(&self) -> bool {
        self.domain().eq_ignore_ascii_case(SIMULATOR)
    }
}

/// Reads `local@domain` or `Name <local@domain>`.
pub fn parse(text: &str) -> Result<Address<'_>, Refusal> {
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(bad_request(
            "Address contains control or non-ASCII characters; a display name needs the MIME encoded-word syntax.",
        ));
    }

    let address = match text
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
    {
        Some((name, address)) if is_display_name(name.trim()) => address,
        Some(_) => return Err(bad_request("Illegal address")),
        None => text,
    };

    let at = address
        .rfind('@')
        .ok_or_else(|| bad_request("Missing final '@domain'"))?;
    let parsed = Address { address, at };

    if parsed.local().is_empty() {
        return Err(bad_request("User name is missing"));
    }
    if !(is_dot_atom(parsed.local()) || is_quoted(parsed.local()))
        || parsed.local().len() > MAX_LOCAL_CHARACTERS
        || address.len() > MAX_ADDRESS_CHARACTERS
    {
        return Err(bad_request("Illegal address"));
    }

    if !is_domain(parsed.domain()) {
        return Err(bad_request("Domain name contains illegal character"));
    }
    Ok(parsed)
}

/// A phrase of RFC 5322: words, or a quoted string.
fn is_display_name(name: &str) -> bool {
    if let Some(quoted) = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        let plain = quoted.replace(r"\\", "").replace(r#"\""#, "");
        return !plain.contains(['"', '\\']);
    }
    name.chars()
        .all(|character| character == ' ' || character == '.' || is_atext(character))
}

/// `dot-atom` of RFC 5322, 3.2.3.
fn is_dot_atom(local: &str) -> bool {
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

/// A `Quoted-string` of RFC 5321, 4.1.2, that quotes only what a local part may hold, and dots.
fn is_quoted(local: &str) -> bool {
    let quoted = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    quoted.is_some_and(|quoted| {
        !quoted.is_empty()
            && quoted
                .chars()
                .all(|character| character == '.' || is_atext(character))
    })
}

fn is_atext(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character)
}

/// Letters, digits and hyphens (RFC 1123, 2.1), at least two labels.
fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || character == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_address_is_read_with_and_without_a_display_name() {
        for text in [
            "mika+new@example.jp",
            "Mika Mori <mika+new@example.jp>",
            "\"Mori, Mika\" <mika+new@example.jp>",
            "=?UTF-8?B?5qOu?= <mika+new@example.jp>",
        ] {
            assert_eq!(
                parse(text).unwrap().address,
                "mika+new@example.jp",
                "{text}"
            );
        }
    }

    #[test]
    fn quotes_allow_dots_anywhere() {
        for text in ["\"mika.\"@example.jp", "Mika <\"a..b\"@example.jp>"] {
            assert!(parse(text).is_ok(), "{text}");
        }
        assert!(parse("\"mi ka\"@example.jp").is_err());
    }

    #[test]
    fn what_ses_cannot_deliver_to_is_refused() {
        for text in [
            "",
            "mika",
            "@example.jp",
            "mika@example",
            "mika@-example.jp",
            "mi ka@example.jp",
            "mi..ka@example.jp",
            "森@example.jp",
            "mika@例え.jp",
            "森 <mika@example.jp>",
            "Mori, Mika <mika@example.jp>",
            "a@example.jp, b@example.jp",
            "mika@example.jp\r\nBcc: b@example.jp",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
