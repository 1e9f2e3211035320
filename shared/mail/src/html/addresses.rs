//! Rules for the addresses of links and images.

use reinvite_domain::Rule;

use super::input::HtmlInput;
use crate::{jinja, placeholder};

/// Checks the address of an image, and returns the rule that it breaks.
pub(crate) fn check_image(value: &str) -> Result<(), Rule> {
    if jinja::contains_tag(value) {
        return Err(Rule::VariableInImage);
    }

    let address = unescape_address("src", value)?.to_ascii_lowercase();
    let is_allowed = [
        "https://",
        "data:image/png;base64,",
        "data:image/gif;base64,",
        "data:image/jpeg;base64,",
    ]
    .iter()
    .any(|prefix| address.starts_with(prefix));

    if is_allowed {
        Ok(())
    } else {
        Err(Rule::ImageAddress)
    }
}

/// Checks the address of a link, and returns the rule that it breaks.
pub(crate) fn check_link(value: &str, input: HtmlInput<'_>) -> Result<(), Rule> {
    if input.is_templated(value) {
        return match jinja::sole_variable(value) {
            Some("login_url" | "invitation_url") => Ok(()),
            _ => Err(Rule::VariableInLink),
        };
    }

    let address = match input {
        HtmlInput::RenderedMail {
            secret: Some(secret),
        } if value == placeholder::INVITATION_URL => secret.to_owned(),
        _ => unescape_address("href", value)?,
    };

    if has_allowed_scheme(&address) || address.starts_with('#') {
        Ok(())
    } else {
        Err(Rule::LinkAddress)
    }
}

fn has_allowed_scheme(address: &str) -> bool {
    let scheme = address
        .split([':', '/', '?', '#'])
        .next()
        .unwrap_or_default();

    ["https", "http", "mailto", "tel"].contains(&&*scheme.to_ascii_lowercase())
        && address[scheme.len()..].starts_with(':')
}

/// Decodes the five character references that our own escaping writes.
///
/// Other references could hide what the address says, as blanks and control characters could: an
/// address with one is rejected.
fn unescape_address(attribute: &str, value: &str) -> Result<String, Rule> {
    let mut address = value.to_string();
    for (reference, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
    ] {
        address = address.replace(reference, character);
    }

    let has_blanks = address.chars().any(|c| c.is_control() || c.is_whitespace());
    if has_blanks || holds_character_reference(&address.replace("&amp;", "")) {
        return Err(Rule::ReferenceInAddress {
            attribute: attribute.into(),
        });
    }

    Ok(address.replace("&amp;", "&"))
}

/// Whether a `&` begins a character reference.
///
/// `&name=value` is no reference, and many addresses hold it.
fn holds_character_reference(address: &str) -> bool {
    address.split('&').skip(1).any(|rest| {
        let is_named = || {
            let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next();
            name.is_some_and(|name| rest[name.len()..].starts_with(';'))
        };
        rest.starts_with('#') || is_named()
    })
}
