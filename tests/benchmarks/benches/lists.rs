//! `cargo bench -p reinvite-benchmarks --bench lists`: an organisation of 100,000 users and 10,000 resends, and what a page of
//! each list costs: the calls to DynamoDB and the read units, those that find the operator apart. With a number behind
//! `--`, so many users, and a tenth of it resends.

use reinvite_aws::Clock;
use reinvite_benchmarks::{
    measured::options,
    meter::{Calls, Failure, Meter},
};
use reinvite_local::{
    caller::Caller,
    main_job,
    stack::{Connection, Stack},
    users_file::UsersFile,
};
use reinvite_test_kit::{BEGINNING, instant};
use serde_json::{Value, json};

const USERS: usize = 100_000;

fn main() -> Result<(), Failure> {
    let users = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(USERS);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    runtime.block_on(measure(users))
}

async fn measure(users: usize) -> Result<(), Failure> {
    let meter = Meter::default();
    let clock = Clock::starting_at(instant(BEGINNING));
    let stack = Stack::start(options(500, clock, Connection::InProcess(meter.observer())))?;
    let running = stack.clone();
    let running = tokio::spawn(async move { running.run().await });
    let owner = Caller::new(stack.front.clone(), main_job::organisation(&stack).await?);
    let file = UsersFile::read("users", csv(users).as_bytes(), chrono_tz::UTC)
        .map_err(|error| error.to_string())?;
    file.load(&owner, &indicatif::ProgressBar::hidden()).await?;
    let all = owner.get("/v1/users?q=user00").await?;
    let ids: Vec<&str> = all["users"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|user| user["id"].as_str())
        .collect();
    let mut last = Value::Null;
    for number in 0..users / 10 {
        // One goes out and the others wait, one user each but for the last.
        let ids = if number + 1 == users / 10 {
            &ids[..]
        } else {
            &ids[number % ids.len()..=number % ids.len()]
        };
        let mut body = json!({"selection": {"userIds": ids}});
        if number > 0 {
            body["startAt"] = "2026-12-20T00:00:00Z".into();
        }
        last = owner
            .post(
                "/v1/resends",
                &[("idempotency-key", &number.to_string())],
                &body,
            )
            .await?
            .1;
    }
    let group = owner.get("/v1/groups?limit=2").await?["groups"][1]["id"].clone();
    println!(
        "{users} users, {} resends; a page of 50, without the operator's own reads\n",
        users / 10
    );
    println!(
        "{:<58} {:>5} {:>6} {:>10} {:>6}",
        "list", "rows", "Query", "BatchGet", "units"
    );
    // What every request reads: the organisation, the operator and the groups.
    meter.take();
    owner.get("/v1/settings").await?;
    let own = meter.take();
    let resend = last["id"].as_str().unwrap_or_default();
    let user = ids.first().copied().unwrap_or_default();
    for (path, plural) in [
        ("/v1/users".to_string(), "users"),
        (
            format!("/v1/users?group={}", group.as_str().unwrap_or_default()),
            "users",
        ),
        ("/v1/users?status=active,suspended".into(), "users"),
        ("/v1/users?firstLogin=never".into(), "users"),
        (
            "/v1/users?firstLogin=2026-01-01..2026-06-30".into(),
            "users",
        ),
        ("/v1/users?signedUp=2026-01-01..2026-06-30".into(), "users"),
        ("/v1/users?lastInvited=never".into(), "users"),
        ("/v1/users?inviteCount=1..".into(), "users"),
        ("/v1/users?loginId=user00001".into(), "users"),
        ("/v1/users?q=user0001".into(), "users"),
        ("/v1/resends".into(), "resends"),
        ("/v1/resends?state=scheduled".into(), "resends"),
        (
            "/v1/resends?state=scheduled,completed,cancelled".into(),
            "resends",
        ),
        (format!("/v1/resends/{resend}/recipients"), "recipients"),
        (format!("/v1/resends/{resend}/excluded"), "excluded"),
        (format!("/v1/users/{user}/resends"), "resends"),
        ("/v1/templates".into(), "templates"),
        ("/v1/audit".into(), "audit"),
    ] {
        meter.take();
        let page = owner.get(&path).await?;
        let calls = meter.take();
        let difference = |operation: &str| {
            let of = |calls: &Calls| {
                calls
                    .get(&format!("DynamoDB {operation}"))
                    .copied()
                    .unwrap_or_default()
            };
            (of(&calls).0 - of(&own).0, of(&calls).1 - of(&own).1)
        };
        let [get, query, batch] = ["GetItem", "Query", "BatchGetItem"].map(difference);
        let rows = page[plural].as_array().map_or(0, Vec::len);
        let path = path.replace(resend, "{id}").replace(user, "{id}");
        println!(
            "{path:<58} {rows:>5} {:>6} {:>10} {:>6.1}",
            query.0,
            batch.0,
            get.1 + query.1 + batch.1
        );
    }
    running.abort();
    Ok(())
}

/// A twentieth suspended, half logged in, signed up over a year, in a hundred groups of ten.
fn csv(users: usize) -> String {
    let line = |number: usize| {
        let status = if number.is_multiple_of(20) {
            "suspended"
        } else {
            "active"
        };
        let month = number % 12 + 1;
        let login = if number.is_multiple_of(2) {
            format!("2026-{month:02}-15")
        } else {
            String::new()
        };
        format!(
            "user{number:05},user{number:05}@example.com,User {number},{status},Group {}/Team {},2025-{month:02}-01,{login}\n",
            number % 10,
            number % 100,
        )
    };
    let header =
        "login_id,email,display_name,status,groups,signed_up_at,first_login_at\n".to_string();
    header + &(0..users).map(line).collect::<String>()
}
