//! A mail in the outbox: what it says, and what happens to it next.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::address_notice::{AddressChange, AddressNotice};
use crate::{OrganisationId, UserId, resend::ResendEvent};

/// A mail that could not be sent is given up after this time.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(3);

/// A claim without a result is in doubt after this time: longer than a worker waits for SES.
const CLAIM_LASTS: TimeDelta = TimeDelta::minutes(1);

/// A message counts as lost this long after it was due.
const MESSAGE_LOST_AFTER: TimeDelta = TimeDelta::minutes(2);

/// Time before the next attempt after the first refusal; it doubles with each.
const FIRST_BACKOFF: TimeDelta = TimeDelta::seconds(5);

/// The longest time before the next attempt.
const LONGEST_BACKOFF: TimeDelta = TimeDelta::minutes(15);

/// The key of a mail in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboxKey {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The cause of the mail: one cause makes one mail, however often it is told.
    pub mail: String,
}

/// The purpose of a mail, with what it needs when it is sent. No secret and no text is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutboxContent {
    /// Tells former addresses of a user that the address was changed.
    AddressNotice(AddressNotice),
    /// Brings a user the new link that they asked for.
    #[serde(rename_all = "camelCase")]
    NewLink {
        /// The user.
        user: UserId,
        /// The issuer of the link: a repeated attempt issues the same one.
        issued_by: String,
        /// When the link was counted towards the limit.
        counted_at: DateTime<Utc>,
    },
    /// An event of a resend that makes a mail to each of its operators.
    ResendEvent(ResendEvent),
    /// Tells an operator of an event of a resend.
    OperatorNotice {
        /// The event.
        event: ResendEvent,
        /// The operator.
        operator: UserId,
    },
}

/// The state of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MailState {
    /// It is to be sent.
    Waiting,
    /// A worker has been sending it since this instant.
    Claimed(DateTime<Utc>),
    /// It was sent, given up, or must not be sent.
    Done,
}

/// The next step of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailStep {
    /// Nothing: the mail is done, or another worker is sending it.
    Nothing,
    /// It is too early.
    WaitUntil(DateTime<Utc>),
    /// Send it.
    Send,
    /// The worker that claimed it ended: the mail may have been sent, and is not sent again.
    SettleDoubt,
    /// It waited for too long.
    GiveUp,
}

/// A mail in the outbox.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboxMail {
    /// The key.
    pub key: OutboxKey,
    /// The purpose.
    pub content: OutboxContent,
    /// The state.
    pub state: MailState,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// When it may go.
    pub due_at: DateTime<Utc>,
    /// Attempts that were refused for a reason that passes.
    pub refusals: u32,
    /// The slot that is reserved for it.
    pub slot: Option<DateTime<Utc>>,
    /// The version, from 1, raised by every write. A message of an older version is late.
    pub version: u32,
}

impl OutboxMail {
    /// The key of a user's notices of a changed address.
    #[must_use]
    pub fn notice_key(organisation: &OrganisationId, user: &UserId) -> OutboxKey {
        key(organisation, format!("address#{user}"))
    }

    /// The key of a user's new link.
    #[must_use]
    pub fn link_key(organisation: &OrganisationId, user: &UserId) -> OutboxKey {
        key(organisation, format!("link#{user}"))
    }

    /// Returns a user's notices after a change of their address, in place of those `before`.
    #[must_use]
    pub fn address_notice(
        organisation: &OrganisationId,
        before: Option<&Self>,
        change: &AddressChange<'_>,
    ) -> Self {
        let notices = before.and_then(|before| match &before.content {
            OutboxContent::AddressNotice(notice) => Some(notice),
            _ => None,
        });
        let is_sending = before.is_some_and(|before| before.state != MailState::Waiting);
        let sending = notices.and_then(|notices| notices.waiting.first().filter(|_| is_sending));
        let rest = notices.map(|notices| match sending {
            Some(_) => notices.without_next(),
            None => notices.clone(),
        });
        let mut notice = AddressNotice::after_change(rest.as_ref(), change);
        notice.waiting.splice(..0, sending.cloned());
        let due_at = notice.due_at(change.at);

        let key = Self::notice_key(organisation, change.user);
        let content = OutboxContent::AddressNotice(notice);
        let mut mail = Self::waiting(key, content, change.at);
        if let Some(before) = before.filter(|before| before.state != MailState::Done) {
            mail = Self {
                content: mail.content,
                ..before.clone()
            };
        }
        mail.version = version_after(before);

        // A worker that is sending a notice writes what is left when it is done.
        if mail.state == MailState::Waiting {
            mail.due_at = due_at.unwrap_or(change.at).max(mail.due_at);
            mail.state = due_at.map_or(MailState::Done, |_| MailState::Waiting);
        }
        mail
    }

    /// Returns a new link in place of the one `before`; `None` if that one is still to be sent.
    #[must_use]
    pub fn new_link(
        organisation: &OrganisationId,
        before: Option<&Self>,
        user: &UserId,
        issued_by: String,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        if before.is_some_and(|before| before.state != MailState::Done) {
            return None;
        }

        let content = OutboxContent::NewLink {
            user: user.clone(),
            issued_by,
            counted_at: now,
        };
        Some(Self {
            version: version_after(before),
            ..Self::waiting(Self::link_key(organisation, user), content, now)
        })
    }

    /// Returns the entry of an event. It is due since ever: the next sweep takes it up.
    #[must_use]
    pub fn resend_event(organisation: &OrganisationId, event: ResendEvent) -> Self {
        let key = key(organisation, format!("event#{}", event.id));
        Self::waiting(key, OutboxContent::ResendEvent(event), DateTime::UNIX_EPOCH)
    }

    /// Returns the mail to an operator about an event.
    #[must_use]
    pub fn operator_notice(
        organisation: &OrganisationId,
        event: &ResendEvent,
        operator: &UserId,
        now: DateTime<Utc>,
    ) -> Self {
        let key = key(organisation, format!("operator#{}#{operator}", event.id));
        let content = OutboxContent::OperatorNotice {
            event: event.clone(),
            operator: operator.clone(),
        };
        Self::waiting(key, content, now)
    }

    const fn waiting(key: OutboxKey, content: OutboxContent, now: DateTime<Utc>) -> Self {
        Self {
            key,
            content,
            state: MailState::Waiting,
            since: now,
            due_at: now,
            refusals: 0,
            slot: None,
            version: 1,
        }
    }

    /// Whether this is the entry of an event, which makes mails and is none.
    #[must_use]
    pub const fn is_event(&self) -> bool {
        matches!(self.content, OutboxContent::ResendEvent(_))
    }

    /// Decides the next step.
    #[must_use]
    pub fn next_step(&self, now: DateTime<Utc>) -> MailStep {
        match self.state {
            MailState::Done => MailStep::Nothing,
            MailState::Claimed(at) if now < at + CLAIM_LASTS => MailStep::Nothing,
            MailState::Claimed(_) => MailStep::SettleDoubt,
            MailState::Waiting if self.is_event() => MailStep::Send,
            MailState::Waiting if self.since + KEPT_FOR <= now => MailStep::GiveUp,
            MailState::Waiting if now < self.due_at => MailStep::WaitUntil(self.due_at),
            MailState::Waiting => MailStep::Send,
        }
    }

    /// Returns when the sweep looks at the mail, because its message may be lost; `None` for never.
    #[must_use]
    pub fn wake_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            MailState::Done => None,
            MailState::Claimed(at) => Some(at + CLAIM_LASTS),
            // An event has no message.
            MailState::Waiting if self.is_event() => Some(self.due_at),
            MailState::Waiting => Some(self.due_at + MESSAGE_LOST_AFTER),
        }
    }

    /// Returns when the sweep looks again after it sent the message at `now`.
    #[must_use]
    pub fn wake_after_sweep(now: DateTime<Utc>) -> DateTime<Utc> {
        now + MESSAGE_LOST_AFTER
    }

    /// Returns when the entry may be deleted: long after it was given up. An event stays until its
    /// mails are written.
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        let is_needed = self.is_event() && self.state != MailState::Done;
        (!is_needed).then(|| self.due_at + KEPT_FOR * 2)
    }

    /// Returns the mail while a worker sends it.
    #[must_use]
    pub fn claimed(&self, now: DateTime<Utc>) -> Self {
        self.next(MailState::Claimed(now))
    }

    /// Returns the mail to be sent later, in a slot that is reserved for it, if any.
    #[must_use]
    pub fn put_back(&self, due_at: DateTime<Utc>, slot: Option<DateTime<Utc>>) -> Self {
        Self {
            due_at,
            slot,
            ..self.next(MailState::Waiting)
        }
    }

    /// Returns the mail after SES refused it for a reason that passes, after `at_least` this time.
    #[must_use]
    pub fn refused(&self, now: DateTime<Utc>, at_least: TimeDelta) -> Self {
        let doubled = FIRST_BACKOFF * 2_i32.pow(self.refusals.min(8));
        let backoff = doubled.max(at_least).min(LONGEST_BACKOFF);
        Self {
            refusals: self.refusals.saturating_add(1),
            ..self.put_back(now + backoff, None)
        }
    }

    /// Returns the mail after it was sent, or may have been.
    #[must_use]
    pub fn sent(&self, now: DateTime<Utc>) -> Self {
        match &self.content {
            OutboxContent::AddressNotice(notice) => {
                self.with_notices(notice.after_sending(now), now)
            }
            _ => self.done(now),
        }
    }

    /// Returns the mail after it was decided that it never goes.
    #[must_use]
    pub fn dropped(&self, now: DateTime<Utc>) -> Self {
        match &self.content {
            OutboxContent::AddressNotice(notice) => self.with_notices(notice.without_next(), now),
            _ => self.done(now),
        }
    }

    fn done(&self, now: DateTime<Utc>) -> Self {
        Self {
            due_at: now,
            ..self.next(MailState::Done)
        }
    }

    /// Returns the mail with the notices that are left.
    fn with_notices(&self, notice: AddressNotice, now: DateTime<Utc>) -> Self {
        let due_at = notice.due_at(now);
        let state = due_at.map_or(MailState::Done, |_| MailState::Waiting);
        Self {
            content: OutboxContent::AddressNotice(notice),
            since: now,
            due_at: due_at.unwrap_or(now),
            refusals: 0,
            ..self.next(state)
        }
    }

    fn next(&self, state: MailState) -> Self {
        Self {
            state,
            slot: None,
            version: self.version + 1,
            ..self.clone()
        }
    }
}

fn key(organisation: &OrganisationId, mail: String) -> OutboxKey {
    OutboxKey {
        organisation: organisation.clone(),
        mail,
    }
}

fn version_after(before: Option<&OutboxMail>) -> u32 {
    before.map_or(1, |before| before.version + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn link() -> OutboxMail {
        let organisation = OrganisationId::new("org").unwrap();
        let user = UserId::new("u").unwrap();
        OutboxMail::new_link(&organisation, None, &user, "renewal-1".into(), at(0)).unwrap()
    }

    #[test]
    fn a_claim_without_a_result_is_doubt_after_a_minute_and_is_not_repeated() {
        let claimed = link().claimed(at(5));
        assert_eq!(claimed.next_step(at(64)), MailStep::Nothing);
        assert_eq!(claimed.next_step(at(65)), MailStep::SettleDoubt);
        assert_eq!(claimed.wake_at(), Some(at(65)));

        let settled = claimed.sent(at(65));
        assert_eq!(settled.next_step(at(66)), MailStep::Nothing);
        assert_eq!(settled.wake_at(), None);
    }

    #[test]
    fn a_mail_that_ses_refuses_waits_ever_longer_for_three_days() {
        let mut mail = link();
        let mut waits = Vec::new();
        for _ in 0..12 {
            let now = mail.due_at;
            mail = mail.refused(now, TimeDelta::zero());
            waits.push((mail.due_at - now).num_seconds());
        }
        assert_eq!(
            waits,
            [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]
        );

        let much_later = at(0) + KEPT_FOR;
        let before = much_later - TimeDelta::seconds(1);
        assert_eq!(mail.next_step(before), MailStep::Send);
        assert_eq!(mail.next_step(much_later), MailStep::GiveUp);
    }

    #[test]
    fn a_link_that_waits_is_not_asked_for_twice() {
        let waiting = link();
        let (organisation, user) = (&waiting.key.organisation, UserId::new("u").unwrap());
        let again = |before: &OutboxMail| {
            OutboxMail::new_link(organisation, Some(before), &user, "renewal-2".into(), at(9))
        };

        assert_eq!(again(&waiting), None);
        assert_eq!(again(&waiting.claimed(at(1))), None);
        let next = again(&waiting.claimed(at(1)).sent(at(2))).unwrap();
        assert_eq!((next.version, next.state), (4, MailState::Waiting));
    }

    #[test]
    fn a_notice_that_is_added_while_one_is_sent_waits_for_its_hour() {
        let organisation = OrganisationId::new("org").unwrap();
        let (user, operator) = (UserId::new("u").unwrap(), UserId::new("o").unwrap());
        let change = |before: Option<&OutboxMail>, old: &str, now| {
            let change = AddressChange {
                user: &user,
                old: &format!("{old}@example.com").parse().unwrap(),
                operator: &operator,
                at: now,
            };
            OutboxMail::address_notice(&organisation, before, &change)
        };

        let first = change(None, "a", at(0));
        assert_eq!((first.version, first.next_step(at(0))), (1, MailStep::Send));
        let claimed = first.claimed(at(100));
        let second = change(Some(&claimed), "b", at(101));
        assert_eq!(second.state, MailState::Claimed(at(100)));

        let sent = second.sent(at(102));
        assert_eq!(sent.next_step(at(103)), MailStep::WaitUntil(at(3_702)));
        let last = sent.claimed(at(3_702)).sent(at(3_703));
        assert_eq!((last.state, last.version), (MailState::Done, 6));
    }
}
