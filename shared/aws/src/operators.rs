//! Operators and what a request or a wave is judged by.

use chrono::{DateTime, Utc};
use futures::try_join;
use reinvite_domain::{Operator, Organisation, OrganisationId, UserId};

use crate::{Error, Store, Tree};

/// An operator at work: the organisation, its groups, and what the operator may do, all as they are now.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The organisation.
    pub organisation: Organisation,
    /// Its groups.
    pub tree: Tree,
    /// The operator.
    pub operator: Operator,
    /// When all this was read.
    pub now: DateTime<Utc>,
}

impl Store {
    /// The operator of that user id, as of now; `None` where there is no such organisation or user.
    pub async fn acting(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<Acting>, Error> {
        let (organisation, tree, user) =
            try_join!(self.organisation(organisation), self.tree(organisation), self.user(organisation, user))?;
        Ok(organisation.zip(user).map(|(organisation, user)| {
            let operator = Operator::new(user, &tree.groups, now);
            Acting { organisation, tree, operator, now }
        }))
    }
}
