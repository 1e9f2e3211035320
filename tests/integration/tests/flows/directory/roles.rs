//! Roles: who may change them, who holds them, and the last owner.

use std::time::Duration;

use futures::join;
use http::Method;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{call, import};

#[tokio::test(start_paused = true)]
async fn only_owners_change_a_user_with_roles_and_the_last_owner_stays() {
    let world = World::new().await;
    let owner = world.owner();

    let keeper = world
        .operator("keeper", &json!([{"role": "directory_manager"}]))
        .await;

    let refused = call(
        &keeper,
        Method::PUT,
        "/v1/users/owner",
        &json!({"loginId": "owner"}),
    )
    .await;
    assert_eq!(refusal(&refused), (403, "forbidden".into()));

    let (status, _) = import(&keeper, "", "login_id,email\nowner,mine@example.com\n").await;
    assert_eq!(status, 403);

    let gone = json!({"loginId": "owner", "status": "inactive"});

    for (method, path, body) in [
        (Method::PUT, "/v1/users/owner/roles", json!({"roles": []})),
        (Method::PUT, "/v1/users/owner", gone.clone()),
        (Method::DELETE, "/v1/users/owner", Value::Null),
    ] {
        let refused = call(&owner, method, path, &body).await;
        assert_eq!(refusal(&refused), (409, "last-owner".into()), "{path}");
    }

    world.operator("second", &json!([{"role": "owner"}])).await;
    assert_eq!(
        call(&owner, Method::PUT, "/v1/users/owner", &gone).await.0,
        200
    );
    assert_eq!(
        call(&owner, Method::GET, "/v1/me", &Value::Null).await.0,
        403,
        "at once"
    );
}

#[tokio::test(start_paused = true)]
async fn of_two_owners_who_give_up_the_role_at_once_one_stays() {
    for at in 0..12 {
        let world = World::new().await;
        let second = world.operator("second", &json!([{"role": "owner"}])).await;
        let give_up = json!({"roles": []});
        let later = async {
            tokio::time::sleep(Duration::from_micros(at * 500)).await;
            call(&second, Method::PUT, "/v1/users/second/roles", &give_up).await
        };
        let owner = world.owner();

        let (one, other) = join!(
            call(&owner, Method::PUT, "/v1/users/owner/roles", &give_up),
            later
        );
        let mut answers = [one.0.as_u16(), other.0.as_u16()];

        answers.sort_unstable();
        assert_eq!(answers, [200, 409], "{at}: {one:?} {other:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_groups_roles_are_held_by_its_direct_members() {
    let world = World::new().await;
    world.group("g", None).await;

    let heads = json!({"name": "heads", "roles": [{"role": "group_manager", "group": "g", "access": "edit"}]});
    assert_eq!(
        call(&world.owner(), Method::PUT, "/v1/groups/heads", &heads)
            .await
            .0,
        201
    );

    world.user("head", &json!({"groups": ["heads"]})).await;
    let (_, me) = call(&world.caller("head"), Method::GET, "/v1/me", &Value::Null).await;
    assert_eq!(me["roles"], heads["roles"]);

    world.user("head", &json!({})).await;
    assert_eq!(
        call(&world.caller("head"), Method::GET, "/v1/me", &Value::Null)
            .await
            .0,
        403
    );
}
