//! Events of a resend of which its operators get a mail.

use serde::{Deserialize, Serialize};

use crate::{FailureReason, PauseReason, RecipientState, Resend, ResendId, ResendState};

/// An event of a resend that operators should know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResendEvent {
    /// The id, which tells events of a type apart.
    pub id: String,
    /// The resend.
    pub resend: ResendId,
    /// The type.
    pub event_type: ResendEventType,
}

/// The type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResendEventType {
    /// It paused itself.
    Paused(PauseReason),
    /// It could not be prepared.
    Failed(FailureReason),
    /// It completed, and more than half of its recipients were skipped.
    MostlySkipped,
}

impl ResendEvent {
    /// Returns the event by which the resend came into its state, with an id of its own; `None` for a state that an
    /// operator gave it, or that needs no operator.
    #[must_use]
    pub fn of(resend: &Resend, id: String) -> Option<Self> {
        let event_type = match resend.state {
            ResendState::Paused => resend
                .pause_reason
                .filter(|reason| *reason != PauseReason::Operator)
                .map(ResendEventType::Paused),
            ResendState::Failed => resend.failure_reason.map(ResendEventType::Failed),
            ResendState::Completed => {
                let skipped = resend.counts.states.get(&RecipientState::Skipped);
                let is_most = skipped.is_some_and(|skipped| *skipped > resend.counts.eligible / 2);
                is_most.then_some(ResendEventType::MostlySkipped)
            }
            _ => None,
        };

        event_type.map(|event_type| Self {
            id,
            resend: resend.id.clone(),
            event_type,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resend::fixtures::in_state;

    #[test]
    fn operators_hear_of_what_a_resend_did_by_itself() {
        let event =
            |resend: &Resend| ResendEvent::of(resend, "e".into()).map(|event| event.event_type);
        let paused = |reason| Resend {
            pause_reason: Some(reason),
            ..in_state(ResendState::Paused)
        };

        assert_eq!(event(&paused(PauseReason::Operator)), None);
        assert_eq!(
            event(&paused(PauseReason::BounceRate)),
            Some(ResendEventType::Paused(PauseReason::BounceRate))
        );
        let failed = Resend {
            failure_reason: Some(FailureReason::DailyLimit),
            ..in_state(ResendState::Failed)
        };
        assert_eq!(
            event(&failed),
            Some(ResendEventType::Failed(FailureReason::DailyLimit))
        );
        assert_eq!(event(&in_state(ResendState::Cancelled)), None);
    }

    #[test]
    fn a_resend_that_skips_half_of_its_recipients_skips_no_more_than_half() {
        let completed = |eligible, skipped| {
            let mut resend = in_state(ResendState::Completed);
            resend.counts.eligible = eligible;
            resend.counts.states = [(RecipientState::Skipped, skipped)].into();
            ResendEvent::of(&resend, "e".into()).is_some()
        };

        assert!(!completed(10, 5) && completed(10, 6));
        assert!(!completed(11, 5) && completed(11, 6));
        assert!(!completed(1, 0) && completed(1, 1));
    }
}
