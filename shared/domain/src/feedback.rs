//! What SES tells of a mail once it has it, and what becomes of the recipient: states only rise, so that neither the order of
//! events nor their repetition matters.

use chrono::{DateTime, Utc};

use crate::{Cause, Recipient, RecipientState};

/// What became of a mail, from what says least to what says most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// SES has it; also where a mailbox refused it for a passing reason, for which it may have come all the same.
    Accepted,
    /// SES took it for harmful, and did not send it.
    BadContent,
    /// SES could not render it, and did not send it.
    RenderingFailure,
    /// The mailbox accepted it.
    Delivered,
    /// The mailbox refused it for good.
    Bounced,
    /// The user called it spam.
    Complained,
}

/// What SES tells of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailEvent {
    /// The attempt that the mail was.
    pub attempt: u32,
    /// What became of it.
    pub fate: Fate,
    /// When SES accepted it.
    pub sent_at: DateTime<Utc>,
    /// The id SES gave it.
    pub message_id: String,
}

impl Fate {
    /// Every fate with the state it makes, and the reason where it is a failure.
    const OUTCOMES: [(Self, RecipientState, Option<&'static str>); 6] = [
        (Self::Accepted, RecipientState::Sent, None),
        (Self::BadContent, RecipientState::Failed, Some("bad_content")),
        (Self::RenderingFailure, RecipientState::Failed, Some("rendering_failure")),
        (Self::Delivered, RecipientState::Delivered, None),
        (Self::Bounced, RecipientState::Bounced, None),
        (Self::Complained, RecipientState::Complained, None),
    ];

    fn outcome(self) -> (RecipientState, Option<Cause>) {
        let found = Self::OUTCOMES.into_iter().find(|(fate, ..)| *fate == self);
        let (state, reason) = found.map_or((RecipientState::Sent, None), |(_, state, reason)| (state, reason));
        (state, reason.map(|reason| Cause::Failed(reason.into())))
    }
}

impl Recipient {
    /// What is known to have become of the mail; `None` as long as nobody knows that SES has it.
    fn fate(&self) -> Option<Fate> {
        let reason = match &self.reason {
            Some(Cause::Failed(reason)) => Some(reason.as_str()),
            _ => None,
        };
        let of_state = |(_, state, why): &(Fate, RecipientState, Option<&str>)| {
            *state == self.state && (why.is_none() || *why == reason)
        };
        Fate::OUTCOMES.into_iter().find(of_state).map(|(fate, ..)| fate)
    }

    /// The recipient after an event, where it says more than was known. What a later attempt came to counts for more than
    /// any event of an earlier one; a state that is no mail's fate (`pending`, `sending`, `unknown`, `skipped`, `failed`
    /// before SES took it) gives way to an event of any attempt.
    #[must_use]
    pub fn after(&self, event: &MailEvent) -> Option<Self> {
        let known = self.fate().map(|fate| (self.attempt, fate));
        if known >= Some((event.attempt, event.fate)) {
            return None;
        }
        let same_mail = known.is_some_and(|(attempt, _)| attempt == event.attempt);
        let (state, reason) = event.fate.outcome();
        Some(Self {
            state,
            reason,
            attempt: event.attempt,
            sent_at: self.sent_at.filter(|_| same_mail).or(Some(event.sent_at)),
            message_id: self.message_id.clone().filter(|_| same_mail).or_else(|| Some(event.message_id.clone())),
            ..self.clone()
        })
    }
}

impl MailEvent {
    /// Whether the address is not to be written to any more. An event that was taken in before says so no more: somebody may
    /// have taken the address off the list since.
    #[must_use]
    pub fn suppresses(&self, recipient: &Recipient) -> bool {
        self.fate >= Fate::Bounced && recipient.fate() < Some(self.fate)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{PasswordChange, Reason, UserId};

    fn recipient(state: RecipientState, attempt: u32) -> Recipient {
        let reason = match state {
            RecipientState::Failed => Some(Cause::Failed("message_rejected".into())),
            RecipientState::Skipped => Some(Cause::Skipped(Reason::Cancelled)),
            _ => None,
        };
        Recipient {
            user_id: UserId::new("u1").unwrap(),
            chunk: 0,
            position: 0,
            state,
            reason,
            password_change: PasswordChange::Keep,
            password_change_reason: None,
            had_logged_in: false,
            attempt,
            claimed_at: None,
            sent_at: None,
            message_id: None,
            mail: None,
        }
    }

    fn event(attempt: u32, fate: Fate) -> MailEvent {
        let sent_at = DateTime::from_timestamp(attempt.into(), 0).unwrap();
        MailEvent { attempt, fate, sent_at, message_id: format!("m{attempt}") }
    }

    fn after_all(recipient: &Recipient, events: &[MailEvent]) -> Recipient {
        events.iter().fold(recipient.clone(), |recipient, event| recipient.after(event).unwrap_or(recipient))
    }

    fn any_event() -> impl Strategy<Value = MailEvent> {
        let fates = Fate::OUTCOMES.map(|(fate, ..)| fate).to_vec();
        (1..4_u32, prop::sample::select(fates)).prop_map(|(attempt, fate)| event(attempt, fate))
    }

    fn any_recipient() -> impl Strategy<Value = Recipient> {
        let states = RecipientState::ALL.map(|(_, state)| state).to_vec();
        (prop::sample::select(states), 0..4_u32).prop_map(|(state, attempt)| recipient(state, attempt))
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
            let known = |it: &Recipient| it.fate().map(|fate| (it.attempt, fate));
            if let Some(after) = recipient.after(&event) {
                prop_assert!(known(&after) > known(&recipient));
                prop_assert!(after.sent_at.is_some() && after.message_id.is_some());
            }
        }
    }

    #[test]
    fn an_event_of_any_attempt_settles_what_was_no_fate_of_a_mail() {
        use RecipientState::{Failed, Pending, Sending, Skipped, Unknown};
        for state in [Pending, Sending, Unknown, Failed, Skipped] {
            let after = recipient(state, 2).after(&event(1, Fate::Accepted)).unwrap();
            assert_eq!((after.state, after.reason, after.attempt), (RecipientState::Sent, None, 1), "{state:?}");
        }
    }

    #[test]
    fn an_earlier_attempt_does_not_touch_a_later_one() {
        let sent = recipient(RecipientState::Sent, 2);
        assert_eq!(sent.after(&event(1, Fate::Bounced)), None);
        assert_eq!(sent.after(&event(2, Fate::Bounced)).unwrap().state, RecipientState::Bounced);
    }

    #[test]
    fn a_mail_that_ses_gave_up_has_failed_unless_it_came_all_the_same() {
        let failed = recipient(RecipientState::Sent, 1).after(&event(1, Fate::RenderingFailure)).unwrap();
        assert_eq!(failed.reason, Some(Cause::Failed("rendering_failure".into())));
        assert_eq!(failed.after(&event(1, Fate::Accepted)), None);
        assert_eq!(failed.after(&event(1, Fate::Delivered)).unwrap().reason, None);
    }

    #[test]
    fn an_address_is_suppressed_by_news_only() {
        let bounced = event(1, Fate::Bounced);
        assert!(bounced.suppresses(&recipient(RecipientState::Sent, 1)));
        assert!(bounced.suppresses(&recipient(RecipientState::Sent, 2)));
        assert!(!bounced.suppresses(&recipient(RecipientState::Bounced, 1)));
        assert!(event(1, Fate::Complained).suppresses(&recipient(RecipientState::Bounced, 1)));
        assert!(!event(1, Fate::Delivered).suppresses(&recipient(RecipientState::Sent, 1)));
    }
}
