//! The users of a file who exist.

use std::collections::HashMap;

use reinvite_domain::{Attributes, User, import::ImportFile};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Problem};

/// A user as stored, with their attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredUser {
    /// The user.
    pub user: User,
    /// The attributes; none if the file has no columns of attributes.
    pub attributes: Attributes,
}

/// The users of a file who exist, by login id.
pub type ExistingUsers = HashMap<String, StoredUser>;

/// Reads the users of a file who exist. Their attributes are read only if the file has such columns.
pub async fn read_existing_users(
    api: &Api,
    context: &OperatorContext,
    file: &ImportFile,
) -> Result<ExistingUsers, Problem> {
    let organisation = &context.organisation.id;
    let login_ids: Vec<_> = file.rows.iter().map(|row| row.login_id.clone()).collect();

    let ids = api
        .store
        .user_lists
        .ids_of_login_ids(organisation, &login_ids)
        .await?;
    let ids: Vec<_> = ids.into_values().collect();
    let users = api.store.users.get_many(organisation, &ids).await?;

    let mut attributes = HashMap::new();
    if file.has_attributes() {
        let user_attributes = &api.store.user_attributes;
        attributes = user_attributes
            .of_users(organisation, users.values())
            .await?;
    }
    Ok(users
        .into_values()
        .map(|user| {
            let attributes = attributes.remove(&user.id).unwrap_or_default();
            (user.login_id.clone(), StoredUser { user, attributes })
        })
        .collect())
}

/// Reads one of these users again, after a change by somebody else.
pub async fn read_user_again(
    api: &Api,
    context: &OperatorContext,
    login_id: &str,
    with_attributes: bool,
) -> Result<Option<StoredUser>, Problem> {
    let organisation = &context.organisation.id;
    let lists = &api.store.user_lists;
    let Some(listed) = lists.with_login_id(organisation, login_id).await? else {
        return Ok(None);
    };
    let Some(user) = api.store.users.get(organisation, &listed.id).await? else {
        return Ok(None);
    };

    let attributes = if with_attributes {
        let user_attributes = &api.store.user_attributes;
        user_attributes.of_user(organisation, &user).await?
    } else {
        Attributes::default()
    };
    Ok(Some(StoredUser { user, attributes }))
}
