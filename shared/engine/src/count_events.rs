//! Counting a chunk a few seconds after events of SES, and what follows from the counts.

use reinvite_domain::{Counts, RecipientState, ResendId};
use reinvite_store::{Error as StoreError, Retries};

use crate::{
    Engine, Error, mark_unknown::end_links_of_settled, pause_bouncing::pause_if_too_many_bounce,
    recount::recount, sample_progress::sample_progress,
};

/// Counts the recipients of a chunk after events of SES, ends the earlier links of users whose mails
/// an event reported as accepted, and pauses the resend if too many mails bounce.
pub(crate) async fn count_events(engine: &Engine, id: &ResendId, number: u32) -> Result<(), Error> {
    let store = engine.store();
    let Some(resend) = store.resends.get(id).await? else {
        return Ok(());
    };

    let mut retries = Retries::begin();
    while retries.attempt().await {
        let Some(chunk) = store.chunks.get(id, number).await? else {
            return Ok(());
        };
        let recipients = store.recipients.of_chunk(id, number).await?;
        end_links_of_settled(engine, &resend, &recipients).await?;

        let states = Counts::by_state(&recipients);
        let counted = recount(store, &chunk, &states, chunk.done).await?;
        if counted.is_some() {
            sample_progress(engine, &resend).await;
            if states.contains_key(&RecipientState::Bounced) {
                pause_if_too_many_bounce(store, id).await?;
            }
            return Ok(());
        }
    }
    Err(StoreError::Changed.into())
}
