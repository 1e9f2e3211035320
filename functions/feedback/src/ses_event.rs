//! Events of SES, as EventBridge puts them into the queue (SES developer guide, "Monitoring SES
//! events using Amazon EventBridge").

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use reinvite_domain::{EmailAddress, EventType, MailEvent, ResendId};
use serde::Deserialize;

/// An SES event about a mail of a resend.
#[derive(Clone, Debug)]
pub(crate) struct SesEvent {
    pub resend: ResendId,
    pub chunk: u32,
    /// The position of the recipient in the chunk.
    pub position: u16,
    /// The addresses that SES sent the mail to.
    pub destination: Vec<EmailAddress>,
    pub mail_event: MailEvent,
}

/// The event of EventBridge around an event of SES.
#[derive(Deserialize)]
struct Envelope {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    timestamp: DateTime<Utc>,
    #[serde(default)]
    destination: Vec<String>,
    /// The tags that the sender gave the mail. SES gives each tag a list of values.
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
}

impl SesEvent {
    /// Parses the body of a message.
    ///
    /// `None` for a mail that is not part of a resend, and for an event that does not change the
    /// state of a recipient.
    ///
    /// # Errors
    ///
    /// Fails for a body that is not an event of SES.
    pub(crate) fn parse(body: &str) -> Result<Option<Self>, serde_json::Error> {
        let Envelope { detail } = serde_json::from_str(body)?;

        let event = detail
            .event_type()
            .and_then(|event_type| Self::from_mail(detail.mail, event_type));
        Ok(event)
    }

    /// Finds the recipient by the mail's tags.
    fn from_mail(mail: Mail, event_type: EventType) -> Option<Self> {
        let resend = ResendId::new(mail.tag("resend")?).ok()?;
        let chunk = mail.tag("chunk")?.parse().ok()?;
        let position = mail.tag("position")?.parse().ok()?;
        let attempt = mail.tag("attempt")?.parse().ok()?;

        // Reinvite sends to no address that it cannot parse.
        let destination = mail
            .destination
            .iter()
            .filter_map(|address| address.parse().ok())
            .collect();

        Some(Self {
            resend,
            chunk,
            position,
            destination,
            mail_event: MailEvent {
                attempt,
                event_type,
                sent_at: mail.timestamp,
                message_id: mail.message_id,
            },
        })
    }
}

impl Detail {
    fn event_type(&self) -> Option<EventType> {
        match self.event_type.as_str() {
            "Send" => Some(EventType::Send),
            "Delivery" => Some(EventType::Delivery),
            "Bounce" => Some(self.bounce_event_type()),
            "Complaint" => Some(EventType::Complaint),
            "Reject" => Some(EventType::Reject),
            "Rendering Failure" | "RenderingFailure" => Some(EventType::RenderingFailure),
            _ => None,
        }
    }

    /// The event type of a bounce: only a permanent bounce means that the mail did not arrive.
    ///
    /// After a transient or undetermined bounce the mail may have arrived: an automatic reply, for
    /// example, is reported as a bounce.
    fn bounce_event_type(&self) -> EventType {
        match &self.bounce {
            Some(bounce) if bounce.bounce_type == "Permanent" => EventType::Bounce,
            _ => EventType::Send,
        }
    }
}

impl Mail {
    fn tag(&self, name: &str) -> Option<&str> {
        let values = self.tags.get(name)?;
        values.first().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(kind: &str, more: &Value) -> Value {
        let mut event = json!({"source": "aws.ses", "detail": {"eventType": kind, "mail": {
            "messageId": "m1", "timestamp": "2026-11-23T00:00:00.123Z", "destination": ["u1@example.com"],
            "tags": {"ses:configuration-set": ["c"], "resend": ["r1"], "chunk": ["2"], "position": ["7"], "attempt": ["1"]},
        }}});
        if let (Some(detail), Some(more)) = (event["detail"].as_object_mut(), more.as_object()) {
            detail.extend(more.clone());
        }
        event
    }

    #[test]
    fn each_event_is_known_by_its_type() {
        let bounce = |kind: &str| json!({"bounce": {"bounceType": kind}});
        for (kind, more, event_type) in [
            ("Send", json!({}), Some(EventType::Send)),
            ("Delivery", json!({}), Some(EventType::Delivery)),
            ("Bounce", bounce("Permanent"), Some(EventType::Bounce)),
            ("Bounce", bounce("Transient"), Some(EventType::Send)),
            ("Bounce", bounce("Undetermined"), Some(EventType::Send)),
            ("Complaint", json!({}), Some(EventType::Complaint)),
            ("Reject", json!({}), Some(EventType::Reject)),
            (
                "Rendering Failure",
                json!({}),
                Some(EventType::RenderingFailure),
            ),
            ("Open", json!({}), None),
        ] {
            let parsed = SesEvent::parse(&event(kind, &more).to_string()).unwrap();
            assert_eq!(
                parsed.as_ref().map(|parsed| parsed.mail_event.event_type),
                event_type,
                "{kind}"
            );
            if let Some(parsed) = parsed {
                assert_eq!(
                    (parsed.resend.as_str(), parsed.chunk, parsed.position),
                    ("r1", 2, 7)
                );
                assert_eq!(
                    (
                        parsed.mail_event.attempt,
                        &*parsed.mail_event.message_id,
                        parsed.destination.len()
                    ),
                    (1, "m1", 1)
                );
            }
        }
    }

    #[test]
    fn mails_of_no_resend_are_told_from_what_cannot_be_read() {
        for (tag, value) in [
            ("resend", json!(null)),
            ("chunk", json!(["x"])),
            ("position", json!([])),
            ("attempt", json!(["-1"])),
        ] {
            let mut other = event("Send", &json!({}));
            let tags = other["detail"]["mail"]["tags"].as_object_mut().unwrap();
            if value.is_null() {
                tags.remove(tag)
            } else {
                tags.insert(tag.into(), value)
            };
            assert!(
                SesEvent::parse(&other.to_string()).unwrap().is_none(),
                "{tag}"
            );
        }
        for body in ["", "{", "{}", r#"{"detail": {"eventType": "Send"}}"#] {
            assert!(SesEvent::parse(body).is_err(), "{body}");
        }
    }
}
