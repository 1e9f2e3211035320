//! Selections of thousands of users.

use reinvite_test_kit::{World, refusal};
use serde_json::json;

use super::{KEY, eligible, resent, text};

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
