//! What is kept of users' passwords: their links, the current credential, and pending ones beside it.
//!
//! One partition for each user, apart from the user, so that IAM can keep it from who need not see it, and so that what is
//! known of links outlives the user.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    BatchStatementRequest, ConditionCheck, Delete, DeleteRequest, Put, PutRequest,
    TransactWriteItem, Update, WriteRequest,
};
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    AuditAction, AuditEntry, AuditId, Invitation, LinkGenerations, OrganisationId, ResendId,
    UsedLink, User, UserId,
    credential::{CurrentCredential, PendingCredential, StoredCredentials},
};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_attribute_value};

use crate::{
    Error, Store,
    error::{failed, unbuilt},
    random::random,
    table::{Key, item, number, text},
    users::user_key,
};

/// How long one who sets a password elsewhere keeps others from using the same link.
const ACCEPTING: TimeDelta = TimeDelta::seconds(30);

/// Links as they are stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    user: UserId,
    #[serde(flatten)]
    links: LinkGenerations,
}

/// A pending credential as it is stored.
#[derive(Serialize)]
struct StoredPending<'a> {
    #[serde(flatten)]
    pending: &'a PendingCredential,
    /// Seconds since 1970, when DynamoDB may delete it.
    expires: i64,
}

fn key(organisation: &OrganisationId, user: &UserId, sk: &str) -> Key {
    Key::new(format!("{organisation}#credentials#{user}"), sk)
}

/// Of the credential a user has.
pub(crate) fn current_key(organisation: &OrganisationId, user: &UserId) -> Key {
    key(organisation, user, "current")
}

fn pending_key(organisation: &OrganisationId, user: &UserId, resend: &ResendId) -> Key {
    key(organisation, user, &format!("pending#{resend}"))
}

impl Store {
    /// What is known of these users' links.
    pub async fn links(
        &self,
        organisation: &OrganisationId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, LinkGenerations>, Error> {
        let keys = users.iter().map(|user| key(organisation, user, "links"));
        let found: Vec<Stored> = self.directory.get_many(keys).await?;
        Ok(found
            .into_iter()
            .map(|stored| (stored.user, stored.links))
            .collect())
    }

    /// Remembers links that are about to be made, each on condition that nothing changed since the first of each pair was
    /// read; says of each whether it did.
    pub async fn make_links(
        &self,
        organisation: &OrganisationId,
        made: &[(UserId, LinkGenerations, LinkGenerations)],
    ) -> Result<Vec<bool>, Error> {
        let statement = |(user, before, after): &(UserId, LinkGenerations, LinkGenerations)| -> Result<BatchStatementRequest, Error> {
            let key = key(organisation, user, "links");
            if *before == LinkGenerations::default() {
                return self.directory.insert(&key, &Stored { user: user.clone(), links: after.clone() });
            }
            let issued_by = after.issued_by.as_deref().unwrap_or_default();
            let set = vec![("next", number(after.next)), ("issuedBy", text(issued_by))];
            let only_if = vec![("generation", number(before.generation)), ("next", number(before.next))];
            self.directory.update(&key, set, &[], only_if)
        };
        self.directory
            .execute(made.iter().map(statement).collect::<Result<_, _>>()?)
            .await
    }

    /// Ends the links of users before a generation; those of whom they have ended already stay so.
    pub async fn end_links_before(
        &self,
        organisation: &OrganisationId,
        generations: &[(UserId, u32)],
    ) -> Result<(), Error> {
        let statement = |(user, generation): &(UserId, u32)| {
            self.directory
                .raise(&key(organisation, user, "links"), "generation", *generation)
        };
        self.directory
            .execute(
                generations
                    .iter()
                    .map(statement)
                    .collect::<Result<_, _>>()?,
            )
            .await
            .map(|_| ())
    }

    /// The write that ends every link and temporary password of a user, also of one who never had any, to be part of a
    /// transaction. What is written then is not [`LinkGenerations::default`], which stands for nothing written.
    pub(crate) fn end_links(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Result<TransactWriteItem, Error> {
        let next = "if_not_exists(#next, :none)";
        let update = Update::builder()
            .table_name(&self.directory.name)
            .set_key(Some(key(organisation, user, "links").attributes()))
            .update_expression(format!(
                "SET generation = {next}, #next = {next}, #user = :user"
            ))
            .expression_attribute_names("#next", "next")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":none", number(1))
            .expression_attribute_values(":user", text(user.as_str()))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Writes temporary passwords beside what users have; one of the same resend takes the place of its own alone.
    pub async fn put_pending(
        &self,
        organisation: &OrganisationId,
        pending: &[(UserId, PendingCredential)],
    ) -> Result<(), Error> {
        let put = |(user, pending): &(UserId, PendingCredential)| {
            let stored = StoredPending {
                pending,
                expires: pending.expires_at.timestamp(),
            };
            let put = PutRequest::builder().set_item(Some(item(
                &pending_key(organisation, user, &pending.resend),
                &stored,
            )?));
            let put = put.build().map_err(unbuilt)?;
            Ok::<_, Error>(WriteRequest::builder().put_request(put).build())
        };
        self.directory
            .write_all(pending.iter().map(put).collect::<Result<_, _>>()?)
            .await
    }

    /// Takes back the temporary passwords of a resend.
    pub async fn remove_pending(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        users: &[UserId],
    ) -> Result<(), Error> {
        let delete = |user: &UserId| {
            let key = pending_key(organisation, user, resend).attributes();
            let delete = DeleteRequest::builder()
                .set_key(Some(key))
                .build()
                .map_err(unbuilt)?;
            Ok::<_, Error>(WriteRequest::builder().delete_request(delete).build())
        };
        self.directory
            .write_all(users.iter().map(delete).collect::<Result<_, _>>()?)
            .await
    }

    /// Everything that is kept of a user's passwords: what a login service verifies by. One Query.
    pub async fn held(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Result<StoredCredentials, Error> {
        let mut held = StoredCredentials::default();
        for item in self
            .directory
            .query_items(&key(organisation, user, "").pk, None)
            .await?
        {
            match item
                .get("sk")
                .and_then(|sk| sk.as_s().ok())
                .map(String::as_str)
            {
                Some("links") => held.links = from_item::<Stored>(item)?.links,
                Some("current") => held.current = Some(from_item(item)?),
                _ => held.pending.push(from_item(item)?),
            }
        }
        Ok(held)
    }

    /// Sets the password of a user, read so, by an invitation: all of the user's links end with it. With a hash it becomes
    /// the current credential; without one, whoever keeps passwords has it already. [`Error::Conflict`] where the link is
    /// not good any more, or the user is not as they were read.
    pub async fn accept(
        &self,
        invitation: &Invitation,
        user: &User,
        current: Option<&CurrentCredential>,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let organisation = &invitation.organisation;
        let used = UsedLink {
            generation: invitation.generation,
            issued_by: invitation.issued_by.clone(),
        };
        let mut writes = vec![
            self.spend(organisation, &user.id, &used)?,
            self.unchanged(organisation, user)?,
            self.audit_write(organisation, audit)?,
        ];
        if let Some(current) = current {
            writes.push(self.current(organisation, &user.id, current)?);
        }
        self.directory
            .transact(writes)
            .await?
            .map_err(|_| Error::Conflict)
    }

    /// The same by a temporary password, for a login service. Whether the user may log in, and the password be set, the
    /// login service has asked.
    pub async fn change_pending(
        &self,
        organisation: &OrganisationId,
        user: &User,
        pending: &PendingCredential,
        current: &CurrentCredential,
    ) -> Result<(), Error> {
        let issued_by = pending.resend.to_string();
        let used = UsedLink {
            generation: pending.generation,
            issued_by: issued_by.clone(),
        };
        let action = AuditAction::PasswordSet {
            user_id: user.id.clone(),
            issued_by,
        };
        let id = AuditId::generate(current.set_at, random()?);
        let audit = AuditEntry {
            id,
            at: current.set_at,
            operator: user.id.clone(),
            action,
        };
        let forget = Delete::builder()
            .table_name(&self.directory.name)
            .set_key(Some(
                pending_key(organisation, &user.id, &pending.resend).attributes(),
            ))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(unbuilt)?;
        let writes = vec![
            self.spend(organisation, &user.id, &used)?,
            self.unchanged(organisation, user)?,
            TransactWriteItem::builder().delete(forget).build(),
            self.current(organisation, &user.id, current)?,
            self.audit_write(organisation, &audit)?,
        ];
        self.directory
            .transact(writes)
            .await?
            .map_err(|_| Error::Conflict)
    }

    /// That the user is as they were read.
    fn unchanged(
        &self,
        organisation: &OrganisationId,
        user: &User,
    ) -> Result<TransactWriteItem, Error> {
        let check = ConditionCheck::builder()
            .table_name(&self.directory.name)
            .set_key(Some(user_key(organisation, &user.id).attributes()))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(user.version))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    fn spend(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        used: &UsedLink,
    ) -> Result<TransactWriteItem, Error> {
        let update = Update::builder()
            .table_name(&self.directory.name)
            .set_key(Some(key(organisation, user, "links").attributes()))
            .update_expression("SET generation = #next, used = :used REMOVE acceptingUntil")
            .condition_expression("generation <= :generation AND #next > :generation")
            .expression_attribute_names("#next", "next")
            .expression_attribute_values(":generation", number(used.generation))
            .expression_attribute_values(":used", to_attribute_value(used)?)
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn current(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        current: &CurrentCredential,
    ) -> Result<TransactWriteItem, Error> {
        let put = Put::builder()
            .table_name(&self.directory.name)
            .set_item(Some(item(&current_key(organisation, user), current)?))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Keeps a link for one who sets the password elsewhere first, for half a minute; false where it is not good, or
    /// another does so now.
    pub async fn begin_accepting(
        &self,
        invitation: &Invitation,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let condition = "generation <= :generation AND #next > :generation \
            AND (attribute_not_exists(acceptingUntil) OR acceptingUntil <= :now)";
        let call = self
            .accepting(invitation)
            .condition_expression(condition)
            .expression_attribute_names("#next", "next")
            .expression_attribute_values(":generation", number(invitation.generation))
            .expression_attribute_values(":now", number(now.timestamp_millis()))
            .expression_attribute_values(":until", number((now + ACCEPTING).timestamp_millis()));
        Ok(self
            .directory
            .update_once(call, "SET acceptingUntil = :until")
            .await?
            .is_some())
    }

    /// Lets others use a link again that nothing was done with.
    pub async fn stop_accepting(&self, invitation: &Invitation) -> Result<(), Error> {
        let call = self
            .accepting(invitation)
            .update_expression("REMOVE acceptingUntil");
        call.send().await.map(|_| ()).map_err(failed("UpdateItem"))
    }

    fn accepting(
        &self,
        invitation: &Invitation,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        self.directory
            .update_item(&key(&invitation.organisation, &invitation.user, "links"))
    }
}
