//! The tree of groups.

use http::Method;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{call, logins};

#[tokio::test(start_paused = true)]
async fn the_tree_stays_a_tree_and_a_moved_group_takes_its_members_along() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("north", None).await;
    world.group("south", None).await;
    world.group("team", Some("north")).await;
    world.user("u", &json!({"groups": ["team"]})).await;

    let put = async |id: &str, body: Value| {
        call(&owner, Method::PUT, &format!("/v1/groups/{id}"), &body).await
    };
    assert_eq!(
        refusal(&put("north", json!({"name": "north", "parentId": "team"})).await).0,
        422
    );
    assert_eq!(
        refusal(&put("team", json!({"name": "team", "parentId": "none"})).await).0,
        422
    );

    for full in ["north", "team"] {
        let refused = call(
            &owner,
            Method::DELETE,
            &format!("/v1/groups/{full}"),
            &Value::Null,
        )
        .await;
        assert_eq!(refusal(&refused), (409, "group-not-empty".into()), "{full}");
    }

    assert_eq!(
        put("team", json!({"name": "team", "parentId": "south"}))
            .await
            .0,
        200
    );
    assert_eq!(logins(&owner, "?group=south").await, ["u"]);
    assert_eq!(logins(&owner, "?group=north").await, [""; 0]);
    assert_eq!(
        call(&owner, Method::DELETE, "/v1/groups/north", &Value::Null)
            .await
            .0,
        204
    );

    let manager = world
        .operator(
            "m",
            &json!([{"role": "group_manager", "group": "south", "access": "edit"}]),
        )
        .await;
    assert_eq!(logins(&manager, "").await, ["u"]);
}
