//! Imports that take the good lines of a file and name the others.

use http::StatusCode;
use reinvite_test_kit::World;
use serde_json::{Value, json};

use super::{import, logins, user};

/// The lines that an answer names, with their rules.
fn skipped(answer: &Value) -> Vec<(u64, &str)> {
    let errors = answer["skipped"].as_array().unwrap();
    errors
        .iter()
        .map(|error| {
            (
                error["line"].as_u64().unwrap(),
                error["rule"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_good_lines_are_taken_and_the_others_named() {
    let world = World::new().await;
    let owner = world.owner();
    let deep = ["G"; 11].join("/");
    let file = format!(
        "login_id,email,groups\n\
        a,a@example.com,Sales\n\
        b,not an address,Only here\n\
        c,c@example.com,{deep}\n\
        d,d@example.com,\n\
        d,e@example.com,\n\
        e,e@example.com\n\
        ,,\n\
        f,f@example.com,Sales/Tokyo\n"
    );

    let (status, answer) = import(&owner, "", &file).await;
    assert_eq!(status, 422);
    let refused: Vec<_> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["line"])
        .collect();
    assert_eq!(refused, [3, 6, 7]);

    let (status, checked) = import(&owner, "?onError=skip&dryRun=true", &file).await;
    assert_eq!(
        (status, logins(&owner, "").await),
        (StatusCode::OK, vec!["owner".into()])
    );
    let (status, answer) = import(&owner, "?onError=skip", &file).await;
    assert_eq!((status, &answer), (StatusCode::OK, &checked));
    let told = [
        (3, "not_an_address"),
        (4, "group_too_deep"),
        (5, "repeated_login_id"),
        (6, "repeated_login_id"),
        (7, "cell_count"),
    ];
    assert_eq!(skipped(&answer), told);
    assert_eq!(
        (&answer["skippedCount"], &answer["created"]),
        (&json!(5), &json!(2))
    );
    assert_eq!(logins(&owner, "").await, ["a", "f", "owner"]);

    let groups = owner.all("/v1/groups", "groups").await.unwrap();
    let names: Vec<_> = groups.iter().map(|group| &group["name"]).collect();
    assert_eq!(names, ["Sales", "Tokyo"], "no group of a skipped line");
}

#[tokio::test(start_paused = true)]
async fn lines_that_need_an_owner_are_skipped_with_the_groups_that_only_they_name() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("heads", None).await;
    let manager = world
        .operator("manager", &json!([{"role": "directory_manager"}]))
        .await;
    let roles = json!([{"role": "template_manager"}]);
    let heads = json!({"name": "heads", "roles": roles});
    let headers = [("content-type", "application/json")];
    let put = owner
        .call(
            http::Method::PUT,
            "/v1/groups/heads",
            &headers,
            heads.to_string(),
        )
        .await
        .unwrap();
    assert_eq!(put.0, 200, "{}", put.1);

    let file = "login_id,display_name,groups\na,A,Plain\nb,B,heads;New\nowner,O,\n";
    assert_eq!(import(&manager, "", file).await.0, 403);
    let (status, answer) = import(&manager, "?onError=skip", file).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(skipped(&answer), [(3, "needs_owner"), (4, "needs_owner")]);
    assert_eq!(user(&owner, "a").await["groups"][0]["path"], "Plain");

    let groups = owner.all("/v1/groups", "groups").await.unwrap();
    assert!(
        groups.iter().all(|group| group["name"] != "New"),
        "{groups:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_line_that_would_end_the_last_owner_is_skipped() {
    let world = World::new().await;
    let owner = world.owner();
    let file = "login_id,status,groups\nowner,suspended,Gone\na,active,\n";

    assert_eq!(import(&owner, "", file).await.0, 409);
    let (status, answer) = import(&owner, "?onError=skip", file).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(skipped(&answer), [(2, "last_owner")]);
    assert_eq!(user(&owner, "owner").await["status"], "active");
    assert_eq!(
        owner.all("/v1/groups", "groups").await.unwrap(),
        Vec::<Value>::new()
    );
}

#[tokio::test(start_paused = true)]
async fn a_wrong_header_and_a_wrong_parameter_are_refused_all_the_same() {
    let world = World::new().await;
    let owner = world.owner();
    let (status, answer) = import(&owner, "?onError=skip", "login_id,shoe\na,42\n").await;
    assert_eq!(
        (status.as_u16(), &answer["errors"][0]["rule"]),
        (422, &json!("unknown_column"))
    );
    for query in ["?onError=ignore", "?unknownColumns=skip", "?separator=x"] {
        let (status, answer) = import(&owner, query, "login_id\na\n").await;
        assert_eq!(status, 400, "{answer}");
    }
}
