//! Requests with an `Idempotency-Key`: what became of each, for a day.

use aws_sdk_dynamodb::types::Put;
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{OrganisationId, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Store,
    table::{Key, number},
};

/// How long an idempotency key is remembered.
const REMEMBERED: TimeDelta = TimeDelta::hours(24);

/// A request that must not be done twice: by whom, to what, under which key, and what it says.
#[derive(Clone, Debug)]
pub struct IdempotentRequest {
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// The operator.
    pub operator: UserId,
    /// The path it was sent to.
    pub path: String,
    /// Its `Idempotency-Key`.
    pub key: String,
    /// A hash of its body.
    pub fingerprint: String,
}

/// What became of a request with an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlierRequest {
    /// It was done, and made the thing of this id.
    Done(String),
    /// The key was used with another body.
    AnotherBody,
}

#[derive(Serialize, Deserialize)]
struct Record {
    fingerprint: String,
    made: String,
    /// Seconds since 1970, when DynamoDB may delete it; that may be late.
    expires: i64,
}

pub(crate) fn once_key(once: &IdempotentRequest) -> Key {
    Key::new(
        format!(
            "{}#idempotency#{}#{}",
            once.organisation, once.operator, once.path
        ),
        &*once.key,
    )
}

impl Store {
    /// What became of an earlier request with this key; `None` where it was never seen, or a day ago.
    pub async fn remembered(
        &self,
        once: &IdempotentRequest,
        now: DateTime<Utc>,
    ) -> Result<Option<EarlierRequest>, Error> {
        let record: Option<Record> = self.resends.get(&once_key(once)).await?;
        Ok(record
            .filter(|record| now.timestamp() < record.expires)
            .map(|record| {
                if record.fingerprint == once.fingerprint {
                    EarlierRequest::Done(record.made)
                } else {
                    EarlierRequest::AnotherBody
                }
            }))
    }

    /// The record of a request, to be part of the transaction that does it; its condition fails where the request was
    /// seen before.
    pub(crate) fn once_put(
        &self,
        once: &IdempotentRequest,
        made: &str,
        now: DateTime<Utc>,
    ) -> Result<Put, Error> {
        let expires = (now + REMEMBERED).timestamp();
        let record = Record {
            fingerprint: once.fingerprint.clone(),
            made: made.into(),
            expires,
        };
        // A record may stay a while after its day is over: it counts no more.
        let mut put = self.resends.new_item(&once_key(once), &record)?;
        put.condition_expression = Some("attribute_not_exists(pk) OR expires <= :now".into());
        put.expression_attribute_values =
            Some([(":now".to_string(), number(now.timestamp()))].into());
        Ok(put)
    }
}
