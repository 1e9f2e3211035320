//! The contents of a message, and the limits that SQS sets to them.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use md5::Context;
use serde::{Deserialize, Serialize};

use super::errors::invalid_parameter;
use crate::refusal::Refusal;

/// The longest message, body and attributes, in bytes: 1 MiB.
pub const MAX_MESSAGE_BYTES: usize = 1_048_576;

/// The most attributes of a message.
const MAX_ATTRIBUTES: usize = 10;

/// A message attribute in the wire's shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, and a label of the sender's after a dot.
    pub data_type: String,
    /// The value of a `String` or `Number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// The value of a `Binary`, in Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
}

/// Message attributes by name.
pub type MessageAttributes = BTreeMap<String, MessageAttribute>;

/// Lower-case hexadecimal MD5 of a body, which clients compare to theirs.
pub fn md5_of_body(body: &str) -> String {
    format!("{:x}", md5::compute(body))
}

/// MD5 of message attributes, over name, type, kind and value in the order of names, as the SQS developer guide sets
/// out; `None` where there are none.
pub fn md5_of_attributes(attributes: &MessageAttributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }

    let mut digest = Context::new();
    let add = |digest: &mut Context, bytes: &[u8]| {
        digest.consume(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        digest.consume(bytes);
    };

    for (name, attribute) in attributes {
        add(&mut digest, name.as_bytes());
        add(&mut digest, attribute.data_type.as_bytes());
        if let Some(binary) = &attribute.binary_value {
            digest.consume([2]);
            add(
                &mut digest,
                &BASE64_STANDARD.decode(binary).unwrap_or_default(),
            );
        } else {
            digest.consume([1]);
            add(
                &mut digest,
                attribute
                    .string_value
                    .as_deref()
                    .unwrap_or_default()
                    .as_bytes(),
            );
        }
    }

    Some(format!("{:x}", digest.compute()))
}

/// The length that counts against the limits, in bytes.
pub fn length(body: &str, attributes: &MessageAttributes) -> usize {
    let attributes: usize = attributes
        .iter()
        .map(|(name, attribute)| {
            let value = [&attribute.string_value, &attribute.binary_value]
                .into_iter()
                .flatten()
                .map(String::len);
            name.len() + attribute.data_type.len() + value.sum::<usize>()
        })
        .sum();
    body.len() + attributes
}

/// Refuses a message that SQS would refuse.
pub fn check(body: &str, attributes: &MessageAttributes) -> Result<(), Refusal> {
    if body.is_empty() {
        return Err(Refusal::bad_request(
            "MissingParameter",
            "The request must contain the parameter MessageBody.",
        ));
    }

    if !body.chars().all(is_allowed) {
        return Err(Refusal::bad_request(
            "InvalidMessageContents",
            "Invalid binary character was found in the message body.",
        ));
    }

    if attributes.len() > MAX_ATTRIBUTES {
        return Err(invalid_parameter(
            "MessageAttributes",
            attributes.len(),
            "At most 10 are allowed.",
        ));
    }

    for (name, attribute) in attributes {
        check_attribute(name, attribute)?;
    }

    if length(body, attributes) > MAX_MESSAGE_BYTES {
        let reason = format!("Message must be shorter than {MAX_MESSAGE_BYTES} bytes.");
        return Err(Refusal::bad_request(
            "InvalidParameterValue",
            format!("One or more parameters are invalid. Reason: {reason}"),
        ));
    }
    Ok(())
}

fn check_attribute(name: &str, attribute: &MessageAttribute) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !(1..=256).contains(&name.len()) || !name.bytes().all(allowed) {
        return Err(invalid_parameter(
            "MessageAttributes",
            name,
            "The name is not allowed.",
        ));
    }

    let kind = attribute.data_type.split('.').next().unwrap_or_default();
    let sound = match (kind, &attribute.string_value, &attribute.binary_value) {
        ("String" | "Number", Some(text), None) => !text.is_empty() && text.chars().all(is_allowed),
        ("Binary", None, Some(binary)) => BASE64_STANDARD
            .decode(binary)
            .is_ok_and(|bytes| !bytes.is_empty()),
        _ => false,
    };

    if sound {
        Ok(())
    } else {
        Err(invalid_parameter(
            "MessageAttributes",
            name,
            "Type and value do not agree.",
        ))
    }
}

/// The characters of XML 1.0 (2.2), which is what SQS carries.
fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_that_sdks_compute() {
        // The first is RFC 1321's for "abc"; the second was computed with another implementation of the guide.
        assert_eq!(md5_of_body("abc"), "900150983cd24fb0d6963f7d28e17f72");
        let attribute = MessageAttribute {
            data_type: "String".into(),
            string_value: Some("v".into()),
            binary_value: None,
        };
        let digest = md5_of_attributes(&MessageAttributes::from([("n".to_owned(), attribute)]));
        assert_eq!(digest.as_deref(), Some("f4b238699da710fd012839c16c09f1ca"));
    }
}
