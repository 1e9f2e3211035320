//! The recipients of a resend whom an operator may see now.

use std::collections::HashMap;

use reinvite_domain::{Recipient, RecipientState, Resend, User, UserId};
use reinvite_store::{Error, OperatorContext, Store};
use serde::{Deserialize, Serialize};

use crate::{
    csv_pages::PagedList, recipient_response::RecipientResponse, user_visibility::is_user_visible,
};

/// The place of the last recipient of the page before.
#[derive(Serialize, Deserialize)]
pub struct RecipientCursor {
    chunk: u32,
    position: u16,
}

/// A list of recipients: the operator sees those in one of the states, or in any if there are none.
pub struct VisibleRecipients<'a> {
    pub store: &'a Store,
    pub context: &'a OperatorContext,
    pub resend: &'a Resend,
    pub states: &'a [RecipientState],
}

impl PagedList for VisibleRecipients<'_> {
    type Cursor = RecipientCursor;
    type Row = RecipientResponse;

    async fn page(
        &self,
        after: Option<&RecipientCursor>,
        limit: usize,
    ) -> Result<(Vec<RecipientResponse>, Option<RecipientCursor>), Error> {
        let (found, has_more) = self.read(after, limit).await?;
        let next = found
            .last()
            .filter(|_| has_more)
            .map(|last| RecipientCursor {
                chunk: last.chunk,
                position: last.position,
            });

        let ids: Vec<_> = found
            .iter()
            .map(|recipient| recipient.user_id.clone())
            .collect();
        let organisation = &self.context.organisation.id;
        let mut users = self.store.users.get_many(organisation, &ids).await?;
        let visible = found
            .into_iter()
            .filter_map(|recipient| self.show(recipient, &mut users));
        Ok((visible.collect(), next))
    }
}

impl VisibleRecipients<'_> {
    /// Reads recipients, and whether more follow.
    ///
    /// If an index has all requested states, they are in these states only. Otherwise they are in any
    /// state.
    async fn read(
        &self,
        after: Option<&RecipientCursor>,
        limit: usize,
    ) -> Result<(Vec<Recipient>, bool), Error> {
        let after = after.map(|cursor| (cursor.chunk, cursor.position));
        let (recipients, resend) = (&self.store.recipients, self.resend);

        if !self.states.is_empty() && self.states.iter().all(|state| state.is_indexed()) {
            recipients
                .page_in_states(&resend.id, self.states, after, limit)
                .await
        } else {
            recipients
                .page(&resend.id, resend.chunks, after, limit)
                .await
        }
    }

    fn show(
        &self,
        recipient: Recipient,
        users: &mut HashMap<UserId, User>,
    ) -> Option<RecipientResponse> {
        let user = users
            .remove(&recipient.user_id)
            .filter(|user| recipient.is(user));

        let is_wanted = self.states.is_empty() || self.states.contains(&recipient.state);
        (is_wanted && is_user_visible(user.as_ref(), self.context))
            .then(|| RecipientResponse::new(recipient, user.as_ref()))
    }
}
