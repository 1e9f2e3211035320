//! The selection of a resend: its ids, its filter, and who is excluded.

mod exclusions;
mod filters;
mod large;
use reinvite_local::caller::Caller;

use reinvite_test_kit::World;

use serde_json::{Value, json};

const KEY: [(&str, &str); 1] = [("idempotency-key", "k")];

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The ids of rows.
fn ids(rows: &Value) -> Vec<&str> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["userId"]))
        .collect()
}

/// The users that would get a mail with this selection.
async fn eligible(caller: &Caller, selection: &Value) -> Vec<String> {
    let body = json!({"selection": selection});
    let (status, preview) = caller
        .post("/v1/resends/preview", &[], &body)
        .await
        .unwrap();
    assert_eq!(status, 200, "{selection}: {preview}");
    let ids = ids(&preview["eligible"]);
    assert_eq!(preview["counts"]["eligible"], ids.len(), "{selection}");
    ids.into_iter().map(String::from).collect()
}

/// Creates a resend with this selection; returns the status of the answer, and the resend when it has ended.
async fn resent(world: &World, caller: &Caller, key: &str, selection: &Value) -> (u16, Value) {
    let key = [("idempotency-key", key)];
    let (status, made) = caller
        .post("/v1/resends", &key, &json!({"selection": selection}))
        .await
        .unwrap();
    assert!(made["id"].is_string(), "{made}");
    (status.as_u16(), world.ended(&made["id"], 3_600).await)
}

#[tokio::test(start_paused = true)]
async fn a_user_named_twice_counts_once() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(2, "g").await;
    let selection = json!({"userIds": ["u002", "u001", "u002", "u001", "nobody", "nobody"]});
    assert_eq!(eligible(&world.owner(), &selection).await, ["u001", "u002"]);
    let (_, resend) = resent(&world, &world.owner(), "k", &selection).await;
    assert_eq!(
        (&resend["counts"]["sent"], &resend["counts"]["excluded"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(world.inbox(), ["u001@example.com", "u002@example.com"]);
}
