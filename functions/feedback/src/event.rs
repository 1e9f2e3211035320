//! What SES tells, as EventBridge puts it into the queue (SES developer guide, "Monitoring SES events using Amazon
//! EventBridge").

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use reinvite_domain::{EmailAddress, EventType, MailEvent, ResendId};
use serde::Deserialize;

/// An event of a mail of a resend.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub resend: ResendId,
    pub chunk: u32,
    pub position: u16,
    /// Whom the mail went to.
    pub to: Vec<EmailAddress>,
    pub event: MailEvent,
}

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
    /// SES gives each tag a list of values.
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
}

/// Reads an event. `None` where it is of a mail of no resend, or says nothing of what became of it.
pub(crate) fn read(body: &str) -> Result<Option<Told>, serde_json::Error> {
    let Envelope { detail } = serde_json::from_str(body)?;
    Ok(event_type(&detail).and_then(|event_type| told(detail.mail, event_type)))
}

fn event_type(detail: &Detail) -> Option<EventType> {
    Some(match detail.event_type.as_str() {
        "Send" => EventType::Send,
        "Delivery" => EventType::Delivery,
        // A passing or an unknown reason: the mail may have come, as with an automatic answer.
        "Bounce"
            if detail
                .bounce
                .as_ref()
                .is_none_or(|bounce| bounce.bounce_type != "Permanent") =>
        {
            EventType::Send
        }
        "Bounce" => EventType::Bounce,
        "Complaint" => EventType::Complaint,
        "Reject" => EventType::Reject,
        "Rendering Failure" | "RenderingFailure" => EventType::RenderingFailure,
        _ => return None,
    })
}

/// The mail by the tags that the sender gave it.
fn told(mail: Mail, event_type: EventType) -> Option<Told> {
    let tag = |name: &str| {
        mail.tags
            .get(name)
            .and_then(|values| values.first())
            .map(String::as_str)
    };
    Some(Told {
        resend: ResendId::new(tag("resend")?).ok()?,
        chunk: tag("chunk")?.parse().ok()?,
        position: tag("position")?.parse().ok()?,
        event: MailEvent {
            attempt: tag("attempt")?.parse().ok()?,
            event_type,
            sent_at: mail.timestamp,
            message_id: mail.message_id,
        },
        // One that cannot be read is no address of ours.
        to: mail
            .destination
            .iter()
            .filter_map(|address| address.parse().ok())
            .collect(),
    })
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
            let told = read(&event(kind, &more).to_string()).unwrap();
            assert_eq!(
                told.as_ref().map(|told| told.event.event_type),
                event_type,
                "{kind}"
            );
            if let Some(told) = told {
                assert_eq!(
                    (told.resend.as_str(), told.chunk, told.position),
                    ("r1", 2, 7)
                );
                assert_eq!(
                    (told.event.attempt, &*told.event.message_id, told.to.len()),
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
            assert!(read(&other.to_string()).unwrap().is_none(), "{tag}");
        }
        for body in ["", "{", "{}", r#"{"detail": {"eventType": "Send"}}"#] {
            assert!(read(body).is_err(), "{body}");
        }
    }
}
