//! `cargo bench -p reinvite-benchmarks --bench lists` measures the cost of a page of each list and of a preview, in
//! organisations of 1,000, 10,000 and 100,000 users and a tenth as many resends: the calls to DynamoDB and the read units,
//! without those that read the operator. Numbers behind `--` choose other sizes.

use std::time::Duration;

use reinvite_aws::Clock;
use reinvite_benchmarks::{
    measured_resend::options,
    meter::{BenchmarkError, Calls, Meter},
};
use reinvite_domain::{Zone, import::ImportOptions};
use reinvite_local::{
    caller::Caller,
    organisation,
    stack::{Connection, Stack},
    users_file::UsersFile,
};
use reinvite_test_kit::{BEGINNING, instant};
use serde_json::{Value, json};

/// Users of each organisation.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() -> Result<(), BenchmarkError> {
    let mut sizes: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
    }

    for users in sizes {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()?;
        runtime.block_on(measure(users))?;
    }
    Ok(())
}

/// The ids that the paths of lists name.
struct Ids {
    group: String,
    resend: String,
    user: String,
    /// Users that a preview selects.
    selected: Vec<String>,
}

async fn measure(users: usize) -> Result<(), BenchmarkError> {
    let meter = Meter::default();
    let clock = Clock::starting_at(instant(BEGINNING));
    let stack = Stack::start(options(500, clock, Connection::InProcess(meter.observer())))?;
    let running = stack.clone();
    let running = tokio::spawn(async move { running.run().await });

    let owner = Caller::new(stack.front.clone(), organisation::create(&stack).await?);
    let ids = load(&owner, users).await?;
    println!(
        "\n{users} users, {} resends; a page of 50, without the operator's own reads\n",
        users / 10
    );
    print_costs(&owner, &meter, &ids).await?;

    running.abort();
    Ok(())
}

/// Loads the users, and creates a tenth as many resends.
async fn load(owner: &Caller, users: usize) -> Result<Ids, BenchmarkError> {
    let options = ImportOptions::default();
    let file = UsersFile::read("users", csv(users).as_bytes(), &options, Zone::UTC)
        .map_err(|error| error.to_string())?;
    file.load(owner, &indicatif::ProgressBar::hidden()).await?;

    // The sweep counts the members of the groups.
    tokio::time::sleep(Duration::from_mins(3)).await;

    let ids = first_users(owner, users / 10).await?;
    let selected = &ids[..ids.len().min(50)];
    let resend = create_resends(owner, &ids, selected).await?;

    let groups = owner.get("/v1/groups?limit=2").await?;
    Ok(Ids {
        group: text(&groups["groups"][1]["id"]),
        resend,
        user: ids[0].clone(),
        selected: selected.to_vec(),
    })
}

/// The ids of the first users.
async fn first_users(owner: &Caller, count: usize) -> Result<Vec<String>, BenchmarkError> {
    let (mut ids, mut next) = (Vec::new(), String::new());
    while ids.len() < count {
        let path = format!("/v1/users?limit=200{next}");
        let page = owner.get(&path).await?;
        let rows = page["users"].as_array().into_iter().flatten();
        ids.extend(rows.map(|user| text(&user["id"])));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&next={cursor}"),
            None => break,
        }
    }
    ids.truncate(count);
    Ok(ids)
}

/// Creates a resend for each user, and returns the id of the last. The first starts now, the others later. The last has all
/// selected users instead.
async fn create_resends(
    owner: &Caller,
    users: &[String],
    all_selected: &[String],
) -> Result<String, BenchmarkError> {
    let mut last = Value::Null;

    for number in 0..users.len() {
        let selected = if number + 1 == users.len() {
            all_selected
        } else {
            &users[number..=number]
        };
        let mut body = json!({"selection": {"userIds": selected}});
        if number > 0 {
            body["startAt"] = "2026-12-20T00:00:00Z".into();
        }

        let headers = [("idempotency-key", &*number.to_string())];
        last = owner.post("/v1/resends", &headers, &body).await?.1;
    }

    Ok(text(&last["id"]))
}

/// Measures and prints a page of each list.
async fn print_costs(owner: &Caller, meter: &Meter, ids: &Ids) -> Result<(), BenchmarkError> {
    println!(
        "{:<58} {:>5} {:>6} {:>10} {:>6}",
        "list", "rows", "Query", "BatchGet", "units"
    );

    // Every request reads the organisation, the operator and the groups.
    meter.take();
    owner.get("/v1/settings").await?;
    let operator = meter.take();

    for (path, plural) in lists(ids) {
        meter.take();
        let page = owner.get(&path).await?;
        let rows = page[plural].as_array().map_or(0, Vec::len);
        let path = path.replace(&ids.resend, "{id}").replace(&ids.user, "{id}");
        print_cost(&path, rows, &meter.take(), &operator);
    }

    let group = &ids.group;
    for (selection, of) in [
        (json!({"userIds": ids.selected}), "of 50 users"),
        (json!({"filter": {"group": group}}), "of a group"),
    ] {
        let body = json!({"selection": selection});
        meter.take();
        let (_, preview) = owner.post("/v1/resends/preview", &[], &body).await?;
        let rows =
            ["eligible", "excluded"].map(|list| preview[list].as_array().map_or(0, Vec::len));
        let path = format!("/v1/resends/preview {of}");
        print_cost(&path, rows.into_iter().sum(), &meter.take(), &operator);
    }
    Ok(())
}

/// Prints the calls and the read units of a request, less those that read the operator.
fn print_cost(path: &str, rows: usize, calls: &Calls, operator: &Calls) {
    let difference = |operation: &str| {
        let of = |calls: &Calls| {
            calls
                .get(&format!("DynamoDB {operation}"))
                .copied()
                .unwrap_or_default()
        };
        (of(calls).0 - of(operator).0, of(calls).1 - of(operator).1)
    };
    let [get, query, batch] = ["GetItem", "Query", "BatchGetItem"].map(difference);

    println!(
        "{path:<58} {rows:>5} {:>6} {:>10} {:>6.1}",
        query.0,
        batch.0,
        get.1 + query.1 + batch.1
    );
}

/// The path of each list, and the name of its rows in the answer.
fn lists(
    Ids {
        group,
        resend,
        user,
        ..
    }: &Ids,
) -> Vec<(String, &'static str)> {
    vec![
        ("/v1/groups".to_string(), "groups"),
        ("/v1/users".to_string(), "users"),
        (format!("/v1/users?group={group}"), "users"),
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
    ]
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// A CSV file with users: a twentieth are suspended, half have logged in, they signed up over a year, and they are in a
/// hundred groups of ten.
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
