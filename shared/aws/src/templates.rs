//! An organisation's templates: each as it is, and every version it had.

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem};
use chrono::{DateTime, Utc};
use reinvite_domain::{AuditEntry, OrganisationId, Template, TemplateId};

use crate::{
    Error, IdempotentRequest, Store,
    error::unbuilt,
    organisations::organisation_key,
    table::{Bound, Key, Range, item, number, text},
};

fn list_key(organisation: &OrganisationId, id: &str) -> Key {
    Key::new(format!("{organisation}#templates"), id)
}

fn version_key(organisation: &OrganisationId, id: &TemplateId, version: u32) -> Key {
    Key::new(
        format!("{organisation}#template#{id}"),
        format!("{version:010}"),
    )
}

impl Store {
    /// A template of the organisation, as it is now.
    pub async fn template(
        &self,
        organisation: &OrganisationId,
        id: &TemplateId,
    ) -> Result<Option<Template>, Error> {
        self.directory
            .get(&list_key(organisation, id.as_str()))
            .await
    }

    /// A template as it was at one version, also one that was deleted since.
    pub async fn template_version(
        &self,
        organisation: &OrganisationId,
        id: &TemplateId,
        version: u32,
    ) -> Result<Option<Template>, Error> {
        self.directory
            .get(&version_key(organisation, id, version))
            .await
    }

    /// A page of the organisation's templates, by id. As many as fit into one answer of DynamoDB, which is 1 MB.
    pub async fn templates(
        &self,
        organisation: &OrganisationId,
        after: Option<&TemplateId>,
        limit: usize,
    ) -> Result<(Vec<Template>, bool), Error> {
        let range = Range {
            index: None,
            partition: ("pk", &list_key(organisation, "").pk),
            sort: after.map(|after| ("sk", Bound::After(after.as_str()))),
            newest_first: false,
            limit: Some(limit),
        };
        let page = self.directory.query(range).await?;
        Ok((page.items, page.more))
    }

    /// Writes a new template; false where the same request, by its `Idempotency-Key`, was done before.
    pub async fn create_template(
        &self,
        organisation: &OrganisationId,
        template: &Template,
        once: Option<&IdempotentRequest>,
        audit: &AuditEntry,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let put = |put: Put| TransactWriteItem::builder().put(put).build();
        let mut writes = Vec::new();
        if let Some(once) = once {
            writes.push(put(self.once_put(once, template.id.as_str(), now)?));
        }
        writes.push(put(self.directory.new_item(
            &list_key(organisation, template.id.as_str()),
            template,
        )?));
        writes.push(put(self.directory.new_item(
            &version_key(organisation, &template.id, template.version),
            template,
        )?));
        writes.push(self.audit_write(organisation, audit)?);
        Ok(self.directory.transact(writes).await?.is_ok())
    }

    /// Writes the next version of a template; [`Error::Conflict`] where it is not at the version before any more.
    pub async fn change_template(
        &self,
        organisation: &OrganisationId,
        next: &Template,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let current = Put::builder()
            .table_name(&self.directory.name)
            .set_item(Some(item(&list_key(organisation, next.id.as_str()), next)?))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(next.version - 1))
            .build()
            .map_err(unbuilt)?;
        let version = self
            .directory
            .new_item(&version_key(organisation, &next.id, next.version), next)?;
        let put = |put: Put| TransactWriteItem::builder().put(put).build();
        let writes = vec![
            put(current),
            put(version),
            self.audit_write(organisation, audit)?,
        ];
        self.directory
            .transact(writes)
            .await?
            .map_err(|_| Error::Conflict)
    }

    /// Deletes a template that was read so, but keeps its versions; false where the settings name it,
    /// [`Error::Conflict`] where it changed since.
    pub async fn delete_template(
        &self,
        organisation: &OrganisationId,
        template: &Template,
        audit: &AuditEntry,
    ) -> Result<bool, Error> {
        let delete = Delete::builder()
            .table_name(&self.directory.name)
            .set_key(Some(
                list_key(organisation, template.id.as_str()).attributes(),
            ))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(template.version))
            .build()
            .map_err(unbuilt)?;
        let unused = ConditionCheck::builder()
            .table_name(&self.directory.name)
            .set_key(Some(organisation_key(organisation).attributes()))
            .condition_expression("#settings.defaultTemplateId <> :template")
            .expression_attribute_names("#settings", "settings")
            .expression_attribute_values(":template", text(template.id.as_str()))
            .build()
            .map_err(unbuilt)?;
        let writes = vec![
            TransactWriteItem::builder().delete(delete).build(),
            TransactWriteItem::builder().condition_check(unused).build(),
            self.audit_write(organisation, audit)?,
        ];
        match self.directory.transact(writes).await? {
            Err(failed) if failed.first() == Some(&true) => Err(Error::Conflict),
            done => Ok(done.is_ok()),
        }
    }

    /// The check, in a transaction, that the template is there.
    pub(crate) fn template_check(
        &self,
        organisation: &OrganisationId,
        id: &TemplateId,
    ) -> Result<TransactWriteItem, Error> {
        let check = ConditionCheck::builder()
            .table_name(&self.directory.name)
            .set_key(Some(list_key(organisation, id.as_str()).attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}
