//! The tree of groups, one level at a time.

use http::Method;
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::call;

/// The groups of a level: name, whether groups lie below, and the members.
async fn level(caller: &Caller, query: &str) -> Vec<(String, bool, u64)> {
    let groups = caller.all(&format!("/v1/groups?{query}"), "groups").await;
    let shown = |group: &Value| {
        let name = group["name"].as_str().unwrap().to_string();
        let has_subgroups = group["hasSubgroups"].as_bool().unwrap();
        (name, has_subgroups, group["memberCount"].as_u64().unwrap())
    };
    groups.unwrap().iter().map(shown).collect()
}

fn expected(level: &[(&str, bool, u64)]) -> Vec<(String, bool, u64)> {
    level
        .iter()
        .map(|(name, has_subgroups, count)| ((*name).to_string(), *has_subgroups, *count))
        .collect()
}

/// A world with the groups `sales`, `sales/tokyo`, `sales/tokyo/a`, `sales/osaka`, `support` and
/// `support/night`, and a user in `a`.
async fn world() -> World {
    let world = World::new().await;
    for (group, parent) in [
        ("support", None),
        ("sales", None),
        ("tokyo", Some("sales")),
        ("osaka", Some("sales")),
        ("a", Some("tokyo")),
        ("night", Some("support")),
    ] {
        world.group(group, parent).await;
    }
    world.user("u", &json!({"groups": ["a"]})).await;
    world
}

fn manages(group: &str, access: &str) -> Value {
    json!({"role": "group_manager", "group": group, "access": access})
}

#[tokio::test(start_paused = true)]
async fn an_owner_walks_the_tree_from_the_top_by_name() {
    let world = world().await;
    let owner = world.owner();

    let top = expected(&[("sales", true, 1), ("support", true, 0)]);
    assert_eq!(level(&owner, "parent=").await, top);
    let sales = expected(&[("osaka", false, 0), ("tokyo", true, 1)]);
    assert_eq!(level(&owner, "parent=sales").await, sales);
    assert_eq!(
        level(&owner, "parent=tokyo").await,
        expected(&[("a", false, 1)])
    );
    assert_eq!(level(&owner, "parent=a").await, []);

    let all = owner.all("/v1/groups", "groups").await.unwrap();
    assert_eq!(all.len(), 6);
    assert!(all.iter().all(|group| group["hasSubgroups"].is_null()));
}

#[tokio::test(start_paused = true)]
async fn the_top_of_a_manager_is_each_group_whose_parent_is_out_of_scope() {
    let world = world().await;
    let roles = json!([
        manages("tokyo", "view"),
        manages("a", "edit"),
        manages("night", "view")
    ]);
    let manager = world.operator("manager", &roles).await;

    let top = expected(&[("night", false, 0), ("tokyo", true, 1)]);
    assert_eq!(level(&manager, "parent=").await, top);
    let page = manager.get("/v1/groups?parent=").await.unwrap();
    assert!(
        page["groups"]
            .as_array()
            .unwrap()
            .iter()
            .all(|group| { group["parentId"].is_null() && (group["access"] == "view") })
    );
    let page = manager.get("/v1/groups?parent=tokyo").await.unwrap();
    assert_eq!(
        (&page["groups"][0]["parentId"], &page["groups"][0]["access"]),
        (&json!("tokyo"), &json!("edit"))
    );

    // A parent out of scope is answered as one that does not exist.
    let get = |parent: &str| {
        let path = format!("/v1/groups?parent={parent}");
        let manager = manager.clone();
        async move { call(&manager, Method::GET, &path, &Value::Null).await }
    };
    let hidden = get("sales").await;
    assert_eq!(hidden, get("none").await);
    assert_eq!(refusal(&hidden), (422, "invalid".into()));
    assert_eq!(hidden.1["errors"][0]["parameter"], "parent");
    assert_eq!(hidden.1["errors"][0]["rule"], "group_not_visible");

    let malformed = get("a%20b").await;
    assert_eq!(refusal(&malformed), (400, "malformed".into()));
    assert_eq!(malformed.1["errors"][0]["rule"], "not_an_id");
}

#[tokio::test(start_paused = true)]
async fn a_level_comes_in_pages_and_its_cost_does_not_grow_with_users() {
    let world = World::new().await;
    let owner = world.owner();
    world.group("top", None).await;
    for number in 0..5 {
        world.group(&format!("g{number}"), Some("top")).await;
    }

    let first = owner.get("/v1/groups?parent=top&limit=3").await.unwrap();
    let next = first["next"].as_str().unwrap();
    let path = format!("/v1/groups?parent=top&limit=3&next={next}");
    let second = owner.get(&path).await.unwrap();
    assert!(second["next"].is_null());
    let names: Vec<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["groups"].as_array().unwrap())
        .map(|group| group["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["g0", "g1", "g2", "g3", "g4"]);

    let calls = async || {
        world.faults.plan(|_, _| Fault::Pass);
        level(&owner, "parent=top").await;
        world.faults.calls().len()
    };
    let before = calls().await;
    world.import(300, "top/g0").await;
    assert_eq!(calls().await, before);
}
