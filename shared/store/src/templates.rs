//! Templates: each as it is now, and every version that it had.

use chrono::{DateTime, Utc};
use reinvite_domain::{AuditEntry, OrganisationId, Template, TemplateId};

use crate::{
    Error, IdempotentRequest,
    attribute::{number, text},
    audit_trail::entry_write,
    condition::Condition,
    idempotent_requests::request_write,
    keys,
    query::Range,
    table::{Tables, encode},
    transaction::{Transaction, Unnamed},
};

/// Templates of organisations.
#[derive(Clone, Debug)]
pub struct Templates(pub(crate) Tables);

/// The result of deleting a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateDeleted {
    /// It is deleted; its versions stay.
    Deleted,
    /// The settings name it as the default template, so it stays.
    IsDefault,
}

/// The condition of a delete that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeleteGuard {
    Version,
}

impl Templates {
    /// Reads a template as it is now.
    pub async fn get(
        &self,
        organisation: &OrganisationId,
        id: &TemplateId,
    ) -> Result<Option<Template>, Error> {
        self.0
            .directory
            .get(&keys::template(organisation, id))
            .await
    }

    /// Reads a template as it was at a version, even if it has been deleted.
    pub async fn get_version(
        &self,
        organisation: &OrganisationId,
        id: &TemplateId,
        version: u32,
    ) -> Result<Option<Template>, Error> {
        let key = keys::template_version(organisation, id, version);
        self.0.directory.get(&key).await
    }

    /// Returns the last version that a template had, even if it has been deleted.
    pub async fn last_version(
        &self,
        organisation: &OrganisationId,
        id: &TemplateId,
    ) -> Result<Option<u32>, Error> {
        let versions = keys::template_versions(organisation, id);
        let range = Range::of_table(&versions, 1).newest_before("sk", None);

        let page = self.0.directory.query::<Template>(range).await?;
        Ok(page.items.first().map(|template| template.version))
    }

    /// Reads a page of templates by id, and whether more follow. DynamoDB ends a page at 1 MB.
    pub async fn page(
        &self,
        organisation: &OrganisationId,
        after: Option<&TemplateId>,
        limit: usize,
    ) -> Result<(Vec<Template>, bool), Error> {
        let partition = keys::templates(organisation);
        let range = Range::of_table(&partition, limit).after("sk", after.map(TemplateId::as_str));

        let page = self.0.directory.query(range).await?;
        Ok((page.items, page.more))
    }

    /// Creates a template; answers `false`, and writes nothing, if a request with the same
    /// idempotency key has created one before.
    pub async fn create(
        &self,
        organisation: &OrganisationId,
        template: &Template,
        request: Option<&IdempotentRequest>,
        audit: &AuditEntry,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let Tables { directory, resends } = &self.0;
        let current = keys::template(organisation, &template.id);
        let version = keys::template_version(organisation, &template.id, template.version);

        let mut transaction = Transaction::<Unnamed>::new();
        if let Some(request) = request {
            transaction.add(request_write(resends, request, template.id.as_str(), now)?);
        }
        transaction.add(directory.insert_write(&current, template)?);
        transaction.add(directory.insert_write(&version, template)?);
        transaction.add(entry_write(resends, organisation, audit)?);
        let committed = transaction.try_commit(&directory.client).await?;
        Ok(committed.is_ok())
    }

    /// Writes the next version of a template; [`Error::Changed`] if it no longer has the version
    /// before.
    pub async fn replace(
        &self,
        organisation: &OrganisationId,
        next: &Template,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;
        let current = encode(&keys::template(organisation, &next.id), next)?;
        let before = Condition::new(
            "#version = :before",
            [(":before", number(next.version - 1))],
        );
        let version = keys::template_version(organisation, &next.id, next.version);

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.put_write(current, before)?);
        transaction.add(directory.insert_write(&version, next)?);
        transaction.add(entry_write(resends, organisation, audit)?);
        transaction.commit(&directory.client).await
    }

    /// Deletes a template but keeps its versions; [`Error::Changed`] if it has changed since it was
    /// read.
    pub async fn delete(
        &self,
        organisation: &OrganisationId,
        template: &Template,
        audit: &AuditEntry,
    ) -> Result<TemplateDeleted, Error> {
        let Tables { directory, resends } = &self.0;
        let current = keys::template(organisation, &template.id);
        let unchanged = Condition::version(template.version);
        let is_not_default = Condition::new(
            "#settings.#defaultTemplateId <> :template",
            [(":template", text(template.id.as_str()))],
        );

        let mut transaction = Transaction::new();
        transaction.guard(
            DeleteGuard::Version,
            directory.delete_write(&current, Some(unchanged))?,
        );
        transaction.add(directory.check_write(&keys::organisation(organisation), is_not_default)?);
        transaction.add(entry_write(resends, organisation, audit)?);

        match transaction.try_commit(&directory.client).await? {
            Ok(()) => Ok(TemplateDeleted::Deleted),
            Err(refused) if refused.by(DeleteGuard::Version) => Err(Error::Changed),
            Err(_) => Ok(TemplateDeleted::IsDefault),
        }
    }
}
