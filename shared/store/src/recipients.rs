//! The recipients of resends.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{BatchStatementRequest, TransactWriteItem};
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use reinvite_domain::{OrganisationId, Recipient, RecipientState, ResendId, UserId};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    Error,
    attribute::{number, text, value},
    condition::Condition,
    keys::{self, Key},
    query::{Bound, Range},
    statements::StatementUpdate,
    table::{Table, decode},
    update::ItemUpdate,
};

/// The attributes of a [`Recipient`], without the keys of the item.
const ATTRIBUTES: &str = "#userId, #userCreatedAt, #chunk, #position, #state, #reason, \
    #passwordChange, #passwordChangeReason, #hadLoggedIn, #attempt, #claimedAt, \
    #endsLinksBefore, #sentAt, #messageId, #mail";

/// Bounced recipients that are read at a time.
const BOUNCES_PER_PAGE: usize = 1_000;

/// The recipients of resends.
#[derive(Clone, Debug)]
pub struct Recipients(pub(crate) Table);

/// A recipient with the keys of its indexes.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StoredRecipient<'a> {
    #[serde(flatten)]
    recipient: &'a Recipient,
    user: String,
    resend: &'a ResendId,
    resend_state: Option<String>,
}

/// A recipient with its resend.
#[derive(Deserialize)]
struct RecipientOfResend {
    resend: ResendId,
    #[serde(flatten)]
    recipient: Recipient,
}

/// A recipient that events of SES change.
#[derive(Clone, Copy, Debug)]
pub struct EventChange<'a> {
    /// The resend.
    pub resend: &'a ResendId,
    /// The recipient as it was read.
    pub read: &'a Recipient,
    /// The recipient after the events.
    pub after: &'a Recipient,
}

/// An entry of the index `ByUser`.
#[derive(Deserialize)]
struct UserIndexEntry {
    pk: String,
    sk: String,
    resend: ResendId,
}

/// The partition of the index `ByRecipientState`.
fn resend_state(resend: &ResendId, state: RecipientState) -> String {
    format!("{resend}#{}", state.name())
}

impl Recipients {
    /// Writes new recipients; those that exist stay as they are.
    pub async fn insert(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        recipients: &[Recipient],
    ) -> Result<(), Error> {
        let statement = |recipient: &Recipient| {
            let key = keys::recipient(resend, recipient.chunk, recipient.position);
            let stored = StoredRecipient {
                recipient,
                user: keys::recipients_of_user(organisation, &recipient.user_id),
                resend,
                resend_state: recipient
                    .state
                    .is_indexed()
                    .then(|| resend_state(resend, recipient.state)),
            };
            self.0.insert_statement(&key, &stored)
        };
        self.0.execute(recipients, statement).await.map(|_| ())
    }

    /// Reads the recipients of a chunk, by position.
    pub async fn of_chunk(&self, resend: &ResendId, chunk: u32) -> Result<Vec<Recipient>, Error> {
        let partition = keys::chunk_partition(resend, chunk);
        let prefix = keys::recipient_prefix(chunk);
        let items = self.0.query_items(&partition, &prefix, Some(ATTRIBUTES));
        items.await?.into_iter().map(decode).collect()
    }

    /// Reads the recipients at these places (resend, chunk, position), as far as they exist, in no
    /// order.
    pub async fn at_places(
        &self,
        places: &BTreeSet<(&ResendId, u32, u16)>,
    ) -> Result<Vec<(ResendId, Recipient)>, Error> {
        let keys: Vec<_> = places
            .iter()
            .map(|(resend, chunk, position)| keys::recipient(resend, *chunk, *position))
            .collect();
        let found: Vec<RecipientOfResend> = self.0.get_many(keys).await?;
        Ok(found
            .into_iter()
            .map(|found| (found.resend, found.recipient))
            .collect())
    }

    /// Reads the recipient of a resend who is this user.
    pub async fn get(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        user: &UserId,
    ) -> Result<Option<Recipient>, Error> {
        let partition = keys::recipients_of_user(organisation, user);
        let range = Range {
            index: Some("ByUser"),
            partition: ("user", &partition),
            sort: Some(("resend", Bound::Prefix(resend.as_str()))),
            newest_first: false,
            limit: None,
        };

        let entries: Vec<UserIndexEntry> = self.0.query(range).await?.items;
        match entries.into_iter().find(|entry| entry.resend == *resend) {
            Some(entry) => self.0.get(&Key::new(entry.pk, entry.sk)).await,
            None => Ok(None),
        }
    }

    /// Reads a page of a resend's recipients by chunk and position, after a place, and whether more
    /// follow. A page has recipients of one chunk only.
    pub async fn page(
        &self,
        resend: &ResendId,
        chunks: u32,
        after: Option<(u32, u16)>,
        limit: usize,
    ) -> Result<(Vec<Recipient>, bool), Error> {
        let first = after.map_or(0, |(chunk, _)| chunk);
        let mut after = after.map(|(chunk, position)| keys::recipient_sort_key(chunk, position));

        for chunk in first..chunks {
            let partition = keys::chunk_partition(resend, chunk);
            let prefix = keys::recipient_prefix(chunk);
            let bound = match &after {
                None => Bound::Prefix(&prefix),
                Some(after) => Bound::AfterWithinPrefix {
                    after,
                    prefix: &prefix,
                },
            };
            let range = Range {
                sort: Some(("sk", bound)),
                ..Range::of_table(&partition, limit)
            };

            let page = self.0.query::<Recipient>(range).await?;
            if !page.items.is_empty() {
                return Ok((page.items, page.more || chunk + 1 < chunks));
            }
            after = None;
        }
        Ok((Vec::new(), false))
    }

    /// Reads a page of a resend's recipients in some indexed states by chunk and position, after a
    /// place, and whether more follow. One `Query` for each state and one `BatchGetItem`.
    pub async fn page_in_states(
        &self,
        resend: &ResendId,
        states: &[RecipientState],
        after: Option<(u32, u16)>,
        limit: usize,
    ) -> Result<(Vec<Recipient>, bool), Error> {
        let after = after.map(|(chunk, position)| keys::recipient_sort_key(chunk, position));
        let after = after.as_deref();
        let pages = states.iter().map(|state| async move {
            let partition = resend_state(resend, *state);
            let range = Range::of_index("ByRecipientState", ("resendState", &partition), limit)
                .after("sk", after);
            self.0.query::<Key>(range).await
        });
        let pages = try_join_all(pages).await?;

        let mut more = pages.iter().any(|page| page.more);
        let mut found: Vec<Key> = pages.into_iter().flat_map(|page| page.items).collect();
        found.sort_by(|one, other| one.sk.cmp(&other.sk));
        more |= found.len() > limit;
        found.truncate(limit);

        let mut recipients: Vec<Recipient> = self.0.get_many(found).await?;
        recipients.sort_by_key(|recipient| (recipient.chunk, recipient.position));
        Ok((recipients, more))
    }

    /// Counts the recipients of a resend whose mails were sent before an instant and have bounced.
    pub async fn count_bounced_sent_before(
        &self,
        resend: &ResendId,
        at: DateTime<Utc>,
    ) -> Result<u32, Error> {
        let (mut bounced, mut after) = (0, None);
        loop {
            let (page, more) = self
                .page_in_states(resend, &[RecipientState::Bounced], after, BOUNCES_PER_PAGE)
                .await?;
            after = page
                .last()
                .map(|recipient| (recipient.chunk, recipient.position))
                .or(after);

            // The index may lag behind a change of state by a moment.
            bounced += page
                .iter()
                .filter(|recipient| recipient.state == RecipientState::Bounced)
                .filter(|recipient| recipient.sent_at.is_some_and(|sent_at| sent_at < at))
                .count();
            if !more {
                return Ok(u32::try_from(bounced).unwrap_or(u32::MAX));
            }
        }
    }

    /// Reads the ids of the newest resends that a user is a recipient of, on request from `oldest` on,
    /// and whether there are more. One `Query` of an index.
    pub async fn resends_of_user(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        oldest: Option<&ResendId>,
        limit: usize,
    ) -> Result<(Vec<ResendId>, bool), Error> {
        let partition = keys::recipients_of_user(organisation, user);
        let range = Range {
            index: Some("ByUser"),
            partition: ("user", &partition),
            sort: oldest.map(|oldest| ("resend", Bound::From(oldest.as_str()))),
            newest_first: true,
            limit: Some(limit),
        };

        let page = self.0.query::<UserIndexEntry>(range).await?;
        let resends = page.items.into_iter().map(|entry| entry.resend).collect();
        Ok((resends, page.more))
    }

    /// Reads a page of the resends that a user is a recipient of, newest first, and whether more
    /// follow. One `Query` and one `BatchGetItem`.
    pub async fn page_of_user(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        before: Option<&ResendId>,
        limit: usize,
    ) -> Result<(Vec<(ResendId, Recipient)>, bool), Error> {
        let partition = keys::recipients_of_user(organisation, user);
        let range = Range::of_index("ByUser", ("user", &partition), limit)
            .newest_before("resend", before.map(ResendId::as_str));
        let page = self.0.query::<Key>(range).await?;

        let mut found: Vec<RecipientOfResend> = self.0.get_many(page.items).await?;
        found.sort_by(|one, other| other.resend.cmp(&one.resend));
        let found = found
            .into_iter()
            .map(|found| (found.resend, found.recipient))
            .collect();
        Ok((found, page.more))
    }

    /// Writes outcomes of recipients, each only if the recipient is still in the state it was read
    /// in; answers whether all of them were.
    ///
    /// A faster event may have changed that state. The inputs of the recipient's mail are written
    /// all the same.
    pub async fn record(
        &self,
        resend: &ResendId,
        from: RecipientState,
        outcomes: &[Recipient],
    ) -> Result<bool, Error> {
        let statement = |outcome: &Recipient| self.outcome_statement(resend, from, outcome);
        let written = self.0.execute(outcomes, statement).await?;

        let overtaken = outcomes
            .iter()
            .zip(&written)
            .filter(|(_, written)| !**written);
        for (outcome, _) in overtaken {
            self.record_mail(resend, outcome).await?;
        }
        Ok(!written.contains(&false))
    }

    fn outcome_statement(
        &self,
        resend: &ResendId,
        from: RecipientState,
        outcome: &Recipient,
    ) -> Result<BatchStatementRequest, Error> {
        let key = keys::recipient(resend, outcome.chunk, outcome.position);
        let mut update = StatementUpdate::of(&key)
            .set("state", value(outcome.state)?)
            .set("attempt", number(outcome.attempt))
            .set_some("reason", some(outcome.reason.as_ref())?)
            .set_some("sentAt", some(outcome.sent_at.as_ref())?)
            .set_some("messageId", outcome.message_id.as_ref().map(text))
            .set_some("mail", some(outcome.mail.as_ref())?)
            .set_some("claimedAt", some(outcome.claimed_at.as_ref())?)
            .set_some("endsLinksBefore", outcome.ends_links_before.map(number))
            .only_if("state", value(from)?);
        if let Some(reason) = outcome.password_change_reason {
            update = update
                .set("passwordChange", value(outcome.password_change)?)
                .set("passwordChangeReason", value(reason)?);
        }

        if outcome.state.is_indexed() {
            update = update.set("resendState", text(resend_state(resend, outcome.state)));
        } else if from.is_indexed() {
            update = update.remove("resendState");
        }
        self.0.update_statement(update)
    }

    /// Writes the inputs of a recipient's mail, unless they are there.
    async fn record_mail(&self, resend: &ResendId, recipient: &Recipient) -> Result<(), Error> {
        let Some(mail) = &recipient.mail else {
            return Ok(());
        };
        let key = keys::recipient(resend, recipient.chunk, recipient.position);
        let update = ItemUpdate::of(key)
            .set("mail", value(mail)?)
            .set("passwordChange", value(recipient.password_change)?)
            .set("attempt", number(recipient.attempt))
            .set_some("endsLinksBefore", recipient.ends_links_before.map(number))
            .set_some(
                "passwordChangeReason",
                some(recipient.password_change_reason.as_ref())?,
            )
            .only_if(Condition::exists())
            .only_if(Condition::new("attribute_not_exists(#mail)", []));
        self.0.update_once(update).await.map(|_| ())
    }

    /// Writes recipients as they are after events of SES, each only if it is still in the state and
    /// attempt it was read in; answers for each whether it was.
    pub async fn record_events(&self, changes: &[EventChange<'_>]) -> Result<Vec<bool>, Error> {
        let statement = |change: &EventChange<'_>| self.event_statement(change);
        self.0.execute(changes, statement).await
    }

    fn event_statement(&self, change: &EventChange<'_>) -> Result<BatchStatementRequest, Error> {
        let EventChange {
            resend,
            read,
            after,
        } = change;
        let key = keys::recipient(resend, read.chunk, read.position);
        let mut update = StatementUpdate::of(&key)
            .set("state", value(after.state)?)
            .set("attempt", number(after.attempt))
            .set_some("reason", some(after.reason.as_ref())?)
            .set_some("sentAt", some(after.sent_at.as_ref())?)
            .set_some("messageId", after.message_id.as_ref().map(text))
            .only_if("state", value(read.state)?)
            .only_if("attempt", number(read.attempt));

        if after.reason.is_none() && read.reason.is_some() {
            update = update.remove("reason");
        }
        if after.state.is_indexed() {
            update = update.set("resendState", text(resend_state(resend, after.state)));
        } else if read.state.is_indexed() {
            update = update.remove("resendState");
        }
        self.0.update_statement(update)
    }

    /// Erases what the mail to a recipient said.
    pub async fn erase_mails(&self, recipients: &[(ResendId, Recipient)]) -> Result<(), Error> {
        let with_mail = recipients.iter().filter(|(_, found)| found.mail.is_some());
        let with_mail: Vec<_> = with_mail.collect();

        let statement = |(resend, recipient): &&(ResendId, Recipient)| {
            let key = keys::recipient(resend, recipient.chunk, recipient.position);
            let update = StatementUpdate::of(&key).remove("mail");
            self.0.update_statement(update)
        };
        self.0.execute(&with_mail, statement).await.map(|_| ())
    }
}

/// The write that begins a reattempt, to be part of the transaction that claims its wave. Its
/// condition fails if an event has settled the recipient.
pub(crate) fn reattempt_write(
    table: &Table,
    resend: &ResendId,
    recipient: &Recipient,
) -> Result<TransactWriteItem, Error> {
    let key = keys::recipient(resend, recipient.chunk, recipient.position);
    let update = ItemUpdate::of(key)
        .set("state", value(RecipientState::Sending)?)
        .set("attempt", number(recipient.attempt + 1))
        .remove("resendState")
        .only_if(Condition::new(
            "#state = :unknown AND #attempt = :before",
            [
                (":unknown", value(RecipientState::Unknown)?),
                (":before", number(recipient.attempt)),
            ],
        ));
    table.update_write(update)
}

fn some(
    given: Option<impl Serialize>,
) -> Result<Option<aws_sdk_dynamodb::types::AttributeValue>, Error> {
    given.map(value).transpose()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use reinvite_domain::{FailedReason, KeepReason, MailValues, OutcomeReason, PasswordChange};

    use super::*;
    use crate::{condition::names, keys::Key, table::encode};

    #[test]
    fn a_chunk_is_read_with_every_attribute_of_its_recipients() {
        let at = DateTime::UNIX_EPOCH;
        let mail = MailValues {
            language: "en".parse().unwrap(),
            name: String::new(),
            login_id: String::new(),
            email: String::new(),
            groups: Vec::new(),
            group_ids: Vec::new(),
            attributes: BTreeMap::new(),
            operator_name: String::new(),
            invitation: 1,
            secret: None,
        };
        let recipient = Recipient {
            user_id: UserId::new("u-1").unwrap(),
            user_created_at: Some(at),
            chunk: 0,
            position: 0,
            state: RecipientState::Failed,
            reason: Some(OutcomeReason::Failed(FailedReason::Transient)),
            password_change: PasswordChange::Keep,
            password_change_reason: Some(KeepReason::HoldsRoles),
            had_logged_in: false,
            attempt: 1,
            claimed_at: Some(at),
            ends_links_before: Some(1),
            sent_at: Some(at),
            message_id: Some(String::new()),
            mail: Some(mail),
        };

        let mut item = encode(&Key::new("", ""), &recipient).unwrap();
        for key in ["pk", "sk"] {
            item.remove(key);
        }
        let mut written: Vec<_> = item.into_keys().collect();
        let mut read: Vec<_> = names(ATTRIBUTES).unwrap().into_values().collect();
        written.sort();
        read.sort();
        assert_eq!(read, written);
    }
}
