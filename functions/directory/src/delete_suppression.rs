//! `DELETE /v1/suppressed/{id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, SuppressionId};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Caller, PathId, Problem};

use crate::list_suppressed::require_owner;

/// Addresses that one query looks through.
const LOOKED_THROUGH: usize = 1_000;

/// Takes an address off the suppression list, so that mails go to it again.
pub async fn delete_suppression(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<SuppressionId>,
) -> Result<StatusCode, Problem> {
    require_owner(&context)?;
    let address = find_address(&api, &context, &id).await?;
    let address = address.ok_or_else(Problem::not_found)?;

    let action = AuditAction::SuppressionDeleted { suppression_id: id };
    let audit = context.audit(action, random()?);
    api.store
        .suppressions
        .remove(&context.organisation.id, &address, &audit)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The suppressed address that an id stands for. The id tells nothing without the key, so all are
/// compared.
async fn find_address(
    api: &Api,
    context: &OperatorContext,
    id: &SuppressionId,
) -> Result<Option<String>, Problem> {
    let organisation = &context.organisation.id;
    let suppressions = &api.store.suppressions;
    let Some(key) = suppressions.key(organisation).await? else {
        return Ok(None);
    };

    let mut after = None;
    loop {
        let page = suppressions
            .list(organisation, after.as_deref(), LOOKED_THROUGH)
            .await?;
        let mut addresses = page.addresses.into_iter();
        if let Some(address) = addresses.find(|address| key.id_of(address) == *id) {
            return Ok(Some(address));
        }
        match page.next {
            Some(last) => after = Some(last),
            None => return Ok(None),
        }
    }
}
