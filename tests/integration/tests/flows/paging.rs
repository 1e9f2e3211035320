//! Lists while others write: a row that exists all the time is listed once.

use std::collections::BTreeSet;

use http::Method;
use proptest::{prelude::*, sample::select};
use reinvite_test_kit::World;
use serde_json::{Value, json};
use tokio::runtime::Builder;

/// A write between two pages.
#[derive(Clone, Debug)]
enum Write {
    Add(u8),
    Delete(u8),
    Rename(u8, u8),
    Resend,
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        any::<u8>().prop_map(Write::Add),
        (0..12_u8).prop_map(Write::Delete),
        (0..12_u8, any::<u8>()).prop_map(|(user, name)| Write::Rename(user, name)),
        Just(Write::Resend),
    ]
}

/// Makes a write; returns the id of the user that it touched.
async fn perform(world: &World, write: &Write, keys: &mut u32) -> Option<String> {
    let owner = world.owner();
    match write {
        Write::Add(name) => {
            let id = format!("new{name:03}");
            world
                .user(
                    &id,
                    &json!({"groups": ["g"], "loginId": format!("{name:03}-new")}),
                )
                .await;
            None
        }

        Write::Delete(user) => {
            owner
                .call(Method::DELETE, &format!("/v1/users/u{user:03}"), &[], "")
                .await
                .unwrap();
            Some(format!("u{user:03}"))
        }

        Write::Rename(user, name) => {
            let path = format!("/v1/users/u{user:03}");
            if owner.get(&path).await.is_ok() {
                let body =
                    json!({"groups": ["g"], "loginId": format!("{name:03}-renamed-{user:03}")});
                world.user(&format!("u{user:03}"), &body).await;
            }
            Some(format!("u{user:03}"))
        }

        Write::Resend => {
            *keys += 1;
            let body =
                json!({"selection": {"userIds": ["always"]}, "startAt": "2026-12-01T00:00:00Z"});
            let key = keys.to_string();
            owner
                .post("/v1/resends", &[("idempotency-key", &key)], &body)
                .await
                .unwrap();
            None
        }
    }
}

/// Reads the pages of a list with writes between them, and separates the ids that no write touched.
async fn listed(
    world: &World,
    path: &str,
    plural: &str,
    limit: usize,
    writes: &[Write],
) -> (Vec<String>, BTreeSet<String>) {
    let (mut ids, mut touched, mut next, mut keys) =
        (Vec::new(), BTreeSet::new(), String::new(), 100);
    let mut writes = writes.iter();

    loop {
        let page: Value = world
            .owner()
            .get(&format!("{path}?limit={limit}{next}"))
            .await
            .unwrap();
        ids.extend(
            page[plural]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].as_str().unwrap().to_string()),
        );
        if let Some(write) = writes.next() {
            touched.extend(perform(world, write, &mut keys).await);
        }
        match page["next"].as_str() {
            Some(cursor) => next = format!("&next={cursor}"),
            None => return (ids, touched),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_row_that_exists_all_the_time_is_listed_once_whatever_is_written_between_the_pages(
        limit in 1..5_usize, writes in proptest::collection::vec(write(), 0..10),
        list in select(vec![("/v1/users", "users"), ("/v1/resends", "resends")]),
    ) {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            world.group("g", None).await;
            world.user("always", &json!({"groups": ["g"]})).await;
            for user in 0..12 {
                world.user(&format!("u{user:03}"), &json!({"groups": ["g"], "loginId": format!("{:03}-user", user * 20)})).await;
            }

            let mut keys = 0;
            for _ in 0..8 {
                world.pass(1).await;
                perform(&world, &Write::Resend, &mut keys).await;
            }

            let before: BTreeSet<String> = world.owner().all(list.0, list.1).await.unwrap().iter()
                .map(|row| row["id"].as_str().unwrap().to_string()).collect();
            let (ids, touched) = listed(&world, list.0, list.1, limit, &writes).await;

            for id in before.difference(&touched) {
                let times = ids.iter().filter(|listed| *listed == id).count();
                assert_eq!(times, 1, "{id} of {}: {ids:?}", list.0);
            }
        });
    }
}
