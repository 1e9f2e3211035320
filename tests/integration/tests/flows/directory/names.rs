//! Names, login ids, instants and lists as people write them, and bodies as they were answered.

use http::{Method, StatusCode};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{call, import, logins};

async fn put(caller: &Caller, path: &str, body: &Value) -> (StatusCode, Value) {
    call(caller, Method::PUT, path, body).await
}

#[tokio::test(start_paused = true)]
async fn what_a_put_of_a_group_does_not_name_stays_and_null_clears() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("top", None).await;
    let roles = json!([{"role": "template_manager"}]);
    let group = json!({"name": "g", "parentId": "top", "roles": roles});
    put(&owner, "/v1/groups/g", &group).await;

    let renamed = put(&owner, "/v1/groups/g", &json!({"name": "G"})).await;
    let expected = json!({"name": "G", "parentId": "top", "roles": roles});
    assert_eq!(renamed, (StatusCode::OK, expected));

    let cleared = json!({"name": "G", "parentId": null, "roles": null});
    let cleared = put(&owner, "/v1/groups/g", &cleared).await;
    assert_eq!(cleared, (StatusCode::OK, json!({"name": "G", "roles": []})));
}

#[tokio::test(start_paused = true)]
async fn an_answer_can_be_put_as_it_is() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("top", None).await;
    world.group("g", Some("top")).await;
    let user = json!({"groups": ["g"], "displayName": "U", "firstLoginAt": "2026-01-01T00:00:00Z"});
    world.user("u", &user).await;

    for path in ["/v1/users/u", "/v1/groups/g", "/v1/users/u/roles"] {
        let read = owner.get(path).await.unwrap();
        assert_eq!(
            put(&owner, path, &read).await,
            (StatusCode::OK, read),
            "{path}"
        );
    }
    let listed = owner.all("/v1/groups", "groups").await.unwrap();
    let again = put(&owner, "/v1/groups/g", &listed[1]).await;
    assert_eq!(
        (again.0.as_u16(), &again.1["parentId"]),
        (200, &json!("top"))
    );

    let wrong = json!({"loginId": "u", "groups": [["g"]]});
    let refused = put(&owner, "/v1/users/u", &wrong).await;
    assert_eq!(refusal(&refused).0, 400);
    assert_eq!(refused.1["errors"][0]["pointer"], "/groups/0");
}

#[tokio::test(start_paused = true)]
async fn an_instant_may_omit_its_seconds_and_a_list_may_end_with_a_comma() {
    let world = World::new().await;
    let owner = world.owner();
    world
        .user("u", &json!({"signedUpAt": "2026-01-01T00:00Z"}))
        .await;
    let user = owner.get("/v1/users/u").await.unwrap();
    assert_eq!(user["signedUpAt"], "2026-01-01T00:00:00Z");

    let body = json!({"selection": {"userIds": ["u"]}, "startAt": "2027-01-01T00:00Z"});
    let preview = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
    assert_eq!(preview.1["startAt"], "2027-01-01T00:00:00Z");

    assert_eq!(
        logins(&owner, "?signedUp=2025-12-31T23:59Z..2026-01-01T00:01Z").await,
        ["u"]
    );
    assert_eq!(logins(&owner, "?status=active,").await, ["owner", "u"]);
    let resends = call(
        &owner,
        Method::GET,
        "/v1/resends?state=completed,",
        &Value::Null,
    )
    .await;
    assert_eq!(resends.0, 200);
    let nothing = call(&owner, Method::GET, "/v1/users?status=,", &Value::Null).await;
    assert_eq!(refusal(&nothing).0, 400);
}

#[tokio::test(start_paused = true)]
async fn names_lose_what_turns_or_hides_text() {
    let world = World::new().await;
    let owner = world.owner();
    put(&owner, "/v1/groups/g", &json!({"name": "Sa\u{202E}les"})).await;
    assert_eq!(owner.get("/v1/groups/g").await.unwrap()["name"], "Sales");

    world
        .user(
            "u",
            &json!({"groups": ["g"], "displayName": "Ai\u{202E}\u{2028}ko 👩\u{200D}👧"}),
        )
        .await;
    let user = owner.get("/v1/users/u").await.unwrap();
    assert_eq!(user["displayName"], "Aiko 👩\u{200D}👧");

    let file = "login_id,display_name,groups\nv,\u{2066}Vera\u{2069},Sa\u{200B}les\n";
    assert_eq!(import(&owner, "", file).await.0, 200);
    let users = owner.all("/v1/users?loginId=v", "users").await.unwrap();
    assert_eq!(
        (&users[0]["displayName"], &users[0]["groups"][0]["id"]),
        (&json!("Vera"), &json!("g"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_login_id_that_looks_like_another_is_told_and_one_with_hidden_characters_is_refused() {
    let world = World::new().await;
    let owner = world.owner();
    world.user("one", &json!({"loginId": "c1"})).await;

    let (status, user) = put(&owner, "/v1/users/two", &json!({"loginId": "C1"})).await;
    assert_eq!(
        (status.as_u16(), &user["notices"][0]["type"]),
        (201, &json!("similar_login_id"))
    );
    assert_eq!(
        user["notices"][0]["values"],
        json!({"loginId": "C1", "otherLoginId": "c1"})
    );
    let (_, unlike) = put(&owner, "/v1/users/three", &json!({"loginId": "c2"})).await;
    assert_eq!(unlike["notices"], Value::Null);

    let file = "login_id\nC2\nd1\nD1\ne1\n";
    for query in ["?dryRun=true", ""] {
        let (status, answer) = import(&owner, query, file).await;
        assert_eq!((status.as_u16(), &answer["created"]), (200, &json!(4)));
        let told: Vec<_> = answer["notices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|notice| (&notice["line"], &notice["values"]["otherLoginId"]))
            .collect();
        assert_eq!(told, [(&json!(2), &json!("c2")), (&json!(4), &json!("d1"))]);
    }

    let refused = put(&owner, "/v1/users/four", &json!({"loginId": "c\u{200B}3"})).await;
    assert_eq!(refusal(&refused).0, 422);
    assert_eq!(refused.1["errors"][0]["rule"], "invisible_character");
    let refused = import(&owner, "", "login_id\nc\u{AD}3\n").await;
    assert_eq!(refused.1["errors"][0]["rule"], "invisible_character");
}
