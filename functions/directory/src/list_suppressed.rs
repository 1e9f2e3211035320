//! `GET /v1/suppressed`

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use reinvite_aws::random;
use reinvite_domain::{
    EmailAddress, Suppression, SuppressionId, SuppressionKey, SuppressionReason, UserId, text,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor, require_permission};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The most users that are named for an address.
const MAX_NAMED_USERS: usize = 100;

/// A page of suppressed addresses.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct SuppressedPage {
    suppressed: Vec<SuppressedAddress>,
    next: Option<String>,
}

/// A suppressed address, with the users who have it now.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuppressedAddress {
    id: SuppressionId,
    address: String,
    reason: Option<SuppressionReason>,
    at: Option<DateTime<Utc>>,
    user_ids: Vec<UserId>,
}

/// The last address of a page.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressCursor {
    address: String,
}

/// Lists the suppressed addresses of the organisation in their order; with `q`, those that contain it.
/// Then a page may be short.
pub async fn list_suppressed(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<SuppressedPage>, Problem> {
    require_owner(&context)?;
    let page = Page::<AddressCursor>::take(&mut parameters)?;
    let part = parameters.take("q").map(|part| text::folded(part.trim()));
    parameters.end()?;

    let organisation = &context.organisation.id;
    let suppressions = &api.store.suppressions;
    let after = page.after.map(|cursor| cursor.address);
    let mut found = suppressions
        .list(organisation, after.as_deref(), page.limit)
        .await?;
    if let Some(part) = part {
        found.addresses.retain(|address| address.contains(&part));
    }
    let shown = suppressions
        .get_listed(organisation, &found.addresses)
        .await?;

    let key = if let Some(key) = suppressions.key(organisation).await? {
        key
    } else {
        let new = SuppressionKey::new(random()?);
        suppressions.key_or(organisation, new).await?
    };
    let answers = shown
        .into_iter()
        .map(|suppression| answer(&api, &context, &key, suppression));
    let next = found.next.map(|address| AddressCursor { address });
    Ok(Json(SuppressedPage {
        suppressed: try_join_all(answers).await?,
        next: next.as_ref().map(cursor).transpose()?,
    }))
}

/// Checks that the operator may see and change the suppression list, whose addresses may be those of any
/// user.
pub fn require_owner(context: &OperatorContext) -> Result<(), Problem> {
    require_permission(
        context.operator.is_owner(),
        "Only an owner may see and change the suppression list.",
    )
}

async fn answer(
    api: &Api,
    context: &OperatorContext,
    key: &SuppressionKey,
    suppression: Suppression,
) -> Result<SuppressedAddress, Problem> {
    let user_ids = match suppression.address.parse::<EmailAddress>() {
        Ok(address) => {
            let lists = &api.store.user_lists;
            let organisation = &context.organisation.id;
            lists
                .ids_of_address(organisation, &address, MAX_NAMED_USERS)
                .await?
        }
        Err(_) => Vec::new(),
    };

    Ok(SuppressedAddress {
        id: key.id_of(&suppression.address),
        address: suppression.address,
        reason: suppression.reason,
        at: suppression.at,
        user_ids,
    })
}
