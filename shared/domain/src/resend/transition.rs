//! The changes of a resend's state: the condition of each, and everything that it writes.
//!
//! [`Resend::change`] only decides. The store turns the [`ResendChange`] into one conditional
//! write: the [`ResendGuard`] is the condition, and each [`ResendField`] is an attribute that is set
//! to its value in the next resend, or removed if the next resend has none.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use strum::IntoStaticStr;

use super::{
    command::ResendCommand,
    record::Resend,
    state::{FailureReason, PauseReason, ResendState},
};
use crate::{Counts, UserId, Zone};

/// A change of a resend's state.
#[derive(Clone, Debug, PartialEq)]
pub enum ResendTransition {
    /// All its recipients are written.
    Prepared {
        /// The number of recipients and of excluded users.
        counts: Counts,
        /// The number of chunks.
        chunks: u32,
        /// The most recipients that the organisation may have on one day.
        daily_limit: u32,
    },
    /// It could not be prepared.
    Failed {
        /// The reason.
        reason: FailureReason,
        /// The number of recipients and of excluded users.
        counts: Counts,
    },
    /// Its start has come.
    Started {
        /// The number of chunks whose messages are alive at once.
        lanes: u32,
    },
    /// Too many mails bounced.
    PausedForBounceRate,
    /// SES refuses the account, the sender or the configuration set.
    PausedForSendingDisabled,
    /// SES did not answer several waves in a row.
    PausedForNoAnswer,
    /// It was to send mails during maintenance.
    PausedForMaintenance,
    /// Every recipient has an outcome.
    Completed,
    /// An operator gave it another start.
    Rescheduled {
        /// The operator.
        operator: UserId,
        /// The new start.
        start_at: DateTime<Utc>,
        /// The time zone in which the operator gave the start.
        time_zone: Zone,
        /// The day of the start, whose limit its recipients count against.
        day: NaiveDate,
        /// The most recipients that the organisation may have on one day.
        daily_limit: u32,
    },
    /// An operator paused it.
    PausedByOperator {
        /// The operator.
        operator: UserId,
    },
    /// An operator resumed it.
    Resumed {
        /// The operator.
        operator: UserId,
        /// When.
        at: DateTime<Utc>,
    },
    /// An operator cancelled it.
    Cancelled {
        /// The operator.
        operator: UserId,
    },
}

/// Everything that a transition writes, and under which condition.
#[derive(Clone, Debug, PartialEq)]
pub struct ResendChange {
    /// The condition on the stored resend.
    pub guard: ResendGuard,
    /// The resend after the change. Its version is the one that was read plus one; the write raises
    /// the stored version by one, whatever it is.
    pub next: Resend,
    /// The fields to write. All others stay as they are stored.
    pub fields: Vec<ResendField>,
    /// The recipients that each day gains or loses, for the daily limit.
    pub usage_changes: BTreeMap<NaiveDate, i64>,
    /// The most recipients that a day may have afterwards; `None` if there is no limit.
    pub daily_limit: Option<u32>,
    /// When the sweep looks at the resend next; `None` for never.
    pub wake_at: Option<DateTime<Utc>>,
}

/// The condition under which a transition is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResendGuard {
    /// The stored resend must be in this state.
    pub state: ResendState,
    /// The stored resend must have this version; `None` for any.
    pub version: Option<u64>,
    /// The stored resend must have no chunk left to send.
    pub no_chunks_left: bool,
}

/// A field of a resend that a transition writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "camelCase")]
#[expect(missing_docs, reason = "each is the field of that name")]
pub enum ResendField {
    State,
    Responsible,
    StartAt,
    TimeZone,
    DailyUsage,
    Counts,
    MailCountsAtResume,
    ResumedAt,
    UnansweredWaves,
    Chunks,
    ChunksLeft,
    Lanes,
    PauseReason,
    FailureReason,
}

impl ResendField {
    /// The name of the stored attribute.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The resend is in a state that the transition does not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a resend that is {} does not become {}", .from.name(), .to.name())]
pub struct TransitionNotAllowed {
    from: ResendState,
    to: ResendState,
}

impl Resend {
    /// Decides what the transition writes, given the resend as it was read. Fails if the transition
    /// does not leave that state.
    pub fn change(
        &self,
        transition: &ResendTransition,
    ) -> Result<ResendChange, TransitionNotAllowed> {
        let guard = transition.guard(self)?;

        let mut next = self.clone();
        next.state = transition.target(guard.state);
        next.version += 1;
        let fields = transition.write(&mut next, guard.state);

        Ok(ResendChange {
            guard,
            fields,
            usage_changes: self.daily_usage.changes_to(next.daily_usage),
            daily_limit: transition.daily_limit(),
            wake_at: next.first_wake_at(),
            next,
        })
    }
}

impl ResendTransition {
    /// The state that the transition leads to. A reschedule keeps the state.
    const fn target(&self, from: ResendState) -> ResendState {
        match self {
            Self::Prepared { .. } => ResendState::Scheduled,
            Self::Failed { .. } => ResendState::Failed,
            Self::Started { .. } | Self::Resumed { .. } => ResendState::Sending,
            Self::PausedForBounceRate
            | Self::PausedForSendingDisabled
            | Self::PausedForNoAnswer
            | Self::PausedForMaintenance
            | Self::PausedByOperator { .. } => ResendState::Paused,
            Self::Completed => ResendState::Completed,
            Self::Rescheduled { .. } => from,
            Self::Cancelled { .. } => ResendState::Cancelled,
        }
    }

    fn guard(&self, resend: &Resend) -> Result<ResendGuard, TransitionNotAllowed> {
        let read = resend.state;

        if !self.leaves(read) {
            return Err(TransitionNotAllowed {
                from: read,
                to: self.target(read),
            });
        }

        Ok(match self {
            // These remain right although the resend was paused and resumed since it was read.
            Self::Completed | Self::PausedForSendingDisabled | Self::PausedForMaintenance => {
                ResendGuard {
                    state: ResendState::Sending,
                    version: None,
                    no_chunks_left: *self == Self::Completed,
                }
            }
            // This includes the bounce rate and missing answers: an operator who resumed since knew of them.
            _ => ResendGuard {
                state: read,
                version: Some(resend.version),
                no_chunks_left: false,
            },
        })
    }

    /// Whether a resend that was read in this state may make the transition.
    fn leaves(&self, read: ResendState) -> bool {
        let allows = |command: ResendCommand| matches!(command.next_state(read), Ok(Some(_)));

        match self {
            Self::Prepared { .. } | Self::Failed { .. } => read == ResendState::Preparing,
            Self::Started { .. } => read == ResendState::Scheduled,
            Self::PausedForBounceRate | Self::PausedForNoAnswer => read == ResendState::Sending,
            // The resend may be `sending` by now, whatever was read. A final state stays.
            Self::PausedForSendingDisabled | Self::PausedForMaintenance | Self::Completed => {
                !read.has_ended()
            }
            Self::Rescheduled { .. } => allows(ResendCommand::Reschedule),
            Self::PausedByOperator { .. } => allows(ResendCommand::Pause),
            Self::Resumed { .. } => allows(ResendCommand::Resume),
            Self::Cancelled { .. } => allows(ResendCommand::Cancel),
        }
    }

    const fn daily_limit(&self) -> Option<u32> {
        match self {
            Self::Prepared { daily_limit, .. } | Self::Rescheduled { daily_limit, .. } => {
                Some(*daily_limit)
            }
            _ => None,
        }
    }

    /// Writes the transition's values into `next`, which already has the state that follows `from`.
    /// Returns the fields that it wrote, the state included.
    fn write(&self, next: &mut Resend, from: ResendState) -> Vec<ResendField> {
        // A pause reason belongs to a paused resend only: every other state removes it.
        next.pause_reason = self.pause_reason();
        let mut fields = vec![ResendField::State, ResendField::PauseReason];

        if let Some(operator) = self.operator() {
            next.responsible = operator.clone();
            fields.push(ResendField::Responsible);
        }

        fields.extend_from_slice(self.write_values(next, from));
        fields
    }

    /// Writes the values of this kind of transition, and returns their fields.
    fn write_values(&self, next: &mut Resend, from: ResendState) -> &'static [ResendField] {
        use ResendField as Field;
        match self {
            Self::Prepared { counts, chunks, .. } => {
                next.counts = counts.clone();
                next.chunks = *chunks;
                next.chunks_left = *chunks;
                next.daily_usage.recipients = counts.eligible;
                &[
                    Field::Counts,
                    Field::Chunks,
                    Field::ChunksLeft,
                    Field::DailyUsage,
                ]
            }
            Self::Failed { reason, counts } => {
                next.failure_reason = Some(*reason);
                next.counts = counts.clone();
                next.daily_usage.recipients = 0;
                &[Field::FailureReason, Field::Counts, Field::DailyUsage]
            }
            Self::Started { lanes } => {
                next.lanes = *lanes;
                &[Field::Lanes]
            }
            Self::Rescheduled {
                start_at,
                time_zone,
                day,
                ..
            } => {
                next.start_at = *start_at;
                next.time_zone = *time_zone;
                next.daily_usage.day = *day;
                &[Field::StartAt, Field::TimeZone, Field::DailyUsage]
            }
            Self::Resumed { at, .. } => {
                next.resumed_at = Some(*at);
                next.mail_counts_at_resume = next.counts.mailed();
                next.unanswered_waves = 0;
                &[
                    Field::ResumedAt,
                    Field::MailCountsAtResume,
                    Field::UnansweredWaves,
                ]
            }
            // Before the start no user got a mail: the recipients no longer count towards the daily limit.
            Self::Cancelled { .. } if is_before_start(from) => {
                next.daily_usage.recipients = 0;
                &[Field::DailyUsage]
            }
            Self::Cancelled { .. }
            | Self::PausedForBounceRate
            | Self::PausedForSendingDisabled
            | Self::PausedForNoAnswer
            | Self::PausedForMaintenance
            | Self::PausedByOperator { .. }
            | Self::Completed => &[],
        }
    }

    const fn pause_reason(&self) -> Option<PauseReason> {
        match self {
            Self::PausedForBounceRate => Some(PauseReason::BounceRate),
            Self::PausedForSendingDisabled => Some(PauseReason::SendingDisabled),
            Self::PausedForNoAnswer => Some(PauseReason::NoAnswer),
            Self::PausedForMaintenance => Some(PauseReason::Maintenance),
            Self::PausedByOperator { .. } => Some(PauseReason::Operator),
            _ => None,
        }
    }

    /// The operator who makes the transition, and is responsible from then on.
    const fn operator(&self) -> Option<&UserId> {
        match self {
            Self::Rescheduled { operator, .. }
            | Self::PausedByOperator { operator }
            | Self::Resumed { operator, .. }
            | Self::Cancelled { operator } => Some(operator),
            _ => None,
        }
    }
}

const fn is_before_start(state: ResendState) -> bool {
    matches!(state, ResendState::Preparing | ResendState::Scheduled)
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};
    use serde_json::{Map, Value};

    use super::*;
    use crate::{
        DailyUsage, RecipientState,
        resend::fixtures::{at, in_state, preparing},
    };

    fn operator() -> UserId {
        UserId::new("operator").unwrap()
    }

    fn any_transition() -> impl Strategy<Value = ResendTransition> {
        let counts = (0..500_u32).prop_map(|eligible| Counts {
            eligible,
            ..Counts::default()
        });
        let reason = proptest::sample::select(vec![
            FailureReason::NobodyEligible,
            FailureReason::DailyLimit,
            FailureReason::TemplateUnfit,
        ]);
        let prepared =
            (counts.clone(), 0..3_u32, any::<u32>()).prop_map(|(counts, chunks, daily_limit)| {
                ResendTransition::Prepared {
                    counts,
                    chunks,
                    daily_limit,
                }
            });
        prop_oneof![
            prepared,
            (reason, counts)
                .prop_map(|(reason, counts)| ResendTransition::Failed { reason, counts }),
            (1..20_u32).prop_map(|lanes| ResendTransition::Started { lanes }),
            Just(ResendTransition::PausedForBounceRate),
            Just(ResendTransition::PausedForSendingDisabled),
            Just(ResendTransition::PausedForNoAnswer),
            Just(ResendTransition::PausedForMaintenance),
            Just(ResendTransition::Completed),
            (0..100_i64).prop_map(|hours| ResendTransition::Rescheduled {
                operator: operator(),
                start_at: at(3_600 * hours),
                time_zone: Zone::TOKYO,
                day: at(3_600 * hours).date_naive(),
                daily_limit: 1_000,
            }),
            Just(ResendTransition::PausedByOperator {
                operator: operator()
            }),
            (0..100_i64).prop_map(|seconds| ResendTransition::Resumed {
                operator: operator(),
                at: at(seconds),
            }),
            Just(ResendTransition::Cancelled {
                operator: operator()
            }),
        ]
    }

    fn attributes(resend: &Resend) -> Map<String, Value> {
        serde_json::to_value(resend)
            .unwrap()
            .as_object()
            .unwrap()
            .clone()
    }

    /// The conditional write of a store: `None` if the condition does not hold.
    fn write(stored: &Resend, change: &ResendChange) -> Option<Resend> {
        let ResendGuard {
            state,
            version,
            no_chunks_left,
        } = change.guard;
        let holds = stored.state == state
            && version.is_none_or(|version| stored.version == version)
            && (!no_chunks_left || stored.chunks_left == 0);
        if !holds {
            return None;
        }

        let next = attributes(&change.next);
        let mut written = attributes(stored);
        for field in &change.fields {
            match next.get(field.name()) {
                Some(value) => written.insert(field.name().into(), value.clone()),
                None => written.remove(field.name()),
            };
        }
        let written: Resend = serde_json::from_value(Value::Object(written)).unwrap();
        Some(Resend {
            version: stored.version + 1,
            ..written
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn however_stale_the_read_no_final_state_is_left_and_usage_adds_up(
            recipients in 0..100_u32,
            steps in proptest::collection::vec((any_transition(), any::<Index>()), 1..40),
        ) {
            let mut history = vec![preparing(recipients)];
            let first = history[0].daily_usage;
            let mut usage = BTreeMap::from([(first.day, i64::from(first.recipients))]);

            for (transition, read) in steps {
                let read = read.get(&history);
                let stored = history.last().unwrap().clone();

                let Ok(change) = read.change(&transition) else { continue };
                let Some(next) = write(&stored, &change) else { continue };
                for (day, difference) in &change.usage_changes {
                    *usage.entry(*day).or_default() += difference;
                }

                prop_assert!(!stored.state.has_ended(), "{transition:?} leaves {:?}", stored.state);
                prop_assert_eq!(next.state, change.next.state);
                prop_assert_eq!(next.version, stored.version + 1);
                prop_assert_eq!(next.pause_reason.is_some(), next.state == ResendState::Paused);
                prop_assert_eq!(next.failure_reason.is_some(), next.state == ResendState::Failed);
                prop_assert_eq!(change.wake_at, next.first_wake_at());
                usage.retain(|_, recipients| *recipients != 0);
                let DailyUsage { day, recipients } = next.daily_usage;
                let expected = (recipients > 0).then(|| (day, i64::from(recipients)));
                prop_assert_eq!(&usage, &expected.into_iter().collect());

                history.push(next);
            }
        }

        #[test]
        fn a_change_writes_every_field_that_differs_and_no_other(
            transition in any_transition(), state in proptest::sample::select(ResendState::ALL),
        ) {
            let read = in_state(state);
            if let Ok(change) = read.change(&transition) {
                let written = write(&Resend { state: change.guard.state, ..read.clone() }, &change);
                prop_assert_eq!(written, Some(change.next));
            }
        }

        #[test]
        fn a_repeated_command_of_an_operator_changes_nothing(
            transition in any_transition(), state in proptest::sample::select(ResendState::ALL),
        ) {
            if let Ok(change) = in_state(state).change(&transition)
                && transition.operator().is_some()
                && !matches!(transition, ResendTransition::Rescheduled { .. })
            {
                let again = change.next.change(&transition);
                prop_assert_eq!(again.unwrap_err().from, change.next.state);
            }
        }
    }

    #[test]
    fn a_resend_without_mails_left_is_completed_although_it_was_paused_and_resumed_since() {
        let paused = in_state(ResendState::Paused);
        let change = paused.change(&ResendTransition::Completed).unwrap();
        let guard = ResendGuard {
            state: ResendState::Sending,
            version: None,
            no_chunks_left: true,
        };
        assert_eq!(change.guard, guard);
        assert_eq!(change.wake_at, None);

        let disabled = paused
            .change(&ResendTransition::PausedForSendingDisabled)
            .unwrap();
        assert_eq!(
            disabled.guard,
            ResendGuard {
                no_chunks_left: false,
                ..guard
            }
        );
        assert_eq!(
            disabled.next.pause_reason,
            Some(PauseReason::SendingDisabled)
        );
    }

    #[test]
    fn bounces_pause_only_the_version_that_was_read() {
        let change = in_state(ResendState::Sending)
            .change(&ResendTransition::PausedForBounceRate)
            .unwrap();
        assert_eq!(change.guard.version, Some(1));
    }

    #[test]
    fn recipients_count_for_the_day_until_a_resend_fails_or_is_cancelled_before_its_start() {
        let usage = |state, transition: &ResendTransition| {
            let change = in_state(state).change(transition).unwrap();
            (
                change.next.daily_usage.recipients,
                change.usage_changes.into_values().sum::<i64>(),
                change.daily_limit,
            )
        };
        let counts = Counts {
            eligible: 5,
            ..Counts::default()
        };
        let prepared = ResendTransition::Prepared {
            counts,
            chunks: 1,
            daily_limit: 10,
        };
        let failed = ResendTransition::Failed {
            reason: FailureReason::DailyLimit,
            counts: Counts::default(),
        };
        let cancelled = ResendTransition::Cancelled {
            operator: operator(),
        };

        assert_eq!(usage(ResendState::Preparing, &prepared), (5, 2, Some(10)));
        assert_eq!(usage(ResendState::Preparing, &failed), (0, -3, None));
        assert_eq!(usage(ResendState::Scheduled, &cancelled), (0, -3, None));
        assert_eq!(usage(ResendState::Sending, &cancelled), (3, 0, None));
        assert_eq!(usage(ResendState::Paused, &cancelled), (3, 0, None));
    }

    #[test]
    fn a_resumed_resend_remembers_the_mails_before_and_who_resumed_it() {
        let mut paused = in_state(ResendState::Paused);
        paused.counts.states = [(RecipientState::Sent, 4), (RecipientState::Bounced, 2)].into();
        let resumed = ResendTransition::Resumed {
            operator: operator(),
            at: at(9),
        };

        let next = paused.change(&resumed).unwrap().next;

        assert_eq!(
            (next.state, next.pause_reason),
            (ResendState::Sending, None)
        );
        assert_eq!(
            (
                next.mail_counts_at_resume.sent,
                next.mail_counts_at_resume.bounced
            ),
            (6, 2)
        );
        assert_eq!(
            (next.resumed_at, next.responsible),
            (Some(at(9)), operator())
        );
    }
}
