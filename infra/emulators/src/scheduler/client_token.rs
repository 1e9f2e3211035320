//! Client tokens: the same request with the same token is answered as the first time, and done once.

use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::{service::Scheduler, validation::validation};
use crate::refusal::Refusal;

/// How long a token is remembered. AWS gives no number; a client's retries are over long before.
const TOKEN_LIFE: TimeDelta = TimeDelta::hours(8);

impl Scheduler {
    /// Makes `change` unless it was made for this token; then repeats the answer. A token that comes with another `request`
    /// is refused.
    pub(super) fn once(
        &self,
        token: Option<&str>,
        request: &str,
        change: impl FnOnce() -> Result<Value, Refusal>,
    ) -> Result<Value, Refusal> {
        let Some(token) = token else { return change() };
        if !(1..=64).contains(&token.len()) {
            return Err(validation("ClientToken must have 1 to 64 characters."));
        }

        let now = self.clock.now();
        let known = recall(
            &self.state.lock(),
            token,
            (now - TOKEN_LIFE).timestamp_millis(),
        )?;

        if let Some((first, answer)) = known {
            if first != request {
                return Err(Refusal::new(
                    http::StatusCode::CONFLICT,
                    "ConflictException",
                    "The client token was used for another request.",
                ));
            }
            return Ok(serde_json::from_str(&answer)?);
        }

        let answer = change()?;
        self.state.lock().execute(
            "INSERT INTO client_token (token, request, answer, at) VALUES (?1, ?2, ?3, ?4)",
            params![token, request, answer.to_string(), now.timestamp_millis()],
        )?;
        Ok(answer)
    }
}

fn recall(
    connection: &Connection,
    token: &str,
    forgotten: i64,
) -> Result<Option<(String, String)>, Refusal> {
    connection.execute("DELETE FROM client_token WHERE at < ?1", [forgotten])?;
    Ok(connection
        .query_row(
            "SELECT request, answer FROM client_token WHERE token = ?1",
            [token],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?)
}
