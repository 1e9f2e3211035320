//! Organisations.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use reinvite_domain::{AuditEntry, GroupTree, Organisation, OrganisationId, Settings, User};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    Error, Store,
    error::unbuilt,
    table::{Key, number},
};

pub(crate) fn organisation_key(id: &OrganisationId) -> Key {
    Key::new(id.as_str(), "organisation")
}

impl Store {
    /// The organisation of that id.
    pub async fn organisation(&self, id: &OrganisationId) -> Result<Option<Organisation>, Error> {
        self.directory.get(&organisation_key(id)).await
    }

    /// Writes the settings of an organisation that was read so, as their next version; [`Error::Conflict`] where they
    /// changed since, or the template they name is not there.
    pub async fn change_settings(
        &self,
        read: &Organisation,
        next: &Settings,
        own_template: bool,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let update = Update::builder()
            .table_name(&self.directory.name)
            .set_key(Some(organisation_key(&read.id).attributes()))
            .update_expression("SET #settings = :settings")
            .condition_expression("#settings.version = :read")
            .expression_attribute_names("#settings", "settings")
            .expression_attribute_values(":settings", to_attribute_value(next)?)
            .expression_attribute_values(":read", number(read.settings.version))
            .build()
            .map_err(unbuilt)?;
        let mut writes = vec![
            TransactWriteItem::builder().update(update).build(),
            self.audit_write(&read.id, audit)?,
        ];
        if own_template {
            writes.push(self.template_check(&read.id, &next.default_template_id)?);
        }
        self.directory
            .transact(writes)
            .await?
            .map_err(|_| Error::Conflict)
    }

    /// Makes an organisation with its first owner; false where there is one of that id, and then nothing changes.
    pub async fn create_organisation(
        &self,
        organisation: &Organisation,
        owner: &User,
        audit: &AuditEntry,
    ) -> Result<bool, Error> {
        let mut writes = vec![
            TransactWriteItem::builder()
                .put(
                    self.directory
                        .new_item(&organisation_key(&organisation.id), organisation)?,
                )
                .build(),
        ];
        writes.extend(
            self.user_writes(&organisation.id, None, owner, &GroupTree::default())?
                .0,
        );
        writes.push(self.audit_write(&organisation.id, audit)?);
        Ok(self.directory.transact(writes).await?.is_ok())
    }
}
