//! Users.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use reinvite_domain::{
    AuditEntry, EmailAddress, GroupTree, OrganisationId, ResendId, Role, User, UserId,
};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::{
    Error, Store, VersionedGroupTree,
    credentials::current_key,
    error::unbuilt,
    members::{entries, list_key},
    table::{Item, Key, item, number, text},
};

/// What an invitation writes on a user; every other attribute is a change's.
const OF_INVITATIONS: [&str; 3] = ["inviteCount", "lastInvitedAt", "lastInvitedBy"];

/// Every attribute a change may clear.
const OPTIONAL: [&str; 11] = [
    "displayName",
    "email",
    "groups",
    "firstLoginAt",
    "signedUpAt",
    "validFrom",
    "validUntil",
    "language",
    "timeZone",
    "roles",
    "subject",
];

/// Who an item of the table points at.
#[derive(Serialize, Deserialize)]
struct Pointer {
    user: UserId,
}

pub(crate) fn user_key(organisation: &OrganisationId, id: &UserId) -> Key {
    Key::new(format!("{organisation}#user#{id}"), "user")
}

fn subject_key(organisation: &OrganisationId, subject: &str) -> Key {
    Key::new(format!("{organisation}#subject#{subject}"), "subject")
}

fn owner_key(organisation: &OrganisationId, id: &str) -> Key {
    Key::new(format!("{organisation}#owners"), id)
}

/// Of an address, folded.
fn suppression_key(organisation: &OrganisationId, address: &str) -> Key {
    Key::new(format!("{organisation}#suppressed#{address}"), "suppressed")
}

/// An address that bounced or complained, folded.
#[derive(Serialize, Deserialize)]
struct Suppressed {
    address: String,
}

/// The version of who is an owner: raised by every change after which somebody is no owner any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnersVersion(u64);

/// Who is an owner, or the version of that, which stands before them: `#` sorts before every id.
#[derive(Deserialize)]
#[serde(untagged)]
enum OwnerEntry {
    Owner(Pointer),
    Version { version: u64 },
}

/// What a failed write of a transaction means.
#[derive(Clone, Copy)]
pub(crate) enum Guard {
    Version,
    LoginId,
    Subject,
    None,
}

impl Store {
    /// The user of that id.
    pub async fn user(
        &self,
        organisation: &OrganisationId,
        id: &UserId,
    ) -> Result<Option<User>, Error> {
        self.directory.get(&user_key(organisation, id)).await
    }

    /// Those of the users that there are.
    pub async fn users(
        &self,
        organisation: &OrganisationId,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, User>, Error> {
        let unique: HashSet<_> = ids.iter().collect();
        let users: Vec<User> = self
            .directory
            .get_many(unique.into_iter().map(|id| user_key(organisation, id)))
            .await?;
        Ok(users
            .into_iter()
            .map(|user| (user.id.clone(), user))
            .collect())
    }

    /// The user whose tokens have this `sub`.
    pub async fn user_by_subject(
        &self,
        organisation: &OrganisationId,
        subject: &str,
    ) -> Result<Option<UserId>, Error> {
        let pointer: Option<Pointer> = self
            .directory
            .get(&subject_key(organisation, subject))
            .await?;
        Ok(pointer.map(|pointer| pointer.user))
    }

    /// Writes a user that was read as `before`, or a new one. [`Error::Conflict`] where the user, or who is an owner, is not
    /// as it was read, [`Error::LoginIdTaken`] and [`Error::SubjectTaken`] where those are another's; then nothing is written.
    pub async fn put_user(
        &self,
        organisation: &OrganisationId,
        before: Option<&User>,
        after: &User,
        tree: &GroupTree,
        owners: Option<OwnersVersion>,
        audit: Option<&AuditEntry>,
    ) -> Result<(), Error> {
        let (mut writes, guards) = self.user_writes(
            organisation,
            before.map(|before| (before, tree)),
            after,
            tree,
        )?;
        if before.is_some_and(|before| before.ends_links(after)) {
            writes.push(self.end_links(organisation, &after.id)?);
        }
        if let Some(owners) = owners {
            writes.push(self.owners_write(organisation, owners)?);
        }
        if let Some(audit) = audit {
            writes.push(self.audit_write(organisation, audit)?);
        }
        self.write_user(writes, &guards).await
    }

    /// Deletes a user that was read so, with their credentials and what mails said of them; [`Error::Conflict`] where it is
    /// not as it was read.
    pub async fn delete_user(
        &self,
        organisation: &OrganisationId,
        user: &User,
        tree: &GroupTree,
        owners: Option<OwnersVersion>,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let delete = |key: &Key| {
            Delete::builder()
                .table_name(&self.directory.name)
                .set_key(Some(key.attributes()))
        };
        let itself = delete(&user_key(organisation, &user.id))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(user.version));
        let mut keys: Vec<_> = entries(organisation, user, tree).into_keys().collect();
        keys.extend(
            user.subject
                .as_ref()
                .map(|subject| subject_key(organisation, subject)),
        );
        keys.push(owner_key(organisation, user.id.as_str()));
        // Pending credentials end with the links, and expire.
        keys.push(current_key(organisation, &user.id));
        let mut writes = vec![
            TransactWriteItem::builder()
                .delete(itself.build().map_err(unbuilt)?)
                .build(),
        ];
        for key in &keys {
            writes.push(
                TransactWriteItem::builder()
                    .delete(delete(key).build().map_err(unbuilt)?)
                    .build(),
            );
        }
        writes.push(self.end_links(organisation, &user.id)?);
        if let Some(owners) = owners {
            writes.push(self.owners_write(organisation, owners)?);
        }
        writes.push(self.audit_write(organisation, audit)?);
        // First, for nobody would come back to what is left once the user is gone.
        self.erase_mails(organisation, &user.id).await?;
        self.write_user(writes, &[Guard::Version]).await?;
        self.skip_deleted(organisation, &user.id).await
    }

    async fn write_user(
        &self,
        writes: Vec<TransactWriteItem>,
        guards: &[Guard],
    ) -> Result<(), Error> {
        let Err(held) = self.directory.transact(writes).await? else {
            return Ok(());
        };
        let broken = guards
            .iter()
            .zip(held)
            .filter(|(_, failed)| *failed)
            .map(|(guard, _)| *guard);
        Err(
            broken.fold(Error::Conflict, |worst, guard| match (guard, worst) {
                // A user who changed meanwhile may have another login id and subject by now: that comes first.
                (Guard::LoginId, Error::Conflict) => Error::LoginIdTaken,
                (Guard::Subject, Error::Conflict) => Error::SubjectTaken,
                (_, worst) => worst,
            }),
        )
    }

    /// The writes of one transaction that make `after` of `before`.
    pub(crate) fn user_writes(
        &self,
        organisation: &OrganisationId,
        before: Option<(&User, &GroupTree)>,
        after: &User,
        tree: &GroupTree,
    ) -> Result<(Vec<TransactWriteItem>, Vec<Guard>), Error> {
        let mut writes =
            vec![self.user_write(organisation, before.map(|(user, _)| user), after)?];
        let mut guards = vec![Guard::Version];
        let mut put = |item: Item, guard| -> Result<(), Error> {
            let put = Put::builder()
                .table_name(&self.directory.name)
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(pk) OR #user = :user")
                .expression_attribute_names("#user", "user")
                .expression_attribute_values(":user", text(after.id.as_str()));
            writes.push(
                TransactWriteItem::builder()
                    .put(put.build().map_err(unbuilt)?)
                    .build(),
            );
            guards.push(guard);
            Ok(())
        };
        let old = before
            .map(|(user, tree)| entries(organisation, user, tree))
            .unwrap_or_default();
        let new = entries(organisation, after, tree);
        let list = list_key(organisation, None);
        for (key, entry) in new
            .iter()
            .filter(|(key, entry)| old.get(key) != Some(entry))
        {
            let guard = if key.pk == list {
                Guard::LoginId
            } else {
                Guard::None
            };
            put(item(key, entry)?, guard)?;
        }
        let old_subject = before.and_then(|(user, _)| user.subject.as_ref());
        if let Some(subject) = after
            .subject
            .as_ref()
            .filter(|subject| old_subject != Some(*subject))
        {
            let key = subject_key(organisation, subject);
            put(
                item(
                    &key,
                    &Pointer {
                        user: after.id.clone(),
                    },
                )?,
                Guard::Subject,
            )?;
        }
        let mut gone: Vec<_> = old
            .into_keys()
            .filter(|key| !new.contains_key(key))
            .collect();
        gone.extend(
            old_subject
                .filter(|old| after.subject.as_ref() != Some(old))
                .map(|old| subject_key(organisation, old)),
        );
        let was_owner = before.is_some_and(|(user, _)| user.roles.contains(&Role::Owner));
        let is_owner = after.roles.contains(&Role::Owner);
        if is_owner && !was_owner {
            let key = owner_key(organisation, after.id.as_str());
            put(
                item(
                    &key,
                    &Pointer {
                        user: after.id.clone(),
                    },
                )?,
                Guard::None,
            )?;
        } else if was_owner && !is_owner {
            gone.push(owner_key(organisation, after.id.as_str()));
        }
        for key in gone {
            let delete = Delete::builder()
                .table_name(&self.directory.name)
                .set_key(Some(key.attributes()));
            writes.push(
                TransactWriteItem::builder()
                    .delete(delete.build().map_err(unbuilt)?)
                    .build(),
            );
            guards.push(Guard::None);
        }
        Ok((writes, guards))
    }

    /// The write of the user's own item: what invitations wrote stays as it is.
    fn user_write(
        &self,
        organisation: &OrganisationId,
        before: Option<&User>,
        after: &User,
    ) -> Result<TransactWriteItem, Error> {
        let key = user_key(organisation, &after.id);
        let Some(before) = before else {
            return Ok(TransactWriteItem::builder()
                .put(self.directory.new_item(&key, after)?)
                .build());
        };
        let mut attributes: Item = serde_dynamo::aws_sdk_dynamodb_1::to_item(after)?;
        attributes.retain(|name, _| !OF_INVITATIONS.contains(&name.as_str()));
        attributes.insert("version".into(), number(before.version + 1));
        let cleared = OPTIONAL
            .iter()
            .enumerate()
            .filter(|(_, name)| !attributes.contains_key(**name));
        let mut update = Update::builder()
            .table_name(&self.directory.name)
            .set_key(Some(key.attributes()));
        let mut expression = String::from("SET");
        let mut remove = String::new();
        for (index, name) in cleared {
            remove += if remove.is_empty() { " REMOVE " } else { ", " };
            remove += &format!("#r{index}");
            update = update.expression_attribute_names(format!("#r{index}"), *name);
        }
        for (index, (name, value)) in attributes.into_iter().enumerate() {
            expression += &format!(
                "{} #s{index} = :s{index}",
                if index == 0 { "" } else { "," }
            );
            update = update.expression_attribute_names(format!("#s{index}"), name);
            update = update.expression_attribute_values(format!(":s{index}"), value);
        }
        let update = update
            .update_expression(expression + &remove)
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(before.version))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Everybody who is an owner: by a role of their own, or of a group they are a direct member of; and the version of
    /// that.
    pub async fn owners(
        &self,
        organisation: &OrganisationId,
        tree: &VersionedGroupTree,
    ) -> Result<(Vec<User>, OwnersVersion), Error> {
        let mut version = OwnersVersion(0);
        let mut ids = Vec::new();
        for entry in self
            .directory
            .query_all(&owner_key(organisation, "").pk, None)
            .await?
        {
            match entry {
                OwnerEntry::Owner(Pointer { user }) => ids.push(user),
                OwnerEntry::Version { version: read } => version = OwnersVersion(read),
            }
        }
        for group in tree
            .groups
            .iter()
            .filter(|group| group.roles.contains(&Role::Owner))
        {
            let entries: Vec<Pointer> = self
                .directory
                .query_all(&list_key(organisation, Some(&group.id)), None)
                .await?;
            ids.extend(entries.into_iter().map(|entry| entry.user));
        }
        let users = self.users(organisation, &ids).await?.into_values();
        let owners = users
            .filter(|user| {
                reinvite_domain::granted_roles(user, &tree.groups).contains(&Role::Owner)
            })
            .collect();
        Ok((owners, version))
    }

    /// The write that goes with every change after which somebody is no owner any more: of two such changes at once, one
    /// is decided again.
    pub(crate) fn owners_write(
        &self,
        organisation: &OrganisationId,
        OwnersVersion(read): OwnersVersion,
    ) -> Result<TransactWriteItem, Error> {
        let update = Update::builder()
            .table_name(&self.directory.name)
            .set_key(Some(owner_key(organisation, "#").attributes()))
            .update_expression("SET version = :next")
            .condition_expression(
                "version = :read OR (:read = :new AND attribute_not_exists(version))",
            )
            .expression_attribute_values(":read", number(read))
            .expression_attribute_values(":next", number(read + 1))
            .expression_attribute_values(":new", number(0))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Those of the addresses, folded, that are suppressed: they bounced or complained.
    pub async fn suppressed<'a>(
        &self,
        organisation: &OrganisationId,
        addresses: impl IntoIterator<Item = &'a EmailAddress>,
    ) -> Result<HashSet<String>, Error> {
        let folded = addresses.into_iter().map(EmailAddress::folded);
        let keys: HashSet<_> = folded
            .map(|address| suppression_key(organisation, &address))
            .collect();
        let found: Vec<Suppressed> = self.directory.get_many(keys).await?;
        Ok(found
            .into_iter()
            .map(|suppressed| suppressed.address)
            .collect())
    }

    /// Suppresses an address of an organisation.
    pub async fn suppress(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
    ) -> Result<(), Error> {
        let suppressed = Suppressed {
            address: address.folded(),
        };
        self.directory
            .put_new(
                &suppression_key(organisation, &suppressed.address),
                &suppressed,
            )
            .await
            .map(|_| ())
    }

    /// Users and which of their addresses, folded, are suppressed, in one BatchGetItem for each 100 of both: `listed` are
    /// ids with the address that a list has for them. An address that the list does not know yet is asked for besides.
    pub async fn users_with_suppressed(
        &self,
        organisation: &OrganisationId,
        listed: &[(UserId, Option<String>)],
    ) -> Result<(HashMap<UserId, User>, HashSet<String>), Error> {
        let mut keys: HashSet<_> = listed
            .iter()
            .map(|(id, _)| user_key(organisation, id))
            .collect();
        let addresses = listed.iter().filter_map(|(_, address)| address.as_deref());
        keys.extend(addresses.map(|address| suppression_key(organisation, address)));
        let (mut users, mut suppressed) = (HashMap::new(), HashSet::new());
        for item in self.directory.get_items(keys).await? {
            if item.contains_key("loginId") {
                let user: User = from_item(item)?;
                users.insert(user.id.clone(), user);
            } else {
                suppressed.insert(from_item::<Suppressed>(item)?.address);
            }
        }
        let asked: HashSet<_> = listed
            .iter()
            .filter_map(|(_, address)| address.as_deref())
            .collect();
        let others = users.values().filter_map(|user| user.email.as_ref());
        let others: Vec<_> = others
            .filter(|email| !asked.contains(&*email.folded()))
            .collect();
        suppressed.extend(self.suppressed(organisation, others).await?);
        Ok((users, suppressed))
    }

    /// Takes an address off an organisation's list; it may not be on it.
    pub async fn unsuppress(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let delete = Delete::builder()
            .table_name(&self.directory.name)
            .set_key(Some(
                suppression_key(organisation, &address.folded()).attributes(),
            ))
            .build()
            .map_err(unbuilt)?;
        let writes = vec![
            TransactWriteItem::builder().delete(delete).build(),
            self.audit_write(organisation, audit)?,
        ];
        self.directory
            .transact(writes)
            .await?
            .map_err(|_| Error::Conflict)
    }

    /// Stamps users with an invitation, each on condition that nobody stamped them since they were read; says of each
    /// whether it was stamped. Who this resend stamped before stays as it is.
    pub async fn stamp(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        users: &[&User],
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Vec<bool>, Error> {
        let ours = |user: &User| user.last_invited_by.as_ref() == Some(resend);
        let statements = users.iter().filter(|user| !ours(user)).map(|user| {
            let set = vec![
                ("inviteCount", number(user.invite_count + 1)),
                (
                    "lastInvitedAt",
                    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(now)?,
                ),
                ("lastInvitedBy", text(resend.as_str())),
            ];
            let only_if = vec![("inviteCount", number(user.invite_count))];
            self.directory
                .update(&user_key(organisation, &user.id), set, &[], only_if)
        });
        let mut stamped = self
            .directory
            .execute(statements.collect::<Result<_, _>>()?)
            .await?
            .into_iter();
        Ok(users
            .iter()
            .map(|user| ours(user) || stamped.next().unwrap_or(false))
            .collect())
    }
}
