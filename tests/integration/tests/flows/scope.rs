//! An operator cannot see or mail a user outside their scope. The answer is that for a user who does not exist.

use http::{Method, StatusCode};
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

/// A world with `in` in group `mine`, `out` in group `theirs` and `loose` in no group.
async fn world() -> World {
    let world = World::new().await;
    world.group("mine", None).await;
    world.group("theirs", None).await;

    for (id, groups) in [
        ("in", json!(["mine"])),
        ("out", json!(["theirs"])),
        ("both", json!(["mine", "theirs"])),
        ("loose", json!([])),
    ] {
        world
            .user(
                id,
                &json!({"groups": groups, "displayName": format!("Name of {id}")}),
            )
            .await;
    }

    world
}

async fn manager(world: &World, id: &str, group: &str, access: &str) -> Caller {
    world
        .operator(
            id,
            &json!([{"role": "group_manager", "group": group, "access": access}]),
        )
        .await
}

async fn call(caller: &Caller, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    caller.call(method, path, &headers, body).await.unwrap()
}

async fn listed(caller: &Caller, path: &str) -> Vec<String> {
    let rows = caller.all(path, "users").await.unwrap();
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_string())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_user_out_of_scope_is_answered_as_one_who_does_not_exist() {
    let world = world().await;

    for access in ["view", "edit"] {
        let operator = manager(&world, access, "mine", access).await;

        for (method, path, body) in [
            (Method::GET, "/v1/users/ID", Value::Null),
            (
                Method::PATCH,
                "/v1/users/ID",
                json!({"email": "new@example.com"}),
            ),
            (Method::PUT, "/v1/users/ID", json!({"loginId": "x"})),
            (Method::DELETE, "/v1/users/ID", Value::Null),
            (Method::GET, "/v1/users/ID/roles", Value::Null),
            (Method::PUT, "/v1/users/ID/roles", json!({"roles": []})),
        ] {
            let nobody = call(
                &operator,
                method.clone(),
                &path.replace("ID", "nobody"),
                &body,
            )
            .await;

            for hidden in ["out", "loose", "owner"] {
                let answer = call(
                    &operator,
                    method.clone(),
                    &path.replace("ID", hidden),
                    &body,
                )
                .await;
                assert_eq!(answer, nobody, "{access} {method} {path} {hidden}");
                assert!(!answer.0.is_success());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lists_show_only_users_in_scope_and_of_them_only_groups_in_scope() {
    let world = world().await;
    let operator = manager(&world, "op", "mine", "view").await;

    for path in [
        "/v1/users",
        "/v1/users?q=o",
        "/v1/users?firstLogin=never",
        "/v1/users?loginId=out",
        "/v1/users?group=mine",
    ] {
        let seen = listed(&operator, path).await;
        assert!(
            seen.iter().all(|id| ["in", "both"].contains(&id.as_str())),
            "{path}: {seen:?}"
        );
    }

    assert_eq!(listed(&operator, "/v1/users").await, ["both", "in"]);

    let both = operator.get("/v1/users/both").await.unwrap();
    assert_eq!(both["groups"], json!([{"id": "mine", "path": "mine"}]));

    let groups = operator.all("/v1/groups", "groups").await.unwrap();
    let counted_at = groups[0]["countedAt"].clone();
    assert_eq!(
        groups,
        [
            json!({"id": "mine", "name": "mine", "access": "view", "memberCount": 2, "countedAt": counted_at})
        ]
    );

    let invisible = call(
        &operator,
        Method::GET,
        "/v1/users?group=theirs",
        &Value::Null,
    )
    .await;
    assert_eq!(
        invisible,
        call(&operator, Method::GET, "/v1/users?group=none", &Value::Null).await
    );
    assert_eq!(invisible.0, 422);
}

#[tokio::test(start_paused = true)]
async fn an_operator_mails_only_users_that_they_may_edit() {
    let world = world().await;
    let view = manager(&world, "view", "mine", "view").await;
    let elsewhere = manager(&world, "elsewhere", "theirs", "edit").await;
    let keeper = world
        .operator("keeper", &json!([{"role": "directory_manager"}]))
        .await;
    let writer = world
        .operator("writer", &json!([{"role": "template_manager"}]))
        .await;
    let body = json!({"selection": {"userIds": ["in"]}});

    for path in ["/v1/resends", "/v1/resends/preview"] {
        for operator in [&view, &keeper, &writer] {
            let refused = call(operator, Method::POST, path, &body).await;
            assert_eq!(refusal(&refused), (403, "forbidden".into()), "{path}");
        }
    }

    let refused = call(&elsewhere, Method::POST, "/v1/resends", &body).await;
    assert_eq!(refusal(&refused), (422, "nobody-eligible".into()));

    let (_, mut preview) = call(&elsewhere, Method::POST, "/v1/resends/preview", &body).await;
    let nobody = json!({"selection": {"userIds": ["nobody"]}});
    let (_, of_nobody) = call(&elsewhere, Method::POST, "/v1/resends/preview", &nobody).await;

    preview["excluded"][0]["userId"] = "nobody".into();
    assert_eq!(preview, of_nobody);

    let group = |group: &str| json!({"selection": {"filter": {"group": group}}});
    let invisible = call(&elsewhere, Method::POST, "/v1/resends", &group("mine")).await;
    assert_eq!(
        invisible,
        call(&elsewhere, Method::POST, "/v1/resends", &group("none")).await
    );

    let everybody = call(
        &elsewhere,
        Method::POST,
        "/v1/resends",
        &json!({"selection": {"filter": {}, "everyone": true}}),
    )
    .await;
    world.ended(&everybody.1["id"], 60).await;
    assert_eq!(world.inbox(), ["both@example.com", "out@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_resend_is_visible_to_owners_its_creator_and_operators_whose_scope_covers_its_group() {
    let world = world().await;
    let maker = manager(&world, "maker", "mine", "edit").await;
    let covers = manager(&world, "covers", "mine", "view").await;
    let elsewhere = manager(&world, "elsewhere", "theirs", "edit").await;
    let body = json!({"selection": {"filter": {"group": "mine", "q": "example"}}});
    let (_, made) = call(&maker, Method::POST, "/v1/resends", &body).await;
    world.ended(&made["id"], 60).await;
    let id = made["id"].as_str().unwrap();

    for seen_by in [&maker, &covers, &world.owner()] {
        assert_eq!(
            seen_by.all("/v1/resends", "resends").await.unwrap().len(),
            1
        );
        let rows = seen_by
            .all(&format!("/v1/resends/{id}/recipients"), "recipients")
            .await
            .unwrap();
        assert_eq!(rows.len(), 2);
    }

    assert_eq!(
        elsewhere.all("/v1/resends", "resends").await.unwrap().len(),
        0
    );

    let get = async |caller: &Caller, path: &str| {
        let path = format!("/v1/resends/{path}");
        call(caller, Method::GET, &path, &Value::Null).await
    };
    for path in ["", "/recipients", "/excluded", "/recipients/both/mail"] {
        let hidden = get(&elsewhere, &format!("{id}{path}")).await;
        let missing = get(&elsewhere, &format!("none{path}")).await;
        assert_eq!((hidden.0.as_u16(), &hidden), (404, &missing), "{path}");
    }

    // Rows show the users that the reader may see now; counts include every user.
    world.user("in", &json!({"groups": ["theirs"]})).await;
    let rows = covers
        .all(&format!("/v1/resends/{id}/recipients"), "recipients")
        .await
        .unwrap();
    assert_eq!((rows.len(), &rows[0]["userId"]), (1, &json!("both")));

    let mail = get(&covers, &format!("{id}/recipients/in/mail")).await;
    assert_eq!(mail.0, 404);
    assert_eq!(
        covers.get(&format!("/v1/resends/{id}")).await.unwrap()["counts"]["sent"],
        2
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_crosses_from_one_organisation_to_another() {
    let world = world().await;
    let other = json!({"createOrganisation": {
        "id": "other", "name": "Other", "timeZone": "UTC", "language": "en",
        "owner": {"loginId": "boss", "displayName": "Boss", "email": "boss@example.com"},
    }});

    for _ in 0..2 {
        world
            .stack
            .functions
            .invoke("directory", other.clone())
            .await
            .unwrap();
    }

    let boss = world.caller_of("boss", "other");
    assert_eq!(listed(&boss, "/v1/users").await, ["boss"]);

    let body = json!({"selection": {"userIds": ["in"]}});
    let (_, made) = call(&world.owner(), Method::POST, "/v1/resends", &body).await;
    let id = made["id"].as_str().unwrap();

    for path in [
        "/v1/users/in".to_string(),
        "/v1/groups/mine".into(),
        format!("/v1/resends/{id}"),
        format!("/v1/resends/{id}/recipients"),
    ] {
        assert_eq!(
            call(&boss, Method::GET, &path, &Value::Null).await.0,
            404,
            "{path}"
        );
    }

    assert_eq!(
        refusal(&call(&boss, Method::POST, "/v1/resends", &body).await),
        (422, "nobody-eligible".into())
    );
    assert_eq!(boss.all("/v1/resends", "resends").await.unwrap().len(), 0);

    // The users of one organisation do not exist in the other.
    for (user, organisation) in [("owner", "other"), ("boss", "sample"), ("owner", "none")] {
        let refused = call(
            &world.caller_of(user, organisation),
            Method::GET,
            "/v1/me",
            &Value::Null,
        )
        .await;
        assert_eq!(
            refusal(&refused),
            (403, "not-an-operator".into()),
            "{user} in {organisation}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_operator_without_a_role_sees_nothing() {
    let world = world().await;
    let nobody = world.caller("in");
    for path in [
        "/v1/me",
        "/v1/groups",
        "/v1/users",
        "/v1/users/in",
        "/v1/resends",
    ] {
        let refused = call(&nobody, Method::GET, path, &Value::Null).await;
        assert_eq!(refusal(&refused), (403, "not-an-operator".into()), "{path}");
    }
}

/// The statuses of each route. The columns: method, path, body, and the status for each operator: owner; edit and view on
/// the group; edit on another group; directory manager; template manager; no role.
const STATUSES: &str = "\
GET    /v1/me                            none   200 200 200 200 200 200 403
GET    /v1/groups                        none   200 200 200 200 403 403 403
GET    /v1/groups/mine                   none   200 403 403 404 403 404 403
PUT    /v1/groups/mine                   name   200 403 403 403 403 403 403
DELETE /v1/groups/mine                   none   409 403 403 404 403 404 403
GET    /v1/users                         none   200 200 200 200 200 403 403
GET    /v1/users/in                      none   200 200 200 404 200 403 403
PATCH  /v1/users/in                      email  200 200 403 404 403 404 403
PUT    /v1/users/in                      user   200 403 403 403 200 403 403
DELETE /v1/users/gone                    none   204 403 403 404 204 404 403
GET    /v1/users/in/roles                none   200 403 403 404 403 404 403
PUT    /v1/users/in/roles                roles  200 403 403 404 403 404 403
POST   /v1/users/import                  none   200 403 403 403 200 403 403
POST   /v1/resends/preview               resend 200 200 403 200 403 403 403
POST   /v1/resends                       resend 201 201 403 422 403 403 403
GET    /v1/resends                       none   200 200 200 200 200 200 403
GET    /v1/resends/ID                    none   200 200 200 404 200 404 403
GET    /v1/resends/ID/recipients         none   200 200 200 404 200 404 403
GET    /v1/resends/ID/excluded           none   200 200 200 404 200 404 403
GET    /v1/resends/ID/recipients/in/mail none   200 200 200 404 200 404 403
";

/// The body that a row of the table names.
fn body_named(name: &str) -> Value {
    match name {
        "name" => json!({"name": "mine"}),
        "email" => json!({"email": "in@example.com"}),
        "user" => json!({"loginId": "in", "groups": ["mine"]}),
        "roles" => json!({"roles": []}),
        "resend" => json!({"selection": {"userIds": ["in"]}, "startAt": "2026-12-01T09:00"}),
        _ => Value::Null,
    }
}

/// The status of a route for an operator.
async fn status(operator: &Caller, method: &str, path: &str, body: &Value) -> u16 {
    let (status, _) = if path.ends_with("import") {
        let headers = [("content-type", "text/csv")];
        operator
            .call(Method::POST, path, &headers, "login_id\nin\n")
            .await
            .unwrap()
    } else {
        call(operator, method.parse().unwrap(), path, body).await
    };
    status.as_u16()
}

#[tokio::test(start_paused = true)]
async fn each_operator_is_answered_at_each_route_as_the_contract_says() {
    let world = world().await;
    world.user("gone", &json!({"groups": ["mine"]})).await;

    let edit = manager(&world, "edit", "mine", "edit").await;
    let view = manager(&world, "view", "mine", "view").await;
    let elsewhere = manager(&world, "elsewhere", "theirs", "edit").await;
    let keeper = world
        .operator("keeper", &json!([{"role": "directory_manager"}]))
        .await;
    let writer = world
        .operator("writer", &json!([{"role": "template_manager"}]))
        .await;
    let operators = [
        &world.owner(),
        &edit,
        &view,
        &elsewhere,
        &keeper,
        &writer,
        &world.caller("in"),
    ];
    let mine = json!({"selection": {"filter": {"group": "mine", "loginId": "in"}}});

    let (_, made) = edit
        .post("/v1/resends", &[("idempotency-key", "made")], &mine)
        .await
        .unwrap();
    assert_eq!(world.ended(&made["id"], 60).await["counts"]["sent"], 1);

    // By then the cooldown is over. The resends below start later than the test ends.
    world.pass(3_600).await;

    for row in STATUSES.lines() {
        let [method, path, body, expected @ ..] = &*row.split_whitespace().collect::<Vec<_>>()
        else {
            panic!("{row}");
        };
        let path = path.replace("ID", made["id"].as_str().unwrap());
        let body = body_named(body);
        let mut answered = Vec::new();

        for operator in operators {
            // Each operator meets the users as they were at first.
            world.user("in", &json!({"groups": ["mine"]})).await;
            world.user("gone", &json!({"groups": ["mine"]})).await;

            let status = status(operator, method, &path, &body).await;
            answered.push(status.to_string());
        }

        assert_eq!(answered, expected, "{method} {path}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_group_tree_is_read_again_only_after_it_has_changed_and_then_at_once() {
    let world = world().await;
    let manager = manager(&world, "m", "mine", "view").await;
    // Whether the manager sees a user of `theirs`, and how often the whole tree was read for it.
    let look = async || {
        world.faults.plan(|_, _| Fault::Pass);
        let (status, _) = call(&manager, Method::GET, "/v1/users/out", &Value::Null).await;
        let calls = world.faults.calls();
        let queries = calls
            .iter()
            .filter(|call| call.operation == "Query")
            .count();
        (status, queries)
    };

    assert_eq!(look().await.0, StatusCode::NOT_FOUND);
    assert_eq!(look().await, (StatusCode::NOT_FOUND, 0));

    world.group("theirs", Some("mine")).await;
    assert_eq!(look().await, (StatusCode::OK, 1));
    assert_eq!(look().await, (StatusCode::OK, 0));

    let at_the_top = json!({"name": "theirs", "parentId": null});
    let (status, _) = call(
        &world.owner(),
        Method::PUT,
        "/v1/groups/theirs",
        &at_the_top,
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(look().await, (StatusCode::NOT_FOUND, 1));
}
