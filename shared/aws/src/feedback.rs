//! What follows for recipients from what SES tells of their mails.

use reinvite_domain::{Recipient, ResendId};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    Error, Store,
    recipients::{recipient_key, resend_state},
    table::{number, text},
};

impl Store {
    /// Writes what recipients are after events, each on condition that it is still in the state and attempt it was read in;
    /// says of each whether it was.
    pub async fn record_events(
        &self,
        resend: &ResendId,
        changes: &[(&Recipient, Recipient)],
    ) -> Result<Vec<bool>, Error> {
        let statement = |(read, after): &(&Recipient, Recipient)| {
            let mut set = vec![
                ("state", to_attribute_value(after.state)?),
                ("attempt", number(after.attempt)),
            ];
            let mut remove = Vec::new();
            if after.state.is_indexed() {
                set.push(("resendState", text(resend_state(resend, after.state))));
            } else if read.state.is_indexed() {
                remove.push("resendState");
            }
            match &after.reason {
                Some(reason) => set.push(("reason", to_attribute_value(reason)?)),
                None if read.reason.is_some() => remove.push("reason"),
                None => {}
            }
            set.extend(
                after
                    .sent_at
                    .map(to_attribute_value)
                    .transpose()?
                    .map(|at| ("sentAt", at)),
            );
            set.extend(after.message_id.as_ref().map(|id| ("messageId", text(id))));
            let only_if = vec![
                ("state", to_attribute_value(read.state)?),
                ("attempt", number(read.attempt)),
            ];
            self.resends.update(
                &recipient_key(resend, read.chunk, read.position),
                set,
                &remove,
                only_if,
            )
        };
        self.resends
            .execute(changes.iter().map(statement).collect::<Result<_, _>>()?)
            .await
    }
}
