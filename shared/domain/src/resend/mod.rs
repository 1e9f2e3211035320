//! A resend: one request to invite a set of users again.

use std::collections::BTreeMap;

use chrono::{DateTime, Months, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    Access, Counts, DailyUsage, EmailAddress, ExclusionReason, Filter, GroupId, Language,
    MailCounts, OnDoubt, Operator, Organisation, OrganisationId, PasswordChange, ResendId,
    TemplateId, UserId,
};

mod command;
mod transition;
mod wake;

pub use command::{CommandNotAllowed, ResendCommand};
pub use transition::{
    ResendChange, ResendField, ResendGuard, ResendTransition, TransitionNotAllowed,
};
pub use wake::{JOB_OVERDUE_AFTER, MESSAGE_LOST_AFTER};

/// Where a resend stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ResendState {
    /// Its recipients are being written down.
    Preparing,
    /// Waits for its start.
    Scheduled,
    /// Mails go out.
    Sending,
    /// Stopped, to go on.
    Paused,
    /// Every recipient has an outcome.
    Completed,
    /// Stopped for good.
    Cancelled,
    /// Could not be made.
    Failed,
}

impl ResendState {
    /// Every value, in the order of the contract.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// The state's name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What becomes of the links and temporary passwords of earlier invitations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlierLinks {
    /// They stay good.
    Keep,
    /// They end.
    End,
}

/// Why a resend stopped for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// An operator paused it.
    Operator,
    /// Too many mails bounced.
    BounceRate,
    /// SES refuses this account, sender or configuration.
    SendingDisabled,
}

/// Why a resend could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// Nobody selected is eligible.
    NobodyEligible,
    /// It has more recipients than the day's limit had left.
    DailyLimit,
}

/// Whom a resend is for, resolved when it is prepared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Selection {
    /// The users listed.
    UserIds,
    /// All who match, less the users listed.
    Filter(Filter),
}

/// A resend. Stays under 4 KB as stored; the ids of its selection are kept beside it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own that the operator makes or not"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resend {
    /// The resend.
    pub id: ResendId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Where it stands.
    pub state: ResendState,
    /// Whom it is for.
    pub selection: Selection,
    /// Whether its recipients were written down while the caller waited.
    pub prepared_at_once: bool,
    /// The group of the selection's filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Who made it.
    pub created_by: UserId,
    /// Whose roles count when it is sent.
    pub responsible: UserId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it starts.
    pub start_at: DateTime<Utc>,
    /// The zone the operator thinks in.
    pub time_zone: Tz,
    /// The template.
    pub template_id: TemplateId,
    /// The version of it that was taken.
    pub template_version: u32,
    /// What it does to passwords.
    pub password_change: PasswordChange,
    /// Whether something else was chosen for single users.
    #[serde(default)]
    pub has_choices: bool,
    /// What it does to earlier links.
    pub earlier_links: EarlierLinks,
    /// What follows when it is not known whether a mail went.
    #[serde(default)]
    pub on_doubt: OnDoubt,
    /// How long its own links and temporary passwords are good.
    pub validity: Validity,
    /// Whether users who had logged in get the password change, too.
    pub change_for_logged_in: bool,
    /// Whether the cooldown was waived.
    pub ignore_cooldown: bool,
    /// The resend whose failed recipients it retries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<ResendId>,
    /// The resends that retry its own.
    #[serde(default)]
    pub retries: Vec<ResendId>,
    /// Its recipients as they count against the day's limit.
    pub daily_usage: DailyUsage,
    /// What every mail of it says, as it was when the resend was made.
    pub sender_profile: SenderProfile,
    /// What became of its recipients.
    pub counts: Counts,
    /// How far its recipients were written down, while that takes long.
    #[serde(default)]
    pub preparation: PreparationProgress,
    /// What had gone, and bounced, when it was last resumed.
    #[serde(default)]
    pub mail_counts_at_resume: MailCounts,
    /// When that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_at: Option<DateTime<Utc>>,
    /// Its chunks, numbered from 0.
    pub chunks: u32,
    /// Those of them that still have something to send.
    pub chunks_left: u32,
    /// Chunks whose messages are alive at once.
    pub lanes: u32,
    /// Why it stopped for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_reason: Option<PauseReason>,
    /// Why it could not be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<FailureReason>,
    /// Raised by every change of state.
    pub version: u64,
}

/// Lists of a selection that were written down, with their recipients: each is a chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreparationProgress {
    /// How many.
    pub chunks: u32,
    /// Recipients on them.
    pub eligible: u32,
    /// Who was looked at and is none.
    pub excluded: BTreeMap<ExclusionReason, u32>,
    /// Where the next list goes on: the last id looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_user_id: Option<UserId>,
}

impl PreparationProgress {
    /// What that is for the resend's counts.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            eligible: self.eligible,
            excluded: self.excluded.values().sum(),
            ..Counts::default()
        }
    }
}

impl Resend {
    /// What an operator may do with it; `None` where they may not see it. Owners, who made it, and whose scope covers its
    /// group see it; who may invite there steers it.
    #[must_use]
    pub fn access(&self, operator: &Operator) -> Option<Access> {
        if operator.is_owner() {
            return Some(Access::Edit);
        }
        let made = (self.created_by == operator.user.id).then(|| match &self.group_id {
            None if operator.edits_users() => Access::Edit,
            _ => Access::View,
        });
        made.max(
            self.group_id
                .as_ref()
                .and_then(|group| operator.group_access(group)),
        )
    }
}

/// How long a link and a temporary password are good, as the settings had it when the resend was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Validity {
    /// Hours of a link.
    pub link_hours: u32,
    /// Hours of a temporary password.
    pub temporary_hours: u32,
}

impl Validity {
    /// Until when what a mail made at `now` brings is good: a whole minute, as the mail says it. `None` where it brings
    /// nothing.
    ///
    /// ```
    /// # use reinvite_domain::{PasswordChange::*, Validity};
    /// # let at = |seconds| chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds);
    /// let validity = Validity { link_hours: 1, temporary_hours: 2 };
    /// assert_eq!(validity.expiry(SetLink, at(1)), Some(at(3_660)));
    /// assert_eq!((validity.expiry(Temporary, at(0)), validity.expiry(Keep, at(0))), (Some(at(7_200)), None));
    /// ```
    #[must_use]
    pub fn expiry(&self, change: PasswordChange, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let hours = match change {
            PasswordChange::Keep => return None,
            PasswordChange::SetLink => self.link_hours,
            PasswordChange::Temporary => self.temporary_hours,
        };
        let minutes = (now.timestamp_millis() + 59_999).div_euclid(60_000) + 60 * i64::from(hours);
        DateTime::from_timestamp(minutes * 60, 0)
    }
}

/// What every mail of a resend says about its sender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SenderProfile {
    /// The organisation's name.
    pub organisation_name: String,
    /// The name mails come from.
    pub sender_name: String,
    /// Where answers go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<EmailAddress>,
    /// Where users log in.
    pub login_url: String,
    /// The language of who has none, or one the template lacks.
    pub language: Language,
}

impl SenderProfile {
    /// What mails of the organisation say now; users log in at `login_url` where its settings name no other place.
    #[must_use]
    pub fn new(organisation: &Organisation, login_url: &str) -> Self {
        let settings = &organisation.settings;
        Self {
            organisation_name: organisation.name.clone(),
            sender_name: settings
                .sender_name
                .clone()
                .unwrap_or_else(|| organisation.name.clone()),
            reply_to: settings.reply_to.clone(),
            login_url: settings
                .login_url
                .clone()
                .unwrap_or_else(|| login_url.into()),
            language: settings.language.clone(),
        }
    }
}

/// A start this near goes to the queue, for EventBridge Scheduler may take a minute.
pub const MIN_SCHEDULE_LEAD: TimeDelta = TimeDelta::seconds(60);

/// A sender started this early waits; earlier, it puts the schedule right.
pub const MAX_START_WAIT: TimeDelta = TimeDelta::seconds(5);

/// The last instant at which a start may be: the same day next year.
///
/// ```
/// # use reinvite_domain::{resend::latest_start, time::instant};
/// let latest_start = |now| latest_start(instant(now).unwrap());
/// assert_eq!(latest_start("2026-11-25T09:00:00Z"), instant("2027-11-25T09:00:00Z").unwrap());
/// assert_eq!(latest_start("2028-02-29T09:00:00Z"), instant("2029-02-28T09:00:00Z").unwrap());
/// ```
#[must_use]
pub fn latest_start(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_months(Months::new(12))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The most ids a selection may list.
pub const MAX_SELECTION_IDS: usize = 10_000;

/// Up to this many ids are prepared while the caller waits.
pub const MAX_IDS_PREPARED_AT_ONCE: usize = 1_000;

/// How fast mails go: the account's send rate, and what is left of its day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throughput {
    /// Mails a second.
    pub rate: f64,
    /// Mails in any 24 hours, and what is left of them now; none where there is no limit.
    pub quota: Option<DailyQuota>,
}

impl Throughput {
    /// As it is at `start`, which is `now` or later: what was sent by now counts for 24 hours.
    #[must_use]
    pub fn at(self, start: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let whole = start >= now + TimeDelta::hours(24);
        let quota = self.quota.map(|quota| {
            if whole {
                DailyQuota {
                    left: quota.mails,
                    ..quota
                }
            } else {
                quota
            }
        });
        Self { quota, ..self }
    }
}

/// The account's daily quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyQuota {
    /// Mails in any 24 hours.
    pub mails: i64,
    /// How many of them are left now.
    pub left: i64,
}

/// When `recipients` mails will all have gone, from `start` on. What the quota does not allow goes on the days after.
///
/// ```
/// # use reinvite_domain::resend::{DailyQuota, Throughput, expected_finish};
/// # let start = chrono::DateTime::UNIX_EPOCH;
/// let throughput = Throughput { rate: 10.0, quota: Some(DailyQuota { mails: 100, left: 20 }) };
/// assert_eq!(expected_finish(start, 20, throughput) - start, chrono::TimeDelta::seconds(2));
/// let tomorrow = chrono::TimeDelta::days(1) + chrono::TimeDelta::seconds(8);
/// assert_eq!(expected_finish(start, 100, throughput) - start, tomorrow);
/// let next_week = start + chrono::TimeDelta::weeks(1);
/// let all_at_once = chrono::TimeDelta::seconds(10);
/// assert_eq!(expected_finish(next_week, 100, throughput.at(next_week, start)) - next_week, all_at_once);
/// ```
#[must_use]
pub fn expected_finish(
    start: DateTime<Utc>,
    recipients: u32,
    throughput: Throughput,
) -> DateTime<Utc> {
    let all = i64::from(recipients);
    let (days, last_day) = match throughput.quota {
        Some(quota) if all > quota.left.max(0) => {
            let carried = all - quota.left.max(0);
            let days = (carried - 1) / quota.mails.max(1) + 1;
            (days, carried - (days - 1) * quota.mails.max(1))
        }
        _ => (0, all),
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "seconds of some days"
    )]
    let seconds = (last_day as f64 / throughput.rate.max(f64::MIN_POSITIVE))
        .ceil()
        .min(1e9) as i64;
    start + TimeDelta::days(days.min(36_500)) + TimeDelta::seconds(seconds)
}
