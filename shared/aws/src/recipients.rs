//! The recipients of a resend.

use reinvite_domain::{OrganisationId, Recipient, RecipientState, ResendId, UserId};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    Error, Store,
    chunks::chunk_partition,
    table::{Bound, Key, Range, number, text},
};

/// Mails of a user that are erased together.
const ERASED_TOGETHER: usize = 100;

/// A recipient with the keys of its indexes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    #[serde(flatten)]
    recipient: &'a Recipient,
    user: String,
    resend: &'a ResendId,
    #[serde(skip_serializing_if = "Option::is_none")]
    resend_state: Option<String>,
}

fn key(resend: &ResendId, chunk: u32, position: u16) -> Key {
    Key::new(chunk_partition(resend, chunk), sort_key(chunk, position))
}

fn sort_key(chunk: u32, position: u16) -> String {
    format!("{chunk:05}#{position:03}")
}

fn of_user(organisation: &OrganisationId, user: &UserId) -> String {
    format!("{organisation}#{user}")
}

fn resend_state(resend: &ResendId, state: RecipientState) -> String {
    format!("{resend}#{}", state.name())
}

impl Store {
    /// Writes recipients; those that there are already stay as they are.
    pub async fn insert_recipients(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        recipients: &[Recipient],
    ) -> Result<(), Error> {
        let insert = |recipient: &Recipient| {
            let indexed = recipient.state.is_indexed().then(|| resend_state(resend, recipient.state));
            let user = of_user(organisation, &recipient.user_id);
            let stored = Stored { recipient, user, resend, resend_state: indexed };
            self.resends.insert(&key(resend, recipient.chunk, recipient.position), &stored)
        };
        self.resends.execute(recipients.iter().map(insert).collect::<Result<_, _>>()?).await?;
        Ok(())
    }

    /// The recipients of a chunk, by position.
    pub async fn recipients_of_chunk(&self, resend: &ResendId, chunk: u32) -> Result<Vec<Recipient>, Error> {
        self.resends.query_all(&chunk_partition(resend, chunk), Some(&format!("{chunk:05}#"))).await
    }

    /// A page of a resend's recipients, in the order of chunk and position, behind a place in it.
    pub async fn recipients(
        &self,
        resend: &ResendId,
        chunks: u32,
        after: Option<(u32, u16)>,
        limit: usize,
    ) -> Result<(Vec<Recipient>, bool), Error> {
        let (chunk, after) = after.map_or((0, None), |(chunk, position)| (chunk, Some(sort_key(chunk, position))));
        let mut found = Vec::new();
        let mut after = after;
        for chunk in chunk..chunks {
            let prefix = format!("{chunk:05}#");
            let bound = match &after {
                Some(after) => Bound::AfterWithin(after, &prefix),
                None => Bound::Prefix(&prefix),
            };
            let page = self
                .resends
                .query::<Recipient>(Range {
                    index: None,
                    partition: ("pk", &chunk_partition(resend, chunk)),
                    sort: Some(("sk", bound)),
                    newest_first: false,
                    limit: Some(limit - found.len()),
                })
                .await?;
            found.extend(page.items);
            // One chunk to a page, unless it had nothing more.
            if !found.is_empty() {
                return Ok((found, page.more || chunk + 1 < chunks));
            }
            after = None;
        }
        Ok((found, false))
    }

    /// The same of those in one of the states an index lists.
    pub async fn recipients_in_state(
        &self,
        resend: &ResendId,
        state: RecipientState,
        after: Option<(u32, u16)>,
        limit: usize,
    ) -> Result<(Vec<Recipient>, bool), Error> {
        let after = after.map(|(chunk, position)| sort_key(chunk, position));
        let page = self
            .resends
            .query::<Key>(Range {
                index: Some("ByRecipientState"),
                partition: ("resendState", &resend_state(resend, state)),
                sort: after.as_deref().map(|after| ("sk", Bound::After(after))),
                newest_first: false,
                limit: Some(limit),
            })
            .await?;
        let mut recipients: Vec<Recipient> = self.resends.get_many(page.items).await?;
        recipients.sort_by_key(|recipient| (recipient.chunk, recipient.position));
        Ok((recipients, page.more))
    }

    /// A user's place in a resend.
    pub async fn recipient(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        user: &UserId,
    ) -> Result<Option<Recipient>, Error> {
        #[derive(Deserialize)]
        struct Listed {
            pk: String,
            sk: String,
            resend: ResendId,
        }
        let partition = of_user(organisation, user);
        let range = Range {
            index: Some("ByUser"),
            partition: ("user", &partition),
            sort: Some(("resend", Bound::Prefix(resend.as_str()))),
            newest_first: false,
            limit: None,
        };
        let listed: Vec<Listed> = self.resends.query(range).await?.items;
        match listed.into_iter().find(|listed| listed.resend == *resend) {
            Some(listed) => self.resends.get(&Key::new(listed.pk, listed.sk)).await,
            None => Ok(None),
        }
    }

    /// A page of a user's places in resends, newest first: one Query and one BatchGetItem.
    pub async fn resends_of_user(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        before: Option<&ResendId>,
        limit: usize,
    ) -> Result<(Vec<(ResendId, Recipient)>, bool), Error> {
        #[derive(Deserialize)]
        struct Place {
            resend: ResendId,
            #[serde(flatten)]
            recipient: Recipient,
        }
        let page = self
            .resends
            .query::<Key>(Range {
                index: Some("ByUser"),
                partition: ("user", &of_user(organisation, user)),
                sort: before.map(|before| ("resend", Bound::Before(before.as_str()))),
                newest_first: true,
                limit: Some(limit),
            })
            .await?;
        let places: Vec<Place> = self.resends.get_many(page.items).await?;
        let mut places: Vec<_> = places.into_iter().map(|place| (place.resend, place.recipient)).collect();
        places.sort_by(|(one, _), (other, _)| other.cmp(one));
        Ok((places, page.more))
    }

    /// Erases what the mails of a user say: who was deleted.
    pub async fn erase_mails(&self, organisation: &OrganisationId, user: &UserId) -> Result<(), Error> {
        let mut before: Option<ResendId> = None;
        loop {
            let (places, more) = self.resends_of_user(organisation, user, before.as_ref(), ERASED_TOGETHER).await?;
            let with_mail = places.iter().filter(|(_, recipient)| recipient.mail.is_some());
            let erase = with_mail.map(|(resend, it)| self.resends.remove(&key(resend, it.chunk, it.position), "mail"));
            self.resends.execute(erase.collect::<Result<_, _>>()?).await?;
            match places.into_iter().next_back() {
                Some((resend, _)) if more => before = Some(resend),
                _ => return Ok(()),
            }
        }
    }

    /// Writes what became of recipients, each on condition that nothing had yet.
    pub async fn record(&self, resend: &ResendId, outcomes: &[Recipient]) -> Result<(), Error> {
        let statement = |recipient: &Recipient| {
            let mut set = vec![("state", to_attribute_value(recipient.state)?), ("attempt", number(recipient.attempt))];
            if recipient.state.is_indexed() {
                set.push(("resendState", text(resend_state(resend, recipient.state))));
            }
            if let Some(reason) = recipient.password_change_reason {
                set.push(("passwordChange", to_attribute_value(recipient.password_change)?));
                set.push(("passwordChangeReason", to_attribute_value(reason)?));
            }
            if let Some(reason) = &recipient.reason {
                set.push(("reason", to_attribute_value(reason)?));
            }
            if let Some(sent_at) = &recipient.sent_at {
                set.push(("sentAt", to_attribute_value(sent_at)?));
            }
            if let Some(message_id) = &recipient.message_id {
                set.push(("messageId", text(message_id)));
            }
            if let Some(mail) = &recipient.mail {
                set.push(("mail", to_attribute_value(mail)?));
            }
            let only_if = vec![("state", to_attribute_value(RecipientState::Pending)?)];
            self.resends.update(&key(resend, recipient.chunk, recipient.position), set, only_if)
        };
        self.resends.execute(outcomes.iter().map(statement).collect::<Result<_, _>>()?).await?;
        Ok(())
    }
}
