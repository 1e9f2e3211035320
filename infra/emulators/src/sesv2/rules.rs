//! The limits of tags and headers.

use std::collections::BTreeMap;

use super::{bad_request, envelope::NameValue};
use crate::refusal::Refusal;

/// The longest name or value of a tag, in characters (SES API, `MessageTag`).
const LONGEST_TAG: usize = 256;

/// The most headers of a mail (SES API, `MessageHeaders`).
const MOST_HEADERS: usize = 15;

/// Lengths in characters (SES API, `MessageHeader`).
const LONGEST_HEADER_NAME: usize = 126;
const LONGEST_HEADER_VALUE: usize = 995;
const LONGEST_HEADER: usize = 996;

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
            if text.is_empty() || text.len() > LONGEST_TAG || !text.bytes().all(is_tag_byte) {
                return Err(bad_request(format!(
                    "Invalid tag {what} <{text}>: only 1 to {LONGEST_TAG} alphanumeric ASCII characters, '_', and '-' \
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
            || name.len() > LONGEST_HEADER_NAME
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
            || value.len() > LONGEST_HEADER_VALUE
            || name.len() + value.len() > LONGEST_HEADER
            || !value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        {
            return Err(bad_request(format!("Invalid value of header <{name}>.")));
        }

        named.retain(|known, _| !known.eq_ignore_ascii_case(name));
        named.insert(name.clone(), value.clone());
    }

    if named.len() > MOST_HEADERS {
        return Err(bad_request(format!("Header count exceeds {MOST_HEADERS}.")));
    }
    Ok(named)
}
