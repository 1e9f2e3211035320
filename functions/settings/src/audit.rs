//! The audit trail: `GET /v1/audit`.

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{AuditEntry, AuditId, Role};
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor, permitted};
use serde::{Deserialize, Serialize};

/// A page of the trail.
#[derive(Serialize)]
pub struct Listed {
    audit: Vec<AuditEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    entry: AuditId,
}

/// Newest first.
pub async fn list(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<Listed>, Problem> {
    let may = context.operator.holds(&Role::SettingsManager);
    permitted(may, "Reading the audit trail needs settings_manager.")?;
    let page = Page::<Cursor>::take(&mut parameters)?;
    parameters.end()?;
    let before = page.after.map(|cursor| cursor.entry);
    let (audit, more) = api
        .store
        .audit(&context.organisation.id, before.as_ref(), page.limit)
        .await?;
    let next = match audit.last() {
        Some(last) if more => Some(cursor(&Cursor {
            entry: last.id.clone(),
        })?),
        _ => None,
    };
    Ok(Json(Listed { audit, next }))
}
