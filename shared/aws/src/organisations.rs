//! Organisations.

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{GroupTree, Organisation, OrganisationId, User};

use crate::{Error, Store, table::Key};

pub(crate) fn organisation_key(id: &OrganisationId) -> Key {
    Key::new(id.as_str(), "organisation")
}

impl Store {
    /// The organisation of that id.
    pub async fn organisation(&self, id: &OrganisationId) -> Result<Option<Organisation>, Error> {
        self.directory.get(&organisation_key(id)).await
    }

    /// Makes an organisation with its first owner; false where there is one of that id, and then nothing changes.
    pub async fn create_organisation(&self, organisation: &Organisation, owner: &User) -> Result<bool, Error> {
        let mut writes = vec![
            TransactWriteItem::builder()
                .put(self.directory.new_item(&organisation_key(&organisation.id), organisation)?)
                .build(),
        ];
        writes.extend(self.user_writes(&organisation.id, None, owner, &GroupTree::default())?.0);
        Ok(self.directory.transact(writes).await?.is_ok())
    }
}
