//! Member counts of groups: kept, and at most about a minute old.

use std::time::Duration;

use futures::future::join_all;
use http::Method;
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, WorldOptions, instant};
use serde_json::{Value, json};

use super::{call, import};

/// The time that a write of DynamoDB takes while requests run side by side.
const WRITE_TIME: Duration = Duration::from_millis(10);

/// The member count of each group by its name.
async fn counts(caller: &Caller) -> Vec<(String, u64)> {
    let groups = caller.all("/v1/groups", "groups").await.unwrap();
    let count = |group: &Value| {
        let name = group["name"].as_str().unwrap().to_string();
        (name, group["memberCount"].as_u64().unwrap())
    };
    groups.iter().map(count).collect()
}

fn expected(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    counts
        .iter()
        .map(|(name, count)| ((*name).to_string(), *count))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_count_is_kept_and_follows_every_kind_of_change_within_about_a_minute() {
    let world = World::new().await;
    let owner = world.owner();
    for (group, parent) in [("a", None), ("b", Some("a")), ("c", None)] {
        world.group(group, parent).await;
    }
    assert_eq!(
        counts(&owner).await,
        expected(&[("a", 0), ("b", 0), ("c", 0)])
    );

    world.user("u", &json!({"groups": ["a", "b"]})).await;
    world.user("v", &json!({"groups": ["b"]})).await;
    assert_eq!(counts(&owner).await[0].1, 0, "the count is kept");
    world.pass(61).await;
    assert_eq!(
        counts(&owner).await,
        expected(&[("a", 2), ("b", 2), ("c", 0)])
    );

    assert_eq!(
        import(&owner, "", "login_id,groups\nv,c\nw,c\n").await.0,
        200
    );
    call(&owner, Method::DELETE, "/v1/users/u", &Value::Null).await;
    world.pass(61).await;
    assert_eq!(
        counts(&owner).await,
        expected(&[("a", 0), ("b", 0), ("c", 2)])
    );

    let moved = json!({"name": "c", "parentId": "b"});
    call(&owner, Method::PUT, "/v1/groups/c", &moved).await;
    world.pass(61).await;
    assert_eq!(
        counts(&owner).await,
        expected(&[("a", 2), ("b", 2), ("c", 2)])
    );

    let groups = owner.all("/v1/groups", "groups").await.unwrap();
    let counted_at = instant(groups[0]["countedAt"].as_str().unwrap());
    let age = world.stack.clock.now() - counted_at;
    assert!(age.num_seconds() <= 61, "{age}");

    world.pass(300).await;
    assert!(
        !world.dump().contains("\"#counts\""),
        "every mark is removed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_manager_sees_the_counts_of_their_groups_and_no_parent_out_of_scope() {
    let world = World::new().await;
    world.group("a", None).await;
    world.group("b", Some("a")).await;
    world.group("c", Some("b")).await;
    world.user("u", &json!({"groups": ["c"]})).await;
    let roles = json!([{"role": "group_manager", "group": "b", "access": "view"}]);
    let manager = world.operator("manager", &roles).await;

    assert_eq!(counts(&manager).await, expected(&[("b", 1), ("c", 1)]));
    let groups = manager.all("/v1/groups", "groups").await.unwrap();
    assert_eq!(
        (&groups[0]["parentId"], &groups[1]["parentId"]),
        (&Value::Null, &json!("b"))
    );
}

/// The AWS calls of a list of groups, and its capacity units.
async fn cost_of_groups(world: &World) -> (Vec<String>, f64) {
    world.faults.plan(|_, _| Fault::Pass);
    counts(&world.owner()).await;

    let calls = world.faults.calls().into_iter();
    let own = calls.filter(|call| call.function.as_deref() == Some("directory"));
    let operations = own.map(|call| call.operation).collect();
    (operations, world.faults.capacity_units("directory"))
}

/// The costs of a list of groups with `members` members: while the count is due, and after it.
async fn costs_with(members: usize) -> [(Vec<String>, f64); 2] {
    let world = World::with(WorldOptions {
        measures_capacity: true,
        ..WorldOptions::default()
    })
    .await;
    for group in ["a", "b", "c"] {
        world.group(group, None).await;
    }
    counts(&world.owner()).await;
    world.import(members, "a").await;
    let due = cost_of_groups(&world).await;

    world.pass(240).await;
    let counted = cost_of_groups(&world).await;
    let members = u64::try_from(members).unwrap();
    assert_eq!(counts(&world.owner()).await[0].1, members);
    [due, counted]
}

#[tokio::test(start_paused = true)]
async fn a_list_of_groups_costs_as_many_calls_and_units_with_20_members_as_with_2_000() {
    let few = costs_with(20).await;
    assert!(few.iter().all(|(_, units)| *units > 0.0), "{few:?}");
    assert_eq!(costs_with(2_000).await, few);
}

#[tokio::test(start_paused = true)]
async fn five_thousand_lines_into_one_group_by_sixteen_requests_write_each_user_once() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("g", None).await;
    assert_eq!(counts(&owner).await, expected(&[("g", 0)]));

    let lines: Vec<_> = (0..5_000)
        .map(|number| format!("u{number:04},g\n"))
        .collect();
    let files: Vec<_> = lines
        .chunks(5_000_usize.div_ceil(16))
        .map(|lines| format!("login_id,groups\n{}", lines.concat()))
        .collect();
    world
        .faults
        .plan(|_, _| reinvite_emulators::connector::Fault::Pass);
    let services = &world.stack.services;
    services.hold_items(WRITE_TIME).unwrap();
    let answers = join_all(files.iter().map(|file| import(&owner, "", file))).await;

    assert_eq!(
        services.transaction_conflicts(),
        0,
        "no write met the transaction of another user"
    );
    assert_eq!(answers.len(), 16);
    assert!(
        answers.iter().all(|(status, _)| *status == 200),
        "{answers:?}"
    );
    let transactions = world
        .faults
        .calls()
        .iter()
        .filter(|call| call.operation == "TransactWriteItems")
        .count();
    assert_eq!(transactions, 5_000, "no transaction was repeated");
    world.pass(61).await;
    assert_eq!(counts(&owner).await, expected(&[("g", 5_000)]));
}
