//! The CSV import of users.

use http::{Method, StatusCode};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{call, import, logins};

/// The status of an import, and the users that it created, updated and left unchanged.
async fn counts(caller: &Caller, query: &str, csv: &str) -> (StatusCode, [u64; 3]) {
    let (status, answer) = import(caller, query, csv).await;
    let count = |name: &str| answer[name].as_u64().unwrap();
    (status, ["created", "updated", "unchanged"].map(count))
}

#[tokio::test(start_paused = true)]
async fn an_import_creates_updates_and_leaves_alone() {
    let world = World::new().await;
    let owner = world.owner();

    let first = "\u{FEFF}login_id,email,display_name,groups\na,a@example.com,A,Sales/Tokyo;Support\nb,b@example.jp,B,\n";
    assert_eq!(
        counts(&owner, "?dryRun=true", first).await,
        (StatusCode::OK, [2, 0, 0])
    );
    assert_eq!(
        logins(&owner, "").await,
        ["owner"],
        "a dry run writes nothing"
    );
    assert_eq!(counts(&owner, "", first).await, (StatusCode::OK, [2, 0, 0]));
    assert_eq!(counts(&owner, "", first).await, (StatusCode::OK, [0, 0, 2]));

    // An absent column changes nothing, an empty cell clears the field, and groups are replaced.
    let second = "groups,display_name,login_id\nSales,,a\n,B,b\n";
    assert_eq!(
        counts(&owner, "", second).await,
        (StatusCode::OK, [0, 1, 1])
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
