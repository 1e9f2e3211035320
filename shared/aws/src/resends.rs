//! Resends, the ids they were asked for, and the templates they took.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update},
};
use chrono::{DateTime, Utc};
use reinvite_domain::{
    AuditEntry, DailyUsage, Language, OrganisationId, PasswordChange, Resend, ResendId,
    ResendState, UserId, Variant, resend::JOB_OVERDUE_AFTER, resend::PreparationProgress,
};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_attribute_value};

use crate::{
    Error, IdempotentRequest, Store,
    error::{failed, unbuilt},
    table::{Bound, Key, Page, Range, number, text},
    wakes::PARTITION,
};

/// Ids of a selection to an item: 64 KB at the most.
const IDS_TO_AN_ITEM: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Ids {
    ids: Vec<UserId>,
}

/// Choices of what happens to passwords, those of an item.
#[derive(Serialize, Deserialize)]
struct Choices {
    choices: BTreeMap<UserId, PasswordChange>,
}

/// Everything that is written of a new resend.
#[derive(Clone, Copy, Debug)]
pub struct NewResend<'a> {
    /// The resend.
    pub resend: &'a Resend,
    /// The ids of its selection, or for a filter those it leaves out.
    pub ids: &'a [UserId],
    /// What happens to the passwords of single users.
    pub choices: &'a BTreeMap<UserId, PasswordChange>,
    /// What it says.
    pub variants: &'a BTreeMap<Language, Variant>,
    /// The entry that tells of it.
    pub audit: &'a AuditEntry,
    /// The most recipients of a day.
    pub daily_limit: u32,
    /// The resend it retries.
    pub retried: Option<&'a Resend>,
}

/// A resend with the keys of its indexes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    #[serde(flatten)]
    resend: &'a Resend,
    organisation_state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    wake: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wake_at: Option<i64>,
}

pub(crate) fn resend_key(id: &ResendId) -> Key {
    Key::new(id.as_str(), "resend")
}

pub(crate) fn organisation_state(organisation: &OrganisationId, state: ResendState) -> String {
    format!("{organisation}#{}", state.name())
}

impl Store {
    /// Writes a new resend, the ids of its selection, its template and the audit entry, the record of its request and what
    /// counts against the day's limit, all or nothing; false where the request was seen before. [`Error::DailyLimit`] where
    /// the day has not so many recipients left, [`Error::Conflict`] where another resend retries the same one meanwhile.
    pub async fn create_resend(
        &self,
        new: &NewResend<'_>,
        once: &IdempotentRequest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let NewResend {
            resend,
            ids,
            choices,
            variants,
            audit,
            daily_limit,
            retried,
        } = new;
        let wake_at = resend
            .wake_at(resend.state, resend.start_at)
            .map(|at| at.timestamp_millis());
        let stored = Stored {
            resend,
            organisation_state: organisation_state(&resend.organisation, resend.state),
            wake: wake_at.map(|_| PARTITION),
            wake_at,
        };
        let mut puts = vec![
            self.once_put(once, resend.id.as_str(), now)?,
            self.resends.new_item(&resend_key(&resend.id), &stored)?,
        ];
        for (index, ids) in ids.chunks(IDS_TO_AN_ITEM).enumerate() {
            let key = Key::new(resend.id.as_str(), format!("selection#{index:02}"));
            puts.push(self.resends.new_item(&key, &Ids { ids: ids.to_vec() })?);
        }
        let choices: Vec<_> = choices.iter().collect();
        for (index, choices) in choices.chunks(IDS_TO_AN_ITEM).enumerate() {
            let key = Key::new(resend.id.as_str(), format!("choices#{index:02}"));
            let choices = choices
                .iter()
                .map(|(user, change)| ((*user).clone(), **change))
                .collect();
            puts.push(self.resends.new_item(&key, &Choices { choices })?);
        }
        for (language, variant) in *variants {
            puts.push(
                self.resends
                    .new_item(&template_key(&resend.id, language), variant)?,
            );
        }
        let mut writes: Vec<_> = puts
            .into_iter()
            .map(|put| TransactWriteItem::builder().put(put).build())
            .collect();
        let last_put = writes.len() - 1;
        writes.push(self.audit_write(&resend.organisation, audit)?);
        let mut limited = None;
        if resend.daily_usage.recipients > 0 {
            limited = Some(writes.len());
            let DailyUsage { day, recipients } = resend.daily_usage;
            writes.push(self.count_recipients(
                &resend.organisation,
                day,
                recipients.into(),
                *daily_limit,
            )?);
        }
        if let Some(retried) = retried {
            writes.push(self.retry(retried, &resend.id)?);
        }
        let Err(failed) = self.resends.transact(writes).await? else {
            return Ok(true);
        };
        let failed = |index: usize| failed.get(index).is_some_and(|failed| *failed);
        if (0..=last_put).any(failed) {
            Ok(false)
        } else if limited.is_some_and(failed) {
            Err(Error::DailyLimit)
        } else {
            Err(Error::Conflict)
        }
    }

    /// Remembers how far the recipients of a resend were written down, so that it is seen and whoever goes on begins there;
    /// false where it is in another state by now. Who is further already stays so.
    pub async fn remember_taken(
        &self,
        resend: &Resend,
        taken: &PreparationProgress,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let written = self
            .resends
            .update_item(&resend_key(&resend.id))
            .update_expression("SET preparation = :preparation, #counts = :counts, wakeAt = :later")
            .condition_expression(
                "#state = :state AND chunks = :none AND preparation.chunks < :chunks",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#counts", "counts")
            .expression_attribute_values(":preparation", to_attribute_value(taken)?)
            .expression_attribute_values(":counts", to_attribute_value(taken.counts())?)
            .expression_attribute_values(
                ":later",
                number((now + JOB_OVERDUE_AFTER).timestamp_millis()),
            )
            .expression_attribute_values(":state", to_attribute_value(resend.state)?)
            .expression_attribute_values(":chunks", number(taken.chunks))
            .expression_attribute_values(":none", number(0))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match written {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    let now: Option<Resend> = refused.item.clone().map(from_item).transpose()?;
                    Ok(now.is_some_and(|now| now.state == resend.state))
                }
                _ => Err(failed("UpdateItem")(error)),
            },
        }
    }

    /// Counts users who first logged in after this resend's mail. It is a statistic: a call that is cut off before it loses
    /// some.
    pub async fn count_logged_in(&self, id: &ResendId, users: u32) -> Result<(), Error> {
        let call = self
            .resends
            .update_item(&resend_key(id))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#counts", "counts")
            .expression_attribute_values(":users", number(users))
            .expression_attribute_values(":none", number(0));
        let sum = "#counts.loggedInAfter";
        let sets = format!("SET {sum} = if_not_exists({sum}, :none) + :users");
        self.resends.update_once(call, &sets).await.map(|_| ())
    }

    /// The write that adds a resend to those that retry another, which must have as many as when it was read.
    fn retry(&self, retried: &Resend, retry: &ResendId) -> Result<TransactWriteItem, Error> {
        let update = Update::builder()
            .table_name(&self.resends.name)
            .set_key(Some(resend_key(&retried.id).attributes()))
            .update_expression("SET retries = list_append(retries, :retry)")
            .condition_expression("size(retries) = :read")
            .expression_attribute_values(":retry", AttributeValue::L(vec![text(retry.as_str())]))
            .expression_attribute_values(":read", number(retried.retries.len()))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// A resend, as it is now.
    pub async fn resend(&self, id: &ResendId) -> Result<Option<Resend>, Error> {
        self.resends.get(&resend_key(id)).await
    }

    /// Which of these resends could not be made.
    pub async fn failed_of(&self, ids: &[ResendId]) -> Result<HashSet<ResendId>, Error> {
        let resends: Vec<Resend> = self.resends.get_many(ids.iter().map(resend_key)).await?;
        let failed = resends
            .into_iter()
            .filter(|resend| resend.state == ResendState::Failed);
        Ok(failed.map(|resend| resend.id).collect())
    }

    /// The ids of a resend's selection, in their order.
    pub async fn selected_ids(&self, id: &ResendId) -> Result<Vec<UserId>, Error> {
        let parts: Vec<Ids> = self
            .resends
            .query_all(id.as_str(), Some("selection#"))
            .await?;
        Ok(parts.into_iter().flat_map(|part| part.ids).collect())
    }

    /// What was chosen for the passwords of single users.
    pub async fn password_choices(
        &self,
        resend: &Resend,
    ) -> Result<BTreeMap<UserId, PasswordChange>, Error> {
        if !resend.has_choices {
            return Ok(BTreeMap::new());
        }
        let parts: Vec<Choices> = self
            .resends
            .query_all(resend.id.as_str(), Some("choices#"))
            .await?;
        Ok(parts.into_iter().flat_map(|part| part.choices).collect())
    }

    /// The variants of the template a resend took.
    pub async fn variants(&self, id: &ResendId) -> Result<BTreeMap<Language, Variant>, Error> {
        #[derive(Deserialize)]
        struct Stored {
            sk: String,
            subject: String,
            html: String,
            text: String,
        }
        let found: Vec<Stored> = self
            .resends
            .query_all(id.as_str(), Some("template#"))
            .await?;
        let variant = |Stored {
                           sk,
                           subject,
                           html,
                           text,
                       }| {
            let language = sk
                .strip_prefix("template#")
                .and_then(|tag| tag.parse().ok())?;
            Some((
                language,
                Variant {
                    subject,
                    html,
                    text,
                },
            ))
        };
        Ok(found.into_iter().filter_map(variant).collect())
    }

    /// A page of an organisation's resends, newest first; only those in some states where asked. One Query, or one for
    /// each state, and one BatchGetItem.
    pub async fn resends(
        &self,
        organisation: &OrganisationId,
        states: &[ResendState],
        before: Option<&ResendId>,
        limit: usize,
    ) -> Result<(Vec<Resend>, bool), Error> {
        #[derive(Deserialize)]
        struct Listed {
            id: ResendId,
        }
        let partitions: Vec<_> = if states.is_empty() {
            vec![("ByOrganisation", "organisation", organisation.to_string())]
        } else {
            let by_state = |state: &ResendState| {
                (
                    "ByState",
                    "organisationState",
                    organisation_state(organisation, *state),
                )
            };
            states.iter().map(by_state).collect()
        };
        let pages = partitions
            .iter()
            .map(|(index, attribute, partition)| async move {
                let range = Range {
                    index: Some(index),
                    partition: (attribute, partition),
                    sort: before.map(|before| ("id", Bound::Before(before.as_str()))),
                    newest_first: true,
                    limit: Some(limit),
                };
                self.resends.query::<Listed>(range).await
            });
        let pages: Vec<Page<Listed>> = futures::future::try_join_all(pages).await?;
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
        let mut resends: Vec<Resend> = self.resends.get_many(ids.iter().map(resend_key)).await?;
        resends.sort_by(|one, other| other.id.cmp(&one.id));
        Ok((resends, more))
    }
}

fn template_key(id: &ResendId, language: &Language) -> Key {
    Key::new(id.as_str(), format!("template#{language}"))
}
