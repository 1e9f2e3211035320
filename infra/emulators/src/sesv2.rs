//! SES v2: what it accepts, refuses and throttles; what it accepts goes to the inbox.

mod account;
mod address;
mod allowance;
mod bulk;
mod call_limit;
mod create_template;
mod envelope;
mod errors;
mod events;
mod mailbox;
mod rules;
mod service;
mod single;
mod substitution;
mod template;

use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::refusal::{Refusal, rest_json};
pub use account::{Account, EventTimes};
use errors::bad_request;
pub use mailbox::{Mail, Mailbox, Summary};
pub use service::Ses;

/// The longest input of a call in bytes. AWS says 1 MB and not which; the smaller reading refuses whatever AWS might.
const MAX_INPUT_BYTES: usize = 1_000_000;

impl Ses {
    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> Response {
        rest_json(match operation {
            "GetAccount" => self.get_account(),
            "CreateEmailTemplate" => {
                input(body).and_then(|request| self.create_email_template(request))
            }
            "SendBulkEmail" => input(body).and_then(|request| self.send_bulk_email(&request)),
            "SendEmail" => input(body).and_then(|request| self.send_email(request)),
            _ => Err(Refusal::unknown_operation()),
        })
    }

    fn get_account(&self) -> Result<Value, Refusal> {
        let account = self.account();
        self.take_get_account_call(&account)?;
        let sent = self.allowance().sent_last_day(self.clock.now());
        Ok(account.describe(sent))
    }
}

fn input<Request: DeserializeOwned>(body: &[u8]) -> Result<Request, Refusal> {
    if body.len() > MAX_INPUT_BYTES {
        return Err(bad_request("Request size exceeds the limit of 1 MB."));
    }
    serde_json::from_slice(body)
        .map_err(|error| bad_request(format!("Request cannot be read: {error}")))
}
