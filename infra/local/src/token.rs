//! `token`: asks the running stack for a token.

use serde_json::Value;

use crate::output::{Output, PrintError, line};

/// The stack hands out no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No user of the organisation has this login id.
    #[error("no user has the login id {0}")]
    UnknownUser(String),
    /// The stack does not run, or refuses.
    #[error("no stack answers on port {0}")]
    NoAnswer(u16, #[source] ureq::Error),
    /// The answer holds no token.
    #[error("the stack answered no token")]
    NoToken,
    /// The request was cut off.
    #[error("the request was cut off")]
    CutOff(#[from] tokio::task::JoinError),
    /// The token cannot be printed.
    #[error("the token cannot be printed")]
    Print(#[from] PrintError),
}

/// Prints a token for the user with this login id.
pub async fn print(port: u16, login_id: &str, output: Output<'_>) -> Result<(), TokenError> {
    let asked_for = login_id.to_owned();
    let answer = tokio::task::spawn_blocking(move || request(port, &asked_for)).await?;

    let answer = answer.map_err(|error| match error {
        ureq::Error::StatusCode(404) => TokenError::UnknownUser(login_id.to_owned()),
        error => TokenError::NoAnswer(port, error),
    })?;
    let token = answer["token"].as_str().ok_or(TokenError::NoToken)?;

    Ok(line(output, token)?)
}

fn request(port: u16, login_id: &str) -> Result<Value, ureq::Error> {
    ureq::get(format!("http://127.0.0.1:{port}/local/token"))
        .query("loginId", login_id)
        .call()?
        .body_mut()
        .read_json()
}
