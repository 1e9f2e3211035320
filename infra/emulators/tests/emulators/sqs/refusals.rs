//! Calls that SQS refuses.

use aws_sdk_sqs::{
    Client,
    types::{MessageAttributeValue, QueueAttributeName, SendMessageBatchRequestEntry},
};

use crate::aws::{Aws, code};

const DOES_NOT_EXIST: &str = "AWS.SimpleQueueService.NonExistentQueue";

#[tokio::test(start_paused = true)]
async fn a_message_that_sqs_does_not_accept_is_refused_with_its_error() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let (work, none) = (aws.queue_url("Work"), aws.queue_url("None"));
    let message = |body: &str| client.send_message().queue_url(&work).message_body(body);
    for (case, call, expected) in [
        (
            "no such queue",
            message("m").queue_url(&none),
            DOES_NOT_EXIST,
        ),
        (
            "another account",
            message("m").queue_url("http://127.0.0.1:4566/111111111111/Work"),
            DOES_NOT_EXIST,
        ),
        (
            "delay",
            message("m").delay_seconds(901),
            "InvalidParameterValue",
        ),
        (
            "negative delay",
            message("m").delay_seconds(-1),
            "InvalidParameterValue",
        ),
        ("empty body", message(""), "MissingParameter"),
        (
            "long body",
            message(&"x".repeat(1_048_577)),
            "InvalidParameterValue",
        ),
        (
            "control character",
            message("\u{1}"),
            "InvalidMessageContents",
        ),
        (
            "attribute without a value",
            message("m").message_attributes(
                "n",
                MessageAttributeValue::builder()
                    .data_type("String")
                    .build()
                    .unwrap(),
            ),
            "InvalidParameterValue",
        ),
    ] {
        assert_eq!(code(call.send().await), expected, "{case}");
    }
    message(&"x".repeat(1_048_576)).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_sqs_does_not_accept_is_refused_with_its_error() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let work = aws.queue_url("Work");

    let entry = |id: &str, body: &str| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .message_body(body)
            .build()
            .unwrap()
    };
    let eleven = (0..11)
        .map(|number| entry(&number.to_string(), "m"))
        .collect();
    let half = "x".repeat(600_000);
    for (case, entries, expected) in [
        (
            "no entry",
            vec![],
            "AWS.SimpleQueueService.EmptyBatchRequest",
        ),
        (
            "11 entries",
            eleven,
            "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        ),
        (
            "same ids",
            vec![entry("a", "m"), entry("a", "n")],
            "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
        ),
        (
            "malformed id",
            vec![entry("a b", "m")],
            "AWS.SimpleQueueService.InvalidBatchEntryId",
        ),
        (
            "too long",
            vec![entry("a", &half), entry("b", &half)],
            "AWS.SimpleQueueService.BatchRequestTooLong",
        ),
    ] {
        let call = client
            .send_message_batch()
            .queue_url(&work)
            .set_entries(Some(entries));
        assert_eq!(code(call.send().await), expected, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_receive_or_delete_that_sqs_does_not_accept_is_refused_with_its_error() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let (work, none) = (aws.queue_url("Work"), aws.queue_url("None"));

    let receive = || client.receive_message().queue_url(&work);
    for (case, call, expected) in [
        (
            "11 messages",
            receive().max_number_of_messages(11),
            "InvalidParameterValue",
        ),
        (
            "no messages",
            receive().max_number_of_messages(0),
            "InvalidParameterValue",
        ),
        (
            "long wait",
            receive().wait_time_seconds(21),
            "InvalidParameterValue",
        ),
        (
            "long timeout",
            receive().visibility_timeout(43_201),
            "InvalidParameterValue",
        ),
        ("no such queue", receive().queue_url(&none), DOES_NOT_EXIST),
    ] {
        assert_eq!(code(call.send().await), expected, "{case}");
    }
    let delete = client
        .delete_message()
        .queue_url(&work)
        .receipt_handle("nonsense");
    assert_eq!(code(delete.send().await), "ReceiptHandleIsInvalid");
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_sqs_does_not_accept_is_refused_with_its_error() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let work = aws.queue_url("Work");

    let create = |name: &str| client.create_queue().queue_name(name);
    for (case, call, expected) in [
        ("name", create("a b"), "InvalidParameterValue"),
        (
            "long name",
            create(&"q".repeat(81)),
            "InvalidParameterValue",
        ),
        (
            "attribute",
            create("q").attributes(QueueAttributeName::from("Colour"), "red"),
            "InvalidAttributeName",
        ),
        (
            "timeout",
            create("q").attributes(QueueAttributeName::VisibilityTimeout, "43201"),
            "InvalidParameterValue",
        ),
        (
            "no number",
            create("q").attributes(QueueAttributeName::VisibilityTimeout, "x"),
            "InvalidAttributeValue",
        ),
        (
            "policy",
            create("q").attributes(QueueAttributeName::RedrivePolicy, "{}"),
            "InvalidAttributeValue",
        ),
        (
            "another",
            create("Work").attributes(QueueAttributeName::VisibilityTimeout, "30"),
            "QueueAlreadyExists",
        ),
    ] {
        assert_eq!(code(call.send().await), expected, "{case}");
    }
    assert_eq!(
        create("Work").send().await.unwrap().queue_url(),
        Some(work.as_str()),
        "with the same attributes"
    );
    assert_eq!(
        code(client.get_queue_url().queue_name("None").send().await),
        DOES_NOT_EXIST
    );
}
