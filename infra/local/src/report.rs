//! The outcome of a resend as tables: the users who got a mail, and those who got none with the reason.

use serde_json::Value;

use crate::{
    caller::{CallError, Caller},
    output::{Output, PrintError},
    reasons,
    table::{Table, printed_rows},
};

/// The report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A line cannot be printed.
    #[error("the outcome cannot be printed")]
    Print(#[from] PrintError),
}

/// Prints the users who got a mail of a resend, and those who got none.
pub async fn print(caller: &Caller, resend: &str, output: Output<'_>) -> Result<(), ReportError> {
    let path = |list: &str| format!("/v1/resends/{resend}/{list}");
    let recipients = caller.all(&path("recipients"), "recipients").await?;
    let excluded = caller.all(&path("excluded"), "excluded").await?;

    let (got_mail, mut got_none): (Vec<_>, Vec<_>) = recipients.into_iter().partition(has_mail);
    got_none.extend(excluded);

    print_addresses(caller, &got_mail, output).await?;
    print_reasons(caller, "Got none", &got_none, output).await
}

/// Prints users with the reason for which each got no mail.
pub async fn print_reasons(
    caller: &Caller,
    title: &str,
    rows: &[Value],
    output: Output<'_>,
) -> Result<(), ReportError> {
    let mut printed = Vec::new();
    for row in printed_rows(rows) {
        let user = User::find(caller, row).await?;
        printed.push([user.login_id, user.name, reasons::in_words(row)]);
    }
    printed.sort();

    let table = Table {
        total: rows.len(),
        headings: ["login id", "name", "reason"],
        rows: printed,
    };
    Ok(table.print(title, output)?)
}

async fn print_addresses(
    caller: &Caller,
    rows: &[Value],
    output: Output<'_>,
) -> Result<(), ReportError> {
    let mut printed = Vec::new();
    for row in printed_rows(rows) {
        let user = User::find(caller, row).await?;
        printed.push([user.login_id, user.name, user.address]);
    }
    printed.sort();

    let table = Table {
        total: rows.len(),
        headings: ["login id", "name", "address"],
        rows: printed,
    };
    Ok(table.print("Got a mail", output)?)
}

/// Whether a recipient got a mail. A user who complained about one got it.
fn has_mail(recipient: &Value) -> bool {
    matches!(
        recipient["state"].as_str(),
        Some("sent" | "delivered" | "complained")
    )
}

/// A user as a table names them.
struct User {
    login_id: String,
    name: String,
    address: String,
}

impl User {
    /// The user of a recipient or an excluded user. A user who does not exist any more is named by the id.
    async fn find(caller: &Caller, row: &Value) -> Result<Self, CallError> {
        let id = row["userId"].as_str().unwrap_or_default();
        let user = match caller.get(&format!("/v1/users/{id}")).await {
            Ok(user) => user,
            Err(CallError::Refused(status, _)) if status == http::StatusCode::NOT_FOUND => {
                Value::Null
            }
            Err(error) => return Err(error),
        };

        let text = |field: &str| user[field].as_str().map(ToOwned::to_owned);
        Ok(Self {
            login_id: text("loginId").unwrap_or_else(|| id.to_owned()),
            name: text("displayName").unwrap_or_default(),
            address: text("email").unwrap_or_default(),
        })
    }
}
