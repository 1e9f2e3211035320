use chrono::{DateTime, Utc};
use reinvite_domain::resend::{SendingAccount, Throughput, expected_finish};
use reinvite_store::{Error, OperatorContext, Store};

/// The forecast of a draft: the mails that it would send, and how fast. Until the sender has first
/// asked SES, nothing is known of the account.
#[derive(Clone, Copy, Debug)]
pub struct PreviewForecast {
    start_at: DateTime<Utc>,
    mails: u32,
    account: Option<SendingAccount>,
    throughput: Option<Throughput>,
}

impl PreviewForecast {
    /// Reads the account's throughput at the start of a draft that would send `mails`. SES is not
    /// asked: the sender keeps what it tells.
    pub async fn read(
        store: &Store,
        context: &OperatorContext,
        start_at: DateTime<Utc>,
        mails: u64,
    ) -> Result<Self, Error> {
        let recorded = store.pace_record.get().await?;
        let account = recorded.map(|recorded| recorded.account());

        Ok(Self {
            start_at,
            mails: u32::try_from(mails).unwrap_or(u32::MAX),
            account,
            throughput: account.map(|account| account.throughput.at(start_at, context.now)),
        })
    }

    /// The number of mails.
    pub const fn mails(self) -> u32 {
        self.mails
    }

    /// When the mails would have left, if that is known.
    pub fn expected_finish(self) -> Option<DateTime<Utc>> {
        let throughput = self.throughput?;
        Some(expected_finish(self.start_at, self.mails, throughput))
    }

    /// Whether SES lets the account mail verified addresses only.
    pub fn is_in_sandbox(self) -> bool {
        self.account
            .is_some_and(|account| !account.has_production_access)
    }

    /// Whether SES lets the account send nothing.
    pub fn is_disabled(self) -> bool {
        self.account.is_some_and(|account| !account.is_enabled)
    }

    /// The mails that leave on the first day, if the daily quota does not have enough left for all.
    pub fn first_day_mails(self) -> Option<i64> {
        let quota = self.throughput?.quota?;
        (quota.left < i64::from(self.mails)).then_some(quota.left)
    }
}
