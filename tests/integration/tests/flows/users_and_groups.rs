//! Users, groups and roles, and the CSV import.

use std::time::Duration;

use futures::join;
use http::{Method, StatusCode};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

pub async fn call(
    caller: &Caller,
    method: Method,
    path: &str,
    body: &Value,
) -> (StatusCode, Value) {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    caller
        .call(method, path, &[("content-type", "application/json")], body)
        .await
        .unwrap()
}

pub async fn import(caller: &Caller, query: &str, csv: &str) -> (StatusCode, Value) {
    let path = format!("/v1/users/import{query}");
    caller
        .call(
            Method::POST,
            &path,
            &[("content-type", "text/csv")],
            csv.to_string(),
        )
        .await
        .unwrap()
}

pub async fn logins(caller: &Caller, query: &str) -> Vec<String> {
    let rows = caller
        .all(&format!("/v1/users{query}"), "users")
        .await
        .unwrap();
    rows.iter()
        .map(|row| row["loginId"].as_str().unwrap().to_string())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn an_import_creates_updates_and_leaves_alone() {
    let world = World::new().await;
    let owner = world.owner();

    let first = "\u{FEFF}login_id,email,display_name,groups\na,a@example.com,A,Sales/Tokyo;Support\nb,b@example.jp,B,\n";
    let counts = |created, updated, unchanged| json!({"created": created, "updated": updated, "unchanged": unchanged});
    assert_eq!(
        import(&owner, "?dryRun=true", first).await,
        (StatusCode::OK, counts(2, 0, 0))
    );
    assert_eq!(
        logins(&owner, "").await,
        ["owner"],
        "a dry run writes nothing"
    );
    assert_eq!(
        import(&owner, "", first).await,
        (StatusCode::OK, counts(2, 0, 0))
    );
    assert_eq!(
        import(&owner, "", first).await,
        (StatusCode::OK, counts(0, 0, 2))
    );

    // An absent column changes nothing, an empty cell clears the field, and groups are replaced.
    let second = "groups,display_name,login_id\nSales,,a\n,B,b\n";
    assert_eq!(
        import(&owner, "", second).await,
        (StatusCode::OK, counts(0, 1, 1))
    );

    let users = owner.all("/v1/users?loginId=a", "users").await.unwrap();
    assert_eq!(
        (&users[0]["email"], &users[0]["displayName"]),
        (&json!("a@example.com"), &Value::Null)
    );

    let paths: Vec<_> = users[0]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| &group["path"])
        .collect();
    assert_eq!(paths, ["Sales"]);

    let groups = owner.all("/v1/groups", "groups").await.unwrap();
    let names: Vec<_> = groups
        .iter()
        .map(|group| (group["name"].as_str().unwrap(), &group["memberCount"]))
        .collect();
    assert_eq!(
        names,
        [
            ("Sales", &json!(1)),
            ("Tokyo", &json!(0)),
            ("Support", &json!(0))
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn every_error_of_a_wrong_file_is_listed_and_a_large_file_is_refused() {
    let world = World::new().await;
    let owner = world.owner();

    let (status, answer) = import(&owner, "", "login_id,email\na,nowhere\n,b@example.com\n").await;
    assert_eq!(status, 422);

    let told: Vec<_> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (&error["line"], &error["column"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!(2), &json!("email")),
            (&json!(3), &json!("login_id"))
        ]
    );

    let lines = |count: usize| {
        "login_id\n".to_string()
            + &(0..count)
                .map(|number| format!("u{number}\n"))
                .collect::<String>()
    };
    assert_eq!(import(&owner, "?dryRun=true", &lines(5_000)).await.0, 200);
    assert_eq!(
        refusal(&import(&owner, "?dryRun=true", &lines(5_001)).await),
        (413, "too-large".into())
    );

    let refused = call(&owner, Method::POST, "/v1/users/import", &json!({})).await;
    assert_eq!(refusal(&refused), (415, "unsupported-media-type".into()));
}

/// A world with 25 users in and below two groups, whose fields repeat with different periods.
async fn world_of_pages() -> World {
    let world = World::new().await;
    for group in ["a", "b"] {
        world.group(group, None).await;
    }
    world.group("below", Some("b")).await;

    for number in 0..25 {
        let groups = [
            json!(["a"]),
            json!(["b"]),
            json!(["below"]),
            json!(["a", "below"]),
            json!([]),
        ][number % 5]
            .clone();
        let mut user = json!({"groups": groups, "status": if number % 2 == 0 { "active" } else { "suspended" }});
        if number % 3 == 0 {
            user["firstLoginAt"] = "2026-05-01T00:00:00Z".into();
        }
        if number % 4 == 0 {
            user["signedUpAt"] = "2026-06-01".into();
        }
        world.user(&format!("u{number:02}"), &user).await;
    }

    world
}

/// The login ids of a list, read in pages of at most four.
async fn paged(caller: &Caller, query: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = String::new();

    loop {
        let page = caller
            .get(&format!("/v1/users?limit=4&{query}{next}"))
            .await
            .unwrap();
        let rows = page["users"].as_array().unwrap();
        assert!(rows.len() <= 4);

        seen.extend(
            rows.iter()
                .map(|row| row["loginId"].as_str().unwrap().to_string()),
        );
        match page["next"].as_str() {
            Some(cursor) => next = format!("&next={cursor}"),
            None => return seen,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn users_are_paged_by_login_id_across_the_operators_groups_whatever_the_refinement() {
    let world = world_of_pages().await;
    let roles = json!([
        {"role": "group_manager", "group": "a", "access": "view"},
        {"role": "group_manager", "group": "b", "access": "edit"},
    ]);
    let manager = world.operator("manager", &roles).await;
    let of = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
        (0..25)
            .filter(|number| number % 5 != 4 && wanted(*number))
            .map(|number| format!("u{number:02}"))
            .collect()
    };

    for (query, wanted) in [
        ("", of(&|_| true)),
        ("status=suspended", of(&|number| number % 2 == 1)),
        ("status=active,suspended", of(&|_| true)),
        ("firstLogin=never", of(&|number| number % 3 != 0)),
        (
            "firstLogin=2026-05-01..2026-05-01",
            of(&|number| number % 3 == 0),
        ),
        ("firstLogin=2026-05-02..", of(&|_| false)),
        ("signedUp=2026-06-01..", of(&|number| number % 4 == 0)),
        ("lastInvited=never&inviteCount=0", of(&|_| true)),
        ("group=b", of(&|number| number % 5 != 0)),
        ("q=U1", of(&|number| (10..20).contains(&number))),
        ("loginId=u07", of(&|number| number == 7)),
        ("loginId=u04", of(&|_| false)),
    ] {
        assert_eq!(paged(&manager, query).await, wanted, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_parameter_is_named() {
    let world = World::new().await;

    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("next=x", "next"),
        ("status=gone", "status"),
        ("firstLogin=x", "firstLogin"),
        ("inviteCount=-1", "inviteCount"),
        ("colour=red", "colour"),
        ("q=a&q=b", "q"),
    ] {
        let refused = call(
            &world.owner(),
            Method::GET,
            &format!("/v1/users?{query}"),
            &Value::Null,
        )
        .await;
        assert_eq!(refusal(&refused), (400, "malformed".into()), "{query}");
        assert_eq!(refused.1["errors"][0]["parameter"], name, "{query}");
    }
}

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
        "inviteCount": 0, "suppressed": false,
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
