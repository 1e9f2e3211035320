//! An organisation always has an active owner, whatever is changed and however changes meet.

use std::time::Duration;

use futures::join;
use http::{Method, StatusCode};
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{call, import};

async fn is_owner(caller: &Caller) -> bool {
    let (status, me) = call(caller, Method::GET, "/v1/me", &Value::Null).await;
    status == StatusCode::OK && me["roles"].to_string().contains("owner")
}

/// Makes the members of a group `board` owners.
async fn make_board(world: &World) {
    let board = json!({"name": "board", "roles": [{"role": "owner"}]});
    let made = call(&world.owner(), Method::PUT, "/v1/groups/board", &board).await;
    assert_eq!(made.0, 201);
}

#[tokio::test(start_paused = true)]
async fn the_last_owner_by_a_role_of_their_own_cannot_be_lost() {
    let world = World::new().await;
    let owner = world.owner();
    let with = |field: &str, value: &str| json!({"loginId": "owner", field: value});

    for (method, path, body) in [
        (Method::PUT, "/v1/users/owner/roles", json!({"roles": []})),
        (Method::PUT, "/v1/users/owner", with("status", "suspended")),
        (
            Method::PUT,
            "/v1/users/owner",
            with("validUntil", "2020-01-01"),
        ),
        (
            Method::PUT,
            "/v1/users/owner",
            with("validUntil", "2099-01-01"),
        ),
        (
            Method::PUT,
            "/v1/users/owner",
            with("validFrom", "2099-01-01"),
        ),
        (Method::DELETE, "/v1/users/owner", Value::Null),
    ] {
        let refused = call(&owner, method, path, &body).await;
        assert_eq!(
            refusal(&refused),
            (409, "last-owner".into()),
            "{path} {body}"
        );
    }
    for cells in [
        "status\nowner,inactive\n",
        "valid_until\nowner,2099-01-01\n",
    ] {
        let refused = import(&owner, "", &format!("login_id,{cells}")).await;
        assert_eq!(refusal(&refused), (409, "last-owner".into()), "{cells}");
    }

    // An owner whose validity ends does not replace one whose validity does not.
    world.operator("second", &json!([{"role": "owner"}])).await;
    let ends = json!({"loginId": "second", "validUntil": "2099-01-01"});
    assert_eq!(
        call(&owner, Method::PUT, "/v1/users/second", &ends).await.0,
        200
    );
    let refused = call(&owner, Method::DELETE, "/v1/users/owner", &Value::Null).await;
    assert_eq!(refusal(&refused), (409, "last-owner".into()));
}

#[tokio::test(start_paused = true)]
async fn the_last_owner_by_a_group_cannot_be_lost() {
    let world = World::new().await;
    let owner = world.owner();
    make_board(&world).await;
    let member = json!({"loginId": "owner", "groups": ["board"]});
    assert_eq!(
        call(&owner, Method::PUT, "/v1/users/owner", &member)
            .await
            .0,
        200
    );
    let roles = json!({"roles": []});
    assert_eq!(
        call(&owner, Method::PUT, "/v1/users/owner/roles", &roles)
            .await
            .0,
        200
    );

    let no_roles = json!({"name": "board", "roles": null});
    let no_groups = json!({"loginId": "owner"});
    for (method, path, body) in [
        (Method::PUT, "/v1/groups/board", no_roles),
        (Method::DELETE, "/v1/groups/board", Value::Null),
        (Method::PUT, "/v1/users/owner", no_groups),
    ] {
        let refused = call(&owner, method, path, &body).await;
        assert_eq!(
            refusal(&refused),
            (409, "last-owner".into()),
            "{path} {body}"
        );
    }
    let refused = import(&owner, "", "login_id,groups\nowner,\n").await;
    assert_eq!(refusal(&refused), (409, "last-owner".into()));
    assert!(is_owner(&owner).await);
}

#[tokio::test(start_paused = true)]
async fn an_owner_and_a_group_of_owners_that_end_each_other_at_once_do_not_both_succeed() {
    for at in 0..24 {
        let world = World::new().await;
        let (owner, second) = (world.owner(), world.caller("second"));
        make_board(&world).await;
        world.user("second", &json!({"groups": ["board"]})).await;

        let (no_board, no_roles) = (json!({"name": "board", "roles": []}), json!({"roles": []}));
        let later = async {
            tokio::time::sleep(Duration::from_micros(at * 250)).await;
            call(&second, Method::PUT, "/v1/users/owner/roles", &no_roles).await
        };
        let (one, other) = join!(
            call(&owner, Method::PUT, "/v1/groups/board", &no_board),
            later
        );

        assert!(!(one.0 == 200 && other.0 == 200), "{at}: {one:?} {other:?}");
        assert!(is_owner(&owner).await || is_owner(&second).await, "{at}");
    }
}

/// Numbers that look random, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % end
    }
}

/// A change that may take an owner away, or give one back.
async fn change(caller: &Caller, user: &str, choice: u64) -> (StatusCode, Value) {
    let path = format!("/v1/users/{user}");
    let roles = format!("{path}/roles");
    let put = async |path: &str, body: Value| call(caller, Method::PUT, path, &body).await;
    match choice {
        0 => put(&roles, json!({"roles": []})).await,
        1 => put(&roles, json!({"roles": [{"role": "owner"}]})).await,
        2 => put(&path, json!({"loginId": user, "groups": ["board"]})).await,
        3 => put(&path, json!({"loginId": user})).await,
        4 => put(&path, json!({"loginId": user, "status": "inactive"})).await,
        5 => put(&path, json!({"loginId": user, "validUntil": "2020-01-01"})).await,
        6 => put("/v1/groups/board", json!({"name": "board", "roles": []})).await,
        7 => {
            put(
                "/v1/groups/board",
                json!({"name": "board", "roles": [{"role": "owner"}]}),
            )
            .await
        }
        8 => import(caller, "", &format!("login_id,status\n{user},suspended\n")).await,
        _ => call(caller, Method::DELETE, &path, &Value::Null).await,
    }
}

#[tokio::test(start_paused = true)]
async fn random_changes_by_two_owners_at_once_never_leave_none() {
    for seed in 0..40 {
        let mut numbers = Numbers(seed);
        let world = World::new().await;
        let owners = [
            world.owner(),
            world.operator("second", &json!([{"role": "owner"}])).await,
        ];
        make_board(&world).await;
        let mut delays = Numbers(seed + 1_000);
        world
            .faults
            .plan(move |_, _| Fault::Delay(Duration::from_micros(delays.below(3_000))));

        let mut history = Vec::new();
        for _ in 0..6 {
            let mut next = || {
                (
                    ["owner", "second"][usize::from(numbers.below(2) == 1)],
                    numbers.below(10),
                )
            };
            let ((user, choice), (other_user, other_choice)) = (next(), next());
            let (one, other) = join!(
                change(&owners[0], user, choice),
                change(&owners[1], other_user, other_choice)
            );
            history.push((
                user,
                choice,
                one.0.as_u16(),
                other_user,
                other_choice,
                other.0.as_u16(),
            ));

            let is_owned = is_owner(&owners[0]).await || is_owner(&owners[1]).await;
            assert!(is_owned, "seed {seed}: {history:?}");
        }
    }
}
