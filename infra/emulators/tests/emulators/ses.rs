//! Mails that SES accepts, and what is kept of them.

mod limits;
mod refusals;

use aws_sdk_sesv2::{
    Client,
    operation::{
        send_bulk_email::builders::SendBulkEmailFluentBuilder,
        send_email::builders::SendEmailFluentBuilder,
    },
    types::{
        Body, BulkEmailContent, BulkEmailEntry, BulkEmailStatus, Content, Destination,
        EmailContent, EmailTemplateContent, Message, MessageHeader, MessageTag,
        ReplacementEmailContent, ReplacementTemplate, Template, builders::BulkEmailEntryBuilder,
    },
};
use serde_json::json;

use crate::aws::{Aws, code};

fn tag(name: &str, value: &str) -> MessageTag {
    MessageTag::builder()
        .name(name)
        .value(value)
        .build()
        .unwrap()
}

fn header(name: &str, value: &str) -> MessageHeader {
    MessageHeader::builder()
        .name(name)
        .value(value)
        .build()
        .unwrap()
}

fn template(subject: &str) -> BulkEmailContent {
    let content = EmailTemplateContent::builder()
        .subject(subject)
        .text("{{text}}")
        .html("{{html}}")
        .build();
    let template = Template::builder()
        .template_content(content)
        .template_data(r#"{"subject": "Hello", "text": "plain", "html": "<p>rich</p>"}"#)
        .headers(header("List-Unsubscribe", "<https://example.com/default>"))
        .build();
    BulkEmailContent::builder().template(template).build()
}

fn entry(to: &str) -> BulkEmailEntryBuilder {
    BulkEmailEntry::builder().destination(Destination::builder().to_addresses(to).build())
}

fn data(json: &str) -> ReplacementEmailContent {
    let template = ReplacementTemplate::builder()
        .replacement_template_data(json)
        .build();
    ReplacementEmailContent::builder()
        .replacement_template(template)
        .build()
}

/// A bulk call that SES takes once it has an entry.
fn bulk(client: &Client) -> SendBulkEmailFluentBuilder {
    client
        .send_bulk_email()
        .from_email_address("Reinvite <from@example.com>")
        .default_content(template("{{subject}}"))
}

fn entries(count: usize) -> Vec<BulkEmailEntry> {
    (0..count)
        .map(|number| entry(&format!("user{number}@example.jp")).build())
        .collect()
}

fn single(client: &Client) -> SendEmailFluentBuilder {
    let content = |text: &str| Content::builder().data(text).build().unwrap();
    let message = Message::builder()
        .subject(content("Hello"))
        .body(Body::builder().text(content("plain")).build())
        .build();
    client
        .send_email()
        .from_email_address("from@example.com")
        .destination(
            Destination::builder()
                .to_addresses("mika@example.jp")
                .build(),
        )
        .content(EmailContent::builder().simple(message).build())
}

async fn statuses(call: SendBulkEmailFluentBuilder) -> Vec<BulkEmailStatus> {
    let answer = call.send().await.unwrap();
    answer
        .bulk_email_entry_results()
        .iter()
        .filter_map(|result| result.status().cloned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_bulk_mail_is_kept_as_its_recipient_sees_it() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let answer = bulk(&client)
        .reply_to_addresses("help@example.com")
        .configuration_set_name("events")
        .default_email_tags(tag("stage", "local"))
        .bulk_email_entries(
            entry("mika@example.jp")
                .replacement_email_content(data(
                    r#"{"subject": "森さん", "html": "<p>1 & 2 {{text}}</p>"}"#,
                ))
                .replacement_tags(tag("resend", "r1"))
                .replacement_headers(header("list-unsubscribe", "<https://example.com/u1>"))
                .build(),
        )
        .bulk_email_entries(entry("bounce+u2@simulator.amazonses.com").build())
        .send()
        .await
        .unwrap();
    let ids: Vec<_> = answer
        .bulk_email_entry_results()
        .iter()
        .filter_map(|result| result.message_id())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);

    let mails = aws.mails();
    let expected = json!({
        "to": "mika@example.jp",
        "from": "Reinvite <from@example.com>",
        "replyTo": "help@example.com",
        "subject": "森さん",
        "text": "plain",
        "html": "<p>1 & 2 {{text}}</p>",
        "tags": {"resend": "r1", "stage": "local"},
        "headers": {"list-unsubscribe": "<https://example.com/u1>"},
        "at": "2026-12-01T00:00:00Z",
    });
    assert_eq!(mails[0], expected);
    assert_eq!(mails[1]["to"], "bounce+u2@simulator.amazonses.com");
    assert_eq!(mails[1]["subject"], "Hello");
}

#[tokio::test(start_paused = true)]
async fn a_stored_template_is_filled_in_and_has_a_name_of_its_own() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let store = || {
        let content = EmailTemplateContent::builder()
            .subject("Hello {{name}}")
            .text("plain")
            .build();
        client
            .create_email_template()
            .template_name("invitation")
            .template_content(content)
            .send()
    };
    store().await.unwrap();
    assert_eq!(code(store().await), "AlreadyExistsException");
    let send = |name: &str| {
        let template = Template::builder()
            .template_name(name)
            .template_data(r#"{"name": "Mika"}"#)
            .build();
        let content = BulkEmailContent::builder().template(template).build();
        bulk(&client)
            .default_content(content)
            .bulk_email_entries(entry("mika@example.jp").build())
            .send()
    };
    assert_eq!(code(send("other").await), "NotFoundException");
    send("invitation").await.unwrap();
    assert_eq!(aws.mails()[0]["subject"], "Hello Mika");
}

#[tokio::test(start_paused = true)]
async fn a_simple_mail_is_kept_with_its_parts() {
    let aws = Aws::new();
    let answer = single(&Client::new(&aws.sdk))
        .email_tags(tag("kind", "test"))
        .send()
        .await
        .unwrap();
    assert!(answer.message_id().is_some());
    let mails = aws.mails();
    assert_eq!(mails[0]["text"], "plain");
    assert_eq!(mails[0]["html"], json!(null));
    assert_eq!(mails[0]["tags"], json!({"kind": "test"}));
}

#[tokio::test(start_paused = true)]
async fn a_mail_with_a_missing_variable_is_accepted_and_never_arrives() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let call = bulk(&client)
        .default_content(template("{{nobody}}"))
        .set_bulk_email_entries(Some(entries(1)));
    assert_eq!(statuses(call).await, [BulkEmailStatus::Success]);
    assert!(aws.mails().is_empty());
    let quota = client
        .get_account()
        .send()
        .await
        .unwrap()
        .send_quota
        .unwrap();
    assert!(
        (quota.sent_last24_hours() - 1.0).abs() < f64::EPSILON,
        "it counts all the same"
    );
}
