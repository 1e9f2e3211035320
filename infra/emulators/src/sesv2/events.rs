//! What SES tells of a mail that names a configuration set, as EventBridge would put it into a queue: some seconds after
//! the call. Addresses of the mailbox simulator behave as SES's do (SES developer guide, "Using the mailbox simulator").

use std::sync::atomic::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Ses, address, mailbox::Accepted};
use crate::arn::{ACCOUNT, REGION};

/// The domain of the mailbox simulator.
const SIMULATOR: &str = "simulator.amazonses.com";

/// An event: seconds after the mail, its names in EventBridge and in SES, and what it says besides the mail.
type Event = (u32, &'static str, &'static str, &'static str, Value);

impl Ses {
    /// Tells what becomes of mails accepted now, each with its message id.
    pub(super) fn tell<'a>(
        &self,
        configuration_set: Option<&str>,
        now: DateTime<Utc>,
        accepted: impl IntoIterator<Item = (&'a Accepted, &'a String)>,
    ) {
        let Some((configuration_set, queue)) =
            configuration_set.zip(self.account.event_queue.as_deref())
        else {
            return;
        };
        for (accepted, id) in accepted {
            for (after, detail_type, event_type, member, more) in events(accepted) {
                let body = json!({
                    "version": "0",
                    "id": format!("{id}-{event_type}"),
                    "detail-type": detail_type,
                    "source": "aws.ses",
                    "account": ACCOUNT,
                    "time": now + TimeDelta::seconds(after.into()),
                    "region": REGION,
                    "resources": [format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{configuration_set}")],
                    "detail": { "eventType": event_type, "mail": mail(accepted, id, configuration_set, now), member: more },
                });
                let event = self.events.fetch_add(1, Ordering::Relaxed);
                for late in self.account.events.of(event) {
                    if let Err(error) =
                        self.sqs
                            .deliver_after(queue, &body.to_string(), after + late)
                    {
                        tracing::warn!(%error, queue, "SES event cannot be put into the queue");
                    }
                }
            }
        }
    }
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

/// Everything told of a mail, in the order of time.
fn events(accepted: &Accepted) -> Vec<Event> {
    if accepted.mail.is_none() {
        let failure = json!({"errorMessage": "An attribute is not present in the rendering data."});
        return vec![(
            1,
            "Email Rendering Failed",
            "Rendering Failure",
            "failure",
            failure,
        )];
    }
    let sent = (1, "Email Sent", "Send", "send", json!({}));
    let delivered = || {
        (
            2,
            "Email Delivered",
            "Delivery",
            "delivery",
            json!({"recipients": accepted.to}),
        )
    };
    let bounced = |after, kind, sub_type| {
        let recipients: Vec<_> = accepted
            .to
            .iter()
            .map(|to| json!({"emailAddress": to}))
            .collect();
        let bounce =
            json!({"bounceType": kind, "bounceSubType": sub_type, "bouncedRecipients": recipients});
        (after, "Email Bounced", "Bounce", "bounce", bounce)
    };
    match accepted.to.first().and_then(|to| simulated(to)).as_deref() {
        Some("bounce") => vec![sent, bounced(2, "Permanent", "General")],
        Some("suppressionlist") => vec![sent, bounced(2, "Permanent", "Suppressed")],
        Some("ooto") => vec![sent, delivered(), bounced(5, "Transient", "General")],
        Some("complaint") => {
            let recipients: Vec<_> = accepted
                .to
                .iter()
                .map(|to| json!({"emailAddress": to}))
                .collect();
            let complaint =
                json!({"complainedRecipients": recipients, "complaintFeedbackType": "abuse"});
            vec![
                sent,
                delivered(),
                (
                    5,
                    "Email Complaint Received",
                    "Complaint",
                    "complaint",
                    complaint,
                ),
            ]
        }
        _ => vec![sent, delivered()],
    }
}

/// The mailbox of the simulator, without its label: `bounce+label1` is `bounce`.
fn simulated(to: &str) -> Option<String> {
    let address = address::parse(to)
        .ok()
        .filter(|address| address.domain().eq_ignore_ascii_case(SIMULATOR))?;
    address
        .local()
        .split('+')
        .next()
        .map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(to: &str) -> Vec<&'static str> {
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
        .map(|event| event.2)
        .collect()
    }

    #[test]
    fn addresses_of_the_simulator_behave_as_they_are_named() {
        assert_eq!(told("mika@example.jp"), ["Send", "Delivery"]);
        assert_eq!(told("bounce@example.jp"), ["Send", "Delivery"]);
        assert_eq!(
            told("success+1@simulator.amazonses.com"),
            ["Send", "Delivery"]
        );
        assert_eq!(told("Bounce+1@simulator.amazonses.com"), ["Send", "Bounce"]);
        assert_eq!(
            told("suppressionlist@simulator.amazonses.com"),
            ["Send", "Bounce"]
        );
        assert_eq!(
            told("ooto@simulator.amazonses.com"),
            ["Send", "Delivery", "Bounce"]
        );
        assert_eq!(
            told("Mika <complaint+x+y@simulator.amazonses.com>"),
            ["Send", "Delivery", "Complaint"]
        );
    }
}
