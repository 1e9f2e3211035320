//! Words of paths are no ids.

use http::Method;
use reinvite_domain::RESERVED_IDS;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::call;

#[tokio::test(start_paused = true)]
async fn a_word_of_the_api_is_refused_as_an_id_and_names_nothing() {
    let world = World::new().await;
    let owner = world.owner();
    let variants = json!({"en": {"subject": "s", "html": "<p>{{ login_url }}</p>"}});

    for word in RESERVED_IDS {
        for (collection, body) in [
            ("users", json!({"loginId": word})),
            ("groups", json!({"name": word})),
            ("templates", json!({"name": word, "variants": variants})),
        ] {
            let path = format!("/v1/{collection}/{word}");
            let headers = [("content-type", "application/json"), ("if-none-match", "*")];
            let put = owner.call(Method::PUT, &path, &headers, body.to_string());
            let refused = put.await.unwrap();
            let read = call(&owner, Method::GET, &path, &Value::Null).await;

            // A path of the API itself has methods of its own.
            let is_path = refused.0 == 405;
            if is_path {
                let paths = [
                    "users/count",
                    "users/import",
                    "templates/preview",
                    "templates/variables",
                ];
                assert!(paths.iter().any(|known| path.ends_with(known)), "{path}");
                continue;
            }
            assert_eq!(refusal(&refused), (400, "malformed".into()), "{path}");
            let error = &refused.1["errors"][0];
            assert_eq!(
                (&error["parameter"], &error["rule"]),
                (&json!("id"), &json!("reserved_id")),
                "{path}"
            );
            assert_eq!(refusal(&read), (404, "not-found".into()), "{path}");
        }
    }

    let close = call(
        &owner,
        Method::PUT,
        "/v1/groups/counts",
        &json!({"name": "count"}),
    )
    .await;
    assert_eq!(close.0, 201);
}
