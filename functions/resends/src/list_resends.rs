//! `GET /v1/resends`

use axum::{Json, extract::State};
use reinvite_domain::{Resend, ResendId};
use reinvite_web::{Caller, Page, Parameters, Problem, VisibleUsers, cursor};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    find_resend::is_resend_visible,
    function::ResendsFunction,
    resend_filter::ResendFilter,
    resend_response::{Forecast, ResendBody, operators},
};

/// A page of resends.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct ResendsPage {
    resends: Vec<ResendBody>,
    next: Option<String>,
}

/// The last resend of the page before.
#[derive(Serialize, Deserialize)]
struct ResendCursor {
    resend: ResendId,
}

/// Lists the resends that the operator may see and that match the filter, newest first.
///
/// A page may have fewer resends than its limit.
pub async fn list_resends(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<ResendsPage>, Problem> {
    let page = Page::<ResendCursor>::take(&mut parameters)?;
    let filter = ResendFilter::take(&mut parameters, &context)?;
    parameters.end()?;

    let organisation = &context.organisation.id;
    let before = filter.before(page.after.map(|cursor| cursor.resend));
    let store = &function.api.store;
    let (found, has_more) = store
        .resends
        .page(organisation, &filter.states, before.as_ref(), page.limit)
        .await?;

    let next = match found.last() {
        Some(last) if has_more && filter.goes_on_after(last) => Some(cursor(&ResendCursor {
            resend: last.id.clone(),
        })?),
        _ => None,
    };

    let forecast = Forecast::read(&function).await?;
    // The index is eventually consistent: a resend may have changed its state since.
    let is_listed =
        |resend: &Resend| is_resend_visible(resend, &context) && filter.matches(resend, &context);
    let listed: Vec<_> = found.into_iter().filter(is_listed).collect();
    let users = VisibleUsers::read(&function.api, &context, operators(&listed)).await?;
    let resends = listed
        .into_iter()
        .map(|resend| ResendBody::new(resend, forecast, &users))
        .collect();
    Ok(Json(ResendsPage { resends, next }))
}
