//! The pages of the lists of a preview.

use std::time::Duration;

use http::Method;
use proptest::{collection::vec, option, prelude::*, sample::select};
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};
use tokio::runtime::Builder;

/// A user, and the reason for which a preview by the manager excludes them.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Eligible,
    NotRenderable,
    NoEmail,
    Suspended,
    Recent,
    ViewOnly,
    OutOfScope,
}

const KINDS: [Kind; 7] = [
    Kind::Eligible,
    Kind::NotRenderable,
    Kind::NoEmail,
    Kind::Suspended,
    Kind::Recent,
    Kind::ViewOnly,
    Kind::OutOfScope,
];

impl Kind {
    const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Eligible => None,
            Self::NotRenderable => Some("not_renderable"),
            Self::NoEmail => Some("no_email"),
            Self::Suspended => Some("not_active"),
            Self::Recent => Some("recently_invited"),
            Self::ViewOnly => Some("not_permitted"),
            Self::OutOfScope => Some("not_found"),
        }
    }

    /// The groups of a user; users whom the manager may invite are in one or more of these.
    fn groups(self, overlap: u8) -> Vec<&'static str> {
        match self {
            Self::ViewOnly => vec!["view"],
            Self::OutOfScope => vec!["out"],
            _ => ["top", "below", "other"]
                .into_iter()
                .enumerate()
                .filter(|(bit, _)| (overlap + 1) & (1 << bit) != 0)
                .map(|(_, group)| group)
                .collect(),
        }
    }
}

fn id(number: usize) -> String {
    format!("u{number:02}")
}

fn name(number: usize) -> String {
    format!("Ｎame {}", number % 3)
}

/// A world with these users, whose manager has `edit` on three groups, one below another.
async fn world(users: &[(Kind, u8)]) -> (World, Caller, Value) {
    let world = World::new().await;
    for (group, parent) in [
        ("top", None),
        ("below", Some("top")),
        ("other", None),
        ("view", None),
        ("out", None),
    ] {
        world.group(group, parent).await;
    }
    for (number, (kind, overlap)) in users.iter().enumerate() {
        let mut user =
            json!({"displayName": name(number), "groups": kind.groups(*overlap), "language": "en"});
        if *kind != Kind::NotRenderable {
            user["attributes"] = json!({"city": "Kyoto"});
        }
        if *kind == Kind::NoEmail {
            user["email"] = Value::Null;
        }
        if *kind == Kind::Suspended {
            user["status"] = "suspended".into();
        }
        world.user(&id(number), &user).await;
    }

    let variant = json!({"subject": "s", "html": "<p>{{ user.attributes.city }}</p>", "text": "t"});
    let body = json!({"name": "T", "variants": {"en": variant}});
    let owner = world.owner();
    let (_, template) = owner.post("/v1/templates", &[], &body).await.unwrap();
    invite_recent(&world, users).await;

    let role = |group, access| json!({"role": "group_manager", "group": group, "access": access});
    let roles = json!([
        role("top", "edit"),
        role("other", "edit"),
        role("view", "view")
    ]);
    let manager = world.operator("manager", &roles).await;
    (world, manager, template["id"].clone())
}

/// Mails the users who are then in their cooldown.
async fn invite_recent(world: &World, users: &[(Kind, u8)]) {
    let recent: Vec<_> = (0..users.len())
        .filter(|number| users[*number].0 == Kind::Recent)
        .map(id)
        .collect();
    if recent.is_empty() {
        return;
    }

    let body = json!({"selection": {"userIds": recent}});
    let key = [("idempotency-key", "recent")];
    let (_, made) = world
        .owner()
        .post("/v1/resends", &key, &body)
        .await
        .unwrap();
    let ended = world.ended(&made["id"], 60).await;
    assert_eq!(ended["counts"]["sent"], recent.len());
}

async fn preview(caller: &Caller, body: &Value, query: &str) -> Value {
    let path = format!("/v1/resends/preview?{query}");
    let (status, preview) = caller.post(&path, &[], body).await.unwrap();
    assert_eq!(status, 200, "{preview}");
    preview
}

/// The rows of a list of a preview, from its first answer to its end.
async fn rows(caller: &Caller, body: &Value, query: &str, list: &str) -> Vec<Value> {
    let (next_name, mut rows) = (format!("{list}Next"), Vec::new());
    let mut page = preview(caller, body, query).await;
    loop {
        rows.extend(page[list].as_array().unwrap().iter().cloned());
        let Some(next) = page[&next_name].as_str() else {
            return rows;
        };
        page = preview(caller, body, &format!("{query}&next={next}")).await;

        let others = page.as_object().unwrap().keys();
        let others: Vec<_> = others.filter(|name| !name.starts_with(list)).collect();
        assert_eq!(others, [""; 0], "a later page has one list");
    }
}

#[derive(Clone, Debug)]
enum Selected {
    /// Every third user less one, and an id that no user has.
    Ids,
    Group(&'static str, Option<usize>),
    /// The users of every group that the manager sees.
    Scope(Option<usize>),
}

impl Selected {
    fn json(&self, users: usize) -> Value {
        match self {
            Self::Ids => {
                let mut ids: Vec<_> = (0..users)
                    .filter(|number| !number.is_multiple_of(3))
                    .map(id)
                    .collect();
                ids.extend(["nobody".into(), "u01".into()]);
                json!({"userIds": ids})
            }
            Self::Group(group, except) => {
                json!({"filter": {"group": group}, "except": except.map(id).as_slice()})
            }
            Self::Scope(except) => {
                json!({"filter": {"status": "active,suspended", "inviteCount": "0.."},
                    "except": except.iter().copied().map(id).chain(["manager".into()]).collect::<Vec<_>>()})
            }
        }
    }

    fn has(&self, number: usize, (kind, overlap): (Kind, u8)) -> bool {
        match self {
            Self::Ids => !number.is_multiple_of(3),
            Self::Group(group, except) => {
                let groups = kind.groups(overlap);
                let is_below = *group == "top" && groups.contains(&"below");
                (is_below || groups.contains(group)) && *except != Some(number)
            }
            Self::Scope(except) => kind != Kind::OutOfScope && *except != Some(number),
        }
    }
}

/// The ids with reasons that the lists of a preview should have, in their order.
fn expected(users: &[(Kind, u8)], selected: &Selected, q: Option<&str>) -> Vec<(String, Value)> {
    let finds = |number: usize| {
        let is_known = users[number].0 != Kind::OutOfScope;
        let mut texts = format!("name {}\n{}", number % 3, id(number));
        if users[number].0 != Kind::NoEmail {
            texts.push_str(&format!("\n{}@example.com", id(number)));
        }
        q.is_none_or(|q| is_known && texts.contains(q))
    };
    let mut ids: Vec<_> = (0..users.len())
        .filter(|number| selected.has(*number, users[*number]) && finds(*number))
        .map(|number| (id(number), json!(users[number].0.reason())))
        .collect();
    if matches!(selected, Selected::Ids) {
        if users.len() < 2 && q.is_none() {
            ids.push(("u01".into(), json!("not_found")));
        }
        ids.extend(q.is_none().then(|| ("nobody".into(), json!("not_found"))));
    }
    ids.sort_by(|one, other| one.0.cmp(&other.0));
    ids
}

fn ids_with_reasons(rows: &[Value]) -> Vec<(String, Value)> {
    rows.iter()
        .map(|row| {
            (
                row["userId"].as_str().unwrap().to_owned(),
                row["reason"].clone(),
            )
        })
        .collect()
}

fn any_selected() -> impl Strategy<Value = Selected> {
    let except = || option::of(0..12_usize);
    prop_oneof![
        Just(Selected::Ids),
        (select(vec!["top", "below", "other"]), except())
            .prop_map(|(group, except)| Selected::Group(group, except)),
        except().prop_map(Selected::Scope),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Slow reads make the time run out after each user.
    #[test]
    fn every_selected_user_is_on_one_list_once_over_all_pages(
        users in vec((select(KINDS.to_vec()), 0..7_u8), 1..16),
        selected in any_selected(),
        limit in prop_oneof![1..6_usize, Just(200)],
        q in option::of(select(vec!["name 1", "u0", "3@example"])),
        is_slow: bool,
    ) {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (world, manager, template) = world(&users).await;
            let body = json!({
                "selection": selected.json(users.len()), "templateId": template,
                "leaveOut": ["not_renderable"],
            });
            let counts = preview(&manager, &body, "").await["counts"].clone();
            if is_slow {
                world.faults.plan(|call, _| match call.operation.as_str() {
                    "BatchGetItem" => Fault::Delay(Duration::from_millis(700)),
                    _ => Fault::Pass,
                });
            }

            let search = q.map(|q| format!("&q={}", q.to_uppercase().replace(' ', "%20")));
            let query = format!("limit={limit}{}", search.unwrap_or_default());
            let eligible = rows(&manager, &body, &query, "eligible").await;
            let excluded = rows(&manager, &body, &query, "excluded").await;

            let of_list = |is_eligible: bool, q| {
                let mut users = expected(&users, &selected, q);
                users.retain(|(_, reason)| reason.is_null() == is_eligible);
                users
            };
            assert_eq!(ids_with_reasons(&eligible), of_list(true, q));
            let mut listed = ids_with_reasons(&excluded);
            // The first answer names users who cannot be rendered beside the others.
            listed.sort_by(|one, other| one.0.cmp(&other.0));
            assert_eq!(listed, of_list(false, q));

            assert_eq!(counts["eligible"], of_list(true, None).len());
            assert_eq!(counts["excluded"], of_list(false, None).len());
            for row in excluded.iter().filter(|row| row["reason"] == "not_found") {
                assert_eq!(row.as_object().unwrap().len(), 2, "{row}");
            }
        });
    }
}

#[tokio::test(start_paused = true)]
async fn the_lists_page_to_their_end_far_beyond_ten_thousand_users() {
    let world = World::new().await;
    for part in 0..3 {
        let lines: String = (0..3_400)
            .map(|number| format!("x{part}{number:04},many\n"))
            .collect();
        let (headers, file) = (
            [("content-type", "text/csv")],
            format!("login_id,groups\n{lines}"),
        );
        let owner = world.owner();
        let imported = owner
            .call(Method::POST, "/v1/users/import", &headers, file)
            .await
            .unwrap();
        assert_eq!(imported.0, 200, "{}", imported.1);
    }
    world
        .user(
            "zz",
            &json!({"groups": [world.group_id("many").await], "displayName": "Last"}),
        )
        .await;

    let owner = world.owner();
    let filter = json!({"group": world.group_id("many").await});
    let body = json!({"selection": {"filter": filter}});
    let first = preview(&owner, &body, "").await;
    assert_eq!(first["estimated"], true);
    assert_eq!(first["excluded"].as_array().unwrap().len(), 200);

    let mut excluded = ids_with_reasons(&rows(&owner, &body, "", "excluded").await);
    assert_eq!(excluded.len(), 10_200);
    excluded.dedup();
    assert_eq!(excluded.len(), 10_200);
    let found = rows(&owner, &body, "q=LAST", "eligible").await;
    assert_eq!(ids_with_reasons(&found), [("zz".into(), Value::Null)]);
}

#[tokio::test(start_paused = true)]
async fn rows_name_the_user_and_say_when_the_cooldown_ends() {
    let users = [
        (Kind::Eligible, 0),
        (Kind::Recent, 0),
        (Kind::OutOfScope, 0),
    ];
    let (world, manager, template) = world(&users).await;
    let recent = world.owner().get("/v1/users/u01").await.unwrap();
    let body = json!({"selection": {"userIds": ["u00", "u01", "u02"]}, "templateId": template});

    let preview = preview(&manager, &body, "").await;
    assert_eq!(
        preview["eligible"],
        json!([{
            "userId": "u00", "loginId": "u00", "displayName": "Ｎame 0", "language": "en",
            "passwordChange": "keep",
        }])
    );
    let excluded = &preview["excluded"];
    assert_eq!(excluded[0]["loginId"], "u01");
    let until = |value: &Value| {
        value
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
    };
    assert_eq!(
        until(&excluded[0]["until"]).unwrap() - until(&recent["lastInvitedAt"]).unwrap(),
        chrono::TimeDelta::minutes(10)
    );
    assert_eq!(excluded[1], json!({"userId": "u02", "reason": "not_found"}));
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_stops_checking_when_its_time_is_over_and_the_lists_go_on() {
    let world = World::new().await;
    world.group("g", None).await;
    let ids = world.users(150, "g").await;
    let owner = world.owner();
    let body = json!({"selection": {"userIds": ids}});
    let read_users_in = |milliseconds| {
        world
            .faults
            .plan(move |call, _| match call.operation.as_str() {
                "BatchGetItem" => Fault::Delay(Duration::from_millis(milliseconds)),
                _ => Fault::Pass,
            });
    };

    read_users_in(100);
    let all = preview(&owner, &body, "").await;
    assert_eq!(all["estimated"], false);
    let first = preview(&owner, &body, "within=100").await;
    assert_eq!(first["estimated"], true);
    assert_eq!(first["eligible"].as_array().unwrap().len(), 100);

    read_users_in(700);
    let first = preview(&owner, &body, "").await;
    assert_eq!(first["estimated"], true);
    assert_eq!(first["counts"]["eligible"], 150, "an estimate");
    assert_eq!(first["eligible"].as_array().unwrap().len(), 100);
    let eligible = rows(&owner, &body, "", "eligible").await;
    assert_eq!(eligible.len(), 150);
    assert!(first["excludedNext"].is_string(), "{first}");
}

#[tokio::test(start_paused = true)]
async fn the_dry_run_of_a_retry_pages_too() {
    let world = World::new().await;
    world.group("g", None).await;
    let ids = world.users(3, "g").await;
    let owner = world.owner();
    let body = json!({"selection": {"userIds": ids}, "startAt": "2026-12-20T00:00:00Z"});
    let (_, made) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    owner
        .post(&format!("{path}/cancel"), &[], &json!({}))
        .await
        .unwrap();
    world.ended(&made["id"], 60).await;

    let states = json!({"states": ["skipped", "cancelled"]});
    let dry_run = async |query: &str| {
        let path = format!("{path}/retry?dryRun=true&limit=2{query}");
        let (status, page) = owner.post(&path, &[], &states).await.unwrap();
        assert_eq!(status, 200, "{page}");
        page
    };
    let first = dry_run("").await;
    let next = first["eligibleNext"].as_str().unwrap();
    let second = dry_run(&format!("&next={next}")).await;
    assert_eq!(second["eligible"][0]["userId"], "u003", "{second}");
    assert_eq!(second["eligibleNext"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_number_cursor_or_parameter_of_a_preview_is_refused() {
    let world = World::new().await;
    let owner = world.owner();
    let body = json!({"selection": {"userIds": ["u"]}});
    for query in [
        "limit=201",
        "limit=0",
        "within=701",
        "within=0",
        "within=soon",
        "next=x",
        "next=e30",
        "from=2026-01-01",
    ] {
        let path = format!("/v1/resends/preview?{query}");
        let refused = owner.post(&path, &[], &body).await.unwrap();
        assert_eq!(refusal(&refused), (400, "malformed".into()), "{query}");
    }
}
