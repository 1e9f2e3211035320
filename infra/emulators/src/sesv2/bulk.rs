//! `SendBulkEmail`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    allowance::Exhausted,
    envelope::{Destination, NameValue, reply_to, sender},
    errors::bad_request,
    mailbox::{Accepted, Mail},
    rules,
    service::Ses,
    single::too_many_requests,
    substitution::MAX_DATA_CHARACTERS,
    template::Template,
};
use crate::refusal::Refusal;

/// The most entries of a call (SES API, `SendBulkEmail`).
const MAX_ENTRIES: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SendBulkEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    reply_to_addresses: Vec<String>,
    #[serde(default)]
    default_email_tags: Vec<NameValue>,
    configuration_set_name: Option<String>,
    default_content: BulkEmailContent,
    bulk_email_entries: Vec<BulkEmailEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct BulkEmailContent {
    template: Template,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct BulkEmailEntry {
    destination: Destination,
    #[serde(default)]
    replacement_tags: Vec<NameValue>,
    #[serde(default)]
    replacement_headers: Vec<NameValue>,
    replacement_email_content: Option<ReplacementEmailContent>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ReplacementEmailContent {
    replacement_template: Option<ReplacementTemplate>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ReplacementTemplate {
    replacement_template_data: Option<String>,
}

impl Ses {
    /// Nothing is sent unless every entry is well-formed; then each has its own result.
    pub(super) fn send_bulk_email(&self, request: &SendBulkEmail) -> Result<Value, Refusal> {
        let count = request.bulk_email_entries.len();
        if !(1..=MAX_ENTRIES).contains(&count) {
            return Err(bad_request(format!(
                "BulkEmailEntries must hold 1 to {MAX_ENTRIES} entries, not {count}."
            )));
        }
        let account = self.account();
        let from = sender(request.from_email_address.as_deref())?;
        let configuration_set = request.configuration_set_name.as_deref();
        let template = request.default_content.template.template_name.as_deref();
        let caller = ("SendBulkEmail", from);
        self.admit(&account, caller, configuration_set, template)?;

        let mails = self.compose(request, from)?;
        let recipients = mails.iter().flat_map(|mail| &mail.to).map(String::as_str);
        account.check_identities(from, recipients)?;

        let now = self.clock.now();
        let mut allowance = self.allowance();
        let limits: Vec<Option<Exhausted>> = mails
            .iter()
            .map(|mail| allowance.take(now, mail.to.len() as u64).err())
            .collect();
        drop(allowance);

        // With not one entry under the rate, SES refuses the call.
        if limits.iter().all(|limit| *limit == Some(Exhausted::Rate)) {
            return Err(too_many_requests(Exhausted::Rate));
        }

        let accepted: Vec<Accepted> = mails
            .into_iter()
            .zip(&limits)
            .filter(|(_, limit)| limit.is_none())
            .map(|(mail, _)| mail)
            .collect();
        let ids = self.mailbox.store(now, &accepted)?;
        self.report(configuration_set, now, accepted.iter().zip(&ids));

        let mut ids = ids.into_iter();
        let results: Vec<Value> = limits
            .into_iter()
            .map(|limit| result(limit, &mut ids, account.omits_message_ids))
            .collect();
        Ok(json!({ "BulkEmailEntryResults": results }))
    }

    fn compose(&self, request: &SendBulkEmail, from: &str) -> Result<Vec<Accepted>, Refusal> {
        let reply_to = reply_to(&request.reply_to_addresses)?;
        let template = &request.default_content.template;
        let content = self.content(template)?;
        let defaults = template_data(template.template_data.as_deref())?;
        let now = self.clock.now();

        let mut mails = Vec::with_capacity(request.bulk_email_entries.len());
        for entry in &request.bulk_email_entries {
            let to = entry.destination.recipients()?;
            let mut data = defaults.clone();
            data.extend(template_data(entry.template_data())?);

            let mail = Mail {
                to: to.join(", "),
                from: from.to_owned(),
                reply_to: reply_to.clone(),
                subject: String::new(),
                text: None,
                html: None,
                tags: rules::tags(
                    request
                        .default_email_tags
                        .iter()
                        .chain(&entry.replacement_tags),
                )?,
                headers: rules::headers(template.headers.iter().chain(&entry.replacement_headers))?,
                at: now,
            };

            let (to, tags) = (
                to.into_iter().map(str::to_owned).collect(),
                mail.tags.clone(),
            );
            let mail = content.fill(&data, mail);
            mails.push(Accepted {
                to,
                from: from.to_owned(),
                tags,
                mail,
            });
        }
        Ok(mails)
    }
}

impl BulkEmailEntry {
    fn template_data(&self) -> Option<&str> {
        self.replacement_email_content
            .as_ref()?
            .replacement_template
            .as_ref()?
            .replacement_template_data
            .as_deref()
    }
}

fn template_data(text: Option<&str>) -> Result<Map<String, Value>, Refusal> {
    let Some(text) = text else {
        return Ok(Map::new());
    };
    if text.chars().count() > MAX_DATA_CHARACTERS {
        return Err(bad_request(format!(
            "Template data exceeds {MAX_DATA_CHARACTERS} characters."
        )));
    }

    serde_json::from_str(text).map_err(|_| bad_request("Template data is not a JSON object."))
}

fn result(
    limit: Option<Exhausted>,
    ids: &mut impl Iterator<Item = String>,
    omits_id: bool,
) -> Value {
    match limit {
        None if omits_id => json!({ "Status": "SUCCESS" }),
        None => json!({ "Status": "SUCCESS", "MessageId": ids.next() }),
        Some(Exhausted::Rate) => {
            json!({ "Status": "ACCOUNT_THROTTLED", "Error": "Maximum sending rate exceeded." })
        }
        Some(Exhausted::Quota) => {
            json!({ "Status": "ACCOUNT_DAILY_QUOTA_EXCEEDED", "Error": "Daily message quota exceeded." })
        }
    }
}
