//! Finds the recipients of a resend that a retry may invite again.

use std::collections::{BTreeSet, HashSet};

use reinvite_domain::{
    ExclusionReason, OutcomeReason, Recipient, RecipientState, Resend, ResendId, ResendState,
    UserId, resend::MAX_SELECTION_IDS,
};
use reinvite_store::{Error, Store};

use crate::retry_states::RetryState;

/// Recipients that are read at a time.
const RECIPIENTS_PER_PAGE: usize = 1_000;

/// Finds the recipients of a resend in these states that no earlier retry has invited, in the order
/// of their ids. Recipients who were skipped because they have logged in need no invitation.
///
/// Returns at most [`MAX_SELECTION_IDS`] users; the next retry finds the rest.
pub async fn find_retry_candidates(
    store: &Store,
    resend: &Resend,
    states: &[RetryState],
) -> Result<Vec<UserId>, Error> {
    let retried = find_retried_users(store, resend).await?;

    let indexed: BTreeSet<_> = states.iter().map(|state| state.indexed_state()).collect();
    let indexed: Vec<_> = indexed.into_iter().collect();
    let has_logged_in = Some(OutcomeReason::Skipped(ExclusionReason::LoggedIn));
    let is_wanted = |recipient: &Recipient| {
        recipient.reason != has_logged_in && states.iter().any(|state| state.covers(recipient))
    };

    let mut found = BTreeSet::new();
    let mut after = None;
    loop {
        let (page, has_more) = store
            .recipients
            .page_in_states(&resend.id, &indexed, after, RECIPIENTS_PER_PAGE)
            .await?;
        after = page
            .last()
            .map(|last| (last.chunk, last.position))
            .or(after);

        // The index is eventually consistent: a recipient may have changed its state since.
        let users = page
            .into_iter()
            .filter(is_wanted)
            .map(|recipient| recipient.user_id);
        found.extend(users.filter(|user| !retried.contains(user)));

        if !has_more || found.len() >= MAX_SELECTION_IDS {
            break;
        }
    }

    Ok(found.into_iter().take(MAX_SELECTION_IDS).collect())
}

/// Finds the users that earlier retries of a resend have invited.
///
/// A user whom a retry has skipped, or has not made a recipient, can be retried again.
async fn find_retried_users(store: &Store, resend: &Resend) -> Result<HashSet<UserId>, Error> {
    let mut retried = HashSet::new();
    for id in &resend.retries {
        let Some(retry) = store.resends.get(id).await? else {
            continue;
        };

        if retry.state == ResendState::Preparing {
            retried.extend(store.resend_inputs.selected_ids(id).await?);
        }
        for chunk in 0..retry.chunks {
            retried.extend(invited_users(store, id, chunk).await?);
        }
    }
    Ok(retried)
}

async fn invited_users(
    store: &Store,
    resend: &ResendId,
    chunk: u32,
) -> Result<impl Iterator<Item = UserId> + use<>, Error> {
    let recipients = store.recipients.of_chunk(resend, chunk).await?;
    Ok(recipients
        .into_iter()
        .filter(|recipient| recipient.state != RecipientState::Skipped)
        .map(|recipient| recipient.user_id))
}
