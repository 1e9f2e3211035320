//! Test mails: how many an operator has sent in an hour, each once for its idempotency key.

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use reinvite_domain::AuditEntry;

use crate::{
    Error, IdempotentRequest, OperatorContext,
    attribute::{number, seconds},
    audit_trail::entry_write,
    condition::Condition,
    idempotent_requests::request_write,
    keys,
    table::Table,
    transaction::{Transaction, Unnamed},
    update::ItemUpdate,
};

/// Test mails of one operator in an hour.
const TEST_MAILS_PER_HOUR: u32 = 20;

/// How long the record of an hour is kept.
const RECORD_LIFE: TimeDelta = TimeDelta::hours(2);

/// Limits of test mails.
#[derive(Clone, Debug)]
pub struct TestMailLimits(pub(crate) Table);

/// The result of counting a test mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestMailCount {
    /// It is counted, and may be sent.
    Counted,
    /// An earlier request with the same idempotency key was done.
    Repeated,
    /// The operator has reached the limit, until this instant.
    LimitReached(DateTime<Utc>),
}

/// The condition of a count that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CountGuard {
    NewRequest,
}

impl TestMailLimits {
    /// Counts a test mail before it is sent, in one transaction with the record of its request,
    /// which names the template's version, and the audit entry.
    pub async fn count(
        &self,
        context: &OperatorContext,
        request: &IdempotentRequest,
        template_version: u32,
        audit: &AuditEntry,
    ) -> Result<TestMailCount, Error> {
        let record = request_write(&self.0, request, &template_version.to_string(), context.now)?;
        let below_limit = Condition::new(
            "attribute_not_exists(#mails) OR #mails < :limit",
            [(":limit", number(TEST_MAILS_PER_HOUR))],
        );

        let mut transaction = Transaction::new();
        transaction.guard(CountGuard::NewRequest, record);
        transaction.add(
            self.0
                .update_write(hour_update(context, 1).only_if(below_limit))?,
        );
        transaction.add(entry_write(&self.0, &context.organisation.id, audit)?);

        Ok(match transaction.try_commit(&self.0.client).await? {
            Ok(()) => TestMailCount::Counted,
            Err(refused) if refused.by(CountGuard::NewRequest) => TestMailCount::Repeated,
            Err(_) => TestMailCount::LimitReached(hour_of(context.now) + TimeDelta::hours(1)),
        })
    }

    /// Takes back the count of a test mail that SES did not accept.
    pub async fn uncount(
        &self,
        context: &OperatorContext,
        request: &IdempotentRequest,
    ) -> Result<(), Error> {
        let forget: TransactWriteItem = self.0.delete_write(&request.record_key(), None)?;

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(forget);
        transaction.add(self.0.update_write(hour_update(context, -1))?);
        transaction.commit(&self.0.client).await
    }
}

/// Adds to the number of test mails that the operator has sent in this hour.
fn hour_update(context: &OperatorContext, mails: i32) -> ItemUpdate {
    let hour = hour_of(context.now);
    let key = keys::test_mails_of_hour(&context.organisation.id, &context.operator.user.id, hour);

    ItemUpdate::of(key)
        .set_by(
            "#mails = if_not_exists(#mails, :none) + :mails",
            [(":none", number(0)), (":mails", number(mails))],
        )
        .set("expires", seconds(hour + RECORD_LIFE))
}

fn hour_of(now: DateTime<Utc>) -> DateTime<Utc> {
    now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now)
}
