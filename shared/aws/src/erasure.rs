//! What is left of a user who is deleted: ids and counts, no name, no address, and no mail to come.

use reinvite_domain::{
    Counts, ExclusionReason, OrganisationId, OutcomeReason, Recipient, RecipientState, ResendId,
    ResendState, UserId,
};

use crate::{Error, Store, recipients::recipient_key};

/// Places of a user in resends that are looked at together.
const TOGETHER: usize = 100;

impl Store {
    /// Erases what the mails of a user say.
    pub(crate) async fn erase_mails(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Result<(), Error> {
        let places = self.places(organisation, user).await?;
        let with_mail = places
            .iter()
            .filter(|(_, recipient)| recipient.mail.is_some());
        let erase = with_mail.map(|(resend, it)| {
            self.resends
                .remove(&recipient_key(resend, it.chunk, it.position), "mail")
        });
        self.resends
            .execute(erase.collect::<Result<_, _>>()?)
            .await
            .map(|_| ())
    }

    /// Skips a user who is gone in every resend that waits; one that is being sent finds out by itself.
    pub(crate) async fn skip_deleted(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Result<(), Error> {
        for (id, recipient) in self.places(organisation, user).await? {
            let waits = recipient.state == RecipientState::Pending
                && self
                    .resend(&id)
                    .await?
                    .is_some_and(|resend| resend.state == ResendState::Scheduled);
            if !waits {
                continue;
            }
            let (state, reason) = (
                RecipientState::Skipped,
                Some(OutcomeReason::Skipped(ExclusionReason::NotFound)),
            );
            self.record(
                &id,
                RecipientState::Pending,
                &[Recipient {
                    state,
                    reason,
                    ..recipient.clone()
                }],
            )
            .await?;
            let Some(chunk) = self
                .chunk(&id, recipient.chunk)
                .await?
                .filter(|chunk| !chunk.done)
            else {
                continue;
            };
            let states = Counts::by_state(&self.recipients_of_chunk(&id, recipient.chunk).await?);
            match self.count(&chunk, &states, false).await {
                // Whoever counted meanwhile saw it.
                Ok(_) | Err(Error::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A user's places in resends.
    async fn places(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Result<Vec<(ResendId, Recipient)>, Error> {
        let mut places: Vec<(ResendId, Recipient)> = Vec::new();
        loop {
            let before = places.last().map(|(resend, _)| resend.clone());
            let (page, more) = self
                .resends_of_user(organisation, user, before.as_ref(), TOGETHER)
                .await?;
            let over = !more || page.is_empty();
            places.extend(page);
            if over {
                return Ok(places);
            }
        }
    }
}
