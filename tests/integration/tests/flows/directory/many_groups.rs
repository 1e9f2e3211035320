//! Users in many groups, groups that are moved, and steps that are cut off.

use http::Method;
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{call, import, logins};

/// Creates the groups of these paths; returns the id of each group by its name.
async fn make_groups(world: &World, paths: &[String]) -> Vec<(String, String)> {
    let owner = world.owner();
    let file = format!("login_id,groups\nmaker,\"{}\"\n", paths.join(";"));
    let made = import(&owner, "", &file).await;
    assert_eq!(made.0, 200, "{made:?}");
    call(&owner, Method::DELETE, "/v1/users/maker", &Value::Null).await;
    assert_eq!(import(&owner, "", "login_id,groups\nmaker,\n").await.0, 200);

    let groups = owner.all("/v1/groups", "groups").await.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_string();
    groups
        .iter()
        .map(|group| (text(&group["name"]), text(&group["id"])))
        .collect()
}

async fn put_user(caller: &Caller, id: &str, login_id: &str, groups: &[String]) -> u16 {
    let body = json!({"loginId": login_id, "groups": groups});
    let answer = call(caller, Method::PUT, &format!("/v1/users/{id}"), &body).await;
    answer.0.as_u16()
}

/// The lists that have exactly this login id, among those of these groups.
async fn listed_in(world: &World, groups: &[String], login_id: &str) -> usize {
    let owner = world.owner();
    let mut listed = 0;
    for group in groups {
        let found = logins(&owner, &format!("?group={group}")).await;
        assert!(found.iter().all(|found| found == login_id), "{found:?}");
        listed += found.len();
    }
    listed
}

#[tokio::test(start_paused = true)]
async fn a_user_may_be_in_four_hundred_lists_and_change_and_leave_them() {
    let world = World::new().await;
    let owner = world.owner();
    let level = |chain: usize, level: usize| format!("c{chain}l{level}");
    let path = |chain| {
        (0..10)
            .map(|number| level(chain, number))
            .collect::<Vec<_>>()
            .join("/")
    };
    let groups = make_groups(&world, &(0..40).map(path).collect::<Vec<_>>()).await;
    assert_eq!(groups.len(), 400);
    let ids: Vec<_> = groups.iter().map(|(_, id)| id.clone()).collect();
    let is_deepest = |(name, _): &&(String, String)| name.ends_with("l9");
    let deepest: Vec<_> = groups
        .iter()
        .filter(is_deepest)
        .map(|(_, id)| id.clone())
        .collect();

    // Some of the lists: each request reads the whole tree.
    let some: Vec<_> = ids.iter().step_by(13).cloned().collect();
    assert_eq!(put_user(&owner, "u", "u", &deepest).await, 201);
    assert_eq!(listed_in(&world, &some, "u").await, some.len());
    assert_eq!(put_user(&owner, "u", "renamed", &deepest).await, 200);
    assert_eq!(listed_in(&world, &some, "renamed").await, some.len());
    assert_eq!(put_user(&owner, "u", "renamed", &ids).await, 200);
    assert_eq!(put_user(&owner, "u", "renamed", &[]).await, 200);
    assert_eq!(listed_in(&world, &some, "renamed").await, 0);

    assert_eq!(put_user(&owner, "u", "u", &ids).await, 200);
    let deleted = call(&owner, Method::DELETE, "/v1/users/u", &Value::Null).await;
    assert_eq!(deleted.0, 204);
    assert_eq!(
        put_user(&owner, "other", "u", &deepest).await,
        201,
        "the login id is free"
    );
    assert_eq!(listed_in(&world, &some, "u").await, some.len());

    world.group("more", None).await;
    let too_many = [ids, vec!["more".into()]].concat();
    let body = json!({"loginId": "u", "groups": too_many});
    let refused = call(&owner, Method::PUT, "/v1/users/other", &body).await;
    assert_eq!(refusal(&refused).0, 422);
    assert_eq!(refused.1["errors"][0]["rule"], "too_many_groups");
}

/// Ends the function before the transaction with this number.
fn end_before_transaction(world: &World, at: usize) {
    let mut number = 0;
    world.faults.plan(move |call, _| {
        number += usize::from(call.operation == "TransactWriteItems");
        if call.operation == "TransactWriteItems" && number == at {
            Fault::EndBefore
        } else {
            Fault::Pass
        }
    });
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_cut_off_at_any_step_is_finished_by_the_sweep() {
    let world = World::new().await;
    let owner = world.owner();
    let paths: Vec<_> = (0..120).map(|number| format!("g{number}")).collect();
    let groups = make_groups(&world, &paths).await;
    let ids: Vec<_> = groups.into_iter().map(|(_, id)| id).collect();

    // Some of the lists, of each step.
    let some: Vec<_> = ids.iter().step_by(11).cloned().collect();
    for at in 2..=4 {
        let (user, login_id) = (format!("u{at}"), format!("login{at}"));
        end_before_transaction(&world, at);
        assert!(
            put_user(&owner, &user, &login_id, &ids).await >= 500,
            "{at}"
        );
        world.faults.plan(|_, _| Fault::Pass);
        world.pass(190).await;
        assert_eq!(
            listed_in(&world, &some, &login_id).await,
            some.len(),
            "created, {at}"
        );

        end_before_transaction(&world, at);
        let path = format!("/v1/users/{user}");
        let deleted = call(&owner, Method::DELETE, &path, &Value::Null).await;
        assert!(deleted.0.as_u16() >= 500, "{at}");
        world.faults.plan(|_, _| Fault::Pass);
        world.pass(190).await;
        assert_eq!(
            listed_in(&world, &some, &login_id).await,
            some.len(),
            "not deleted, {at}"
        );

        let deleted = call(&owner, Method::DELETE, &path, &Value::Null).await;
        assert_eq!(deleted.0, 204, "{at}");
        assert_eq!(
            listed_in(&world, &some, &login_id).await,
            0,
            "deleted, {at}"
        );
    }
    assert!(
        !world.dump().contains("\"#lists\""),
        "nothing is left to do"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_stays_acceptable_when_a_group_is_moved_deeper() {
    let world = World::new().await;
    let owner = world.owner();
    let mut paths: Vec<_> = (0..44).map(|number| format!("g{number}")).collect();
    paths.push("top/middle/low".into());
    let groups = make_groups(&world, &paths).await;
    let id_of = |wanted: &str| {
        groups
            .iter()
            .find(|(name, _)| name == wanted)
            .unwrap()
            .1
            .clone()
    };
    let ids: Vec<_> = (0..44).map(|number| id_of(&format!("g{number}"))).collect();
    assert_eq!(put_user(&owner, "u", "u", &ids).await, 201);

    let deeper = json!({"name": "g7", "parentId": id_of("low")});
    let path = format!("/v1/groups/{}", id_of("g7"));
    assert_eq!(call(&owner, Method::PUT, &path, &deeper).await.0, 200);

    assert_eq!(put_user(&owner, "u", "u", &ids).await, 200);
    let suspended = json!({"loginId": "u", "groups": ids, "status": "suspended"});
    assert_eq!(
        call(&owner, Method::PUT, "/v1/users/u", &suspended).await.0,
        200
    );
    assert_eq!(
        listed_in(&world, &[id_of("top"), id_of("low")], "u").await,
        2
    );
}

#[tokio::test(start_paused = true)]
async fn a_move_that_is_cut_off_is_finished_by_the_sweep() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("north", None).await;
    world.group("south", None).await;
    world.group("team", Some("north")).await;
    let users = world.users(30, "team").await;

    end_before_transaction(&world, 7);
    let south = json!({"name": "team", "parentId": "south"});
    let cut_off = call(&owner, Method::PUT, "/v1/groups/team", &south).await;
    assert!(cut_off.0.as_u16() >= 500);
    world.faults.plan(|_, _| Fault::Pass);
    world.pass(190).await;

    assert_eq!(logins(&owner, "?group=south").await, users);
    let emptied = call(&owner, Method::DELETE, "/v1/groups/north", &Value::Null).await;
    assert_eq!(emptied.0, 204, "no entry is left behind");
    assert!(
        !world.dump().contains("\"#moves\""),
        "nothing is left to do"
    );
}
