//! Reads the context of an operator.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures::try_join;
use reinvite_domain::{Operator, Organisation, OrganisationId, Resend, Status, User, UserId};

use crate::{Error, OperatorContext, Store, keys, table::decode};

impl Store {
    /// Reads the context of an operator; `None` if there is no such organisation or user.
    pub async fn operator_context(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<OperatorContext>, Error> {
        let (organisation, tree, user) = try_join!(
            self.organisations.get(organisation),
            self.groups.tree(organisation),
            self.users.get(organisation, user)
        )?;

        Ok(organisation
            .zip(user)
            .map(|(organisation, user)| OperatorContext {
                operator: Operator::new(user, &tree.groups, now),
                organisation,
                tree,
                now,
            }))
    }

    /// Reads the context of the operator responsible for a resend, and some users.
    ///
    /// An operator who has been deleted holds no roles, whoever has the id now.
    pub async fn operator_of_resend(
        &self,
        resend: &Resend,
        users: impl IntoIterator<Item = &UserId>,
        now: DateTime<Utc>,
    ) -> Result<(OperatorContext, HashMap<UserId, User>), Error> {
        let (mut context, users) = self
            .responsible_operator(&resend.organisation, &resend.responsible, users, now)
            .await?;
        if !resend.is_responsibility_of(&context.operator.user) {
            let user = deleted_user(&resend.responsible);
            context.operator = Operator::new(user, &context.tree.groups, now);
        }
        Ok((context, users))
    }

    /// Reads the context of a responsible operator, and some users, in one `BatchGetItem` and one
    /// `Query`.
    ///
    /// An operator who has been deleted holds no roles. [`Error::Missing`] without the organisation.
    pub async fn responsible_operator(
        &self,
        organisation: &OrganisationId,
        operator: &UserId,
        users: impl IntoIterator<Item = &UserId>,
        now: DateTime<Utc>,
    ) -> Result<(OperatorContext, HashMap<UserId, User>), Error> {
        let mut wanted: Vec<_> = users
            .into_iter()
            .map(|id| keys::user(organisation, id))
            .collect();
        wanted.push(keys::organisation(organisation));
        wanted.push(keys::user(organisation, operator));
        wanted.sort();
        wanted.dedup();
        let (tree, items) = try_join!(
            self.groups.tree(organisation),
            self.users.0.directory.get_items(wanted)
        )?;

        let mut found_organisation: Option<Organisation> = None;
        let mut found_users = HashMap::new();
        for item in items {
            let sort_key = item.get("sk").and_then(|sk| sk.as_s().ok());
            if sort_key.is_some_and(|sk| sk == keys::USER) {
                let user: User = decode(item)?;
                found_users.insert(user.id.clone(), user);
            } else {
                found_organisation = Some(decode(item)?);
            }
        }

        let user = found_users.get(operator).cloned();
        let user = user.unwrap_or_else(|| deleted_user(operator));
        let context = OperatorContext {
            organisation: found_organisation.ok_or(Error::Missing("organisation"))?,
            operator: Operator::new(user, &tree.groups, now),
            tree,
            now,
        };
        Ok((context, found_users))
    }
}

/// An operator who has been deleted.
fn deleted_user(id: &UserId) -> User {
    User {
        status: Status::Inactive,
        ..User::new(id.clone(), id.to_string())
    }
}
