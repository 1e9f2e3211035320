//! A resend: one request to invite a set of users again.
//!
//! The module holds the whole state machine of a resend: its states, the commands of an operator,
//! every transition with its guard, and when the sweep looks at a resend next. `docs/glossary.md`
//! has the diagram.

mod access;
mod command;
mod event;
mod expected_finish;
#[cfg(test)]
mod fixtures;
mod limits;
mod preparation;
mod progress;
mod record;
mod sender_profile;
mod state;
mod transition;
mod unanswered;
mod wake;

pub use command::{CommandNotAllowed, ResendCommand};
pub use event::{ResendEvent, ResendEventType};
pub use expected_finish::{DailyQuota, SendingAccount, Throughput, expected_finish};
pub use limits::{
    MAX_IDS_PREPARED_IN_REQUEST, MAX_SELECTION_IDS, MAX_START_WAIT, MIN_SCHEDULE_LEAD, latest_start,
};
pub use preparation::PreparationProgress;
pub use progress::{MAX_PROGRESS_SAMPLES, MAX_PROGRESS_WRITES, ProgressSample, ProgressSamples};
pub use record::{Resend, Selection};
pub use sender_profile::SenderProfile;
pub use state::{FailureReason, PauseReason, ResendState};
pub use transition::{
    ResendChange, ResendField, ResendGuard, ResendTransition, TransitionNotAllowed,
};
pub use wake::{JOB_OVERDUE_AFTER, LostJob, MESSAGE_LOST_AFTER};
