use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use http::StatusCode;
use reinvite_local::inbox;

use crate::stack::{Stack, ask, get, json};

async fn send(stack: &Stack, to: &str) {
    let content = |text: &str| Content::builder().data(text).build().unwrap();
    let message = Message::builder()
        .subject(content(to))
        .body(Body::builder().text(content("plain")).build())
        .build();
    aws_sdk_sesv2::Client::new(&stack.sdk)
        .send_email()
        .from_email_address("from@example.com")
        .destination(Destination::builder().to_addresses(to).build())
        .content(EmailContent::builder().simple(message).build())
        .send()
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn mails_are_listed_all_at_once_and_by_page() {
    let stack = Stack::new();
    let inbox = inbox::router(stack.services.ses.mailbox().clone());
    for to in ["a@example.jp", "b@example.jp", "c@example.jp"] {
        send(&stack, to).await;
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
    let stack = Stack::new();
    let inbox = inbox::router(stack.services.ses.mailbox().clone());
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
