//! The recipients of a resend.

use chrono::{DateTime, Utc};
use reinvite_domain::{OrganisationId, Recipient, RecipientState, ResendId, UserId};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    Error, Store,
    chunks::chunk_partition,
    table::{Bound, Key, Range, number, text},
};

/// Bounced mails that are read at a time.
const TOGETHER: usize = 1_000;

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

pub(crate) fn recipient_key(resend: &ResendId, chunk: u32, position: u16) -> Key {
    Key::new(chunk_partition(resend, chunk), sort_key(chunk, position))
}

fn sort_key(chunk: u32, position: u16) -> String {
    format!("{chunk:05}#{position:03}")
}

fn of_user(organisation: &OrganisationId, user: &UserId) -> String {
    format!("{organisation}#{user}")
}

pub(crate) fn resend_state(resend: &ResendId, state: RecipientState) -> String {
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
            let indexed = recipient
                .state
                .is_indexed()
                .then(|| resend_state(resend, recipient.state));
            let user = of_user(organisation, &recipient.user_id);
            let stored = Stored {
                recipient,
                user,
                resend,
                resend_state: indexed,
            };
            self.resends.insert(
                &recipient_key(resend, recipient.chunk, recipient.position),
                &stored,
            )
        };
        self.resends
            .execute(recipients.iter().map(insert).collect::<Result<_, _>>()?)
            .await?;
        Ok(())
    }

    /// The recipients of a chunk, by position.
    pub async fn recipients_of_chunk(
        &self,
        resend: &ResendId,
        chunk: u32,
    ) -> Result<Vec<Recipient>, Error> {
        self.resends
            .query_all(
                &chunk_partition(resend, chunk),
                Some(&format!("{chunk:05}#")),
            )
            .await
    }

    /// A page of a resend's recipients, in the order of chunk and position, behind a place in it.
    pub async fn recipients(
        &self,
        resend: &ResendId,
        chunks: u32,
        after: Option<(u32, u16)>,
        limit: usize,
    ) -> Result<(Vec<Recipient>, bool), Error> {
        let (chunk, after) = after.map_or((0, None), |(chunk, position)| {
            (chunk, Some(sort_key(chunk, position)))
        });
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

    /// The same of those in some of the states an index lists. One Query for each state.
    pub async fn recipients_in_states(
        &self,
        resend: &ResendId,
        states: &[RecipientState],
        after: Option<(u32, u16)>,
        limit: usize,
    ) -> Result<(Vec<Recipient>, bool), Error> {
        let after = after.map(|(chunk, position)| sort_key(chunk, position));
        let after = after.as_deref();
        let pages = states.iter().map(|state| async move {
            let range = Range {
                index: Some("ByRecipientState"),
                partition: ("resendState", &resend_state(resend, *state)),
                sort: after.map(|after| ("sk", Bound::After(after))),
                newest_first: false,
                limit: Some(limit),
            };
            self.resends.query::<Key>(range).await
        });
        let pages = futures::future::try_join_all(pages).await?;
        let mut more = pages.iter().any(|page| page.more);
        let mut keys: Vec<Key> = pages.into_iter().flat_map(|page| page.items).collect();
        keys.sort_by(|one, other| one.sk.cmp(&other.sk));
        more |= keys.len() > limit;
        keys.truncate(limit);
        let mut recipients: Vec<Recipient> = self.resends.get_many(keys).await?;
        recipients.sort_by_key(|recipient| (recipient.chunk, recipient.position));
        Ok((recipients, more))
    }

    /// How many mails of a resend that went before this instant have bounced by now.
    pub async fn bounced_sent_before(
        &self,
        resend: &ResendId,
        at: DateTime<Utc>,
    ) -> Result<u32, Error> {
        let (mut bounced, mut after) = (0, None);
        loop {
            let (page, more) = self
                .recipients_in_states(resend, &[RecipientState::Bounced], after, TOGETHER)
                .await?;
            after = page
                .last()
                .map(|recipient| (recipient.chunk, recipient.position))
                .or(after);
            // An index may lag behind a change of state by a moment.
            let meant = page
                .iter()
                .filter(|recipient| recipient.state == RecipientState::Bounced);
            bounced += meant
                .filter(|recipient| recipient.sent_at.is_some_and(|sent| sent < at))
                .count();
            if !more {
                return Ok(u32::try_from(bounced).unwrap_or(u32::MAX));
            }
        }
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
        let mut places: Vec<_> = places
            .into_iter()
            .map(|place| (place.resend, place.recipient))
            .collect();
        places.sort_by(|(one, _), (other, _)| other.cmp(one));
        Ok((places, page.more))
    }

    /// Writes what became of recipients, each on condition that it is still in the state it was read in. Of who left that
    /// state meanwhile, by an event that was faster, what the mail was made of is written all the same.
    pub async fn record(
        &self,
        resend: &ResendId,
        from: RecipientState,
        outcomes: &[Recipient],
    ) -> Result<(), Error> {
        let statement = |recipient: &Recipient| {
            let mut set = vec![
                ("state", to_attribute_value(recipient.state)?),
                ("attempt", number(recipient.attempt)),
            ];
            if recipient.state.is_indexed() {
                set.push(("resendState", text(resend_state(resend, recipient.state))));
            }
            if let Some(reason) = recipient.password_change_reason {
                set.push((
                    "passwordChange",
                    to_attribute_value(recipient.password_change)?,
                ));
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
            if let Some(claimed_at) = &recipient.claimed_at {
                set.push(("claimedAt", to_attribute_value(claimed_at)?));
            }
            if let Some(generation) = recipient.ends_links_before {
                set.push(("endsLinksBefore", number(generation)));
            }
            let remove: &[_] = if from.is_indexed() && !recipient.state.is_indexed() {
                &["resendState"]
            } else {
                &[]
            };
            let only_if = vec![("state", to_attribute_value(from)?)];
            self.resends.update(
                &recipient_key(resend, recipient.chunk, recipient.position),
                set,
                remove,
                only_if,
            )
        };
        let written = self
            .resends
            .execute(outcomes.iter().map(statement).collect::<Result<_, _>>()?)
            .await?;
        for (outcome, _) in outcomes.iter().zip(written).filter(|(_, written)| !written) {
            self.remember_mail(resend, outcome).await?;
        }
        Ok(())
    }

    /// Writes what a recipient's mail was made of, unless that is there.
    async fn remember_mail(&self, resend: &ResendId, recipient: &Recipient) -> Result<(), Error> {
        let Some(mail) = &recipient.mail else {
            return Ok(());
        };
        let key = recipient_key(resend, recipient.chunk, recipient.position);
        let mut sets =
            String::from("SET mail = :mail, passwordChange = :change, attempt = :attempt");
        let mut call = self
            .resends
            .update_item(&key)
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(mail)")
            .expression_attribute_values(":mail", to_attribute_value(mail)?)
            .expression_attribute_values(":change", to_attribute_value(recipient.password_change)?)
            .expression_attribute_values(":attempt", number(recipient.attempt));
        if let Some(generation) = recipient.ends_links_before {
            call = call.expression_attribute_values(":generation", number(generation));
            sets += ", endsLinksBefore = :generation";
        }
        if let Some(reason) = recipient.password_change_reason {
            call = call.expression_attribute_values(":reason", to_attribute_value(reason)?);
            sets += ", passwordChangeReason = :reason";
        }
        self.resends.update_once(call, &sets).await.map(|_| ())
    }
}
