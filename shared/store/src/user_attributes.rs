//! The attributes of users: an item of their own beside each user who has any.
//!
//! An answer that needs no attributes does not read them, and a user without attributes costs nothing.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{Attributes, OrganisationId, User, UserId};
use serde::{Deserialize, Serialize};

use crate::{Error, keys, table::Table};

/// Attributes of users.
#[derive(Clone, Debug)]
pub struct UserAttributes(pub(crate) Table);

/// The attributes of a user as they are stored.
#[derive(Serialize, Deserialize)]
struct StoredAttributes {
    user: UserId,
    attributes: Attributes,
}

impl UserAttributes {
    /// Reads the attributes of a user; none for a user without any, which reads nothing.
    pub async fn of_user(
        &self,
        organisation: &OrganisationId,
        user: &User,
    ) -> Result<Attributes, Error> {
        if !user.has_attributes {
            return Ok(Attributes::default());
        }

        let key = keys::attributes(organisation, &user.id);
        let stored: Option<StoredAttributes> = self.0.get(&key).await?;
        Ok(stored.map(|stored| stored.attributes).unwrap_or_default())
    }

    /// Reads the attributes of those of these users who have any, one `BatchGetItem` for each 100.
    pub async fn of_users(
        &self,
        organisation: &OrganisationId,
        users: impl IntoIterator<Item = &User>,
    ) -> Result<HashMap<UserId, Attributes>, Error> {
        let wanted: Vec<_> = users
            .into_iter()
            .filter(|user| user.has_attributes)
            .map(|user| keys::attributes(organisation, &user.id))
            .collect();

        let found: Vec<StoredAttributes> = self.0.get_many(wanted).await?;
        Ok(found
            .into_iter()
            .map(|stored| (stored.user, stored.attributes))
            .collect())
    }
}

/// The write of a user's attributes, to be part of the transaction that changes the user; `None` if there
/// is nothing to write.
///
/// It has no condition of its own: attributes change with the version of their user only.
pub(crate) fn attributes_write(
    directory: &Table,
    organisation: &OrganisationId,
    user: &UserId,
    had_attributes: bool,
    attributes: &Attributes,
) -> Result<Option<TransactWriteItem>, Error> {
    let key = keys::attributes(organisation, user);

    if !attributes.is_empty() {
        let stored = StoredAttributes {
            user: user.clone(),
            attributes: attributes.clone(),
        };
        return directory.replace_write(&key, &stored).map(Some);
    }
    if had_attributes {
        return directory.delete_write(&key, None).map(Some);
    }
    Ok(None)
}
