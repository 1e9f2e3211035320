//! The outbox: mails that belong to no resend. An entry is written in the transaction of its cause.

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{DateTime, Utc};
use reinvite_domain::{OutboxKey, OutboxMail};
use serde::Deserialize;
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::{
    Error,
    attribute::{millis, seconds, text},
    condition::Condition,
    due_resends::due_items,
    error::unwritable,
    keys,
    table::{Item, Table},
    update::ItemUpdate,
};

/// The partition of the index `ByWake` for the outbox.
const WAKE_PARTITION: &str = "outbox";

/// Mails of all organisations that belong to no resend.
#[derive(Clone, Debug)]
pub struct Outbox(pub(crate) Table);

#[derive(Deserialize)]
struct DueMail {
    pk: String,
    sk: String,
}

impl Outbox {
    /// Reads a mail.
    pub async fn get(&self, key: &OutboxKey) -> Result<Option<OutboxMail>, Error> {
        self.0.get(&keys::outbox_mail(key)).await
    }

    /// Writes a mail in place of the version before; answers whether it did. It does not if the mail
    /// has changed meanwhile, or if a new one is there already.
    pub async fn write(&self, mail: &OutboxMail) -> Result<bool, Error> {
        self.0.update_once(mail_update(mail)?).await
    }

    /// Reads the keys of mails that the sweep has to look at by now, the longest overdue first.
    pub async fn due(&self, now: DateTime<Utc>) -> Result<Vec<OutboxKey>, Error> {
        let due: Vec<DueMail> = due_items(&self.0, WAKE_PARTITION, now).await?;
        let keys = due
            .into_iter()
            .filter_map(|mail| keys::outbox_key(&mail.pk, mail.sk));
        Ok(keys.collect())
    }

    /// Says when to look at a mail next, unless it has changed since it was read.
    pub async fn looked_at(&self, mail: &OutboxMail, next: DateTime<Utc>) -> Result<(), Error> {
        let update = ItemUpdate::of(keys::outbox_mail(&mail.key))
            .set("wakeAt", millis(next))
            .only_if(Condition::version(mail.version));
        self.0.update(update).await.map(|_| ())
    }
}

/// The write of a mail in place of the version before, to be part of a transaction.
pub(crate) fn outbox_write(table: &Table, mail: &OutboxMail) -> Result<TransactWriteItem, Error> {
    table.update_write(mail_update(mail)?)
}

fn mail_update(mail: &OutboxMail) -> Result<ItemUpdate, Error> {
    let before = u64::from(mail.version.saturating_sub(1));
    let mut update = ItemUpdate::of(keys::outbox_mail(&mail.key))
        .set_some("expires", mail.expires_at().map(seconds))
        .only_if(Condition::version_or_new(before));

    let attributes: Item = to_item(mail).map_err(unwritable)?;
    for (name, value) in attributes {
        update = update.set(&name, value);
    }
    if mail.slot.is_none() {
        update = update.remove("slot");
    }
    Ok(match mail.wake_at() {
        Some(at) => update
            .set("wake", text(WAKE_PARTITION))
            .set("wakeAt", millis(at)),
        None => update.remove("wake").remove("wakeAt"),
    })
}
