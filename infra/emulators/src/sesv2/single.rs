//! `SendEmail`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    allowance::Exhausted,
    envelope::{Destination, NameValue, reply_to, sender},
    errors::bad_request,
    mailbox::{Accepted, Mail},
    rules,
    service::Ses,
};
use crate::refusal::Refusal;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SendEmail {
    from_email_address: Option<String>,
    destination: Option<Destination>,
    #[serde(default)]
    reply_to_addresses: Vec<String>,
    #[serde(default)]
    email_tags: Vec<NameValue>,
    configuration_set_name: Option<String>,
    content: EmailContent,
}

/// `Raw` and `Template` are not served here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EmailContent {
    simple: Message,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Message {
    subject: Content,
    body: Body,
    #[serde(default)]
    headers: Vec<NameValue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Body {
    text: Option<Content>,
    html: Option<Content>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Content {
    data: String,
    charset: Option<String>,
}

impl Content {
    /// The text, if its character set can carry it: 7-bit ASCII where none is named.
    fn text(&self) -> Result<&str, Refusal> {
        match self.charset.as_deref() {
            Some(charset) if charset.eq_ignore_ascii_case("utf-8") => Ok(&self.data),
            None if self.data.is_ascii() => Ok(&self.data),
            None => Err(bad_request("Content is not ASCII; name its character set.")),
            Some(charset) => Err(bad_request(format!(
                "Character set {charset} is not known here."
            ))),
        }
    }
}

impl Ses {
    pub(super) fn send_email(&self, request: SendEmail) -> Result<Value, Refusal> {
        let now = self.clock.now();
        let account = self.account();
        let from = sender(request.from_email_address.as_deref())?;
        let configuration_set = request.configuration_set_name.as_deref();
        self.admit(&account, ("SendEmail", from), configuration_set, None)?;

        let message = request.content.simple;
        if message.body.text.is_none() && message.body.html.is_none() {
            return Err(bad_request("Body has neither text nor HTML."));
        }

        let destination = request.destination.unwrap_or_default();
        let recipients = destination.recipients()?;
        account.check_identities(from, recipients.iter().copied())?;

        let text_of = |content: &Content| content.text().map(str::to_owned);
        let mail = Mail {
            to: recipients.join(", "),
            from: from.to_owned(),
            reply_to: reply_to(&request.reply_to_addresses)?,
            subject: text_of(&message.subject)?,
            text: message.body.text.as_ref().map(text_of).transpose()?,
            html: message.body.html.as_ref().map(text_of).transpose()?,
            tags: rules::tags(&request.email_tags)?,
            headers: rules::headers(&message.headers)?,
            at: now,
        };

        let to: Vec<_> = recipients.into_iter().map(str::to_owned).collect();
        self.allowance()
            .take(now, to.len() as u64)
            .map_err(too_many_requests)?;

        let accepted = [Accepted {
            to,
            from: mail.from.clone(),
            tags: mail.tags.clone(),
            mail: Some(mail),
        }];

        let ids = self.mailbox.store(now, &accepted)?;
        self.report(
            request.configuration_set_name.as_deref(),
            now,
            accepted.iter().zip(&ids),
        );
        Ok(json!({ "MessageId": ids.first() }))
    }
}

/// The refusal of a whole call because of a limit, in the words SES uses.
pub fn too_many_requests(exhausted: Exhausted) -> Refusal {
    let message = match exhausted {
        Exhausted::Rate => "Maximum sending rate exceeded.",
        Exhausted::Quota => "Daily message quota exceeded.",
    };
    Refusal::new(
        http::StatusCode::TOO_MANY_REQUESTS,
        "TooManyRequestsException",
        message,
    )
}
