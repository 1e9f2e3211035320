//! The limits of tags and headers.

use std::collections::BTreeMap;

use super::{envelope::NameValue, errors::bad_request};
use crate::refusal::Refusal;

/// The longest name or value of a tag, in characters (SES API, `MessageTag`).
const MAX_TAG_BYTES: usize = 256;

/// The most headers of a mail (SES API, `MessageHeaders`).
const MAX_HEADERS: usize = 15;

/// Lengths in characters (SES API, `MessageHeader`).
const MAX_HEADER_NAME_BYTES: usize = 126;
const MAX_HEADER_VALUE_BYTES: usize = 995;
const MAX_HEADER_BYTES: usize = 996;

/// Headers that SES writes itself.
const OWN_HEADERS: [&str; 12] = [
    "bcc",
    "cc",
    "content-disposition",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "reply-to",
    "return-path",
    "subject",
    "to",
];

/// Tags by name; of two with the same name the later counts, so that an entry's replace the default ones.
pub fn tags<'a>(
    tags: impl IntoIterator<Item = &'a NameValue>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut named = BTreeMap::new();
    for tag in tags {
        for (what, text) in [("name", &tag.name), ("value", &tag.value)] {
            if text.is_empty() || text.len() > MAX_TAG_BYTES || !text.bytes().all(is_tag_byte) {
                return Err(bad_request(format!(
                    "Invalid tag {what} <{text}>: only 1 to {MAX_TAG_BYTES} alphanumeric ASCII characters, '_', and '-' \
                     are allowed."
                )));
            }
        }
        named.insert(tag.name.clone(), tag.value.clone());
    }
    Ok(named)
}

fn is_tag_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Headers by name; of two with the same name the later counts, as with tags.
pub fn headers<'a>(
    headers: impl IntoIterator<Item = &'a NameValue>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for NameValue { name, value } in headers {
        if name.is_empty()
            || name.len() > MAX_HEADER_NAME_BYTES
            || !name
                .bytes()
                .all(|byte| matches!(byte, b'!'..=b'~') && byte != b':')
        {
            return Err(bad_request(format!("Invalid header name <{name}>.")));
        }

        if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(bad_request(format!("Header <{name}> cannot be set.")));
        }

        if value.is_empty()
            || value.len() > MAX_HEADER_VALUE_BYTES
            || name.len() + value.len() > MAX_HEADER_BYTES
            || !value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        {
            return Err(bad_request(format!("Invalid value of header <{name}>.")));
        }

        named.retain(|known, _| !known.eq_ignore_ascii_case(name));
        named.insert(name.clone(), value.clone());
    }

    if named.len() > MAX_HEADERS {
        return Err(bad_request(format!("Header count exceeds {MAX_HEADERS}.")));
    }
    Ok(named)
}
