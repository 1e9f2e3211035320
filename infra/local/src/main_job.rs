//! The main job, once: make the organisation, load its users, and resend invitations to those of one group who are
//! active and have never logged in. Everything is done through the API, as an operator would.

use std::time::Duration;

use chrono::TimeDelta;
use indicatif::{ProgressBar, ProgressStyle};
use reinvite_domain::OrganisationId;
use reinvite_emulators::lambda::InvokeError;
use serde_json::{Value, json};

use crate::{
    caller::{CallError, Caller, accepted},
    stack::{ORGANISATION, Stack},
    users_file::{UsersFile, UsersFileError},
};

/// The event that makes the sample organisation.
const CREATE_ORGANISATION: &str =
    include_str!("../../../events/directory/create-organisation.json");

/// The users of the sample organisation.
pub const SAMPLE_USERS: &[u8] = include_bytes!("../../../events/users.csv");

/// The most members of a group the main job picks: more than a screen, less than a coffee at the default send rate.
const LARGEST_GROUP: u64 = 500;

/// Rows of a table that are printed.
const ROWS: usize = 40;

/// Why the main job was not done.
#[derive(Debug, thiserror::Error)]
pub enum MainJobError {
    /// The organisation cannot be made.
    #[error("the organisation cannot be made")]
    Organisation(#[from] InvokeError),
    /// An event of the project is no JSON.
    #[error("an event of the project is no JSON")]
    Event(#[from] serde_json::Error),
    /// A token cannot be had.
    #[error("there is no token for the owner: {0}")]
    Token(String),
    /// The users cannot be loaded.
    #[error(transparent)]
    Users(#[from] UsersFileError),
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The resend ended, or stopped, without being completed.
    #[error("the resend is {0}")]
    NotCompleted(String),
}

/// Makes the organisation; nothing changes where it is there already. Answers with its owner's token.
pub async fn organisation(stack: &Stack) -> Result<String, MainJobError> {
    stack
        .functions
        .invoke("directory", serde_json::from_str(CREATE_ORGANISATION)?)
        .await?;
    let id = OrganisationId::new(ORGANISATION)
        .map_err(|error| MainJobError::Token(error.to_string()))?;
    let owner = stack.store.user_lists.with_login_id(&id, "owner").await;
    let owner = owner.map_err(|error| MainJobError::Token(error.to_string()))?;
    let owner = owner.ok_or_else(|| MainJobError::Token("nobody has the login id owner".into()))?;
    stack
        .issuer
        .token(owner.id.as_str(), ORGANISATION)
        .map_err(|error| MainJobError::Token(error.to_string()))
}

/// Loads users and invites those of one group again.
pub async fn run(stack: &Stack, caller: &Caller, users: &UsersFile) -> Result<(), MainJobError> {
    let progress = bar(users.len().try_into().unwrap_or_default(), "users");
    let [created, updated, unchanged] = users.load(caller, &progress).await?;
    progress.finish_and_clear();
    println!("Users   {created} created, {updated} updated, {unchanged} unchanged");

    let (group, path) = pick_group(caller).await?;
    let mut filter = json!({"status": ["active"], "firstLogin": "never"});
    if let Some(group) = group {
        filter["group"] = group;
    }
    println!("Resend  to the active users of {path} who have never logged in");
    let body = json!({"selection": {"filter": filter}});
    let preview = accepted(caller.post("/v1/resends/preview", &[], &body).await?)?;
    println!(
        "Preview {} eligible, {} excluded, expected to finish at {}",
        preview["counts"]["eligible"],
        preview["counts"]["excluded"],
        text(&preview["expectedFinish"]),
    );
    if preview["counts"]["eligible"] == 0 {
        print_rows(
            "Nobody is invited",
            &names(&preview["excluded"], |row| text(&row["reason"])),
        );
        return Ok(());
    }
    let key = format!("main-job-{}", stack.clock.now().timestamp_millis());
    let resend = accepted(
        caller
            .post("/v1/resends", &[("idempotency-key", &key)], &body)
            .await?,
    )?;
    let resend = follow(stack, caller, text(&resend["id"])).await?;
    report(caller, &resend).await
}

/// The group to resend to: of those that are not too large the one with the most members, else the smallest; and where
/// there is none, everybody.
async fn pick_group(caller: &Caller) -> Result<(Option<Value>, String), CallError> {
    let groups = caller.all("/v1/groups", "groups").await?;
    let members = |group: &Value| group["memberCount"].as_u64().unwrap_or_default();
    let fits = |group: &&Value| (1..=LARGEST_GROUP).contains(&members(group));
    let leaf = |group: &&Value| groups.iter().any(|other| other["id"] == group["parentId"]);
    let picked = groups
        .iter()
        .filter(fits)
        .filter(leaf)
        .max_by_key(|group| members(group))
        .or_else(|| {
            groups
                .iter()
                .filter(fits)
                .max_by_key(|group| members(group))
        })
        .or_else(|| {
            groups
                .iter()
                .filter(|group| members(group) > 0)
                .min_by_key(|group| members(group))
        });
    Ok(match picked {
        None => (None, "the organisation".to_string()),
        Some(group) => (Some(group["id"].clone()), path(&groups, group)),
    })
}

fn path(groups: &[Value], group: &Value) -> String {
    let own = text(&group["name"]);
    match groups.iter().find(|other| other["id"] == group["parentId"]) {
        Some(parent) => format!("{}/{own}", path(groups, parent)),
        None => own.to_string(),
    }
}

/// Waits until a resend has ended.
async fn follow(stack: &Stack, caller: &Caller, id: &str) -> Result<Value, MainJobError> {
    let progress = bar(0, "mails");
    loop {
        let resend = caller.get(&format!("/v1/resends/{id}")).await?;
        let counts = &resend["counts"];
        let eligible = counts["eligible"].as_u64().unwrap_or_default();
        progress.set_length(eligible);
        progress
            .set_position(eligible - counts["pending"].as_u64().unwrap_or_default().min(eligible));
        match text(&resend["state"]) {
            "preparing" | "scheduled" | "sending" => {}
            "completed" => {
                progress.finish_and_clear();
                return Ok(resend);
            }
            state => return Err(MainJobError::NotCompleted(state.to_string())),
        }
        stack
            .clock
            .sleep_until(stack.clock.now() + TimeDelta::milliseconds(200))
            .await;
    }
}

async fn report(caller: &Caller, resend: &Value) -> Result<(), MainJobError> {
    let id = text(&resend["id"]);
    let recipients = caller
        .all(&format!("/v1/resends/{id}/recipients"), "recipients")
        .await?;
    let excluded = caller
        .all(&format!("/v1/resends/{id}/excluded"), "excluded")
        .await?;
    let got_one = |row: &&Value| row["state"] == "sent" || row["state"] == "delivered";
    let sent: Vec<_> = recipients.iter().filter(got_one).cloned().collect();
    let not: Vec<_> = recipients
        .iter()
        .filter(|row| !got_one(row))
        .chain(&excluded)
        .cloned()
        .collect();
    print_rows(
        "Got a mail",
        &names(&Value::Array(sent), |row| text(&row["sentAt"])),
    );
    print_rows(
        "Got none",
        &names(&Value::Array(not), |row| text(&row["reason"])),
    );
    Ok(())
}

fn names<'a>(
    rows: &'a Value,
    what: impl Fn(&'a Value) -> &'a str,
) -> Vec<(&'a str, &'a str, &'a str)> {
    let row = |row: &'a Value| (text(&row["userId"]), text(&row["displayName"]), what(row));
    rows.as_array()
        .map(|rows| rows.iter().map(row).collect())
        .unwrap_or_default()
}

fn print_rows(title: &str, rows: &[(&str, &str, &str)]) {
    println!("\n{title}: {}", rows.len());
    for (user, name, what) in rows.iter().take(ROWS) {
        println!("  {user:<34} {what:<26} {name}");
    }
    if rows.len() > ROWS {
        println!("  … and {} more", rows.len() - ROWS);
    }
}

fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}");
    let bar = ProgressBar::new(length).with_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
