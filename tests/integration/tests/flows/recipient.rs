//! One recipient of a resend, and the mail that they got.

use http::Method;
use reinvite_test_kit::{World, refusal};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn the_mail_of_a_recipient_shows_only_groups_that_its_reader_may_see() {
    let world = World::new().await;
    world.group("company", None).await;
    world.group("sales", Some("company")).await;
    world.group("secret", None).await;
    world
        .user("u", &json!({"groups": ["secret", "sales"]}))
        .await;

    let owner = world.owner();
    let variant = |text: &str| json!({"en": {"subject": "s", "html": "<p>h</p>", "text": text}});
    let all = json!({"name": "T", "variants": variant("{{ user.groups | join('; ') }}.")});
    let second = json!({"name": "T", "variants": variant("{{ user.groups[1] }}")});
    let grant = json!([{"role": "group_manager", "group": "sales", "access": "view"}]);
    let reader = world.operator("reader", &grant).await;

    let mut paths = Vec::new();
    for (key, template) in [("all", all), ("second", second)] {
        let (_, template) = owner.post("/v1/templates", &[], &template).await.unwrap();
        let selection = json!({"filter": {"group": "sales"}});
        let body = json!({"selection": selection, "templateId": template["id"]});
        let (_, made) = owner
            .post("/v1/resends", &[("idempotency-key", key)], &body)
            .await
            .unwrap();
        world.ended(&made["id"], 60).await;
        world.pass(600).await;
        let id = made["id"].as_str().unwrap();
        paths.push(format!("/v1/resends/{id}/recipients/u/mail"));
    }

    let of_owner = owner.get(&paths[0]).await.unwrap();
    assert_eq!(of_owner["text"], "company/sales; secret.");
    let of_reader = reader.get(&paths[0]).await.unwrap();
    assert_eq!(of_reader["text"], "sales.");

    let refused = reader.call(Method::GET, &paths[1], &[], "").await.unwrap();
    assert_eq!(refusal(&refused), (403, "forbidden".into()));
}

#[tokio::test(start_paused = true)]
async fn one_recipient_is_read_by_those_who_see_the_resend_and_the_user() {
    let world = World::new().await;
    world.group("g", None).await;
    world.group("h", None).await;
    world.user("u", &json!({"groups": ["g"]})).await;
    world.user("both", &json!({"groups": ["g", "h"]})).await;
    let grant = json!([{"role": "group_manager", "group": "g", "access": "view"}]);
    let reader = world.operator("reader", &grant).await;

    let body = json!({"selection": {"filter": {"group": "g"}}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.ended(&made["id"], 60).await;

    let path = |user: &str| {
        format!(
            "/v1/resends/{}/recipients/{user}",
            made["id"].as_str().unwrap()
        )
    };
    let recipient = reader.get(&path("u")).await.unwrap();
    assert_eq!(
        (&recipient["userId"], &recipient["state"]),
        (&json!("u"), &json!("sent"))
    );

    world.user("both", &json!({"groups": ["h"]})).await;
    for hidden in ["both", "nobody", "reader"] {
        let refused = reader
            .call(Method::GET, &path(hidden), &[], "")
            .await
            .unwrap();
        assert_eq!(refusal(&refused), (404, "not-found".into()), "{hidden}");
    }
}
