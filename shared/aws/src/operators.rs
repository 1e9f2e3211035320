//! Operators and what a request or a wave is judged by.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures::try_join;
use reinvite_domain::{Operator, Organisation, OrganisationId, Status, User, UserId};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::{
    Error, Store, VersionedGroupTree, organisations::organisation_key, table::Key, users::user_key,
};

/// An operator at work: the organisation, its groups, and what the operator may do, all as they are now.
#[derive(Clone, Debug)]
pub struct OperatorContext {
    /// The organisation.
    pub organisation: Organisation,
    /// Its groups.
    pub tree: VersionedGroupTree,
    /// The operator.
    pub operator: Operator,
    /// When all this was read.
    pub now: DateTime<Utc>,
}

impl Store {
    /// The operator of that user id, as of now; `None` where there is no such organisation or user.
    pub async fn context(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<OperatorContext>, Error> {
        let (organisation, tree, user) = try_join!(
            self.organisation(organisation),
            self.tree(organisation),
            self.user(organisation, user)
        )?;
        Ok(organisation.zip(user).map(|(organisation, user)| {
            let operator = Operator::new(user, &tree.groups, now);
            OperatorContext {
                organisation,
                tree,
                operator,
                now,
            }
        }))
    }

    /// The operator responsible for a resend and some of its users, as of now, in one BatchGetItem and one Query. An
    /// operator who was deleted meanwhile may do nothing.
    pub async fn responsible(
        &self,
        organisation: &OrganisationId,
        operator: &UserId,
        users: impl IntoIterator<Item = &UserId>,
        now: DateTime<Utc>,
    ) -> Result<(OperatorContext, HashMap<UserId, User>), Error> {
        let mut keys: Vec<Key> = users
            .into_iter()
            .map(|id| user_key(organisation, id))
            .collect();
        keys.extend([
            organisation_key(organisation),
            user_key(organisation, operator),
        ]);
        keys.sort();
        keys.dedup();
        let (tree, items) = try_join!(self.tree(organisation), self.directory.get_items(keys))?;
        let mut own = None;
        let mut found = HashMap::new();
        for item in items {
            if item
                .get("sk")
                .and_then(|sk| sk.as_s().ok())
                .is_some_and(|sk| sk == "user")
            {
                let user: User = from_item(item)?;
                found.insert(user.id.clone(), user);
            } else {
                own = Some(from_item(item)?);
            }
        }
        let gone = || User {
            status: Status::Inactive,
            ..User::new(operator.clone(), operator.to_string())
        };
        let user = found.get(operator).cloned().unwrap_or_else(gone);
        let operator = Operator::new(user, &tree.groups, now);
        let organisation = own.ok_or(Error::Conflict)?;
        Ok((
            OperatorContext {
                organisation,
                tree,
                operator,
                now,
            },
            found,
        ))
    }
}
