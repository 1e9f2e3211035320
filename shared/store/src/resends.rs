//! Resends.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use reinvite_domain::{
    Counts, OrganisationId, Resend, ResendId, ResendState,
    resend::{JOB_OVERDUE_AFTER, PreparationProgress},
};
use serde::Deserialize;

use crate::{
    Error,
    attribute::{millis, number, text, value},
    condition::Condition,
    keys,
    query::Range,
    table::{Table, Updated, decode},
    update::ItemUpdate,
};

/// Resends.
#[derive(Clone, Debug)]
pub struct Resends(pub(crate) Table);

/// The result of saving how far a preparation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressSaved {
    /// The resend is still in the state in which it was read.
    SameState,
    /// The resend is in another state by now.
    OtherState,
}

#[derive(Deserialize)]
struct ListedResend {
    id: ResendId,
}

impl Resends {
    /// Reads a resend.
    pub async fn get(&self, id: &ResendId) -> Result<Option<Resend>, Error> {
        self.0.get(&keys::resend(id)).await
    }

    /// Reads a resend that must exist.
    pub async fn get_existing(&self, id: &ResendId) -> Result<Resend, Error> {
        self.get(id).await?.ok_or(Error::Missing("resend"))
    }

    /// Reads which of these resends have failed to be prepared.
    pub async fn failed_among(&self, ids: &[ResendId]) -> Result<HashSet<ResendId>, Error> {
        let resends: Vec<Resend> = self.0.get_many(ids.iter().map(keys::resend)).await?;
        Ok(resends
            .into_iter()
            .filter(|resend| resend.state == ResendState::Failed)
            .map(|resend| resend.id)
            .collect())
    }

    /// Reads resends that exist, in no order.
    pub async fn get_many(
        &self,
        ids: impl IntoIterator<Item = ResendId>,
    ) -> Result<Vec<Resend>, Error> {
        self.0
            .get_many(ids.into_iter().map(|id| keys::resend(&id)))
            .await
    }

    /// Reads a page of an organisation's resends, newest first, on request only those in some
    /// states, and whether more follow. One `Query`, or one for each state, and one `BatchGetItem`.
    pub async fn page(
        &self,
        organisation: &OrganisationId,
        states: &[ResendState],
        before: Option<&ResendId>,
        limit: usize,
    ) -> Result<(Vec<Resend>, bool), Error> {
        let (ids, more) = self.ids(organisation, states, before, limit).await?;

        let mut resends = self.get_many(ids).await?;
        resends.sort_by(|one, other| other.id.cmp(&one.id));
        Ok((resends, more))
    }

    /// Reads the ids of a page of an organisation's resends, as the indexes have them. One `Query`,
    /// or one for each state.
    pub async fn ids(
        &self,
        organisation: &OrganisationId,
        states: &[ResendState],
        before: Option<&ResendId>,
        limit: usize,
    ) -> Result<(Vec<ResendId>, bool), Error> {
        let partitions: Vec<_> = if states.is_empty() {
            vec![("ByOrganisation", "organisation", organisation.to_string())]
        } else {
            states
                .iter()
                .map(|state| {
                    let partition = keys::organisation_state(organisation, *state);
                    ("ByState", "organisationState", partition)
                })
                .collect()
        };
        let pages = partitions
            .iter()
            .map(|(index, attribute, partition)| async move {
                let range = Range::of_index(index, (attribute, partition), limit)
                    .newest_before("id", before.map(ResendId::as_str));
                self.0.query::<ListedResend>(range).await
            });
        let pages = try_join_all(pages).await?;

        let mut more = pages.iter().any(|page| page.more);
        let mut ids: Vec<_> = pages
            .into_iter()
            .flat_map(|page| page.items)
            .map(|listed| listed.id)
            .collect();
        ids.sort_by(|one, other| other.cmp(one));
        ids.dedup();
        more |= ids.len() > limit;
        ids.truncate(limit);
        Ok((ids, more))
    }

    /// Saves how far a preparation is, so that operators see it and the next worker goes on there.
    /// Progress that is further already stays.
    pub async fn save_progress(
        &self,
        resend: &Resend,
        progress: &PreparationProgress,
        now: DateTime<Utc>,
    ) -> Result<ProgressSaved, Error> {
        let update = ItemUpdate::of(keys::resend(&resend.id))
            .set("preparation", value(progress)?)
            .set("counts", value(progress.counts())?)
            .set("wakeAt", millis(now + JOB_OVERDUE_AFTER))
            .only_if(Condition::new(
                "#state = :state AND #chunks = :none AND #preparation.#chunks < :chunks",
                [
                    (":state", value(resend.state)?),
                    (":none", number(0)),
                    (":chunks", number(progress.chunks)),
                ],
            ));

        let state = match self.0.update(update).await? {
            Updated::Written(_) => Some(resend.state),
            Updated::Refused(item) => {
                let current: Option<Resend> = item.map(decode).transpose()?;
                current.map(|current| current.state)
            }
        };
        Ok(if state == Some(resend.state) {
            ProgressSaved::SameState
        } else {
            ProgressSaved::OtherState
        })
    }

    /// Writes the totals of the recipient lists of a cancelled resend; a repetition writes nothing.
    /// Answers the resend as it is then.
    pub async fn end_preparation(
        &self,
        resend: &Resend,
        counts: &Counts,
        chunks: u32,
    ) -> Result<Resend, Error> {
        let update = ItemUpdate::of(keys::resend(&resend.id))
            .set("counts", value(counts)?)
            .set("chunks", number(chunks))
            .set("chunksLeft", number(chunks))
            .only_if(Condition::new("#chunks = :none", [(":none", number(0))]));

        // If the condition does not hold, an earlier call has written the totals.
        self.0.update(update).await?;
        self.get_existing(&resend.id).await
    }

    /// Counts a wave that SES did not answer; answers the resend as it is then, or `None` if it is
    /// not being sent any more.
    pub async fn count_unanswered(&self, id: &ResendId) -> Result<Option<Resend>, Error> {
        let update = ItemUpdate::of(keys::resend(id))
            .set_by(
                "#unansweredWaves = if_not_exists(#unansweredWaves, :none) + :one",
                [(":none", number(0)), (":one", number(1))],
            )
            .only_if(Condition::new(
                "#state = :sending",
                [(":sending", value(ResendState::Sending)?)],
            ));
        match self.0.update(update).await? {
            Updated::Written(item) => decode(item).map(Some),
            Updated::Refused(_) => Ok(None),
        }
    }

    /// Ends the row of waves that SES did not answer.
    pub async fn reset_unanswered(&self, id: &ResendId) -> Result<(), Error> {
        let update = ItemUpdate::of(keys::resend(id))
            .set("unansweredWaves", number(0))
            .only_if(Condition::exists());
        self.0.update_once(update).await.map(|_| ())
    }

    /// Counts users who first logged in after the mail of this resend. The count is a statistic: a
    /// crash before this call loses some.
    pub async fn count_logged_in(&self, id: &ResendId, users: u32) -> Result<(), Error> {
        let update = ItemUpdate::of(keys::resend(id))
            .set_by(
                "#counts.#loggedInAfter = if_not_exists(#counts.#loggedInAfter, :none) + :users",
                [(":none", number(0)), (":users", number(users))],
            )
            .only_if(Condition::exists());
        self.0.update_once(update).await.map(|_| ())
    }
}

/// The write that adds a resend to the retries of another, to be part of a transaction. Its
/// condition fails if another retry was added since.
pub(crate) fn retry_write(
    table: &Table,
    retried: &Resend,
    retry: &ResendId,
) -> Result<TransactWriteItem, Error> {
    let retry = AttributeValue::L(vec![text(retry.as_str())]);
    let update = ItemUpdate::of(keys::resend(&retried.id))
        .set_by(
            "#retries = list_append(#retries, :retry)",
            [(":retry", retry)],
        )
        .only_if(Condition::new(
            "size(#retries) = :read",
            [(":read", number(retried.retries.len()))],
        ));
    table.update_write(update)
}
