//! Events of SES about a mail, and the recipient after each.
//!
//! States only rise, so neither the order of events nor their repetition matters.

use chrono::{DateTime, Utc};
use strum::VariantArray;

use crate::{FailedReason, OutcomeReason, Recipient, RecipientState, SuppressionReason};

/// The type of an SES event (SES API v2, `EventType`), ordered by how much it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
pub enum EventType {
    /// SES accepted the mail. A mail that a mailbox refused for a passing reason also counts as
    /// sent, because it may arrive all the same.
    Send,
    /// SES considered the mail harmful and did not send it.
    Reject,
    /// SES could not render the mail and did not send it.
    RenderingFailure,
    /// The mailbox accepted the mail.
    Delivery,
    /// The mailbox refused the mail for good.
    Bounce,
    /// The user marked the mail as spam.
    Complaint,
}

/// An SES event about one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailEvent {
    /// The attempt by which the mail was sent.
    pub attempt: u32,
    /// The type of the event.
    pub event_type: EventType,
    /// When SES accepted the mail.
    pub sent_at: DateTime<Utc>,
    /// The message id that SES gave.
    pub message_id: String,
}

impl EventType {
    /// Returns the recipient's state after the event.
    #[must_use]
    pub const fn state(self) -> RecipientState {
        match self {
            Self::Send => RecipientState::Sent,
            Self::Reject | Self::RenderingFailure => RecipientState::Failed,
            Self::Delivery => RecipientState::Delivered,
            Self::Bounce => RecipientState::Bounced,
            Self::Complaint => RecipientState::Complained,
        }
    }

    /// Returns the reason for which the event suppresses the address, if it does.
    #[must_use]
    pub const fn suppression(self) -> Option<SuppressionReason> {
        match self {
            Self::Bounce => Some(SuppressionReason::Bounced),
            Self::Complaint => Some(SuppressionReason::Complained),
            _ => None,
        }
    }

    const fn failure(self) -> Option<FailedReason> {
        match self {
            Self::Reject => Some(FailedReason::BadContent),
            Self::RenderingFailure => Some(FailedReason::RenderingFailure),
            _ => None,
        }
    }
}

impl Recipient {
    /// Returns the event that the recipient's state stands for; `None` if no event led to the state.
    fn last_event(&self) -> Option<EventType> {
        let failure = match self.reason {
            Some(OutcomeReason::Failed(reason)) => Some(reason),
            _ => None,
        };
        let stands_for = |event_type: &EventType| {
            event_type.state() == self.state
                && (event_type.failure().is_none() || event_type.failure() == failure)
        };

        EventType::VARIANTS.iter().copied().find(stands_for)
    }

    /// Returns the recipient after an event; `None` if the event says no more than is known.
    ///
    /// The result of a later attempt counts for more than any event of an earlier attempt. A state
    /// to which no event led (`pending`, `sending`, `unknown`, `skipped`, and `failed` before SES
    /// accepted the mail) gives way to an event of any attempt.
    #[must_use]
    pub fn after_event(&self, event: &MailEvent) -> Option<Self> {
        let known = self
            .last_event()
            .map(|event_type| (self.attempt, event_type));
        if known >= Some((event.attempt, event.event_type)) {
            return None;
        }

        let is_same_mail = known.is_some_and(|(attempt, _)| attempt == event.attempt);
        let sent_at = self.sent_at.filter(|_| is_same_mail);
        let message_id = self.message_id.clone().filter(|_| is_same_mail);
        let failure = event.event_type.failure();

        Some(Self {
            state: event.event_type.state(),
            reason: failure.map(OutcomeReason::Failed),
            attempt: event.attempt,
            sent_at: sent_at.or(Some(event.sent_at)),
            message_id: message_id.or_else(|| Some(event.message_id.clone())),
            ..self.clone()
        })
    }
}

impl MailEvent {
    /// Whether the event puts the address on the suppression list.
    ///
    /// A repeated event does not: an owner may have removed the address from the list since.
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
            RecipientState::Failed => Some(OutcomeReason::Failed(FailedReason::Rejected)),
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
        (1..4_u32, prop::sample::select(EventType::VARIANTS))
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
        fn the_knowledge_of_a_mail_only_rises(recipient in any_recipient(), event in any_event()) {
            let known = |recipient: &Recipient| {
                recipient.last_event().map(|event_type| (recipient.attempt, event_type))
            };
            if let Some(after) = recipient.after_event(&event) {
                prop_assert!(known(&after) > known(&recipient));
                prop_assert!(after.sent_at.is_some() && after.message_id.is_some());
            }
        }
    }

    #[test]
    fn an_event_of_any_attempt_settles_a_state_to_which_no_event_led() {
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
            Some(OutcomeReason::Failed(FailedReason::RenderingFailure))
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
