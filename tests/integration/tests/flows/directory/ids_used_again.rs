//! Users and groups that are made with the id of deleted ones: they are new.

use http::Method;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::call;

async fn resend_to(caller: &Caller, key: &str, body: &Value) -> Value {
    let headers = [("idempotency-key", key)];
    let created = caller.post("/v1/resends", &headers, body).await.unwrap();
    assert_eq!(created.0, 201, "{created:?}");
    created.1
}

async fn delete(world: &World, path: &str) {
    let deleted = call(&world.owner(), Method::DELETE, path, &Value::Null).await;
    assert_eq!(deleted.0, 204, "{path}");
}

#[tokio::test(start_paused = true)]
async fn a_user_with_the_id_of_a_deleted_one_has_no_history() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("before", None).await;
    world.group("after", None).await;
    world
        .user("u", &json!({"groups": ["before"], "displayName": "Former"}))
        .await;
    let resend = resend_to(&owner, "1", &json!({"selection": {"userIds": ["u"]}})).await;
    world.ended(&resend["id"], 120).await;
    assert_eq!(
        owner
            .all("/v1/users/u/resends", "resends")
            .await
            .unwrap()
            .len(),
        1
    );

    delete(&world, "/v1/users/u").await;
    world.pass(1).await;
    world
        .user("u", &json!({"groups": ["after"], "displayName": "New"}))
        .await;
    let roles = json!([{"role": "group_manager", "group": "after", "access": "edit"}]);
    let manager = world.operator("manager", &roles).await;

    for caller in [&manager, &owner] {
        let history = caller.all("/v1/users/u/resends", "resends").await.unwrap();
        assert_eq!(history, Vec::<Value>::new());
    }
    let user = owner.get("/v1/users/u").await.unwrap();
    assert_eq!(user["inviteCount"], 0);

    let path = format!("/v1/resends/{}/recipients", resend["id"].as_str().unwrap());
    let rows = owner.all(&path, "recipients").await.unwrap();
    assert_eq!(rows.len(), 1, "an owner sees that somebody was mailed");
    assert_eq!(
        rows[0]["displayName"],
        Value::Null,
        "and not the new user's name"
    );
}

#[tokio::test(start_paused = true)]
async fn a_user_with_the_id_of_a_deleted_one_gets_no_mail_that_was_meant_for_them() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("g", None).await;
    world.users(2, "g").await;
    let start = world.stack.clock.now() + chrono::TimeDelta::seconds(600);
    let body = json!({"selection": {"userIds": ["u001", "u002"]}, "startAt": start});
    let resend = resend_to(&owner, "1", &body).await;

    delete(&world, "/v1/users/u001").await;
    world.pass(1).await;
    world
        .user(
            "u001",
            &json!({"groups": ["g"], "email": "new@example.com"}),
        )
        .await;
    let ended = world.ended(&resend["id"], 1_200).await;

    assert_eq!(ended["state"], "completed", "{ended}");
    assert_eq!(world.inbox(), ["u002@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn an_operator_with_the_id_of_a_deleted_one_does_not_see_their_resends() {
    let world = World::new().await;
    for group in ["before", "after"] {
        world.group(group, None).await;
    }
    world.user("u", &json!({"groups": ["before"]})).await;
    let manager_of =
        |group: &str| json!([{"role": "group_manager", "group": group, "access": "edit"}]);
    let former = world.operator("m", &manager_of("before")).await;
    let resend = resend_to(&former, "1", &json!({"selection": {"userIds": ["u"]}})).await;
    let path = format!("/v1/resends/{}", resend["id"].as_str().unwrap());
    world.ended(&resend["id"], 120).await;

    delete(&world, "/v1/users/m").await;
    world.pass(1).await;
    let new = world.operator("m", &manager_of("after")).await;
    let seen = call(&new, Method::GET, &path, &Value::Null).await;
    assert_eq!(refusal(&seen).0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_role_ends_with_its_group_also_when_the_id_is_used_again() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("g", None).await;
    let roles = json!([{"role": "group_manager", "group": "g", "access": "edit"}]);
    let manager = world.operator("manager", &roles).await;
    let heads = json!({"name": "heads", "roles": roles});
    assert_eq!(
        call(&owner, Method::PUT, "/v1/groups/heads", &heads)
            .await
            .0,
        201
    );
    world.user("head", &json!({"groups": ["heads"]})).await;

    delete(&world, "/v1/groups/g").await;
    world.group("g", None).await;
    for caller in [&manager, &world.caller("head")] {
        assert_eq!(
            call(caller, Method::GET, "/v1/me", &Value::Null).await.0,
            403
        );
    }
    assert_eq!(
        owner.get("/v1/groups/heads").await.unwrap()["roles"],
        json!([])
    );
    let own = "/v1/users/manager/roles";
    assert_eq!(owner.get(own).await.unwrap()["roles"], json!([]));

    let granted = call(&owner, Method::PUT, own, &json!({"roles": roles})).await;
    assert_eq!(granted.0, 200);
    let (_, me) = call(&manager, Method::GET, "/v1/me", &Value::Null).await;
    assert_eq!(me["roles"], roles, "a role on the new group is a role");
}
