//! Users.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use reinvite_domain::{
    AuditEntry, EmailAddress, GroupTree, OrganisationId, OutboxMail, Suppression, User, UserId,
};

use crate::{
    Error, ListedUser, OwnersVersion, UnfinishedLists, UserLists,
    attribute::{number, value},
    audit_trail::entry_write,
    condition::Condition,
    invitations::is_listed,
    keys,
    links::{end_links_write, forget_invitation_write, place_write},
    outbox::outbox_write,
    owners::{UserPointer, owners_write},
    table::{Tables, decode},
    transaction::{Transaction, Unnamed},
    update::ItemUpdate,
    user_lists::list_entries,
    user_writes::{UserChange, UserGuard, add_user_writes, guard_error},
};

/// Users of organisations.
#[derive(Clone, Debug)]
pub struct Users(pub(crate) Tables);

/// Some users, and the suppressed ones of their addresses, case folded.
#[derive(Debug, Default)]
pub struct UsersWithSuppressions {
    /// The users by id.
    pub users: HashMap<UserId, User>,
    /// Suppressed addresses.
    pub suppressed: HashSet<String>,
}

impl Users {
    /// Reads a user.
    pub async fn get(
        &self,
        organisation: &OrganisationId,
        id: &UserId,
    ) -> Result<Option<User>, Error> {
        self.0.directory.get(&keys::user(organisation, id)).await
    }

    /// Reads the users that exist.
    pub async fn get_many(
        &self,
        organisation: &OrganisationId,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, User>, Error> {
        let unique: HashSet<_> = ids.iter().collect();
        let keys = unique.into_iter().map(|id| keys::user(organisation, id));

        let users: Vec<User> = self.0.directory.get_many(keys).await?;
        Ok(users
            .into_iter()
            .map(|user| (user.id.clone(), user))
            .collect())
    }

    /// Reads users of a list and their suppressions, in one `BatchGetItem` for each 100 of both.
    ///
    /// An address that has changed since the list was read takes a second call.
    pub async fn get_listed(
        &self,
        organisation: &OrganisationId,
        listed: &[ListedUser],
    ) -> Result<UsersWithSuppressions, Error> {
        let listed_addresses: HashSet<_> = listed
            .iter()
            .filter_map(|user| user.address.as_deref())
            .collect();
        let mut wanted: HashSet<_> = listed
            .iter()
            .map(|user| keys::user(organisation, &user.id))
            .collect();
        wanted.extend(
            listed_addresses
                .iter()
                .map(|address| keys::suppression(organisation, address)),
        );

        let mut found = UsersWithSuppressions::default();
        for item in self.0.directory.get_items(wanted).await? {
            if item.contains_key("loginId") {
                let user: User = decode(item)?;
                found.users.insert(user.id.clone(), user);
            } else {
                let suppressed: Suppression = decode(item)?;
                found.suppressed.insert(suppressed.address);
            }
        }

        let changed: HashSet<_> = found
            .users
            .values()
            .filter_map(|user| user.email.as_ref())
            .map(EmailAddress::folded)
            .filter(|address| !listed_addresses.contains(&**address))
            .map(|address| keys::suppression(organisation, &address))
            .collect();
        let suppressed: Vec<Suppression> = self.0.directory.get_many(changed).await?;
        found
            .suppressed
            .extend(suppressed.into_iter().map(|suppressed| suppressed.address));
        Ok(found)
    }

    /// Reads the id of the user whose tokens have this `sub`.
    pub async fn id_of_subject(
        &self,
        organisation: &OrganisationId,
        subject: &str,
    ) -> Result<Option<UserId>, Error> {
        let key = keys::subject(organisation, subject);
        let pointer: Option<UserPointer> = self.0.directory.get(&key).await?;
        Ok(pointer.map(|pointer| pointer.user))
    }

    /// Writes a new user, or a user in place of the one that was read as `before`.
    ///
    /// [`Error::Changed`] if the user, or the set of owners, has changed since it was read;
    /// [`Error::LoginIdTaken`] and [`Error::SubjectTaken`] if those belong to another user. Nothing
    /// is written then.
    pub async fn put(
        &self,
        change: &UserChange<'_>,
        owners: Option<OwnersVersion>,
        audit: Option<&AuditEntry>,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;
        let (after, unfinished) = self.as_written(change).await?;
        let change = UserChange {
            after: &after,
            ..*change
        };

        let mut transaction = self.changing(&change, unfinished.as_ref()).await?;
        if let Some(version) = owners {
            transaction.add(owners_write(directory, change.organisation, version)?);
        }
        if let Some(audit) = audit {
            transaction.add(entry_write(resends, change.organisation, audit)?);
        }
        self.commit(transaction, &change, unfinished).await
    }

    /// Writes a user whose address was corrected, with the notice to the former address.
    ///
    /// [`Error::Changed`] if the user, or their notices, have changed since they were read.
    pub async fn put_corrected(
        &self,
        change: &UserChange<'_>,
        notice: Option<&OutboxMail>,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let resends = &self.0.resends;
        let (after, unfinished) = self.as_written(change).await?;
        let change = UserChange {
            after: &after,
            ..*change
        };

        let mut transaction = self.changing(&change, unfinished.as_ref()).await?;
        if let Some(notice) = notice {
            transaction.add(outbox_write(resends, notice)?);
        }
        transaction.add(entry_write(resends, change.organisation, audit)?);
        self.commit(transaction, &change, unfinished).await
    }

    /// The user as a change writes them, and the entries in lists that it leaves to do.
    async fn as_written(
        &self,
        change: &UserChange<'_>,
    ) -> Result<(User, Option<UnfinishedLists>), Error> {
        let unfinished = self.entries_left(change).await?;
        let created_at = match change.before {
            Some(before) => before.created_at,
            None => Some(change.now),
        };
        let after = User {
            created_at,
            relisting: unfinished.is_some(),
            has_attributes: change.leaves_attributes(),
            ..change.after.clone()
        };
        Ok((after, unfinished))
    }

    /// A transaction with the writes of every change.
    async fn changing(
        &self,
        change: &UserChange<'_>,
        unfinished: Option<&UnfinishedLists>,
    ) -> Result<Transaction<UserGuard>, Error> {
        let directory = &self.0.directory;
        let UserChange {
            organisation,
            before,
            after,
            ..
        } = change;

        let mut transaction = Transaction::new();
        add_user_writes(&mut transaction, directory, change)?;
        if let Some(work) = unfinished {
            transaction.add(directory.replace_write(&work.key(), work)?);
        }
        let place = self.other_place(change).await?;
        if before.is_some_and(|before| before.ends_links(after)) {
            transaction.add(end_links_write(directory, organisation, &after.id, place)?);
        } else if let Some(place) = place {
            transaction.add(place_write(directory, organisation, &after.id, place)?);
        }
        Ok(transaction)
    }

    /// The place of a user who gets another login id and is listed by an invitation.
    async fn other_place(&self, change: &UserChange<'_>) -> Result<Option<String>, Error> {
        let UserChange {
            organisation,
            before,
            after,
            ..
        } = change;
        let is_moved = before.is_some_and(|before| before.login_id != after.login_id);
        let is_moved = is_moved && is_listed(&self.0.directory, organisation, &after.id).await?;
        Ok(is_moved.then(|| keys::invitation_place(&after.login_id, &after.id)))
    }

    /// Commits a change, and writes the entries in lists that it leaves to do.
    async fn commit(
        &self,
        transaction: Transaction<UserGuard>,
        change: &UserChange<'_>,
        unfinished: Option<UnfinishedLists>,
    ) -> Result<(), Error> {
        let committed = transaction.try_commit(&self.0.directory.client).await?;
        committed.map_err(|refused| guard_error(&refused))?;

        match unfinished {
            Some(work) => self.finish_lists(&work, change).await,
            None => Ok(()),
        }
    }

    /// The entries in lists that a change leaves to do after its transaction; `None` if they all fit
    /// into it.
    async fn entries_left(
        &self,
        change: &UserChange<'_>,
    ) -> Result<Option<UnfinishedLists>, Error> {
        let was_left = change.before.is_some_and(|before| before.relisting);
        if !was_left && !change.exceeds_transaction() {
            return Ok(None);
        }

        let mut work = self
            .places_of(change.organisation, change.after, change.tree, change.now)
            .await?;
        if let Some(before) = change.before {
            work.places.add(before, change.tree);
        }
        Ok(Some(work))
    }

    /// The lists of a user, and those in which entries were left to do before.
    async fn places_of(
        &self,
        organisation: &OrganisationId,
        user: &User,
        tree: &GroupTree,
        now: DateTime<Utc>,
    ) -> Result<UnfinishedLists, Error> {
        let earlier = self.lists().unfinished_of(organisation, &user.id).await?;
        let mut places = earlier.map(|work| work.places).unwrap_or_default();
        places.add(user, tree);

        Ok(UnfinishedLists {
            organisation: organisation.clone(),
            user: user.id.clone(),
            places,
            since: now,
        })
    }

    async fn finish_lists(
        &self,
        work: &UnfinishedLists,
        change: &UserChange<'_>,
    ) -> Result<(), Error> {
        let version = change
            .before
            .map_or(change.after.version, |before| before.version + 1);
        let user = User {
            version,
            ..change.after.clone()
        };
        match self.lists().finish(work, &user, change.tree).await {
            // The change is written. A later one has taken over the entries.
            Err(Error::Changed) => Ok(()),
            finished => finished,
        }
    }

    fn lists(&self) -> UserLists {
        UserLists(self.0.directory.clone())
    }

    /// Deletes a user with their credentials and mails in the outbox; [`Error::Changed`] if the user, or the set of owners,
    /// has changed since it was read.
    ///
    /// Pending credentials stay until they expire: they end with the links.
    pub async fn delete(
        &self,
        organisation: &OrganisationId,
        user: &User,
        tree: &GroupTree,
        owners: Option<OwnersVersion>,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;
        let user = &self.leave_lists(organisation, user, tree, audit.at).await?;
        let mut orphans: Vec<_> = list_entries(organisation, user, tree).into_keys().collect();
        orphans.extend(
            user.subject
                .as_ref()
                .map(|subject| keys::subject(organisation, subject)),
        );
        orphans.extend(
            user.relisting
                .then(|| keys::unfinished_lists(organisation, &user.id)),
        );
        orphans.extend(
            user.has_attributes
                .then(|| keys::attributes(organisation, &user.id)),
        );
        orphans.push(keys::owner(organisation, &user.id));
        orphans.push(keys::current_credential(organisation, &user.id));

        let mut transaction = Transaction::<UserGuard>::new();
        let unchanged = Some(Condition::version(user.version));
        let key = keys::user(organisation, &user.id);
        transaction.add(directory.delete_write(&key, unchanged)?);
        for key in &orphans {
            transaction.add(directory.delete_write(key, None)?);
        }
        transaction.add(forget_invitation_write(directory, organisation, &user.id)?);
        for mail in [
            OutboxMail::notice_key(organisation, &user.id),
            OutboxMail::link_key(organisation, &user.id),
        ] {
            transaction.add(resends.delete_write(&keys::outbox_mail(&mail), None)?);
        }
        if let Some(version) = owners {
            transaction.add(owners_write(directory, organisation, version)?);
        }
        transaction.add(entry_write(resends, organisation, audit)?);
        transaction.commit(&directory.client).await
    }

    /// Takes a user out of the lists of groups ahead of the deletion, if that does not fit into its
    /// transaction. If the deletion is cut off, the sweep puts the user back.
    async fn leave_lists(
        &self,
        organisation: &OrganisationId,
        user: &User,
        tree: &GroupTree,
        now: DateTime<Utc>,
    ) -> Result<User, Error> {
        let deletion = UserChange {
            organisation,
            before: Some(user),
            after: &User {
                groups: Vec::new(),
                ..user.clone()
            },
            attributes: None,
            tree,
            now,
        };
        if !user.relisting && !deletion.exceeds_transaction() {
            return Ok(user.clone());
        }

        let directory = &self.0.directory;
        let work = self.places_of(organisation, user, tree, now).await?;
        let update = ItemUpdate::of(keys::user(organisation, &user.id))
            .set("relisting", value(true)?)
            .set("version", number(user.version + 1))
            .only_if(Condition::version(user.version));
        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.update_write(update)?);
        transaction.add(directory.replace_write(&work.key(), &work)?);
        transaction.commit(&directory.client).await?;

        let leaving = User {
            version: user.version + 1,
            relisting: true,
            ..deletion.after.clone()
        };
        self.lists()
            .write_entries(organisation, &leaving, tree, &work.places)
            .await?;
        Ok(leaving)
    }
}
