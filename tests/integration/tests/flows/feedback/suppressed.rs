//! The list of suppressed addresses, and how owners take addresses off it.

use super::*;

/// Has SES tell that the mails to these users bounced for good.
async fn bounce_all(world: &World, users: &[&str]) {
    let id = resend(world, "k", users).await;
    world.ended(&id, 60).await;
    let bounced = json!({"bounce": {"bounceType": "Permanent"}});
    for position in 0..users.len() {
        let event = told(&id, position, "Bounce", &bounced, "2026-11-23T00:00:01Z");
        assert!(take_in(world, &[event]).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn owners_list_suppressed_addresses_in_pages_and_take_them_off_by_id() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(3, "g").await;
    let shared = json!({"groups": ["g"], "email": "U002@example.com"});
    world.user("x", &shared).await;
    bounce_all(&world, &["u001", "u002", "u003"]).await;

    let owner = world.owner();
    let listed = async |query: &str| {
        let mut rows = Vec::new();
        let mut next = String::new();
        loop {
            let path = format!("/v1/suppressed?limit=2&{query}{next}");
            let page = owner.get(&path).await.unwrap();
            rows.extend(page["suppressed"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&next={cursor}"),
                None => return rows,
            }
        }
    };
    let addresses = |rows: &[Value]| -> Vec<_> {
        let address = |row: &Value| row["address"].as_str().unwrap().to_owned();
        rows.iter().map(address).collect()
    };

    let all = listed("").await;
    assert_eq!(
        addresses(&all),
        ["u001@example.com", "u002@example.com", "u003@example.com"]
    );
    assert_eq!(all[1]["reason"], "bounced");
    assert_eq!(all[1]["userIds"], json!(["u002", "x"]));
    let found = listed("q=U003").await;
    assert_eq!(addresses(&found), ["u003@example.com"]);

    let path = format!("/v1/suppressed/{}", all[1]["id"].as_str().unwrap());
    for status in [204, 404] {
        let answer = owner
            .call(http::Method::DELETE, &path, &[], String::new())
            .await
            .unwrap();
        assert_eq!(answer.0, status);
    }
    assert_eq!(
        addresses(&listed("").await),
        ["u001@example.com", "u003@example.com"]
    );
    let user = owner.get("/v1/users/x").await.unwrap();
    assert_eq!(user["suppressed"], false);

    let audit = owner.get("/v1/audit?action=suppression_deleted").await;
    let audit = audit.unwrap()["audit"].clone();
    assert_eq!(audit.as_array().map(Vec::len), Some(1));
    assert_eq!(audit[0]["suppressionId"], all[1]["id"]);
}

#[tokio::test(start_paused = true)]
async fn a_complaint_is_the_reason_and_an_organisation_neither_sees_nor_ends_what_another_suppressed()
 {
    let world = world(WorldOptions::default()).await;
    simulated(&world, "u", "complaint").await;
    let id = resend(&world, "k", &["u"]).await;
    world.ended(&id, 60).await;
    world.pass(660).await;

    let owner = world.owner();
    let ours = owner.get("/v1/suppressed").await.unwrap();
    let row = &ours["suppressed"][0];
    assert_eq!(
        (&row["reason"], &row["userIds"]),
        (&json!("complained"), &json!(["u"]))
    );
    let path = format!("/v1/suppressed/{}", row["id"].as_str().unwrap());
    assert!(!path.contains("complaint"), "{path}");

    let other = json!({"createOrganisation": {"id": "other", "name": "Other", "timeZone": "UTC", "language": "en",
        "owner": {"loginId": "boss", "displayName": "Boss", "email": "boss@example.com"}}});
    let functions = &world.stack.functions;
    functions.invoke("directory", other).await.unwrap();
    let boss = world.caller_of("boss", "other");
    assert_eq!(
        boss.get("/v1/suppressed").await.unwrap(),
        json!({"suppressed": []})
    );
    let (status, _) = boss
        .call(http::Method::DELETE, &path, &[], String::new())
        .await
        .unwrap();
    assert_eq!(status, 404);
    assert_eq!(owner.get("/v1/suppressed").await.unwrap(), ours);
}
