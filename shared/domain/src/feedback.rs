//! What SES tells of a mail once it has it, and what becomes of the recipient: states only rise, so that neither the order of
//! events nor their repetition matters.

use chrono::{DateTime, Utc};

use crate::{OutcomeReason, Recipient, RecipientState};

/// What SES tells of a mail (SES API v2, `EventType`), from what says least to what says most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventType {
    /// SES has it; also where a mailbox refused it for a passing reason, for which it may have come all the same.
    Send,
    /// SES took it for harmful, and did not send it.
    Reject,
    /// SES could not render it, and did not send it.
    RenderingFailure,
    /// The mailbox accepted it.
    Delivery,
    /// The mailbox refused it for good.
    Bounce,
    /// The user called it spam.
    Complaint,
}

/// What SES tells of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailEvent {
    /// The attempt that the mail was.
    pub attempt: u32,
    /// What is told.
    pub event_type: EventType,
    /// When SES accepted it.
    pub sent_at: DateTime<Utc>,
    /// The id SES gave it.
    pub message_id: String,
}

impl EventType {
    /// Every one with the state it makes, and the reason where it is a failure.
    const OUTCOMES: [(Self, RecipientState, Option<&'static str>); 6] = [
        (Self::Send, RecipientState::Sent, None),
        (Self::Reject, RecipientState::Failed, Some("bad_content")),
        (
            Self::RenderingFailure,
            RecipientState::Failed,
            Some("rendering_failure"),
        ),
        (Self::Delivery, RecipientState::Delivered, None),
        (Self::Bounce, RecipientState::Bounced, None),
        (Self::Complaint, RecipientState::Complained, None),
    ];

    /// The state it makes.
    #[must_use]
    pub fn state(self) -> RecipientState {
        self.outcome().0
    }

    fn outcome(self) -> (RecipientState, Option<OutcomeReason>) {
        let found = Self::OUTCOMES
            .into_iter()
            .find(|(event_type, ..)| *event_type == self);
        let (state, reason) = found.map_or((RecipientState::Sent, None), |(_, state, reason)| {
            (state, reason)
        });
        (
            state,
            reason.map(|reason| OutcomeReason::Failed(reason.into())),
        )
    }
}

impl Recipient {
    /// The event that says what is known of the mail; `None` as long as nobody knows that SES has it.
    fn last_event(&self) -> Option<EventType> {
        let reason = match &self.reason {
            Some(OutcomeReason::Failed(reason)) => Some(reason.as_str()),
            _ => None,
        };
        let of_state = |(_, state, why): &(EventType, RecipientState, Option<&str>)| {
            *state == self.state && (why.is_none() || *why == reason)
        };
        EventType::OUTCOMES
            .into_iter()
            .find(of_state)
            .map(|(event_type, ..)| event_type)
    }

    /// The recipient after an event, where it says more than was known. What a later attempt came to counts for more than
    /// any event of an earlier one; a state that no event makes (`pending`, `sending`, `unknown`, `skipped`, `failed`
    /// before SES took it) gives way to an event of any attempt.
    #[must_use]
    pub fn after_event(&self, event: &MailEvent) -> Option<Self> {
        let known = self
            .last_event()
            .map(|event_type| (self.attempt, event_type));
        if known >= Some((event.attempt, event.event_type)) {
            return None;
        }
        let same_mail = known.is_some_and(|(attempt, _)| attempt == event.attempt);
        let (state, reason) = event.event_type.outcome();
        Some(Self {
            state,
            reason,
            attempt: event.attempt,
            sent_at: self.sent_at.filter(|_| same_mail).or(Some(event.sent_at)),
            message_id: self
                .message_id
                .clone()
                .filter(|_| same_mail)
                .or_else(|| Some(event.message_id.clone())),
            ..self.clone()
        })
    }
}

impl MailEvent {
    /// Whether the address is not to be written to any more. An event that was taken in before says so no more: somebody may
    /// have taken the address off the list since.
    #[must_use]
    pub fn suppresses(&self, recipient: &Recipient) -> bool {
        self.event_type >= EventType::Bounce && recipient.last_event() < Some(self.event_type)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ExclusionReason, PasswordChange, UserId};

    fn recipient(state: RecipientState, attempt: u32) -> Recipient {
        let reason = match state {
            RecipientState::Failed => Some(OutcomeReason::Failed("message_rejected".into())),
            RecipientState::Skipped => Some(OutcomeReason::Skipped(ExclusionReason::Cancelled)),
            _ => None,
        };
        Recipient {
            state,
            reason,
            attempt,
            ..Recipient::pending(UserId::new("u1").unwrap(), 0, 0, PasswordChange::Keep)
        }
    }

    fn event(attempt: u32, event_type: EventType) -> MailEvent {
        let sent_at = DateTime::from_timestamp(attempt.into(), 0).unwrap();
        MailEvent {
            attempt,
            event_type,
            sent_at,
            message_id: format!("m{attempt}"),
        }
    }

    fn after_all(recipient: &Recipient, events: &[MailEvent]) -> Recipient {
        events.iter().fold(recipient.clone(), |recipient, event| {
            recipient.after_event(event).unwrap_or(recipient)
        })
    }

    fn any_event() -> impl Strategy<Value = MailEvent> {
        let event_types = EventType::OUTCOMES
            .map(|(event_type, ..)| event_type)
            .to_vec();
        (1..4_u32, prop::sample::select(event_types))
            .prop_map(|(attempt, event_type)| event(attempt, event_type))
    }

    fn any_recipient() -> impl Strategy<Value = Recipient> {
        (prop::sample::select(RecipientState::ALL), 0..4_u32)
            .prop_map(|(state, attempt)| recipient(state, attempt))
    }

    proptest! {
        #[test]
        fn neither_order_nor_repetition_of_events_matters(
            recipient in any_recipient(),
            (events, shuffled) in prop::collection::vec(any_event(), 0..8).prop_flat_map(|events| {
                let repeated: Vec<_> = events.iter().chain(&events).cloned().collect();
                (Just(events), Just(repeated).prop_shuffle())
            }),
        ) {
            prop_assert_eq!(after_all(&recipient, &events), after_all(&recipient, &shuffled));
        }

        #[test]
        fn what_is_known_of_a_mail_only_rises(recipient in any_recipient(), event in any_event()) {
            let known = |it: &Recipient| it.last_event().map(|event_type| (it.attempt, event_type));
            if let Some(after) = recipient.after_event(&event) {
                prop_assert!(known(&after) > known(&recipient));
                prop_assert!(after.sent_at.is_some() && after.message_id.is_some());
            }
        }
    }

    #[test]
    fn an_event_of_any_attempt_settles_what_no_event_made() {
        use RecipientState::{Failed, Pending, Sending, Skipped, Unknown};
        for state in [Pending, Sending, Unknown, Failed, Skipped] {
            let after = recipient(state, 2)
                .after_event(&event(1, EventType::Send))
                .unwrap();
            assert_eq!(
                (after.state, after.reason, after.attempt),
                (RecipientState::Sent, None, 1),
                "{state:?}"
            );
        }
    }

    #[test]
    fn an_earlier_attempt_does_not_touch_a_later_one() {
        let sent = recipient(RecipientState::Sent, 2);
        assert_eq!(sent.after_event(&event(1, EventType::Bounce)), None);
        assert_eq!(
            sent.after_event(&event(2, EventType::Bounce))
                .unwrap()
                .state,
            RecipientState::Bounced
        );
    }

    #[test]
    fn a_mail_that_ses_gave_up_has_failed_unless_it_came_all_the_same() {
        let failed = recipient(RecipientState::Sent, 1)
            .after_event(&event(1, EventType::RenderingFailure))
            .unwrap();
        assert_eq!(
            failed.reason,
            Some(OutcomeReason::Failed("rendering_failure".into()))
        );
        assert_eq!(failed.after_event(&event(1, EventType::Send)), None);
        assert_eq!(
            failed
                .after_event(&event(1, EventType::Delivery))
                .unwrap()
                .reason,
            None
        );
    }

    #[test]
    fn an_address_is_suppressed_by_news_only() {
        let bounced = event(1, EventType::Bounce);
        assert!(bounced.suppresses(&recipient(RecipientState::Sent, 1)));
        assert!(bounced.suppresses(&recipient(RecipientState::Sent, 2)));
        assert!(!bounced.suppresses(&recipient(RecipientState::Bounced, 1)));
        assert!(event(1, EventType::Complaint).suppresses(&recipient(RecipientState::Bounced, 1)));
        assert!(!event(1, EventType::Delivery).suppresses(&recipient(RecipientState::Sent, 1)));
    }
}
