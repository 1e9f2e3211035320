//! Flows, faults, contracts and benchmarks over the whole stack: the functions as they are deployed, on the local AWS, in
//! this process.

pub mod contract;
mod faults;
mod setting;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dynoxide::ImportOptions;
use http::{Method, StatusCode};
use reinvite_aws::Clock;
use reinvite_domain::{OrganisationId, credential::Hashing};
use reinvite_emulators::connector::Observer;
use reinvite_local::{
    caller::Caller,
    main_job,
    stack::{Connection, ORGANISATION, Options, Stack},
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

pub use faults::Faults;
pub use setting::{Setting, Tables};

/// When every world begins, unless it says otherwise.
pub const BEGINNING: &str = "2026-11-23T00:00:00Z";

/// The whole stack, its time, and the one organisation in it. It ends when it is dropped.
pub struct World {
    /// The stack.
    pub stack: Stack,
    /// What becomes of the functions' calls.
    pub faults: Faults,
    owner: Caller,
    running: JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// The instant of an RFC 3339 text.
///
/// # Panics
///
/// Where it is none.
#[must_use]
pub fn instant(text: &str) -> DateTime<Utc> {
    reinvite_domain::time::instant(text).unwrap_or_else(|| panic!("{text} is no instant"))
}

/// The name of a status and the name of a problem's type.
#[must_use]
pub fn refusal((status, answer): &(StatusCode, Value)) -> (u16, String) {
    let kind = answer["type"].as_str().unwrap_or_default();
    (
        status.as_u16(),
        kind.trim_start_matches("/problems/").to_string(),
    )
}

impl World {
    /// A world with nobody but the owner in it.
    pub async fn new() -> Self {
        Self::with(Setting::default()).await
    }

    /// The same, in this setting.
    ///
    /// # Panics
    ///
    /// Where the stack does not start.
    pub async fn with(setting: Setting) -> Self {
        let faults = Faults::default();
        let watching = faults.clone();
        let stack = Stack::start(Options {
            data: setting.data,
            send_rate: setting.send_rate,
            daily_quota: setting.daily_quota,
            chunk_size: setting.chunk_size,
            feedback: setting.feedback,
            passwords: (setting.credentials, Hashing::cheap()),
            port: 3000,
            clock: setting.now.map_or_else(Clock::system, Clock::starting_at),
            connection: Connection::InProcess(Observer::new(move |call| watching.of(call))),
        });
        let mut stack = stack.unwrap_or_else(|error| panic!("the stack does not start: {error}"));
        if setting.contract {
            stack.front = stack.front.layer(axum::middleware::from_fn(contract::kept));
        }
        for (table, items) in setting.tables.0 {
            let imported =
                stack
                    .services
                    .database
                    .import_items(table, items, ImportOptions::default());
            imported
                .unwrap_or_else(|error| panic!("the items of {table} are not imported: {error}"));
        }
        let token = main_job::organisation(&stack).await;
        let token = token.unwrap_or_else(|error| panic!("the organisation is not made: {error}"));
        let owner = Caller::new(stack.front.clone(), token);
        let running = stack.clone();
        let running = tokio::spawn(async move { running.run().await });
        Self {
            stack,
            faults,
            owner,
            running,
        }
    }

    /// The organisation.
    ///
    /// # Panics
    ///
    /// Never: its id is one.
    #[must_use]
    pub fn organisation(&self) -> OrganisationId {
        OrganisationId::new(ORGANISATION).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Calls of the user with that id.
    ///
    /// # Panics
    ///
    /// Where no token can be signed.
    #[must_use]
    pub fn caller(&self, user: &str) -> Caller {
        self.caller_of(user, ORGANISATION)
    }

    /// The same in another organisation.
    ///
    /// # Panics
    ///
    /// Where no token can be signed.
    #[must_use]
    pub fn caller_of(&self, user: &str, organisation: &str) -> Caller {
        let token = self
            .stack
            .issuer
            .token(user, organisation)
            .unwrap_or_else(|error| panic!("no token: {error}"));
        Caller::new(self.stack.front.clone(), token)
    }

    /// Calls of the owner.
    #[must_use]
    pub fn owner(&self) -> Caller {
        self.owner.clone()
    }

    /// Makes a group at the top, or in `parent`.
    ///
    /// # Panics
    ///
    /// Where it is refused.
    pub async fn group(&self, id: &str, parent: Option<&str>) {
        let mut body = json!({"name": id});
        if let Some(parent) = parent {
            body["parentId"] = parent.into();
        }
        self.put(&format!("/v1/groups/{id}"), &body).await;
    }

    /// Makes or replaces a user.
    ///
    /// # Panics
    ///
    /// Where it is refused.
    pub async fn user(&self, id: &str, body: &Value) {
        let mut user = json!({"loginId": id, "email": format!("{id}@example.com")});
        if let (Some(user), Some(body)) = (user.as_object_mut(), body.as_object()) {
            user.extend(body.clone());
        }
        self.put(&format!("/v1/users/{id}"), &user).await;
    }

    /// Users `u001` and on, in a group.
    pub async fn users(&self, count: usize, group: &str) -> Vec<String> {
        let ids: Vec<String> = (1..=count).map(|number| format!("u{number:03}")).collect();
        for id in &ids {
            self.user(id, &json!({"groups": [group]})).await;
        }
        ids
    }

    /// Users `u00001` and on in a group, which is made with them: by CSV, for there may be many.
    ///
    /// # Panics
    ///
    /// Where it is refused.
    pub async fn import(&self, count: usize, group: &str) {
        let lines: Vec<String> = (1..=count)
            .map(|number| format!("u{number:05},u{number:05}@example.com,{group}\n"))
            .collect();
        for lines in lines.chunks(5_000) {
            let file = format!("login_id,email,groups\n{}", lines.concat());
            let headers = [("content-type", "text/csv")];
            match self
                .owner
                .call(Method::POST, "/v1/users/import", &headers, file)
                .await
            {
                Ok((status, _)) if status.is_success() => {}
                refused => panic!("the import is refused: {refused:?}"),
            }
        }
    }

    /// Changes these settings, and leaves the others.
    ///
    /// # Panics
    ///
    /// Where it is refused.
    pub async fn settings(&self, changes: &Value) {
        let mut settings = self
            .owner
            .get("/v1/settings")
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let version = format!("\"{}\"", settings["version"]);
        if let (Some(settings), Some(changes)) = (settings.as_object_mut(), changes.as_object()) {
            settings.extend(changes.clone());
        }
        let headers = [
            ("content-type", "application/json"),
            ("if-match", &*version),
        ];
        match self
            .owner
            .call(Method::PUT, "/v1/settings", &headers, settings.to_string())
            .await
        {
            Ok((status, _)) if status.is_success() => {}
            refused => panic!("the settings are refused: {refused:?}"),
        }
    }

    /// The id of the group of that name.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub async fn group_id(&self, name: &str) -> Value {
        let groups = self
            .owner
            .all("/v1/groups", "groups")
            .await
            .unwrap_or_default();
        let group = groups.into_iter().find(|group| group["name"] == name);
        group.unwrap_or_else(|| panic!("there is no group {name}"))["id"].clone()
    }

    /// Makes an operator: a user of no group with these roles.
    ///
    /// # Panics
    ///
    /// Where it is refused.
    pub async fn operator(&self, id: &str, roles: &Value) -> Caller {
        self.user(id, &json!({})).await;
        self.put(&format!("/v1/users/{id}/roles"), &json!({"roles": roles}))
            .await;
        self.caller(id)
    }

    async fn put(&self, path: &str, body: &Value) {
        let headers = [("content-type", "application/json")];
        let answer = self
            .owner()
            .call(Method::PUT, path, &headers, body.to_string())
            .await;
        match answer {
            Ok((status, _)) if status.is_success() => {}
            refused => panic!("{path} is refused: {refused:?}"),
        }
    }

    /// Lets time pass.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// The resend, when it has ended or stopped; at the latest after so many seconds. A call that fails is made again.
    pub async fn ended(&self, id: &Value, within: u64) -> Value {
        let path = format!("/v1/resends/{}", id.as_str().unwrap_or_default());
        let clock = &self.stack.clock;
        let began = clock.now();
        let latest = began + Duration::from_secs(within);
        let mut resend = Value::Null;
        loop {
            if let Ok(answer) = self.owner.get(&path).await {
                resend = answer;
            }
            let state = resend["state"].as_str().unwrap_or_default();
            if ["completed", "failed", "paused", "cancelled"].contains(&state)
                || clock.now() >= latest
            {
                return resend;
            }
            // Until its start nothing is to be seen; after that, looking is what takes time, so seldom where it is long.
            let start = resend["startAt"]
                .as_str()
                .filter(|_| state == "scheduled")
                .map_or(began, instant);
            let since = (clock.now() - start.max(began)).max(TimeDelta::zero());
            let soon = clock.now() + (since / 8).max(TimeDelta::seconds(1));
            clock.sleep_until(start.max(soon).min(latest)).await;
        }
    }

    /// Every item of both tables, which another world may begin with.
    ///
    /// # Panics
    ///
    /// Where a table cannot be read.
    #[must_use]
    pub fn tables(&self) -> Tables {
        let scan = |table| {
            let request = serde_json::from_value(json!({"TableName": table}))
                .unwrap_or_else(|error| panic!("{error}"));
            let answer = self
                .stack
                .services
                .database
                .scan(request)
                .unwrap_or_else(|error| panic!("{error}"));
            (table, answer.items.unwrap_or_default())
        };
        Tables(["Directory", "Resends"].map(scan).into())
    }

    /// The same, as JSON.
    ///
    /// # Panics
    ///
    /// Where a table cannot be read.
    #[must_use]
    pub fn dump(&self) -> String {
        serde_json::to_string(&self.tables().0).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Every message that is in a queue, as JSON.
    ///
    /// # Panics
    ///
    /// Where the queues cannot be read.
    #[must_use]
    pub fn messages(&self) -> String {
        self.stack
            .services
            .sqs
            .bodies()
            .unwrap_or_else(|error| panic!("{error}"))
            .join("\n")
    }

    /// Whom mails went to, in order.
    ///
    /// # Panics
    ///
    /// Where the inbox cannot be read.
    #[must_use]
    pub fn inbox(&self) -> Vec<String> {
        let mut to: Vec<String> = self
            .mails()
            .iter()
            .map(|mail| mail["to"].as_str().unwrap_or_default().to_string())
            .collect();
        to.sort();
        to
    }

    /// The mails, newest last.
    ///
    /// # Panics
    ///
    /// Where the inbox cannot be read.
    #[must_use]
    pub fn mails(&self) -> Vec<Value> {
        let json = self.stack.services.ses.mailbox().all_as_json();
        json.ok()
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_else(|| panic!("the inbox cannot be read"))
    }
}
