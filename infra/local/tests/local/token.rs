use http::{StatusCode, header::ACCESS_CONTROL_ALLOW_ORIGIN};
use reinvite_aws::Clock;
use reinvite_local::issuer::{self, Issuer};
use serde_json::Value;

use crate::client::{accounts, ask, beginning, get, json};

#[tokio::test(start_paused = true)]
async fn a_token_is_handed_out_on_this_machine_for_a_user_who_is_there() {
    let issuer = Issuer::open(
        None,
        "http://localhost:3000",
        "reinvite",
        Clock::starting_at(beginning()),
    )
    .unwrap();
    let router = issuer::router(issuer, "sample", accounts());

    let mut request = get("/local/token?loginId=owner");
    request
        .headers_mut()
        .insert("origin", "https://example.com".parse().unwrap());
    let answer = ask(&router, request).await;
    assert!(!answer.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
    let token = json(answer).await["token"].as_str().unwrap().to_owned();
    let claims: Value = jsonwebtoken::dangerous::insecure_decode::<Value>(&token)
        .unwrap()
        .claims;
    assert_eq!(
        (claims["sub"].as_str(), claims["org"].as_str()),
        (Some("u1"), Some("sample"))
    );

    let nobody = ask(&router, get("/local/token?loginId=nobody")).await;
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
    assert_eq!(nobody.headers()["content-type"], "application/problem+json");

    let mut rebound = get("/local/token?loginId=owner");
    rebound
        .headers_mut()
        .insert("host", "rebound.example.com:3000".parse().unwrap());
    assert_eq!(ask(&router, rebound).await.status(), StatusCode::FORBIDDEN);
}
