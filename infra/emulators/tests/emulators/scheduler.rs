//! Schedules: when they fire, and how they are made and changed.

mod refusals;

use std::{
    future::{Future, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_scheduler::{
    Client,
    operation::create_schedule::builders::CreateScheduleFluentBuilder,
    types::{
        ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode,
        RetryPolicy, Target, builders::TargetBuilder,
    },
};
use reinvite_emulators::{arn, scheduler::Firing};

use crate::aws::{Aws, account, clock, code, folder};

fn off() -> FlexibleTimeWindow {
    FlexibleTimeWindow::builder()
        .mode(FlexibleTimeWindowMode::Off)
        .build()
        .unwrap()
}

fn target() -> TargetBuilder {
    Target::builder()
        .arn(arn::function("worker"))
        .role_arn(arn::role("Scheduler"))
        .input(r#"{"start":"r1"}"#)
}

fn create(aws: &Aws, name: &str, at: &str) -> CreateScheduleFluentBuilder {
    Client::new(&aws.sdk)
        .create_schedule()
        .group_name("Schedules")
        .name(name)
        .schedule_expression(at)
        .flexible_time_window(off())
        .action_after_completion(ActionAfterCompletion::Delete)
        .target(target().build().unwrap())
}

async fn exists(aws: &Aws, name: &str) -> bool {
    match Client::new(&aws.sdk)
        .get_schedule()
        .group_name("Schedules")
        .name(name)
        .send()
        .await
    {
        Ok(_) => true,
        refused => {
            assert_eq!(code(refused), "ResourceNotFoundException");
            false
        }
    }
}

/// Seconds since the beginning, and the input, of each firing.
type Log = Arc<Mutex<Vec<(f64, String)>>>;

/// Fires for a while; deliveries succeed once `failures` of them have failed.
async fn fire_for(aws: &Aws, time: Duration, failures: usize) -> Vec<(f64, String)> {
    let log = Log::default();
    let deliver = |firing: Firing| -> Box<dyn Future<Output = Result<(), String>> + Send + Unpin> {
        let mut log = log.lock().unwrap();
        log.push((aws.elapsed().round(), firing.input));
        Box::new(ready(if log.len() <= failures {
            Err("not now".to_owned())
        } else {
            Ok(())
        }))
    };
    let _ = tokio::time::timeout(time, aws.services.scheduler.fire(deliver)).await;
    log.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_schedule_fires_once_at_its_local_time_and_is_deleted() {
    let aws = Aws::new();
    let call =
        create(&aws, "r1", "at(2026-12-01T10:30:00)").schedule_expression_timezone("Asia/Tokyo");
    assert_eq!(
        call.send().await.unwrap().schedule_arn(),
        arn::schedule("Schedules", "r1")
    );
    create(&aws, "kept", "at(2026-12-01T01:00:00)")
        .action_after_completion(ActionAfterCompletion::None)
        .send()
        .await
        .unwrap();
    let fired = fire_for(&aws, Duration::from_hours(24), 0).await;
    let input = r#"{"start":"r1"}"#.to_owned();
    assert_eq!(fired, [(3600.0, input.clone()), (5400.0, input)]);
    assert!(!exists(&aws, "r1").await);
    assert!(exists(&aws, "kept").await);
}

#[tokio::test(start_paused = true)]
async fn a_schedule_made_changed_or_deleted_while_firing_counts_at_once() {
    let aws = Aws::new();
    create(&aws, "later", "at(2026-12-01T03:00:00)")
        .send()
        .await
        .unwrap();
    create(&aws, "gone", "at(2026-12-01T02:00:00)")
        .send()
        .await
        .unwrap();
    let (fired, ()) = tokio::join!(fire_for(&aws, Duration::from_hours(24), 0), async {
        tokio::time::sleep(Duration::from_mins(1)).await;
        let client = Client::new(&aws.sdk);
        create(&aws, "new", "at(2026-12-01T00:02:00)")
            .send()
            .await
            .unwrap();
        client
            .delete_schedule()
            .group_name("Schedules")
            .name("gone")
            .send()
            .await
            .unwrap();
        client
            .update_schedule()
            .group_name("Schedules")
            .name("later")
            .schedule_expression("at(2026-12-01T00:05:00)")
            .flexible_time_window(off())
            .target(target().input("{}").build().unwrap())
            .send()
            .await
            .unwrap();
    });
    let expected = [
        (120.0, r#"{"start":"r1"}"#.to_owned()),
        (300.0, "{}".to_owned()),
    ];
    assert_eq!(fired, expected);
    assert!(
        exists(&aws, "later").await,
        "the update reset what becomes of it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_delivery_is_tried_again_and_then_put_with_the_dead_letters() {
    let aws = Aws::new();
    let policy = RetryPolicy::builder()
        .maximum_retry_attempts(2)
        .maximum_event_age_in_seconds(3600)
        .build();
    let dead_letters = DeadLetterConfig::builder()
        .arn(arn::queue("DeadLetters"))
        .build();
    let target = target()
        .retry_policy(policy)
        .dead_letter_config(dead_letters)
        .build()
        .unwrap();
    create(&aws, "r1", "at(2026-12-01T01:00:00)")
        .target(target.clone())
        .send()
        .await
        .unwrap();
    let fired = fire_for(&aws, Duration::from_hours(2), 3).await;
    assert_eq!(
        fired.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
        [3600.0, 3601.0, 3603.0]
    );
    assert!(!exists(&aws, "r1").await);
    let sqs = aws_sdk_sqs::Client::new(&aws.sdk);
    let url = aws.queue_url("DeadLetters");
    let received = sqs
        .receive_message()
        .queue_url(url)
        .message_attribute_names("All")
        .send()
        .await
        .unwrap();
    let [letter] = received.messages() else {
        panic!("one dead letter")
    };
    assert_eq!(letter.body(), Some(r#"{"start":"r1"}"#));
    assert_eq!(
        letter.message_attributes().unwrap()["ERROR_MESSAGE"].string_value(),
        Some("not now")
    );

    create(&aws, "r2", "at(2026-12-01T03:00:00)")
        .target(target)
        .send()
        .await
        .unwrap();
    let fired = fire_for(&aws, Duration::from_hours(2), 1).await;
    assert_eq!(
        fired.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
        [10_800.0, 10_801.0]
    );
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_panics_or_takes_long_holds_no_other_up() {
    let aws = Aws::new();
    create(&aws, "panics", "at(2026-12-01T00:01:00)")
        .target(target().input("1").build().unwrap())
        .send()
        .await
        .unwrap();
    create(&aws, "long", "at(2026-12-01T00:01:00)")
        .target(target().input("2").build().unwrap())
        .send()
        .await
        .unwrap();
    create(&aws, "next", "at(2026-12-01T00:01:10)")
        .target(target().input("3").build().unwrap())
        .send()
        .await
        .unwrap();
    let log = Log::default();
    let deliver = |firing: Firing| {
        let earlier = log
            .lock()
            .unwrap()
            .iter()
            .filter(|(_, input)| *input == firing.input)
            .count();
        log.lock()
            .unwrap()
            .push((aws.elapsed().round(), firing.input.clone()));
        async move {
            match (firing.input.as_str(), earlier) {
                ("1", 0) => panic!("the function's fault"),
                ("2", _) => tokio::time::sleep(Duration::from_mins(10)).await,
                _ => {}
            }
            Ok(())
        }
    };
    let _ = tokio::time::timeout(
        Duration::from_hours(1),
        aws.services.scheduler.fire(deliver),
    )
    .await;
    let fired = log
        .lock()
        .unwrap()
        .iter()
        .map(|(at, input)| (*at, input.clone()))
        .collect::<Vec<_>>();
    let expected = [(60.0, "1"), (60.0, "2"), (61.0, "1"), (70.0, "3")];
    assert_eq!(fired, expected.map(|(at, input)| (at, input.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn an_overdue_schedule_fires_as_soon_as_the_stack_is_up_again() {
    let folder = folder("scheduler");
    let clock = clock();
    let aws = Aws::open(Some(&folder), &clock, account());
    create(&aws, "r1", "at(2026-12-01T01:00:00)")
        .send()
        .await
        .unwrap();
    drop(aws);
    tokio::time::advance(Duration::from_mins(150)).await;
    let aws = Aws::open(Some(&folder), &clock, account());
    let fired = fire_for(&aws, Duration::from_mins(1), 0).await;
    assert_eq!(
        fired.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
        [9000.0]
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_token_makes_a_repeated_call_a_success() {
    let aws = Aws::new();
    let call = || create(&aws, "r1", "at(2026-12-01T01:00:00)").client_token("t1");
    let first = call().send().await.unwrap();
    let second = call().send().await.unwrap();
    assert_eq!(first.schedule_arn(), second.schedule_arn());
    assert_eq!(
        code(call().description("another").send().await),
        "ConflictException"
    );
    assert_eq!(
        code(call().client_token("t2").send().await),
        "ConflictException"
    );
    let delete = || {
        let client = Client::new(&aws.sdk);
        client
            .delete_schedule()
            .group_name("Schedules")
            .name("r1")
            .client_token("t3")
            .send()
    };
    delete().await.unwrap();
    delete().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_update_resets_what_it_is_not_given() {
    let aws = Aws::new();
    create(&aws, "r1", "at(2026-12-01T10:00:00)")
        .schedule_expression_timezone("Asia/Tokyo")
        .description("told")
        .send()
        .await
        .unwrap();
    let client = Client::new(&aws.sdk);
    client
        .update_schedule()
        .group_name("Schedules")
        .name("r1")
        .schedule_expression("at(2026-12-02T00:00:00)")
        .flexible_time_window(off())
        .target(target().build().unwrap())
        .send()
        .await
        .unwrap();
    let schedule = client
        .get_schedule()
        .group_name("Schedules")
        .name("r1")
        .send()
        .await
        .unwrap();
    assert_eq!(
        schedule.schedule_expression(),
        Some("at(2026-12-02T00:00:00)")
    );
    assert_eq!(schedule.schedule_expression_timezone(), Some("UTC"));
    assert_eq!(schedule.description(), None);
    assert_eq!(
        schedule.action_after_completion(),
        Some(&ActionAfterCompletion::None)
    );
    let policy = schedule.target().unwrap().retry_policy().unwrap();
    assert_eq!(
        (
            policy.maximum_retry_attempts(),
            policy.maximum_event_age_in_seconds()
        ),
        (Some(185), Some(86_400))
    );
}
