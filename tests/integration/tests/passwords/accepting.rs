//! A link is opened and sets a password, by a program and on the page.

use chrono::TimeDelta;
use futures::future::join_all;
use http::{Method, StatusCode};
use reinvite_domain::{
    Invitation, LinkToken, MAX_LINK_CHARACTERS, OrganisationId, TOKEN_CHARACTERS, UserId,
};
use reinvite_test_kit::World;
use serde_json::json;

use crate::{
    ACCEPTED, GOOD, accept, kind, login, mail, public, refused, sent, state, token, world,
};

#[tokio::test(start_paused = true)]
async fn a_link_sets_a_password_once() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));

    // Opening the link does not use it up.
    for _ in 0..3 {
        assert_eq!(state(&world, &link).await, "valid");
    }

    assert_eq!(
        accept(&world, &link, "too short").await,
        refused(422, "weak-password")
    );
    assert_eq!(
        accept(&world, &link, "password1234").await,
        refused(422, "weak-password")
    );
    assert_eq!(
        state(&world, &link).await,
        "valid",
        "a weak one spends nothing"
    );
    assert_eq!(accept(&world, &link, GOOD).await, ACCEPTED);
    assert_eq!(login(&world, "u1", GOOD).await, Some(false));
    assert_eq!(state(&world, &link).await, "used");
    assert_eq!(
        accept(&world, &link, "another pass phrase").await,
        refused(409, "invitation-used")
    );
    assert_eq!(login(&world, "u1", GOOD).await, Some(false));

    let trail = world.owner().all("/v1/audit", "audit").await.unwrap();
    let told = trail
        .iter()
        .find(|entry| entry["action"] == "password_set")
        .unwrap();
    assert_eq!(
        (&told["userId"], &told["operator"]),
        (&json!("u1"), &json!("u1"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_password_that_is_a_text_about_the_user_is_refused() {
    let world = world(0).await;
    let fields = json!({
        "groups": ["g"], "loginId": "hs-2041-ab", "displayName": "Hanako Fenwick",
        "email": "hanako.sato@example.com",
    });
    world.user("u1", &fields).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(world.mails().last().unwrap());
    let organisation = world.owner().get("/v1/me").await.unwrap()["organisation"]["name"].clone();
    let organisation = organisation.as_str().unwrap();

    for (password, text) in [
        ("hs-2041-ab-99", "login_id"),
        ("Hanako.Sato@Example.com", "address"),
        ("HANAKO.SATO.1", "address"),
        ("Ｈａｎａｋｏ　Ｆｅｎｗｉｃｋ", "name"),
        (organisation, "organisation"),
    ] {
        let path = format!("/v1/invitations/{link}/accept");
        let body = json!({"password": password});
        let (status, problem) = public(&world).post(&path, &[], &body).await.unwrap();

        let error = &problem["errors"][0];
        assert_eq!(
            (status.as_u16(), &error["rule"], &error["values"]["text"]),
            (422, &json!("made_of_own_text"), &json!(text)),
            "{password}: {problem}"
        );
    }

    assert_eq!(state(&world, &link).await, "valid");
    assert_eq!(accept(&world, &link, GOOD).await, ACCEPTED);
}

#[tokio::test(start_paused = true)]
async fn of_twenty_requests_at_once_one_sets_the_password() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    let passwords: Vec<_> = (0..20)
        .map(|number| format!("pass phrase of number {number}"))
        .collect();
    let answers = join_all(
        passwords
            .iter()
            .map(|password| accept(&world, &link, password)),
    )
    .await;

    let winners: Vec<_> = passwords
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| **answer == ACCEPTED)
        .collect();
    assert_eq!(winners.len(), 1, "{answers:?}");

    let losers = answers
        .iter()
        .filter(|answer| **answer == refused(409, "invitation-used"))
        .count();
    assert_eq!(losers, 19, "{answers:?}");
    assert_eq!(login(&world, "u1", winners[0].0).await, Some(false));
}

#[tokio::test(start_paused = true)]
async fn a_link_expires_to_the_second() {
    let world = world(1).await;
    world.settings(&json!({"linkValidHours": 1})).await;

    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    let answer = public(&world)
        .get(&format!("/v1/invitations/{link}"))
        .await
        .unwrap();
    let expires = reinvite_test_kit::instant(answer["expiresAt"].as_str().unwrap());
    let until = (expires - world.stack.clock.now())
        .num_seconds()
        .unsigned_abs();

    world.pass(until - 1).await;
    assert_eq!(state(&world, &link).await, "valid");

    world.pass(2).await;
    assert_eq!(state(&world, &link).await, "expired");
    assert_eq!(
        accept(&world, &link, GOOD).await,
        refused(410, "invitation-expired")
    );
}

/// Tokens that are like a good one: one letter differs, or a part is missing.
fn forged_from(link: &str) -> Vec<String> {
    let mut changed = link.to_string();
    let replacement = if link.as_bytes()[10] == b'A' {
        "B"
    } else {
        "A"
    };
    changed.replace_range(10..11, replacement);

    vec![
        "x".to_string(),
        changed,
        link[..link.len() - 1].to_string(),
        format!("{link}A"),
        LinkToken::digest_of(link),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_forged_token_is_answered_as_an_unknown_one() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));

    for token in forged_from(&link) {
        assert_eq!(
            accept(&world, &token, GOOD).await,
            refused(404, "not-found"),
            "{token}"
        );

        let answer = public(&world)
            .call(Method::GET, &format!("/v1/invitations/{token}"), &[], "")
            .await
            .unwrap();
        assert_eq!(
            reinvite_test_kit::refusal(&answer),
            refused(404, "not-found"),
            "{token}"
        );
    }

    assert_eq!(state(&world, &link).await, "valid");

    // Records that somebody writes who has no key: of another user, or of a later expiry.
    let records = &world.stack.store.link_records;
    let record = records.get(&link).await.unwrap().unwrap();
    let keys = world.stack.passwords.as_ref().unwrap();
    let keys = keys.keyring.keys(world.stack.clock.now()).await.unwrap();
    let token = record.invitation.token(&keys.current);
    assert_eq!(token.as_str(), link);

    let nobodys = Invitation {
        user: UserId::new("nobody").unwrap(),
        ..record.invitation.clone()
    };
    let prolonged = Invitation {
        expires_at: record.invitation.expires_at + TimeDelta::hours(1),
        ..record.invitation.clone()
    };
    for changed in [nobodys.clone(), prolonged] {
        let written = (token.clone(), changed.record(&keys.current));
        records.put(&[written]).await.unwrap();
        assert_eq!(accept(&world, &link, GOOD).await, refused(404, "not-found"));
    }

    // A link of another organisation says nothing about this organisation's user.
    let elsewhere = Invitation {
        organisation: OrganisationId::new("other").unwrap(),
        ..record.invitation
    };
    for (invitation, answer) in [
        (elsewhere, refused(404, "not-found")),
        (nobodys, refused(409, "invitation-ended")),
    ] {
        let token = invitation.token(&keys.current);
        let written = (token.clone(), invitation.record(&keys.current));
        records.put(&[written]).await.unwrap();
        assert_eq!(accept(&world, token.as_str(), GOOD).await, answer);
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_is_short_and_is_known_for_a_year_after_it_has_expired() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let mail = mail(&world, "u1");
    let text = mail["text"].as_str().unwrap();
    let link = text
        .split_whitespace()
        .find(|word| word.contains("/v1/invitations/"));
    assert!(link.unwrap().len() <= MAX_LINK_CHARACTERS);

    let token = token(&mail);
    assert_eq!(token.len(), TOKEN_CHARACTERS);
    assert!(!world.dump().contains(&token));
    let record = world
        .stack
        .store
        .link_records
        .get(&token)
        .await
        .unwrap()
        .unwrap();
    let expires_at = record.invitation.expires_at;
    assert_eq!(record.deleted_after() - expires_at, TimeDelta::days(365));
    let deleted_after = record.deleted_after().timestamp();
    assert!(
        world
            .dump()
            .contains(&format!("\"expires\":{{\"N\":\"{deleted_after}\"}}"))
    );
}

/// The id of the key that derived a token.
async fn key_of(world: &World, token: &str) -> String {
    let record = world.stack.store.link_records.get(token).await.unwrap();
    record.unwrap().key
}

#[tokio::test(start_paused = true)]
async fn a_rotated_key_verifies_until_the_next_rotation() {
    let world = world(2).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let old = token(&mail(&world, "u1"));
    let rotate = async |value: &str| {
        let client = &world.stack.secrets_manager;
        client
            .put_secret_value()
            .secret_id("StageKey")
            .secret_string(value)
            .send()
            .await
            .unwrap();
        // A warm function reads the keys again.
        world.pass(3_700).await;
    };
    rotate(&"second key ".repeat(6)).await;
    sent(&world, &kind("set_link", &["u2"])).await;

    let new = token(&mail(&world, "u2"));
    assert_ne!(key_of(&world, &old).await, key_of(&world, &new).await);
    assert_eq!(
        (state(&world, &old).await, state(&world, &new).await),
        ("valid".into(), "valid".into())
    );

    rotate(&"third key ".repeat(7)).await;
    assert_eq!(accept(&world, &old, GOOD).await, refused(404, "not-found"));
    assert_eq!(accept(&world, &new, GOOD).await, ACCEPTED);
}

/// The headers of a browser that opens a page, and of one that submits a form.
const BROWSER: [(&str, &str); 1] = [("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")];
const FORM: [(&str, &str); 2] = [
    BROWSER[0],
    ("content-type", "application/x-www-form-urlencoded"),
];

/// Calls a page; returns the status, and the page or the location of a redirect.
async fn page(
    world: &World,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (StatusCode, String) {
    let response = public(world)
        .send(method, path, headers, body.to_string())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();

    let header = |name: &str| parts.headers[name].to_str().unwrap().to_string();
    assert_eq!(
        (header("cache-control"), header("referrer-policy")),
        ("no-store".into(), "no-referrer".into())
    );
    if parts.status == StatusCode::SEE_OTHER {
        return (parts.status, header("location"));
    }

    assert!(header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// The page refuses bad passwords in the user's language, and shows none of them.
async fn bad_passwords_are_refused_on_the_page(world: &World, to: &str) {
    for (body, message) in [
        (
            "password=correct+horse+battery+staple&repeated=another+pass+phrase",
            "一致していません",
        ),
        ("password=short&repeated=short", "12〜128文字"),
        (
            "password=password1234&repeated=password1234",
            "よく使われる",
        ),
        ("", "12〜128文字"),
    ] {
        let (status, shown) = page(world, Method::POST, to, &FORM, body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(
            shown.contains(message) && !shown.contains("correct horse"),
            "{body}: {shown}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_form_that_asks_for_a_new_link_has_a_token_and_no_unknown_field() {
    let world = world(1).await;
    for (body, expected) in [
        ("token=x", StatusCode::ACCEPTED),
        ("token=", StatusCode::ACCEPTED),
        ("token=x&colour=red", StatusCode::BAD_REQUEST),
        ("colour=red", StatusCode::BAD_REQUEST),
        ("", StatusCode::BAD_REQUEST),
    ] {
        let path = "/v1/invitations/renew";
        let (status, _) = page(&world, Method::POST, path, &FORM, body).await;
        assert_eq!(status, expected, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_without_javascript_sets_a_password_on_the_page_in_their_language() {
    let world = world(2).await;
    world
        .user("u1", &json!({"groups": ["g"], "language": "ja"}))
        .await;

    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    let path = format!("/v1/invitations/{link}");
    let to = format!("{path}/accept");

    let (status, shown) = page(&world, Method::GET, &path, &BROWSER, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        shown.contains("パスワードの設定")
            && shown.contains("value=\"u1\"")
            && shown.contains("method=\"post\"")
    );
    assert_eq!(
        state(&world, &link).await,
        "valid",
        "opening spends nothing"
    );

    bad_passwords_are_refused_on_the_page(&world, &to).await;

    let good =
        "login=u1&password=correct+horse+battery+staple&repeated=correct+horse+battery+staple";
    let (status, shown) = page(&world, Method::POST, &to, &FORM, good).await;
    assert_eq!(
        (status, shown.as_str()),
        (StatusCode::SEE_OTHER, path.as_str())
    );

    let (status, shown) = page(&world, Method::GET, &path, &BROWSER, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        shown.contains("パスワードは設定済みです") && shown.contains("learn.example.com"),
        "{shown}"
    );
    assert_eq!(login(&world, "u1", GOOD).await, Some(false));

    let (status, shown) = page(&world, Method::POST, &to, &FORM, good).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        shown.contains("使用済み") && shown.contains("/v1/invitations/renew"),
        "a way to a new one: {shown}"
    );

    a_new_link_is_offered(&world, &link).await;
}

/// The page of a forged link says that there is none, and a form asks for a new link.
async fn a_new_link_is_offered(world: &World, link: &str) {
    let (status, shown) = page(world, Method::GET, "/v1/invitations/forged", &BROWSER, "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(shown.contains("There is no such link"));

    let form = format!("token={link}");
    let (status, shown) = page(world, Method::POST, "/v1/invitations/renew", &FORM, &form).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert!(shown.contains("Check your mail"));
}
