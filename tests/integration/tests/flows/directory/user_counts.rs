//! The number of users who match a filter.

use std::time::Duration;

use chrono::TimeDelta;
use http::Method;
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{call, logins};

/// Filters of every kind, as they are written in a query.
const FILTERS: [&str; 14] = [
    "",
    "group=a",
    "group=b",
    "firstLogin=never",
    "firstLogin=never&group=a",
    "firstLogin=2026-01-01..",
    "status=suspended",
    "status=active,suspended&group=b",
    "q=U00",
    "loginId=u001",
    "loginId=nobody",
    "invitation=pending",
    "invitation=none",
    "suppressed=false&q=u",
];

async fn count(caller: &Caller, filter: &str) -> (u64, bool) {
    let counted = caller.get(&format!("/v1/users/count?{filter}")).await;
    let counted = counted.unwrap();
    (
        counted["count"].as_u64().unwrap(),
        counted["estimated"].as_bool().unwrap(),
    )
}

fn manages(group: &str) -> Value {
    json!({"role": "group_manager", "group": group, "access": "edit"})
}

/// A world with users in `a`, in `b` below it, in `c` and in no group; some have logged in, are
/// suspended or were invited.
async fn world() -> World {
    let world = World::new().await;
    for (group, parent) in [("a", None), ("b", Some("a")), ("c", None)] {
        world.group(group, parent).await;
    }
    world.users(3, "b").await;
    for (id, user) in [
        (
            "x",
            json!({"groups": ["a", "c"], "firstLoginAt": "2026-02-01"}),
        ),
        ("y", json!({"groups": ["c"], "status": "suspended"})),
        ("z", json!({"groups": [], "firstLoginAt": "2025-02-01"})),
    ] {
        world.user(id, &user).await;
    }

    let body = json!({"selection": {"userIds": ["u001", "x"]}, "passwordChange": "set_link", "changeForLoggedIn": true});
    let key = [("idempotency-key", "k")];
    let made = world.owner().post("/v1/resends", &key, &body).await;
    world.ended(&made.unwrap().1["id"], 60).await;
    world
}

#[tokio::test(start_paused = true)]
async fn a_count_is_that_of_the_list_for_every_filter_and_every_scope() {
    let world = world().await;
    let callers = [
        world.owner(),
        world.operator("one", &json!([manages("b")])).await,
        world
            .operator("two", &json!([manages("a"), manages("c")]))
            .await,
        world
            .operator("keeper", &json!([{"role": "directory_manager"}]))
            .await,
    ];

    for (number, caller) in callers.iter().enumerate() {
        for filter in FILTERS {
            let is_hidden = number == 1 && filter.contains("group=a");
            if is_hidden {
                continue;
            }
            let listed = logins(caller, &format!("?{filter}")).await.len();
            let counted = count(caller, filter).await;
            let listed = u64::try_from(listed).unwrap();
            assert_eq!(counted, (listed, false), "{number}: {filter}");
        }
    }
    assert_eq!(count(&callers[2], "").await, (5, false), "x counts once");
}

#[tokio::test(start_paused = true)]
async fn a_count_refuses_what_the_list_refuses() {
    let world = world().await;
    let manager = world.operator("one", &json!([manages("b")])).await;
    let get = async |query: &str| {
        let path = format!("/v1/users/count?{query}");
        call(&manager, Method::GET, &path, &Value::Null).await
    };

    let hidden = get("group=c").await;
    assert_eq!(refusal(&hidden), (422, "invalid".into()));
    assert_eq!(hidden, get("group=none").await);
    for query in ["status=gone", "limit=1", "next=x", "colour=red"] {
        assert_eq!(get(query).await.0, 400, "{query}");
    }
}

/// The answer when each read of a table takes 200 ms, and the time that it takes.
async fn slow_count(world: &World, filter: &str) -> ((u64, bool), TimeDelta) {
    world.faults.plan(|call, _| {
        let is_read = ["Query", "BatchGetItem"].contains(&call.operation.as_str());
        if call.function.as_deref() == Some("directory") && is_read {
            Fault::Delay(Duration::from_millis(200))
        } else {
            Fault::Pass
        }
    });
    let began = world.stack.clock.now();
    let counted = count(&world.owner(), filter).await;
    let took = world.stack.clock.now() - began;
    world.faults.plan(|_, _| Fault::Pass);
    (counted, took)
}

#[tokio::test(start_paused = true)]
async fn a_count_that_takes_too_long_is_an_estimate_by_the_part_that_was_looked_at() {
    let world = World::new().await;
    world.import(6_000, "g").await;
    let group = world.group_id("g").await;
    let group = group.as_str().unwrap();

    // All of them match.
    let filter = format!("group={group}&q=@example");
    let ((users, estimated), took) = slow_count(&world, &filter).await;
    assert_eq!((users, estimated), (6_000, true));
    assert!(took < TimeDelta::milliseconds(1_500), "{took}");

    let odd = format!("group={group}&q=u05");
    let ((users, estimated), _) = slow_count(&world, &odd).await;
    assert!(estimated);
    assert_eq!(users, 0, "none of them is among the first");
    assert_eq!(count(&world.owner(), &odd).await, (1_000, false));

    // A whole list is counted by its entries, however slow the reads of users are.
    let whole = format!("group={group}");
    assert_eq!(slow_count(&world, &whole).await.0, (6_000, false));
    assert!(!slow_count(&world, "firstLogin=never").await.0.1);
}

#[tokio::test(start_paused = true)]
async fn a_count_is_exact_up_to_ten_thousand_users() {
    let world = World::new().await;
    world.import(12_000, "g").await;
    let owner = world.owner();

    assert_eq!(count(&owner, "q=u0").await, (9_999, false));
    assert_eq!(count(&owner, "q=@example.com").await, (12_001, true));
    assert_eq!(count(&owner, "").await, (12_001, false));
}
