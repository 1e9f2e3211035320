//! Changes of a user: by the LMS, and corrections of an address.

use http::{Method, StatusCode};
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{call, logins};

#[tokio::test(start_paused = true)]
async fn put_replaces_a_user_and_clears_absent_fields_but_not_the_first_login() {
    let world = World::new().await;
    let keeper = world
        .operator("keeper", &json!([{"role": "directory_manager"}]))
        .await;

    let put = async |path: &str, body: Value| call(&keeper, Method::PUT, path, &body).await;

    let full = json!({
        "loginId": "u", "displayName": "U", "email": "u@example.com", "firstLoginAt": "2026-01-01T00:00:00Z",
        "language": "ja", "timeZone": "Asia/Tokyo",
    });
    assert_eq!(put("/v1/users/u", full).await.0, 201);

    let (status, user) = put("/v1/users/u", json!({"loginId": "u2"})).await;
    assert_eq!(status, 200);

    let mut expected = json!({
        "id": "u", "loginId": "u2", "status": "active", "groups": [], "firstLoginAt": "2026-01-01T00:00:00Z",
        "inviteCount": 0, "suppressed": false, "invitation": {"state": "none"},
    });
    assert_eq!(user, expected);

    let cleared = json!({"loginId": "u2", "firstLoginAt": null});
    expected.as_object_mut().unwrap().remove("firstLoginAt");
    assert_eq!(
        put("/v1/users/u", cleared).await,
        (StatusCode::OK, expected)
    );

    let taken = put("/v1/users/other", json!({"loginId": "u2"})).await;
    assert_eq!(refusal(&taken), (409, "login-id-taken".into()));
    assert_eq!(
        put("/v1/users/other", json!({"loginId": "u"})).await.0,
        201,
        "free again"
    );

    let unknown = put("/v1/users/u", json!({"loginId": "u2", "groups": ["none"]})).await;
    assert_eq!(
        (refusal(&unknown).0, &unknown.1["errors"][0]["pointer"]),
        (422, &json!("/groups/0"))
    );
    assert_eq!(
        call(&keeper, Method::DELETE, "/v1/users/u", &Value::Null)
            .await
            .0,
        204
    );
    assert_eq!(
        call(&keeper, Method::GET, "/v1/users/u", &Value::Null)
            .await
            .0,
        404
    );
    assert!(!logins(&keeper, "").await.contains(&"u2".to_string()));
}

#[tokio::test(start_paused = true)]
async fn an_address_is_corrected_only_if_no_account_can_be_taken_over_by_it() {
    let world = World::new().await;
    world.group("g", None).await;
    world.user("new", &json!({"groups": ["g"]})).await;
    world
        .user(
            "joined",
            &json!({"groups": ["g"], "firstLoginAt": "2026-01-01T00:00:00Z"}),
        )
        .await;

    let manager = async |access: &str| {
        let roles = json!([{"role": "group_manager", "group": "g", "access": access}]);
        world.operator(access, &roles).await
    };
    let (edit, view) = (manager("edit").await, manager("view").await);

    let body = json!({"email": "right@example.com"});
    assert_eq!(
        call(&view, Method::PATCH, "/v1/users/new", &body).await.0,
        403
    );
    assert_eq!(
        call(&edit, Method::PATCH, "/v1/users/joined", &body)
            .await
            .0,
        409
    );

    let (status, user) = call(&edit, Method::PATCH, "/v1/users/new", &body).await;
    assert_eq!(
        (status.as_u16(), &user["email"]),
        (200, &json!("right@example.com"))
    );
    world.pass(10).await;
    assert_eq!(
        world.inbox(),
        ["new@example.com"],
        "the old address is told"
    );
    assert!(
        !world.mails()[0].to_string().contains("right@"),
        "and not the new one"
    );

    for wrong in [
        json!({"email": "nowhere"}),
        json!({"email": "愛子@example.jp"}),
    ] {
        let refused = call(&edit, Method::PATCH, "/v1/users/new", &wrong).await;
        assert_eq!(
            (refusal(&refused).0, &refused.1["errors"][0]["pointer"]),
            (422, &json!("/email"))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn attributes_are_answered_replaced_cleared_and_erased_with_their_user() {
    let world = World::new().await;
    let keeper = world
        .operator("keeper", &json!([{"role": "directory_manager"}]))
        .await;
    let put = async |body: Value| call(&keeper, Method::PUT, "/v1/users/u", &body).await;
    let get = async || {
        call(&keeper, Method::GET, "/v1/users/u", &Value::Null)
            .await
            .1
    };

    let sales = json!({"department": "Sales", "first_name": "Ada"});
    let made = put(json!({"loginId": "u", "attributes": sales})).await;
    assert_eq!((made.0.as_u16(), &made.1["attributes"]), (201, &sales));
    assert_eq!(get().await["attributes"], sales);

    let listed = call(&keeper, Method::GET, "/v1/users?loginId=u", &Value::Null).await;
    assert_eq!(listed.1["users"][0]["attributes"], sales);

    // The answer is written again, and one attribute changes alone.
    assert_eq!(put(get().await).await.0, 200);
    assert_eq!(get().await["attributes"], sales);
    let moved = json!({"loginId": "u", "attributes": {"department": "Support", "first_name": ""}});
    assert_eq!(put(moved).await.0, 200);
    assert_eq!(get().await["attributes"], json!({"department": "Support"}));

    let bad = json!({"loginId": "u", "attributes": {"Department": "x", "a": "x".repeat(201)}});
    let (status, problem) = put(bad).await;
    let pointers = ["/attributes/Department", "/attributes/a"];
    assert_eq!(status, 422);
    for (error, pointer) in problem["errors"].as_array().unwrap().iter().zip(pointers) {
        assert_eq!(error["pointer"], pointer);
    }

    assert_eq!(put(json!({"loginId": "u"})).await.0, 200);
    assert_eq!(get().await.get("attributes"), None);

    assert_eq!(
        put(json!({"loginId": "u", "attributes": sales})).await.0,
        200
    );
    let deleted = call(&keeper, Method::DELETE, "/v1/users/u", &Value::Null).await;
    assert_eq!(deleted.0, 204);
    assert_eq!(put(json!({"loginId": "u"})).await.0, 201);
    assert_eq!(get().await.get("attributes"), None);
    assert!(!world.dump().contains("first_name"));
}
