//! The writes of a changed user: the user's own item, and every item that finds the user.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{DateTime, Utc};
use reinvite_domain::{Attributes, GroupTree, OrganisationId, Role, User};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::{
    Error,
    attribute::number,
    condition::Condition,
    error::unwritable,
    keys::{self, Key},
    owners::UserPointer,
    table::{Item, Table, encode},
    transaction::{Refused, Transaction},
    update::ItemUpdate,
    user_attributes::attributes_write,
    user_lists::{group_entries, list_entries, own_entries, unless_of_another},
};

/// A user as they were read, if they exist, and as they are to be.
#[derive(Clone, Copy, Debug)]
pub struct UserChange<'a> {
    /// The organisation.
    pub organisation: &'a OrganisationId,
    /// The user as they were read; `None` for a new user.
    pub before: Option<&'a User>,
    /// The user as they are to be.
    pub after: &'a User,
    /// The attributes that the user is to have; `None` leaves them as they are.
    pub attributes: Option<&'a Attributes>,
    /// The groups of the organisation.
    pub tree: &'a GroupTree,
    /// The instant of the change.
    pub now: DateTime<Utc>,
}

/// Entries in lists of groups that a change writes in its transaction. DynamoDB takes 100 writes in one,
/// and up to fourteen concern the user, the attributes, the login id, the address, the subject, the links,
/// the owners, the audit trail and the entries that are left to do.
const MAX_GROUP_ENTRIES: usize = 85;

/// Conditions of a user's transaction that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserGuard {
    /// The user has the version that was read, or is new.
    Version,
    /// No other user has the login id.
    LoginId,
    /// No other user has the subject.
    Subject,
}

/// The error for a refused transaction. A user who has changed may have another login id and
/// subject by now, so a change comes first.
pub(crate) fn guard_error(refused: &Refused<UserGuard>) -> Error {
    if refused.by(UserGuard::Version) {
        Error::Changed
    } else if refused.by(UserGuard::LoginId) {
        Error::LoginIdTaken
    } else if refused.by(UserGuard::Subject) {
        Error::SubjectTaken
    } else {
        Error::Changed
    }
}

/// Attributes that invitations write. Every other attribute belongs to changes of the user.
const WRITTEN_BY_INVITATIONS: [&str; 3] = ["inviteCount", "lastInvitedAt", "lastInvitedBy"];

fn is_of_changes(attribute: &str) -> bool {
    !WRITTEN_BY_INVITATIONS.contains(&attribute)
}

/// Adds the writes of a changed user to a transaction.
pub(crate) fn add_user_writes(
    transaction: &mut Transaction<UserGuard>,
    directory: &Table,
    change: &UserChange<'_>,
) -> Result<(), Error> {
    transaction.guard(UserGuard::Version, user_write(directory, change)?);
    add_attributes_write(transaction, directory, change)?;

    let mut gone = HashSet::new();
    add_list_writes(transaction, directory, change, &mut gone)?;
    add_subject_writes(transaction, directory, change, &mut gone)?;
    add_owner_writes(transaction, directory, change, &mut gone)?;

    for key in gone {
        transaction.add(directory.delete_write(&key, None)?);
    }
    Ok(())
}

/// The write of the user's own item; it leaves the attributes of invitations as they are.
fn user_write(directory: &Table, change: &UserChange<'_>) -> Result<TransactWriteItem, Error> {
    let key = keys::user(change.organisation, &change.after.id);
    let Some(before) = change.before else {
        return directory.insert_write(&key, change.after);
    };

    let mut attributes: Item = to_item(change.after).map_err(unwritable)?;
    attributes.retain(|name, _| is_of_changes(name));
    attributes.insert("version".into(), number(before.version + 1));

    let mut update = ItemUpdate::of(key).only_if(Condition::version(before.version));
    let before: Item = to_item(before).map_err(unwritable)?;
    for name in before.keys() {
        if is_of_changes(name) && !attributes.contains_key(name) {
            update = update.remove(name);
        }
    }
    for (name, value) in attributes {
        update = update.set(&name, value);
    }
    directory.update_write(update)
}

fn add_attributes_write(
    transaction: &mut Transaction<UserGuard>,
    directory: &Table,
    change: &UserChange<'_>,
) -> Result<(), Error> {
    let Some(attributes) = change.attributes else {
        return Ok(());
    };

    let user = &change.after.id;
    let (organisation, had_any) = (change.organisation, change.had_attributes());
    let write = attributes_write(directory, organisation, user, had_any, attributes)?;
    if let Some(write) = write {
        transaction.add(write);
    }
    Ok(())
}

/// Entries in the lists of the organisation and of addresses, and in those of groups unless they are
/// written afterwards.
fn add_list_writes(
    transaction: &mut Transaction<UserGuard>,
    directory: &Table,
    change: &UserChange<'_>,
    gone: &mut HashSet<Key>,
) -> Result<(), Error> {
    let organisation = change.organisation;
    let entries = |user: &User| {
        if change.after.relisting {
            own_entries(organisation, user)
        } else {
            list_entries(organisation, user, change.tree)
        }
    };
    let old = change.before.map(entries).unwrap_or_default();
    let new = entries(change.after);
    let whole_organisation = keys::user_list(organisation, None);

    for (key, entry) in &new {
        if old.get(key) == Some(entry) {
            continue;
        }
        if key.pk == whole_organisation {
            let condition = unless_of_another(change.after);
            let write = directory.put_write(encode(key, entry)?, condition)?;
            transaction.guard(UserGuard::LoginId, write);
        } else {
            // Nobody else has the login id, so an entry of another user is out of date.
            transaction.add(directory.replace_write(key, entry)?);
        }
    }

    gone.extend(old.into_keys().filter(|key| !new.contains_key(key)));
    Ok(())
}

impl UserChange<'_> {
    /// Whether the user has attributes after the change.
    pub(crate) fn leaves_attributes(&self) -> bool {
        match self.attributes {
            Some(attributes) => !attributes.is_empty(),
            None => self.had_attributes(),
        }
    }

    fn had_attributes(&self) -> bool {
        self.before.is_some_and(|before| before.has_attributes)
    }

    /// Whether the change needs more entries in lists of groups than its transaction takes.
    pub(crate) fn exceeds_transaction(&self) -> bool {
        let entries = |user: &User| group_entries(self.organisation, user, self.tree);
        let old = self.before.map(entries).unwrap_or_default();
        let new = entries(self.after);

        let written = new
            .iter()
            .filter(|(key, entry)| old.get(key) != Some(entry));
        let gone = old.keys().filter(|key| !new.contains_key(key));
        written.count() + gone.count() > MAX_GROUP_ENTRIES
    }
}

fn add_subject_writes(
    transaction: &mut Transaction<UserGuard>,
    directory: &Table,
    change: &UserChange<'_>,
    gone: &mut HashSet<Key>,
) -> Result<(), Error> {
    let UserChange {
        organisation,
        before,
        after,
        ..
    } = change;
    let old = before.and_then(|before| before.subject.as_ref());
    let new = after.subject.as_ref();
    if old == new {
        return Ok(());
    }

    gone.extend(old.map(|subject| keys::subject(organisation, subject)));
    if let Some(subject) = new {
        let item = encode(&keys::subject(organisation, subject), &pointer_to(after))?;
        let write = directory.put_write(item, unless_of_another(after))?;
        transaction.guard(UserGuard::Subject, write);
    }
    Ok(())
}

fn add_owner_writes(
    transaction: &mut Transaction<UserGuard>,
    directory: &Table,
    change: &UserChange<'_>,
    gone: &mut HashSet<Key>,
) -> Result<(), Error> {
    let UserChange {
        organisation,
        before,
        after,
        ..
    } = change;
    let was_owner = before.is_some_and(|before| before.roles.contains(&Role::Owner));
    let is_owner = after.roles.contains(&Role::Owner);
    let key = keys::owner(organisation, &after.id);

    if is_owner && !was_owner {
        let item = encode(&key, &pointer_to(after))?;
        transaction.add(directory.put_write(item, unless_of_another(after))?);
    } else if was_owner && !is_owner {
        gone.insert(key);
    }
    Ok(())
}

fn pointer_to(user: &User) -> UserPointer {
    UserPointer {
        user: user.id.clone(),
    }
}
