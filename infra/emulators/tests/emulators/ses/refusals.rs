//! Calls that SES refuses.

use aws_sdk_sesv2::{
    Client,
    types::{
        BulkEmailContent, BulkEmailEntry, Destination, EmailTemplateContent, Template,
        builders::BulkEmailEntryBuilder,
    },
};

use super::{bulk, data, entries, entry, header, single, tag};
use crate::aws::{Aws, code};

#[tokio::test(start_paused = true)]
async fn a_bulk_call_with_a_wrong_entry_sends_nothing() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let one = || bulk(&client).set_bulk_email_entries(Some(entries(1)));
    let with = |entry: BulkEmailEntryBuilder| one().bulk_email_entries(entry.build());
    let headers = (0..15)
        .map(|number| header(&format!("X-{number}"), "v"))
        .collect();
    let too_long = format!(r#"{{"html": "{}"}}"#, "x".repeat(262_144));

    for (case, call) in [
        ("malformed recipient", with(entry("mika@"))),
        ("recipient not ASCII", with(entry("森@example.jp"))),
        (
            "no recipient",
            with(BulkEmailEntry::builder().destination(Destination::builder().build())),
        ),
        (
            "tag value",
            with(entry("a@example.jp").replacement_tags(tag("resend", "a b"))),
        ),
        (
            "long tag",
            with(entry("a@example.jp").replacement_tags(tag(&"n".repeat(257), "v"))),
        ),
        (
            "own header",
            with(entry("a@example.jp").replacement_headers(header("Subject", "x"))),
        ),
        (
            "header injection",
            with(entry("a@example.jp").replacement_headers(header("X", "a\r\nBcc: b"))),
        ),
        (
            "header name",
            with(entry("a@example.jp").replacement_headers(header("X:", "a"))),
        ),
        (
            "long header",
            with(entry("a@example.jp").replacement_headers(header("X", &"v".repeat(996)))),
        ),
        (
            "16 headers",
            with(entry("a@example.jp").set_replacement_headers(Some(headers))),
        ),
        (
            "data is no object",
            with(entry("a@example.jp").replacement_email_content(data("[]"))),
        ),
        (
            "data too long",
            with(entry("a@example.jp").replacement_email_content(data(&too_long))),
        ),
    ] {
        assert_eq!(code(call.send().await), "BadRequestException", "{case}");
    }

    assert!(aws.mails().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_bulk_call_with_anything_else_wrong_in_it_sends_nothing() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let one = || bulk(&client).set_bulk_email_entries(Some(entries(1)));
    let megabyte = format!(r#"{{"html": "{}"}}"#, "x".repeat(250_000));
    let heavy = (0..4)
        .map(|_| {
            entry("a@example.jp")
                .replacement_email_content(data(&megabyte))
                .build()
        })
        .collect();
    let no_body = BulkEmailContent::builder()
        .template(
            Template::builder()
                .template_content(EmailTemplateContent::builder().subject("s").build())
                .build(),
        )
        .build();

    for (case, call) in [
        (
            "no entry",
            bulk(&client).set_bulk_email_entries(Some(Vec::new())),
        ),
        (
            "51 entries",
            bulk(&client).set_bulk_email_entries(Some(entries(51))),
        ),
        (
            "over 1 MB",
            bulk(&client).set_bulk_email_entries(Some(heavy)),
        ),
        ("no sender", one().set_from_email_address(None)),
        ("malformed sender", one().from_email_address("from")),
        ("malformed reply address", one().reply_to_addresses("help")),
        ("default tag", one().default_email_tags(tag("stage", "ü"))),
        ("template without a body", one().default_content(no_body)),
    ] {
        assert_eq!(code(call.send().await), "BadRequestException", "{case}");
    }

    assert!(aws.mails().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_call_from_a_sender_or_with_a_resource_that_ses_does_not_know_sends_nothing() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let one = || bulk(&client).set_bulk_email_entries(Some(entries(1)));
    let stored = BulkEmailContent::builder()
        .template(Template::builder().template_name("t").build())
        .build();

    for (case, call, expected) in [
        (
            "domain not verified",
            one().from_email_address("from@example.org"),
            "MessageRejected",
        ),
        (
            "address not verified",
            one().from_email_address("other@example.jp"),
            "MessageRejected",
        ),
        (
            "no such configuration set",
            one().configuration_set_name("none"),
            "NotFoundException",
        ),
        (
            "a template that nobody stored",
            one().default_content(stored),
            "NotFoundException",
        ),
    ] {
        assert_eq!(code(call.send().await), expected, "{case}");
    }

    assert!(aws.mails().is_empty());
    assert_eq!(
        code(
            single(&client)
                .from_email_address("from@example.org")
                .send()
                .await
        ),
        "MessageRejected"
    );
    one()
        .from_email_address("only@example.jp")
        .send()
        .await
        .unwrap();
    one()
        .from_email_address("a@mail.example.com")
        .send()
        .await
        .unwrap();
}
