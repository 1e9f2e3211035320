//! The directory's entries in the audit trail, logins after a mail, and addresses taken off the suppression list.

use http::Method;
use reinvite_domain::Suppression;
use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");
const CSV: (&str, &str) = ("content-type", "text/csv");

async fn trail(world: &World) -> Vec<Value> {
    let mut trail = world.owner().all("/v1/audit", "audit").await.unwrap();
    trail.reverse();
    trail
}

/// Makes each kind of change to the directory: a second apart, for entries are sorted by time.
async fn change_everything(world: &World) {
    let owner = world.owner();
    let call = async |method: Method, path: &str, body: Value| {
        world.pass(1).await;
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (status, answer) = owner.call(method, path, &[JSON], body).await.unwrap();
        assert!(status.is_success(), "{path}: {answer}");
    };

    let user = json!({"loginId": "ulla", "displayName": "Ulla Example", "email": "ulla@example.com", "groups": ["g"]});
    let email = json!({"email": "ulla.right@example.com"});
    let roles = json!({"roles": [{"role": "template_manager"}]});

    call(Method::PUT, "/v1/groups/g", json!({"name": "Secret Name"})).await;
    call(Method::PUT, "/v1/groups/g", json!({"name": "Other Name"})).await;
    call(Method::PUT, "/v1/users/u", user.clone()).await;
    call(Method::PUT, "/v1/users/u", user).await;
    call(Method::PATCH, "/v1/users/u", email).await;
    call(Method::PUT, "/v1/users/u/roles", roles).await;
    call(Method::POST, "/v1/users/u/unsuppress", Value::Null).await;
    call(Method::DELETE, "/v1/users/u", Value::Null).await;
    call(Method::DELETE, "/v1/groups/g", Value::Null).await;
    world.pass(1).await;

    let csv = "login_id,email\nulla,ulla@example.com\nowner,owner@example.com\n";
    for path in ["/v1/users/import?dryRun=true", "/v1/users/import"] {
        owner.call(Method::POST, path, &[CSV], csv).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn every_change_of_the_directory_has_its_entry_without_names_and_addresses() {
    let world = World::new().await;
    change_everything(&world).await;
    let trail = trail(&world).await;

    let actions: Vec<_> = trail
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .take(9)
        .collect();
    let expected = [
        "organisation_created",
        "group_created",
        "group_changed",
        "user_created",
        "user_changed",
        "roles_changed",
        "address_unsuppressed",
        "user_deleted",
        "group_deleted",
    ];
    assert_eq!(actions, expected);
    assert_eq!(
        (&trail[2]["fields"], &trail[4]["fields"]),
        (&json!(["name"]), &json!(["email"]))
    );

    let imports: Vec<_> = trail[9..]
        .iter()
        .map(|entry| (entry["lines"].clone(), entry["created"].clone()))
        .collect();
    assert_eq!(imports.len(), 2);
    assert!(
        imports.contains(&(json!(2), Value::Null)) && imports.contains(&(Value::Null, json!(1))),
        "{imports:?}"
    );

    let text = format!("{trail:?}");
    for personal in ["Ulla", "example.com", "Secret Name", "Other Name"] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_not_written_has_no_audit_entry() {
    let world = World::new().await;
    let before = trail(&world).await.len();
    world.faults.plan(|call, _| match call.operation.as_str() {
        "TransactWriteItems" => Fault::Refuse {
            status: 400,
            code: "ValidationException",
        },
        _ => Fault::Pass,
    });

    let body = json!({"loginId": "u"}).to_string();
    let (status, _) = world
        .owner()
        .call(Method::PUT, "/v1/users/u", &[JSON], body)
        .await
        .unwrap();
    assert_eq!(status, 500);

    world.faults.plan(|_, _| Fault::Pass);
    assert_eq!(trail(&world).await.len(), before);
}

#[tokio::test(start_paused = true)]
async fn a_login_after_the_mail_is_counted_once_for_a_put_and_for_an_import() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(4, "g").await;

    let body = json!({"selection": {"userIds": ["u001", "u002", "u003"]}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();

    let resend = world.ended(&made["id"], 60).await;
    assert_eq!(
        (
            &resend["counts"]["sent"],
            &resend["counts"]["loggedInAfter"]
        ),
        (&json!(3), &json!(0))
    );

    let logged_in = async |user: &str, login: &str| {
        let body = json!({"groups": ["g"], "firstLoginAt": login});
        world.user(user, &body).await;
    };
    logged_in("u001", "2026-11-23T10:00:00Z").await;
    logged_in("u001", "2026-11-23T11:00:00Z").await;

    // These users logged in before the mail, or were never invited.
    logged_in("u003", "2026-11-22T10:00:00Z").await;
    logged_in(&users[3], "2026-11-23T10:00:00Z").await;

    let csv = "login_id,first_login_at\nu001,2026-11-23T12:00:00Z\nu002,2026-11-23T12:00:00Z\n";
    for _ in 0..2 {
        world
            .owner()
            .call(Method::POST, "/v1/users/import", &[CSV], csv)
            .await
            .unwrap();
    }

    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    assert_eq!(
        world.owner().get(&path).await.unwrap()["counts"]["loggedInAfter"],
        2
    );
}

#[tokio::test(start_paused = true)]
async fn a_suppressed_address_is_shown_and_taken_off_the_list_by_an_owner() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(2, "g").await;

    let suppression = Suppression {
        address: "u001@example.com".into(),
        reason: None,
        at: None,
    };
    world
        .stack
        .store
        .suppressions
        .add(&world.organisation(), &suppression)
        .await
        .unwrap();

    let shown = async || {
        let users = world
            .owner()
            .all("/v1/users?loginId=u001", "users")
            .await
            .unwrap();
        let listed = world.owner().all("/v1/users", "users").await.unwrap();
        let listed = listed.iter().find(|user| user["id"] == "u001").unwrap()["suppressed"].clone();
        (users[0]["suppressed"].clone(), listed)
    };
    assert_eq!(shown().await, (json!(true), json!(true)));

    let manager = world
        .operator("m", &json!([{"role": "directory_manager"}]))
        .await;
    let refused = manager
        .post("/v1/users/u001/unsuppress", &[], &json!({}))
        .await
        .unwrap();
    assert_eq!(refusal(&refused), (403, "forbidden".into()));

    for _ in 0..2 {
        let (status, user) = world
            .owner()
            .post("/v1/users/u001/unsuppress", &[], &json!({}))
            .await
            .unwrap();
        assert_eq!((status.as_u16(), &user["suppressed"]), (200, &json!(false)));
    }

    assert_eq!(shown().await, (json!(false), json!(false)));

    world.user("none", &json!({"email": null})).await;
    let refused = world
        .owner()
        .post("/v1/users/none/unsuppress", &[], &json!({}))
        .await
        .unwrap();
    assert_eq!(refusal(&refused), (409, "conflict".into()));
}

#[tokio::test(start_paused = true)]
async fn a_page_of_users_is_one_query_and_two_reads() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(60, "g").await;
    world.faults.plan(|_, _| Fault::Pass);

    let page = world.owner().get("/v1/users?status=active").await.unwrap();
    assert_eq!(page["users"].as_array().unwrap().len(), 50);

    let mut calls: Vec<_> = world
        .faults
        .calls()
        .into_iter()
        .map(|call| call.operation)
        .collect();
    calls.sort();
    // The operator context is one read, because the group tree is known. The others are those of users and invitations;
    // attributes are not read, because nobody on the page has any.
    assert_eq!(
        calls,
        ["BatchGetItem", "BatchGetItem", "BatchGetItem", "Query"]
    );
}
