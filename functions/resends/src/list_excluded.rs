//! `GET /v1/resends/{id}/excluded`

use axum::{Json, extract::State, response::Response};
use reinvite_domain::ResendId;
use reinvite_web::{Caller, Column, Page, Parameters, PathId, Problem, Representation, cursor};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::{
    csv_pages::{CsvPages, PagedList},
    excluded_user_response::ExcludedUserResponse,
    find_resend::find_resend,
    function::ResendsFunction,
    visible_excluded::{ExcludedCursor, VisibleExcluded},
};

/// The columns of excluded users as CSV.
const COLUMNS: &[Column] = &[
    ("user_id", "userId"),
    ("login_id", "loginId"),
    ("display_name", "displayName"),
    ("reason", "reason"),
];

/// A page of excluded users.
#[skip_serializing_none]
#[derive(Serialize)]
struct ExcludedPage {
    excluded: Vec<ExcludedUserResponse>,
    next: Option<String>,
}

/// Lists the excluded users of a resend whom the operator may see now, with the reasons.
///
/// A page may have fewer users than its limit.
pub async fn list_excluded(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    representation: Representation,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let page = representation.take_page(&mut parameters)?;
    parameters.end()?;
    let resend = find_resend(&function, &context, &id).await?;

    let excluded = VisibleExcluded {
        store: &function.api.store,
        context: &context,
        resend: &resend,
    };
    match representation {
        Representation::Json => answer_json(&excluded, &page).await,
        Representation::Csv => {
            let pages = CsvPages {
                columns: COLUMNS,
                path: &format!("/v1/resends/{id}/excluded"),
                states: &[],
            };
            pages.answer(&function, &excluded, page).await
        }
    }
}

async fn answer_json(
    excluded: &VisibleExcluded<'_>,
    page: &Page<ExcludedCursor>,
) -> Result<Response, Problem> {
    let (found, next) = excluded.page(page.after.as_ref(), page.limit).await?;
    let answer = ExcludedPage {
        excluded: found,
        next: next.as_ref().map(cursor).transpose()?,
    };
    Ok(Representation::varying(Json(answer)))
}
