//! The identity of a token: operators, clients, and refused tokens.

use http::Method;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{LogCapture, World, refusal};
use serde_json::{Value, json};
use tracing::Level;

async fn status(world: &World, token: String) -> u16 {
    let caller = Caller::new(world.stack.front.clone(), token);
    caller
        .call(Method::GET, "/v1/me", &[], "")
        .await
        .unwrap()
        .0
        .as_u16()
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_issuer_or_without_all_claims_is_refused() {
    let world = World::new().await;
    let good = world.stack.issuer.token("owner", "sample").unwrap();
    assert_eq!(status(&world, good.clone()).await, 200);

    let parts: Vec<_> = good.split('.').collect();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let claims = json!({"iss": "http://localhost/issuer", "aud": "reinvite", "sub": "owner", "org": "sample", "exp": 4_102_444_800_i64});
    let own_key = jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &claims,
        &EncodingKey::from_secret(b"reinvite"),
    );

    for token in [
        String::new(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{good}x"),
        own_key.unwrap(),
    ] {
        assert_eq!(status(&world, token.clone()).await, 401, "{token}");
    }

    world.pass(12 * 3_600 + 1).await;
    assert_eq!(status(&world, good).await, 401);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_is_not_an_active_operator_of_the_organisation_gets_the_same_refusal() {
    let world = World::new().await;
    world.user("plain", &json!({})).await;
    world
        .operator("suspended", &json!([{"role": "settings_manager"}]))
        .await;
    world
        .user("suspended", &json!({"status": "suspended"}))
        .await;
    world
        .operator("expired", &json!([{"role": "settings_manager"}]))
        .await;
    world
        .user("expired", &json!({"validUntil": "2026-11-22T00:00:00Z"}))
        .await;

    for (user, organisation) in [
        ("plain", "sample"),
        ("suspended", "sample"),
        ("expired", "sample"),
        ("nobody", "sample"),
        ("owner", "other"),
    ] {
        let refused = world
            .caller_of(user, organisation)
            .call(Method::GET, "/v1/me", &[], "")
            .await
            .unwrap();
        assert_eq!(
            refusal(&refused),
            (403, "not-an-operator".into()),
            "{user} of {organisation}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_names_no_organisation_is_told_the_claim_and_so_is_the_log() {
    let world = World::new().await;
    let (log, _guard) = LogCapture::begin(Level::WARN);

    let (status, problem) = world
        .caller_of("owner", "no id")
        .call(Method::GET, "/v1/me", &[], "")
        .await
        .unwrap();

    assert_eq!(
        refusal(&(status, problem.clone())),
        (403, "no-organisation".into())
    );
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("`org`"), "{detail}");
    let log = log.text();
    assert!(log.contains("the token names no organisation"), "{log}");
    assert!(log.contains("claim=\"org\""), "{log}");
}

#[tokio::test(start_paused = true)]
async fn a_role_that_is_taken_away_is_gone_with_the_next_request() {
    let world = World::new().await;
    let manager = world
        .operator("m", &json!([{"role": "settings_manager"}]))
        .await;
    assert!(manager.get("/v1/settings").await.is_ok());
    world
        .operator("m", &json!([{"role": "template_manager"}]))
        .await;
    let refused = manager
        .call(Method::GET, "/v1/settings", &[], "")
        .await
        .unwrap();
    assert_eq!(refusal(&refused), (403, "forbidden".into()));
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_user_acts_as_its_service_user() {
    let world = World::new().await;
    let client = Caller::new(
        world.stack.front.clone(),
        world.stack.issuer.client_token().unwrap(),
    );

    let refused = client.call(Method::GET, "/v1/me", &[], "").await.unwrap();
    assert_eq!(refusal(&refused), (403, "not-an-operator".into()));

    world
        .operator("lms", &json!([{"role": "directory_manager"}]))
        .await;
    assert_eq!(client.get("/v1/me").await.unwrap()["user"]["id"], "lms");

    let headers = [("content-type", "application/json")];
    let body = json!({"loginId": "new"}).to_string();

    let (status, _) = client
        .call(Method::PUT, "/v1/users/new", &headers, body)
        .await
        .unwrap();
    assert_eq!(status, 201);

    let trail = world.owner().all("/v1/audit", "audit").await.unwrap();
    let entry = trail.iter().find(|entry| entry["userId"] == "new").unwrap();
    assert_eq!(
        (&entry["action"], &entry["operator"]),
        (&json!("user_created"), &json!("lms"))
    );

    let _: Value = client.get("/v1/users/new").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_operator_without_access_to_settings_learns_what_a_resend_can_do() {
    let world = World::new().await;
    world.group("g", None).await;
    let settings = json!({"linkValidHours": 24, "temporaryValidHours": 2});
    world.settings(&settings).await;
    let roles = json!([{"role": "group_manager", "group": "g", "access": "view"}]);

    let me = world.operator("m", &roles).await.get("/v1/me").await;
    let me = me.unwrap();
    let told = ["passwordChanges", "linkValidHours", "temporaryValidHours"].map(|name| &me[name]);
    assert_eq!(
        told,
        [
            &json!(["keep", "set_link", "temporary"]),
            &json!(24),
            &json!(2)
        ]
    );
}
