//! Calls that Scheduler refuses.

use aws_sdk_scheduler::{
    Client,
    types::{
        ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy,
        builders::TargetBuilder,
    },
};

use super::{create, exists, off, target};
use crate::aws::{Aws, code};

#[tokio::test(start_paused = true)]
async fn a_schedule_that_scheduler_does_not_accept_is_refused_with_its_error() {
    let aws = Aws::new();
    let soon = "at(2026-12-01T01:00:00)";
    create(&aws, "taken", soon).send().await.unwrap();
    let window = |mode: FlexibleTimeWindowMode, minutes| {
        FlexibleTimeWindow::builder()
            .mode(mode)
            .set_maximum_window_in_minutes(minutes)
            .build()
            .unwrap()
    };
    let policy = |attempts| {
        RetryPolicy::builder()
            .maximum_retry_attempts(attempts)
            .build()
    };
    let valid = || create(&aws, "r1", soon);
    let to = |target: TargetBuilder| valid().target(target.build().unwrap());
    let invalid = vec![
        ("past", create(&aws, "r1", "at(2026-11-30T23:59:59)")),
        ("now", create(&aws, "r1", "at(2026-12-01T00:00:00)")),
        (
            "past in its zone",
            valid().schedule_expression_timezone("Asia/Tokyo"),
        ),
        ("malformed", create(&aws, "r1", "at(2026-12-01T01:00)")),
        ("recurring", create(&aws, "r1", "rate(1 minute)")),
        ("zone", valid().schedule_expression_timezone("Tokyo")),
        ("name", valid().name("r 1")),
        ("long name", valid().name("n".repeat(65))),
        ("group name", valid().group_name("g/1")),
        ("no window", valid().set_flexible_time_window(None)),
        (
            "minutes",
            valid().flexible_time_window(window(FlexibleTimeWindowMode::Off, Some(5))),
        ),
        (
            "no minutes",
            valid().flexible_time_window(window(FlexibleTimeWindowMode::Flexible, None)),
        ),
        (
            "action",
            valid().action_after_completion(ActionAfterCompletion::from("KEEP")),
        ),
        ("input", to(target().input("not JSON"))),
        ("target", to(target().arn("worker"))),
        ("role", to(target().role_arn("role"))),
        ("attempts", to(target().retry_policy(policy(186)))),
    ];
    for (case, call) in invalid {
        assert_eq!(code(call.send().await), "ValidationException", "{case}");
    }

    for (case, call, expected) in [
        (
            "no such group",
            valid().group_name("none"),
            "ResourceNotFoundException",
        ),
        ("taken", create(&aws, "taken", soon), "ConflictException"),
    ] {
        assert_eq!(code(call.send().await), expected, "{case}");
    }

    assert!(!exists(&aws, "r1").await);
}

#[tokio::test(start_paused = true)]
async fn a_schedule_or_group_that_does_not_exist_or_exists_already_is_refused_with_its_error() {
    let aws = Aws::new();
    let client = Client::new(&aws.sdk);
    let soon = "at(2026-12-01T01:00:00)";

    let update = client
        .update_schedule()
        .group_name("Schedules")
        .name("none")
        .schedule_expression(soon)
        .flexible_time_window(off())
        .target(target().build().unwrap());
    assert_eq!(code(update.send().await), "ResourceNotFoundException");
    let delete = client
        .delete_schedule()
        .group_name("Schedules")
        .name("none");
    assert_eq!(code(delete.send().await), "ResourceNotFoundException");
    assert_eq!(
        code(
            client
                .create_schedule_group()
                .name("Schedules")
                .send()
                .await
        ),
        "ConflictException"
    );
    client
        .create_schedule_group()
        .name("another")
        .send()
        .await
        .unwrap();
    let in_another = create(&aws, "r1", soon).group_name("another");
    in_another.send().await.unwrap();
}
