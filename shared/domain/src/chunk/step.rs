//! The next step of a chunk: what its worker does now.

use chrono::{DateTime, TimeDelta, Utc};

use super::{claim::CLAIM_LIFE, record::Chunk};
use crate::{OnDoubt, Recipient, RecipientState};

/// A mail in doubt that no event has settled this long after its claim gets another attempt
/// (`onDoubt: resend`).
pub const REATTEMPT_AFTER: TimeDelta = TimeDelta::minutes(15);

/// The next action of the worker that has a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkStep {
    /// Finish the chunk: every recipient has an outcome.
    Finish,
    /// Wait until this instant: a worker may still be sending the last wave.
    WaitForClaim(DateTime<Utc>),
    /// Mark these positions as `unknown`: their claim was abandoned.
    MarkUnknown(Vec<u16>),
    /// Send mails to these positions.
    Send(Vec<u16>),
    /// Make another attempt at these positions: no event settled the last attempt in time.
    Reattempt(Vec<u16>),
    /// Wait until this instant for events: only mails in doubt are left.
    AwaitEvents(DateTime<Utc>),
}

impl Chunk {
    /// Returns the next step, given recipients that were read after the chunk.
    ///
    /// A position that was claimed and has no result is in doubt, never `pending` again: its mail
    /// may have left.
    #[must_use]
    pub fn next_step(
        &self,
        recipients: &[Recipient],
        on_doubt: OnDoubt,
        now: DateTime<Utc>,
    ) -> ChunkStep {
        let unresolved = self.unresolved(recipients);
        if let Some(claim) = self.claim.as_ref().filter(|_| !unresolved.is_empty()) {
            let abandoned_at = claim.at + CLAIM_LIFE;
            return if now < abandoned_at {
                ChunkStep::WaitForClaim(abandoned_at)
            } else {
                ChunkStep::MarkUnknown(unresolved)
            };
        }

        let is_pending = |recipient: &&Recipient| recipient.state == RecipientState::Pending;
        let pending = positions(recipients.iter().filter(is_pending));
        if !pending.is_empty() {
            return ChunkStep::Send(pending);
        }

        match on_doubt {
            OnDoubt::Hold => ChunkStep::Finish,
            OnDoubt::Resend => settle_doubt(recipients, now),
        }
    }

    /// Returns the positions of the last wave that have no result.
    #[must_use]
    pub fn unresolved(&self, recipients: &[Recipient]) -> Vec<u16> {
        positions(
            recipients
                .iter()
                .filter(|recipient| self.is_unresolved(recipient)),
        )
    }

    /// Whether the last wave sends a mail to a recipient, and its result is not written.
    #[must_use]
    pub fn is_unresolved(&self, recipient: &Recipient) -> bool {
        let is_open = matches!(
            recipient.state,
            RecipientState::Pending | RecipientState::Sending
        );
        let claim = self.claim.as_ref().filter(|_| is_open);
        claim.is_some_and(|claim| claim.send.contains(&recipient.position))
    }
}

/// Returns the step for mails in doubt, when no other mail is left.
fn settle_doubt(recipients: &[Recipient], now: DateTime<Utc>) -> ChunkStep {
    let due_at = |recipient: &Recipient| recipient.claimed_at.unwrap_or(now) + REATTEMPT_AFTER;
    let in_doubt = || {
        recipients
            .iter()
            .filter(|recipient| recipient.allows_reattempt())
    };

    let due = positions(in_doubt().filter(|recipient| due_at(recipient) <= now));
    if !due.is_empty() {
        return ChunkStep::Reattempt(due);
    }
    in_doubt()
        .map(due_at)
        .min()
        .map_or(ChunkStep::Finish, ChunkStep::AwaitEvents)
}

fn positions<'r>(recipients: impl Iterator<Item = &'r Recipient>) -> Vec<u16> {
    recipients.map(|recipient| recipient.position).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Claim, MailInputs, PasswordChange, ResendId, UserId, recipient::MAX_ATTEMPTS};

    fn recipients(states: &[RecipientState]) -> Vec<Recipient> {
        let recipient = |(position, state): (u16, &RecipientState)| Recipient {
            state: *state,
            ..Recipient::pending(
                UserId::new(format!("u{position}")).unwrap(),
                0,
                position,
                PasswordChange::Keep,
            )
        };
        (0..).zip(states).map(recipient).collect()
    }

    fn chunk(send: &[u16]) -> Chunk {
        let claim = Claim {
            at: DateTime::UNIX_EPOCH,
            send: send.to_vec(),
            skip: vec![],
            inputs: send
                .iter()
                .map(|_| MailInputs {
                    invitation: 1,
                    generation: None,
                    keeps_password: false,
                })
                .collect(),
            issued_at: DateTime::UNIX_EPOCH,
            key: None,
        };
        Chunk {
            claim: Some(claim),
            ..Chunk::new(ResendId::new("r").unwrap(), 0, 3)
        }
    }

    #[test]
    fn a_claim_without_a_result_waits_and_then_is_in_doubt_never_pending_again() {
        use RecipientState::{Pending, Sending, Sent, Unknown};
        let next = |send: &[u16], states: &[RecipientState], seconds| {
            chunk(send).next_step(&recipients(states), OnDoubt::Hold, at(seconds))
        };
        let some_left = [Sent, Pending, Pending];
        assert_eq!(
            next(&[0, 1], &some_left, 59),
            ChunkStep::WaitForClaim(at(60))
        );
        assert_eq!(
            next(&[0, 1], &some_left, 60),
            ChunkStep::MarkUnknown(vec![1])
        );
        assert_eq!(
            next(&[0, 1], &[Sent, Unknown, Pending], 60),
            ChunkStep::Send(vec![2])
        );
        assert_eq!(next(&[0], &some_left, 1), ChunkStep::Send(vec![1, 2]));
        assert_eq!(next(&[0, 1], &[Sent, Unknown, Sent], 60), ChunkStep::Finish);
        assert_eq!(
            next(&[0, 1], &[Sent, Sending, Sent], 60),
            ChunkStep::MarkUnknown(vec![1]),
            "of a second attempt, too"
        );
    }

    #[test]
    fn doubt_waits_a_quarter_of_an_hour_for_an_event_and_then_there_is_another_attempt() {
        use RecipientState::{Pending, Sent, Unknown};
        let mut doubted = recipients(&[Sent, Unknown, Unknown]);
        (doubted[1].claimed_at, doubted[2].claimed_at) = (Some(at(10)), Some(at(20)));
        let next = |doubted: &[Recipient], on_doubt, seconds| {
            chunk(&[0]).next_step(doubted, on_doubt, at(seconds))
        };
        assert_eq!(
            next(&doubted, OnDoubt::Resend, 100),
            ChunkStep::AwaitEvents(at(910))
        );
        assert_eq!(
            next(&doubted, OnDoubt::Resend, 910),
            ChunkStep::Reattempt(vec![1])
        );
        assert_eq!(
            next(&doubted, OnDoubt::Resend, 920),
            ChunkStep::Reattempt(vec![1, 2])
        );
        assert_eq!(
            next(&doubted, OnDoubt::Hold, 920),
            ChunkStep::Finish,
            "an operator decides"
        );
        doubted[1].reason = Some(crate::OutcomeReason::Skipped(
            crate::ExclusionReason::Suppressed,
        ));
        doubted[2].attempt = MAX_ATTEMPTS;
        assert_eq!(next(&doubted, OnDoubt::Resend, 920), ChunkStep::Finish);
        doubted[0].state = Pending;
        let chunk = chunk(&[]);
        assert_eq!(
            chunk.next_step(&doubted, OnDoubt::Resend, at(920)),
            ChunkStep::Send(vec![0]),
            "who got none comes first"
        );
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }
}
