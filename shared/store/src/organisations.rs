//! Organisations with their settings.

use reinvite_domain::{AuditEntry, GroupTree, Organisation, OrganisationId, Settings, User};

use crate::{
    Error,
    attribute::{number, value},
    audit_trail::entry_write,
    condition::Condition,
    keys,
    table::Tables,
    transaction::{Transaction, Unnamed},
    update::ItemUpdate,
    user_writes::{UserChange, add_user_writes},
};

/// Organisations.
#[derive(Clone, Debug)]
pub struct Organisations(pub(crate) Tables);

impl Organisations {
    /// Reads an organisation.
    pub async fn get(&self, id: &OrganisationId) -> Result<Option<Organisation>, Error> {
        self.0.directory.get(&keys::organisation(id)).await
    }

    /// Replaces the settings of an organisation by their next version.
    ///
    /// [`Error::Changed`] if the settings have changed since they were read, or if the default
    /// template, which is checked unless it is built in, does not exist.
    pub async fn change_settings(
        &self,
        read: &Organisation,
        next: &Settings,
        template_is_stored: bool,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;
        let update = ItemUpdate::of(keys::organisation(&read.id))
            .set("settings", value(next)?)
            .only_if(Condition::new(
                "#settings.#version = :read",
                [(":read", number(read.settings.version))],
            ));

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.update_write(update)?);
        transaction.add(entry_write(resends, &read.id, audit)?);
        if template_is_stored {
            let template = keys::template(&read.id, &next.default_template_id);
            transaction.add(directory.check_write(&template, Condition::exists())?);
        }
        transaction.commit(&directory.client).await
    }

    /// Creates an organisation with its first owner; answers `false`, and changes nothing, if there
    /// is an organisation with its id.
    pub async fn create(
        &self,
        organisation: &Organisation,
        owner: &User,
        audit: &AuditEntry,
    ) -> Result<bool, Error> {
        let Tables { directory, resends } = &self.0;
        let first_user = UserChange {
            organisation: &organisation.id,
            before: None,
            after: owner,
            attributes: None,
            tree: &GroupTree::default(),
            now: audit.at,
        };

        let mut transaction = Transaction::new();
        transaction
            .add(directory.insert_write(&keys::organisation(&organisation.id), organisation)?);
        add_user_writes(&mut transaction, directory, &first_user)?;
        transaction.add(entry_write(resends, &organisation.id, audit)?);
        let committed = transaction.try_commit(&directory.client).await?;
        Ok(committed.is_ok())
    }
}
