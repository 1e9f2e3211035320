//! What happens in a run, all of it made from a seed.

use std::{ops::Range, time::Duration};

use fastrand::Rng;
use reinvite_domain::OnDoubt;
use reinvite_emulators::{
    Service,
    connector::{Call, Fault},
    sesv2::EventTimes,
};

/// Faults happen within this time from creating on, in seconds.
pub const FAULTS_END: u32 = 12 * 60;

/// What DynamoDB, SQS, Scheduler, Secrets Manager and SES answer where they do not do what they are asked for.
const DYNAMODB: [(u16, &str); 5] = [
    (400, "ProvisionedThroughputExceededException"),
    (400, "ThrottlingException"),
    (400, "RequestLimitExceeded"),
    (500, "InternalServerError"),
    (503, "ServiceUnavailable"),
];
const TRANSACTIONS: [(u16, &str); 2] = [
    (400, "TransactionCanceledException"),
    (400, "ProvisionedThroughputExceededException"),
];
const OTHERS: [(u16, &str); 4] = [
    (400, "ThrottlingException"),
    (403, "RequestThrottled"),
    (500, "InternalFailure"),
    (503, "ServiceUnavailable"),
];
const SENDING: [(u16, &str); 9] = [
    (429, "TooManyRequestsException"),
    (400, "LimitExceededException"),
    (400, "BadRequestException"),
    (400, "MessageRejected"),
    (400, "SendingPausedException"),
    (400, "AccountSuspendedException"),
    (400, "MailFromDomainNotVerifiedException"),
    (500, "InternalFailure"),
    (503, "ServiceUnavailable"),
];

/// Every status of an entry but `SUCCESS` (SES API v2, `BulkEmailEntryResult`).
const STATUSES: [&str; 13] = [
    "MESSAGE_REJECTED",
    "MAIL_FROM_DOMAIN_NOT_VERIFIED",
    "CONFIGURATION_SET_NOT_FOUND",
    "TEMPLATE_NOT_FOUND",
    "ACCOUNT_SUSPENDED",
    "ACCOUNT_THROTTLED",
    "ACCOUNT_DAILY_QUOTA_EXCEEDED",
    "INVALID_SENDING_POOL_NAME",
    "ACCOUNT_SENDING_PAUSED",
    "CONFIGURATION_SET_SENDING_PAUSED",
    "INVALID_PARAMETER_VALUE",
    "TRANSIENT_FAILURE",
    "FAILED",
];

/// Everything that happens in a run, as a seed has it.
#[derive(Debug)]
pub struct Schedule {
    pub recipients: usize,
    pub send_rate: u32,
    pub password_change: &'static str,
    pub on_doubt: OnDoubt,
    pub by_filter: bool,
    /// Seconds until the start; 0 is now.
    pub start_in: i64,
    /// How many calls of a thousand meet with a fault.
    pub faults: u32,
    /// Whether taking in events does, too, and some are lost: then doubt may be settled by another mail.
    pub feedback_faults: bool,
    /// Seconds from creating on in which SES throttles every call.
    pub storm: Option<Range<u32>>,
    /// The call at which an operator cancels.
    pub cancel_at: Option<u64>,
    /// What is told once more, at seconds from creating on.
    pub again: Vec<(u32, Again)>,
}

/// A message or a firing that comes once more, early, late, or when it is no longer true.
#[derive(Clone, Copy, Debug)]
pub enum Again {
    Prepare,
    Start,
    Sweep,
    Chunk {
        number: u32,
        turn: u32,
    },
    /// The n-th of those that are in the queues, so many seconds later.
    Copy {
        nth: usize,
        later: u32,
    },
}

impl Schedule {
    pub fn new(rng: &mut Rng) -> Self {
        let again = |rng: &mut Rng| match rng.u8(..8) {
            0 => Again::Prepare,
            1 => Again::Start,
            2 => Again::Sweep,
            3..6 => Again::Chunk {
                number: rng.u32(..3),
                turn: rng.u32(..4),
            },
            _ => Again::Copy {
                nth: rng.usize(..),
                later: rng.u32(..900),
            },
        };
        Self {
            recipients: rng.usize(12..=40),
            send_rate: *rng.choice(&[5, 14, 50]).unwrap(),
            password_change: rng.choice(["keep", "set_link", "temporary"]).unwrap(),
            on_doubt: if rng.u8(..4) == 0 {
                OnDoubt::Hold
            } else {
                OnDoubt::Resend
            },
            by_filter: rng.bool(),
            start_in: if rng.bool() { 0 } else { rng.i64(70..200) },
            faults: *rng.choice(&[0, 10, 30, 80, 200]).unwrap(),
            feedback_faults: rng.bool(),
            storm: (rng.u8(..4) == 0).then(|| {
                let from = rng.u32(..120);
                from..from + rng.u32(10..300)
            }),
            cancel_at: (rng.u8(..4) == 0).then(|| rng.u64(1..120)),
            again: (0..rng.usize(..8))
                .map(|_| (rng.u32(..FAULTS_END), again(rng)))
                .collect(),
        }
    }

    /// When events come: up to 8 minutes late, so in another order, and a quarter of them twice; or not at all.
    pub fn events(&self, seed: u64) -> EventTimes {
        let some_are_lost = self.feedback_faults;
        EventTimes::new(move |event| {
            let mut rng = Rng::with_seed(seed ^ event.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let late = |rng: &mut Rng| *rng.choice(&[0, 0, 0, 150, 300, 480]).unwrap();
            let first = late(&mut rng);
            match rng.u8(..4) {
                0 => vec![first, late(&mut rng)],
                1 if some_are_lost => vec![],
                _ => vec![first],
            }
        })
    }

    /// What becomes of a call, made so many seconds after creating.
    pub fn fault(&self, call: &Call, since: u32, rng: &mut Rng) -> Fault {
        let by_feedback = call.function.as_deref() == Some("feedback") && !self.feedback_faults;
        if call.function.is_none() || by_feedback || since >= FAULTS_END {
            return Fault::Pass;
        }
        let sends = call.operation == "SendBulkEmail";
        if sends
            && self
                .storm
                .as_ref()
                .is_some_and(|storm| storm.contains(&since))
        {
            return if rng.bool() {
                Fault::Refuse {
                    status: 429,
                    code: "TooManyRequestsException",
                }
            } else {
                Fault::RefuseEntries {
                    entries: rng.u64(..),
                    status: "ACCOUNT_THROTTLED",
                }
            };
        }
        // There are few calls that send, and they are what it is about.
        let faults = if sends {
            (8 * self.faults).min(500)
        } else {
            self.faults
        };
        if rng.u32(..1_000) >= faults {
            return Fault::Pass;
        }
        let refuse = |(status, code): (u16, &'static str)| Fault::Refuse { status, code };
        match rng.u8(..7) {
            0 => Fault::LoseAnswer,
            1 => Fault::EndBefore,
            2 => Fault::EndAfter,
            3 => Fault::Delay(Duration::from_millis(rng.u64(10..40_000))),
            4 => Fault::Freeze(Duration::from_millis(rng.u64(10..70_000))),
            5 if sends => Fault::RefuseEntries {
                entries: rng.u64(..),
                status: rng.choice(STATUSES).unwrap(),
            },
            5 if call.service == Service::Sqs => Fault::Twice,
            _ => refuse(
                match (call.service, call.operation.as_str()) {
                    (_, "SendBulkEmail") => rng.choice(SENDING),
                    (_, "TransactWriteItems") => rng.choice(TRANSACTIONS),
                    (Service::DynamoDb, _) => rng.choice(DYNAMODB),
                    _ => rng.choice(OTHERS),
                }
                .unwrap(),
            ),
        }
    }
}
