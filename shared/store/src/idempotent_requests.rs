//! Requests with an `Idempotency-Key`: what each did, for a day.

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{OrganisationId, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    attribute::seconds,
    condition::Condition,
    keys::{self, Key},
    table::{Table, encode},
};

/// How long an idempotency key is remembered.
const KEY_LIFE: TimeDelta = TimeDelta::hours(24);

/// Records of requests with an idempotency key.
#[derive(Clone, Debug)]
pub struct IdempotentRequests(pub(crate) Table);

/// A request that must not be done twice.
#[derive(Clone, Debug)]
pub struct IdempotentRequest {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The operator who sent it.
    pub operator: UserId,
    /// The path that it was sent to.
    pub path: String,
    /// Its `Idempotency-Key`.
    pub key: String,
    /// A hash of its body.
    pub fingerprint: String,
}

impl IdempotentRequest {
    /// The key of its record.
    pub(crate) fn record_key(&self) -> Key {
        keys::idempotent_request(&self.organisation, &self.operator, &self.path, &self.key)
    }
}

/// An earlier request with the same idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlierRequest {
    /// It had the same body, and created the thing with this id.
    Done(String),
    /// It had another body.
    AnotherBody,
}

#[derive(Serialize, Deserialize)]
struct RequestRecord {
    fingerprint: String,
    /// Id of the thing that the request created.
    created: String,
    /// Seconds since 1970; DynamoDB deletes the record then or some days later.
    expires: i64,
}

impl IdempotentRequests {
    /// Reads the earlier request with the same key; `None` if there is none, or if it is more than
    /// a day old.
    pub async fn earlier(
        &self,
        request: &IdempotentRequest,
        now: DateTime<Utc>,
    ) -> Result<Option<EarlierRequest>, Error> {
        let record: Option<RequestRecord> = self.0.get(&request.record_key()).await?;
        let Some(record) = record.filter(|record| now.timestamp() < record.expires) else {
            return Ok(None);
        };

        Ok(Some(if record.fingerprint == request.fingerprint {
            EarlierRequest::Done(record.created)
        } else {
            EarlierRequest::AnotherBody
        }))
    }
}

/// The record of a request, to be part of the transaction that does it. The condition fails if the
/// key was used within a day.
pub(crate) fn request_write(
    resends: &Table,
    request: &IdempotentRequest,
    created: &str,
    now: DateTime<Utc>,
) -> Result<TransactWriteItem, Error> {
    let record = RequestRecord {
        fingerprint: request.fingerprint.clone(),
        created: created.into(),
        expires: (now + KEY_LIFE).timestamp(),
    };
    let item = encode(&request.record_key(), &record)?;

    let new_or_expired = Condition::new(
        "attribute_not_exists(pk) OR #expires <= :now",
        [(":now", seconds(now))],
    );
    resends.put_write(item, new_or_expired)
}
