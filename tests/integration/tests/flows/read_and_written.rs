//! An answer of `GET` is written back as it is: nothing changes, no version is made, and the audit trail tells nothing.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use proptest::{
    collection::{btree_map, btree_set, vec},
    option,
    prelude::*,
    sample::{Index, select},
};
use reinvite_domain::{Zone, text::parse_name, user_fields::check_login_id};
use reinvite_test_kit::World;
use serde_json::{Value, json};
use tokio::runtime::Builder;

const GROUPS: [&str; 3] = ["g", "h", "sub"];

/// Moments as callers write them.
const MOMENTS: [&str; 10] = [
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999999Z",
    "2024-02-29",
    "2026-03-29T02:30",
    "2026-06-30T23:59:60Z",
    "2026/3/1 10:20:30",
    "2026-11-23T09:00:00.123456789+09:00",
    "2999-12-31T23:59:59-12:00",
    "9999-12-31",
    "9999-12-31T23:59:59.999Z",
];

const ADDRESSES: [&str; 4] = [
    "Ada.Fenwick+tag@Example.com",
    "aiko@例え.jp",
    "o'neil@example.com",
    "{x}#!$%&*=?^_`|~-@example.com",
];

const LANGUAGES: [&str; 8] = [
    "PT-br",
    "de-CH-1996",
    "de-u-co-phonebk",
    "en-x-ours",
    "i-klingon",
    "ja",
    "zh-Hant-HK",
    "zh-yue-HK",
];

/// Sources of templates that are kept as they are.
const HTML: [&str; 4] = [
    "<p>{{ user.name }}: <a href=\"{{ login_url }}\">{{ login_url }}</a></p>",
    "<!--[if mso]><p>Outlook</p><![endif]--><p>愛子 &amp; {{ login_url }}</p>",
    "<p>{% if password_change == 'keep' %}{{ login_url }}{% else %}-{% endif %}</p>\r\n\t<p>&nbsp;</p>",
    "<p>{{ user.attributes.department | default('') }} {{ login_url }}</p>",
];

/// A name that the API takes: of any characters that are visible.
fn name(max: usize) -> impl Strategy<Value = String> {
    let texts = prop_oneof![
        "\\PC{1,20}",
        "[=+@'\"＝ -]{1,3}[a-z愛é]{1,5}",
        "👩\u{200D}👧|می\u{200C}خواهم"
    ];
    texts.prop_filter_map("a name", move |text| parse_name(text.trim(), max).ok())
}

fn login_id() -> impl Strategy<Value = String> {
    name(128).prop_filter("a login id", |name| check_login_id(name).is_ok())
}

fn zone() -> impl Strategy<Value = String> {
    let zones: Vec<_> = Zone::all().map(|zone| zone.to_string()).collect();
    any::<Index>().prop_map(move |index| index.get(&zones).clone())
}

/// A value that is absent, null or one of some values.
fn optional(values: impl Strategy<Value = String>) -> impl Strategy<Value = Option<Value>> {
    option::of(option::of(values).prop_map(|value| json!(value)))
}

fn object(fields: Vec<(&str, Option<Value>)>) -> Value {
    let present = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_string(), value?)));
    Value::Object(present.collect())
}

fn attributes() -> impl Strategy<Value = BTreeMap<String, String>> {
    let value = prop_oneof![Just(String::new()), name(200)];
    btree_map("[a-z][a-z0-9_]{0,31}", value, 0..10)
}

fn user() -> impl Strategy<Value = Value> {
    let moments = || optional(select(&MOMENTS[..]).prop_map(String::from));
    let times = (moments(), moments(), moments(), moments());
    let person = (
        login_id(),
        optional(name(100)),
        optional(select(&ADDRESSES[..]).prop_map(String::from)),
        optional(select(&LANGUAGES[..]).prop_map(String::from)),
        optional(zone()),
    );
    let account = (
        select(vec![
            "active",
            "suspended",
            "inactive",
            "pending_approval",
            "rejected",
            "not_yet_valid",
        ]),
        btree_set(select(&GROUPS[..]), 0..3),
        option::of(attributes()),
    );

    (person, times, account).prop_map(|(person, times, account)| {
        let (login_id, display_name, email, language, time_zone) = person;
        let (first_login_at, signed_up_at, valid_from, valid_until) = times;
        let (status, groups, attributes) = account;
        object(vec![
            ("loginId", Some(json!(login_id))),
            ("displayName", display_name),
            ("email", email),
            ("status", Some(json!(status))),
            ("groups", Some(json!(groups))),
            ("firstLoginAt", first_login_at),
            ("signedUpAt", signed_up_at),
            ("validFrom", valid_from),
            ("validUntil", valid_until),
            ("language", language),
            ("timeZone", time_zone),
            ("attributes", attributes.map(|attributes| json!(attributes))),
        ])
    })
}

fn settings() -> impl Strategy<Value = Value> {
    let sender = (
        optional(name(100)),
        optional(select(&ADDRESSES[..]).prop_map(String::from)),
        optional(select(&LANGUAGES[..]).prop_map(String::from)),
        optional(zone()),
        optional(select(vec![
            "https://learn.example.com/in?a=b#c".to_string(),
        ])),
    );
    let limits = (
        option::of(1..=8_760_u32),
        option::of(1..=720_u32),
        option::of(0..=43_200_u32),
        option::of(1..=10_000_000_u32),
        option::of(1..=100_u32),
    );
    let choices = (
        option::of(select(vec!["keep", "set_link", "temporary"])),
        option::of(select(vec!["end", "keep"])),
        option::of(select(vec!["resend", "hold"])),
        option::of(any::<bool>()),
    );

    (sender, limits, choices).prop_map(|(sender, limits, choices)| {
        let (sender_name, reply_to, language, time_zone, login_url) = sender;
        let (link, temporary, cooldown, daily, bounce) = limits;
        let (password_change, earlier_links, on_doubt, notes) = choices;
        object(vec![
            ("senderName", sender_name),
            ("replyTo", reply_to),
            ("language", language),
            ("timeZone", time_zone),
            ("loginUrl", login_url),
            ("linkValidHours", link.map(|hours| json!(hours))),
            ("temporaryValidHours", temporary.map(|hours| json!(hours))),
            ("cooldownMinutes", cooldown.map(|minutes| json!(minutes))),
            ("dailyRecipients", daily.map(|recipients| json!(recipients))),
            ("bouncePausePercent", bounce.map(|percent| json!(percent))),
            (
                "passwordChange",
                password_change.map(|change| json!(change)),
            ),
            ("earlierLinks", earlier_links.map(|links| json!(links))),
            ("onDoubt", on_doubt.map(|choice| json!(choice))),
            ("notes", notes.map(|notes| json!(notes))),
        ])
    })
}

fn template() -> impl Strategy<Value = Value> {
    let text = option::of(select(vec![
        "{{ login_url }}",
        "\r\n愛子\t{{ login_url }}\n\n",
    ]));
    let variant = (name(60), select(&HTML[..]), text).prop_map(|(subject, html, text)| {
        let subject = subject.replace(['{', '}', '%', '#', '*', '['], "-");
        let text = text.map(|text| json!(text));
        object(vec![
            ("subject", Some(json!(subject))),
            ("html", Some(json!(html))),
            ("text", text),
        ])
    });

    let variants = btree_map(select(&LANGUAGES[..]), variant, 1..4);
    (name(100), variants, option::of(any::<bool>())).prop_map(|(name, variants, clean)| {
        let clean = clean.map(|clean| json!(clean));
        object(vec![
            ("name", Some(json!(name))),
            ("variants", Some(json!(variants))),
            ("clean", clean),
        ])
    })
}

async fn put(world: &World, path: &str, version: &str, body: &Value) -> (StatusCode, Value) {
    let condition = if version.is_empty() {
        ("if-none-match", "*")
    } else {
        ("if-match", version)
    };
    let conditional = path.contains("/templates/") || path.ends_with("/settings");
    let headers = [("content-type", "application/json"), condition];
    let headers = if conditional {
        &headers[..]
    } else {
        &headers[..1]
    };
    let owner = world.owner();
    let call = owner.call(Method::PUT, path, headers, body.to_string());
    call.await.unwrap()
}

async fn trail(world: &World) -> Vec<Value> {
    world.owner().all("/v1/audit", "audit").await.unwrap()
}

/// Writes a resource, and then the answer to that.
async fn write(world: &World, path: &str, version: &str, body: &Value) {
    let (status, answer) = put(world, path, version, body).await;
    assert!(status.is_success(), "{path} {body}: {answer}");
    comes_back(world, path, &answer).await;
}

/// Reads a resource, writes it as it was read, and reads it again.
async fn stays_when_written_back(world: &World, path: &str) {
    let read = world.owner().get(path).await.unwrap();
    comes_back(world, path, &read).await;
}

/// Writes a body with everything that a resource has; nothing changes.
async fn comes_back(world: &World, path: &str, body: &Value) {
    world.pass(1).await;
    let (read, told) = (world.owner().get(path).await.unwrap(), trail(world).await);

    let version = format!("\"{}\"", read["version"]);
    let (status, answer) = put(world, path, &version, body).await;
    assert_eq!(status, StatusCode::OK, "{path} {body}: {answer}");

    let again = world.owner().get(path).await.unwrap();
    assert_eq!(again, read, "{path} {body}");
    assert_eq!(trail(world).await, told, "{path} {body}");
}

/// Runs a test in a world of its own, which has groups.
fn in_world(test: impl AsyncFnOnce(World)) {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let world = World::new().await;
        world.group("g", None).await;
        world.group("sub", Some("g")).await;
        world.group("h", None).await;
        test(world).await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_user_that_is_read_can_be_written(users in vec(user(), 1..4), invited in any::<bool>()) {
        in_world(async |world| {
            for (index, user) in users.iter().enumerate() {
                let mut user = user.clone();
                // Login ids are unique.
                user["loginId"] = json!(format!("{}{index}", user["loginId"].as_str().unwrap()));
                let path = format!("/v1/users/u{index}");
                write(&world, &path, "", &user).await;

                if invited {
                    let key = format!("k{index}");
                    let call = format!("{path}/resend");
                    let headers = [("idempotency-key", &*key)];
                    let body = json!({"passwordChange": "set_link"});
                    world.owner().post(&call, &headers, &body).await.unwrap();
                    world.pass(120).await;
                }
                stays_when_written_back(&world, &path).await;
            }

            // An entry of the list is the user, too.
            for user in world.owner().all("/v1/users", "users").await.unwrap() {
                let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
                comes_back(&world, &path, &user).await;
            }
        });
    }

    #[test]
    fn groups_and_roles_that_are_read_can_be_written(
        names in vec(name(60), 1..4), parent in option::of(select(&GROUPS[..])),
        access in select(vec!["edit", "view"]), subject in option::of("[a-z0-9|]{1,20}"),
    ) {
        in_world(async |world| {
            let role = json!({"role": "group_manager", "group": "sub", "access": access});
            let roles = json!([role, {"role": "template_manager"}]);
            for (index, name) in names.iter().enumerate() {
                // A name has neither `/` nor `;`, and siblings differ.
                let name = format!("{}{index}", name.replace(['/', ';'], "-"));
                let body = json!({"name": name, "parentId": parent, "roles": roles});
                write(&world, &format!("/v1/groups/x{index}"), "", &body).await;
            }
            world.user("member", &json!({"groups": ["x0"]})).await;
            world.pass(120).await;

            for group in world.owner().all("/v1/groups", "groups").await.unwrap() {
                let path = format!("/v1/groups/{}", group["id"].as_str().unwrap());
                stays_when_written_back(&world, &path).await;
                comes_back(&world, &path, &group).await;
            }

            let path = "/v1/users/member/roles";
            write(&world, path, "", &json!({"roles": roles, "subject": subject})).await;
            stays_when_written_back(&world, path).await;
            stays_when_written_back(&world, "/v1/users/owner/roles").await;
        });
    }

    #[test]
    fn settings_that_are_read_can_be_written(written in vec(settings(), 1..5)) {
        in_world(async |world| {
            for settings in &written {
                let read = world.owner().get("/v1/settings").await.unwrap();
                let version = format!("\"{}\"", read["version"]);
                write(&world, "/v1/settings", &version, settings).await;
                stays_when_written_back(&world, "/v1/settings").await;
            }
        });
    }

    #[test]
    fn a_template_that_is_read_can_be_written(templates in vec(template(), 1..4)) {
        in_world(async |world| {
            for (index, template) in templates.iter().enumerate() {
                let path = format!("/v1/templates/t{index}");
                write(&world, &path, "", template).await;
                stays_when_written_back(&world, &path).await;
            }
            for template in world.owner().all("/v1/templates", "templates").await.unwrap() {
                let path = format!("/v1/templates/{}", template["id"].as_str().unwrap());
                comes_back(&world, &path, &template).await;
            }
        });
    }
}
