//! Messages of SQS: their delivery, their delays and the dead letters.

mod refusals;

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_sqs::{
    Client,
    types::{
        DeleteMessageBatchRequestEntry, Message, MessageAttributeValue, MessageSystemAttributeName,
        QueueAttributeName, SendMessageBatchRequestEntry, SendMessageBatchResultEntry,
    },
};
use reinvite_emulators::arn;

use crate::aws::{Aws, account, beginning, clock, code, folder};

async fn send(aws: &Aws, body: &str, delay: i32) {
    let client = Client::new(&aws.sdk);
    client
        .send_message()
        .queue_url(aws.queue_url("Work"))
        .message_body(body)
        .delay_seconds(delay)
        .send()
        .await
        .unwrap();
}

async fn receive(aws: &Aws, queue: &str) -> Vec<Message> {
    let client = Client::new(&aws.sdk);
    let answer = client
        .receive_message()
        .queue_url(aws.queue_url(queue))
        .max_number_of_messages(10)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .message_attribute_names("All")
        .send()
        .await
        .unwrap();
    answer.messages.unwrap_or_default()
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(Message::body).collect()
}

#[tokio::test(start_paused = true)]
async fn a_message_is_received_as_it_was_sent() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let attribute = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("v")
        .build()
        .unwrap();
    let sent = client
        .send_message()
        .queue_url(aws.queue_url("Work"))
        .message_body("abc")
        .message_attributes("n", attribute)
        .send()
        .await
        .unwrap();
    assert_eq!(
        sent.md5_of_message_body(),
        Some("900150983cd24fb0d6963f7d28e17f72")
    );
    let messages = receive(&aws, "Work").await;
    let [message] = messages.as_slice() else {
        panic!("one message")
    };
    assert_eq!(message.message_id(), sent.message_id());
    assert_eq!(
        message.md5_of_message_attributes(),
        sent.md5_of_message_attributes()
    );
    assert_eq!(
        message.message_attributes().unwrap()["n"].string_value(),
        Some("v")
    );
    let attributes = message.attributes().unwrap();
    assert_eq!(
        attributes[&MessageSystemAttributeName::ApproximateReceiveCount],
        "1"
    );
    let milliseconds = beginning().timestamp_millis().to_string();
    assert_eq!(
        attributes[&MessageSystemAttributeName::SentTimestamp],
        milliseconds
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_is_hidden_while_delayed_and_while_in_flight() {
    let aws = Aws::new();
    send(&aws, "late", 900).await;
    tokio::time::advance(Duration::from_secs(899)).await;
    assert!(receive(&aws, "Work").await.is_empty());
    tokio::time::advance(Duration::from_secs(1)).await;
    let first = receive(&aws, "Work").await;
    assert_eq!(bodies(&first), ["late"]);
    tokio::time::advance(Duration::from_secs(359)).await;
    assert!(receive(&aws, "Work").await.is_empty());
    tokio::time::advance(Duration::from_secs(1)).await;
    let second = receive(&aws, "Work").await;
    assert_eq!(bodies(&second), ["late"]);

    // Only the latest receipt settles it.
    let client = Client::new(&aws.sdk);
    for (message, left) in [(&first[0], true), (&second[0], false)] {
        let delete = client.delete_message().queue_url(aws.queue_url("Work"));
        delete
            .receipt_handle(message.receipt_handle().unwrap())
            .send()
            .await
            .unwrap();
        let url = aws.queue_url("Work");
        let attributes = client
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .unwrap();
        let hidden = &attributes.attributes().unwrap()
            [&QueueAttributeName::ApproximateNumberOfMessagesNotVisible];
        assert_eq!(hidden, if left { "1" } else { "0" });
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receiver_gets_a_message_the_moment_it_becomes_visible() {
    let aws = Aws::new();
    send(&aws, "soon", 7).await;
    let wait = |seconds| {
        Client::new(&aws.sdk)
            .receive_message()
            .queue_url(aws.queue_url("Work"))
            .wait_time_seconds(seconds)
            .send()
    };
    assert!(wait(5).await.unwrap().messages().is_empty());
    assert!((aws.elapsed() - 5.0).abs() < 0.01);
    let (received, ()) = tokio::join!(wait(20), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        send(&aws, "sooner", 0).await;
    });
    assert_eq!(bodies(received.unwrap().messages()), ["sooner"]);
    assert!((aws.elapsed() - 6.0).abs() < 0.01);
    assert_eq!(bodies(wait(20).await.unwrap().messages()), ["soon"]);
    assert!((aws.elapsed() - 7.0).abs() < 0.01);
}

#[tokio::test(start_paused = true)]
async fn a_message_received_too_often_goes_to_the_dead_letters() {
    let aws = Aws::new();
    send(&aws, "poison", 0).await;
    for _ in 0..5 {
        assert_eq!(bodies(&receive(&aws, "Work").await), ["poison"]);
        tokio::time::advance(Duration::from_mins(6)).await;
    }
    assert!(receive(&aws, "Work").await.is_empty());
    assert_eq!(bodies(&receive(&aws, "DeadLetters").await), ["poison"]);
}

#[tokio::test(start_paused = true)]
async fn dead_letters_are_moved_back_to_the_queues_they_came_from() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    for name in ["Work", "Events", "DeadLetters"] {
        aws.services
            .sqs
            .deliver(name, name, BTreeMap::new())
            .unwrap();
    }
    for _ in 0..10 {
        receive(&aws, "Work").await;
        receive(&aws, "Events").await;
        tokio::time::advance(Duration::from_mins(6)).await;
    }
    assert!(receive(&aws, "Work").await.is_empty() && receive(&aws, "Events").await.is_empty());

    let move_back = |from: &str| {
        client
            .start_message_move_task()
            .source_arn(arn::queue(from))
    };
    assert_eq!(
        code(move_back("Nowhere").send().await),
        "ResourceNotFoundException"
    );
    assert_eq!(
        code(move_back("Work").send().await),
        "InvalidParameterValue",
        "it takes no dead letters"
    );
    let to_nowhere = move_back("DeadLetters").destination_arn(arn::queue("Nowhere"));
    assert_eq!(code(to_nowhere.send().await), "ResourceNotFoundException");
    assert!(
        move_back("DeadLetters")
            .send()
            .await
            .unwrap()
            .task_handle()
            .is_some()
    );
    for name in ["Work", "Events"] {
        let [message] = &receive(&aws, name).await[..] else {
            panic!("one message, in {name}")
        };
        assert_eq!(message.body(), Some(name));
        let attributes = message.attributes().unwrap();
        assert_eq!(
            attributes[&MessageSystemAttributeName::ApproximateReceiveCount],
            "1",
            "as if it were new"
        );
    }

    // A message that was sent straight to the dead letters has no source queue.
    // The call names the queue to move it to.
    move_back("DeadLetters")
        .destination_arn(arn::queue("Work"))
        .send()
        .await
        .unwrap();
    assert_eq!(bodies(&receive(&aws, "Work").await), ["DeadLetters"]);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_can_give_a_message_back_at_once() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    send(&aws, "again", 0).await;
    let handle = receive(&aws, "Work").await[0]
        .receipt_handle()
        .unwrap()
        .to_owned();
    let change = |timeout| {
        let url = aws.queue_url("Work");
        client
            .change_message_visibility()
            .queue_url(url)
            .receipt_handle(&handle)
            .visibility_timeout(timeout)
            .send()
    };
    change(0).await.unwrap();
    assert_eq!(
        code(change(10).await),
        "AWS.SimpleQueueService.MessageNotInflight"
    );
    assert_eq!(bodies(&receive(&aws, "Work").await), ["again"]);
    assert_eq!(
        code(change(10).await),
        "InvalidParameterValue",
        "the handle is of an earlier receive"
    );
}

#[tokio::test(start_paused = true)]
async fn each_entry_of_a_batch_has_its_own_result() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let entry = |id: &str, delay| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .message_body(id)
            .delay_seconds(delay)
            .build()
            .unwrap()
    };
    let sent = client
        .send_message_batch()
        .queue_url(aws.queue_url("Work"))
        .set_entries(Some(vec![entry("a", 0), entry("b", 901), entry("c", 0)]))
        .send()
        .await
        .unwrap();
    assert_eq!(
        sent.successful()
            .iter()
            .map(SendMessageBatchResultEntry::id)
            .collect::<Vec<_>>(),
        ["a", "c"]
    );
    let [failed] = sent.failed() else {
        panic!("one failed")
    };
    assert_eq!(
        (failed.id(), failed.code(), failed.sender_fault()),
        ("b", "InvalidParameterValue", true)
    );

    let messages = receive(&aws, "Work").await;
    assert_eq!(bodies(&messages), ["a", "c"]);
    let handle = |id: &str, handle: &str| {
        DeleteMessageBatchRequestEntry::builder()
            .id(id)
            .receipt_handle(handle)
            .build()
            .unwrap()
    };
    let deleted = client
        .delete_message_batch()
        .queue_url(aws.queue_url("Work"))
        .entries(handle("good", messages[0].receipt_handle().unwrap()))
        .entries(handle("bad", "nonsense"))
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.successful()[0].id(), "good");
    assert_eq!(deleted.failed()[0].code(), "ReceiptHandleIsInvalid");
}

#[tokio::test(start_paused = true)]
async fn messages_outlive_a_restart_and_those_in_flight_return() {
    let folder = folder("sqs");
    let clock = clock();
    let aws = Aws::open(Some(&folder), &clock, account());
    send(&aws, "in flight", 0).await;
    assert_eq!(bodies(&receive(&aws, "Work").await), ["in flight"]);
    send(&aws, "waiting", 0).await;
    drop(aws);

    let aws = Aws::open(Some(&folder), &clock, account());
    assert_eq!(bodies(&receive(&aws, "Work").await), ["waiting"]);
    tokio::time::advance(Duration::from_mins(6)).await;
    let back = receive(&aws, "Work").await;
    assert_eq!(bodies(&back), ["in flight", "waiting"]);
    let counts = back[0].attributes().unwrap();
    assert_eq!(
        counts[&MessageSystemAttributeName::ApproximateReceiveCount],
        "2"
    );
}
