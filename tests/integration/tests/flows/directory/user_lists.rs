//! Lists of users: pages, refinements and wrong parameters.

use http::Method;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::call;

/// A world with 25 users in and below two groups, whose fields repeat with different periods.
async fn world_of_pages() -> World {
    let world = World::new().await;
    for group in ["a", "b"] {
        world.group(group, None).await;
    }
    world.group("below", Some("b")).await;

    for number in 0..25 {
        let groups = [
            json!(["a"]),
            json!(["b"]),
            json!(["below"]),
            json!(["a", "below"]),
            json!([]),
        ][number % 5]
            .clone();
        let mut user = json!({"groups": groups, "status": if number % 2 == 0 { "active" } else { "suspended" }});
        if number % 3 == 0 {
            user["firstLoginAt"] = "2026-05-01T00:00:00Z".into();
        }
        if number % 4 == 0 {
            user["signedUpAt"] = "2026-06-01".into();
        }
        world.user(&format!("u{number:02}"), &user).await;
    }

    world
}

/// The login ids of a list, read in pages of at most four.
async fn paged(caller: &Caller, query: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = String::new();

    loop {
        let page = caller
            .get(&format!("/v1/users?limit=4&{query}{next}"))
            .await
            .unwrap();
        let rows = page["users"].as_array().unwrap();
        assert!(rows.len() <= 4);

        seen.extend(
            rows.iter()
                .map(|row| row["loginId"].as_str().unwrap().to_string()),
        );
        match page["next"].as_str() {
            Some(cursor) => next = format!("&next={cursor}"),
            None => return seen,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn users_are_paged_by_login_id_across_the_operators_groups_whatever_the_refinement() {
    let world = world_of_pages().await;
    let roles = json!([
        {"role": "group_manager", "group": "a", "access": "view"},
        {"role": "group_manager", "group": "b", "access": "edit"},
    ]);
    let manager = world.operator("manager", &roles).await;
    let of = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
        (0..25)
            .filter(|number| number % 5 != 4 && wanted(*number))
            .map(|number| format!("u{number:02}"))
            .collect()
    };

    for (query, wanted) in [
        ("", of(&|_| true)),
        ("status=suspended", of(&|number| number % 2 == 1)),
        ("status=active,suspended", of(&|_| true)),
        ("firstLogin=never", of(&|number| number % 3 != 0)),
        (
            "firstLogin=2026-05-01..2026-05-01",
            of(&|number| number % 3 == 0),
        ),
        ("firstLogin=2026-05-02..", of(&|_| false)),
        ("signedUp=2026-06-01..", of(&|number| number % 4 == 0)),
        ("lastInvited=never&inviteCount=0", of(&|_| true)),
        ("group=b", of(&|number| number % 5 != 0)),
        ("q=U1", of(&|number| (10..20).contains(&number))),
        ("loginId=u07", of(&|number| number == 7)),
        ("loginId=u04", of(&|_| false)),
    ] {
        assert_eq!(paged(&manager, query).await, wanted, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_parameter_is_named() {
    let world = World::new().await;

    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("next=x", "next"),
        ("status=gone", "status"),
        ("firstLogin=x", "firstLogin"),
        ("inviteCount=-1", "inviteCount"),
        ("colour=red", "colour"),
        ("q=a&q=b", "q"),
    ] {
        let refused = call(
            &world.owner(),
            Method::GET,
            &format!("/v1/users?{query}"),
            &Value::Null,
        )
        .await;
        assert_eq!(refusal(&refused), (400, "malformed".into()), "{query}");
        assert_eq!(refused.1["errors"][0]["parameter"], name, "{query}");
    }
}
