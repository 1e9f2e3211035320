//! The state of a world: resends, mails, messages and tables.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{options::Tables, time::instant, world::World};

/// The states in which a resend does nothing more by itself.
const AT_REST: [&str; 4] = ["completed", "failed", "paused", "cancelled"];

impl World {
    /// Waits until a resend has ended or is paused, or until `within` seconds have passed; returns the resend. A read that
    /// fails is repeated.
    pub async fn ended(&self, id: &Value, within: u64) -> Value {
        let owner = self.owner();
        let path = format!("/v1/resends/{}", id.as_str().unwrap_or_default());

        let clock = &self.stack.clock;
        let began = clock.now();
        let latest = began + Duration::from_secs(within);
        let mut resend = Value::Null;

        loop {
            if let Ok(answer) = owner.get(&path).await {
                resend = answer;
            }
            let state = resend["state"].as_str().unwrap_or_default();
            if AT_REST.contains(&state) || clock.now() >= latest {
                return resend;
            }

            // Nothing changes before the start. Afterwards the reads themselves take time, so they become rarer.
            let start = resend["startAt"]
                .as_str()
                .filter(|_| state == "scheduled")
                .map_or(began, instant);
            let since = (clock.now() - start.max(began)).max(TimeDelta::zero());
            let soon = clock.now() + (since / 8).max(TimeDelta::seconds(1));

            clock.sleep_until(start.max(soon).min(latest)).await;
        }
    }

    /// The items of both tables. Another world may begin with them.
    ///
    /// # Panics
    ///
    /// Panics if a table cannot be read.
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

    /// The items of both tables, as JSON.
    ///
    /// # Panics
    ///
    /// Panics if a table cannot be read.
    #[must_use]
    pub fn dump(&self) -> String {
        serde_json::to_string(&self.tables().0).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The messages of all queues, as JSON, one a line.
    ///
    /// # Panics
    ///
    /// Panics if the queues cannot be read.
    #[must_use]
    pub fn messages(&self) -> String {
        self.stack
            .services
            .sqs
            .bodies()
            .unwrap_or_else(|error| panic!("{error}"))
            .join("\n")
    }

    /// The address of each mail that SES accepted, sorted. Mails to operators about a resend are not among them.
    ///
    /// # Panics
    ///
    /// Panics if the mailbox cannot be read.
    #[must_use]
    pub fn inbox(&self) -> Vec<String> {
        let mut addresses: Vec<String> = self
            .mails()
            .iter()
            .filter(|mail| mail["tags"]["event"].is_null())
            .map(|mail| mail["to"].as_str().unwrap_or_default().to_string())
            .collect();

        addresses.sort();
        addresses
    }

    /// The mails that SES accepted, the newest last.
    ///
    /// # Panics
    ///
    /// Panics if the mailbox cannot be read.
    #[must_use]
    pub fn mails(&self) -> Vec<Value> {
        let json = self.stack.services.ses.mailbox().all_as_json();
        json.ok()
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_else(|| panic!("the mailbox cannot be read"))
    }
}
