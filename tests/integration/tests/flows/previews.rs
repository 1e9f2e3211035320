//! Previews of resends: users who already wait, limits of the day, and notices.

use std::time::Duration;

use chrono::TimeDelta;
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};

/// Creates a resend that starts much later.
async fn waiting(caller: &Caller, key: &str, selection: Value) -> Value {
    let body = json!({"selection": selection, "startAt": "2026-12-23T01:00:00Z"});
    let (status, made) = caller
        .post("/v1/resends", &[("idempotency-key", key)], &body)
        .await
        .unwrap();
    assert!(status.is_success(), "{made}");
    made["id"].clone()
}

async fn preview(caller: &Caller, body: &Value) -> Value {
    let (status, preview) = caller.post("/v1/resends/preview", &[], body).await.unwrap();
    assert_eq!(status, 200, "{preview}");
    preview
}

/// The notice of a type, if the preview has it.
fn notice<'a>(answer: &'a Value, r#type: &str) -> Option<&'a Value> {
    let notices = answer["notices"].as_array().unwrap();
    notices.iter().find(|notice| notice["type"] == r#type)
}

/// The reads of tables since the plan was made.
fn reads(world: &World) -> usize {
    let is_read = |operation: &str| ["Query", "GetItem", "BatchGetItem"].contains(&operation);
    let calls = world.faults.calls();
    calls.iter().filter(|call| is_read(&call.operation)).count()
}

#[tokio::test(start_paused = true)]
async fn users_who_wait_are_found_by_their_own_entries_however_many_resends_and_recipients_wait() {
    let world = World::new().await;
    world.import(1_200, "g").await;
    let owner = world.owner();
    let everybody = json!({"filter": {"group": world.group_id("g").await}});
    waiting(&owner, "everybody", everybody).await;
    world.pass(60).await;

    let users = owner.all("/v1/users?q=u000", "users").await.unwrap();
    let ids: Vec<_> = users
        .iter()
        .take(50)
        .map(|user| user["id"].clone())
        .collect();
    assert_eq!(ids.len(), 50);
    for number in 0..25 {
        let one = json!({"userIds": [users[60]["id"]]});
        waiting(&owner, &format!("one-{number}"), one).await;
    }

    world.faults.plan(|_, _| Fault::Pass);
    let preview = preview(&owner, &json!({"selection": {"userIds": ids}})).await;

    let reads = reads(&world);
    assert!(reads <= 50 + 15, "{reads} reads");
    assert_eq!(preview["estimated"], false);
    let notice = notice(&preview, "already_scheduled").unwrap();
    assert_eq!(notice["values"]["users"], 50);
    assert_eq!(notice["values"]["resends"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_preview_of_thousands_stops_comparing_at_its_limit_and_says_so() {
    let world = World::new().await;
    world.import(1_200, "g").await;
    let owner = world.owner();
    let everybody = json!({"filter": {"group": world.group_id("g").await}});

    let body = json!({"selection": everybody});
    assert_eq!(preview(&owner, &body).await["estimated"], false);

    waiting(&owner, "k", everybody).await;
    world.pass(60).await;
    let preview = preview(&owner, &body).await;

    assert_eq!(preview["estimated"], true);
    let notice = notice(&preview, "already_scheduled").unwrap();
    assert_eq!(notice["values"]["users"], 1_000);
}

/// The time that a preview takes when each read of a table takes `delay`, and its answer.
async fn timed_preview(world: &World, body: &Value, delay: Duration) -> (TimeDelta, Value) {
    let is_read = |operation: &str| ["Query", "GetItem", "BatchGetItem"].contains(&operation);
    world.faults.plan(move |call, _| {
        let is_slow = call.function.as_deref() == Some("resends") && is_read(&call.operation);
        if is_slow {
            Fault::Delay(delay)
        } else {
            Fault::Pass
        }
    });

    let began = world.stack.clock.now();
    let answer = preview(&world.owner(), body).await;
    (world.stack.clock.now() - began, answer)
}

#[tokio::test(start_paused = true)]
async fn a_preview_whose_reads_are_slow_stops_comparing_after_half_a_second_and_says_so() {
    let world = World::new().await;
    world.import(300, "g").await;
    let owner = world.owner();
    let everybody = json!({"filter": {"group": world.group_id("g").await}});
    let body = json!({"selection": everybody});
    let read = Duration::from_millis(100);
    // From now on the group tree is known.
    preview(&owner, &body).await;
    let (without, nobody_waits) = timed_preview(&world, &body, read).await;
    assert_eq!(nobody_waits["estimated"], false);

    world.faults.plan(|_, _| Fault::Pass);
    waiting(&owner, "k", everybody).await;
    world.pass(60).await;
    let (with, preview) = timed_preview(&world, &body, read).await;

    // Five batches of 50 users begin within the limit. The resends that were found take one read more.
    assert_eq!(with - without, TimeDelta::milliseconds(5 * 100 + 100));
    assert_eq!(preview["estimated"], true);
    assert_eq!(preview["counts"]["eligible"], 300, "all were checked");
    let notice = notice(&preview, "already_scheduled").unwrap();
    assert_eq!(notice["values"]["users"], 250);
}

#[tokio::test(start_paused = true)]
async fn users_who_wait_are_counted_for_every_operator_and_resends_named_to_those_who_may_see_them()
{
    let world = World::new().await;
    world.group("g", None).await;
    world.users(3, "g").await;
    let grant = json!([{"role": "group_manager", "group": "g", "access": "edit"}]);
    let editor = world.operator("editor", &grant).await;

    let by_ids = json!({"userIds": ["u001", "u002"]});
    let hidden = waiting(&world.owner(), "hidden", by_ids).await;
    world.pass(1).await;
    let visible = waiting(
        &world.owner(),
        "visible",
        json!({"filter": {"group": "g", "q": "u001"}}),
    )
    .await;
    world.pass(10).await;

    let body = json!({"selection": {"userIds": ["u001", "u002", "u003"]}});
    let of_editor = preview(&editor, &body).await;
    let values = &notice(&of_editor, "already_scheduled").unwrap()["values"];
    assert_eq!(values, &json!({"users": 2, "resends": [visible]}));

    let of_owner = preview(&world.owner(), &body).await;
    let values = &notice(&of_owner, "already_scheduled").unwrap()["values"];
    assert_eq!(values, &json!({"users": 2, "resends": [visible, hidden]}));

    for id in [&hidden, &visible] {
        let path = format!("/v1/resends/{}/cancel", id.as_str().unwrap());
        world.owner().post(&path, &[], &json!({})).await.unwrap();
    }
    let nobody_waits = preview(&editor, &body).await;
    assert_eq!(notice(&nobody_waits, "already_scheduled"), None);
}

#[tokio::test(start_paused = true)]
async fn more_recipients_than_the_day_of_the_start_has_left_are_a_notice() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(9, "g").await;
    world.settings(&json!({"dailyRecipients": 8})).await;
    let owner = world.owner();
    waiting(&owner, "k", json!({"userIds": ["u001", "u002", "u003"]})).await;

    let six: Vec<_> = (4..=9).map(|number| format!("u{number:03}")).collect();
    let on =
        |day: &str| json!({"selection": {"userIds": six}, "startAt": format!("{day}T02:00:00Z")});
    let that_day = preview(&owner, &on("2026-12-23")).await;
    let day_after = preview(&owner, &on("2026-12-24")).await;

    let notice_of_that_day = notice(&that_day, "daily_limit").unwrap();
    assert_eq!(
        notice_of_that_day["values"],
        json!({"day": "2026-12-23", "recipients": 6, "left": 5})
    );
    assert_eq!(notice(&day_after, "daily_limit"), None);
}

#[tokio::test(start_paused = true)]
async fn recipients_who_share_an_address_are_a_notice() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(2, "g").await;
    for (user, address) in [("a", "Family@example.com"), ("b", "family@example.com")] {
        let body = json!({"groups": ["g"], "email": address});
        world.user(user, &body).await;
    }

    let body = json!({"selection": {"userIds": ["a", "b", "u001", "u002"]}});
    let preview = preview(&world.owner(), &body).await;

    let notice = notice(&preview, "same_address").unwrap();
    assert_eq!(notice["values"], json!({"users": 2, "addresses": 1}));
}

#[tokio::test(start_paused = true)]
async fn a_filter_without_criteria_must_say_that_everyone_is_meant() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(2, "g").await;
    let owner = world.owner();

    for selection in [
        json!({"filter": {}}),
        json!({"filter": {"q": ""}}),
        json!({"filter": {}, "everyone": false}),
        json!({"filter": {"group": "g"}, "everyone": true}),
        json!({"userIds": ["u001"], "everyone": true}),
    ] {
        let body = json!({"selection": selection});
        for call in ["/v1/resends", "/v1/resends/preview"] {
            let key = [("idempotency-key", "k")];
            let (status, problem) = owner.post(call, &key, &body).await.unwrap();
            assert_eq!(status, 422, "{selection}: {problem}");
            assert_eq!(problem["errors"][0]["pointer"], "/selection/everyone");
        }
    }

    let selection = json!({"filter": {}, "everyone": true, "except": ["u001"]});
    let preview = preview(&owner, &json!({"selection": selection})).await;
    assert_eq!(preview["counts"]["eligible"], 2, "u002 and the owner");
}

#[tokio::test(start_paused = true)]
async fn a_preview_of_a_template_with_attributes_reads_each_user_once() {
    let world = World::new().await;
    for (id, room) in [("u1", "R1"), ("u2", "R2")] {
        world.user(id, &json!({"attributes": {"room": room}})).await;
    }
    let html =
        "<p>{{ user.name }} {{ user.attributes.room }} <a href=\"{{ login_url }}\">Log in</a></p>";
    let variant = json!({"subject": "s", "html": html});
    let body = json!({"name": "Rooms", "variants": {"en": variant}});
    let owner = world.owner();
    let (status, made) = owner.post("/v1/templates", &[], &body).await.unwrap();
    assert_eq!(status.as_u16(), 201, "{made}");

    let body = json!({"selection": {"userIds": ["u1", "u2"]}, "templateId": made["id"]});
    let (status, preview) = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
    assert_eq!(
        (status.as_u16(), &preview["counts"]["eligible"]),
        (200, &json!(2)),
        "{preview}"
    );
    assert!(
        preview["sample"]["text"].to_string().contains("R1"),
        "{preview}"
    );
}
