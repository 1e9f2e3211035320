//! The main job: invites again the users of one group who are active and have never logged in.
//!
//! It calls the API as an operator would.

use chrono::TimeDelta;
use reinvite_aws::Clock;
use serde_json::{Value, json};

use crate::{
    caller::{CallError, Caller, accepted},
    output::{Output, PrintError, line},
    progress,
    report::{self, ReportError},
};

/// The most members of a group that the main job picks. At the default send rate they get their mails within 10 s.
const MAX_GROUP_MEMBERS: u64 = 500;

/// The interval at which the resend is looked at until it has ended.
const POLL_INTERVAL: TimeDelta = TimeDelta::milliseconds(200);

/// The main job is not done.
#[derive(Debug, thiserror::Error)]
pub enum MainJobError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The outcome cannot be reported.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A line cannot be printed.
    #[error("the outcome cannot be printed")]
    Print(#[from] PrintError),
    /// The resend ended or stopped without being completed.
    #[error("the resend is {0}")]
    NotCompleted(String),
}

/// A group of the organisation, or all of it.
struct Audience {
    group: Option<Value>,
    /// The names of the group and of the groups above it.
    path: String,
}

/// Invites users again and prints the outcome.
pub async fn run(caller: &Caller, clock: &Clock, output: Output<'_>) -> Result<(), MainJobError> {
    let audience = Audience::pick(caller).await?;
    let selection = json!({"selection": {"filter": audience.filter()}});
    line(
        output,
        format_args!(
            "Resend  to the active users of {} who have never logged in",
            audience.path
        ),
    )?;

    let preview = accepted(caller.post("/v1/resends/preview", &[], &selection).await?)?;
    print_preview(&preview, output)?;
    if preview["counts"]["eligible"] == 0 {
        let excluded = preview["excluded"].as_array().cloned().unwrap_or_default();
        report::print_reasons(caller, "No user is invited", &excluded, output).await?;
        return Ok(());
    }

    let key = format!("main-job-{}", clock.now().timestamp_millis());
    let headers = [("idempotency-key", key.as_str())];
    let resend = accepted(caller.post("/v1/resends", &headers, &selection).await?)?;
    let id = text(&resend["id"]);

    wait_until_completed(caller, clock, id).await?;
    Ok(report::print(caller, id, output).await?)
}

fn print_preview(preview: &Value, output: Output<'_>) -> Result<(), PrintError> {
    let counts = &preview["counts"];
    let finish = preview["expectedFinish"]
        .as_str()
        .map(|finish| format!(", expected to finish at {finish}"));
    line(
        output,
        format_args!(
            "Preview {} eligible, {} excluded{}",
            counts["eligible"],
            counts["excluded"],
            finish.unwrap_or_default(),
        ),
    )
}

impl Audience {
    /// Picks the group to resend to: the one with the most members that is not too large, and of these one without groups
    /// below it if there is one. If every group is too large it is the smallest, and without groups everybody.
    async fn pick(caller: &Caller) -> Result<Self, CallError> {
        let groups = caller.all("/v1/groups", "groups").await?;
        let members = |group: &&Value| group["memberCount"].as_u64().unwrap_or_default();
        let fits = |group: &&Value| (1..=MAX_GROUP_MEMBERS).contains(&members(group));
        let is_nested =
            |group: &&Value| groups.iter().any(|other| other["id"] == group["parentId"]);

        let nested = groups.iter().filter(fits).filter(is_nested);
        let largest = nested
            .max_by_key(members)
            .or_else(|| groups.iter().filter(fits).max_by_key(members));
        let picked = largest.or_else(|| {
            let not_empty = groups.iter().filter(|group| members(group) > 0);
            not_empty.min_by_key(members)
        });

        Ok(match picked {
            Some(group) => Self {
                group: Some(group["id"].clone()),
                path: path(&groups, group),
            },
            None => Self {
                group: None,
                path: "the organisation".to_owned(),
            },
        })
    }

    /// The filter of the active users who have never logged in.
    fn filter(&self) -> Value {
        let mut filter = json!({"status": ["active"], "firstLogin": "never"});
        if let Some(group) = &self.group {
            filter["group"] = group.clone();
        }
        filter
    }
}

fn path(groups: &[Value], group: &Value) -> String {
    let name = text(&group["name"]);
    match groups.iter().find(|other| other["id"] == group["parentId"]) {
        Some(parent) => format!("{}/{name}", path(groups, parent)),
        None => name.to_owned(),
    }
}

/// Waits until a resend is completed; any other end is an error.
async fn wait_until_completed(
    caller: &Caller,
    clock: &Clock,
    id: &str,
) -> Result<(), MainJobError> {
    let progress = progress::bar(0, "mails");
    loop {
        let resend = caller.get(&format!("/v1/resends/{id}")).await?;
        let count = |name: &str| resend["counts"][name].as_u64().unwrap_or_default();
        progress.set_length(count("eligible"));
        progress.set_position(count("eligible").saturating_sub(count("pending")));

        match text(&resend["state"]) {
            "preparing" | "scheduled" | "sending" => {}
            "completed" => {
                progress.finish_and_clear();
                return Ok(());
            }
            state => return Err(MainJobError::NotCompleted(state.to_owned())),
        }
        clock.sleep_until(clock.now() + POLL_INTERVAL).await;
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
