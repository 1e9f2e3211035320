use chrono::{DateTime, Utc};
use reinvite_domain::resend::{Throughput, expected_finish};
use reinvite_store::OperatorContext;
use reinvite_web::Problem;

use crate::function::ResendsFunction;

/// The forecast of a draft: the mails that it would send, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct PreviewForecast {
    start_at: DateTime<Utc>,
    mails: u32,
    throughput: Throughput,
}

impl PreviewForecast {
    /// Reads the account's throughput at the start of a draft that would send `mails`.
    pub async fn read(
        function: &ResendsFunction,
        context: &OperatorContext,
        start_at: DateTime<Utc>,
        mails: u64,
    ) -> Result<Self, Problem> {
        let throughput = function.mailer.throughput().await?;

        Ok(Self {
            start_at,
            mails: u32::try_from(mails).unwrap_or(u32::MAX),
            throughput: throughput.at(start_at, context.now),
        })
    }

    /// When the mails would have left.
    pub fn expected_finish(self) -> DateTime<Utc> {
        expected_finish(self.start_at, self.mails, self.throughput)
    }

    /// The mails that leave on the first day, if the daily quota does not have enough left for all.
    pub fn first_day_mails(self) -> Option<i64> {
        let quota = self.throughput.quota?;
        (quota.left < i64::from(self.mails)).then_some(quota.left)
    }
}
