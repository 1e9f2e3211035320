//! SES v2: what it accepts, refuses and throttles; what it accepts goes to the inbox.

mod account;
mod address;
mod allowance;
mod bulk;
mod envelope;
mod events;
mod mailbox;
mod refusals;
mod rules;
mod single;
mod substitution;
mod template;
mod template_content;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64};

use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    clock::Clock,
    refusal::{Refusal, rest_json},
    sqs::Sqs,
    state::State,
};
pub use account::{Account, EventTimes};
use allowance::Allowance;
pub use mailbox::{Mail, Mailbox, Summary};
use refusals::bad_request;
use template_content::StoredTemplates;

/// The longest input of a call in bytes. AWS says 1 MB and not which; the smaller reading refuses whatever AWS might.
const LONGEST_INPUT: usize = 1_000_000;

/// SES of one account and region.
#[derive(Clone)]
pub struct Ses {
    account: Arc<Account>,
    allowance: Arc<Mutex<Allowance>>,
    mailbox: Mailbox,
    clock: Clock,
    /// Takes the events.
    sqs: Sqs,
    /// How many there were.
    events: Arc<AtomicU64>,
    templates: Arc<Mutex<StoredTemplates>>,
}

impl Ses {
    /// Takes up where the stored mails leave off: they count against the rolling day.
    pub(crate) fn open(
        state: State,
        clock: Clock,
        account: Account,
        sqs: Sqs,
    ) -> rusqlite::Result<Self> {
        let mailbox = Mailbox::new(state);
        let sent = mailbox.sent_since(clock.now() - allowance::DAY)?;
        let allowance = Allowance::new(account.max_send_rate, account.max_24_hour_send, sent);
        Ok(Self {
            account: Arc::new(account),
            allowance: Arc::new(Mutex::new(allowance)),
            mailbox,
            clock,
            sqs,
            events: Arc::default(),
            templates: Arc::default(),
        })
    }

    /// The mails that were accepted.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> Response {
        rest_json(match operation {
            "GetAccount" => Ok(self.get_account()),
            "CreateEmailTemplate" => {
                input(body).and_then(|request| self.create_email_template(request))
            }
            "SendBulkEmail" => input(body).and_then(|request| self.send_bulk_email(&request)),
            "SendEmail" => input(body).and_then(|request| self.send_email(request)),
            _ => Err(Refusal::unknown_operation()),
        })
    }

    fn allowance(&self) -> MutexGuard<'_, Allowance> {
        self.allowance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn templates(&self) -> MutexGuard<'_, StoredTemplates> {
        self.templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn get_account(&self) -> Value {
        let sent = self.allowance().sent_last_day(self.clock.now());
        self.account.describe(sent)
    }
}

fn input<Request: DeserializeOwned>(body: &[u8]) -> Result<Request, Refusal> {
    if body.len() > LONGEST_INPUT {
        return Err(bad_request("Request size exceeds the limit of 1 MB."));
    }
    serde_json::from_slice(body)
        .map_err(|error| bad_request(format!("Request cannot be read: {error}")))
}
