//! The chunks of a resend: whose turn it is, which wave was claimed, what is done.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use chrono::{DateTime, Utc};
use reinvite_domain::{Chunk, Claim, Counts, Recipient, RecipientState, Resend, ResendId, Slot};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    Error, Store,
    error::unbuilt,
    recipients::recipient_key,
    resends::resend_key,
    table::{Key, number},
};

/// How often a chunk is counted again that is counted by others at the same time.
const COUNTS: usize = 5;

pub(crate) fn chunk_partition(resend: &ResendId, number: u32) -> String {
    format!("{resend}#{number:05}")
}

fn key(resend: &ResendId, number: u32) -> Key {
    Key::new(chunk_partition(resend, number), "chunk")
}

impl Store {
    /// A chunk, as it is now.
    pub async fn chunk(&self, resend: &ResendId, number: u32) -> Result<Option<Chunk>, Error> {
        self.resends.get(&key(resend, number)).await
    }

    /// Those of a resend's chunks that there are, by number.
    pub async fn chunks(&self, resend: &Resend) -> Result<Vec<Chunk>, Error> {
        let mut chunks: Vec<Chunk> = self
            .resends
            .get_many((0..resend.chunks).map(|number| key(&resend.id, number)))
            .await?;
        chunks.sort_by_key(|chunk| chunk.number);
        Ok(chunks)
    }

    /// Writes a chunk nobody has worked on; one that there is stays as it is.
    pub async fn insert_chunk(&self, chunk: &Chunk) -> Result<(), Error> {
        self.resends
            .put_new(&key(&chunk.resend, chunk.number), chunk)
            .await
            .map(|_| ())
    }

    /// Claims the next wave: nobody else may have claimed one, or taken the turn, since the chunk was read.
    pub async fn claim(&self, chunk: &Chunk, claim: Claim) -> Result<Chunk, Error> {
        let claimed = Chunk {
            wave: chunk.wave + 1,
            claim: Some(claim),
            slot: None,
            ..chunk.clone()
        };
        let sets = [
            ("wave", number(claimed.wave)),
            ("claim", to_attribute_value(&claimed.claim)?),
            ("slot", to_attribute_value(claimed.slot)?),
        ];
        self.change(chunk, Some(chunk.turn), sets).await?;
        Ok(claimed)
    }

    /// Says of a claim which of its positions may still have been sent; the others are free again. Only who claimed them
    /// knows, so it does not matter who has the turn by now.
    pub async fn release(&self, chunk: &Chunk, claim: Claim) -> Result<Chunk, Error> {
        let sets = [("claim", to_attribute_value(Some(&claim))?)];
        self.change(chunk, None, sets).await?;
        Ok(Chunk {
            claim: Some(claim),
            ..chunk.clone()
        })
    }

    /// Claims a wave of further attempts: in one transaction with each of its recipients, who must still be in doubt.
    /// [`Error::Conflict`] where an event settled one of them meanwhile.
    pub async fn claim_again(
        &self,
        chunk: &Chunk,
        claim: Claim,
        recipients: &[Recipient],
    ) -> Result<Chunk, Error> {
        let claimed = Chunk {
            wave: chunk.wave + 1,
            claim: Some(claim),
            slot: None,
            ..chunk.clone()
        };
        let own = self
            .update(&key(&chunk.resend, chunk.number))
            .update_expression("SET wave = :wave, claim = :claim, slot = :slot")
            .condition_expression("turn = :turn AND wave = :oldWave AND done = :no")
            .expression_attribute_values(":turn", number(chunk.turn))
            .expression_attribute_values(":oldWave", number(chunk.wave))
            .expression_attribute_values(":wave", number(claimed.wave))
            .expression_attribute_values(":claim", to_attribute_value(&claimed.claim)?)
            .expression_attribute_values(":slot", to_attribute_value(claimed.slot)?)
            .expression_attribute_values(":no", AttributeValue::Bool(false));
        let mut writes = vec![
            TransactWriteItem::builder()
                .update(own.build().map_err(unbuilt)?)
                .build(),
        ];
        for recipient in recipients {
            let update = self
                .update(&recipient_key(
                    &chunk.resend,
                    chunk.number,
                    recipient.position,
                ))
                .update_expression("SET #state = :sending, attempt = :attempt REMOVE resendState")
                .condition_expression("#state = :unknown AND attempt = :before")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(
                    ":sending",
                    to_attribute_value(RecipientState::Sending)?,
                )
                .expression_attribute_values(
                    ":unknown",
                    to_attribute_value(RecipientState::Unknown)?,
                )
                .expression_attribute_values(":attempt", number(recipient.attempt + 1))
                .expression_attribute_values(":before", number(recipient.attempt));
            writes.push(
                TransactWriteItem::builder()
                    .update(update.build().map_err(unbuilt)?)
                    .build(),
            );
        }
        self.resends
            .transact(writes)
            .await?
            .map(|()| claimed)
            .map_err(|_| Error::Conflict)
    }

    /// Raises the turn, so that only a message sent after this one works on the chunk, and keeps a reserved slot. That
    /// message is due at `due_at`, or at once.
    pub async fn put_back(
        &self,
        chunk: &Chunk,
        slot: Option<Slot>,
        due_at: Option<DateTime<Utc>>,
    ) -> Result<Chunk, Error> {
        let next = Chunk {
            turn: chunk.turn + 1,
            slot,
            due_at,
            ..chunk.clone()
        };
        let sets = [
            ("turn", number(next.turn)),
            ("slot", to_attribute_value(next.slot)?),
            ("laneAdvanced", AttributeValue::Bool(next.lane_advanced)),
            ("dueAt", to_attribute_value(next.due_at)?),
        ];
        self.change(chunk, Some(chunk.turn), sets).await?;
        Ok(next)
    }

    /// Writes these attributes of a chunk that nobody claimed another wave of since it was read, nor, where a turn is named,
    /// took that.
    async fn change<const N: usize>(
        &self,
        read: &Chunk,
        turn: Option<u32>,
        sets: [(&str, AttributeValue); N],
    ) -> Result<(), Error> {
        let mut condition = String::from("wave = :oldWave AND done = :no");
        let mut call = self
            .resends
            .update_item(&key(&read.resend, read.number))
            .expression_attribute_values(":oldWave", number(read.wave))
            .expression_attribute_values(":no", AttributeValue::Bool(false));
        if let Some(turn) = turn {
            condition += " AND turn = :oldTurn";
            call = call.expression_attribute_values(":oldTurn", number(turn));
        }
        let mut expressions = Vec::new();
        for (name, value) in sets {
            expressions.push(format!("{name} = :{name}"));
            call = call.expression_attribute_values(format!(":{name}"), value);
        }
        let call = call.condition_expression(condition);
        let updated = self
            .resends
            .update_once(call, &format!("SET {}", expressions.join(", ")))
            .await?;
        updated.map(|_| ()).ok_or(Error::Conflict)
    }

    /// Writes what a recount of a chunk's recipients found, and adds the difference to the resend; a chunk that is `done`
    /// now and was not leaves the resend one less. Where it was counted meanwhile, for SES told something, its recipients
    /// are counted again. Where it says so already nothing is written. [`Error::Conflict`] where somebody else has it in hand.
    pub async fn count(
        &self,
        chunk: &Chunk,
        states: &BTreeMap<RecipientState, u32>,
        done: bool,
    ) -> Result<Chunk, Error> {
        let (mut chunk, mut states) = (chunk.clone(), states.clone());
        for _ in 0..COUNTS {
            if (&states, done) == (&chunk.states, chunk.done) {
                return Ok(chunk);
            }
            if let Some(counted) = self.count_as_read(&chunk, &states, done).await? {
                return Ok(counted);
            }
            let ours = |now: &Chunk| {
                (now.turn, now.wave, now.done) == (chunk.turn, chunk.wave, chunk.done)
            };
            let now = self
                .chunk(&chunk.resend, chunk.number)
                .await?
                .filter(ours)
                .ok_or(Error::Conflict)?;
            states = Counts::by_state(
                &self
                    .recipients_of_chunk(&chunk.resend, chunk.number)
                    .await?,
            );
            chunk.states = now.states;
        }
        Err(Error::Conflict)
    }

    /// The same, on condition that the chunk's counts are as they were read; `None` where they are not.
    async fn count_as_read(
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
        let own = self
            .update(&key(&chunk.resend, chunk.number))
            .update_expression("SET #states = :states, done = :done")
            .condition_expression("#states = :counted AND done = :was")
            .expression_attribute_names("#states", "states")
            .expression_attribute_values(":states", to_attribute_value(states)?)
            .expression_attribute_values(":counted", to_attribute_value(&chunk.states)?)
            .expression_attribute_values(":done", AttributeValue::Bool(done))
            .expression_attribute_values(":was", AttributeValue::Bool(chunk.done));
        let finished = number(i32::from(done && !chunk.done));
        let mut sum = self
            .update(&resend_key(&chunk.resend))
            .expression_attribute_values(":done", finished);
        let mut expression = String::from("SET chunksLeft = chunksLeft - :done");
        for state in RecipientState::ALL {
            let name = state.name();
            let of = |states: &BTreeMap<_, u32>| {
                i64::from(states.get(state).copied().unwrap_or_default())
            };
            let difference = of(states) - of(&chunk.states);
            if difference != 0 {
                let sums = format!("#counts.#states.#{name}");
                expression += &format!(", {sums} = if_not_exists({sums}, :none) + :{name}");
                sum = sum.expression_attribute_names(format!("#{name}"), name);
                sum = sum.expression_attribute_values(format!(":{name}"), number(difference));
                sum = sum.expression_attribute_values(":none", number(0));
                sum = sum
                    .expression_attribute_names("#counts", "counts")
                    .expression_attribute_names("#states", "states");
            }
        }
        let writes = [
            own.build().map_err(unbuilt)?,
            sum.update_expression(expression).build().map_err(unbuilt)?,
        ];
        let writes = writes.map(|update| TransactWriteItem::builder().update(update).build());
        Ok(self
            .resends
            .transact(writes.into())
            .await?
            .is_ok()
            .then_some(counted))
    }

    fn update(&self, key: &Key) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder()
            .table_name(&self.resends.name)
            .set_key(Some(key.attributes()))
    }
}
