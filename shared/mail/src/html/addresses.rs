//! Rules for the addresses of links and images.

use std::ops::Range;

use reinvite_domain::Rule;

use super::input::HtmlInput;
use super::violation::Edit;
use crate::{jinja, placeholder};

/// Beginnings of the address of an image: a file, or the image itself.
const IMAGE_PREFIXES: [&str; 6] = [
    "https://",
    "data:image/png;base64,",
    "data:image/gif;base64,",
    "data:image/jpeg;base64,",
    "data:image/jpg;base64,",
    "data:image/webp;base64,",
];

/// The variables that are addresses.
const ADDRESS_VARIABLES: [&str; 2] = ["login_url", "invitation_url"];

/// Checks the address of an image, and returns the rule that it breaks.
pub(crate) fn check_image(attribute: &str, value: &str) -> Result<(), Rule> {
    if jinja::contains_tag(value) {
        return Err(Rule::VariableInImage);
    }

    let address = unescape_address(attribute, value)?.to_ascii_lowercase();
    let is_image = IMAGE_PREFIXES
        .iter()
        .any(|prefix| address.starts_with(prefix));
    // An empty address loads nothing.
    if is_image || address.is_empty() {
        Ok(())
    } else if address.starts_with("http://") {
        Err(Rule::ImageOverHttp)
    } else {
        Err(Rule::ImageAddress)
    }
}

/// The edit that makes `https:` of the `http:` of an image, whose value has this range.
pub(crate) fn secure_image(value: &str, range: &Range<usize>) -> Edit {
    let blanks = value.len() - value.trim_ascii_start().len();
    let end = range.start + blanks + "http".len();
    Edit {
        range: end..end,
        replacement: "s".into(),
    }
}

/// Checks the address of a link, and returns the rule that it breaks.
pub(crate) fn check_link(value: &str, input: HtmlInput<'_>) -> Result<(), Rule> {
    if let Some(variable) = encoded_variable(value, input) {
        let instead = format!("{{{{ {variable} }}}}");
        return Err(Rule::EncodedLink { instead });
    }
    if input.is_templated(value) {
        return check_variable(value);
    }

    let address = match input {
        HtmlInput::RenderedMail {
            secret: Some(secret),
        } if value.trim_ascii() == placeholder::INVITATION_URL => secret.to_owned(),
        _ => unescape_address("href", value)?,
    };

    if is_link_address(&address) {
        Ok(())
    } else {
        Err(Rule::LinkAddress)
    }
}

/// Whether a link may lead to the address. An empty one leads nowhere.
pub(crate) fn is_link_address(address: &str) -> bool {
    has_allowed_scheme(address) || address.starts_with('#') || address.is_empty()
}

/// Checks a link that holds a variable: an address alone, or with a query or fragment behind it.
fn check_variable(value: &str) -> Result<(), Rule> {
    let value = value.trim_ascii();
    if jinja::sole_variable(value).is_some_and(|name| ADDRESS_VARIABLES.contains(&name)) {
        return Ok(());
    }

    let (variable, behind) = value
        .split_once("}}")
        .map(|(tag, behind)| (jinja::sole_variable(&value[..tag.len() + 2]), behind))
        .ok_or(Rule::VariableInLink)?;
    let is_joined = variable == Some("login_url")
        && behind.starts_with(['?', '#'])
        && !jinja::contains_tag(behind);
    if !is_joined {
        return Err(Rule::VariableInLink);
    }

    unescape_address("href", behind).map(|_| ())
}

/// The variable whose mark an editor has encoded, or put behind a scheme.
fn encoded_variable(value: &str, input: HtmlInput<'_>) -> Option<&'static str> {
    if input != HtmlInput::TemplateSource {
        return None;
    }

    let folded = value.to_ascii_lowercase();
    let is_encoded = [
        "%7b%7b", "&#123;", "&#x7b;", "&lcub;", "&lbrace;", "%7b{", "{%7b",
    ]
    .iter()
    .any(|mark| folded.contains(mark));
    let is_behind_scheme = folded.split_once("{{").is_some_and(|(before, _)| {
        matches!(
            before.trim(),
            "http://" | "https://" | "http:" | "https:" | "mailto:"
        )
    });
    if !is_encoded && !is_behind_scheme {
        return None;
    }

    let named = ADDRESS_VARIABLES
        .into_iter()
        .find(|name| folded.contains(name));
    match named {
        None if is_encoded => Some("login_url"),
        named => named,
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

/// Decodes the character references that editors write for signs in an address, and takes blanks from
/// the ends.
///
/// Other references could hide what the address says, as control characters within it could: an address
/// with one is rejected. So is a blank before the host.
fn unescape_address(attribute: &str, value: &str) -> Result<String, Rule> {
    let mut address = value.trim_ascii().to_string();
    for (reference, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#34;", "\""),
        ("&#38;", "&amp;"),
    ] {
        if address.contains(reference) {
            address = address.replace(reference, character);
        }
    }

    let hides_something = address
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() && c != ' ')
        || blanks_may_hide_host(&address)
        || holds_character_reference(&address.replace("&amp;", ""));
    if hides_something {
        return Err(Rule::ReferenceInAddress {
            attribute: attribute.into(),
        });
    }

    Ok(address.replace("&amp;", "&"))
}

/// Whether a blank stands where programs may read another host or scheme than it seems.
///
/// A blank in a path, a number or a subject is only written badly.
fn blanks_may_hide_host(address: &str) -> bool {
    let Some(blank) = address.find(' ') else {
        return false;
    };
    let before = &address[..blank];
    let has_host = before
        .split_once("://")
        .is_some_and(|(_, behind)| behind.contains('/'));
    let folded = before.to_ascii_lowercase();
    let is_subject = folded.starts_with("mailto:") && before.contains('?');
    !(has_host || folded.starts_with("tel:") || is_subject)
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
