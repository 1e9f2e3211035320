//! The parts of a mail that `SendEmail` and `SendBulkEmail` share.
//!
//! A member that SES has and that is not here is refused, not dropped in silence.

use serde::Deserialize;

use super::{address, errors::bad_request};
use crate::refusal::Refusal;

/// The most recipients of one mail.
const MAX_RECIPIENTS: usize = 50;

/// A tag or a header.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct NameValue {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The recipients of a mail.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
#[expect(clippy::struct_field_names, reason = "the members' names are AWS's")]
pub struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

impl Destination {
    /// All recipients, each a deliverable address; at least one.
    pub fn recipients(&self) -> Result<Vec<&str>, Refusal> {
        let recipients: Vec<&str> = [&self.to_addresses, &self.cc_addresses, &self.bcc_addresses]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();

        if recipients.is_empty() {
            return Err(bad_request("Destination has no recipient."));
        }
        if recipients.len() > MAX_RECIPIENTS {
            return Err(bad_request(format!(
                "Recipient count exceeds {MAX_RECIPIENTS}."
            )));
        }

        for recipient in &recipients {
            address::parse(recipient)?;
        }
        Ok(recipients)
    }
}

/// The sender, which every mail needs.
pub fn sender(from: Option<&str>) -> Result<&str, Refusal> {
    from.ok_or_else(|| bad_request("FromEmailAddress is required."))
}

/// The Reply-To header, if there is one.
pub fn reply_to(addresses: &[String]) -> Result<Option<String>, Refusal> {
    for text in addresses {
        address::parse(text)?;
    }
    Ok((!addresses.is_empty()).then(|| addresses.join(", ")))
}
