//! The mails SES accepted.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{refusal::Refusal, state::State};

/// A mail as its recipient would get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The recipient's address; several are separated by commas.
    pub to: String,
    /// The sender's address, with its display name.
    pub from: String,
    /// The address for replies, if it is another.
    pub reply_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// Message tags by name; recipients never see them.
    pub tags: BTreeMap<String, String>,
    /// Headers that the sender added, by name.
    pub headers: BTreeMap<String, String>,
    /// When SES accepted it.
    pub at: DateTime<Utc>,
}

/// A line in the list of mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Rises with every mail.
    pub id: i64,
    /// As in [`Mail`].
    pub to: String,
    /// As in [`Mail`].
    pub subject: String,
    /// As in [`Mail`].
    pub at: DateTime<Utc>,
}

/// A mail on its way in: whom it goes to, and its content unless that could not be rendered.
pub(super) struct Accepted {
    pub to: Vec<String>,
    pub from: String,
    pub tags: BTreeMap<String, String>,
    pub mail: Option<Mail>,
}

/// Every accepted mail, oldest first. Clones share their data.
#[derive(Clone)]
pub struct Mailbox(State);

impl Mailbox {
    pub(crate) fn new(state: State) -> Self {
        Self(state)
    }

    /// Stores mails accepted at one instant, all or none, and gives each its message id.
    pub(super) fn store(
        &self,
        now: DateTime<Utc>,
        mails: &[Accepted],
    ) -> Result<Vec<String>, Refusal> {
        let now = now.timestamp_millis();
        let mut connection = self.0.lock();
        let transaction = connection.transaction()?;

        let mut ids = Vec::with_capacity(mails.len());
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO mail (message_id, at, recipients, recipient, subject, content)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;

            let mut number: i64 =
                transaction.query_row("SELECT coalesce(max(id), 0) FROM mail", [], |row| {
                    row.get(0)
                })?;

            for Accepted { to, mail, .. } in mails {
                number += 1;
                let id = message_id(now, number);
                let content = mail.as_ref().map(serde_json::to_string).transpose()?;
                insert.execute(params![
                    id,
                    now,
                    i64::try_from(to.len()).unwrap_or(i64::MAX),
                    mail.as_ref().map_or("", |mail| &mail.to),
                    mail.as_ref().map(|mail| &mail.subject),
                    content,
                ])?;
                ids.push(id);
            }
        }

        transaction.commit()?;
        Ok(ids)
    }

    /// Instants and numbers of recipients of the mails accepted after `start`, oldest first.
    pub(super) fn sent_since(
        &self,
        start: DateTime<Utc>,
    ) -> rusqlite::Result<Vec<(DateTime<Utc>, u64)>> {
        let connection = self.0.lock();
        let mut sent = connection.prepare(
            "SELECT at, sum(recipients) FROM mail WHERE at > ?1 GROUP BY at ORDER BY at",
        )?;
        sent.query_map([start.timestamp_millis()], |row| {
            Ok((
                instant(row.get(0)?),
                row.get::<_, i64>(1)?.try_into().unwrap_or_default(),
            ))
        })?
        .collect()
    }

    /// All mails as a JSON array of [`Mail`], newest last.
    pub fn all_as_json(&self) -> rusqlite::Result<String> {
        let connection = self.0.lock();
        let mut all = connection
            .prepare_cached("SELECT content FROM mail WHERE content IS NOT NULL ORDER BY id")?;
        let mut rows = all.query([])?;

        let mut json = String::from("[");
        while let Some(row) = rows.next()? {
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(row.get_ref(0)?.as_str()?);
        }

        json.push(']');
        Ok(json)
    }

    /// Up to `limit` mails older than the one with the id `before`, newest first.
    pub fn page(&self, before: Option<i64>, limit: u32) -> rusqlite::Result<Vec<Summary>> {
        let connection = self.0.lock();
        let mut page = connection.prepare_cached(
            "SELECT id, recipient, subject, at FROM mail
             WHERE id < ?1 AND content IS NOT NULL ORDER BY id DESC LIMIT ?2",
        )?;
        page.query_map(params![before.unwrap_or(i64::MAX), limit], |row| {
            Ok(Summary {
                id: row.get(0)?,
                to: row.get(1)?,
                subject: row.get(2)?,
                at: instant(row.get(3)?),
            })
        })?
        .collect()
    }

    /// How many mails there are.
    pub fn count(&self) -> rusqlite::Result<u64> {
        let count: i64 = self.0.lock().query_row(
            "SELECT count(*) FROM mail WHERE content IS NOT NULL",
            [],
            |row| row.get(0),
        )?;
        Ok(count.try_into().unwrap_or_default())
    }

    /// One mail as JSON of [`Mail`], by the id in its [`Summary`].
    pub fn one_as_json(&self, id: i64) -> rusqlite::Result<Option<String>> {
        self.0
            .lock()
            .query_row(
                "SELECT content FROM mail WHERE id = ?1 AND content IS NOT NULL",
                [id],
                |row| row.get(0),
            )
            .optional()
    }
}

/// Looks as SES's do, and is unique by the mail's number.
fn message_id(now: i64, number: i64) -> String {
    let (now, number) = (now.unsigned_abs(), number.unsigned_abs());
    format!("{now:016x}-{}-000000", Uuid::from_u64_pair(now, number))
}

fn instant(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}
