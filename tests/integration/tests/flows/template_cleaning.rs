//! Templates are cleaned of what may go, where their authors ask for it.

use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};

const LINK: &str = "<p>Hello {{ user.name }}, <a href=\"{{ login_url }}\">log in</a> now.</p>";

/// A source with a part that may go, on its second line.
fn cleanable() -> String {
    format!("{LINK}\n<p mc:edit=\"main\">x</p>")
}

fn body(html: &str) -> Value {
    json!({"name": "N", "variants": {"en": {"subject": "s", "html": html}}})
}

fn asking_to_clean(html: &str) -> Value {
    let mut body = body(html);
    body["clean"] = json!(true);
    body
}

async fn post(caller: &Caller, path: &str, body: &Value) -> (u16, Value) {
    let (status, answer) = caller.post(path, &[], body).await.unwrap();
    (status.as_u16(), answer)
}

#[tokio::test(start_paused = true)]
async fn cleaning_takes_out_what_may_go_and_says_where_it_was() {
    let owner = World::new().await.owner();

    let (status, refused) = post(&owner, "/v1/templates", &body(&cleanable())).await;
    let error = &refused["errors"][0];
    assert_eq!(
        (status, &error["cleanable"]),
        (422, &json!(true)),
        "{refused}"
    );
    assert_eq!((&error["line"], &error["column"]), (&json!(2), &json!(4)));

    let asked = asking_to_clean(&cleanable());
    let key = [("idempotency-key", "k")];
    let (_, created) = owner.post("/v1/templates", &key, &asked).await.unwrap();
    assert_eq!(
        created["variants"]["en"]["html"],
        format!("{LINK}\n<p>x</p>")
    );
    let cleaned = &created["cleaned"][0];
    assert_eq!(
        (&cleaned["part"], &cleaned["language"], &cleaned["rule"]),
        (&json!("html"), &json!("en"), &error["rule"])
    );
    assert_eq!(
        (&cleaned["line"], &cleaned["column"]),
        (&json!(2), &json!(4))
    );

    let (status, repeated) = owner.post("/v1/templates", &key, &asked).await.unwrap();
    assert_eq!((status.as_u16(), &repeated), (201, &created));

    let (_, clean) = post(&owner, "/v1/templates", &asking_to_clean(LINK)).await;
    assert_eq!(clean["cleaned"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn cleaning_stores_nothing_where_something_is_left_and_tells_all_of_it() {
    let owner = World::new().await.owner();
    let templates = owner.all("/v1/templates", "templates").await.unwrap().len();

    let html = format!("{}\n<script>x</script>", cleanable());
    let (status, refused) = post(&owner, "/v1/templates", &asking_to_clean(&html)).await;
    assert_eq!(status, 422);
    let errors = refused["errors"].as_array().unwrap();
    assert!(
        errors
            .iter()
            .any(|error| error["line"] == 3 && error.get("cleanable").is_none()),
        "{refused}"
    );
    assert_eq!(
        owner.all("/v1/templates", "templates").await.unwrap().len(),
        templates
    );
}

#[tokio::test(start_paused = true)]
async fn an_edit_is_cleaned_in_previews_and_in_resends() {
    let world = World::new().await;
    world.group("g", None).await;
    world.user("u", &json!({"groups": ["g"]})).await;
    let owner = world.owner();

    let edit = json!({"language": "en", "html": cleanable(), "clean": true});
    let (_, mail) = post(
        &owner,
        "/v1/templates/invitation/preview",
        &json!({"userId": "u", "language": "en", "edit": edit}),
    )
    .await;
    assert_eq!(mail["cleaned"][0]["pointer"], "/edit/html", "{mail}");
    assert!(!mail["html"].as_str().unwrap().contains("mc:edit"));

    let resend = json!({"selection": {"userIds": ["u"]}, "edit": edit});
    let (_, preview) = post(&owner, "/v1/resends/preview", &resend).await;
    assert_eq!(preview["cleaned"], mail["cleaned"], "{preview}");

    for _ in 0..2 {
        let key = [("idempotency-key", "k")];
        let (status, created) = owner.post("/v1/resends", &key, &resend).await.unwrap();
        assert_eq!(
            (status.as_u16(), &created["cleaned"]),
            (201, &mail["cleaned"]),
            "{created}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_preview_of_a_source_shows_what_is_left_of_it() {
    let owner = World::new().await.owner();
    let path = "/v1/templates/preview";

    let cleaned = json!({"subject": "s", "html": cleanable(), "language": "en"});
    let (_, preview) = post(&owner, path, &cleaned).await;
    let finding = &preview["findings"][0];
    assert_eq!(
        (&finding["part"], &finding["line"], &finding["cleanable"]),
        (&json!("html"), &json!(2), &json!(true)),
        "{preview}"
    );
    assert_eq!(preview["cleanedSource"], format!("{LINK}\n<p>x</p>"));
    assert!(preview["mail"].is_object());
}
