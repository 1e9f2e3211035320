//! Resends, the ids they were asked for, and the templates they took.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{DateTime, Utc};
use reinvite_domain::{
    Counts, FailureReason, Language, OrganisationId, PauseReason, Resend, ResendId, ResendState, UserId, Variant,
};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_attribute_value};

use crate::{
    Error, Once, Store,
    table::{Bound, Key, Page, Range, number, text},
};

/// Ids of a selection to an item: 64 KB at the most.
const IDS_TO_AN_ITEM: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Ids {
    ids: Vec<UserId>,
}

/// A resend with the keys of its indexes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    #[serde(flatten)]
    resend: &'a Resend,
    organisation_state: String,
}

/// How a resend changes from one state to another.
#[derive(Clone, Debug)]
pub enum Transition {
    /// Its recipients are written down.
    Prepared {
        /// Eligible and excluded.
        counts: Counts,
        /// How many chunks.
        chunks: u32,
    },
    /// It could not be made.
    Failed(FailureReason, Counts),
    /// Its mails go out.
    Started {
        /// Chunks whose messages are alive at once.
        lanes: u32,
    },
    /// It stops for a while.
    Paused(PauseReason),
    /// Every recipient has an outcome.
    Completed,
}

impl Transition {
    /// The state it leaves and the state it makes.
    const fn states(&self) -> (ResendState, ResendState) {
        match self {
            Self::Prepared { .. } => (ResendState::Preparing, ResendState::Scheduled),
            Self::Failed(..) => (ResendState::Preparing, ResendState::Failed),
            Self::Started { .. } => (ResendState::Scheduled, ResendState::Sending),
            Self::Paused(_) => (ResendState::Sending, ResendState::Paused),
            Self::Completed => (ResendState::Sending, ResendState::Completed),
        }
    }
}

pub(crate) fn resend_key(id: &ResendId) -> Key {
    Key::new(id.as_str(), "resend")
}

fn organisation_state(organisation: &OrganisationId, state: ResendState) -> String {
    format!("{organisation}#{}", state.name())
}

impl Store {
    /// Writes a new resend, the ids of its selection and the record of its request, all or nothing; false where the
    /// request was seen before.
    pub async fn create_resend(
        &self,
        resend: &Resend,
        ids: &[UserId],
        variants: &BTreeMap<Language, Variant>,
        once: &Once,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let stored = Stored { resend, organisation_state: organisation_state(&resend.organisation, resend.state) };
        let mut puts = vec![
            self.once_put(once, resend.id.as_str(), now)?,
            self.resends.new_item(&resend_key(&resend.id), &stored)?,
        ];
        for (index, ids) in ids.chunks(IDS_TO_AN_ITEM).enumerate() {
            let key = Key::new(resend.id.as_str(), format!("selection#{index:02}"));
            puts.push(self.resends.new_item(&key, &Ids { ids: ids.to_vec() })?);
        }
        for (language, variant) in variants {
            puts.push(self.resends.new_item(&template_key(&resend.id, language), variant)?);
        }
        let writes = puts.into_iter().map(|put| TransactWriteItem::builder().put(put).build());
        Ok(self.resends.transact(writes.collect()).await?.is_ok())
    }

    /// A resend, as it is now.
    pub async fn resend(&self, id: &ResendId) -> Result<Option<Resend>, Error> {
        self.resends.get(&resend_key(id)).await
    }

    /// The ids of a resend's selection, in their order.
    pub async fn selected_ids(&self, id: &ResendId) -> Result<Vec<UserId>, Error> {
        let parts: Vec<Ids> = self.resends.query_all(id.as_str(), Some("selection#")).await?;
        Ok(parts.into_iter().flat_map(|part| part.ids).collect())
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
        let found: Vec<Stored> = self.resends.query_all(id.as_str(), Some("template#")).await?;
        let variant = |Stored { sk, subject, html, text }| {
            let language = sk.strip_prefix("template#").and_then(|tag| tag.parse().ok())?;
            Some((language, Variant { subject, html, text }))
        };
        Ok(found.into_iter().filter_map(variant).collect())
    }

    /// Changes a resend's state, on condition that it is still in the one the change leaves; says whether it did, with
    /// the resend as it is then.
    pub async fn change_resend(&self, resend: &Resend, change: &Transition) -> Result<Option<Resend>, Error> {
        let (from, to) = change.states();
        let mut sets: Vec<(&str, _)> = vec![
            ("state", to_attribute_value(to)?),
            ("organisationState", text(organisation_state(&resend.organisation, to))),
        ];
        match change {
            Transition::Prepared { counts, chunks } => {
                sets.push(("counts", to_attribute_value(counts)?));
                sets.push(("chunks", number(chunks)));
                sets.push(("chunksLeft", number(chunks)));
            }
            Transition::Failed(reason, counts) => {
                sets.push(("failureReason", to_attribute_value(reason)?));
                sets.push(("counts", to_attribute_value(counts)?));
            }
            Transition::Started { lanes } => sets.push(("lanes", number(lanes))),
            Transition::Paused(reason) => sets.push(("pauseReason", to_attribute_value(reason)?)),
            Transition::Completed => {}
        }
        let completed = matches!(change, Transition::Completed);
        let mut call = self
            .resends
            .client
            .update_item()
            .table_name(&self.resends.name)
            .set_key(Some(resend_key(&resend.id).attributes()))
            .condition_expression(if completed { "#state = :from AND chunksLeft = :zero" } else { "#state = :from" })
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":from", to_attribute_value(from)?)
            .expression_attribute_values(":raise", number(1));
        if completed {
            call = call.expression_attribute_values(":zero", number(0));
        }
        let mut expression = String::from("SET version = version + :raise");
        for (index, (name, value)) in sets.into_iter().enumerate() {
            expression += &format!(", #s{index} = :s{index}");
            call = call.expression_attribute_names(format!("#s{index}"), name);
            call = call.expression_attribute_values(format!(":s{index}"), value);
        }
        let updated = self.resends.update_once(call, &expression).await?;
        Ok(updated.map(from_item).transpose()?)
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
            let by_state =
                |state: &ResendState| ("ByState", "organisationState", organisation_state(organisation, *state));
            states.iter().map(by_state).collect()
        };
        let pages = partitions.iter().map(|(index, attribute, partition)| async move {
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
        let mut ids: Vec<_> = pages.into_iter().flat_map(|page| page.items).map(|listed| listed.id).collect();
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
