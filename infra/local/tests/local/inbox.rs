use axum::{Router, body::Body};
use http::{Request, StatusCode};
use reinvite_emulators::{Clock, Services, Settings, sesv2::Account};
use reinvite_local::inbox;
use serde_json::json;

use crate::client::{ask, beginning, get, json};

/// The emulators' SES, and the inbox that shows its mails.
struct Mail {
    aws: Router,
    inbox: Router,
}

fn mail() -> Mail {
    let settings = Settings {
        data: None,
        endpoint: "http://127.0.0.1:4566".to_owned(),
        account: Account {
            verified_identities: vec!["example.com".to_owned()],
            ..Account::default()
        },
    };
    let services = Services::open(&settings, &Clock::new(beginning)).unwrap();

    Mail {
        inbox: inbox::router(services.ses.mailbox().clone()),
        aws: reinvite_emulators::router(services),
    }
}

async fn send(aws: &Router, to: &str) {
    let email = json!({
        "FromEmailAddress": "from@example.com",
        "Destination": { "ToAddresses": [to] },
        "Content": { "Simple": {
            "Subject": { "Data": to },
            "Body": { "Text": { "Data": "plain" } },
        } },
    });
    let request = Request::post("/v2/email/outbound-emails")
        .body(Body::from(email.to_string()))
        .unwrap();

    assert_eq!(ask(aws, request).await.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn mails_are_listed_all_at_once_and_by_page() {
    let Mail { aws, inbox } = mail();
    for to in ["a@example.jp", "b@example.jp", "c@example.jp"] {
        send(&aws, to).await;
    }
    let all = json(ask(&inbox, get("/inbox.json")).await).await;
    let to: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| mail["to"].as_str().unwrap())
        .collect();
    assert_eq!(to, ["a@example.jp", "b@example.jp", "c@example.jp"]);

    let page = json(ask(&inbox, get("/inbox/mails?limit=2")).await).await;
    assert_eq!(page["count"], 3);
    assert_eq!(page["mails"][0]["to"], "c@example.jp");
    let older = format!("/inbox/mails?limit=2&before={}", page["mails"][1]["id"]);
    let older = json(ask(&inbox, get(&older)).await).await;
    assert_eq!(older["mails"].as_array().unwrap().len(), 1);
    let first = json(
        ask(
            &inbox,
            get(&format!("/inbox/mails/{}", older["mails"][0]["id"])),
        )
        .await,
    )
    .await;
    assert_eq!(first, all[0]);
    assert_eq!(
        ask(&inbox, get("/inbox/mails/99")).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(start_paused = true)]
async fn the_page_runs_nothing_from_elsewhere_and_answers_no_other_site() {
    let inbox = mail().inbox;
    let page = ask(&inbox, get("/inbox")).await;
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for path in ["/inbox", "/inbox.json", "/inbox/mails", "/inbox/mails/1"] {
        let mut request = get(path);
        request
            .headers_mut()
            .insert("host", "rebound.example.com".parse().unwrap());
        assert_eq!(
            ask(&inbox, request).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}
