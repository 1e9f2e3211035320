//! `GET /v1/audit`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{AuditEntry, AuditId, Role};
use reinvite_store::{Error, OperatorContext};
use reinvite_web::{
    Api, Caller, Page, Parameters, Problem, VisibleUsers, cursor, require_permission,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::audit_filter::AuditFilter;

/// A page of the audit trail.
#[derive(Serialize)]
pub struct AuditPage {
    audit: Vec<ListedEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An entry, with names of users whom the reader may see.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedEntry {
    #[serde(flatten)]
    entry: AuditEntry,
    operator_name: Option<String>,
    /// The name of the user whom the action created or changed.
    user_name: Option<String>,
}

/// The last entry of the page before.
#[derive(Serialize, Deserialize)]
struct AuditCursor {
    entry: AuditId,
}

/// The entries that are read for a page of a filtered list.
const ENTRIES_READ_PER_PAGE: usize = 200;

/// Lists the audit entries that match the filter, newest first.
///
/// A page of a filtered list may have fewer entries than its limit.
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
    let filter = AuditFilter::take(&mut parameters, &context)?;
    parameters.end()?;

    let before = filter.before(page.after.map(|cursor| cursor.entry));
    let read = if filter.shows_all() {
        page.limit
    } else {
        ENTRIES_READ_PER_PAGE
    };
    let trail = &api.store.audit_trail;
    let (entries, has_more) = trail
        .page(&context.organisation.id, before.as_ref(), read)
        .await?;

    let (mut audit, mut entries) = (Vec::new(), entries.into_iter());
    let mut last = None;
    while audit.len() < page.limit
        && let Some(entry) = entries.next()
    {
        last = (filter.goes_on_after(&entry)).then(|| entry.id.clone());
        audit.extend(filter.matches(&entry).then_some(entry));
    }

    let next = match last {
        Some(entry) if has_more || entries.len() > 0 => Some(cursor(&AuditCursor { entry })?),
        _ => None,
    };
    let audit = with_names(&api, &context, audit).await?;
    Ok(Json(AuditPage { audit, next }))
}

/// Adds the names of users whom the operator may see, read in one batch.
async fn with_names(
    api: &Api,
    context: &OperatorContext,
    entries: Vec<AuditEntry>,
) -> Result<Vec<ListedEntry>, Error> {
    let named = |entry: &'_ AuditEntry| {
        let user = entry.action.user_id().cloned();
        user.into_iter().chain([entry.operator.clone()])
    };
    let ids: Vec<_> = entries.iter().flat_map(named).collect();
    let users = VisibleUsers::read(api, context, &ids).await?;

    let listed = entries.into_iter().map(|entry| {
        let name = |id| users.name(id, |user| user.existed_at(entry.at));
        ListedEntry {
            operator_name: name(&entry.operator),
            user_name: entry.action.user_id().and_then(name),
            entry,
        }
    });
    Ok(listed.collect())
}
