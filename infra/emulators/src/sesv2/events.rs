//! The events of a mail that names a configuration set, as EventBridge would put them into a queue, some seconds after the
//! call. Addresses of the mailbox simulator behave as SES's do (SES developer guide, "Using the mailbox simulator").

use std::sync::atomic::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    account::Account,
    address::{self, Address},
    mailbox::Accepted,
    service::Ses,
};
use crate::arn::{ACCOUNT, REGION};

/// An event of a mail.
struct Event {
    /// The seconds after the call.
    after_seconds: u32,
    /// The name in EventBridge.
    detail_type: &'static str,
    /// The name in SES.
    ses_name: &'static str,
    /// The member of the event that describes it.
    member: &'static str,
    /// The value of that member.
    details: Value,
}

impl Ses {
    /// Puts the events of mails that were accepted now into the account's event queue, each mail with its message id.
    pub(super) fn report<'a>(
        &self,
        configuration_set: Option<&str>,
        now: DateTime<Utc>,
        accepted: impl IntoIterator<Item = (&'a Accepted, &'a String)>,
    ) {
        let account = self.account();
        let Some((configuration_set, queue)) =
            configuration_set.zip(account.event_queue.as_deref())
        else {
            return;
        };

        for (accepted, id) in accepted {
            let mail = mail(accepted, id, configuration_set, now);
            for event in events(accepted) {
                let body = event
                    .in_event_bridge(&mail, configuration_set, now)
                    .to_string();
                self.deliver(&account, queue, &body, event.after_seconds);
            }
        }
    }

    /// Puts an event into the queue, once for each delay that the account's [`super::EventTimes`] name.
    fn deliver(&self, account: &Account, queue: &str, body: &str, after_seconds: u32) {
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        for late in account.events.of(number) {
            let delivery = self.sqs.deliver_after(queue, body, after_seconds + late);
            if let Err(error) = delivery {
                tracing::warn!(%error, queue, "SES event cannot be put into the queue");
            }
        }
    }
}

impl Event {
    fn in_event_bridge(&self, mail: &Value, configuration_set: &str, now: DateTime<Utc>) -> Value {
        let id = mail["messageId"].as_str().unwrap_or_default();
        let set = format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{configuration_set}");
        let detail = json!({
            "eventType": self.ses_name,
            "mail": mail,
            (self.member): self.details,
        });

        json!({
            "version": "0",
            "id": format!("{id}-{}", self.ses_name),
            "detail-type": self.detail_type,
            "source": "aws.ses",
            "account": ACCOUNT,
            "time": now + TimeDelta::seconds(self.after_seconds.into()),
            "region": REGION,
            "resources": [set],
            "detail": detail,
        })
    }

    fn sent() -> Self {
        Self {
            after_seconds: 1,
            detail_type: "Email Sent",
            ses_name: "Send",
            member: "send",
            details: json!({}),
        }
    }

    fn delivered(to: &[String]) -> Self {
        Self {
            after_seconds: 2,
            detail_type: "Email Delivered",
            ses_name: "Delivery",
            member: "delivery",
            details: json!({ "recipients": to }),
        }
    }

    fn bounced(to: &[String], after_seconds: u32, kind: &str, sub_type: &str) -> Self {
        Self {
            after_seconds,
            detail_type: "Email Bounced",
            ses_name: "Bounce",
            member: "bounce",
            details: json!({
                "bounceType": kind,
                "bounceSubType": sub_type,
                "bouncedRecipients": email_addresses(to),
            }),
        }
    }

    fn complained(to: &[String]) -> Self {
        Self {
            after_seconds: 5,
            detail_type: "Email Complaint Received",
            ses_name: "Complaint",
            member: "complaint",
            details: json!({
                "complainedRecipients": email_addresses(to),
                "complaintFeedbackType": "abuse",
            }),
        }
    }

    fn rendering_failed() -> Self {
        let details = json!({"errorMessage": "An attribute is not present in the rendering data."});
        Self {
            after_seconds: 1,
            detail_type: "Email Rendering Failed",
            ses_name: "Rendering Failure",
            member: "failure",
            details,
        }
    }
}

fn email_addresses(to: &[String]) -> Vec<Value> {
    to.iter().map(|to| json!({ "emailAddress": to })).collect()
}

fn mail(accepted: &Accepted, id: &str, configuration_set: &str, now: DateTime<Utc>) -> Value {
    let mut tags: serde_json::Map<String, Value> = accepted
        .tags
        .iter()
        .map(|(name, value)| (name.clone(), json!([value])))
        .collect();
    tags.insert("ses:configuration-set".into(), json!([configuration_set]));
    json!({
        "timestamp": now,
        "messageId": id,
        "source": accepted.from,
        "sendingAccountId": ACCOUNT,
        "destination": accepted.to,
        "headersTruncated": false,
        "headers": [],
        "tags": tags,
    })
}

/// The events of a mail, in the order of time.
fn events(accepted: &Accepted) -> Vec<Event> {
    if accepted.mail.is_none() {
        return vec![Event::rendering_failed()];
    }

    let to = &accepted.to;
    let (sent, delivered) = (Event::sent(), Event::delivered(to));
    match to.first().and_then(|to| simulated(to)).as_deref() {
        Some("bounce") => vec![sent, Event::bounced(to, 2, "Permanent", "General")],
        Some("suppressionlist") => vec![sent, Event::bounced(to, 2, "Permanent", "Suppressed")],
        Some("ooto") => vec![
            sent,
            delivered,
            Event::bounced(to, 5, "Transient", "General"),
        ],
        Some("complaint") => vec![sent, delivered, Event::complained(to)],
        _ => vec![sent, delivered],
    }
}

/// The mailbox of the simulator, without its label: `bounce+label1` is `bounce`.
fn simulated(to: &str) -> Option<String> {
    let address = address::parse(to).ok().filter(Address::is_of_simulator)?;
    address
        .local()
        .split('+')
        .next()
        .map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_types(to: &str) -> Vec<&'static str> {
        let mail = serde_json::from_value(
            json!({"to": to, "from": "f@example.com", "replyTo": null, "subject": "",
            "text": null, "html": null, "tags": {}, "headers": {}, "at": "2026-11-23T00:00:00Z"}),
        );
        let mail = Some(mail.unwrap());
        let (to, from) = (vec![to.to_string()], String::new());
        events(&Accepted {
            to,
            from,
            tags: std::collections::BTreeMap::new(),
            mail,
        })
        .iter()
        .map(|event| event.ses_name)
        .collect()
    }

    #[test]
    fn addresses_of_the_simulator_behave_as_they_are_named() {
        assert_eq!(event_types("mika@example.jp"), ["Send", "Delivery"]);
        assert_eq!(event_types("bounce@example.jp"), ["Send", "Delivery"]);
        assert_eq!(
            event_types("success+1@simulator.amazonses.com"),
            ["Send", "Delivery"]
        );
        assert_eq!(
            event_types("Bounce+1@simulator.amazonses.com"),
            ["Send", "Bounce"]
        );
        assert_eq!(
            event_types("suppressionlist@simulator.amazonses.com"),
            ["Send", "Bounce"]
        );
        assert_eq!(
            event_types("ooto@simulator.amazonses.com"),
            ["Send", "Delivery", "Bounce"]
        );
        assert_eq!(
            event_types("Mika <complaint+x+y@simulator.amazonses.com>"),
            ["Send", "Delivery", "Complaint"]
        );
    }
}
