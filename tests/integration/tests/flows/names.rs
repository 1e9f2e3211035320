//! The names of operators in resends and in the audit trail.

use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};

fn manages(group: &str, access: &str) -> Value {
    json!([{"role": "group_manager", "group": group, "access": access}])
}

/// A world with the group `g`, with a user in it, and managers: `maker`, named and in the group, and
/// `reader`, who is in no group.
async fn world() -> (World, Caller, Caller) {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;
    let maker = world.operator("maker", &manages("g", "edit")).await;
    let named = json!({"groups": ["g"], "displayName": "Mara Maker"});
    world.user("maker", &named).await;
    let reader = world.operator("reader", &manages("g", "edit")).await;
    (world, maker, reader)
}

async fn made(caller: &Caller, key: &str) -> Value {
    let body = json!({"selection": {"filter": {"group": "g", "loginId": "u001"}}, "startAt": "2026-12-01T09:00"});
    let key = [("idempotency-key", key)];
    let (status, made) = caller.post("/v1/resends", &key, &body).await.unwrap();
    assert!(status.is_success(), "{made}");
    made
}

/// The names of creator and responsible operator, of one resend and in the list.
async fn names(caller: &Caller, id: &Value) -> [Value; 2] {
    let path = format!("/v1/resends/{}", id.as_str().unwrap());
    let one = caller.get(&path).await.unwrap();
    let listed = caller.all("/v1/resends", "resends").await.unwrap();
    let in_list = listed.iter().find(|resend| resend["id"] == *id).unwrap();

    let names =
        |resend: &Value| ["createdByName", "responsibleName"].map(|name| resend[name].clone());
    assert_eq!(names(&one), names(in_list));
    names(&one)
}

#[tokio::test(start_paused = true)]
async fn a_resend_names_its_operators_to_those_who_may_see_them() {
    let (world, maker, reader) = world().await;
    let resend = made(&maker, "k").await;
    let id = &resend["id"];
    assert_eq!(resend["createdByName"], "Mara Maker");
    assert_eq!(resend["responsibleName"], "Mara Maker");

    for caller in [&maker, &reader, &world.owner()] {
        assert_eq!(names(caller, id).await, ["Mara Maker", "Mara Maker"]);
    }

    // Out of scope the maker has no name, and without a display name it is the login id.
    world.user("maker", &json!({"groups": []})).await;
    assert_eq!(names(&reader, id).await, [Value::Null, Value::Null]);
    assert_eq!(names(&world.owner(), id).await, ["maker", "maker"]);
    assert_eq!(names(&maker, id).await, ["maker", "maker"]);
}

#[tokio::test(start_paused = true)]
async fn a_later_user_with_the_id_of_an_operator_lends_no_name_to_what_that_one_did() {
    let (world, maker, _) = world().await;
    let resend = made(&maker, "k").await;
    world.pass(60).await;

    let owner = world.owner();
    let delete = owner.call(http::Method::DELETE, "/v1/users/maker", &[], "");
    assert_eq!(delete.await.unwrap().0, 204);
    world.pass(60).await;
    let other = json!({"groups": ["g"], "displayName": "Another Person"});
    world.user("maker", &other).await;

    let path = format!("/v1/resends/{}", resend["id"].as_str().unwrap());
    assert_eq!(
        owner.get(&path).await.unwrap()["createdByName"],
        Value::Null
    );
    let trail = owner.all("/v1/audit?user=maker", "audit").await.unwrap();
    let named: Vec<_> = trail
        .iter()
        .map(|entry| (&entry["action"], &entry["operatorName"], &entry["userName"]))
        .collect();
    let (created, owner_name) = (json!("user_created"), json!("Olive Owner"));
    assert_eq!(named[0], (&created, &owner_name, &json!("Another Person")));
    let earlier = named[1..].iter();
    assert!(earlier.clone().count() >= 4);
    for (action, operator, user) in earlier {
        assert!([&Value::Null, &owner_name].contains(operator), "{action}");
        assert_eq!(**user, Value::Null, "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trail_names_users_in_scope_only_and_reads_them_in_one_batch() {
    let (world, _, _) = world().await;
    let roles = json!([{"role": "settings_manager"}]);
    let auditor = world.operator("auditor", &roles).await;
    for number in 0..20 {
        world
            .user(&format!("n{number}"), &json!({"groups": ["g"]}))
            .await;
    }

    let trail = auditor.all("/v1/audit", "audit").await.unwrap();
    assert!(trail.len() > 20);
    for entry in &trail {
        let is_own = entry["userId"] == "auditor";
        let expected = if is_own {
            json!("auditor")
        } else {
            Value::Null
        };
        assert_eq!(
            (&entry["operatorName"], &entry["userName"]),
            (&Value::Null, &expected)
        );
    }

    world.faults.plan(|_, _| Fault::Pass);
    let trail = world.owner().get("/v1/audit?limit=20").await.unwrap();
    let entries = trail["audit"].as_array().unwrap();
    assert!(
        entries
            .iter()
            .all(|entry| entry["operatorName"] == "Olive Owner")
    );
    let is_named = |entry: &Value| match entry["userId"].as_str() {
        None => entry["userName"].is_null(),
        Some("maker") => entry["userName"] == "Mara Maker",
        Some(id) => entry["userName"] == id,
    };
    assert!(entries.iter().all(is_named), "{entries:?}");
    let calls = world.faults.calls();
    let batches = calls.iter().filter(|call| call.operation == "BatchGetItem");
    assert_eq!(batches.count(), 2, "the operator context and the names");
}
