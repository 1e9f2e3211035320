//! A chunk: some recipients of a resend that are worked through in waves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{OnDoubt, Recipient, RecipientState, ResendId};

/// Recipients to a chunk.
pub const RECIPIENTS_PER_CHUNK: usize = 250;

/// The most users a chunk's list passes over before it ends, so that the list stays far below DynamoDB's 400 KB.
pub const MAX_EXCLUDED_PER_LIST: usize = 1_000;

/// A claim this old is nobody's any more: a mail goes out within 10 s of its claim and is waited for 20 s.
pub const CLAIM_LIFE: TimeDelta = TimeDelta::seconds(60);

/// Doubt that no event has settled this long after the claim is settled by another attempt (`onDoubt: resend`).
pub const REATTEMPT_AFTER: TimeDelta = TimeDelta::minutes(15);

/// A mail that was in doubt this often is left to an operator.
pub const MAX_ATTEMPTS: u32 = 5;

/// A mail that has not gone this long after its claim does not go.
pub const SEND_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// A chunk. Stays under 1 KB as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// The resend.
    pub resend: ResendId,
    /// Its number, from 0.
    pub number: u32,
    /// Recipients.
    pub size: u16,
    /// Which message works on it; one of an older turn is dropped.
    pub turn: u32,
    /// Waves claimed so far.
    pub wave: u32,
    /// The last wave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// A slot reserved for the next wave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
    /// Whether the next chunk of the lane was told to begin: this one waits for doubt to be settled, and nothing else.
    #[serde(default)]
    pub lane_advanced: bool,
    /// When the message that was sent last is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    /// Whether every recipient has an outcome.
    pub done: bool,
    /// Recipients by state when last counted.
    pub states: BTreeMap<RecipientState, u32>,
}

/// A slot in the pace of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// When it is.
    pub at: DateTime<Utc>,
    /// How many mails may go then.
    pub mails: u16,
}

/// A wave that was claimed: only who wrote it may send it and write of its recipients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// When.
    pub at: DateTime<Utc>,
    /// The positions it sends.
    pub send: Vec<u16>,
    /// The positions it skips.
    pub skip: Vec<u16>,
    /// What the mails depend on that are sent, in their order.
    #[serde(default)]
    pub inputs: Vec<MailInputs>,
    /// When they were made: their links and temporary passwords are good from then on.
    pub issued_at: DateTime<Utc>,
    /// The key of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What a mail depends on that would come out otherwise later. Written as `3`, `3.1`, or `3.1k`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailInputs {
    /// It is the user's n-th invitation.
    pub invitation: u32,
    /// The generation of its link or temporary password; of a mail without one, the generation that earlier ones end
    /// before.
    pub generation: Option<u32>,
    /// Whether the password is keeps_password although the recipient was to have another.
    pub keeps_password: bool,
}

impl fmt::Display for MailInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.invitation)?;
        if let Some(generation) = self.generation {
            write!(f, ".{generation}")?;
        }
        f.write_str(if self.keeps_password { "k" } else { "" })
    }
}

impl FromStr for MailInputs {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (numbers, keeps_password) = text
            .strip_suffix('k')
            .map_or((text, false), |numbers| (numbers, true));
        let (invitation, generation) = match numbers.split_once('.') {
            Some((invitation, generation)) => (invitation, Some(generation.parse()?)),
            None => (numbers, None),
        };
        Ok(Self {
            invitation: invitation.parse()?,
            generation,
            keeps_password,
        })
    }
}

impl TryFrom<String> for MailInputs {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MailInputs> for String {
    fn from(made: MailInputs) -> Self {
        made.to_string()
    }
}

impl Claim {
    /// What the mail of a position depends on, where it is one that is sent.
    #[must_use]
    pub fn inputs_of(&self, position: u16) -> Option<MailInputs> {
        self.send
            .iter()
            .position(|sent| *sent == position)
            .and_then(|index| self.inputs.get(index).copied())
    }

    /// The same claim without those positions: they are free again.
    #[must_use]
    pub fn without(&self, free: &[u16]) -> Self {
        let kept = |index: &usize| {
            self.send
                .get(*index)
                .is_some_and(|position| !free.contains(position))
        };
        let (send, inputs) = (0..self.send.len())
            .filter(kept)
            .filter_map(|index| Some((*self.send.get(index)?, *self.inputs.get(index)?)))
            .unzip();
        Self {
            send,
            inputs,
            ..self.clone()
        }
    }
}

/// What is to be done about a chunk next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkStep {
    /// Nothing: every recipient has an outcome.
    Finish,
    /// Somebody may still be sending the last wave: come back at this instant.
    WaitForClaim(DateTime<Utc>),
    /// Nobody will say what became of these: they are `unknown`.
    MarkUnknown(Vec<u16>),
    /// Mails for these.
    Send(Vec<u16>),
    /// Another attempt for these: nothing settled in time what became of the last one.
    Reattempt(Vec<u16>),
    /// Nothing but doubt is left, and until this instant an event may settle it.
    AwaitEvents(DateTime<Utc>),
}

impl Chunk {
    /// A chunk nobody has worked on.
    #[must_use]
    pub const fn new(resend: ResendId, number: u32, size: u16) -> Self {
        Self {
            resend,
            number,
            size,
            turn: 0,
            wave: 0,
            claim: None,
            slot: None,
            lane_advanced: false,
            due_at: None,
            done: false,
            states: BTreeMap::new(),
        }
    }

    /// What is to be done next, judged by recipients that were read after the chunk. A position that was claimed and
    /// has no result is in doubt, never `pending` again: its mail may have gone.
    #[must_use]
    pub fn next_step(
        &self,
        recipients: &[Recipient],
        on_doubt: OnDoubt,
        now: DateTime<Utc>,
    ) -> ChunkStep {
        let open = |recipient: &&Recipient| recipient.state == RecipientState::Pending;
        let pending: Vec<u16> = recipients
            .iter()
            .filter(open)
            .map(|recipient| recipient.position)
            .collect();
        let unresolved = self.unresolved(recipients);
        if let Some(claim) = self.claim.as_ref().filter(|_| !unresolved.is_empty()) {
            let over = claim.at + CLAIM_LIFE;
            return if now < over {
                ChunkStep::WaitForClaim(over)
            } else {
                ChunkStep::MarkUnknown(unresolved)
            };
        }
        if !pending.is_empty() {
            return ChunkStep::Send(pending);
        }
        let due = |recipient: &Recipient| recipient.claimed_at.unwrap_or(now) + REATTEMPT_AFTER;
        let open =
            |recipient: &&Recipient| on_doubt == OnDoubt::Resend && recipient.allows_reattempt();
        let in_doubt: Vec<_> = recipients.iter().filter(open).collect();
        let again: Vec<u16> = in_doubt
            .iter()
            .filter(|recipient| due(recipient) <= now)
            .map(|recipient| recipient.position)
            .collect();
        match in_doubt.into_iter().map(due).min() {
            None => ChunkStep::Finish,
            Some(_) if !again.is_empty() => ChunkStep::Reattempt(again),
            Some(first) => ChunkStep::AwaitEvents(first),
        }
    }

    /// Those of a resend's chunks, given by number, that a message should be alive for: in each lane the first that is not
    /// done, and those behind one that waits for nothing but doubt to be settled.
    #[must_use]
    pub fn in_progress(chunks: Vec<Self>, lanes: u32) -> Vec<Self> {
        let mut closed = BTreeSet::new();
        let alive = |chunk: &Self| {
            let lane = chunk.number % lanes.max(1);
            !chunk.done && !closed.contains(&lane) && (chunk.lane_advanced || closed.insert(lane))
        };
        chunks.into_iter().filter(alive).collect()
    }

    /// The last that was heard of whoever works on it.
    #[must_use]
    pub fn last_activity(&self) -> Option<DateTime<Utc>> {
        self.due_at.max(self.claim.as_ref().map(|claim| claim.at))
    }

    /// The positions of the last wave that have no result.
    #[must_use]
    pub fn unresolved(&self, recipients: &[Recipient]) -> Vec<u16> {
        let claimed = |position| {
            self.claim
                .as_ref()
                .is_some_and(|claim| claim.send.contains(&position))
        };
        let open = |recipient: &&Recipient| {
            matches!(
                recipient.state,
                RecipientState::Pending | RecipientState::Sending
            ) && claimed(recipient.position)
        };
        recipients
            .iter()
            .filter(open)
            .map(|recipient| recipient.position)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PasswordChange, UserId};

    fn recipients(states: &[RecipientState]) -> Vec<Recipient> {
        let recipient = |(position, state): (u16, &RecipientState)| Recipient {
            user_id: UserId::new(format!("u{position}")).unwrap(),
            chunk: 0,
            position,
            state: *state,
            reason: None,
            password_change: PasswordChange::Keep,
            password_change_reason: None,
            had_logged_in: false,
            attempt: 0,
            claimed_at: None,
            ends_links_before: None,
            sent_at: None,
            message_id: None,
            mail: None,
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
    fn what_a_mail_depends_on_is_short_and_reads_as_it_was_written() {
        for (text, generation, keeps_password) in [
            ("3", None, false),
            ("3.1", Some(1), false),
            ("3k", None, true),
            ("3.12k", Some(12), true),
        ] {
            let made = MailInputs {
                invitation: 3,
                generation,
                keeps_password,
            };
            assert_eq!((made.to_string().as_str(), text.parse()), (text, Ok(made)));
        }
        assert!(
            "".parse::<MailInputs>().is_err()
                && "3.".parse::<MailInputs>().is_err()
                && "x".parse::<MailInputs>().is_err()
        );
        let claim = chunk(&[4, 5, 6]).claim.unwrap();
        assert_eq!(claim.without(&[5]).send, [4, 6]);
        assert_eq!(
            (
                claim.without(&[5]).inputs.len(),
                claim.inputs_of(5).is_some(),
                claim.inputs_of(7)
            ),
            (2, true, None)
        );
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

    #[test]
    fn a_lane_goes_on_behind_doubt_and_behind_nothing_else() {
        let of = |number, lane_advanced, done| Chunk {
            lane_advanced,
            done,
            ..Chunk::new(ResendId::new("r").unwrap(), number, 1)
        };
        let chunks = vec![
            of(0, true, false),
            of(1, false, true),
            of(2, false, false),
            of(3, false, false),
            of(4, false, false),
            of(5, false, false),
        ];
        let alive: Vec<_> = Chunk::in_progress(chunks, 2)
            .iter()
            .map(|chunk| chunk.number)
            .collect();
        assert_eq!(alive, [0, 2, 3]);
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }
}
