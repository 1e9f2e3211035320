//! Which resends somebody has to look at: a sparse index by the instant when.

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::AttributeValue};
use chrono::{DateTime, Utc};
use reinvite_domain::{Resend, ResendId, ResendState, resend::MESSAGE_LOST_AFTER};
use serde::Deserialize;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::{
    Error, Store,
    error::failed,
    resends::resend_key,
    table::{number, text},
};

/// Resends that one sweep looks at; the next comes a minute later.
const MOST: i32 = 100;

/// The one partition of the index: a resend is written to it only when its state changes.
pub(crate) const PARTITION: &str = "resends";

/// The attributes that put a resend into the index.
pub(crate) fn wake(at: DateTime<Utc>) -> [(&'static str, AttributeValue); 2] {
    [
        ("wake", text(PARTITION)),
        ("wakeAt", number(at.timestamp_millis())),
    ]
}

impl Store {
    /// The resends that should have been looked at by now, the longest overdue first, with when.
    pub async fn overdue(&self, now: DateTime<Utc>) -> Result<Vec<(ResendId, i64)>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Listed {
            pk: ResendId,
            wake_at: i64,
        }
        let answer = self
            .resends
            .client
            .query()
            .table_name(&self.resends.name)
            .index_name("ByWake")
            .key_condition_expression("wake = :resends AND wakeAt <= :now")
            .expression_attribute_values(":resends", text(PARTITION))
            .expression_attribute_values(":now", number(now.timestamp_millis()))
            .limit(MOST)
            .send()
            .await
            .map_err(failed("Query"))?;
        let listed = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(from_item::<Listed>);
        listed
            .map(|listed| {
                listed
                    .map(|Listed { pk, wake_at }| (pk, wake_at))
                    .map_err(Error::from)
            })
            .collect()
    }

    /// Says when to look at a resend next, or never, unless its state changed since it was to be looked at.
    pub async fn looked_at(
        &self,
        resend: &Resend,
        read: i64,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let call = self
            .resends
            .update_item(&resend_key(&resend.id))
            .condition_expression("wakeAt = :read AND version = :version")
            .expression_attribute_values(":read", number(read))
            .expression_attribute_values(":version", number(resend.version));
        let call = if resend.is_at_rest() {
            call.update_expression("REMOVE wake, wakeAt")
        } else {
            let again = match resend.state {
                ResendState::Scheduled => resend.start_at.max(now) + MESSAGE_LOST_AFTER,
                _ => now + MESSAGE_LOST_AFTER,
            };
            call.update_expression("SET wakeAt = :again")
                .expression_attribute_values(":again", number(again.timestamp_millis()))
        };
        match call.send().await {
            Err(error)
                if !error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Err(failed("UpdateItem")(error))
            }
            _ => Ok(()),
        }
    }
}
