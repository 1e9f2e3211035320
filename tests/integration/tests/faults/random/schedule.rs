//! The schedule of a run: its resend, its faults and its repeated inputs, all made from a seed.

use std::{ops::Range, time::Duration};

use chrono::TimeDelta;
use fastrand::Rng;
use reinvite_domain::OnDoubt;
use reinvite_emulators::{
    Service,
    connector::{Call, Fault},
    scheduler::FiringTime,
    sesv2::EventTimes,
};

use super::ses_trouble::SesTrouble;

/// Seconds from the creation of the resend until the last fault.
pub const FAULTS_END: u32 = 12 * 60;

/// Every resend has ended by then, and every mail has gone.
pub const PATIENCE: TimeDelta = TimeDelta::hours(8);

/// The status and the code with which DynamoDB, SES, and the other services refuse a call.
const DYNAMODB: [(u16, &str); 5] = [
    (400, "ProvisionedThroughputExceededException"),
    (400, "ThrottlingException"),
    (400, "RequestLimitExceeded"),
    (500, "InternalServerError"),
    (503, "ServiceUnavailable"),
];

/// DynamoDB refuses the write of an item that a transaction holds.
const CONFLICT: (u16, &str) = (400, "TransactionConflictException");

/// The reasons for which DynamoDB cancels a transaction that may succeed later.
const CANCELLATIONS: [&str; 4] = [
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
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

/// The schedule of a run.
#[derive(Debug)]
pub struct Schedule {
    /// Recipients of the resend.
    pub recipients: usize,
    /// Mails a second that SES accepts.
    pub send_rate: u32,
    /// The password change, as the API names it.
    pub password_change: &'static str,
    /// The setting for mails in doubt.
    pub on_doubt: OnDoubt,
    /// Whether the selection is a filter, and not a list of ids.
    pub by_filter: bool,
    /// Seconds from the creation to the start; 0 starts now.
    pub start_in: i64,
    /// Calls in a thousand that meet with a fault.
    pub faults: u32,
    /// Whether the function `feedback` meets with faults too, and some events are lost. Then another mail may settle doubt.
    pub feedback_faults: bool,
    /// The seconds from the creation in which SES throttles every call.
    pub storm: Option<Range<u32>>,
    /// The troubles of the SES account, each with its seconds from the creation.
    pub ses_troubles: Vec<(Range<u32>, SesTrouble)>,
    /// Calls a second that SES takes; `None` is no limit.
    pub calls_per_second: Option<u32>,
    /// The number of the call at which an operator cancels.
    pub cancel_at: Option<u64>,
    /// The seconds by which indexes lag behind their tables; 0 is not at all.
    pub index_lag: i64,
    /// The milliseconds in which a transaction holds its items; 0 is not at all.
    pub write_time: u64,
    /// Whether schedules fire late, and some once more.
    pub unpunctual: bool,
    /// The inputs that come once more, each with its second from the creation.
    pub repeated: Vec<(u32, RepeatedInput)>,
    /// The seconds from the creation at which each of [`OTHER_MAILS`](super::other_mails::OTHER_MAILS) is caused.
    pub other_mails: [u32; 3],
}

/// A message or a schedule's job that comes once more: early, late, or out of date.
#[derive(Clone, Copy, Debug)]
pub enum RepeatedInput {
    Prepare,
    Start,
    Sweep,
    Chunk {
        number: u32,
        turn: u32,
    },
    /// The n-th message of the queues, `later` seconds later.
    Copy {
        nth: usize,
        later: u32,
    },
}

impl Schedule {
    /// Draws a schedule.
    pub fn new(rng: &mut Rng) -> Self {
        let input = |rng: &mut Rng| match rng.u8(..8) {
            0 => RepeatedInput::Prepare,
            1 => RepeatedInput::Start,
            2 => RepeatedInput::Sweep,
            3..6 => RepeatedInput::Chunk {
                number: rng.u32(..3),
                turn: rng.u32(..4),
            },
            _ => RepeatedInput::Copy {
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
            ses_troubles: (0..rng.usize(..3))
                .map(|_| (window(rng), SesTrouble::draw(rng)))
                .collect(),
            calls_per_second: (rng.u8(..3) == 0).then(|| rng.u32(1..3)),
            cancel_at: (rng.u8(..4) == 0).then(|| rng.u64(1..120)),
            index_lag: if rng.bool() { 0 } else { rng.i64(1..10) },
            write_time: if rng.bool() { 0 } else { rng.u64(1..40) },
            unpunctual: rng.bool(),
            repeated: (0..rng.usize(..8))
                .map(|_| (rng.u32(..FAULTS_END), input(rng)))
                .collect(),
            other_mails: std::array::from_fn(|_| rng.u32(70..600)),
        }
    }

    /// The troubles of the SES account `since` seconds after the creation.
    pub fn ses_troubles_at(&self, since: u32) -> impl Iterator<Item = SesTrouble> {
        let troubles = self.ses_troubles.iter();
        troubles.filter_map(move |(window, trouble)| window.contains(&since).then_some(*trouble))
    }

    /// The times of events: up to 8 minutes late, so out of order. A quarter of them come twice, or not at all.
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

    /// How a schedule fires: up to a minute late, and in a quarter of the cases once more.
    pub fn firing(number: u64, seed: u64) -> FiringTime {
        let mut rng = Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        FiringTime {
            late: TimeDelta::seconds(rng.i64(0..60)),
            again: (rng.u8(..4) == 0).then(|| TimeDelta::seconds(rng.i64(0..30))),
        }
    }

    /// The result of a call that is made `since` seconds after the creation.
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

        // Few calls send, and they matter most.
        let faults = if sends {
            (8 * self.faults).min(500)
        } else {
            self.faults
        };
        if rng.u32(..1_000) >= faults {
            return Fault::Pass;
        }
        if sends && rng.u8(..8) == 0 {
            return Fault::NoConnection;
        }
        match rng.u8(..8) {
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
            5 | 6 if call.service == Service::DynamoDb => busy(call, rng),
            _ => refused(call, rng),
        }
    }
}

/// Seconds or minutes of the run.
fn window(rng: &mut Rng) -> Range<u32> {
    let from = rng.u32(..200);
    from..from + rng.u32(10..200)
}

/// DynamoDB is too busy, in the way that fits the call.
fn busy(call: &Call, rng: &mut Rng) -> Fault {
    match call.operation.as_str() {
        "BatchGetItem" | "BatchWriteItem" | "BatchExecuteStatement" => Fault::LeaveOver {
            entries: rng.u64(..),
        },
        "TransactWriteItems" => Fault::CancelTransaction {
            write: rng.usize(..100),
            code: rng.choice(CANCELLATIONS).unwrap(),
        },
        "PutItem" | "UpdateItem" => Fault::Refuse {
            status: CONFLICT.0,
            code: CONFLICT.1,
        },
        _ => refused(call, rng),
    }
}

/// The service refuses the call with an error that it documents.
fn refused(call: &Call, rng: &mut Rng) -> Fault {
    let (status, code) = match (call.service, call.operation.as_str()) {
        (_, "SendBulkEmail") => rng.choice(SENDING),
        (Service::DynamoDb, _) => rng.choice(DYNAMODB),
        _ => rng.choice(OTHERS),
    }
    .unwrap();
    Fault::Refuse { status, code }
}
