//! Mails in doubt while the queue of SES events is behind: none is repeated while its event waits there.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use reinvite_emulators::{arn, connector::Fault, sesv2::EventTimes};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

/// A call of `feedback` that takes this long ends its invocation, which has 20 seconds.
const SLOWER_THAN_ITS_TIMEOUT: Duration = Duration::from_secs(30);

async fn world(options: WorldOptions) -> World {
    let world = World::with(options).await;
    world.group("g", None).await;
    world
}

async fn begun(world: &World, key: &str, selection: &Value) -> Value {
    let body = json!({"selection": selection});
    let headers = [("idempotency-key", key)];
    let (_, made) = world
        .owner()
        .post("/v1/resends", &headers, &body)
        .await
        .unwrap();
    made["id"].clone()
}

/// The number of mails to a user.
fn mails_to(world: &World, user: &str) -> usize {
    let address = format!("{user}@example.com");
    world.inbox().iter().filter(|to| **to == address).count()
}

#[tokio::test(start_paused = true)]
async fn no_mail_of_twenty_lanes_is_repeated_while_its_event_waits_in_the_queue() {
    let world = world(WorldOptions {
        send_rate: 500,
        chunk_size: 20,
        feedback: Some(EventTimes::new(|_| vec![1_200])),
        ..WorldOptions::default()
    })
    .await;
    world.import(400, "g").await;
    let mut sends = 0;
    world.faults.plan(move |call, _| {
        let is_send = call.operation == "SendBulkEmail";
        sends += usize::from(is_send);
        if is_send && sends % 4 == 0 {
            Fault::LoseAnswer
        } else {
            Fault::Pass
        }
    });

    let group = world.group_id("g").await;
    let id = begun(&world, "k", &json!({"filter": {"group": group}})).await;
    let ended = world.ended(&id, 7_200).await;
    world.pass(60).await;

    assert_eq!(ended["state"], "completed", "{ended}");
    let inbox = world.inbox();
    let addresses: BTreeSet<_> = inbox.iter().collect();
    assert_eq!((inbox.len(), addresses.len()), (400, 400));

    let path = format!("/v1/resends/{}", id.as_str().unwrap());
    let counts = world.owner().get(&path).await.unwrap()["counts"].clone();
    assert_eq!(counts["delivered"], 400, "{counts}");
}

/// The number of messages that wait in a queue and can be received.
async fn visible_messages(world: &World, queue: &str) -> u64 {
    let headers = [("x-amz-target", "AmazonSQS.GetQueueAttributes")];
    let request = json!({
        "QueueUrl": format!("http://localhost/{}/{queue}", arn::ACCOUNT),
        "AttributeNames": ["ApproximateNumberOfMessages"],
    });
    let aws = Caller::new(world.stack.aws.clone(), String::new());
    let (_, answer) = aws.post("/", &headers, &request).await.unwrap();

    let visible = answer["Attributes"]["ApproximateNumberOfMessages"].as_str();
    visible.unwrap().parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn no_mail_is_repeated_while_its_event_is_visible_behind_a_function_that_is_too_slow() {
    let world = world(WorldOptions {
        send_rate: 500,
        chunk_size: 20,
        feedback: Some(EventTimes::default()),
        ..WorldOptions::default()
    })
    .await;
    world.import(400, "g").await;
    let (clock, began) = (world.stack.clock.clone(), world.stack.clock.now());
    let mut sends = 0;
    world.faults.plan(move |call, _| {
        let is_slow = clock.now() < began + TimeDelta::minutes(40);
        if is_slow && call.function.as_deref() == Some("feedback") {
            return Fault::Delay(SLOWER_THAN_ITS_TIMEOUT);
        }
        let is_send = call.operation == "SendBulkEmail";
        sends += usize::from(is_send);
        if is_send && sends % 4 == 0 {
            Fault::LoseAnswer
        } else {
            Fault::Pass
        }
    });

    let group = world.group_id("g").await;
    let id = begun(&world, "k", &json!({"filter": {"group": group}})).await;
    let mut backlog = 0;
    for _ in 0..30 * 6 {
        world.pass(10).await;
        backlog = backlog.max(visible_messages(&world, "Feedback").await);
    }
    assert!(backlog >= 200, "{backlog} events are visible");
    assert_eq!(world.inbox().len(), 400, "after half an hour");

    let ended = world.ended(&id, 7_200).await;
    world.pass(300).await;
    assert_eq!(ended["state"], "completed", "{ended}");
    let inbox = world.inbox();
    let addresses: BTreeSet<_> = inbox.iter().collect();
    assert_eq!((inbox.len(), addresses.len()), (400, 400));

    let path = format!("/v1/resends/{}", id.as_str().unwrap());
    let counts = world.owner().get(&path).await.unwrap()["counts"].clone();
    assert_eq!(counts["delivered"], 400, "{counts}");
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_busy_and_read_in_time_holds_up_no_second_attempt() {
    // The events of three mails are lost, and one event of the fourth waits for an hour.
    let times = |number| match number {
        0..6 => vec![],
        6 => vec![3_600],
        _ => vec![0],
    };
    let world = world(WorldOptions {
        feedback: Some(EventTimes::new(times)),
        ..WorldOptions::default()
    })
    .await;
    let users = world.users(6, "g").await;
    world.faults.plan_first("SendBulkEmail", Fault::LoseAnswer);

    let id = begun(&world, "lost", &json!({"userIds": users[..3]})).await;
    world.pass(60).await;
    begun(&world, "late", &json!({"userIds": [users[3]]})).await;
    world.pass(20 * 60).await;
    assert_eq!(mails_to(&world, "u001"), 1, "its event may be in the queue");

    begun(&world, "on time", &json!({"userIds": [users[4]]})).await;
    world.pass(120).await;
    assert_eq!(
        mails_to(&world, "u001"),
        2,
        "events that came later have been read"
    );
    let ended = world.ended(&id, 60).await;
    assert_eq!(ended["counts"]["delivered"], 3, "{ended}");
}

#[tokio::test(start_paused = true)]
async fn an_event_that_lies_in_the_queue_for_hours_counts_as_lost() {
    let times = |number| match number {
        0..6 => vec![],
        _ => vec![24 * 3_600],
    };
    let world = world(WorldOptions {
        feedback: Some(EventTimes::new(times)),
        ..WorldOptions::default()
    })
    .await;
    let users = world.users(4, "g").await;
    world.faults.plan_first("SendBulkEmail", Fault::LoseAnswer);

    let id = begun(&world, "lost", &json!({"userIds": users[..3]})).await;
    world.pass(60).await;
    begun(&world, "late", &json!({"userIds": [users[3]]})).await;

    world.pass(5 * 3_600).await;
    assert_eq!(mails_to(&world, "u001"), 1);
    world.pass(3_600).await;
    assert_eq!(mails_to(&world, "u001"), 2);
    assert_eq!(world.ended(&id, 60).await["state"], "completed");
}
