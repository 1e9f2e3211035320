//! The account: its quotas, its identities, and what it refuses.

use std::{fmt, sync::Arc};

use serde_json::{Value, json};

use super::address::{self, Address};
use crate::{
    arn::{self, REGION},
    refusal::Refusal,
};

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

/// An SES account: its identities, its limits, and how unkind it is.
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
    /// Whether the account is out of the sandbox, in which recipients must be verified too.
    pub production_access: bool,
    /// Whether the account may send at all.
    pub sending_enabled: bool,
    /// Calls that send mail in any second; `None` is unlimited.
    pub send_calls_per_second: Option<u32>,
    /// Calls of `GetAccount` in any second; `None` is unlimited.
    pub get_account_calls_per_second: Option<u32>,
    /// The ARNs of identities, templates and configuration sets that callers may send with; `None` allows all.
    pub allowed_resources: Option<Vec<String>>,
    /// Whether `SendBulkEmail` leaves the message ids of accepted mails out.
    pub omits_message_ids: bool,
}

impl Default for Account {
    /// An account out of the sandbox without identities and without limits.
    fn default() -> Self {
        Self {
            verified_identities: Vec::new(),
            configuration_sets: Vec::new(),
            event_queue: None,
            events: EventTimes::default(),
            max_send_rate: 1_000,
            max_24_hour_send: None,
            production_access: true,
            sending_enabled: true,
            send_calls_per_second: None,
            get_account_calls_per_second: None,
            allowed_resources: None,
            omits_message_ids: false,
        }
    }
}

impl Account {
    /// The answer of `GetAccount`.
    pub(super) fn describe(&self, sent_last_24_hours: u64) -> Value {
        let max_24_hour_send = self
            .max_24_hour_send
            .map_or_else(|| json!(-1), |quota| json!(quota));
        json!({
            "ProductionAccessEnabled": self.production_access,
            "SendingEnabled": self.sending_enabled,
            "SendQuota": {
                "Max24HourSend": max_24_hour_send,
                "MaxSendRate": self.max_send_rate,
                "SentLast24Hours": sent_last_24_hours,
            },
        })
    }

    /// Refuses to send while the account may not.
    pub(super) fn check_sending(&self) -> Result<(), Refusal> {
        if self.sending_enabled {
            return Ok(());
        }
        Err(Refusal::bad_request(
            "SendingPausedException",
            "Email sending is disabled for this account.",
        ))
    }

    /// Refuses identities that are not verified: the sender, and in the sandbox the recipients. SES names all of them.
    pub(super) fn check_identities<'a>(
        &self,
        from: &'a str,
        recipients: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Refusal> {
        let sender = address::parse(from)?;
        let mut failed = Vec::new();
        if self.identity_of(&sender).is_none() {
            failed.push(sender.address);
        }
        if !self.production_access {
            for recipient in recipients {
                let recipient = address::parse(recipient)?;
                let is_known =
                    recipient.is_of_simulator() || self.identity_of(&recipient).is_some();
                if !is_known && !failed.contains(&recipient.address) {
                    failed.push(recipient.address);
                }
            }
        }

        if failed.is_empty() {
            return Ok(());
        }
        Err(Refusal::bad_request(
            "MessageRejected",
            format!(
                "Email address is not verified. The following identities failed the check in region {}: {}",
                REGION.to_uppercase(),
                failed.join(", "),
            ),
        ))
    }

    /// Refuses a caller who may not use the sender's identity, the configuration set or the stored template.
    pub(super) fn authorise(
        &self,
        operation: &str,
        from: &str,
        configuration_set: Option<&str>,
        template: Option<&str>,
    ) -> Result<(), Refusal> {
        let Some(allowed) = &self.allowed_resources else {
            return Ok(());
        };

        let sender = address::parse(from)?;
        let identity = self.identity_of(&sender).unwrap_or(sender.address);
        let resources = [
            Some(format!("identity/{identity}")),
            configuration_set.map(|name| format!("configuration-set/{name}")),
            template.map(|name| format!("template/{name}")),
        ];
        for resource in resources.into_iter().flatten().map(|name| arn::ses(&name)) {
            if !allowed.contains(&resource) {
                let detail = format!(
                    "User: {} is not authorized to perform: ses:{operation} on resource: {resource}",
                    arn::role("caller"),
                );
                return Err(Refusal::new(
                    http::StatusCode::FORBIDDEN,
                    "AccessDeniedException",
                    detail,
                ));
            }
        }
        Ok(())
    }

    /// The most specific verified identity of an address: the address itself, or else its domain.
    fn identity_of(&self, address: &Address<'_>) -> Option<&str> {
        let covering = || {
            self.verified_identities
                .iter()
                .map(String::as_str)
                .filter(|identity| covers(identity, address))
        };
        covering()
            .find(|identity| identity.contains('@'))
            .or_else(|| covering().max_by_key(|domain| domain.len()))
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
fn covers(identity: &str, address: &Address<'_>) -> bool {
    if let Some((local, domain)) = identity.split_once('@') {
        return local == address.local() && domain.eq_ignore_ascii_case(address.domain());
    }
    let (identity, domain) = (
        identity.to_ascii_lowercase(),
        address.domain().to_ascii_lowercase(),
    );
    domain == identity || domain.ends_with(&format!(".{identity}"))
}
