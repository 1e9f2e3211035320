//! The permissions: each call of the contract by each kind of caller, compared with a committed table.

use std::{collections::BTreeSet, fmt::Write};

use http::Method;
use insta::assert_snapshot;
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{
    World, WorldOptions,
    contract::{DOCUMENT, METHODS},
};
use serde_json::{Value, json};

const CALLERS: [&str; 9] = [
    "nobody",
    "other_owner",
    "view",
    "edit_elsewhere",
    "edit",
    "directory",
    "settings",
    "template",
    "owner",
];

/// A call that succeeds for the owner: its path in the document, the state of the resend, and the body.
struct Call {
    method: &'static str,
    path: &'static str,
    state: State,
    body: Value,
}

/// The state of the resend at the time of the call.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Scheduled,
    Sending,
    Paused,
    Failed,
    Sent,
}

fn call(method: &'static str, path: &'static str, body: Value) -> Call {
    Call {
        method,
        path,
        state: State::Scheduled,
        body,
    }
}

/// Every call of the contract.
fn calls() -> Vec<Call> {
    [
        directory_calls(),
        resend_calls(),
        template_calls(),
        other_calls(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The calls for groups and users.
fn directory_calls() -> Vec<Call> {
    let none = Value::Null;

    vec![
        call("get", "/v1/me", none.clone()),
        call("get", "/v1/groups", none.clone()),
        call("get", "/v1/groups/{id}", none.clone()),
        call("put", "/v1/groups/{id}", json!({"name": "g"})),
        call("delete", "/v1/groups/{id}", none.clone()),
        call("get", "/v1/users", none.clone()),
        call("get", "/v1/users/count", none.clone()),
        call("get", "/v1/users/{id}", none.clone()),
        call(
            "patch",
            "/v1/users/{id}",
            json!({"email": "right@example.com"}),
        ),
        call(
            "put",
            "/v1/users/{id}",
            json!({"loginId": "u1", "groups": ["g"]}),
        ),
        call("delete", "/v1/users/{id}", none.clone()),
        call("get", "/v1/users/{id}/roles", none.clone()),
        call("put", "/v1/users/{id}/roles", json!({"roles": []})),
        call("post", "/v1/users/{id}/unsuppress", none.clone()),
        call("get", "/v1/suppressed", none.clone()),
        call("delete", "/v1/suppressed/{id}", none.clone()),
        call("post", "/v1/users/import", json!("login_id\nu1\n")),
    ]
}

/// The calls for resends.
fn resend_calls() -> Vec<Call> {
    let none = Value::Null;
    let selection = json!({"selection": {"userIds": ["u1"]}});
    let with = |state, call: Call| Call { state, ..call };

    vec![
        call("post", "/v1/resends/preview", selection.clone()),
        call("post", "/v1/resends", selection.clone()),
        call("post", "/v1/users/{id}/resend", json!({})),
        call("get", "/v1/users/{id}/resends", none.clone()),
        call("get", "/v1/resends", none.clone()),
        call("get", "/v1/resends/{id}", none.clone()),
        call(
            "patch",
            "/v1/resends/{id}",
            json!({"startAt": "2026-11-23T03:00:00Z"}),
        ),
        call("post", "/v1/resends/{id}/cancel", none.clone()),
        with(
            State::Sending,
            call("post", "/v1/resends/{id}/pause", none.clone()),
        ),
        with(
            State::Paused,
            call("post", "/v1/resends/{id}/resume", none.clone()),
        ),
        with(
            State::Failed,
            call("post", "/v1/resends/{id}/retry", json!({})),
        ),
        call("get", "/v1/resends/{id}/recipients", none.clone()),
        call("get", "/v1/resends/{id}/excluded", none.clone()),
        call("get", "/v1/resends/{id}/choices", none.clone()),
        call("get", "/v1/resends/{id}/recipients/{userId}", none.clone()),
        with(
            State::Sent,
            call(
                "get",
                "/v1/resends/{id}/recipients/{userId}/mail",
                none.clone(),
            ),
        ),
    ]
}

/// The calls for templates.
fn template_calls() -> Vec<Call> {
    let none = Value::Null;

    vec![
        call("get", "/v1/templates", none.clone()),
        call(
            "post",
            "/v1/templates",
            json!({"name": "N", "variants": variants()}),
        ),
        call("get", "/v1/templates/variables", none.clone()),
        call(
            "post",
            "/v1/templates/preview",
            json!({"subject": "s", "html": "<p>h</p>", "language": "en"}),
        ),
        call("get", "/v1/templates/{id}", none.clone()),
        call(
            "put",
            "/v1/templates/{id}",
            json!({"name": "N", "variants": variants()}),
        ),
        call("delete", "/v1/templates/{id}", none.clone()),
        call(
            "post",
            "/v1/templates/{id}/preview",
            json!({"userId": "u1"}),
        ),
        call("post", "/v1/templates/{id}/test", json!({"userId": "u1"})),
    ]
}

/// The calls for settings and the audit trail, the public calls, and a resend with an edit.
fn other_calls() -> Vec<Call> {
    let none = Value::Null;

    vec![
        call("get", "/v1/settings", none.clone()),
        call("put", "/v1/settings", json!({})),
        call("get", "/v1/audit", none.clone()),
        // Public calls: only the token in the request counts, and this one is forged.
        call(
            "post",
            "/v1/invitations/renew",
            json!({"organisation": "sample", "email": "u1@example.com"}),
        ),
        call("get", "/v1/invitations/{token}", none.clone()),
        call(
            "post",
            "/v1/invitations/{token}/accept",
            json!({"password": "correct horse battery staple"}),
        ),
        // A resend with an edit of the template.
        call(
            "post",
            "/v1/resends",
            json!({"selection": {"userIds": ["u1"]}, "edit": {"language": "en", "subject": "s"}}),
        ),
    ]
}

fn variants() -> Value {
    json!({"en": {"subject": "s", "html": "h", "text": "t"}})
}

/// A world with users, groups, a template, and a resend to a group by the owner.
async fn world(state: State) -> (World, String, String) {
    let world = World::with(WorldOptions {
        send_rate: 1,
        ..WorldOptions::default()
    })
    .await;
    for group in ["g", "h", "empty"] {
        world.group(group, None).await;
    }
    for user in ["u1", "u2", "u3"] {
        world.user(user, &json!({"groups": ["g"]})).await;
    }
    let owner = world.owner();

    let body = json!({"name": "T", "variants": variants()});
    let (_, template) = owner.post("/v1/templates", &[], &body).await.unwrap();
    let mut body = json!({"selection": {"filter": {"group": "g"}}});
    if state == State::Scheduled {
        body["startAt"] = "2026-11-23T02:00:00Z".into();
    }
    if state == State::Failed {
        world.faults.plan(|call, _| match call.operation.as_str() {
            "SendBulkEmail" => Fault::Refuse {
                status: 400,
                code: "BadRequestException",
            },
            _ => Fault::Pass,
        });
    }
    let (_, resend) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let path = format!("/v1/resends/{}", resend["id"].as_str().unwrap());
    world
        .pass(if matches!(state, State::Failed | State::Sent) {
            60
        } else {
            1
        })
        .await;
    world.faults.plan(|_, _| Fault::Pass);

    if state == State::Paused {
        let (status, _) = owner
            .post(&format!("{path}/pause"), &[], &json!({}))
            .await
            .unwrap();
        assert_eq!(status, 200);
    }
    let text = |value: &Value| value["id"].as_str().unwrap().to_string();
    (world, text(&resend), text(&template))
}

async fn caller(world: &World, name: &str) -> Caller {
    let grant = |group: &str, access: &str| json!([{"role": "group_manager", "group": group, "access": access}]);

    match name {
        "nobody" => Caller::new(world.stack.front.clone(), "no token".into()),
        "other_owner" => {
            let event = json!({"createOrganisation": {"id": "other", "name": "Other", "timeZone": "UTC", "language": "en",
                "owner": {"loginId": "boss", "displayName": "Boss", "email": "boss@example.com"}}});
            world
                .stack
                .functions
                .invoke("directory", event)
                .await
                .unwrap();
            world.caller_of("boss", "other")
        }
        "view" => world.operator("op", &grant("g", "view")).await,
        "edit_elsewhere" => world.operator("op", &grant("h", "edit")).await,
        "edit" => world.operator("op", &grant("g", "edit")).await,
        "owner" => world.owner(),
        role => {
            world
                .operator("op", &json!([{"role": format!("{role}_manager")}]))
                .await
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_caller_may_call_what_the_permission_table_says() {
    let mut table = format!("{:<52}", "");
    for name in CALLERS {
        write!(table, " {name:>14}").unwrap();
    }

    for call in calls() {
        let edit = if call.body.get("edit").is_some() {
            " with edit"
        } else {
            ""
        };
        write!(
            table,
            "\n{:<52}",
            format!("{} {}{edit}", call.method.to_ascii_uppercase(), call.path)
        )
        .unwrap();

        for name in CALLERS {
            let (world, resend, template) = world(call.state).await;
            let caller = caller(&world, name).await;
            let id = match call.path.split('/').nth(2).unwrap() {
                "users" => "u1",
                "groups" if call.method == "delete" => "empty",
                "groups" => "g",
                "resends" => &resend,
                _ => &template,
            };
            let path = call
                .path
                .replace("{id}", id)
                .replace("{userId}", "u1")
                .replace("{token}", "forged");
            let media = if call.body.is_string() {
                "text/csv"
            } else {
                "application/json"
            };
            let mut headers = vec![("idempotency-key", "cell"), ("content-type", media)];
            if call.method == "put" && !path.contains("/users") && !path.contains("/groups") {
                headers.push(("if-match", "*"));
            }
            let body = match &call.body {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                json => json.to_string(),
            };
            let method = Method::from_bytes(call.method.to_ascii_uppercase().as_bytes()).unwrap();
            let (status, _) = caller.call(method, &path, &headers, body).await.unwrap();
            write!(table, " {:>14}", status.as_u16()).unwrap();
        }
    }

    assert_snapshot!("permissions", table);
}

#[test]
fn every_call_of_the_contract_is_in_the_table() {
    let listed: BTreeSet<_> = calls()
        .iter()
        .map(|call| (call.method, call.path))
        .collect();
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let documented = paths.iter().flat_map(|(path, item)| {
        METHODS
            .into_iter()
            .filter(|method| !item[*method].is_null())
            .map(move |method| (method, path.as_str()))
    });
    assert_eq!(listed, documented.collect());
}
