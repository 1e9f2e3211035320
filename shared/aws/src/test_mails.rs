//! Test mails: how many an operator sent in an hour, each once for its `Idempotency-Key`.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use crate::{
    Error, IdempotentRequest, OperatorContext, Store,
    error::unbuilt,
    once::once_key,
    table::{Key, number},
};

/// Test mails of one operator in an hour.
pub const TEST_MAILS: u32 = 20;

/// How long the record of an hour is kept.
const KEPT: TimeDelta = TimeDelta::hours(2);

/// What became of the wish to send a test mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestMail {
    /// It counts, and is to be sent.
    Counted,
    /// The same request was done before.
    Repeated,
    /// The hour has no more, until this instant.
    Spent(DateTime<Utc>),
}

fn hour(now: DateTime<Utc>) -> DateTime<Utc> {
    now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now)
}

impl Store {
    /// Counts a test mail with the record of its request, which names the template's version, and the audit entry, all
    /// or nothing, before it is sent.
    pub async fn count_test_mail(
        &self,
        context: &OperatorContext,
        once: &IdempotentRequest,
        version: u32,
        audit: &reinvite_domain::AuditEntry,
    ) -> Result<TestMail, Error> {
        let record = self.once_put(once, &version.to_string(), context.now)?;
        let writes = vec![
            TransactWriteItem::builder().put(record).build(),
            self.test_mails(context, "+")?,
            self.audit_write(&context.organisation.id, audit)?,
        ];
        Ok(match self.resends.transact(writes).await? {
            Ok(()) => TestMail::Counted,
            Err(failed) if failed.first() == Some(&true) => TestMail::Repeated,
            Err(_) => TestMail::Spent(hour(context.now) + TimeDelta::hours(1)),
        })
    }

    /// Takes back what was counted, of a mail that SES did not take.
    pub async fn uncount_test_mail(
        &self,
        context: &OperatorContext,
        once: &IdempotentRequest,
    ) -> Result<(), Error> {
        let forget = Delete::builder()
            .table_name(&self.resends.name)
            .set_key(Some(once_key(once).attributes()))
            .build()
            .map_err(unbuilt)?;
        let writes = vec![
            TransactWriteItem::builder().delete(forget).build(),
            self.test_mails(context, "-")?,
        ];
        self.resends.transact(writes).await.map(|_| ())
    }

    fn test_mails(
        &self,
        context: &OperatorContext,
        sign: &str,
    ) -> Result<TransactWriteItem, Error> {
        let operator = &context.operator.user.id;
        let hour = hour(context.now);
        let key = Key::new(
            format!("{}#tests#{operator}", context.organisation.id),
            hour.timestamp().to_string(),
        );
        let mut update = Update::builder()
            .table_name(&self.resends.name)
            .set_key(Some(key.attributes()))
            .update_expression(format!(
                "SET mails = if_not_exists(mails, :none) {sign} :one, expires = :expires"
            ))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires", number((hour + KEPT).timestamp()));
        if sign == "+" {
            update = update
                .condition_expression("attribute_not_exists(mails) OR mails < :most")
                .expression_attribute_values(":most", number(TEST_MAILS));
        }
        Ok(TransactWriteItem::builder()
            .update(update.build().map_err(unbuilt)?)
            .build())
    }
}
