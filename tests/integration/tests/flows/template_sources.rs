//! Sources that people bring: previewed, with a text that is made, with marks of other programs.

use http::{Method, StatusCode};
use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};

const LINK: &str = "<p>Hello {{ user.name }}, <a href=\"{{ login_url }}\">log in</a> now.</p>";

fn body(html: &str) -> Value {
    json!({"name": "N", "variants": {"en": {"subject": "s", "html": html}}})
}

async fn post(caller: &Caller, path: &str, body: &Value) -> (u16, Value) {
    let (status, answer) = caller.post(path, &[], body).await.unwrap();
    (status.as_u16(), answer)
}

async fn put(caller: &Caller, template: &Value) -> (StatusCode, Value) {
    let path = format!("/v1/templates/{}", template["id"].as_str().unwrap());
    let headers = [("content-type", "application/json"), ("if-match", "*")];
    let call = caller.call(Method::PUT, &path, &headers, template.to_string());
    call.await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_text_that_is_absent_is_made_and_what_is_read_can_be_written() {
    let owner = World::new().await.owner();

    let (status, made) = post(&owner, "/v1/templates", &body(LINK)).await;
    assert_eq!(status, 201, "{made}");
    let variant = &made["variants"]["en"];
    assert_eq!(
        (&variant["text"], &variant["textMade"]),
        (
            &json!("Hello {{ user.name }}, log in <{{ login_url }}> now."),
            &json!(true)
        )
    );
    assert!(made.get("cleaned").is_none() && made.get("notices").is_none());

    let path = format!("/v1/templates/{}", made["id"].as_str().unwrap());
    let read = owner.get(&path).await.unwrap();
    assert_eq!(read, made);
    let (_, same) = put(&owner, &read).await;
    assert_eq!(same, made);

    let mut next = read.clone();
    next["variants"]["en"]["html"] = json!("<p>Bye {{ login_url }}</p>");
    let (_, followed) = put(&owner, &next).await;
    assert_eq!(followed["variants"]["en"]["text"], "Bye {{ login_url }}");
    assert_eq!(followed["variants"]["en"]["textMade"], true);

    next["variants"]["en"]["text"] = json!("Mine: {{ login_url }}");
    let (_, written) = put(&owner, &next).await;
    assert_eq!(written["variants"]["en"]["text"], "Mine: {{ login_url }}");
    assert!(written["variants"]["en"].get("textMade").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_source_is_previewed_also_where_it_could_not_be_stored() {
    let world = World::new().await;
    world.group("g", None).await;
    world
        .user("u", &json!({"groups": ["g"], "displayName": "Ulla"}))
        .await;
    let owner = world.owner();
    let path = "/v1/templates/preview";

    let source = json!({"subject": "s", "html": LINK, "language": "en"});
    let (status, good) = post(&owner, path, &source).await;
    assert_eq!((status, &good["findings"]), (200, &json!([])), "{good}");
    assert!(
        good["mail"]["html"]
            .as_str()
            .unwrap()
            .contains("Alex Morgan")
    );
    assert!(good.get("cleanedSource").is_none());

    let mut for_user = source.clone();
    for_user["userId"] = json!("u");
    let (_, mail) = post(&owner, path, &for_user).await;
    assert!(
        mail["mail"]["text"]
            .as_str()
            .unwrap()
            .starts_with("Hello Ulla, log in"),
        "{mail}"
    );

    for_user["userId"] = json!("nobody");
    let (status, refused) = post(&owner, path, &for_user).await;
    assert_eq!(
        (status, &refused["errors"][0]["rule"]),
        (422, &json!("user_not_visible"))
    );

    let bad = json!({"subject": "{{ nmae }}", "html": "<script>", "text": "{{ .Name }}", "language": "en"});
    let (status, preview) = post(&owner, path, &bad).await;
    assert_eq!(status, 200);
    assert!(preview.get("mail").is_none());
    let parts: Vec<_> = preview["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["part"].clone())
        .collect();
    assert!(
        ["subject", "html", "text"]
            .iter()
            .all(|part| parts.contains(&json!(part))),
        "{preview}"
    );
    assert_eq!(
        owner.all("/v1/templates", "templates").await.unwrap().len(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn marks_of_other_programs_and_mails_without_a_login_link_are_notices() {
    let world = World::new().await;
    world.group("g", None).await;
    world
        .user(
            "a",
            &json!({"groups": ["g"], "email": "family@example.com"}),
        )
        .await;
    world
        .user(
            "b",
            &json!({"groups": ["g"], "email": "Family@example.com"}),
        )
        .await;
    let owner = world.owner();

    let (_, template) = post(&owner, "/v1/templates", &body("<p>Dear *|FNAME|*</p>")).await;
    let marks = json!([{"language": "en", "part": "html", "line": 1, "column": 9, "mark": "*|FNAME|*", "variable": "user.name"}]);
    assert_eq!(
        template["notices"][0]["type"], "template_marks",
        "{template}"
    );
    assert_eq!(template["notices"][0]["values"]["marks"], marks);

    let resend = json!({"selection": {"userIds": ["a", "b"]}, "templateId": template["id"], "passwordChange": "keep"});
    let (_, preview) = post(&owner, "/v1/resends/preview", &resend).await;
    let key = [("idempotency-key", "k")];
    let (_, created) = owner.post("/v1/resends", &key, &resend).await.unwrap();
    for answer in [preview, created] {
        let notice = |name: &str| {
            let notices = answer["notices"].as_array().unwrap();
            let found = notices.iter().find(|notice| notice["type"] == name);
            found.unwrap_or_else(|| panic!("{name}: {answer}"))["values"].clone()
        };
        assert_eq!(notice("template_marks")["marks"], marks);
        assert_eq!(
            notice("no_login_link"),
            json!({"languages": ["en"], "parts": ["html", "text"]})
        );
        assert_eq!(notice("same_address"), json!({"users": 2, "addresses": 1}));
    }
}
