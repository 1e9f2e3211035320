//! The users whom an answer names by their ids.

use std::collections::{HashMap, HashSet};

use reinvite_domain::{User, UserId};
use reinvite_store::{Error, OperatorContext};

use crate::Api;

/// Users whom the operator may see, among those whom an answer names by their ids.
#[derive(Clone, Debug)]
pub struct VisibleUsers(HashMap<UserId, User>);

impl VisibleUsers {
    /// Reads the users of a whole answer in one batch. The operator is known already.
    pub async fn read<'a>(
        api: &Api,
        context: &OperatorContext,
        ids: impl IntoIterator<Item = &'a UserId>,
    ) -> Result<Self, Error> {
        let own = &context.operator.user;
        let others: HashSet<_> = ids.into_iter().filter(|id| **id != own.id).collect();
        let others: Vec<_> = others.into_iter().cloned().collect();

        let users = &api.store.users;
        let mut found = users.get_many(&context.organisation.id, &others).await?;
        found.retain(|_, user| context.operator.sees(user));
        found.insert(own.id.clone(), own.clone());
        Ok(Self(found))
    }

    /// Returns the display name of a user, or else the login id; `None` for a user whom the operator
    /// may not see. `is_meant` tells the user from a later one with the same id.
    pub fn name(&self, id: &UserId, is_meant: impl Fn(&User) -> bool) -> Option<String> {
        let user = self.0.get(id).filter(|user| is_meant(user))?;
        Some(user.name().to_owned())
    }
}
