//! The account: its quotas and its verified senders.

use std::{fmt, sync::Arc};

use serde_json::{Value, json};

use super::{
    address::{self, Address},
    errors::bad_request,
};
use crate::{arn::REGION, refusal::Refusal};

/// The delays of SES events: for the number of an event, counted from 0, the seconds that each delivery comes later than
/// usual. An event with two delays is delivered twice.
#[derive(Clone)]
pub struct EventTimes(Arc<dyn Fn(u64) -> Vec<u32> + Send + Sync>);

impl EventTimes {
    /// Each event comes with the delays that `times` returns for its number.
    pub fn new(times: impl Fn(u64) -> Vec<u32> + Send + Sync + 'static) -> Self {
        Self(Arc::new(times))
    }

    pub(super) fn of(&self, event: u64) -> Vec<u32> {
        (self.0)(event)
    }
}

impl Default for EventTimes {
    /// Each event comes once and at its usual time.
    fn default() -> Self {
        Self::new(|_| vec![0])
    }
}

impl fmt::Debug for EventTimes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EventTimes")
    }
}

/// The limits of an SES account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Addresses and domains that mail may come from; a domain stands for its subdomains too.
    pub verified_identities: Vec<String>,
    /// Configuration sets that exist.
    pub configuration_sets: Vec<String>,
    /// The queue that takes the events of mails, as the target of an EventBridge rule; `None` drops them.
    pub event_queue: Option<String>,
    /// The delays of the events of mails.
    pub events: EventTimes,
    /// Recipients in any second.
    pub max_send_rate: u32,
    /// Recipients in any 24 hours; `None` is unlimited, which SES writes as -1.
    pub max_24_hour_send: Option<u64>,
}

impl Account {
    /// The answer of `GetAccount`.
    pub(super) fn describe(&self, sent_last_24_hours: u64) -> Value {
        let max_24_hour_send = self
            .max_24_hour_send
            .map_or_else(|| json!(-1), |quota| json!(quota));
        json!({
            "ProductionAccessEnabled": true,
            "SendingEnabled": true,
            "SendQuota": {
                "Max24HourSend": max_24_hour_send,
                "MaxSendRate": self.max_send_rate,
                "SentLast24Hours": sent_last_24_hours,
            },
        })
    }

    /// The sender, if the account may send as it.
    pub(super) fn sender(&self, from: Option<&str>) -> Result<String, Refusal> {
        let from = from.ok_or_else(|| bad_request("FromEmailAddress is required."))?;
        let sender = address::parse(from)?;
        if self
            .verified_identities
            .iter()
            .any(|identity| covers(identity, &sender))
        {
            return Ok(from.to_owned());
        }
        Err(Refusal::bad_request(
            "MessageRejected",
            format!(
                "Email address is not verified. The following identities failed the check in region {}: {}",
                REGION.to_uppercase(),
                sender.address,
            ),
        ))
    }

    /// Refuses a configuration set that does not exist.
    pub(super) fn check_configuration_set(&self, name: Option<&str>) -> Result<(), Refusal> {
        match name {
            Some(name) if !self.configuration_sets.iter().any(|known| known == name) => {
                Err(Refusal::new(
                    http::StatusCode::NOT_FOUND,
                    "NotFoundException",
                    format!("Configuration set <{name}> does not exist."),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// An address is compared to the letter in its local part only; domains know no case.
fn covers(identity: &str, sender: &Address<'_>) -> bool {
    if let Some((local, domain)) = identity.split_once('@') {
        return local == sender.local() && domain.eq_ignore_ascii_case(sender.domain());
    }
    let (identity, domain) = (
        identity.to_ascii_lowercase(),
        sender.domain().to_ascii_lowercase(),
    );
    domain == identity || domain.ends_with(&format!(".{identity}"))
}
