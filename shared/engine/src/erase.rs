//! Deleting a user: ids and counts stay; names, addresses and mails to come do not.

use reinvite_domain::{
    AuditEntry, Counts, ExclusionReason, OrganisationId, OutcomeReason, Recipient, RecipientState,
    ResendId, ResendState, User, UserId,
};
use reinvite_store::{Error as StoreError, OperatorContext, OwnersVersion, Store};

use crate::recount::recount;

/// Resends of a user that are read together.
const RESENDS_PER_PAGE: usize = 100;

/// Deletes a user with their credentials, erases what mails said to them, and skips them in every
/// resend that waits.
///
/// The store answers `Changed` if the user, or the set of owners, has changed since it was read.
pub async fn delete_user(
    store: &Store,
    context: &OperatorContext,
    user: &User,
    owners: Option<OwnersVersion>,
    audit: &AuditEntry,
) -> Result<(), StoreError> {
    let organisation = &context.organisation.id;
    let tree = &context.tree.groups;

    // Mails come first: once the user is gone, no repetition would find what is left of them.
    let recipients = resends_of(store, organisation, &user.id).await?;
    store.recipients.erase_mails(&recipients).await?;

    store
        .users
        .delete(organisation, user, tree, owners, audit)
        .await?;
    skip_in_waiting_resends(store, organisation, &user.id).await
}

/// Skips a deleted user in every scheduled resend. A resend that is being sent finds out by itself.
async fn skip_in_waiting_resends(
    store: &Store,
    organisation: &OrganisationId,
    user: &UserId,
) -> Result<(), StoreError> {
    for (id, recipient) in resends_of(store, organisation, user).await? {
        if recipient.state != RecipientState::Pending {
            continue;
        }
        let resend = store.resends.get(&id).await?;
        if resend.is_some_and(|resend| resend.state == ResendState::Scheduled) {
            skip(store, &id, &recipient).await?;
        }
    }
    Ok(())
}

async fn skip(store: &Store, id: &ResendId, recipient: &Recipient) -> Result<(), StoreError> {
    let skipped = Recipient {
        state: RecipientState::Skipped,
        reason: Some(OutcomeReason::Skipped(ExclusionReason::NotFound)),
        ..recipient.clone()
    };
    store
        .recipients
        .record(id, RecipientState::Pending, &[skipped])
        .await?;

    let chunk = store.chunks.get(id, recipient.chunk).await?;
    let Some(chunk) = chunk.filter(|chunk| !chunk.done) else {
        return Ok(());
    };
    let recipients = store.recipients.of_chunk(id, recipient.chunk).await?;
    // A worker that has taken the chunk since counts it, too.
    recount(store, &chunk, &Counts::by_state(&recipients), false).await?;
    Ok(())
}

/// Every resend that a user is a recipient of.
async fn resends_of(
    store: &Store,
    organisation: &OrganisationId,
    user: &UserId,
) -> Result<Vec<(ResendId, Recipient)>, StoreError> {
    let mut found: Vec<(ResendId, Recipient)> = Vec::new();
    loop {
        let before = found.last().map(|(resend, _)| resend);
        let (page, more) = store
            .recipients
            .page_of_user(organisation, user, before, RESENDS_PER_PAGE)
            .await?;

        let is_last = !more || page.is_empty();
        found.extend(page);
        if is_last {
            return Ok(found);
        }
    }
}
