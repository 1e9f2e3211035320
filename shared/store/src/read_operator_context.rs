//! Reads the context of an operator: organisation, operator and the version of the group tree in one call. The tree itself is
//! read only if it has changed.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use reinvite_domain::{
    Operator, Organisation, OrganisationId, Resend, ResendId, Status, User, UserId,
};

use crate::{
    Error, OperatorContext, Store, VersionedGroupTree,
    groups::TreeVersion,
    keys,
    table::{decode, sort_key},
};

/// A resend with the context of the operator responsible for it.
#[derive(Debug)]
pub struct ResendContext {
    /// The context of the operator.
    pub operator: OperatorContext,
    /// Those of the users who exist.
    pub users: HashMap<UserId, User>,
    /// The resend as it is now.
    pub resend: Option<Resend>,
}

/// The items of [`Store::find`] that exist.
struct Found {
    organisation: Option<Organisation>,
    tree: Arc<VersionedGroupTree>,
    users: HashMap<UserId, User>,
    resend: Option<Resend>,
}

impl Store {
    /// Reads the context of an operator; `None` if there is no such organisation or user.
    pub async fn operator_context(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<OperatorContext>, Error> {
        let mut found = self.find(organisation, vec![user], None).await?;
        let user = found.users.remove(user);
        let context = found.organisation.zip(user);
        Ok(context.map(|(organisation, user)| context_of(organisation, found.tree, user, now)))
    }

    /// Reads the context of the operator responsible for a resend, some users, and the resend again.
    ///
    /// An operator who has been deleted holds no roles, whoever has the id now. [`Error::Missing`] without the
    /// organisation.
    pub async fn context_of_resend(
        &self,
        resend: &Resend,
        users: impl IntoIterator<Item = &UserId>,
        now: DateTime<Utc>,
    ) -> Result<ResendContext, Error> {
        let responsible = &resend.responsible;
        let mut wanted: Vec<_> = users.into_iter().collect();
        wanted.push(responsible);
        let found = self
            .find(&resend.organisation, wanted, Some(&resend.id))
            .await?;

        let user = found.users.get(responsible).cloned();
        let user = user.filter(|user| resend.is_responsibility_of(user));
        let user = user.unwrap_or_else(|| deleted_user(responsible));
        let organisation = found.organisation.ok_or(Error::Missing("organisation"))?;
        Ok(ResendContext {
            operator: context_of(organisation, found.tree, user, now),
            users: found.users,
            resend: found.resend,
        })
    }

    /// Reads the context of a responsible operator, and a user.
    ///
    /// An operator who has been deleted holds no roles. [`Error::Missing`] without the organisation.
    pub async fn responsible_operator(
        &self,
        organisation: &OrganisationId,
        operator: &UserId,
        user: &UserId,
        now: DateTime<Utc>,
    ) -> Result<(OperatorContext, Option<User>), Error> {
        let found = self.find(organisation, vec![operator, user], None).await?;
        let user = found.users.get(user).cloned();
        let operator_user = found.users.get(operator).cloned();
        let operator_user = operator_user.unwrap_or_else(|| deleted_user(operator));
        let organisation = found.organisation.ok_or(Error::Missing("organisation"))?;
        Ok((
            context_of(organisation, found.tree, operator_user, now),
            user,
        ))
    }

    /// Reads an organisation with its group tree, some of its users, and a resend.
    async fn find(
        &self,
        organisation: &OrganisationId,
        users: Vec<&UserId>,
        resend: Option<&ResendId>,
    ) -> Result<Found, Error> {
        let users = users.into_iter().map(|id| keys::user(organisation, id));
        let mut directory: Vec<_> = users.collect();
        directory.push(keys::organisation(organisation));
        directory.push(keys::group_tree_version(organisation));
        directory.sort();
        directory.dedup();
        let resends = resend.map(keys::resend).into_iter().collect();
        let items = self.users.0.get_items(directory, resends).await?;

        let mut found = Found {
            organisation: None,
            tree: Arc::default(),
            users: HashMap::new(),
            resend: None,
        };
        let mut version = TreeVersion::default();
        for item in items {
            match sort_key(&item) {
                keys::USER => {
                    let user: User = decode(item)?;
                    found.users.insert(user.id.clone(), user);
                }
                keys::ORGANISATION => found.organisation = Some(decode(item)?),
                keys::RESEND => found.resend = Some(decode(item)?),
                _ => version = decode(item)?,
            }
        }
        found.tree = self
            .groups
            .tree_of_version(organisation, version.version)
            .await?;
        Ok(found)
    }
}

fn context_of(
    organisation: Organisation,
    tree: Arc<VersionedGroupTree>,
    user: User,
    now: DateTime<Utc>,
) -> OperatorContext {
    OperatorContext {
        organisation,
        operator: Operator::new(user, &tree.groups, now),
        tree,
        now,
    }
}

/// An operator who has been deleted.
fn deleted_user(id: &UserId) -> User {
    User {
        status: Status::Inactive,
        ..User::new(id.clone(), id.to_string())
    }
}
