use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use reinvite_emulators::lambda::{EventSource, Functions};
use serde_json::{Value, json};

use crate::aws::Aws;

fn source(aws: &Aws, maximum_concurrency: usize) -> EventSource {
    EventSource {
        sqs: aws.services.sqs.clone(),
        queue: "Work".to_owned(),
        function: "worker".to_owned(),
        batch_size: NonZeroUsize::MIN,
        batching_window: TimeDelta::zero(),
        clock: aws.clock.clone(),
        maximum_concurrency: NonZeroUsize::new(maximum_concurrency).unwrap(),
    }
}

async fn send(aws: &Aws, body: &str, delay: i32) {
    let client = aws_sdk_sqs::Client::new(&aws.sdk);
    let message = client
        .send_message()
        .queue_url(aws.queue_url("Work"))
        .message_body(body)
        .delay_seconds(delay);
    message.send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_message_invokes_the_function_when_due_and_again_until_it_is_processed() {
    let aws = Arc::new(Aws::new());
    send(&aws, "fails", 0).await;
    send(&aws, "panics", 0).await;
    send(&aws, "is named", 10).await;
    send(&aws, "succeeds", 20).await;
    let log = Arc::new(Mutex::new(Vec::new()));
    let functions = {
        let (log, aws) = (log.clone(), aws.clone());
        Functions::default().with("worker", move |event: Value| {
            let record = event["Records"][0].clone();
            let body = record["body"].as_str().unwrap().to_owned();
            let again = record["attributes"]["ApproximateReceiveCount"] != "1";
            log.lock()
                .unwrap()
                .push((aws.elapsed().round(), body.clone()));
            async move {
                match body.as_str() {
                    _ if again => Ok(Value::Null),
                    "fails" => Err("not now".to_owned()),
                    "panics" => panic!("the function's fault"),
                    "is named" => {
                        Ok(json!({"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}))
                    }
                    _ => Ok(json!({"batchItemFailures": []})),
                }
            }
        })
    };
    let source = source(&aws, 5);
    let _ = tokio::time::timeout(Duration::from_hours(1), source.run(&functions)).await;
    let expected = [
        (0.0, "fails"),
        (0.0, "panics"),
        (10.0, "is named"),
        (20.0, "succeeds"),
        (360.0, "fails"),
        (360.0, "panics"),
        (370.0, "is named"),
    ];
    assert_eq!(
        *log.lock().unwrap(),
        expected.map(|(at, body)| (at, body.to_owned()))
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_invocations_run_at_once_than_allowed() {
    let aws = Arc::new(Aws::new());
    for number in 0..7 {
        send(&aws, &number.to_string(), 0).await;
    }
    let started = Arc::new(Mutex::new(Vec::new()));
    let functions = {
        let (started, aws) = (started.clone(), aws.clone());
        Functions::default().with("worker", move |_| {
            started.lock().unwrap().push(aws.elapsed().round());
            async {
                tokio::time::sleep(Duration::from_secs(10)).await;
                Ok(Value::Null)
            }
        })
    };
    let source = source(&aws, 3);
    let _ = tokio::time::timeout(Duration::from_mins(5), source.run(&functions)).await;
    assert_eq!(
        *started.lock().unwrap(),
        [0.0, 0.0, 0.0, 10.0, 10.0, 10.0, 20.0]
    );
}

#[tokio::test(start_paused = true)]
async fn the_event_is_lambdas() {
    let aws = Aws::new();
    send(&aws, "abc", 0).await;
    let seen = Arc::new(Mutex::new(Value::Null));
    let functions = {
        let seen = seen.clone();
        Functions::default().with("worker", move |event| {
            *seen.lock().unwrap() = event;
            async { Ok(Value::Null) }
        })
    };
    let source = source(&aws, 2);
    let _ = tokio::time::timeout(Duration::from_secs(1), source.run(&functions)).await;
    let record = seen.lock().unwrap()["Records"][0].take();
    for (pointer, expected) in [
        ("/body", "abc"),
        ("/md5OfBody", "900150983cd24fb0d6963f7d28e17f72"),
        ("/eventSource", "aws:sqs"),
        ("/eventSourceARN", "arn:aws:sqs:us-east-1:000000000000:Work"),
        ("/awsRegion", "us-east-1"),
        ("/attributes/SentTimestamp", "1796083200000"),
    ] {
        assert_eq!(
            record.pointer(pointer).and_then(Value::as_str),
            Some(expected),
            "{pointer}"
        );
    }
}

/// The batches of an hour, with a window of 5 s: when each came, and the bodies in it. `fails` fails the first time.
async fn batches(aws: Arc<Aws>, batch_size: usize) -> Vec<(f64, String)> {
    let batches = Arc::new(Mutex::new(Vec::new()));
    let functions = {
        let (batches, aws) = (batches.clone(), aws.clone());
        Functions::default().with("worker", move |event: Value| {
            let records = event["Records"].as_array().unwrap().clone();
            let bodies: Vec<_> = records
                .iter()
                .map(|record| record["body"].as_str().unwrap().to_owned())
                .collect();
            batches
                .lock()
                .unwrap()
                .push((aws.elapsed().round(), bodies.join(" ")));
            async move {
                let first = |record: &&Value| {
                    record["attributes"]["ApproximateReceiveCount"] == "1"
                        && record["body"] == "fails"
                };
                let failed = records
                    .iter()
                    .filter(first)
                    .map(|record| json!({"itemIdentifier": record["messageId"]}));
                Ok(json!({"batchItemFailures": failed.collect::<Vec<_>>()}))
            }
        })
    };
    let (window, batch_size) = (
        TimeDelta::seconds(5),
        NonZeroUsize::new(batch_size).unwrap(),
    );
    let source = EventSource {
        batch_size,
        batching_window: window,
        ..source(&aws, 2)
    };
    let _ = tokio::time::timeout(Duration::from_hours(1), source.run(&functions)).await;
    std::mem::take(&mut batches.lock().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_what_came_within_the_window_and_only_what_failed_of_it_comes_again() {
    let aws = Arc::new(Aws::new());
    for (body, delay) in [("one", 0), ("fails", 3), ("late", 8), ("another", 3)] {
        send(&aws, body, delay).await;
    }
    let expected = [(5.0, "one fails another"), (13.0, "late"), (368.0, "fails")];
    assert_eq!(
        batches(aws, 10).await,
        expected.map(|(at, bodies)| (at, bodies.to_owned()))
    );
}

#[tokio::test(start_paused = true)]
async fn a_full_batch_waits_for_nothing() {
    let aws = Arc::new(Aws::new());
    for (body, delay) in [("1", 0), ("2", 0), ("3", 0), ("4", 2), ("5", 2)] {
        send(&aws, body, delay).await;
    }
    let expected = [(0.0, "1 2"), (2.0, "3 4"), (7.0, "5")];
    assert_eq!(
        batches(aws, 2).await,
        expected.map(|(at, bodies)| (at, bodies.to_owned()))
    );
}
