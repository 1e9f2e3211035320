//! The chunks of resends: the turn, the claimed wave and the counts of each.
//!
//! A write returns `None` if its condition did not hold: another worker has taken or counted the
//! chunk, or an event has changed a recipient.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use chrono::{DateTime, Utc};
use reinvite_domain::{Chunk, Claim, Recipient, RecipientState, Resend, ResendId, Slot};

use crate::{
    Error,
    attribute::{number, value},
    condition::Condition,
    keys,
    recipients::reattempt_write,
    statements::StatementUpdate,
    table::Table,
    transaction::{Transaction, Unnamed},
    update::ItemUpdate,
};

/// The chunks of resends.
#[derive(Clone, Debug)]
pub struct Chunks(pub(crate) Table);

impl Chunks {
    /// Reads a chunk.
    pub async fn get(&self, resend: &ResendId, number: u32) -> Result<Option<Chunk>, Error> {
        self.0.get(&keys::chunk(resend, number)).await
    }

    /// Reads the chunks of a resend that have been written, by number.
    pub async fn all(&self, resend: &Resend) -> Result<Vec<Chunk>, Error> {
        let keys = (0..resend.chunks).map(|number| keys::chunk(&resend.id, number));
        let mut chunks: Vec<Chunk> = self.0.get_many(keys).await?;
        chunks.sort_by_key(|chunk| chunk.number);
        Ok(chunks)
    }

    /// Reads these chunks, as far as they exist, in no order.
    pub async fn get_many(&self, chunks: &[(&ResendId, u32)]) -> Result<Vec<Chunk>, Error> {
        let key = |(resend, number): &(&ResendId, u32)| keys::chunk(resend, *number);
        let keys: Vec<_> = chunks.iter().map(key).collect();
        self.0.get_many(keys).await
    }

    /// Writes of chunks that a message which has them counted was sent.
    pub async fn expect_recounts(
        &self,
        chunks: &[Chunk],
        recount_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let statement = |chunk: &Chunk| {
            let key = keys::chunk(&chunk.resend, chunk.number);
            let update = StatementUpdate::of(&key).set("recountAt", value(recount_at)?);
            self.0.update_statement(update)
        };
        self.0.execute(chunks, statement).await.map(|_| ())
    }

    /// Writes a new chunk; one that exists stays as it is.
    pub async fn insert(&self, chunk: &Chunk) -> Result<(), Error> {
        let key = keys::chunk(&chunk.resend, chunk.number);
        self.0.put_new(&key, chunk).await.map(|_| ())
    }

    /// Claims the next wave of first attempts; `None` if another worker has claimed a wave, or
    /// raised the turn, since the chunk was read.
    pub async fn claim(&self, chunk: &Chunk, claim: Claim) -> Result<Option<Chunk>, Error> {
        let claimed = with_claim(chunk, claim);
        let update = claim_update(chunk, &claimed)?;
        let written = self.0.update_once(update).await?;
        Ok(written.then_some(claimed))
    }

    /// Claims a wave of reattempts, in one transaction with each of its recipients, who must still
    /// be in doubt. `None` if another worker has the chunk, or if an event has settled one of the
    /// recipients.
    pub async fn claim_reattempt(
        &self,
        chunk: &Chunk,
        claim: Claim,
        recipients: &[Recipient],
    ) -> Result<Option<Chunk>, Error> {
        let claimed = with_claim(chunk, claim);

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(self.0.update_write(claim_update(chunk, &claimed)?)?);
        for recipient in recipients {
            transaction.add(reattempt_write(&self.0, &chunk.resend, recipient)?);
        }
        let committed = transaction.try_commit(&self.0.client).await?;
        Ok(committed.is_ok().then_some(claimed))
    }

    /// Replaces a claim by one with fewer positions; the others are free again. Only the worker
    /// that made the claim may call this, so the turn does not matter. `None` if another worker has
    /// claimed the next wave or finished the chunk.
    pub async fn release(&self, chunk: &Chunk, claim: Claim) -> Result<Option<Chunk>, Error> {
        let released = Chunk {
            claim: Some(claim),
            ..chunk.clone()
        };
        let update = ItemUpdate::of(keys::chunk(&chunk.resend, chunk.number))
            .set("claim", value(&released.claim)?)
            .only_if(same_wave(chunk));
        let written = self.0.update_once(update).await?;
        Ok(written.then_some(released))
    }

    /// Raises the turn, so that only a message sent after this call works on the chunk, and writes
    /// the slot (`None` gives it up) and whether the lane has advanced. The sweep expects that message at `due_at`. `None` if another worker has the
    /// chunk.
    pub async fn raise_turn(
        &self,
        chunk: &Chunk,
        slot: Option<Slot>,
        due_at: Option<DateTime<Utc>>,
    ) -> Result<Option<Chunk>, Error> {
        let next = Chunk {
            turn: chunk.turn + 1,
            slot,
            due_at,
            ..chunk.clone()
        };
        let update = ItemUpdate::of(keys::chunk(&chunk.resend, chunk.number))
            .set("turn", number(next.turn))
            .set("slot", value(next.slot)?)
            .set("laneAdvanced", AttributeValue::Bool(next.lane_advanced))
            .set("dueAt", value(next.due_at)?)
            .only_if(same_wave(chunk))
            .only_if(same_turn(chunk));
        let written = self.0.update_once(update).await?;
        Ok(written.then_some(next))
    }

    /// Writes counts of a chunk's recipients, and adds the difference to the counts of the resend;
    /// when the chunk becomes `done`, `chunksLeft` of the resend falls by 1. `None` if another
    /// caller has counted the chunk since it was read.
    pub async fn write_counts(
        &self,
        chunk: &Chunk,
        states: &BTreeMap<RecipientState, u32>,
        done: bool,
    ) -> Result<Option<Chunk>, Error> {
        let counted = Chunk {
            states: states.clone(),
            done,
            ..chunk.clone()
        };
        let own = ItemUpdate::of(keys::chunk(&chunk.resend, chunk.number))
            .set("states", value(states)?)
            .set("done", AttributeValue::Bool(done))
            .only_if(Condition::new(
                "#states = :counted AND #done = :was",
                [
                    (":counted", value(&chunk.states)?),
                    (":was", AttributeValue::Bool(chunk.done)),
                ],
            ));

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(self.0.update_write(own)?);
        transaction.add(resend_counts_write(&self.0, chunk, &counted)?);
        let committed = transaction.try_commit(&self.0.client).await?;
        Ok(committed.is_ok().then_some(counted))
    }
}

fn with_claim(chunk: &Chunk, claim: Claim) -> Chunk {
    Chunk {
        wave: chunk.wave + 1,
        claim: Some(claim),
        slot: None,
        ..chunk.clone()
    }
}

fn claim_update(read: &Chunk, claimed: &Chunk) -> Result<ItemUpdate, Error> {
    Ok(ItemUpdate::of(keys::chunk(&read.resend, read.number))
        .set("wave", number(claimed.wave))
        .set("claim", value(&claimed.claim)?)
        .set("slot", value(claimed.slot)?)
        .only_if(same_wave(read))
        .only_if(same_turn(read)))
}

/// No other worker has claimed a wave, or finished the chunk, since it was read.
fn same_wave(read: &Chunk) -> Condition {
    Condition::new(
        "#wave = :oldWave AND #done = :no",
        [
            (":oldWave", number(read.wave)),
            (":no", AttributeValue::Bool(false)),
        ],
    )
}

/// No other worker has raised the turn since the chunk was read.
fn same_turn(read: &Chunk) -> Condition {
    Condition::new("#turn = :oldTurn", [(":oldTurn", number(read.turn))])
}

/// Adds the difference between two counts of a chunk to its resend.
fn resend_counts_write(
    table: &Table,
    before: &Chunk,
    after: &Chunk,
) -> Result<TransactWriteItem, Error> {
    let finished = i32::from(after.done && !before.done);
    let mut update = ItemUpdate::of(keys::resend(&before.resend)).set_by(
        "#chunksLeft = #chunksLeft - :finished",
        [(":finished", number(finished))],
    );

    for state in RecipientState::ALL {
        let count = |chunk: &Chunk| {
            let count = chunk.states.get(state).copied().unwrap_or_default();
            i64::from(count)
        };
        let difference = count(after) - count(before);
        if difference != 0 {
            let name = state.name();
            let sum = format!("#counts.#states.#{name}");
            update = update.set_by(
                &format!("{sum} = if_not_exists({sum}, :none) + :{name}"),
                [
                    (":none", number(0)),
                    (&format!(":{name}"), number(difference)),
                ],
            );
        }
    }
    table.update_write(update)
}
