//! Schedules and groups in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::{schedule::Schedule, service::Scheduler};
use crate::refusal::Refusal;

/// A schedule as it is stored.
pub struct Stored {
    pub name: String,
    pub body: Body,
    /// Another with every change.
    pub revision: i64,
    /// When it is to fire; `None` once it has ended, or while it is disabled.
    pub due: Option<i64>,
    /// When it is tried next.
    pub next_try: Option<i64>,
    /// How often it was tried.
    pub attempts: i64,
}

/// The part of a schedule kept as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    pub schedule: Schedule,
    pub created: DateTime<Utc>,
    pub modified: DateTime<Utc>,
}

const COLUMNS: &str = "name, body, revision, due, next_try, attempts";

impl Scheduler {
    pub(super) fn group_exists(&self, name: &str) -> rusqlite::Result<bool> {
        self.state.lock().query_row(
            "SELECT count(*) > 0 FROM schedule_group WHERE name = ?1",
            [name],
            |row| row.get(0),
        )
    }

    /// Makes a group where there is none of that name.
    pub fn provide_group(&self, name: &str) -> rusqlite::Result<()> {
        self.state.lock().execute(
            "INSERT OR IGNORE INTO schedule_group (name) VALUES (?1)",
            [name],
        )?;
        Ok(())
    }

    pub(super) fn find(&self, group: &str, name: &str) -> Result<Option<Stored>, Refusal> {
        self.state
            .lock()
            .query_row(
                &format!("SELECT {COLUMNS} FROM schedule WHERE schedule_group = ?1 AND name = ?2"),
                [group, name],
                Stored::columns,
            )
            .optional()?
            .map(Stored::read)
            .transpose()
    }

    /// Writes a schedule, new or changed, to fire at `due`.
    pub(super) fn write(
        &self,
        name: &str,
        body: &Body,
        due: Option<DateTime<Utc>>,
    ) -> Result<(), Refusal> {
        let connection = self.state.lock();
        connection.execute(
            "INSERT OR REPLACE INTO schedule (schedule_group, name, body, due, next_try) VALUES (?1, ?2, ?3, ?4, ?4)",
            params![
                body.schedule.group_name,
                name,
                serde_json::to_string(body)?,
                due.map(|due| due.timestamp_millis()),
            ],
        )?;
        let revision = connection.last_insert_rowid();
        let late = self.punctuality.of(revision).late.num_milliseconds();
        connection.execute(
            "UPDATE schedule SET next_try = due + ?2 WHERE revision = ?1",
            [revision, late],
        )?;
        drop(connection);
        self.changed.notify_waiters();
        Ok(())
    }

    /// Deletes a schedule; false where there is none.
    pub(super) fn delete(&self, group: &str, name: &str) -> Result<bool, Refusal> {
        let deleted = self.state.lock().execute(
            "DELETE FROM schedule WHERE schedule_group = ?1 AND name = ?2",
            [group, name],
        )?;
        self.changed.notify_waiters();
        Ok(deleted > 0)
    }

    /// The first `most` schedules to fire, by time.
    pub(super) fn next_to_fire(&self, most: usize) -> Result<Vec<Stored>, Refusal> {
        let connection = self.state.lock();
        let mut next = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM schedule WHERE next_try IS NOT NULL ORDER BY next_try, revision LIMIT ?1"
        ))?;
        let rows: Vec<_> = next
            .query_map([i64::try_from(most).unwrap_or(i64::MAX)], Stored::columns)?
            .collect::<Result<_, _>>()?;
        rows.into_iter().map(Stored::read).collect()
    }

    /// Sets when a schedule is tried next, unless it was changed since.
    pub(super) fn postpone(&self, stored: &Stored, next_try: Option<i64>) -> Result<(), Refusal> {
        self.state.lock().execute(
            "UPDATE schedule SET next_try = ?2, attempts = attempts + 1 WHERE revision = ?1",
            params![stored.revision, next_try],
        )?;
        Ok(())
    }

    /// Deletes a schedule that has ended, unless it was changed since.
    pub(super) fn delete_ended(&self, stored: &Stored) -> Result<(), Refusal> {
        self.state.lock().execute(
            "DELETE FROM schedule WHERE revision = ?1",
            [stored.revision],
        )?;
        Ok(())
    }
}

type Columns = (String, String, i64, Option<i64>, Option<i64>, i64);

impl Stored {
    fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
        ))
    }

    fn read((name, body, revision, due, next_try, attempts): Columns) -> Result<Self, Refusal> {
        Ok(Self {
            name,
            body: serde_json::from_str(&body)?,
            revision,
            due,
            next_try,
            attempts,
        })
    }
}
