//! The recipients of a resend: exclusions, repeated ids, filters, and mails in the language of each recipient.

use std::collections::BTreeSet;

use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

const KEY: [(&str, &str); 1] = [("idempotency-key", "k")];

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// An instant before every world begins.
const ENDED: &str = "2026-11-22T00:00:00Z";

/// The ids of rows.
fn ids(rows: &Value) -> Vec<&str> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["userId"]))
        .collect()
}

/// The excluded users of an answer, each with its exclusion reason.
fn reasons(excluded: &Value) -> BTreeSet<(&str, &str)> {
    let rows = excluded.as_array().unwrap();
    let reasons: BTreeSet<_> = rows
        .iter()
        .map(|row| (text(&row["userId"]), text(&row["reason"])))
        .collect();
    assert_eq!(reasons.len(), rows.len(), "somebody is told twice");
    reasons
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

/// Users, each with its exclusion reason. Every user was invited and is suppressed, and has one reason less than the user
/// before.
fn users_by_reason() -> [(&'static str, Value, &'static str); 7] {
    let ended = ENDED;

    [
        (
            "u1",
            json!({"groups": ["other"], "status": "suspended", "validUntil": ended, "email": null}),
            "not_found",
        ),
        (
            "u2",
            json!({"groups": ["seen"], "status": "suspended", "validUntil": ended, "email": null}),
            "not_permitted",
        ),
        (
            "u3",
            json!({"groups": ["mine"], "status": "suspended", "validUntil": ended, "email": null}),
            "not_active",
        ),
        (
            "u4",
            json!({"groups": ["mine"], "validUntil": ended, "email": null}),
            "outside_validity",
        ),
        ("u5", json!({"groups": ["mine"], "email": null}), "no_email"),
        ("u6", json!({"groups": ["mine"]}), "suppressed"),
        ("u7", json!({"groups": ["mine"]}), "recently_invited"),
    ]
}

/// A world with an editor who may mail one group, may only see another, and may not see a third.
async fn world_with_editor() -> (World, Caller) {
    let world = World::new().await;
    for group in ["mine", "seen", "other"] {
        world.group(group, None).await;
    }

    let roles = json!([
        {"role": "group_manager", "group": "mine", "access": "edit"},
        {"role": "group_manager", "group": "seen", "access": "view"},
    ]);
    let editor = world.operator("editor", &roles).await;
    (world, editor)
}

async fn suppress(world: &World, address: &str) {
    let suppressions = &world.stack.store.suppressions;
    suppressions
        .add(&world.organisation(), &address.parse().unwrap())
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn of_several_exclusion_reasons_the_first_in_the_order_of_the_contract_is_shown() {
    let (world, editor) = world_with_editor().await;
    let users = users_by_reason();
    for (id, ..) in &users {
        world
            .user(id, &json!({"groups": ["mine"], "displayName": "Somebody"}))
            .await;
    }

    let invited: Vec<_> = users.iter().map(|(id, ..)| *id).collect();
    let (_, first) = resent(&world, &editor, "first", &json!({"userIds": invited})).await;
    assert_eq!(first["counts"]["sent"], 7);

    for (id, body, reason) in &users {
        world.user(id, body).await;
        if *reason != "recently_invited" {
            suppress(&world, &format!("{}@EXAMPLE.com", id.to_uppercase())).await;
        }
    }

    world
        .user("u8", &json!({"groups": ["mine", "other"]}))
        .await;
    world
        .user("u9", &json!({"groups": ["mine"], "firstLoginAt": ENDED}))
        .await;

    let mut expected: BTreeSet<_> = users.iter().map(|(id, _, reason)| (*id, *reason)).collect();
    expected.insert(("nobody", "not_found"));
    let everybody: Vec<_> = invited
        .iter()
        .copied()
        .chain(["u8", "u9", "nobody"])
        .collect();
    let body = json!({"selection": {"userIds": everybody}});
    let (_, preview) = editor
        .post("/v1/resends/preview", &[], &body)
        .await
        .unwrap();

    let (status, made) = editor.post("/v1/resends", &KEY, &body).await.unwrap();
    assert_eq!(status, 201, "{made}");

    let path = format!("/v1/resends/{}/excluded", text(&made["id"]));
    let listed = Value::Array(editor.all(&path, "excluded").await.unwrap());
    for answer in [&preview["excluded"], &made["excluded"], &listed] {
        assert_eq!(reasons(answer), expected);
    }

    for counts in [&preview["counts"], &made["counts"]] {
        assert_eq!(
            (&counts["eligible"], &counts["excluded"]),
            (&json!(2), &json!(8))
        );
    }

    assert_eq!(ids(&preview["eligible"]), ["u8", "u9"]);
    assert_eq!(world.ended(&made["id"], 60).await["counts"]["sent"], 2);
    assert_eq!(world.inbox().len(), 9);
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

/// A world whose users differ in group, name, login and dates.
async fn world_of_filters() -> World {
    let world = World::new().await;
    world.group("sales", None).await;
    world.group("tokyo", Some("sales")).await;
    world.group("support", None).await;

    for (id, user) in [
        (
            "u1",
            json!({"groups": ["tokyo"], "displayName": "Ａｉｋｏ"}),
        ),
        (
            "u2",
            json!({"groups": ["sales"], "firstLoginAt": "2026-10-31T15:00:00Z"}),
        ),
        (
            "u3",
            json!({"groups": ["support"], "signedUpAt": "2026-10-31T14:59:59Z"}),
        ),
        ("u4", json!({"groups": ["support"], "loginId": "aiko.four"})),
    ] {
        world.user(id, &user).await;
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_filter_selects_the_users_that_match_every_refinement() {
    let world = world_of_filters().await;
    let owner = world.owner();

    resent(&world, &owner, "first", &json!({"userIds": ["u3"]})).await;
    // By then the cooldown is over.
    world.pass(3_600).await;
    let users = json!(["u1", "u2", "u3", "u4"]);

    let active: Vec<_> = users.as_array().unwrap().iter().map(text).collect();

    // In the organisation's zone, Asia/Tokyo, November begins at 15:00 UTC.
    for (filter, expected) in [
        (json!({"group": "sales"}), &["u1", "u2"][..]),
        (json!({"group": "tokyo"}), &["u1"]),
        (json!({"status": "active,suspended", "q": "u"}), &active),
        (json!({"status": ["suspended", "inactive"]}), &[]),
        (
            json!({"firstLogin": "never", "q": "@example.com", "inviteCount": "0"}),
            &["owner", "u1", "u4"],
        ),
        (json!({"firstLogin": "2026-11-01..2026-11-01"}), &["u2"]),
        (json!({"firstLogin": "..2026-10-31"}), &[]),
        (json!({"signedUp": "2026-10-31..2026-10-31"}), &["u3"]),
        (json!({"signedUp": "2026-11-01.."}), &[]),
        (json!({"lastInvited": "2026-11-23T00:00:00Z.."}), &["u3"]),
        (json!({"lastInvited": "..2026-11-22"}), &[]),
        (json!({"lastInvited": "never", "group": "support"}), &["u4"]),
        (json!({"inviteCount": "1.."}), &["u3"]),
        (json!({"inviteCount": "2.."}), &[]),
        (json!({"loginId": "aiko.four"}), &["u4"]),
        (json!({"loginId": "aiko"}), &[]),
        (json!({"q": "AIKO"}), &["u1", "u4"]),
        (
            json!({"q": "AIKO", "group": "support", "firstLogin": "never", "status": "active"}),
            &["u4"],
        ),
    ] {
        assert_eq!(
            eligible(&owner, &json!({"filter": filter})).await,
            expected,
            "{filter}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_with_exceptions_is_sent_to_all_other_users() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(4, "g").await;
    world
        .user("u004", &json!({"groups": ["g"], "status": "inactive"}))
        .await;

    let selection = json!({"filter": {"group": "g"}, "except": ["u002", "nobody", "u002"]});
    assert_eq!(eligible(&world.owner(), &selection).await, ["u001", "u003"]);

    let (status, resend) = resent(&world, &world.owner(), "k", &selection).await;
    assert_eq!(
        (status, &resend["state"], &resend["groupId"]),
        (202, &json!("completed"), &json!("g"))
    );
    assert_eq!(
        (&resend["counts"]["sent"], &resend["counts"]["excluded"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(world.inbox(), ["u001@example.com", "u003@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn more_than_a_thousand_ids_are_prepared_after_the_answer() {
    let world = World::new().await;
    world.group("g", None).await;
    let mut users = world.users(2, "g").await;

    users.extend((3..=1_000).map(|number| format!("x{number}")));
    // A repeated id does not count twice.
    users.push("u001".into());

    let (status, resend) = resent(
        &world,
        &world.owner(),
        "thousand",
        &json!({"userIds": users}),
    )
    .await;
    assert_eq!((status, &resend["counts"]["excluded"]), (201, &json!(998)));

    world.pass(3_600).await;
    users.push("x1001".into());
    let body = json!({"selection": {"userIds": users}});

    let (status, made) = world
        .owner()
        .post("/v1/resends", &KEY, &body)
        .await
        .unwrap();
    assert_eq!(
        (status.as_u16(), &made["state"]),
        (202, &json!("preparing"))
    );

    let resend = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(2))
    );
    assert_eq!(resend["counts"]["excluded"], 999);

    let path = format!("/v1/resends/{}/excluded", text(&made["id"]));
    assert_eq!(
        world.owner().all(&path, "excluded").await.unwrap().len(),
        999
    );
    assert_eq!(world.inbox().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_resend_that_finds_no_recipient_in_preparation_fails_with_the_reason() {
    let world = World::new().await;
    world.group("g", None).await;
    world
        .user("u1", &json!({"groups": ["g"], "email": null}))
        .await;

    let unknown: Vec<_> = (0..=1_000).map(|number| format!("x{number}")).collect();

    for (key, selection) in [
        ("filter", json!({"filter": {"group": "g"}})),
        ("ids", json!({"userIds": unknown})),
    ] {
        let (status, resend) = resent(&world, &world.owner(), key, &selection).await;
        let ended = (text(&resend["state"]), text(&resend["failureReason"]));
        assert_eq!(
            (status, ended),
            (202, ("failed", "nobody_eligible")),
            "{key}"
        );
    }

    assert_eq!(world.inbox().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_users_may_be_named_and_one_more_is_refused() {
    let world = World::new().await;
    let mut users: Vec<_> = (0..10_000).map(|number| format!("x{number}")).collect();

    users.push("x0".into());
    assert_eq!(
        eligible(&world.owner(), &json!({"userIds": users})).await,
        [""; 0]
    );

    users.push("one-more".into());
    let body = json!({"selection": {"userIds": users}});

    for path in ["/v1/resends/preview", "/v1/resends"] {
        let refused = world.owner().post(path, &KEY, &body).await.unwrap();
        assert_eq!(refusal(&refused), (422, "invalid".into()), "{path}");
        assert_eq!(
            refused.1["errors"][0]["pointer"], "/selection/userIds",
            "{path}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_eligible_user_nothing_is_written_and_the_key_stays_free() {
    let world = World::new().await;
    world.group("g", None).await;
    world
        .user("u1", &json!({"groups": ["g"], "email": null}))
        .await;
    let owner = world.owner();

    let body = json!({"selection": {"userIds": ["u1", "nobody"]}});
    let refused = owner.post("/v1/resends", &KEY, &body).await.unwrap();
    assert_eq!(refusal(&refused), (422, "nobody-eligible".into()));
    assert_eq!(
        owner.all("/v1/resends", "resends").await.unwrap(),
        [json!(null); 0]
    );

    world.user("u1", &json!({"groups": ["g"]})).await;
    let (status, _) = owner.post("/v1/resends", &KEY, &body).await.unwrap();
    assert_eq!(status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_user_in_several_groups_gets_one_mail() {
    let world = World::new().await;
    world.group("sales", None).await;
    world.group("tokyo", Some("sales")).await;
    world.group("support", None).await;

    let roles = json!([
        {"role": "group_manager", "group": "sales", "access": "edit"},
        {"role": "group_manager", "group": "tokyo", "access": "edit"},
        {"role": "group_manager", "group": "support", "access": "view"},
    ]);
    let manager = world.operator("manager", &roles).await;
    world
        .user("u1", &json!({"groups": ["sales", "tokyo", "support"]}))
        .await;
    world
        .user("u2", &json!({"groups": ["support", "tokyo"]}))
        .await;

    let (_, resend) = resent(
        &world,
        &manager,
        "k",
        &json!({"filter": {}, "everyone": true}),
    )
    .await;
    assert_eq!(resend["counts"]["sent"], 2);
    assert_eq!(world.inbox(), ["u1@example.com", "u2@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_preview_is_exact_for_up_to_ten_thousand_selected_users() {
    let world = World::new().await;
    world.import(10_000, "g").await;

    let preview = async |filter: serde_json::Value| {
        let body = json!({"selection": {"filter": filter}});
        let (_, preview) = world
            .owner()
            .post("/v1/resends/preview", &[], &body)
            .await
            .unwrap();
        (
            preview["counts"]["eligible"].as_u64().unwrap(),
            preview["estimated"].as_bool().unwrap(),
        )
    };
    assert_eq!(
        preview(json!({"group": world.group_id("g").await})).await,
        (10_000, false)
    );

    world
        .user("v", &json!({"groups": [world.group_id("g").await]}))
        .await;
    assert_eq!(
        preview(json!({"group": world.group_id("g").await})).await,
        (10_001, true)
    );
    assert_eq!(preview(json!({"q": "v@"})).await, (1, false));
}

/// A mail as the API shows it equals the mail of a user in the inbox, and holds the user's name.
fn is_shown_as_sent(shown: &Value, inbox: &[Value], id: &str) {
    let got = inbox
        .iter()
        .find(|mail| mail["to"] == format!("{id}@example.com"))
        .unwrap();

    for part in ["subject", "html", "text"] {
        assert!(!text(&got[part]).is_empty(), "{id} {part}");
        assert_eq!(shown[part], got[part], "{id} {part}");
    }

    assert!(
        text(&got["text"]).contains(&format!("<{id} & co>")),
        "{}",
        got["text"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_in_the_recipients_language_and_is_shown_as_it_was_sent() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = [
        ("u1", json!("ja"), "ja"),
        ("u2", json!("ja-JP"), "ja"),
        ("u3", json!("en-GB"), "en"),
        ("u4", json!("fr"), "en"),
        ("u5", json!(null), "en"),
    ];

    for (id, language, _) in &users {
        let body =
            json!({"groups": ["g"], "language": language, "displayName": format!("<{id} & co>")});
        world.user(id, &body).await;
    }

    let owner = world.owner();
    let body = json!({"selection": {"filter": {"group": "g"}}, "startAt": "2026-11-23T01:00:00Z"});

    let (_, preview) = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
    assert_eq!(preview["counts"]["byLanguage"], json!({"ja": 2, "en": 3}));

    let (_, made) = owner.post("/v1/resends", &KEY, &body).await.unwrap();
    let path = |id: &str| format!("/v1/resends/{}/recipients/{id}/mail", text(&made["id"]));

    world.pass(60).await;
    assert!(owner.get(&path("u1")).await.is_err(), "not sent yet");
    assert_eq!(world.ended(&made["id"], 7_200).await["counts"]["sent"], 5);

    let inbox = world.mails();

    for (id, _, language) in &users {
        let shown = owner.get(&path(id)).await.unwrap();
        assert_eq!(shown["language"], *language, "{id}");
        is_shown_as_sent(&shown, &inbox, id);
    }

    let sampled = inbox
        .iter()
        .find(|mail| mail["to"] == "u1@example.com")
        .unwrap();
    assert_eq!(preview["sample"]["userId"], "u1");

    for part in ["subject", "html", "text"] {
        assert_eq!(preview["sample"][part], sampled[part], "{part}");
    }
    let japanese = |mail: &Value| text(&mail["subject"]).contains("ご招待");
    assert_eq!(inbox.iter().filter(|mail| japanese(mail)).count(), 2);
}
