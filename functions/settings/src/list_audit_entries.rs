//! `GET /v1/audit`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{AuditEntry, AuditId, Role};
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor, require_permission};
use serde::{Deserialize, Serialize};

/// A page of the audit trail.
#[derive(Serialize)]
pub struct AuditPage {
    audit: Vec<AuditEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The last entry of the page before.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuditCursor {
    entry: AuditId,
}

/// Lists audit entries, newest first.
pub async fn list_audit_entries(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<AuditPage>, Problem> {
    require_permission(
        context.operator.holds(&Role::SettingsManager),
        "Reading the audit trail needs settings_manager.",
    )?;
    let page = Page::<AuditCursor>::take(&mut parameters)?;
    parameters.end()?;

    let before = page.after.map(|cursor| cursor.entry);
    let (audit, has_more) = api
        .store
        .audit_trail
        .page(&context.organisation.id, before.as_ref(), page.limit)
        .await?;

    let next = match audit.last() {
        Some(last) if has_more => Some(cursor(&AuditCursor {
            entry: last.id.clone(),
        })?),
        _ => None,
    };
    Ok(Json(AuditPage { audit, next }))
}
