//! Passwords of users: the current credential, and pending ones beside it.

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{
    AuditAction, AuditEntry, AuditId, Invitation, OrganisationId, ResendId, UsedLink, User, UserId,
    credential::{CurrentCredential, PendingCredential, StoredCredentials},
};
use serde::Serialize;

use crate::{
    Error,
    audit_trail::entry_write,
    batch_writes,
    condition::Condition,
    keys,
    links::{StoredLinks, spend_link_write},
    table::{Tables, decode, sort_key},
    transaction::{Transaction, Unnamed},
};

/// Credentials of users.
#[derive(Clone, Debug)]
pub struct Credentials(pub(crate) Tables);

/// A pending credential as it is stored.
#[derive(Serialize)]
struct StoredPending<'a> {
    #[serde(flatten)]
    pending: &'a PendingCredential,
    /// Seconds since 1970; DynamoDB deletes the item then or some days later.
    expires: i64,
}

impl Credentials {
    /// Reads everything by which a login service verifies a password. One `Query`.
    pub async fn get(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Result<StoredCredentials, Error> {
        let partition = keys::credentials(organisation, user);
        let items = self.0.directory.query_items(&partition, "", None).await?;

        let mut stored = StoredCredentials::default();
        for item in items {
            match sort_key(&item) {
                keys::LINKS => stored.links = decode::<StoredLinks>(item)?.links,
                keys::CURRENT => stored.current = Some(decode(item)?),
                _ => stored.pending.push(decode(item)?),
            }
        }
        Ok(stored)
    }

    /// Writes temporary passwords beside the credentials that users have. A password replaces only
    /// one of the same resend.
    pub async fn put_pending(
        &self,
        organisation: &OrganisationId,
        pending: &[(UserId, PendingCredential)],
    ) -> Result<(), Error> {
        let writes = pending
            .iter()
            .map(|(user, pending)| {
                let key = keys::pending_credential(organisation, user, &pending.resend);
                let stored = StoredPending {
                    pending,
                    expires: pending.expires_at.timestamp(),
                };
                batch_writes::put(&key, &stored)
            })
            .collect::<Result<_, _>>()?;
        self.0.directory.write_all(writes).await
    }

    /// Takes back the temporary passwords of a resend.
    pub async fn remove_pending(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        users: &[UserId],
    ) -> Result<(), Error> {
        let deletes = users
            .iter()
            .map(|user| batch_writes::delete(&keys::pending_credential(organisation, user, resend)))
            .collect::<Result<_, _>>()?;
        self.0.directory.write_all(deletes).await
    }

    /// Sets a user's password by an invitation; all of the user's links end with it.
    ///
    /// The hash becomes the current credential; without one, a user pool has the password already.
    /// [`Error::Changed`] if the link is no longer good, or if the user has changed since they were
    /// read.
    pub async fn accept(
        &self,
        invitation: &Invitation,
        user: &User,
        current: Option<&CurrentCredential>,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;
        let organisation = &invitation.organisation;
        let used = UsedLink {
            generation: invitation.generation,
            issued_by: invitation.issued_by.clone(),
            at: Some(audit.at),
        };

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(spend_link_write(directory, organisation, user, &used)?);
        transaction.add(self.unchanged_check(organisation, user)?);
        transaction.add(entry_write(resends, organisation, audit)?);
        if let Some(current) = current {
            transaction.add(self.current_write(organisation, &user.id, current)?);
        }
        transaction.commit(&directory.client).await
    }

    /// Sets a user's password by a temporary password, for a login service, which has checked that
    /// the user may log in and that the password may be set.
    ///
    /// [`Error::Changed`] as for [`Credentials::accept`]. `audit_id` names the audit entry.
    pub async fn replace_pending(
        &self,
        organisation: &OrganisationId,
        user: &User,
        pending: &PendingCredential,
        current: &CurrentCredential,
        audit_id: AuditId,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;
        let issued_by = pending.resend.to_string();
        let used = UsedLink {
            generation: pending.generation,
            issued_by: issued_by.clone(),
            at: Some(current.set_at),
        };
        let audit = AuditEntry {
            id: audit_id,
            at: current.set_at,
            operator: user.id.clone(),
            action: AuditAction::PasswordSet {
                user_id: user.id.clone(),
                issued_by,
            },
        };
        let pending = keys::pending_credential(organisation, &user.id, &pending.resend);

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(spend_link_write(directory, organisation, user, &used)?);
        transaction.add(self.unchanged_check(organisation, user)?);
        transaction.add(directory.delete_write(&pending, Some(Condition::exists()))?);
        transaction.add(self.current_write(organisation, &user.id, current)?);
        transaction.add(entry_write(resends, organisation, &audit)?);
        transaction.commit(&directory.client).await
    }

    fn unchanged_check(
        &self,
        organisation: &OrganisationId,
        user: &User,
    ) -> Result<TransactWriteItem, Error> {
        let key = keys::user(organisation, &user.id);
        self.0
            .directory
            .check_write(&key, Condition::version(user.version))
    }

    fn current_write(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        current: &CurrentCredential,
    ) -> Result<TransactWriteItem, Error> {
        let key = keys::current_credential(organisation, user);
        self.0.directory.replace_write(&key, current)
    }
}
